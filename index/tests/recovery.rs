//! Opening, committing and recovering: the index is a cache that is rebuilt when it must be, and only then.

use std::fs;
use std::path::Path;

use precedent_index::{
    CaseDocument, FORMAT_VERSION, Index, IndexError, IndexOptions, OpenOutcome, SearchRequest,
    SimilarRequest,
};

fn case(id: u64, subject: &str) -> CaseDocument {
    CaseDocument {
        id,
        number: format!("SP-{id}"),
        status: "resolved".to_owned(),
        language: "en".to_owned(),
        subject: subject.to_owned(),
        problem: format!("The call fails since yesterday, case {id}."),
        resolution: "Renew the token.".to_owned(),
        ..CaseDocument::default()
    }
}

fn open(folder: &Path) -> (Index, OpenOutcome) {
    Index::open(folder, &IndexOptions::default()).expect("the index opens")
}

fn filled(folder: &Path) {
    let (index, outcome) = open(folder);
    assert_eq!(outcome, OpenOutcome::Created);
    assert_eq!((index.sequence(), index.count()), (0, 0));
    index.upsert(&case(1, "token expired")).expect("written");
    index.commit(41).expect("committed");
    index.upsert(&case(2, "feed rejected")).expect("written");
    index.commit(42).expect("committed");
    index.upsert(&case(3, "never committed")).expect("written");
}

fn current(folder: &Path) -> std::path::PathBuf {
    folder.join(format!("v{FORMAT_VERSION}"))
}

#[test]
fn the_sequence_of_the_last_commit_is_found_again() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let (index, outcome) = open(folder.path());
    assert_eq!(outcome, OpenOutcome::Opened { sequence: 42 });
    assert_eq!((index.sequence(), index.count()), (42, 2));
}

#[test]
fn a_deleted_folder_is_created_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    fs::remove_dir_all(folder.path()).expect("deleted");
    let (index, outcome) = open(folder.path());
    assert_eq!(outcome, OpenOutcome::Created);
    assert_eq!(index.sequence(), 0);
}

#[test]
fn damage_is_moved_aside() {
    type Damage = (&'static str, fn(&Path));
    let damages: [Damage; 5] = [
        ("meta.json is not JSON", |folder| {
            fs::write(folder.join("meta.json"), "{ not json").expect("written");
        }),
        ("meta.json is empty", |folder| {
            fs::write(folder.join("meta.json"), "").expect("written")
        }),
        ("meta.json is gone", |folder| {
            fs::remove_file(folder.join("meta.json")).expect("removed")
        }),
        ("a segment file is gone", |folder| {
            for entry in fs::read_dir(folder).expect("listed") {
                let path = entry.expect("an entry").path();
                if path.extension().is_some_and(|extension| extension == "idx") {
                    fs::remove_file(path).expect("removed");
                }
            }
        }),
        ("a segment file is cut short", |folder| {
            for entry in fs::read_dir(folder).expect("listed") {
                let path = entry.expect("an entry").path();
                if path
                    .extension()
                    .is_some_and(|extension| extension == "term")
                {
                    fs::write(path, "short").expect("written");
                }
            }
        }),
    ];
    for (name, damage) in damages {
        let folder = tempfile::tempdir().expect("a folder");
        filled(folder.path());
        damage(&current(folder.path()));
        let (index, outcome) = open(folder.path());
        let OpenOutcome::Rebuilt { reason, moved_to } = outcome else {
            panic!("{name}: {outcome:?}")
        };
        assert!(!reason.is_empty(), "{name}");
        assert!(moved_to.is_some_and(|path| path.exists()), "{name}");
        assert_eq!((index.sequence(), index.count()), (0, 0), "{name}");
        index.upsert(&case(1, "again")).expect("written");
        index.commit(7).expect("committed");
        drop(index);
        assert_eq!(
            open(folder.path()).1,
            OpenOutcome::Opened { sequence: 7 },
            "{name}"
        );
    }
}

#[test]
fn another_format_is_moved_aside() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let other = folder.path().join(format!("v{}", FORMAT_VERSION + 1));
    fs::rename(current(folder.path()), &other).expect("renamed");
    let (_, outcome) = open(folder.path());
    let OpenOutcome::Rebuilt { reason, moved_to } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(reason.contains("format version"), "{reason}");
    assert!(moved_to.is_some_and(|path| path.join("meta.json").exists()));
    assert!(!other.exists());
}

