//! Similar cases: what counts, in which order, and why.

use std::collections::BTreeMap;

use precedent_index::{CaseDocument, Index, IndexOptions, Reason, SimilarRequest};

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]))
        .collect()
}

fn solved(id: u64, subject: &str, problem: &str) -> CaseDocument {
    CaseDocument {
        id,
        number: format!("SP-{id}"),
        desk: "amazon".to_owned(),
        status: "resolved".to_owned(),
        language: "en".to_owned(),
        subject: subject.to_owned(),
        problem: problem.to_owned(),
        resolution: format!("Resolution {id}."),
        resolution_code: Some("fixed".to_owned()),
        opened_at: 1_700_000_000,
        resolved_at: Some(1_700_100_000),
        ..CaseDocument::default()
    }
}

fn filled(cases: &[CaseDocument]) -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    for case in cases {
        index.upsert(case).expect("written");
    }
    index.commit(1).expect("committed");
    (folder, index)
}

fn index() -> (tempfile::TempDir, Index) {
    let case = |id: u64, subject: &str, problem: &str, facts: &[(&str, &str)]| CaseDocument {
        resolution_code: None,
        opened_at: 1_700_000_000 + id as i64,
        fields: fields(facts),
        ..solved(id, subject, problem)
    };
    let mut cases = vec![
        case(
            1,
            "getOrders denied",
            "Access to the requested resource is denied for one seller.",
            &[("operation", "getOrders"), ("error_code", "Unauthorized")],
        ),
        case(
            2,
            "getOrders slow",
            "The call is throttled at night.",
            &[("operation", "getOrders"), ("error_code", "QuotaExceeded")],
        ),
        case(
            3,
            "createFeed denied",
            "Access to the requested resource is denied when uploading.",
            &[("operation", "createFeed"), ("error_code", "Unauthorized")],
        ),
        case(
            4,
            "Role missing",
            "Authorisation fails after the role was removed.",
            &[("operation", "getOrders"), ("error_code", "Unauthorized")],
        ),
        CaseDocument {
            status: "incomplete".to_owned(),
            ..case(
                5,
                "getOrders denied",
                "Access to the requested resource is denied for one seller.",
                &[("operation", "getOrders"), ("error_code", "Unauthorized")],
            )
        },
        CaseDocument {
            language: "de".to_owned(),
            ..case(
                6,
                "Zugriff verweigert",
                "Beim Aufruf von getOrders wird der Zugriff verweigert.",
                &[("operation", "getOrders"), ("error_code", "Unauthorized")],
            )
        },
        CaseDocument {
            desk: "google".to_owned(),
            ..case(
                7,
                "Feed rejected",
                "The menu feed is rejected because prices are missing.",
                &[],
            )
        },
    ];
    for id in 20..60 {
        cases.push(case(
            id,
            "Unrelated report question",
            "How is the report scheduled and where is it shown?",
            &[("operation", "createReport")],
        ));
    }
    filled(&cases)
}

fn request() -> SimilarRequest {
    SimilarRequest {
        subject: "Unauthorized on getOrders".to_owned(),
        problem:
            "We call getOrders and access to the requested resource is denied for one seller only."
                .to_owned(),
        language: "en".to_owned(),
        fields: fields(&[("operation", "getOrders"), ("error_code", "Unauthorized")]),
        resolved_only: true,
        limit: 5,
        ..SimilarRequest::default()
    }
}

#[test]
fn same_facts_come_first_and_words_decide_among_them() {
    let (_folder, index) = index();
    let found = index.similar(&request()).expect("found");
    let ids: Vec<u64> = found.iter().map(|precedent| precedent.id).collect();
    assert_eq!(ids[0], 1, "{ids:?}");
    assert!(ids[..3].contains(&4) && ids[..3].contains(&6), "{ids:?}");
    assert!(!ids.contains(&5), "open cases are no precedents");
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert!(
        found
            .iter()
            .all(|precedent| (0.0..=1.0).contains(&precedent.score))
    );
    assert!(found[0].score > 0.6, "{}", found[0].score);
    assert_eq!(found[0].resolution, "Resolution 1.");
}

