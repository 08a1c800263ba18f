//! One look at everything that is due.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::hand::Hand;
use super::{
    Carrier, Delivered, Delivery, change, counting, event, present, schedule, unasked,
    unless_changed,
};
use crate::case::{CaseNumber, CaseState};
use crate::reply::VerdictKind;
use crate::reply::gate::Rule;
use crate::store::{
    CaseFilter, CaseOrder, JournalEvent, OutboxAttempt, OutboxId, OutboxRecord, OutboxState, Store,
    StoreError,
};

/// Mails that are read from the outbox at once.
const PAGE: usize = 256;
/// A success is noted again after this time.
const HEALTH_INTERVAL: SignedDuration = SignedDuration::from_secs(30);
/// Longest time between two looks for an order to stop, a mail in hand aside.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
/// Longest time for which a mail is marked while others of its group are handed over.
const HELD_MAX: Duration = Duration::from_millis(250);

/// One look at everything that is due. Ends early when `stopped` says so.
pub(super) async fn round(
    store: &dyn Store,
    carrier: &dyn Carrier,
    hand: &mut Hand,
    now: &(impl Fn() -> Timestamp + Sync),
    stopped: &(impl Fn() -> bool + Sync),
) -> Result<Delivered, StoreError> {
    let mut round = Round {
        store,
        carrier,
        hand,
        done: Delivered::default(),
        proven: false,
    };
    let result = round.run(now, stopped).await;
    // What a server took is written down whatever else went wrong.
    let settled = round.hand.empty(store, now()).await;
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
    /// The bytes of its mails.
    async fn bytes(
        &mut self,
        store: &dyn Store,
    ) -> Result<&BTreeMap<OutboxId, Vec<u8>>, StoreError> {
        match &mut self.bytes {
            Some(bytes) => Ok(bytes),
            empty => {
                let ids: Vec<_> = self.records.iter().map(|record| record.id).collect();
                Ok(empty.insert(store.outgoing_bytes(&ids).await?))
            }
        }
    }
}

struct Round<'a> {
    store: &'a dyn Store,
    carrier: &'a dyn Carrier,
    hand: &'a mut Hand,
    done: Delivered,
    /// True once the carrier is known to work in this round.
    proven: bool,
}

