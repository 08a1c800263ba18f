//! Attempts to deliver, their schedule, what is counted of them, and what the doctor reads.

use jiff::Timestamp;
use precedent::case::CaseNumber;
use precedent::store::{
    Filed, FilingQuery, Health, NewOutgoing, OutboxAttempt, OutboxChange, OutboxFilter, OutboxId,
    OutboxRecord, OutboxState, OutgoingQuery, Quarantine, ReplyStop, Store, case_number,
};
use precedent::triage::OutgoingKind;

use crate::Place;
use crate::samples::{archive, batch, fill, outgoing, time};

async fn rows(store: &dyn Store) -> Vec<OutboxRecord> {
    let filter = OutboxFilter {
        states: Vec::new(),
        cases: Vec::new(),
        after: None,
        limit: 1_000,
    };
    store.outbox(&filter).await.unwrap()
}

/// Adds outgoing mails to a case of their own.
async fn add(store: &dyn Store, rows: Vec<NewOutgoing>) {
    let mut commit = batch(&[], 1002);
    commit.expected_numbers.clear();
    commit.outbox = rows;
    store.commit(&commit).await.unwrap();
}

fn step(id: OutboxId, to: OutboxState) -> OutboxChange {
    OutboxChange {
        id,
        from: None,
        to,
        note: format!("to {to}"),
    }
}

fn query(address: &str, domain: &str, since: i64) -> OutgoingQuery {
    OutgoingQuery {
        left_only: false,
        cases: Vec::new(),
        addresses: vec![address.to_owned()],
        domains: vec![domain.to_owned()],
        body_hashes: vec![[7; 32]],
        address_since: time(since),
        domain_since: time(since),
        body_since: time(since),
        global_since: time(since),
        bounce_since: time(since),
    }
}

async fn ids_due(store: &dyn Store, now: Timestamp) -> Vec<OutboxId> {
    let due = store.due(now, None, 100).await.unwrap();
    due.iter().map(|record| record.id).collect()
}

pub async fn attempts_and_their_schedule_are_kept(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let id = rows(&*store).await[0].id;
    let put_off = |at: i64| OutboxAttempt {
        answer: Some("451 later".to_owned()),
        next_attempt_at: Some(time(at)),
        ..step(id, OutboxState::Waiting).into()
    };
    for (begun, next) in [(200, 260), (260, 400)] {
        let both = [step(id, OutboxState::Sending).into(), put_off(next)];
        store
            .record_attempts(&both, &[], time(begun))
            .await
            .unwrap();
    }
    store.close().await.unwrap();
    drop(store);
    let store = place.open().await;
    let row = &rows(&*store).await[0];
    assert_eq!((row.attempts, row.state), (2, OutboxState::Waiting));
    assert_eq!(row.first_attempt_at, Some(time(200)));
    assert_eq!(row.next_attempt_at, Some(time(400)));
    assert_eq!(row.answer, "451 later");
    assert_eq!(ids_due(&*store, time(399)).await, []);
    assert_eq!(ids_due(&*store, time(400)).await, [id]);
    assert_eq!(store.due(time(400), Some(id), 100).await.unwrap(), []);

    // It fails; a person lets it leave again: the schedule begins anew, and at once.
    let failed = OutboxAttempt {
        answer: Some("550 no".to_owned()),
        ..step(id, OutboxState::Failed).into()
    };
    let both = [step(id, OutboxState::Sending).into(), failed];
    store.record_attempts(&both, &[], time(500)).await.unwrap();
    assert_eq!(rows(&*store).await[0].attempts, 3);
    assert_eq!(ids_due(&*store, time(900)).await, []);
    store
        .change_outbox(&[step(id, OutboxState::Approved)], &[], time(600))
        .await
        .unwrap();
    let row = &rows(&*store).await[0];
    assert_eq!((row.attempts, row.first_attempt_at), (0, None));
    assert_eq!(row.answer, "550 no");
    assert_eq!(ids_due(&*store, time(600)).await, [id]);
}

pub async fn a_refused_address_counts_as_bounced_while_the_mail_is_failed(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let id = rows(&*store).await[0].id;
    let refused = OutboxAttempt {
        address_refused: true,
        ..step(id, OutboxState::Failed).into()
    };
    let both = [step(id, OutboxState::Sending).into(), refused];
    store.record_attempts(&both, &[], time(200)).await.unwrap();
    let bounced = async |since: i64| {
        let asked = query("a1001@example.org", "example.org", since);
        store.outgoing(&asked).await.unwrap().hard_bounces
    };
    assert_eq!(
        bounced(200).await,
        [("a1001@example.org".to_owned(), time(200))].into()
    );
    assert!(bounced(201).await.is_empty());
    store
        .change_outbox(&[step(id, OutboxState::Approved)], &[], time(300))
        .await
        .unwrap();
    assert!(bounced(0).await.is_empty());
}