#[test]
fn reasons_are_given_in_words() {
    let (_folder, index) = index();
    let found = index.similar(&request()).expect("found");
    let first = &found[0].reasons[0];
    assert_eq!(first.code(), "same_facts");
    assert_eq!(
        first.to_string(),
        "same error code Unauthorized and operation getOrders"
    );
    let Some(Reason::SharedWords { words }) = found[0]
        .reasons
        .iter()
        .find(|reason| reason.code() == "shared_words")
    else {
        panic!("{:?}", found[0].reasons)
    };
    assert!(words.contains(&"resource".to_owned()), "{words:?}");
    let json = serde_json::to_value(first).expect("JSON");
    assert_eq!(json["code"], "same_facts");
}

#[test]
fn another_language_is_found_by_its_facts() {
    let (_folder, index) = index();
    let request = SimilarRequest {
        subject: "调用失败".to_owned(),
        problem: "调用 getOrders 时返回 Unauthorized。".to_owned(),
        language: "zh".to_owned(),
        ..request()
    };
    let found = index.similar(&request).expect("found");
    let ids: Vec<u64> = found.iter().take(3).map(|precedent| precedent.id).collect();
    assert!(
        ids.contains(&1) && ids.contains(&4) && ids.contains(&6),
        "{ids:?}"
    );
}

#[test]
fn restrictions() {
    let (_folder, index) = index();
    let ids = |request: &SimilarRequest| -> Vec<u64> {
        index
            .similar(request)
            .expect("found")
            .iter()
            .map(|precedent| precedent.id)
            .collect()
    };
    assert!(
        !ids(&SimilarRequest {
            exclude_id: Some(1),
            ..request()
        })
        .contains(&1)
    );
    assert!(
        ids(&SimilarRequest {
            resolved_only: false,
            ..request()
        })
        .contains(&5)
    );
    assert_eq!(
        ids(&SimilarRequest {
            before: Some(1_700_000_002),
            ..request()
        }),
        [1]
    );
    let google = SimilarRequest {
        desk: Some("google".to_owned()),
        problem: "The menu feed is rejected.".to_owned(),
        ..request()
    };
    assert_eq!(ids(&google), [7]);
    assert!(
        ids(&SimilarRequest {
            limit: 0,
            ..request()
        })
        .is_empty()
    );
    assert!(
        ids(&SimilarRequest {
            limit: 5,
            ..SimilarRequest::default()
        })
        .is_empty()
    );
}

#[test]
fn equal_cases_are_ordered_by_id() {
    let (_folder, index) = index();
    let request = SimilarRequest {
        subject: "report scheduled".to_owned(),
        problem: "where is the report shown".to_owned(),
        language: "en".to_owned(),
        resolved_only: true,
        limit: 40,
        ..SimilarRequest::default()
    };
    let ids: Vec<u64> = index
        .similar(&request)
        .expect("found")
        .iter()
        .map(|precedent| precedent.id)
        .collect();
    assert_eq!(ids, (20..60).collect::<Vec<u64>>());
}

#[test]
fn only_resolved_cases_with_a_resolution_text_are_precedents() {
    let (_folder, index) = index();
    for (id, status, resolution) in [(70, "closed", "Referred."), (71, "resolved", " ")] {
        index
            .upsert(&CaseDocument {
                id,
                number: format!("SP-{id}"),
                desk: "sp-api".to_owned(),
                status: status.to_owned(),
                language: "en".to_owned(),
                subject: request().subject,
                problem: request().problem,
                resolution: resolution.to_owned(),
                fields: request().fields,
                ..CaseDocument::default()
            })
            .expect("written");
    }
    index.commit(9).expect("committed");
    let found = index.similar(&request()).expect("found");
    assert!(found.iter().all(|precedent| precedent.id < 70), "{found:?}");
}