#[test]
fn a_payload_of_another_format_counts_as_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let meta = current(folder.path()).join("meta.json");
    let text = fs::read_to_string(&meta).expect("read");
    let changed = text.replace(
        &format!("\\\"format\\\":{FORMAT_VERSION}"),
        &format!("\\\"format\\\":{}", FORMAT_VERSION + 1),
    );
    assert_ne!(text, changed);
    fs::write(&meta, changed).expect("written");
    assert!(matches!(open(folder.path()).1, OpenOutcome::Rebuilt { .. }));
}

#[test]
fn a_held_lock_is_an_error_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let (index, _) = open(folder.path());
    // Even where the files are damaged: their owner is at work.
    let meta = current(folder.path()).join("meta.json");
    let text = fs::read(&meta).expect("read");
    fs::write(&meta, "{").expect("written");
    let error = Index::open(folder.path(), &IndexOptions::default()).expect_err("locked");
    assert!(matches!(error, IndexError::Locked { .. }), "{error}");
    assert!(matches!(error, IndexError::Locked { .. }));
    fs::write(&meta, text).expect("written");
    drop(index);
    assert_eq!(open(folder.path()).1, OpenOutcome::Opened { sequence: 42 });
}

#[test]
fn a_file_in_place_of_the_folder_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index");
    fs::write(&path, "not a folder").expect("written");
    let error = Index::open(&path, &IndexOptions::default()).expect_err("refused");
    assert!(matches!(error, IndexError::Io { .. }), "{error}");
    assert_eq!(fs::read(&path).expect("read"), b"not a folder");
}

#[test]
fn reading_beside_a_writer() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(
        Index::open_read_only(folder.path()),
        Err(IndexError::Missing { .. })
    ));
    filled(folder.path());
    let (writer, _) = open(folder.path());
    let reader = Index::open_read_only(folder.path()).expect("opens beside the writer");
    assert_eq!((reader.sequence(), reader.count()), (42, 2));
    assert!(matches!(
        reader.upsert(&case(9, "no")),
        Err(IndexError::ReadOnly)
    ));
    assert!(matches!(reader.commit(9), Err(IndexError::ReadOnly)));
    writer.upsert(&case(4, "one more")).expect("written");
    writer.commit(50).expect("committed");
    assert_eq!(reader.count(), 2);
    reader.reload().expect("reloaded");
    assert_eq!((reader.sequence(), reader.count()), (50, 3));
}

#[test]
fn replacing_deleting_and_clearing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = open(folder.path());
    index.upsert(&case(1, "first")).expect("written");
    index.upsert(&case(1, "second")).expect("written");
    index.upsert(&case(2, "other")).expect("written");
    index.commit(1).expect("committed");
    assert_eq!(index.count(), 2);
    let find = |query: &str| {
        let request = SearchRequest {
            query: query.to_owned(),
            limit: 10,
            ..SearchRequest::default()
        };
        index.search(&request).expect("searched").total
    };
    assert_eq!((find("first"), find("second")), (0, 1));
    index.delete(1).expect("deleted");
    index.delete(77).expect("unknown ids are no error");
    index.commit(2).expect("committed");
    assert_eq!((index.count(), find("second")), (1, 0));
    index.clear().expect("cleared");
    assert_eq!((index.count(), index.sequence()), (0, 0));
    index.verify().expect("checksums are right");
}