impl Round<'_> {
    async fn run(
        &mut self,
        now: &(impl Fn() -> Timestamp + Sync),
        stopped: &(impl Fn() -> bool + Sync),
    ) -> Result<(), StoreError> {
        // What an earlier round could not write comes first: until then nothing else is known to be writable.
        self.hand.empty(self.store, now()).await?;
        // Before anything is read: an order to stop may stand for days.
        if self.is_stopped(stopped).await? {
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
            let mut waiting: VecDeque<&OutboxRecord> = records.iter().collect();
            while !waiting.is_empty() {
                if self.is_stopped(stopped).await? {
                    return Ok(());
                }
                let group = self.choose(&mut waiting, &mut page, now).await?;
                let left = self.hand_over(group, &mut page, now, stopped).await?;
                if self.done.stopped || self.done.hour_spent || self.done.unreachable.is_some() {
                    return Ok(());
                }
                for record in left.into_iter().rev() {
                    waiting.push_front(record);
                }
            }
        }
    }

    /// True when somebody wants no more mail to leave.
    async fn is_stopped(
        &mut self,
        stopped: &(impl Fn() -> bool + Sync),
    ) -> Result<bool, StoreError> {
        self.done.stopped = self.store.reply_stop().await?.is_some();
        Ok(stopped() || self.done.stopped)
    }

    /// Takes the mails of the next group from those that wait, as far as the gate lets them pass.
    async fn choose<'a>(
        &mut self,
        waiting: &mut VecDeque<&'a OutboxRecord>,
        page: &mut Page<'_>,
        now: &(impl Fn() -> Timestamp + Sync),
    ) -> Result<Vec<&'a OutboxRecord>, StoreError> {
        let most = self.hand.group().min(waiting.len());
        let next = waiting.iter().take(most);
        let filter = CaseFilter {
            numbers: next.map(|record| record.case.clone()).collect(),
            ..CaseFilter::all(CaseOrder::Oldest)
        };
        let cases: BTreeMap<CaseNumber, CaseState> = self
            .store
            .cases(&filter)
            .await?
            .into_iter()
            .map(|found| (found.state.number.clone(), found.state))
            .collect();
        let mut seen = BTreeSet::new();
        let mut group = Vec::with_capacity(most);
        for _ in 0..most {
            // A case may have changed with an earlier mail of it.
            let Some(record) = waiting.pop_front_if(|record| seen.insert(record.case.clone()))
            else {
                break;
            };
            let approved = record.state == OutboxState::Approved;
            let at = now();
            let counters = page.counts.counters(record);
            let verdict = present::verdict(
                record,
                cases.get(&record.case),
                approved,
                Some(counters),
                at,
            );
            if verdict.kind == VerdictKind::Send {
                page.counts.count(record);
                group.push(record);
                continue;
            }
            // The hour passes: nobody loses an answer because there were many.
            if verdict.rule == Rule::BudgetHour.as_str() {
                self.done.hour_spent = true;
                break;
            }
            let ending = [present::withheld(record.clone(), &verdict)];
            let commit = unasked::ending(self.store, &ending, at).await?;
            // Where the mail or its case went on meanwhile, the next round looks again.
            if unless_changed(self.store.commit(&commit).await)?.is_some() {
                self.done.withheld += 1;
                crate::monitor::measures().withheld(&verdict.rule, 1);
            }
        }
        Ok(group)
    }

    /// Marks the mails of a group and hands them over. Gives those that have not had their turn.
    async fn hand_over<'a>(
        &mut self,
        group: Vec<&'a OutboxRecord>,
        page: &mut Page<'_>,
        now: &(impl Fn() -> Timestamp + Sync),
        stopped: &(impl Fn() -> bool + Sync),
    ) -> Result<Vec<&'a OutboxRecord>, StoreError> {
        if group.is_empty() || !self.is_ready().await {
            return Ok(group);
        }
        let bytes = page.bytes(self.store).await?;
        let (mut group, gone): (Vec<_>, Vec<_>) = group
            .into_iter()
            .partition(|record| bytes.contains_key(&record.id));
        let ours = match group.is_empty() {
            true => Vec::new(),
            false => self.hand.take(self.store, &group, now()).await?,
        };
        // Without notes a group is the first mail alone: the others wait.
        let rest = match self.hand.notes.are_kept() {
            true => Vec::new(),
            false => group.split_off(group.len().min(1)),
        };
        let (group, others): (Vec<_>, Vec<_>) = group
            .into_iter()
            .partition(|record| ours.contains(&record.id));
        for record in gone.iter().chain(&others).chain(&rest) {
            page.counts.count_back(record);
        }
        let mut group: VecDeque<&OutboxRecord> = group.into();
        let result = self.carry_all(&mut group, page, now, stopped).await;
        for record in &group {
            page.counts.count_back(record);
            self.hand.put_back(record);
        }
        result?;
        Ok(group.into_iter().chain(rest).collect())
    }

    /// Hands marked mails over, one after the other. Leaves those that have not had their turn.
    async fn carry_all(
        &mut self,
        group: &mut VecDeque<&OutboxRecord>,
        page: &mut Page<'_>,
        now: &(impl Fn() -> Timestamp + Sync),
        stopped: &(impl Fn() -> bool + Sync),
    ) -> Result<(), StoreError> {
        let mails = group.len();
        let began = Instant::now();
        let mut looked = began;
        while let Some(&record) = group.front() {
            if group.len() < mails {
                if began.elapsed() > HELD_MAX {
                    self.hand.be_careful();
                    return Ok(());
                }
                if looked.elapsed() > LOOK_INTERVAL {
                    looked = Instant::now();
                    if self.is_stopped(stopped).await? {
                        return Ok(());
                    }
                }
                if !self.is_ready().await {
                    return Ok(());
                }
            }
            let Some(bytes) = page.bytes(self.store).await?.get(&record.id) else {
                return Ok(());
            };
            if !self.hand.notes.begun(record.id) {
                return Ok(());
            }
            crate::fault::point("deliver.begun");
            group.pop_front();
            self.done.reached = true;
            let delivery = self.carrier.carry(record, bytes).await;
            crate::fault::point("deliver.carried");
            // A server that went away is not asked mail by mail.
            self.proven = matches!(
                delivery,
                Delivery::Delivered { .. } | Delivery::Refused { .. }
            );
            let delivered = matches!(delivery, Delivery::Delivered { .. });
            let (attempt, event) = self.outcome(record, delivery, now());
            self.hand.put(attempt, event);
            crate::fault::point("deliver.put");
            if !self.proven {
                self.hand.be_careful();
            }
            // The notes tell only of mails that were taken.
            if !delivered && !group.is_empty() {
                self.hand.settle(self.store, now()).await?;
            }
        }
        if self.proven {
            self.hand.learn(mails, began.elapsed());
        }
        Ok(())
    }

    /// True when there is somebody to hand mails to.
    async fn is_ready(&mut self) -> bool {
        if !self.proven {
            if let Err(reason) = self.carrier.ready().await {
                self.done.unreachable = Some(reason);
                return false;
            }
            self.proven = true;
        }
        true
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
