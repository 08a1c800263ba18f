//! Sentence vectors in the index: found across languages, kept, repaired, followed by readers.
//!
//! The model is not part of the project: `PRECEDENT_MODEL=FOLDER cargo test` tells where it is, without that the tests are
//! left out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use precedent_index::{CaseDocument, Encoder, Index, IndexOptions, Reason, SimilarRequest};

fn model() -> Option<Arc<Encoder>> {
    static MODEL: OnceLock<Option<Arc<Encoder>>> = OnceLock::new();
    MODEL
        .get_or_init(|| {
            let Some(path) = std::env::var_os("PRECEDENT_MODEL") else {
                println!(
                    "left out: PRECEDENT_MODEL does not name the folder of a sentence encoder"
                );
                return None;
            };
            let encoder =
                Encoder::open(&PathBuf::from(path)).expect("PRECEDENT_MODEL names a model");
            Some(Arc::new(encoder))
        })
        .clone()
}

/// Bytes of a case in the file of vectors.
const RECORD: usize = 2601;

const CASES: [(&str, &str, &str); 6] = [
    (
        "de",
        "Paketmaße abgelehnt",
        "Der Einlieferungsplan scheitert, weil die Maße der Kartons zu groß sein sollen.",
    ),
    (
        "de",
        "Anfragen gedrosselt",
        "Seit gestern werden unsere Abrufe begrenzt, obwohl wir selten abrufen.",
    ),
    (
        "fr",
        "Jeton expiré",
        "Le jeton de rafraîchissement n'est plus accepté depuis la nuit.",
    ),
    (
        "pl",
        "Brak faktury",
        "Nie widzimy faktury za ostatni miesiąc na stronie konta.",
    ),
    ("zh", "报告为空", "下载的报告文件里没有任何数据。"),
    (
        "en",
        "Image missing",
        "The main picture of the product is not shown after the upload.",
    ),
];

fn case(id: u64, (language, subject, problem): (&str, &str, &str)) -> CaseDocument {
    CaseDocument {
        id,
        number: format!("SP-{id}"),
        desk: "desk".to_owned(),
        status: "resolved".to_owned(),
        language: language.to_owned(),
        subject: subject.to_owned(),
        problem: problem.to_owned(),
        resolution: format!("This is how number {id} was solved."),
        resolution_code: Some("fixed".to_owned()),
        opened_at: 1_700_000_000 + id as i64,
        ..CaseDocument::default()
    }
}

fn open(folder: &Path, encoder: &Arc<Encoder>) -> Index {
    let (index, _) = Index::open(folder, &IndexOptions::default()).expect("opens");
    index
        .with_encoder(Arc::clone(encoder))
        .expect("opens its vectors")
}

fn fill(index: &Index) {
    for (place, texts) in CASES.iter().enumerate() {
        index
            .upsert(&case(place as u64 + 1, *texts))
            .expect("written");
    }
    index.commit(1).expect("committed");
}

fn request(subject: &str, problem: &str) -> SimilarRequest {
    SimilarRequest {
        subject: subject.to_owned(),
        problem: problem.to_owned(),
        language: "en".to_owned(),
        resolved_only: true,
        limit: 3,
        ..SimilarRequest::default()
    }
}

fn first(index: &Index, subject: &str, problem: &str) -> u64 {
    let found = index.similar(&request(subject, problem)).expect("found");
    found.first().map_or(0, |precedent| precedent.id)
}

const QUESTIONS: [(u64, &str, &str); 4] = [
    (
        1,
        "Box dimensions refused",
        "Our inbound plan fails because the cartons are said to be too large.",
    ),
    (
        2,
        "Requests throttled",
        "Since yesterday our calls are limited although we rarely call.",
    ),
    (
        3,
        "Refresh token",
        "The refresh token is not accepted any more since last night.",
    ),
    (
        5,
        "Empty report",
        "There is no data in the report that we downloaded.",
    ),
];