pub async fn plus_tags_and_subdomains_are_counted_together(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let to = |ordinal, recipient: &str| NewOutgoing {
        recipient: recipient.to_owned(),
        ..outgoing(1001, None, ordinal)
    };
    add(
        &*store,
        vec![
            to(2, "Bob+one@mail.shop.example"),
            to(3, "bob+two@mail.shop.example"),
            to(4, "ann@shop.example"),
        ],
    )
    .await;
    let asked = query("bob@mail.shop.example", "shop.example", 0);
    let counts = store.outgoing(&asked).await.unwrap();
    assert_eq!(counts.addresses["bob@mail.shop.example"], 2);
    assert_eq!(counts.domains["shop.example"], 3);
}

pub async fn what_left_counts_by_when_it_left(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    add(
        &*store,
        (2..=5)
            .map(|ordinal| outgoing(1001, None, ordinal))
            .collect(),
    )
    .await;
    let ids: Vec<OutboxId> = rows(&*store).await.iter().map(|row| row.id).collect();
    for (id, to, at) in [
        (ids[0], OutboxState::Sent, 1_000),
        (ids[1], OutboxState::Uncertain, 2_000),
        (ids[2], OutboxState::Failed, 2_000),
    ] {
        let steps = [step(id, OutboxState::Sending), step(id, to)];
        store.change_outbox(&steps, &[], time(at)).await.unwrap();
    }
    store
        .change_outbox(&[step(ids[3], OutboxState::Sending)], &[], time(3_000))
        .await
        .unwrap();
    for (since, left) in [(0, 3), (1_001, 2), (2_001, 1), (3_001, 0)] {
        let mut asked = query("a1001@example.org", "example.org", since);
        asked.left_only = true;
        let counts = store.outgoing(&asked).await.unwrap();
        let of = |count: Option<&u64>| count.copied().unwrap_or(0);
        assert_eq!(
            of(counts.addresses.get("a1001@example.org")),
            left,
            "{since}"
        );
        assert_eq!(of(counts.domains.get("example.org")), left, "{since}");
        assert_eq!(of(counts.body_hashes.get(&[7; 32])), left, "{since}");
        assert_eq!(counts.global, left, "{since}");
    }
    // By when they were composed, all five and the failed one count.
    let counts = store
        .outgoing(&query("a1001@example.org", "example.org", 100))
        .await
        .unwrap();
    assert_eq!(counts.global, 5);
}

pub async fn reminders_of_a_case_are_counted(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 2, 1001).await;
    let reminder = |ordinal, state| NewOutgoing {
        kind: OutgoingKind::Reminder,
        state,
        ..outgoing(1001, None, ordinal)
    };
    add(
        &*store,
        vec![
            reminder(2, OutboxState::Sent),
            reminder(3, OutboxState::Waiting),
            reminder(4, OutboxState::Withheld),
        ],
    )
    .await;
    let mut asked = query("nobody@example.org", "example.org", 0);
    asked.cases = vec![case_number("SP", 1001), case_number("SP", 1002)];
    let counts = store.outgoing(&asked).await.unwrap();
    assert_eq!(counts.reminders, [(case_number("SP", 1001), 2)].into());
}

pub async fn the_order_to_stop_is_kept(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.reply_stop().await.unwrap(), None);
    for (at, reason) in [(1, "a loop"), (2, "")] {
        let stop = ReplyStop {
            at: time(at),
            reason: reason.to_owned(),
        };
        store.set_reply_stop(Some(&stop)).await.unwrap();
        assert_eq!(store.reply_stop().await.unwrap(), Some(stop));
    }
    store.close().await.unwrap();
    drop(store);
    let store = place.open().await;
    assert!(store.reply_stop().await.unwrap().is_some());
    store.set_reply_stop(None).await.unwrap();
    store.set_reply_stop(None).await.unwrap();
    assert_eq!(store.reply_stop().await.unwrap(), None);
}

pub async fn success_and_failure_are_noted(place: &dyn Place) {
    let store = place.open().await;
    assert!(store.health().await.unwrap().is_empty());
    store.note_health("smtp", None, time(1)).await.unwrap();
    store
        .note_health("smtp", Some("refused"), time(2))
        .await
        .unwrap();
    store
        .note_health("filing", Some("no folder"), time(3))
        .await
        .unwrap();
    store.note_health("smtp", None, time(4)).await.unwrap();
    let health = store.health().await.unwrap();
    assert_eq!(
        health["smtp"],
        Health {
            success_at: Some(time(4)),
            failure_at: Some(time(2)),
            failure: "refused".to_owned(),
        }
    );
    assert_eq!(health["filing"].success_at, None);
}

