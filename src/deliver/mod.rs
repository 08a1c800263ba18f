//! Mails that may leave. The worker takes them from the outbox, passes them through the gate once
//! more, and hands them to a carrier.

mod counting;
pub mod dkim;
mod filing;
mod folder;
mod follow;
mod hand;
mod notes;
mod present;
mod recover;
mod round;
mod schedule;
pub mod smtp;
mod unasked;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;

use self::hand::Hand;
use self::round::round;
use crate::store::{JournalEvent, OutboxChange, OutboxRecord, OutboxState, Store, StoreError};

pub(crate) use counting::Counted;
pub use filing::Filing;
pub use folder::Folder;
pub use follow::{Deliverer, Wake};
pub use present::{verdict_now, withdraw_answered};
pub use recover::recover_interrupted;
pub use unasked::{asked_by, discard, outgoing, unask};

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
        /// True when there is no such address.
        address: bool,
    },
    /// Nobody knows. Not tried again without a person.
    Uncertain {
        /// Why.
        reason: String,
    },
}

/// Takes a composed mail to where it goes.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Makes sure that there is somebody to hand mails to. Where there is not, no mail is touched.
    ///
    /// # Errors
    /// A sentence about what does not work.
    async fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    /// Tries once.
    async fn carry(&self, record: &OutboxRecord, bytes: &[u8]) -> Delivery;

    /// Days after which a mail that is put off again and again has failed. `None` says that a mail
    /// carried twice is there once: it may be tried at any time, and again after a crash.
    fn retry_days(&self) -> Option<u32>;

    /// Under which name it is noted that it worked or did not.
    fn name(&self) -> &'static str;

    /// Ends politely what is open.
    async fn finish(&self) {}
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
    /// Mails of which nobody knows whether they left.
    pub uncertain: u64,
    /// True when an operator stopped all automatic mail: what waits goes on waiting.
    pub stopped: bool,
    /// True when the budget of the hour is spent: what waits goes on waiting.
    pub hour_spent: bool,
    /// True when somebody was reached who takes mails.
    pub reached: bool,
    /// Why nobody could be reached who takes mails.
    pub unreachable: Option<String>,
}

impl Delivered {
    /// Counts the ends of another round as well.
    fn add(&mut self, more: &Self) {
        self.sent += more.sent;
        self.withheld += more.withheld;
        self.failed += more.failed;
        self.uncertain += more.uncertain;
    }
}

/// Delivers everything that waits and is due. Each mail is marked before it is carried and after; one
/// that is found marked at the start was in hand when the process ended.
///
/// # Errors
/// When the store fails.
pub async fn deliver_waiting(
    store: &dyn Store,
    carrier: &dyn Carrier,
    now: impl Fn() -> Timestamp + Sync,
) -> Result<Delivered, StoreError> {
    recover_interrupted(store, carrier, &now).await?;
    let mut hand = Hand::new(store);
    let done = round(store, carrier, &mut hand, &now, &|| false).await;
    carrier.finish().await;
    done
}

/// None where somebody else changed the mail since it was read.
fn unless_changed<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}

fn change(record: &OutboxRecord, to: OutboxState, note: String) -> OutboxChange {
    OutboxChange {
        id: record.id,
        from: Some(record.state),
        to,
        note,
    }
}

fn event(record: &OutboxRecord, at: Timestamp, name: &str, answer: &str) -> JournalEvent {
    JournalEvent {
        case: record.case.clone(),
        mail: record.mail,
        at: at.max(record.changed_at),
        event: name.to_owned(),
        detail: json!({"outbox": record.id, "recipient": record.recipient, "answer": answer}),
    }
}
