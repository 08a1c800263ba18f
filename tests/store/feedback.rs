//! Marks on precedents and proposed resolutions.

use precedent::case::{CaseNumber, CaseStatus, ResolutionCode};
use precedent::store::{
    CaseErasure, Commit, Erasure, ImportChange, Mark, MarkQuery, MarkVerdict, Proposal,
    ProposalFilter, ProposalState, SolvedCase, Store, StoreError,
};

use crate::Place;
use crate::samples::{event, fill, resolution, solved, time};

fn number(text: &str) -> CaseNumber {
    CaseNumber(text.to_owned())
}

fn mark(verdict: MarkVerdict, by: &str, note: &str, second: i64) -> Mark {
    Mark {
        case: number("SP-1001"),
        precedent: number("SPH-1001"),
        verdict,
        note: note.to_owned(),
        by: by.to_owned(),
        at: time(second),
    }
}

pub async fn the_last_word_on_a_precedent_counts(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    store.import(&[solved("H1")]).await.unwrap();
    let before = store.history(&number("SP-1001")).await.unwrap().unwrap();
    let first = mark(MarkVerdict::Solved, "ines", "the role", 1);
    let event = event(1001, None, "marked");
    assert!(store.mark(&first, &event).await.unwrap());
    // The same again, with or without the note.
    assert!(!store.mark(&first, &event).await.unwrap());
    let again = mark(MarkVerdict::Solved, "ines", "", 2);
    assert!(!store.mark(&again, &event).await.unwrap());
    let all = store.marks(&MarkQuery::All).await.unwrap();
    assert_eq!(all, std::slice::from_ref(&first));
    let other = mark(MarkVerdict::NotRelated, "pavel", "", 3);
    assert!(store.mark(&other, &event).await.unwrap());
    for query in [
        MarkQuery::OfCase(number("sp-1001")),
        MarkQuery::OnPrecedents(vec![number("SPH-1001"), number("SPH-9")]),
    ] {
        let found = store.marks(&query).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&other), "{query:?}");
    }
    let none = MarkQuery::OfCase(number("SPH-1001"));
    assert!(store.marks(&none).await.unwrap().is_empty());
    let after = store.history(&number("SP-1001")).await.unwrap().unwrap();
    assert_eq!(after.journal.len(), before.journal.len() + 2);
    assert_eq!(after.case.revision, before.case.revision);

    let unknown = Mark {
        precedent: number("SPH-77"),
        ..first
    };
    let error = store.mark(&unknown, &event).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::NotFound { what } if what.contains("SPH-77")),
        "{error}"
    );
}

fn closed(external: &str) -> SolvedCase {
    SolvedCase {
        resolution: None,
        ..solved(external)
    }
}

fn proposal(case: &str, confidence: f64) -> Proposal {
    Proposal {
        case: number(case),
        state: ProposalState::Open,
        code: ResolutionCode::Guidance,
        text: "Grant the role again.".to_owned(),
        confidence,
        signals: vec!["thanks".to_owned()],
        answered_at: time(900),
        basis: 3,
    }
}

async fn open(store: &dyn Store, above: Option<f64>) -> Vec<String> {
    let filter = ProposalFilter {
        state: Some(ProposalState::Open),
        above,
        ..ProposalFilter::default()
    };
    let found = store.proposals(&filter).await.unwrap();
    found
        .into_iter()
        .map(|record| record.proposal.case.0)
        .collect()
}

async fn propose(store: &dyn Store, proposals: &[Proposal]) -> usize {
    let mut commit = Commit::new(time(1_500));
    commit.proposals = proposals.to_vec();
    store.commit(&commit).await.unwrap().proposed
}

