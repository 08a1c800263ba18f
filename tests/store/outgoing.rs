//! Outgoing mails, their states, and what the gate counts.

use precedent::store::{
    HardBounce, NewOutgoing, OutboxChange, OutboxFilter, OutboxId, OutboxState, OutgoingCounts,
    OutgoingQuery, Store, StoreError,
};

use crate::Place;
use crate::samples::{batch, event, fill, outgoing, time};

fn filter() -> OutboxFilter {
    OutboxFilter {
        states: Vec::new(),
        cases: Vec::new(),
        after: None,
        limit: 1_000,
    }
}

fn step(id: OutboxId, to: OutboxState) -> OutboxChange {
    OutboxChange {
        id,
        from: None,
        to,
        note: format!("to {to}"),
    }
}

/// One case and these outgoing mails besides the first.
async fn with_outgoing(store: &dyn Store, rows: Vec<NewOutgoing>) -> Vec<OutboxId> {
    fill(store, 0, 1, 1001).await;
    let mut commit = batch(&[], 1002);
    commit.outbox = rows;
    store.commit(&commit).await.unwrap();
    let rows = store.outbox(&filter()).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

pub async fn only_legal_steps(place: &dyn Place) {
    use OutboxState::{Approved, Discarded, Draft, Sending, Sent, Waiting};
    let store = place.open().await;
    let draft = NewOutgoing {
        state: Draft,
        ..outgoing(1001, None, 2)
    };
    let ids = with_outgoing(&*store, vec![draft]).await;
    let (waiting, draft) = (ids[0], ids[1]);

    // All or none: the second step is illegal, so the first is not done either.
    let error = store
        .change_outbox(
            &[step(draft, Approved), step(waiting, Sent)],
            &[event(1001, None, "approved")],
            time(107),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Transition {
                from: Waiting,
                to: Sent
            }
        ),
        "{error}"
    );
    assert_eq!(store.outbox(&filter()).await.unwrap()[1].state, Draft);

    let before = store
        .change_outbox(
            &[
                step(draft, Approved),
                step(waiting, Sending),
                step(waiting, Sent),
            ],
            &[event(1001, None, "approved")],
            time(107),
        )
        .await
        .unwrap();
    assert_eq!(before, [Draft, Waiting, Sending]);
    let rows = store.outbox(&filter()).await.unwrap();
    assert_eq!((rows[0].state, rows[1].state), (Sent, Approved));
    assert_eq!(
        (rows[0].note.as_str(), rows[0].changed_at),
        ("to sent", time(107))
    );
    let history = store.history(&rows[0].case).await.unwrap().unwrap();
    assert_eq!(history.journal.last(), Some(&event(1001, None, "approved")));

    let error = store
        .change_outbox(&[step(waiting, Discarded)], &[], time(8))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Transition { .. }), "{error}");
    let error = store
        .change_outbox(&[step(OutboxId(99), Discarded)], &[], time(8))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
}

pub async fn every_pair_of_states_is_decided(place: &dyn Place) {
    let store = place.open().await;
    let mut ordinal = 1;
    let rows = OutboxState::ALL
        .into_iter()
        .flat_map(|from| OutboxState::ALL.into_iter().map(move |to| (from, to)))
        .map(|(from, _)| {
            ordinal += 1;
            NewOutgoing {
                state: from,
                ..outgoing(1001, None, ordinal)
            }
        })
        .collect();
    let mut ids = with_outgoing(&*store, rows).await.into_iter().skip(1);
    for from in OutboxState::ALL {
        for to in OutboxState::ALL {
            let change = step(ids.next().unwrap(), to);
            let result = store.change_outbox(&[change], &[], time(7)).await;
            assert_eq!(result.is_ok(), from.can_become(to), "{from} to {to}");
            if let Ok(before) = result {
                assert_eq!(before, [from]);
            }
        }
    }
    // The promises behind the table: what was sent, thrown away or held back stays so.
    for state in OutboxState::ALL {
        assert!(!state.can_become(state));
        assert!(!OutboxState::Sent.can_become(state));
        assert!(!OutboxState::Discarded.can_become(state));
        assert!(state == OutboxState::Discarded || !OutboxState::Withheld.can_become(state));
    }
    assert!(!OutboxState::Uncertain.can_become(OutboxState::Sending));
    assert!(!OutboxState::Uncertain.can_become(OutboxState::Waiting));
}

pub async fn a_step_from_the_wrong_state_is_a_conflict(place: &dyn Place) {
    let store = place.open().await;
    let ids = with_outgoing(&*store, Vec::new()).await;
    let claim = OutboxChange {
        from: Some(OutboxState::Waiting),
        ..step(ids[0], OutboxState::Sending)
    };
    // Two deliverers want the same mail: one gets it.
    let (one, other) = tokio::join!(
        store.change_outbox(std::slice::from_ref(&claim), &[], time(7)),
        store.change_outbox(std::slice::from_ref(&claim), &[], time(7)),
    );
    assert_ne!(one.is_ok(), other.is_ok());
    let error = one.err().or(other.err()).unwrap();
    assert!(error.is_conflict(), "{error}");
}

pub async fn a_message_id_leaves_once(place: &dyn Place) {
    let store = place.open().await;
    let mut again = outgoing(1001, None, 1);
    again.recipient = "other@example.org".to_owned();
    let ids = with_outgoing(&*store, vec![again, outgoing(1001, None, 2)]).await;
    assert_eq!(ids.len(), 2);
    let rows = store.outbox(&filter()).await.unwrap();
    assert_eq!(rows[0].recipient, "a1001@example.org");
}

