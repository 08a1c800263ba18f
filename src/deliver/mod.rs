//! Mails that may leave. The worker takes them from the outbox, passes them through the gate once
//! more, and hands them to a carrier.

mod counting;
pub mod dkim;
mod filing;
mod folder;
mod follow;
mod present;
mod schedule;
pub mod smtp;
mod unasked;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::reply::VerdictKind;
use crate::reply::gate::Rule;
use crate::store::{
    JournalEvent, OutboxAttempt, OutboxChange, OutboxFilter, OutboxId, OutboxRecord, OutboxState,
    Store, StoreError,
};

pub(crate) use counting::Counted;
pub use filing::Filing;
pub use folder::Folder;
pub use follow::{Deliverer, Wake};
pub use present::{verdict_now, withdraw_answered};
pub use unasked::{asked_by, discard, outgoing, unask};

/// Mails that are read from the outbox at once.
const PAGE: usize = 100;
/// A success is noted again after this time.
const HEALTH_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

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
    let done = round(store, carrier, &now, &|| false).await;
    carrier.finish().await;
    done
}

/// One look at everything that is due. Ends early when `stopped` says so.
async fn round(
    store: &dyn Store,
    carrier: &dyn Carrier,
    now: &(impl Fn() -> Timestamp + Sync),
    stopped: &(impl Fn() -> bool + Sync),
) -> Result<Delivered, StoreError> {
    let mut round = Round {
        store,
        carrier,
        done: Delivered::default(),
        unsettled: None,
        proven: false,
    };
    let result = round.run(now, stopped).await;
    // What a server took is written down whatever else went wrong.
    let settled = round.settle(now()).await;
    let noted = round.note_health(now()).await;
    result?;
    settled?;
    noted?;
    Ok(round.done)
}

/// Mails that are looked at together.
struct Page<'a> {
    records: &'a [OutboxRecord],
    counts: counting::Counts,
    /// Read when the first of them is handed over: where none is, none is read.
    bytes: Option<BTreeMap<OutboxId, Vec<u8>>>,
}

impl Page<'_> {
    /// The bytes of a mail, once.
    async fn bytes(
        &mut self,
        store: &dyn Store,
        id: OutboxId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = match &mut self.bytes {
            Some(bytes) => bytes,
            empty => {
                let ids: Vec<_> = self.records.iter().map(|record| record.id).collect();
                empty.insert(store.outgoing_bytes(&ids).await?)
            }
        };
        Ok(bytes.remove(&id))
    }
}

struct Round<'a> {
    store: &'a dyn Store,
    carrier: &'a dyn Carrier,
    done: Delivered,
    /// What became of the last mail. It is written together with the mark on the next one: one
    /// transaction a mail.
    unsettled: Option<(OutboxAttempt, Option<JournalEvent>)>,
    /// True once the carrier is known to work in this round.
    proven: bool,
}

