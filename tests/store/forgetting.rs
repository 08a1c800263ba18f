//! Forgetting: what goes, what stays, and what the gate goes on counting.

use precedent::case::CaseStatus;
use precedent::store::{
    CaseErasure, Commit, Erased, Erasure, HardBounce, MailId, MailKey, MailState, OutboxChange,
    OutboxFilter, OutboxId, OutboxRecord, OutboxState, OutgoingQuery, Quarantine, RetentionQuery,
    Store, case_number,
};

use crate::Place;
use crate::samples::{archive, event, fill, new_mail, outgoing, resolution, time};

fn erasure() -> Erasure {
    Erasure {
        at: time(5_000),
        mails: Vec::new(),
        bytes: Vec::new(),
        kept_fields: vec!["operation".to_owned()],
        cases: Vec::new(),
        outgoing: Vec::new(),
        addresses: Vec::new(),
        words: Vec::new(),
        journal: Vec::new(),
    }
}

async fn rows(store: &dyn Store) -> Vec<OutboxRecord> {
    let filter = OutboxFilter {
        states: Vec::new(),
        cases: Vec::new(),
        after: None,
        limit: 1_000,
    };
    store.outbox(&filter).await.unwrap()
}

async fn step(store: &dyn Store, id: OutboxId, to: OutboxState) {
    let change = OutboxChange {
        id,
        from: None,
        to,
        note: "to a1001@example.org".to_owned(),
    };
    store
        .change_outbox(&[change], &[], time(200))
        .await
        .unwrap();
}

pub async fn what_was_written_to_a_person_goes_and_goes_on_counting(place: &dyn Place) {
    let store = place.open().await;
    let mails = fill(&*store, 0, 1, 1001).await;
    let mut commit = Commit::new(time(60));
    commit.outbox = vec![outgoing(1001, None, 2), outgoing(1001, None, 3)];
    let bounce = archive(&*store, 7, 1).await[0];
    commit.quarantined.push(Quarantine {
        mail: bounce,
        code: "panic".to_owned(),
        detail: "of a1001@example.org".to_owned(),
        from: Some("A1001@example.org".to_owned()),
        subject: Some("x".to_owned()),
        thread: vec!["thread@example.org".to_owned()],
    });
    commit.hard_bounces.push(HardBounce {
        mail: bounce,
        address: "a1001@example.org".to_owned(),
        detail: "5.1.1".to_owned(),
        at: time(70),
    });
    store.commit(&commit).await.unwrap();
    let ids: Vec<OutboxId> = rows(&*store).await.iter().map(|row| row.id).collect();
    step(&*store, ids[0], OutboxState::Sending).await;

    // What a server has in hand cannot be forgotten.
    let mut wanted = erasure();
    wanted.mails = vec![mails[0], bounce];
    wanted.outgoing.clone_from(&ids);
    wanted.addresses = vec!["a1001@example.org".to_owned()];
    assert!(store.erase(&wanted).await.unwrap_err().is_conflict());
    assert!(
        store.raw(mails[0]).await.unwrap().is_some(),
        "nothing was written"
    );
    step(&*store, ids[0], OutboxState::Sent).await;
    step(&*store, ids[1], OutboxState::Sending).await;
    step(&*store, ids[1], OutboxState::Failed).await;
    let query = OutgoingQuery {
        left_only: false,
        cases: Vec::new(),
        addresses: vec!["a1001@example.org".to_owned()],
        domains: vec!["example.org".to_owned()],
        body_hashes: vec![[7; 32]],
        address_since: time(0),
        domain_since: time(0),
        body_since: time(0),
        global_since: time(0),
        bounce_since: time(0),
    };
    let before = store.outgoing(&query).await.unwrap();
    assert_eq!(before.addresses["a1001@example.org"], 3);

    // Found by address, plus-tag and case apart.
    let person = store.person("a1001+x@Example.org").await.unwrap();
    assert_eq!(person.mails, [bounce]);
    assert_eq!(person.outgoing, ids);
    assert_eq!(person.cases, [case_number("SP", 1001)]);
    assert!(person.bounced && person.in_hand.is_empty());

    let erased = store.erase(&wanted).await.unwrap();
    assert_eq!((erased.mails, erased.outgoing), (2, 3));
    let after = store.outgoing(&query).await.unwrap();
    assert_eq!(
        after.addresses["a1001@example.org"], 2,
        "the waiting one was discarded"
    );
    assert_eq!(after.domains["example.org"], 2);
    assert_eq!(after.hard_bounces, before.hard_bounces);
    let left = rows(&*store).await;
    let states: Vec<OutboxState> = left.iter().map(|row| row.state).collect();
    assert_eq!(
        states,
        [
            OutboxState::Sent,
            OutboxState::Failed,
            OutboxState::Discarded
        ]
    );
    let bytes = store.outgoing_bytes(&ids).await.unwrap();
    assert!(bytes.values().all(Vec::is_empty));
    assert!(!format!("{left:?}").contains("example.org"), "{left:?}");
    // Nothing is there that could leave again.
    let approve = OutboxChange {
        id: ids[1],
        from: None,
        to: OutboxState::Approved,
        note: String::new(),
    };
    let error = store
        .change_outbox(&[approve], &[], time(300))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("erased"), "{error}");

    // The mails: known still, and nothing of them is left.
    for mail in [mails[0], bounce] {
        assert!(store.raw(mail).await.unwrap().is_none());
    }
    let again = store
        .archive(&[new_mail(0), new_mail(7)], &[])
        .await
        .unwrap();
    assert!(again.iter().all(|archived| !archived.fresh));
    let kept = store.mails(&MailKey::Id(mails[0])).await.unwrap().remove(0);
    let MailState::Processed(outcome) = kept.state else {
        panic!("{kept:?}");
    };
    assert_eq!((outcome.from.as_str(), outcome.subject.as_str()), ("", ""));
    assert_eq!(outcome.message_id, None);
    assert_eq!(outcome.fields.keys().collect::<Vec<_>>(), ["operation"]);
    let aside = store.mails(&MailKey::Id(bounce)).await.unwrap().remove(0);
    assert_eq!(aside.state, MailState::Erased);
    assert_eq!(store.retry_quarantined(&[bounce]).await.unwrap(), 0);
    assert!(store.processed(None, 10).await.unwrap().is_empty());
    let consistency = store.consistency().await.unwrap();
    let wrong = consistency.nowhere + consistency.twice + consistency.without_raw;
    assert_eq!(wrong, 0, "{consistency:?}");
    // Once is enough.
    assert_eq!(store.erase(&wanted).await.unwrap(), Erased::default());
    let nobody = store.person("a1001@example.org").await.unwrap();
    assert!(nobody.mails.is_empty() && nobody.outgoing.is_empty() && !nobody.bounced);
}