#[test]
fn cases_in_other_languages_are_found_by_what_they_mean() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    assert_eq!(index.without_vector(), 6);
    let progress = index.compute_vectors(4).expect("computed");
    assert_eq!((progress.computed, progress.left), (4, 2));
    index.compute_vectors(100).expect("computed");
    assert_eq!(index.without_vector(), 0);
    for (id, subject, problem) in QUESTIONS {
        let found = index.similar(&request(subject, problem)).expect("found");
        assert_eq!(found[0].id, id, "{subject}");
        assert!(
            found[0].signals.nearness > Some(0.3),
            "{subject}: {:?}",
            found[0].signals
        );
        let meaning = found[0].reasons.iter().any(|reason| {
            matches!(
                reason,
                Reason::SameMeaning {
                    language: Some(_),
                    ..
                }
            )
        });
        assert!(
            meaning || found[0].signals.nearness < Some(0.5),
            "{:?}",
            found[0].reasons
        );
        for precedent in &found {
            for reason in &precedent.reasons {
                if let Reason::SameMeaning { language, .. } = reason {
                    let foreign = Some(&precedent.language).filter(|theirs| *theirs != "en");
                    assert_eq!(language.as_ref(), foreign, "{subject}");
                }
            }
        }
        assert!(
            found
                .windows(2)
                .all(|pair| pair[0].probability >= pair[1].probability)
        );
    }
}

#[test]
fn vectors_are_computed_a_few_at_a_time_while_cases_change() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    // The same text once more: one vector for both.
    index.upsert(&case(7, CASES[0])).expect("written");
    index.commit(2).expect("committed");
    assert_eq!(index.without_vector(), 7);
    assert_eq!(index.compute_vectors(0).expect("computed").left, 7);
    let progress = index.compute_vectors(1).expect("computed");
    assert_eq!(progress.computed, 1);
    assert_eq!(progress.left as u64, index.without_vector());
    index.delete(2).expect("deleted");
    index
        .upsert(&case(3, ("fr", "Image", "L'image du produit manque.")))
        .expect("written");
    index.commit(3).expect("committed");
    let mut calls = 0;
    while index.compute_vectors(1).expect("computed").left > 0 {
        calls += 1;
        assert!(calls < 10);
    }
    assert_eq!(index.without_vector(), 0);
    let before = index.similar(&request("Image", "The picture is missing"));
    drop(index);
    // What was placed one by one is what a new look finds.
    let index = open(folder.path(), &encoder);
    assert_eq!(index.without_vector(), 0);
    let after = index.similar(&request("Image", "The picture is missing"));
    assert_eq!(before.expect("found"), after.expect("found"));
}

#[test]
fn what_was_computed_after_a_purge_is_kept() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    index.compute_vectors(3).expect("computed");
    index.delete(1).expect("deleted");
    index.delete(2).expect("deleted");
    index.delete(3).expect("deleted");
    index.commit(2).expect("committed");
    index.purge().expect("purged");
    index.compute_vectors(100).expect("computed");
    assert_eq!(index.without_vector(), 0);
    drop(index);
    let index = open(folder.path(), &encoder);
    assert_eq!(index.without_vector(), 0);
}

#[test]
fn a_changed_case_is_found_by_its_new_text_and_a_deleted_one_not_at_all() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    index.compute_vectors(100).expect("computed");
    index
        .upsert(&case(
            4,
            ("pl", "Hasło", "Nie możemy zmienić hasła do konta."),
        ))
        .expect("written");
    index.delete(2).expect("deleted");
    index.commit(2).expect("committed");
    assert_eq!(index.without_vector(), 1);
    index.compute_vectors(100).expect("computed");
    assert_eq!(
        first(
            &index,
            "Password",
            "We cannot change the password of our account."
        ),
        4
    );
    assert_ne!(first(&index, QUESTIONS[1].1, QUESTIONS[1].2), 2);
    // Nothing but the status changed: its text has its vector already.
    index
        .upsert(&CaseDocument {
            status: "closed".to_owned(),
            ..case(5, CASES[4])
        })
        .expect("written");
    index.commit(3).expect("committed");
    assert_eq!(index.without_vector(), 0);
}