#[test]
fn a_duplicate_stands_for_the_case_that_has_the_answer() {
    let (_folder, index) = index();
    let duplicate = |id: u64, resolution: &str| CaseDocument {
        id,
        number: format!("SP-{id}"),
        desk: "amazon".to_owned(),
        status: "resolved".to_owned(),
        language: "en".to_owned(),
        subject: "getOrders denied for one seller".to_owned(),
        problem: "Access to the requested resource is denied for one seller only.".to_owned(),
        resolution: resolution.to_owned(),
        resolution_code: Some("duplicate".to_owned()),
        opened_at: 1_700_000_500,
        fields: fields(&[("operation", "getOrders"), ("error_code", "Unauthorized")]),
        ..CaseDocument::default()
    };
    index
        .upsert(&duplicate(70, "Same cause as SP-4, see there."))
        .expect("written");
    // One that leads to it over another, one that names nothing that is there, one that leads in a circle.
    index
        .upsert(&duplicate(71, "Duplicate of SP-70."))
        .expect("written");
    index
        .upsert(&duplicate(72, "Known from SP-9999."))
        .expect("written");
    index
        .upsert(&duplicate(73, "Duplicate of SP-74."))
        .expect("written");
    index
        .upsert(&duplicate(74, "Duplicate of SP-73."))
        .expect("written");
    index.commit(2).expect("committed");
    let found = index
        .similar(&SimilarRequest {
            limit: 10,
            ..request()
        })
        .expect("found");
    let ids: Vec<u64> = found.iter().map(|precedent| precedent.id).collect();
    let root = found
        .iter()
        .find(|precedent| precedent.id == 4)
        .expect("the root is there");
    let mut duplicates = root.duplicates.clone();
    duplicates.sort();
    assert_eq!(duplicates, ["SP-70", "SP-71"], "{ids:?}");
    assert_eq!(root.resolution, "Resolution 4.");
    assert!(!ids.contains(&70) && !ids.contains(&71), "{ids:?}");
    assert!(ids.contains(&72), "{ids:?}");
    let unique: std::collections::BTreeSet<u64> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "each case once: {ids:?}");
}

#[test]
fn reasons_of_a_duplicate_were_mixed_with_those_of_its_root() {
    let (_folder, index) = index();
    // Its root, SP-7, is about something else altogether.
    index
        .upsert(&CaseDocument {
            id: 70,
            number: "SP-70".to_owned(),
            desk: "google".to_owned(),
            status: "resolved".to_owned(),
            language: "en".to_owned(),
            subject: "getOrders denied".to_owned(),
            problem: "Access to the requested resource is denied.".to_owned(),
            resolution: "Same cause as SP-7.".to_owned(),
            resolution_code: Some("duplicate".to_owned()),
            opened_at: 1_700_000_500,
            fields: fields(&[("operation", "getOrders")]),
            ..CaseDocument::default()
        })
        .expect("written");
    index.commit(2).expect("committed");
    let found = index
        .similar(&SimilarRequest {
            limit: 10,
            ..request()
        })
        .expect("found");
    let root = found
        .iter()
        .find(|precedent| precedent.id == 7)
        .expect("the root is there");
    assert!(root.signals.facts > 0.0, "{:?}", root.signals);
    let codes: Vec<&str> = root.reasons.iter().map(Reason::code).collect();
    assert_eq!(
        codes,
        ["same_facts", "shared_subject", "shared_words", "duplicate"]
    );
    assert_eq!(root.reasons[0].to_string(), "same operation getOrders");
    assert_eq!(
        root.reasons[3].to_string(),
        "this is how SP-70 fits, its duplicate"
    );
    let other = found.iter().find(|precedent| precedent.id == 1);
    let reasons = &other.expect("is there").reasons;
    assert!(reasons.iter().all(|reason| reason.code() != "duplicate"));
}

#[test]
fn a_newer_case_and_one_that_says_how_come_first_among_equals() {
    let (_folder, index) = index();
    let case = |id: u64, year: i64, code: &str| CaseDocument {
        id,
        number: format!("SP-{id}"),
        status: "resolved".to_owned(),
        language: "en".to_owned(),
        subject: "Upload stalls".to_owned(),
        problem: "The upload stalls at night.".to_owned(),
        resolution: "The schedule was moved by an hour.".to_owned(),
        resolution_code: Some(code.to_owned()),
        opened_at: 1_600_000_000 + year * 31_557_600,
        ..CaseDocument::default()
    };
    index.upsert(&case(81, 0, "fixed")).expect("written");
    index
        .upsert(&case(82, 4, "not_reproducible"))
        .expect("written");
    index.upsert(&case(83, 4, "fixed")).expect("written");
    index.commit(2).expect("committed");
    let found = index
        .similar(&SimilarRequest {
            subject: "Upload stalls".to_owned(),
            problem: "Our upload stalls at night.".to_owned(),
            language: "en".to_owned(),
            resolved_only: true,
            limit: 3,
            ..SimilarRequest::default()
        })
        .expect("found");
    let ids: Vec<u64> = found.iter().map(|precedent| precedent.id).collect();
    assert_eq!(ids, [83, 81, 82]);
}

