//! Candidates, the feed of the index, imports, lists.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use precedent::case::{CaseNumber, CaseStatus};
use precedent::store::{
    CaseFilter, CaseOrder, ImportChange, Letter, MailState, StoreError, ThreadKey, ThreadLookup,
    case_number,
};

use crate::Place;
use crate::samples::{
    PREFIX, archive, batch, case_state, event, fill, outcome, resolution, solved, upsert,
};

pub async fn candidates_by_every_key(place: &dyn Place) {
    let store = place.open().await;
    let mails = fill(&*store, 0, 3, 1001).await;
    store.import(&[solved("H1")]).await.unwrap();
    let received = format!("m{}@example.org", mails[0]);
    let sent = "SP-1001.1@desk.example".to_owned();
    let lookup = ThreadLookup {
        message_ids: vec![
            received.clone(),
            sent.clone(),
            "nobody@example.org".to_owned(),
        ],
        tokens: vec!["token1002".to_owned(), String::new(), "token9".to_owned()],
        numbers: vec![
            CaseNumber("sp-1002".to_owned()),
            case_number(PREFIX, 1003),
            case_number(PREFIX, 9999),
        ],
        ..ThreadLookup::default()
    };
    let found = store.candidates(&lookup).await.unwrap();
    let keys: Vec<(&str, &[ThreadKey])> = found
        .iter()
        .map(|candidate| (candidate.case.state.number.0.as_str(), &candidate.keys[..]))
        .collect();
    assert_eq!(
        keys,
        [
            (
                "SP-1001",
                &[ThreadKey::MessageId(sent), ThreadKey::MessageId(received)][..]
            ),
            (
                "SP-1002",
                &[
                    ThreadKey::Token("token1002".to_owned()),
                    ThreadKey::Number(CaseNumber("sp-1002".to_owned()))
                ][..]
            ),
            (
                "SP-1003",
                &[ThreadKey::Number(case_number(PREFIX, 1003))][..]
            ),
        ]
    );
    assert_eq!(found[0].case.state, case_state(1001));
    assert_eq!(found[0].case.outgoing, 1);
    assert_eq!(found[0].case.token, "token1001");
    let nothing = store.candidates(&ThreadLookup::default()).await.unwrap();
    assert_eq!(nothing, []);
    let letter = |author: &str, subject: &str| Letter {
        author: author.to_owned(),
        subject: subject.to_owned(),
    };
    let wrote = letter("a@example.org", "getOrders fails");
    let lookup = ThreadLookup {
        letters: vec![wrote.clone(), letter("b@example.org", "getOrders fails")],
        ..ThreadLookup::default()
    };
    let found = store.candidates(&lookup).await.unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].keys, [ThreadKey::Letter(wrote)]);
    let lookup = ThreadLookup {
        letters: vec![letter("a@example.org", "getOrders")],
        ..ThreadLookup::default()
    };
    assert_eq!(store.candidates(&lookup).await.unwrap(), []);
}

pub async fn changes_give_each_case_once_in_order(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 3, 1001).await;
    let first = store.changes(0, 2).await.unwrap();
    assert_eq!(first.len(), 2);
    assert_eq!(first[0].case.problem, "problem 1001");
    let mails = archive(&*store, 5, 1).await;
    let mut commit = batch(&[], 1004);
    commit.outcomes.push(outcome(mails[0], Some(1001)));
    let mut case = upsert(1001, &mails);
    case.revision = 1;
    case.problem = Some("more".to_owned());
    commit.cases.push(case);
    store.commit(&commit).await.unwrap();

    let rest = store.changes(first[1].sequence, 10).await.unwrap();
    let numbers: Vec<&str> = rest
        .iter()
        .map(|change| change.case.state.number.0.as_str())
        .collect();
    assert_eq!(numbers, ["SP-1003", "SP-1001"]);
    assert_eq!(rest[1].case.problem, "more");
    assert!(rest[0].sequence < rest[1].sequence);
    assert_eq!(store.last_sequence().await.unwrap(), rest[1].sequence);
    assert_eq!(store.changes(0, 10).await.unwrap().len(), 3);
    assert_eq!(store.changes(rest[1].sequence, 10).await.unwrap(), []);
}

