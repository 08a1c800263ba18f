//! Mails in hand when a process ended.

use jiff::Timestamp;

use super::notes::{Earlier, Noted, Notes};
use super::{Carrier, change, event};
use crate::reply::VerdictKind;
use crate::store::{
    JournalEvent, OutboxAttempt, OutboxFilter, OutboxRecord, OutboxState, Store, StoreError,
};

/// Mails in hand when the process ended. Those of which it is known that no server heard of them go back
/// to where they waited, and those that a server took are sent. Of the others: where carrying can be
/// repeated they go back too; elsewhere nobody knows whether the server had them. Gives how many there
/// were. Only for whoever has the store for itself.
///
/// # Errors
/// When the store fails.
pub async fn recover_interrupted(
    store: &dyn Store,
    carrier: &dyn Carrier,
    now: &(impl Fn() -> Timestamp + Sync),
) -> Result<usize, StoreError> {
    let interrupted = store
        .outbox(&OutboxFilter {
            states: vec![OutboxState::Sending],
            cases: Vec::new(),
            after: None,
            limit: 1_000,
        })
        .await?;
    if interrupted.is_empty() {
        return Ok(0);
    }
    let at = now();
    let earlier = Earlier::read(store.notes_folder());
    let repeatable = carrier.retry_days().is_none();
    let mut attempts = Vec::new();
    let mut journal: Vec<JournalEvent> = Vec::new();
    for record in &interrupted {
        let (attempt, event) = fate(record, earlier.of(record), repeatable, at);
        attempts.push(attempt);
        journal.extend(event);
    }
    store.record_attempts(&attempts, &journal, at).await?;
    // Receipts may name people.
    drop(Notes::begin(store.notes_folder()));
    Ok(attempts.len())
}

fn fate(
    record: &OutboxRecord,
    noted: Noted,
    repeatable: bool,
    at: Timestamp,
) -> (OutboxAttempt, Option<JournalEvent>) {
    let waited = match record.verdict.kind {
        VerdictKind::Send => OutboxState::Waiting,
        _ => OutboxState::Approved,
    };
    let interrupted = "the process ended while it was handed over";
    let step = |to, note: &str| OutboxAttempt::from(change(record, to, note.to_owned()));
    match noted {
        Noted::NotBegun => {
            let attempt = OutboxAttempt {
                taken_back: true,
                ..step(waited, "the process ended before it was handed over")
            };
            (attempt, None)
        }
        Noted::Taken(receipt) => {
            let attempt = OutboxAttempt {
                answer: Some(receipt.clone()),
                ..step(OutboxState::Sent, &receipt)
            };
            (attempt, None)
        }
        Noted::Unknown if repeatable => (step(waited, interrupted), None),
        Noted::Unknown => (
            step(OutboxState::Uncertain, interrupted),
            Some(event(record, at, "reply_uncertain", interrupted)),
        ),
    }
}