fn query(since: i64) -> OutgoingQuery {
    OutgoingQuery {
        left_only: false,
        cases: Vec::new(),
        addresses: vec![
            "A1001@example.org".to_owned(),
            "nobody@example.org".to_owned(),
        ],
        domains: vec!["EXAMPLE.org".to_owned(), "other.example".to_owned()],
        body_hashes: vec![[7; 32], [8; 32]],
        address_since: time(since),
        domain_since: time(since),
        body_since: time(since),
        global_since: time(since),
        bounce_since: time(since),
    }
}

pub async fn what_the_gate_counts(place: &dyn Place) {
    let store = place.open().await;
    let at = |ordinal, seconds, state| NewOutgoing {
        created_at: time(seconds),
        state,
        ..outgoing(1001, None, ordinal)
    };
    let mut elsewhere = at(6, 200, OutboxState::Draft);
    elsewhere.recipient = "c@other.example".to_owned();
    elsewhere.body_hash = [8; 32];
    let rows = vec![
        at(2, 200, OutboxState::Sent),
        at(3, 200, OutboxState::Uncertain),
        at(4, 200, OutboxState::Withheld),
        at(5, 200, OutboxState::Discarded),
        elsewhere,
    ];
    with_outgoing(&*store, rows).await;
    let counts = store.outgoing(&query(200)).await.unwrap();
    assert_eq!(
        counts,
        OutgoingCounts {
            addresses: [("a1001@example.org".to_owned(), 2)].into(),
            domains: [
                ("example.org".to_owned(), 2),
                ("other.example".to_owned(), 1)
            ]
            .into(),
            body_hashes: [([7; 32], 2), ([8; 32], 1)].into(),
            global: 3,
            hard_bounces: [].into(),
            reminders: [].into(),
        }
    );
    // The window's beginning belongs to it; before it, the first mail counts too.
    assert_eq!(store.outgoing(&query(100)).await.unwrap().global, 4);
    let mut mixed = query(201);
    mixed.address_since = time(0);
    let counts = store.outgoing(&mixed).await.unwrap();
    assert_eq!(counts.addresses["a1001@example.org"], 3);
    assert_eq!(counts.global, 0);
}

pub async fn what_never_leaves_does_not_count(place: &dyn Place) {
    let store = place.open().await;
    let mut ordinal = 1;
    let rows = OutboxState::ALL
        .into_iter()
        .map(|state| {
            ordinal += 1;
            NewOutgoing {
                recipient: format!("{state}@{state}.example"),
                body_hash: [u8::try_from(ordinal).unwrap(); 32],
                state,
                ..outgoing(1001, None, ordinal)
            }
        })
        .collect();
    with_outgoing(&*store, rows).await;
    for (ordinal, state) in (2..).zip(OutboxState::ALL) {
        let mut asked = query(0);
        asked.addresses = vec![format!("{state}@{state}.example")];
        asked.domains = vec![format!("{state}.example")];
        asked.body_hashes = vec![[ordinal; 32]];
        let counts = store.outgoing(&asked).await.unwrap();
        let expected = usize::from(state.counts());
        assert_eq!(counts.addresses.len(), expected, "{state}");
        assert_eq!(counts.domains.len(), expected, "{state}");
        assert_eq!(counts.body_hashes.len(), expected, "{state}");
        // And one that every sample begins with.
        let counting = OutboxState::ALL.into_iter().filter(|state| state.counts());
        assert_eq!(counts.global, counting.count() as u64 + 1);
    }
}

pub async fn hard_bounces_are_remembered(place: &dyn Place) {
    let store = place.open().await;
    let mails = crate::samples::archive(&*store, 0, 2).await;
    let mut commit = batch(&mails, 1001);
    for (&mail, seconds) in mails.iter().zip([10, 20]) {
        commit.hard_bounces.push(HardBounce {
            mail,
            address: "A1001@Example.org".to_owned(),
            detail: "5.1.1 no such user".to_owned(),
            at: time(seconds),
        });
    }
    store.commit(&commit).await.unwrap();
    store.commit(&commit).await.unwrap();
    let counts = store.outgoing(&query(20)).await.unwrap();
    assert_eq!(
        counts.hard_bounces,
        [("a1001@example.org".to_owned(), time(20))].into()
    );
    let counts = store.outgoing(&query(21)).await.unwrap();
    assert!(counts.hard_bounces.is_empty());
}

pub async fn lists_of_outgoing_mails(place: &dyn Place) {
    let store = place.open().await;
    let draft = NewOutgoing {
        state: OutboxState::Draft,
        ..outgoing(1001, None, 2)
    };
    let ids = with_outgoing(&*store, vec![draft, outgoing(1001, None, 3)]).await;
    fill(&*store, 10, 1, 1002).await;
    let list = async |filter: OutboxFilter| -> Vec<OutboxId> {
        let rows = store.outbox(&filter).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(list(filter()).await.len(), 4);
    let drafts = OutboxFilter {
        states: vec![OutboxState::Draft, OutboxState::Failed],
        ..filter()
    };
    assert_eq!(list(drafts).await, [ids[1]]);
    let rest = OutboxFilter {
        cases: vec![precedent::store::case_number("SP", 1001)],
        after: Some(ids[0]),
        limit: 1,
        ..filter()
    };
    assert_eq!(list(rest).await, [ids[1]]);
    let bytes = store.outgoing_bytes(&[ids[0], OutboxId(99)]).await.unwrap();
    assert_eq!(bytes.len(), 1);
    assert_eq!(bytes[&ids[0]], outgoing(1001, None, 1).bytes);
}