pub async fn threads_of_mails_in_quarantine_are_found(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 1).await;
    let mut commit = batch(&[], 1001);
    commit.quarantined.push(Quarantine {
        mail: mails[0],
        code: "panic".to_owned(),
        detail: String::new(),
        from: None,
        subject: None,
        thread: vec!["1@shop.example".to_owned(), "2@shop.example".to_owned()],
    });
    store.commit(&commit).await.unwrap();
    let asked = ["2@shop.example".to_owned(), "3@shop.example".to_owned()];
    assert_eq!(
        store.quarantined_threads(&asked).await.unwrap(),
        [("2@shop.example".to_owned(), "panic".to_owned())].into()
    );
    store.retry_quarantined(&mails).await.unwrap();
    assert!(store.quarantined_threads(&asked).await.unwrap().is_empty());
}

pub async fn mails_are_found_by_our_message_id(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 2, 1001).await;
    let known = rows(&*store).await;
    let ids = [known[1].message_id.clone(), "x@y.example".to_owned()];
    let found = store.outgoing_by_message_id(&ids).await.unwrap();
    assert_eq!(found, [known[1].clone()]);
    assert!(store.outgoing_by_message_id(&[]).await.unwrap().is_empty());
}

pub async fn copies_are_filed_once(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let draft = NewOutgoing {
        state: OutboxState::Draft,
        ..outgoing(1001, None, 2)
    };
    add(&*store, vec![draft]).await;
    let ids: Vec<OutboxId> = rows(&*store).await.iter().map(|row| row.id).collect();
    let to_file = async |drafts: bool, sent: bool, since: i64| -> Vec<OutboxId> {
        let query = FilingQuery {
            drafts,
            sent,
            uncertain: sent,
            since: time(since),
            limit: 10,
        };
        let found = store.to_file(&query).await.unwrap();
        found.iter().map(|record| record.id).collect()
    };
    assert_eq!(to_file(true, true, 0).await, [ids[1]]);
    assert_eq!(to_file(false, true, 0).await, []);
    store.set_filed(ids[1], Filed::Draft).await.unwrap();
    assert_eq!(to_file(true, true, 0).await, []);

    // The draft leaves: its copy goes from the one folder, and comes to the other.
    for (to, at) in [
        (OutboxState::Approved, 300),
        (OutboxState::Sending, 301),
        (OutboxState::Uncertain, 302),
    ] {
        store
            .change_outbox(&[step(ids[1], to)], &[], time(at))
            .await
            .unwrap();
    }
    assert_eq!(to_file(true, false, 0).await, [ids[1]]);
    store.set_filed(ids[1], Filed::Nowhere).await.unwrap();
    assert_eq!(to_file(true, false, 0).await, []);
    assert_eq!(to_file(false, true, 0).await, [ids[1]]);
    store
        .change_outbox(&[step(ids[1], OutboxState::Sent)], &[], time(303))
        .await
        .unwrap();
    assert_eq!(to_file(false, true, 303).await, [ids[1]]);
    assert_eq!(to_file(false, true, 304).await, []);
    store.set_filed(ids[1], Filed::Sent).await.unwrap();
    assert_eq!(to_file(true, true, 0).await, []);
    assert!(store.set_filed(OutboxId(99), Filed::Sent).await.is_err());
}

pub async fn a_healthy_store_is_consistent(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 5, 1001).await;
    let pending = archive(&*store, 10, 2).await;
    let found = store.consistency().await.unwrap();
    let wrong = found.nowhere
        + found.twice
        + found.without_raw
        + found.outcomes_without_case
        + found.outgoing_without_case;
    assert_eq!(wrong, 0);
    assert_eq!(found.oldest_pending, Some(time(10)));
    assert_eq!(found.latest_processed, Some(time(50)));
    // An outgoing mail of a case that is not there is found out.
    let mut commit = batch(&[], 1006);
    commit.expected_numbers.clear();
    commit.outbox.push(NewOutgoing {
        case: CaseNumber("SP-9999".to_owned()),
        ..outgoing(9999, None, 1)
    });
    store.commit(&commit).await.unwrap();
    let found = store.consistency().await.unwrap();
    assert_eq!(found.outgoing_without_case, 1);
    assert_eq!(pending.len(), 2);
}