impl Round<'_> {
    async fn run(
        &mut self,
        now: &(impl Fn() -> Timestamp + Sync),
        stopped: &(impl Fn() -> bool + Sync),
    ) -> Result<(), StoreError> {
        // Before anything is read: an order to stop may stand for days.
        self.done.stopped = self.store.reply_stop().await?.is_some();
        if self.done.stopped {
            return Ok(());
        }
        // By number, not by what is still waiting: mails that must wait stay where they are, and those
        // behind them have their turn all the same.
        let mut after = None;
        loop {
            let records = self.store.due(now(), after, PAGE).await?;
            let Some(last) = records.last() else {
                return Ok(());
            };
            after = Some(last.id);
            let mut page = Page {
                counts: counting::Counts::read(self.store, &records, now()).await?,
                bytes: None,
                records: &records,
            };
            for record in &records {
                // Asked for each mail: an order to stop holds from the next mail on.
                self.done.stopped = self.store.reply_stop().await?.is_some();
                if stopped() || self.done.stopped {
                    return Ok(());
                }
                self.deliver(record, &mut page, now).await?;
                if self.done.hour_spent || self.done.unreachable.is_some() {
                    return Ok(());
                }
            }
        }
    }

    async fn deliver(
        &mut self,
        record: &OutboxRecord,
        page: &mut Page<'_>,
        now: &(impl Fn() -> Timestamp + Sync),
    ) -> Result<(), StoreError> {
        let approved = record.state == OutboxState::Approved;
        let case = self.store.case(&record.case).await?;
        let state = case.as_ref().map(|case| &case.state);
        let at = now();
        let counters = page.counts.counters(record);
        let verdict = present::verdict(record, state, approved, Some(counters), at);
        if verdict.kind != VerdictKind::Send {
            // The hour passes: nobody loses an answer because there were many.
            if verdict.rule == Rule::BudgetHour.as_str() {
                self.done.hour_spent = true;
                return Ok(());
            }
            let ending = [present::withheld(record.clone(), &verdict)];
            let commit = unasked::ending(self.store, &ending, at).await?;
            // Where the mail or its case went on meanwhile, the next round looks again.
            if unless_changed(self.store.commit(&commit).await)?.is_some() {
                self.done.withheld += 1;
                crate::monitor::measures().withheld(&verdict.rule, 1);
            }
            return Ok(());
        }
        if !self.proven {
            if let Err(reason) = self.carrier.ready().await {
                self.done.unreachable = Some(reason);
                return Ok(());
            }
            self.proven = true;
        }
        let Some(bytes) = page.bytes(self.store, record.id).await? else {
            return Ok(());
        };
        if !self.take(record, now()).await? {
            return Ok(());
        }
        self.done.reached = true;
        page.counts.count(record);
        let delivery = self.carrier.carry(record, &bytes).await;
        // A server that went away is not asked mail by mail.
        self.proven = matches!(
            delivery,
            Delivery::Delivered { .. } | Delivery::Refused { .. }
        );
        self.unsettled = Some(self.outcome(record, delivery, now()));
        Ok(())
    }

    /// Marks a mail as in hand, and writes what became of the one before. False where somebody else
    /// changed it since it was read, a person who discards it for instance: it is not ours any more.
    async fn take(&mut self, record: &OutboxRecord, at: Timestamp) -> Result<bool, StoreError> {
        let take = OutboxAttempt::from(change(record, OutboxState::Sending, String::new()));
        if let Some((attempt, event)) = &self.unsettled {
            let events: Vec<JournalEvent> = event.iter().cloned().collect();
            let both = [attempt.clone(), take.clone()];
            let written = self.store.record_attempts(&both, &events, at).await;
            if unless_changed(written)?.is_some() {
                self.unsettled = None;
                return Ok(true);
            }
            self.settle(at).await?;
        }
        let written = self.store.record_attempts(&[take], &[], at).await;
        Ok(unless_changed(written)?.is_some())
    }

    /// Writes what became of the last mail.
    async fn settle(&mut self, at: Timestamp) -> Result<(), StoreError> {
        if let Some((attempt, event)) = self.unsettled.take() {
            let events: Vec<JournalEvent> = event.into_iter().collect();
            let written = self.store.record_attempts(&[attempt], &events, at).await;
            // A person settled it meanwhile: their word stands.
            unless_changed(written)?;
        }
        Ok(())
    }

    /// Notes whether the carrier works, where that says more than what was noted before.
    async fn note_health(&self, at: Timestamp) -> Result<(), StoreError> {
        let failure = self.done.unreachable.as_deref();
        if failure.is_none() && !self.done.reached {
            return Ok(());
        }
        let name = self.carrier.name();
        let before = self.store.health().await?.remove(name).unwrap_or_default();
        let failing = before.failure_at > before.success_at;
        let known = match failure {
            Some(failure) => failing && before.failure == failure,
            None => {
                !failing
                    && before
                        .success_at
                        .is_some_and(|success| at.duration_since(success) < HEALTH_INTERVAL)
            }
        };
        if known {
            return Ok(());
        }
        self.store.note_health(name, failure, at).await
    }

    /// The step that follows from an attempt, and what the case is told.
    fn outcome(
        &mut self,
        record: &OutboxRecord,
        delivery: Delivery,
        at: Timestamp,
    ) -> (OutboxAttempt, Option<JournalEvent>) {
        let sending = OutboxRecord {
            state: OutboxState::Sending,
            ..record.clone()
        };
        let step = |to: OutboxState, note: &str| OutboxAttempt {
            answer: Some(note.to_owned()),
            ..change(&sending, to, note.to_owned()).into()
        };
        match delivery {
            Delivery::Delivered { receipt } => {
                self.done.sent += 1;
                (step(OutboxState::Sent, &receipt), None)
            }
            Delivery::Later { reason } => {
                let attempts = record.attempts + 1;
                let next = match self.carrier.retry_days() {
                    None => None,
                    Some(days) => {
                        let first = record.first_attempt_at.unwrap_or(at);
                        let next = schedule::next(record.id, attempts, at);
                        if schedule::is_over(first, next, days) {
                            self.done.failed += 1;
                            let note = format!(
                                "given up after {attempts} attempts in {days} days: {reason}"
                            );
                            let event = event(record, at, "reply_failed", &note);
                            return (step(OutboxState::Failed, &note), Some(event));
                        }
                        Some(next)
                    }
                };
                self.done.later += 1;
                let attempt = OutboxAttempt {
                    next_attempt_at: next,
                    ..step(record.state, &reason)
                };
                (attempt, None)
            }
            Delivery::Refused { reason, address } => {
                self.done.failed += 1;
                let attempt = OutboxAttempt {
                    address_refused: address,
                    ..step(OutboxState::Failed, &reason)
                };
                (attempt, Some(event(record, at, "reply_failed", &reason)))
            }
            Delivery::Uncertain { reason } => {
                self.done.uncertain += 1;
                let event = event(record, at, "reply_uncertain", &reason);
                (step(OutboxState::Uncertain, &reason), Some(event))
            }
        }
    }
}

/// None where somebody else changed the mail since it was read.
fn unless_changed<T>(result: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Mails in hand when the process ended. Where carrying can be repeated they go back to where they
/// waited. Elsewhere nobody knows whether the server had them. Gives how many there were. Only for
/// whoever has the store for itself.
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
    let note = "the process ended while it was handed over";
    let repeatable = carrier.retry_days().is_none();
    let mut changes = Vec::new();
    let mut journal = Vec::new();
    for record in &interrupted {
        let to = match record.verdict.kind {
            _ if !repeatable => OutboxState::Uncertain,
            VerdictKind::Send => OutboxState::Waiting,
            _ => OutboxState::Approved,
        };
        if to == OutboxState::Uncertain {
            journal.push(event(record, at, "reply_uncertain", note));
        }
        changes.push(change(record, to, note.to_owned()));
    }
    store.change_outbox(&changes, &journal, at).await?;
    Ok(changes.len())
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
        at,
        event: name.to_owned(),
        detail: json!({"outbox": record.id, "recipient": record.recipient, "answer": answer}),
    }
}