pub async fn importing_twice_changes_nothing(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let mut other_desk = solved("H1");
    other_desk.desk = "google".to_owned();
    let list = [solved("H1"), solved("H2"), solved("H1"), other_desk];
    let imported = store.import(&list).await.unwrap();
    let told: Vec<(&str, ImportChange)> = imported
        .iter()
        .map(|imported| (imported.number.0.as_str(), imported.change))
        .collect();
    assert_eq!(
        told,
        [
            ("SPH-1001", ImportChange::Added),
            ("SPH-1002", ImportChange::Added),
            ("SPH-1001", ImportChange::Unchanged),
            ("SPH-1003", ImportChange::Added),
        ]
    );
    let before = store.stats().await.unwrap();
    assert_eq!(before.imported, 3);
    assert_eq!(before.cases["waiting"], 1);
    assert_eq!(before.outbox["waiting"], 1);
    let again = store.import(&list).await.unwrap();
    assert!(
        again
            .iter()
            .all(|one| one.change == ImportChange::Unchanged)
    );
    assert_eq!(store.stats().await.unwrap(), before);
    let case = store.case(&imported[0].number).await.unwrap().unwrap();
    assert_eq!(case.external.as_deref(), Some("H1"));
    assert_eq!(case.state.submitter, "b@example.org");
    assert_eq!(case.state.status, CaseStatus::Resolved);
    assert_eq!(case.state.resolution, Some(resolution()));
    assert_eq!(case.outgoing, 0);
}

pub async fn an_imported_case_is_updated(place: &dyn Place) {
    let store = place.open().await;
    store.import(&[solved("H1"), solved("H2")]).await.unwrap();
    let sequence = store.last_sequence().await.unwrap();
    let mut better = solved("H1");
    if let Some(resolution) = &mut better.resolution {
        resolution.text = "Rotate the credentials.".to_owned();
    }
    let imported = store.import(&[better, solved("H2")]).await.unwrap();
    assert_eq!(imported[0].change, ImportChange::Updated);
    assert_eq!(imported[1].change, ImportChange::Unchanged);
    let changes = store.changes(sequence, 10).await.unwrap();
    assert_eq!(changes.len(), 1);
    let case = &changes[0].case;
    assert_eq!(case.revision, 2);
    assert_eq!(case.external.as_deref(), Some("H1"));
    let resolution = case.state.resolution.as_ref().unwrap();
    assert_eq!(resolution.text, "Rotate the credentials.");
    store.import(&[solved("H3")]).await.unwrap();
    let last = store.changes(sequence + 1, 10).await.unwrap();
    assert_eq!(last[0].case.state.number.0, "SPH-1003");
}

pub async fn lists_of_cases(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 5, 1001).await;
    store.import(&[solved("H1")]).await.unwrap();
    let all = CaseFilter::all(CaseOrder::Oldest);
    let numbers = async |filter: CaseFilter| -> Vec<String> {
        let cases = store.cases(&filter).await.unwrap();
        cases.into_iter().map(|case| case.state.number.0).collect()
    };
    assert_eq!(numbers(all.clone()).await.len(), 6);
    let named = CaseFilter {
        numbers: vec![CaseNumber("sp-1003".to_owned()), case_number(PREFIX, 1009)],
        ..all.clone()
    };
    assert_eq!(numbers(named).await, ["SP-1003"]);
    let own = CaseFilter {
        imported: Some(false),
        ..all.clone()
    };
    let page = CaseFilter {
        order: CaseOrder::Updated,
        offset: 1,
        limit: 2,
        ..own.clone()
    };
    assert_eq!(numbers(page).await, ["SP-1004", "SP-1003"]);
    let opened = CaseFilter {
        order: CaseOrder::Opened,
        limit: 1,
        ..own.clone()
    };
    assert_eq!(numbers(opened).await, ["SP-1005"]);
    let resolved = CaseFilter {
        statuses: vec![CaseStatus::Resolved, CaseStatus::Closed],
        ..all.clone()
    };
    assert_eq!(numbers(resolved).await, ["SPH-1001"]);
    let submitter = CaseFilter {
        submitter: Some("A1003@example.org".to_owned()),
        ..own.clone()
    };
    assert_eq!(numbers(submitter).await, ["SP-1003"]);
    let nobody = CaseFilter {
        desk: Some("google".to_owned()),
        ..all
    };
    assert_eq!(numbers(nobody).await, [""; 0]);
}