/// An index with a history of replacements and many segments answers exactly as one built at once.
#[test]
fn a_replay_gives_the_same_answers() {
    let subjects = [
        "getOrders returns 403 Unauthorized",
        "throttled with QuotaExceeded on getOrders",
        "createFeed is rejected",
        "token expired after an hour",
        "report stays in queue",
        "Unauthorized after the role was changed",
    ];
    let document = |id: u64, round: u64| {
        let mut case = case(
            id,
            subjects[(id as usize + round as usize) % subjects.len()],
        );
        case.opened_at = 1_700_000_000 + id as i64;
        case.fields.insert(
            "operation".to_owned(),
            vec![
                ["getOrders", "createFeed", "createReport"][(id as usize + round as usize) % 3]
                    .to_owned(),
            ],
        );
        case
    };
    let lived = tempfile::tempdir().expect("a folder");
    let (lived, _) = open(lived.path());
    for round in 0..3 {
        for id in 1..60 {
            lived.upsert(&document(id, round)).expect("written");
            if id % 7 == 0 {
                lived.commit(id).expect("committed");
            }
        }
    }
    lived.delete(13).expect("deleted");
    lived.commit(99).expect("committed");
    let fresh = tempfile::tempdir().expect("a folder");
    let (fresh, _) = open(fresh.path());
    for id in (1..60).filter(|&id| id != 13) {
        fresh.upsert(&document(id, 2)).expect("written");
    }
    fresh.commit(99).expect("committed");
    for query in [
        "unauthorized",
        "getOrders throttled",
        "operation:createFeed",
        "tokn",
        "report OR feed",
        "",
    ] {
        let request = SearchRequest {
            query: query.to_owned(),
            limit: 100,
            facets: vec!["operation".to_owned()],
            ..SearchRequest::default()
        };
        let order = |index: &Index| {
            let response = index.search(&request).expect("searched");
            let ids: Vec<u64> = response.hits.iter().map(|hit| hit.id).collect();
            (
                response.total,
                ids,
                response.facets,
                response.relaxed,
                response.notes,
            )
        };
        assert_eq!(order(&lived), order(&fresh), "{query}");
    }
    let request = SimilarRequest {
        subject: "getOrders Unauthorized".to_owned(),
        problem: "We get Unauthorized since the token expired.".to_owned(),
        language: "en".to_owned(),
        fields: [("operation".to_owned(), vec!["getOrders".to_owned()])].into(),
        resolved_only: true,
        limit: 30,
        ..SimilarRequest::default()
    };
    let order = |index: &Index| -> Vec<(u64, i64)> {
        let found = index.similar(&request).expect("found");
        found
            .iter()
            .map(|found| (found.id, (found.score * 1e4).round() as i64))
            .collect()
    };
    assert_eq!(order(&lived), order(&fresh));
    assert_eq!(order(&lived).len(), 30);
}

/// Files of the committed segments, without the lists of files.
fn segment_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let list = fs::read_to_string(current(folder).join("meta.json")).expect("read");
    let mut files: Vec<_> = fs::read_dir(current(folder))
        .expect("listed")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let segment = name.split('.').next().expect("a first part");
            segment.len() == 32 && list.replace('-', "").contains(segment)
        })
        .collect();
    files.sort();
    files
}

fn flip(path: &Path, place: usize) {
    let mut bytes = fs::read(path).expect("read");
    bytes[place] ^= 0x10;
    fs::write(path, bytes).expect("written");
}

/// One flipped byte gives no error by itself: only the checksum tells.
#[test]
fn one_flipped_byte_in_any_file_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    // Looked at once: what was compared is known from now on, and a change is seen all the same.
    drop(Index::open_read_only(folder.path()).expect("whole"));
    let files = segment_files(folder.path());
    assert!(files.len() >= 8, "{files:?}");
    for path in &files {
        let whole = fs::read(path).expect("read");
        for place in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            flip(path, place);
            let error = Index::open_read_only(folder.path()).expect_err("damaged");
            assert!(error.is_damage(), "{} at {place}: {error}", path.display());
            fs::write(path, &whole).expect("written");
        }
    }
    let reader = Index::open_read_only(folder.path()).expect("whole again");
    assert_eq!((reader.sequence(), reader.count()), (42, 2));
    drop(reader);
    flip(&files[0], 3);
    let OpenOutcome::Rebuilt { reason, .. } = open(folder.path()).1 else {
        panic!("not rebuilt")
    };
    assert!(reason.contains("checksum"), "{reason}");
}

