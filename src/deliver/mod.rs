//! Mails that may leave. The worker takes them from the outbox, passes them through the gate once
//! more, and hands them to a carrier.

mod folder;
mod present;

use jiff::Timestamp;

use crate::reply::VerdictKind;
use crate::store::{OutboxChange, OutboxFilter, OutboxRecord, OutboxState, Store, StoreError};

pub use folder::Folder;
pub use present::withdraw_answered;

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is there.
    Delivered {
        /// Where: a path, a server's answer.
        receipt: String,
    },
    /// Not now: it goes back to where it waited.
    Later {
        /// Why.
        reason: String,
    },
    /// Never.
    Refused {
        /// Why.
        reason: String,
    },
}

/// Takes a composed mail to where it goes.
pub trait Carrier: Send + Sync {
    /// Tries once. The Message-ID makes a second try of the same mail recognisable.
    fn carry(&self, record: &OutboxRecord, bytes: &[u8]) -> Delivery;
}

/// What a round of the worker did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Mails that left.
    pub sent: u64,
    /// Mails that the gate held back at the last moment.
    pub withheld: u64,
    /// Mails that will be tried again.
    pub later: u64,
    /// Mails that failed for good.
    pub failed: u64,
}

/// Delivers everything that waits. Each mail is marked before it is carried and after; one that is
/// found marked at the start was in hand when the process ended.
///
/// # Errors
/// When the store fails.
pub async fn deliver_waiting(
    store: &dyn Store,
    carrier: &dyn Carrier,
    now: impl Fn() -> Timestamp,
) -> Result<Delivered, StoreError> {
    let mut done = Delivered::default();
    recover(store, &now).await?;
    // By number, not by what is still waiting: mails that must wait stay where they are, and those behind
    // them have their turn all the same.
    let mut after = None;
    loop {
        let waiting = store
            .outbox(&OutboxFilter {
                states: vec![OutboxState::Waiting, OutboxState::Approved],
                case: None,
                after,
                limit: 100,
            })
            .await?;
        let Some(last) = waiting.last() else {
            return Ok(done);
        };
        after = Some(last.id);
        let ids: Vec<_> = waiting.iter().map(|record| record.id).collect();
        let bytes = store.outgoing_bytes(&ids).await?;
        for record in &waiting {
            let Some(bytes) = bytes.get(&record.id) else {
                continue;
            };
            deliver_one(store, carrier, record, bytes, &now, &mut done).await?;
        }
    }
}

async fn deliver_one(
    store: &dyn Store,
    carrier: &dyn Carrier,
    record: &OutboxRecord,
    bytes: &[u8],
    now: &impl Fn() -> Timestamp,
    done: &mut Delivered,
) -> Result<(), StoreError> {
    let approved = record.state == OutboxState::Approved;
    let case = store.case(&record.case).await?;
    let state = case.as_ref().map(|case| &case.state);
    let at = now();
    let verdict = present::verdict(record, state, approved, at);
    if verdict.kind != VerdictKind::Send {
        let (change, event) = present::withheld(record, &verdict, at);
        let withheld = store.change_outbox(&[change], &[event], at).await;
        if let Some(_before) = unless_changed(withheld)? {
            done.withheld += 1;
        }
        return Ok(());
    }
    let marked = change(store, record, OutboxState::Sending, String::new(), now()).await;
    if unless_changed(marked)?.is_none() {
        return Ok(());
    }
    let sending = OutboxRecord {
        state: OutboxState::Sending,
        ..record.clone()
    };
    match carrier.carry(&sending, bytes) {
        Delivery::Delivered { receipt } => {
            done.sent += 1;
            change(store, &sending, OutboxState::Sent, receipt, now()).await
        }
        Delivery::Later { reason } => {
            done.later += 1;
            change(store, &sending, record.state, reason, now()).await
        }
        Delivery::Refused { reason } => {
            done.failed += 1;
            change(store, &sending, OutboxState::Failed, reason, now()).await
        }
    }
}

/// None where somebody else changed the mail since it was read, a person who discards it for instance:
/// it is not ours any more.
fn unless_changed<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A mail in hand when the process ended: writing to a folder can be repeated, because the file's
/// name is the Message-ID, so it goes back to where it waited.
async fn recover(store: &dyn Store, now: &impl Fn() -> Timestamp) -> Result<(), StoreError> {
    let interrupted = store
        .outbox(&OutboxFilter {
            states: vec![OutboxState::Sending],
            case: None,
            after: None,
            limit: 1_000,
        })
        .await?;
    for record in interrupted {
        let back = match record.verdict.kind {
            VerdictKind::Send => OutboxState::Waiting,
            _ => OutboxState::Approved,
        };
        change(
            store,
            &record,
            back,
            "the process ended while it was written".to_owned(),
            now(),
        )
        .await?;
    }
    Ok(())
}

async fn change(
    store: &dyn Store,
    record: &OutboxRecord,
    to: OutboxState,
    note: String,
    at: Timestamp,
) -> Result<(), StoreError> {
    store
        .change_outbox(
            &[OutboxChange {
                id: record.id,
                from: Some(record.state),
                to,
                note,
            }],
            &[],
            at,
        )
        .await
        .map(drop)
}