pub async fn a_case_is_forgotten_only_as_it_was_read(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let number = case_number("SP", 1001);
    let record = store.case(&number).await.unwrap().unwrap();
    let mut commit = Commit::new(time(60));
    commit.journal.push(precedent::store::JournalEvent {
        detail: serde_json::json!({"recipient": "A1001@example.org", "deep": [{"who": "by Jane Doe."}]}),
        ..event(1001, None, "reply_failed")
    });
    store.commit(&commit).await.unwrap();
    let mut state = record.state.clone();
    state.submitter = String::new();
    state.participants.clear();
    let mut wanted = erasure();
    wanted.words = vec!["a1001@example.org".to_owned(), "Jane Doe".to_owned()];
    wanted.cases.push(CaseErasure {
        state,
        revision: record.revision + 1,
        problem: Some(String::new()),
    });
    assert!(store.erase(&wanted).await.unwrap_err().is_conflict());
    assert_eq!(store.erased_sequence().await.unwrap(), 0);
    wanted.cases[0].revision = record.revision;
    assert_eq!(store.erase(&wanted).await.unwrap().cases, 1);
    let history = store.history(&number).await.unwrap().unwrap();
    assert_eq!(history.case.revision, record.revision + 1);
    assert_eq!(history.case.token, record.token);
    assert_eq!(history.case.problem, "");
    let failed = history
        .journal
        .iter()
        .find(|event| event.event == "reply_failed");
    assert_eq!(
        failed.unwrap().detail,
        serde_json::json!({"recipient": "[erased]", "deep": [{"who": "by [erased]."}]})
    );
    let last = store.last_sequence().await.unwrap();
    assert_eq!(
        store.erased_sequence().await.unwrap(),
        last,
        "the index is told"
    );
    assert_eq!(store.changes(last - 1, 10).await.unwrap().len(), 1);
}

pub async fn what_somebody_needs_does_not_expire(place: &dyn Place) {
    let store = place.open().await;
    let mails = fill(&*store, 0, 3, 1001).await;
    let pending = archive(&*store, 10, 1).await[0];
    for number in [1001, 1002] {
        let number = case_number("SP", number);
        store.resolve(&number, &resolution(), &[]).await.unwrap();
    }
    let query = |before: i64| RetentionQuery {
        mails_before: Some(time(before)),
        cases_before: Some(time(before)),
        limit: 10,
    };
    // A mail that waits for a server keeps the one that it answers.
    let found = store.expired(&query(100_000)).await.unwrap();
    assert!(
        found.of_cases.is_empty() && found.cases.is_empty(),
        "{found:?}"
    );
    let ids: Vec<OutboxId> = rows(&*store).await.iter().map(|row| row.id).collect();
    for id in &ids {
        step(&*store, *id, OutboxState::Discarded).await;
    }
    let found = store.expired(&query(100_000)).await.unwrap();
    let of_cases: Vec<MailId> = found.of_cases.iter().map(|(mail, _)| *mail).collect();
    assert_eq!(of_cases, mails[..2], "the third one's case is open");
    assert_eq!(
        found.cases,
        [case_number("SP", 1001), case_number("SP", 1002)]
    );
    assert!(found.of_none.is_empty());
    assert!(
        store.expired(&query(0)).await.unwrap().of_cases.is_empty(),
        "all are younger"
    );
    let mut wanted = erasure();
    wanted.bytes = vec![mails[0], pending];
    assert!(
        store.erase(&wanted).await.unwrap_err().is_conflict(),
        "one is to be processed"
    );
    wanted.bytes = vec![mails[0]];
    assert_eq!(store.erase(&wanted).await.unwrap().mails, 1);
    let kept = store.mails(&MailKey::Id(mails[0])).await.unwrap().remove(0);
    assert!(matches!(kept.state, MailState::Processed(outcome) if outcome.from == "a@example.org"));
    assert_eq!(
        store.expired(&query(100_000)).await.unwrap().of_cases.len(),
        1
    );
    let case = store.case(&case_number("SP", 1001)).await.unwrap().unwrap();
    assert_eq!(case.state.status, CaseStatus::Resolved);
}