#[test]
fn a_folder_that_is_removed_while_it_is_written_is_told_and_its_successor_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, removed) = (folder.path().join("index"), folder.path().join("removed"));
    let folder = folder.as_path();
    filled(folder);
    let (old, _) = open(folder);
    old.upsert(&case(4, "one more")).expect("written");
    // Renamed, because the indexing thread makes files while they are removed one by one.
    fs::rename(folder, &removed).expect("removed");
    let error = old.commit(43).expect_err("nowhere to go");
    assert!(matches!(error, IndexError::Gone { .. }), "{error}");
    assert!(error.is_damage());
    let (new, outcome) = open(folder);
    assert_eq!(outcome, OpenOutcome::Created);
    new.upsert(&case(5, "new")).expect("written");
    new.commit(44).expect("committed");
    old.commit(45).expect_err("it is not ours any more");
    drop((old, new));
    assert_eq!(open(folder).1, OpenOutcome::Opened { sequence: 44 });
}

#[test]
fn an_index_can_be_discarded_where_nobody_writes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    Index::discard(&folder.path().join("none")).expect("nothing to do");
    filled(folder.path());
    let (writer, _) = open(folder.path());
    let error = Index::discard(folder.path()).expect_err("in use");
    assert!(matches!(error, IndexError::Locked { .. }), "{error}");
    assert!(!error.is_damage());
    drop(writer);
    Index::discard(folder.path()).expect("discarded");
    assert_eq!(open(folder.path()).1, OpenOutcome::Created);
}

/// No permission, or something else in the way, is no reason to build anything again.
#[test]
fn what_may_not_be_read_is_not_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index");
    fs::write(&path, "not a folder").expect("written");
    let error = Index::open_read_only(&path).expect_err("refused");
    assert!(matches!(error, IndexError::Io { .. }), "{error}");
    assert!(!error.is_damage());
}

/// Names of the files below a folder in which a word stands.
fn files_with(folder: &Path, word: &[u8]) -> Vec<String> {
    fs::read_dir(current(folder))
        .expect("listed")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let bytes = fs::read(path).expect("read");
            bytes.windows(word.len()).any(|found| found == word)
        })
        .map(|path| path.display().to_string())
        .collect()
}

/// Writes a case, replaces it and purges, under this setting.
fn purged(deleted_share_before_merge: f32, before: impl Fn(&Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = IndexOptions::default();
    options.deleted_share_before_merge = deleted_share_before_merge;
    let (index, _) = Index::open(folder.path(), &options).expect("the index opens");
    index.upsert(&case(1, "quokkaburg")).expect("written");
    index.upsert(&case(2, "feed rejected")).expect("written");
    index.commit(1).expect("committed");
    index.upsert(&case(1, "erased")).expect("written");
    index.commit(2).expect("committed");
    before(folder.path());
    index.purge().expect("purged");
    assert_eq!(
        files_with(folder.path(), b"quokkaburg"),
        Vec::<String>::new()
    );
    assert_eq!((index.sequence(), index.count()), (2, 2));
    index.purge().expect("purged again");
    index.upsert(&case(3, "token expired")).expect("written");
    index.commit(3).expect("committed");
    drop(index);
    let (index, outcome) = open(folder.path());
    assert_eq!(outcome, OpenOutcome::Opened { sequence: 3 });
    assert_eq!(index.count(), 3);
    index.verify().expect("whole");
}

#[test]
fn after_a_purge_no_file_holds_words_of_what_was_replaced() {
    purged(1.0, |folder| {
        // Replaced, and in the files still: otherwise this test would show nothing.
        assert!(!files_with(folder, b"quokkaburg").is_empty());
    });
}

/// The merge held the files of what was replaced beyond the end of the purge.
#[test]
fn a_purge_beside_a_merge_in_the_background_leaves_no_words_either() {
    for _ in 0..8 {
        purged(0.01, |_| {});
    }
}
