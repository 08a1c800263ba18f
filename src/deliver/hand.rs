//! Mails in hand: marked durably before a server hears of them, in groups as large as the server is quick.

use std::time::Duration;

use jiff::Timestamp;

use super::notes::Notes;
use super::{change, unless_changed};
use crate::store::{
    JournalEvent, OutboxAttempt, OutboxId, OutboxRecord, OutboxState, Store, StoreError,
};

/// Most mails that are marked together. After a power cut so many may be of unknown fate.
const GROUP_MAX: usize = 64;
/// Below this time a group was quick, and the next one is larger.
const QUICK: Duration = Duration::from_millis(25);
/// Above this time the next group is smaller.
const SLOW: Duration = Duration::from_millis(50);

/// What the deliverer holds between marking mails and writing what became of them. It lasts longer than a
/// round: what a full disk did not let it write is written when there is room.
pub(super) struct Hand {
    pub(super) notes: Notes,
    group: usize,
    /// What became of mails that are still marked. It is written together with the next marks.
    unsettled: Vec<(OutboxAttempt, Option<JournalEvent>)>,
}

impl Hand {
    /// An empty hand. What an earlier process held must have been recovered.
    pub(super) fn new(store: &dyn Store) -> Self {
        Self {
            notes: Notes::begin(store.notes_folder()),
            group: 1,
            unsettled: Vec::new(),
        }
    }

    /// How many mails may be marked together.
    pub(super) fn group(&self) -> usize {
        if self.notes.are_kept() { self.group } else { 1 }
    }

    /// Learns from a group of so many mails that all left in this time.
    pub(super) fn learn(&mut self, mails: usize, took: Duration) {
        if took > SLOW {
            self.group = (self.group / 2).max(1);
        } else if took < QUICK && mails >= self.group {
            self.group = (self.group * 2).min(GROUP_MAX);
        }
    }

    /// Something went wrong with the server: one by one, until it is known to be well again.
    pub(super) fn be_careful(&mut self) {
        self.group = 1;
    }

    /// Notes what became of a marked mail.
    pub(super) fn put(&mut self, attempt: OutboxAttempt, event: Option<JournalEvent>) {
        if attempt.change.to == OutboxState::Sent {
            self.notes.taken(attempt.change.id, &attempt.change.note);
        }
        self.unsettled.push((attempt, event));
    }

    /// Lets a marked mail go of which no server heard: it waits as before.
    pub(super) fn put_back(&mut self, record: &OutboxRecord) {
        let sending = OutboxRecord {
            state: OutboxState::Sending,
            ..record.clone()
        };
        let back = OutboxAttempt {
            next_attempt_at: record.next_attempt_at,
            taken_back: true,
            ..change(&sending, record.state, record.note.clone()).into()
        };
        self.unsettled.push((back, None));
    }

    /// Marks mails as in hand, and writes what became of those before. Gives those that are ours: not one
    /// that somebody else changed since it was read, a person who discards it for instance.
    pub(super) async fn take(
        &mut self,
        store: &dyn Store,
        records: &[&OutboxRecord],
        at: Timestamp,
    ) -> Result<Vec<OutboxId>, StoreError> {
        if self.notes.are_long() {
            self.settle(store, at).await?;
            self.notes.clear();
        }
        let mails: Vec<_> = records
            .iter()
            .map(|record| (record.id, record.attempts + 1))
            .collect();
        let noted = self.notes.mark(&mails, at);
        crate::fault::point("deliver.noted");
        // Without notes nobody could tell the mails of a group apart.
        let records = &records[..if noted { records.len() } else { 1 }];
        let takes: Vec<OutboxAttempt> = records
            .iter()
            .map(|record| change(record, OutboxState::Sending, String::new()).into())
            .collect();
        let all: Vec<OutboxAttempt> = self
            .unsettled
            .iter()
            .map(|(attempt, _)| attempt)
            .chain(&takes)
            .cloned()
            .collect();
        let events: Vec<JournalEvent> = self
            .unsettled
            .iter()
            .filter_map(|(_, event)| event.clone())
            .collect();
        let written = store.record_attempts(&all, &events, at).await;
        if unless_changed(written)?.is_some() {
            self.unsettled.clear();
            return Ok(records.iter().map(|record| record.id).collect());
        }
        self.settle(store, at).await?;
        let mut ours = Vec::new();
        for take in takes {
            let id = take.change.id;
            let written = store.record_attempts(&[take], &[], at).await;
            match unless_changed(written) {
                Ok(Some(_)) => ours.push(id),
                Ok(None) => {}
                Err(error) => {
                    for record in records.iter().filter(|record| ours.contains(&record.id)) {
                        self.put_back(record);
                    }
                    return Err(error);
                }
            }
        }
        Ok(ours)
    }

    /// Writes what became of mails.
    pub(super) async fn settle(
        &mut self,
        store: &dyn Store,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.notes.flush();
        if self.unsettled.is_empty() {
            return Ok(());
        }
        let (attempts, events): (Vec<_>, Vec<_>) = self.unsettled.iter().cloned().unzip();
        let journal: Vec<JournalEvent> = events.into_iter().flatten().collect();
        let written = store.record_attempts(&attempts, &journal, at).await;
        if unless_changed(written)?.is_none() {
            // A person settled one of them meanwhile: their word stands.
            for (attempt, event) in &self.unsettled {
                let journal: Vec<JournalEvent> = event.iter().cloned().collect();
                let written = store
                    .record_attempts(std::slice::from_ref(attempt), &journal, at)
                    .await;
                unless_changed(written)?;
            }
        }
        self.unsettled.clear();
        Ok(())
    }

    /// Writes what became of mails, and throws the notes away: no mail is marked.
    pub(super) async fn empty(
        &mut self,
        store: &dyn Store,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.settle(store, at).await?;
        self.notes.clear();
        Ok(())
    }
}