#[test]
fn the_more_it_stands_out_the_surer_it_is() {
    let (_folder, index) = index();
    let found = index.similar(&request()).expect("found");
    assert!(
        found
            .windows(2)
            .all(|pair| pair[0].probability >= pair[1].probability)
    );
    assert!(
        found
            .iter()
            .all(|precedent| (0.0..=1.0).contains(&precedent.probability))
    );
    let sum: f32 = found.iter().map(|precedent| precedent.probability).sum();
    assert!(sum <= 1.001, "{sum}");
    // How many are asked for changes nothing.
    let one = index
        .similar(&SimilarRequest {
            limit: 1,
            ..request()
        })
        .expect("found");
    assert_eq!(one[0].probability, found[0].probability);
}

fn asked(subject: &str, problem: &str) -> SimilarRequest {
    SimilarRequest {
        subject: subject.to_owned(),
        problem: problem.to_owned(),
        language: "en".to_owned(),
        resolved_only: true,
        limit: 5,
        ..SimilarRequest::default()
    }
}

/// One word was all that the request had in common with any case, so it was all there was to compare: nearly sure.
#[test]
fn one_everyday_word_in_common_proves_nothing() {
    let mut cases: Vec<CaseDocument> = (1..=60)
        .map(|id| {
            solved(
                id,
                &format!("Feed {id}"),
                &format!("Upload number{id} of prices fails with a timeout."),
            )
        })
        .collect();
    cases.push(solved(
        61,
        "Listings gone",
        "Forty listings vanished overnight, please remove the block.",
    ));
    let (_folder, index) = filled(&cases);
    let found = index
        .similar(&asked(
            "Newsletter",
            "Kindly remove my address from your weekly newsletter.",
        ))
        .expect("answers");
    assert_eq!(found[0].id, 61);
    assert!(found[0].probability < 0.3, "{}", found[0].probability);
    let found = index
        .similar(&asked(
            "Listings gone",
            "Forty of our listings vanished overnight because of a block.",
        ))
        .expect("answers");
    assert!(found[0].probability > 0.5, "{}", found[0].probability);
}

#[test]
fn a_single_solved_case_is_found() {
    let (_folder, index) = filled(&[solved(
        1,
        "Orders denied",
        "Access to the requested resource is denied.",
    )]);
    let found = index
        .similar(&asked(
            "Orders denied",
            "Access to the requested resource is denied.",
        ))
        .expect("answers");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_duplicate_makes_its_root_no_less_likely() {
    let problem = "Uploads of prices stop with checksum mismatch on the second document.";
    let noise = (10..=40).map(|id| {
        solved(
            id,
            &format!("Case {id}"),
            &format!("Report number{id} is empty."),
        )
    });
    let mut cases: Vec<CaseDocument> = noise.collect();
    cases.push(solved(1, "Checksum mismatch", problem));
    let request = asked("Checksum mismatch", problem);
    let alone = {
        let (_folder, index) = filled(&cases);
        index
            .similar(&request)
            .expect("answers")
            .remove(0)
            .probability
    };
    cases.push(CaseDocument {
        resolution: "Duplicate of SP-1.".to_owned(),
        resolution_code: Some("duplicate".to_owned()),
        ..solved(2, "Checksum mismatch", problem)
    });
    let (_folder, index) = filled(&cases);
    let found = index.similar(&request).expect("answers");
    assert_eq!(
        (found[0].id, found[0].duplicates.as_slice()),
        (1, &["SP-2".to_owned()][..])
    );
    assert!(
        found[0].probability > alone - 0.05,
        "{} {alone}",
        found[0].probability
    );
}

/// Behind the last that was asked for, each duplicate counted as a further answer.
#[test]
fn duplicates_further_down_made_what_is_shown_less_likely() {
    let problem = "Uploads of prices stop with checksum mismatch on the second document.";
    let noise = (20..60).map(|id| solved(id, "Report", &format!("Report number{id} is empty.")));
    let mut cases: Vec<CaseDocument> = noise.collect();
    cases.extend((1..=3).map(|id| solved(id, "Checksum mismatch", problem)));
    cases.extend((4..=9).map(|id| CaseDocument {
        resolution: "Duplicate of SP-3.".to_owned(),
        resolution_code: Some("duplicate".to_owned()),
        ..solved(id, "Checksum mismatch", problem)
    }));
    let (_folder, index) = filled(&cases);
    let found = |limit| {
        let request = SimilarRequest {
            limit,
            ..asked("Checksum mismatch", problem)
        };
        index.similar(&request).expect("answers")
    };
    let all = found(10);
    assert_eq!((all[2].id, all[2].duplicates.len()), (3, 6));
    for (few, many) in found(2).iter().zip(&all) {
        assert_eq!((few.id, few.probability), (many.id, many.probability));
    }
}