#[test]
fn vectors_outlive_a_rebuilt_index_and_damaged_ones_are_computed_again() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    index.compute_vectors(100).expect("computed");
    let asked = |index: &Index| {
        let (_, subject, problem) = QUESTIONS[0];
        index.similar(&request(subject, problem)).expect("found")
    };
    let before = asked(&index);
    drop(index);

    Index::discard(folder.path()).expect("discarded");
    let index = open(folder.path(), &encoder);
    fill(&index);
    assert_eq!(
        index.without_vector(),
        0,
        "what was computed is still there"
    );
    assert_eq!(asked(&index), before);
    drop(index);

    let file = folder
        .path()
        .join("vectors")
        .join(format!("{}.bin", encoder.fingerprint()));
    let whole = std::fs::read(&file).expect("is there");
    for (kept, length) in [
        (0, 3),
        (0, 16),
        (2, 16 + 2 * RECORD + 700),
        (6, whole.len()),
    ] {
        std::fs::write(&file, &whole[..length]).expect("written");
        let index = open(folder.path(), &encoder);
        assert_eq!(index.without_vector(), 6 - kept, "{length}");
        index.compute_vectors(100).expect("computed");
        assert_eq!(asked(&index), before, "{length}");
    }
}

#[test]
fn a_reader_follows_the_vectors_of_the_writer() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let writer = open(folder.path(), &encoder);
    fill(&writer);
    let reader = Index::open_read_only(folder.path())
        .and_then(|index| index.with_encoder(Arc::clone(&encoder)))
        .expect("opens");
    assert_eq!(reader.without_vector(), 6);
    assert!(
        reader.compute_vectors(1).is_err(),
        "a reader writes nothing"
    );
    writer.compute_vectors(100).expect("computed");
    reader.reload().expect("reloads");
    assert_eq!(reader.without_vector(), 0);
    assert_eq!(first(&reader, QUESTIONS[2].1, QUESTIONS[2].2), 3);
}

#[test]
fn without_vectors_the_same_index_ranks_by_words() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    index.compute_vectors(100).expect("computed");
    drop(index);
    let index = Index::open_read_only(folder.path()).expect("opens");
    assert_eq!(index.without_vector(), 6);
    assert_eq!(
        first(&index, "Picture", "The product's main image is not shown"),
        6
    );
}

/// The factors for vectors were used with a nearness of nothing.
#[test]
fn before_its_first_vectors_an_index_answers_as_one_without_a_model() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    let request = SimilarRequest {
        concepts: vec![vec!["photo".to_owned(), "picture".to_owned()]],
        ..request("Photo", "The main photo of our product is gone.")
    };
    let early = index.similar(&request).expect("found");
    drop(index);
    let index = Index::open_read_only(folder.path()).expect("opens");
    assert_eq!(early, index.similar(&request).expect("found"));
}

#[test]
fn purging_drops_the_vectors_of_what_was_replaced() {
    let Some(encoder) = model() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path(), &encoder);
    fill(&index);
    index.compute_vectors(100).expect("computed");
    drop(index);
    let file = folder
        .path()
        .join("vectors")
        .join(format!("{}.bin", encoder.fingerprint()));
    let size = || std::fs::metadata(&file).expect("is there").len();
    let before = size();
    // By a process that has no model, too.
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    index
        .upsert(&case(4, ("pl", "Usunięto", "")))
        .expect("written");
    index.commit(2).expect("committed");
    index.purge().expect("purged");
    assert_eq!(size(), before - RECORD as u64);
    drop(index);
    let index = open(folder.path(), &encoder);
    assert_eq!(index.without_vector(), 1);
    assert_eq!(first(&index, QUESTIONS[0].1, QUESTIONS[0].2), 1);
}