pub async fn a_case_comes_back_with_all_that_belongs_to_it(place: &dyn Place) {
    let store = place.open().await;
    let mails = fill(&*store, 0, 3, 1001).await;
    let number = CaseNumber("sp-1002".to_owned());
    let history = store.history(&number).await.unwrap().unwrap();
    assert_eq!(history.case.state, case_state(1002));
    assert_eq!(history.mails.len(), 1);
    let expected = outcome(mails[1], Some(1002));
    assert_eq!(
        history.mails[0].state,
        MailState::Processed(Box::new(expected))
    );
    let events: Vec<_> = ["opened", "assessed", "asked"]
        .map(|name| event(1002, Some(mails[1]), name))
        .into();
    assert_eq!(history.journal, events);
    assert_eq!(history.outbox.len(), 1);
    assert_eq!(history.outbox[0].recipient, "a1002@example.org");
    let nobody = store.history(&case_number(PREFIX, 7)).await.unwrap();
    assert!(nobody.is_none());
}

pub async fn resolving_a_case(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 2, 1001).await;
    let sequence = store.last_sequence().await.unwrap();
    let number = case_number(PREFIX, 1001);
    let events = [event(1001, None, "resolved")];
    let record = store
        .resolve(&number, &resolution(), &events)
        .await
        .unwrap();
    assert_eq!(record.state.status, CaseStatus::Resolved);
    let history = store.history(&number).await.unwrap().unwrap();
    assert_eq!(history.case, record);
    assert_eq!(history.case.problem, "problem 1001");
    assert_eq!(history.journal.last(), Some(&events[0]));
    let changes = store.changes(sequence, 10).await.unwrap();
    assert_eq!(changes.len(), 1);
    let nobody = store
        .resolve(&case_number(PREFIX, 7), &resolution(), &[])
        .await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
}

pub async fn readers_see_whole_batches_while_one_writes(place: &dyn Place) {
    let store = place.open().await;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (store, done) = (Arc::clone(&store), Arc::clone(&done));
            tokio::spawn(async move {
                let mut reads = 0;
                while !done.load(Ordering::Relaxed) {
                    let stats = store.stats().await.unwrap();
                    assert_eq!(stats.processed % 20, 0, "half a batch was seen");
                    let waiting = stats.cases.get("waiting").copied().unwrap_or(0);
                    assert_eq!(waiting, stats.processed);
                    reads += 1;
                }
                reads
            })
        })
        .collect();
    for round in 0..15 {
        fill(&*store, round * 20, 20, 1001 + round * 20).await;
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.unwrap() > 0, "a reader waited for the writer");
    }
}

pub async fn a_summary_counts_everything(place: &dyn Place) {
    let store = place.open().await;
    let empty = store.stats().await.unwrap();
    assert_eq!(empty, precedent::store::Stats::default());
    fill(&*store, 0, 2, 1001).await;
    archive(&*store, 10, 3).await;
    let stats = store.stats().await.unwrap();
    assert_eq!((stats.mails, stats.processed, stats.pending), (5, 2, 3));
    assert_eq!(stats.last_sequence, 2);
}

pub async fn the_secret_key_is_made_once(place: &dyn Place) {
    let store = place.open().await;
    let key = store.secret_key().await.unwrap();
    assert_ne!(key, [0; 32]);
    drop(store);
    assert_eq!(place.open().await.secret_key().await.unwrap(), key);
}