pub async fn a_settled_proposal_stays_settled(place: &dyn Place) {
    let store = place.open().await;
    store
        .import(&[closed("H1"), closed("H2"), closed("H3")])
        .await
        .unwrap();
    let proposals = [
        proposal("SPH-1001", 0.5),
        proposal("SPH-1002", 0.9),
        proposal("SPH-1003", 0.7),
    ];
    assert_eq!(propose(&*store, &proposals).await, 3);
    assert_eq!(propose(&*store, &proposals).await, 0);
    assert_eq!(
        open(&*store, None).await,
        ["SPH-1002", "SPH-1003", "SPH-1001"]
    );
    assert_eq!(open(&*store, Some(0.7)).await, ["SPH-1002", "SPH-1003"]);
    let settled = store
        .settle_proposals(
            &[number("SPH-1003")],
            ProposalState::Rejected,
            "ines",
            time(2_000),
            &[],
        )
        .await
        .unwrap();
    assert_eq!(settled, 1);
    let better = Proposal {
        text: "Another text.".to_owned(),
        ..proposal("SPH-1003", 1.0)
    };
    assert_eq!(propose(&*store, &[better]).await, 0);
    // A case that somebody resolved waits for nobody.
    store
        .resolve(&number("SPH-1001"), &resolution(), &[])
        .await
        .unwrap();
    assert_eq!(open(&*store, None).await, ["SPH-1002"]);
    let more = Proposal {
        confidence: 0.95,
        basis: 4,
        ..proposal("SPH-1002", 0.9)
    };
    assert_eq!(propose(&*store, &[more]).await, 1);
    assert_eq!(open(&*store, Some(0.94)).await, ["SPH-1002"]);
}

pub async fn what_somebody_wrote_survives_another_import(place: &dyn Place) {
    let store = place.open().await;
    store.import(&[closed("H1")]).await.unwrap();
    let case = store.case(&number("SPH-1001")).await.unwrap().unwrap();
    assert_eq!(case.state.status, CaseStatus::Closed);
    store
        .resolve(&number("SPH-1001"), &resolution(), &[])
        .await
        .unwrap();
    let again = store.import(&[closed("H1")]).await.unwrap();
    assert_eq!(again[0].change, ImportChange::Unchanged);
    let changed = SolvedCase {
        subject: "getOrders 403 again".to_owned(),
        ..closed("H1")
    };
    let again = store.import(&[changed]).await.unwrap();
    assert_eq!(again[0].change, ImportChange::Updated);
    let case = store.case(&number("SPH-1001")).await.unwrap().unwrap();
    assert_eq!(case.state.subject, "getOrders 403 again");
    assert_eq!(case.state.status, CaseStatus::Resolved);
    assert_eq!(case.state.resolution, Some(resolution()));
}

pub async fn forgetting_a_case_forgets_what_was_proposed_for_it(place: &dyn Place) {
    let store = place.open().await;
    store.import(&[closed("H1"), closed("H2")]).await.unwrap();
    let proposals = [proposal("SPH-1001", 0.5), proposal("SPH-1002", 0.5)];
    assert_eq!(propose(&*store, &proposals).await, 2);
    let said = Mark {
        case: number("SPH-1001"),
        precedent: number("SPH-1002"),
        ..mark(MarkVerdict::NotRelated, "ines", "Ada has another app", 1)
    };
    store
        .mark(&said, &event(1001, None, "marked"))
        .await
        .unwrap();
    let record = store.case(&number("SPH-1001")).await.unwrap().unwrap();
    let erasure = Erasure {
        at: time(5_000),
        mails: Vec::new(),
        bytes: Vec::new(),
        kept_fields: Vec::new(),
        cases: vec![CaseErasure {
            state: record.state,
            revision: record.revision,
            problem: None,
        }],
        outgoing: Vec::new(),
        addresses: Vec::new(),
        words: vec!["ada".to_owned()],
        journal: Vec::new(),
    };
    store.erase(&erasure).await.unwrap();
    assert_eq!(open(&*store, None).await, ["SPH-1002"]);
    let marks = store.marks(&MarkQuery::All).await.unwrap();
    assert_eq!(marks[0].note, "[erased] has another app");
}
