//! The embedded store: one SQLite file in the data folder.
//!
//! ```text
//! <data>/precedent.db   everything
//! <data>/lock           held by the one process that works: see [`Store::begin_work`]
//! ```
//!
//! Any number of processes may write: the database lets them take turns. In each of them one connection writes,
//! behind a mutex, and a few others read. Every writing transaction is
//! `BEGIN IMMEDIATE`: one that begins by reading and wants to write later fails at once when another
//! wrote in between, whatever the busy timeout. `synchronous=FULL` costs nothing noticeable in batches.

mod archive;
mod backup;
mod cases;
mod commit;
mod erase;
mod failure;
mod feedback;
mod health;
mod import;
mod mails;
mod open;
mod outbox;
mod quarantine;
mod rows;
mod sealing;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use self::failure::{Failure, Outcome, corrupt};
use self::rows::unsigned;
use super::{
    Archived, Candidate, CaseFilter, CaseHistory, CaseRecord, Change, Commit, CommitSummary,
    Consistency, Cursor, Erased, Erasure, Expired, Filed, FilingQuery, Health, Imported,
    JournalEvent, MailId, MailKey, MailRecord, Mark, MarkQuery, NewMail, OutboxAttempt,
    OutboxChange, OutboxFilter, OutboxId, OutboxRecord, OutboxState, OutgoingCounts, OutgoingQuery,
    Person, ProposalFilter, ProposalRecord, ProposalState, QuarantineRecord, RawAccess, RawKeys,
    ReplyStop, RetentionQuery, SolvedCase, Stats, Store, StoreError, StoreResult, StoredMail,
    ThreadLookup,
};
use crate::case::CaseNumber;

/// How every writing transaction begins.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// A store in a data folder.
#[derive(Debug)]
pub struct SqliteStore {
    readers: SqlitePool,
    /// None once it is closed, and in a store that was opened for reading.
    writer: Mutex<Option<SqliteConnection>>,
    /// Held while this process works on the data.
    lock: std::sync::Mutex<Option<File>>,
    writable: bool,
    quota: Option<u64>,
    folder: PathBuf,
    path: PathBuf,
    keys: RawKeys,
}

impl SqliteStore {
    /// The store with keys for raw mails: those that come are sealed with the first one.
    #[must_use]
    pub fn with_raw_keys(mut self, keys: RawKeys) -> Self {
        self.keys = keys;
        self
    }

    /// Makes sure that raw mails can be kept and opened, before any is taken in.
    ///
    /// # Errors
    /// [`StoreError::RawKey`].
    pub async fn check_raw_keys(&self) -> StoreResult<()> {
        let mut reader = self.reader().await?;
        let latest = self.answer(sealing::latest(&mut reader).await)?;
        self.keys.check(latest.as_deref())
    }

    async fn reader(&self) -> StoreResult<PoolConnection<Sqlite>> {
        self.readers
            .acquire()
            .await
            .map_err(|error| self.explain(error.into()))
    }

    async fn writer(&self) -> StoreResult<MappedMutexGuard<'_, SqliteConnection>> {
        let mut guard = self.writer.lock().await;
        if let Some(connection) = guard.as_mut() {
            self.tidy(connection).await?;
        }
        MutexGuard::try_map(guard, Option::as_mut).map_err(|_| {
            if self.writable {
                StoreError::Invalid {
                    detail: "the store was closed".to_owned(),
                }
            } else {
                StoreError::ReadOnly {
                    path: self.path.clone(),
                }
            }
        })
    }

    /// Nobody has a transaction open. Where the driver thinks so all the same, SQLite ended one by itself, as it does when
    /// the disk is full or a write fails. The driver would refuse every further one, also when there is room again.
    async fn tidy(&self, connection: &mut SqliteConnection) -> StoreResult<()> {
        if !connection.is_in_transaction() {
            return Ok(());
        }
        // A rollback may be on its way to the thread of the connection.
        let alive = connection.ping().await;
        if alive.is_err() || connection.is_in_transaction() {
            *connection = self.answer(open::connect(&self.path, false, self.quota).await)?;
        }
        Ok(())
    }

    fn explain(&self, failure: Failure) -> StoreError {
        failure.explain(&self.path)
    }

    fn answer<T>(&self, outcome: Outcome<T>) -> StoreResult<T> {
        outcome.map_err(|failure| self.explain(failure))
    }

    /// The answer of something that was written.
    fn written<T>(&self, what: &str, outcome: Outcome<T>) -> StoreResult<T> {
        let answer = self.answer(outcome)?;
        crate::fault::point(what);
        Ok(answer)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn archive(&self, mails: &[NewMail], cursors: &[Cursor]) -> StoreResult<Vec<Archived>> {
        let mut writer = self.writer().await?;
        self.written(
            "store.archive",
            archive::archive(&mut writer, &self.keys, mails, cursors).await,
        )
    }

    async fn cursor(&self, source: &str) -> StoreResult<Option<String>> {
        let mut reader = self.reader().await?;
        self.answer(archive::cursor(&mut reader, source).await)
    }

    async fn pending(&self, after: Option<MailId>, limit: usize) -> StoreResult<Vec<StoredMail>> {
        let mut reader = self.reader().await?;
        self.answer(archive::pending(&mut reader, &self.keys, after, limit).await)
    }

    async fn processed(&self, after: Option<MailId>, limit: usize) -> StoreResult<Vec<StoredMail>> {
        let mut reader = self.reader().await?;
        self.answer(archive::processed(&mut reader, &self.keys, after, limit).await)
    }

    async fn count_attempts(&self, mails: &[MailId]) -> StoreResult<Vec<u32>> {
        let mut writer = self.writer().await?;
        self.written(
            "store.attempts",
            archive::count_attempts(&mut writer, mails).await,
        )
    }

    async fn candidates(&self, keys: &ThreadLookup) -> StoreResult<Vec<Candidate>> {
        let mut reader = self.reader().await?;
        self.answer(cases::candidates(&mut reader, keys).await)
    }

    async fn next_numbers(&self, prefixes: &[String]) -> StoreResult<BTreeMap<String, u64>> {
        let mut reader = self.reader().await?;
        self.answer(cases::next_numbers(&mut reader, prefixes).await)
    }

    async fn commit(&self, commit: &Commit) -> StoreResult<CommitSummary> {
        let mut writer = self.writer().await?;
        self.written("store.commit", commit::commit(&mut writer, commit).await)
    }

    async fn import(&self, cases: &[SolvedCase]) -> StoreResult<Vec<Imported>> {
        let mut writer = self.writer().await?;
        self.answer(import::import(&mut writer, cases).await)
    }

    async fn changes(&self, after: i64, limit: usize) -> StoreResult<Vec<Change>> {
        let mut reader = self.reader().await?;
        self.answer(cases::changes(&mut reader, after, limit).await)
    }

    async fn last_sequence(&self) -> StoreResult<i64> {
        let mut reader = self.reader().await?;
        self.answer(cases::last_sequence(&mut reader).await)
    }

    async fn cases(&self, filter: &CaseFilter) -> StoreResult<Vec<CaseRecord>> {
        let mut reader = self.reader().await?;
        self.answer(cases::cases(&mut reader, filter).await)
    }

    async fn case(&self, number: &CaseNumber) -> StoreResult<Option<CaseRecord>> {
        let mut reader = self.reader().await?;
        self.answer(cases::case(&mut reader, number).await)
    }

    async fn history(&self, number: &CaseNumber) -> StoreResult<Option<CaseHistory>> {
        let mut reader = self.reader().await?;
        self.answer(cases::history(&mut reader, number).await)
    }

    async fn mails(&self, key: &MailKey) -> StoreResult<Vec<MailRecord>> {
        let mut reader = self.reader().await?;
        self.answer(mails::mails(&mut reader, key).await)
    }

    async fn raw(&self, mail: MailId) -> StoreResult<Option<Vec<u8>>> {
        let mut reader = self.reader().await?;
        self.answer(mails::raw(&mut reader, &self.keys, mail).await)
    }

    async fn note_raw_access(&self, access: &RawAccess) -> StoreResult<()> {
        let mut writer = self.writer().await?;
        self.answer(sealing::note_access(&mut writer, access).await)
    }

    async fn raw_accesses(
        &self,
        mail: Option<MailId>,
        limit: usize,
    ) -> StoreResult<Vec<RawAccess>> {
        let mut reader = self.reader().await?;
        self.answer(sealing::accesses(&mut reader, mail, limit).await)
    }

    async fn seal_raw(
        &self,
        after: Option<MailId>,
        limit: usize,
    ) -> StoreResult<(u64, Option<MailId>)> {
        let mut writer = self.writer().await?;
        self.answer(sealing::seal(&mut writer, &self.keys, after, limit).await)
    }

    async fn outbox(&self, filter: &OutboxFilter) -> StoreResult<Vec<OutboxRecord>> {
        let mut reader = self.reader().await?;
        self.answer(outbox::outbox(&mut reader, filter).await)
    }

    async fn latest_outbox(
        &self,
        states: &[OutboxState],
        limit: usize,
    ) -> StoreResult<Vec<OutboxRecord>> {
        let mut reader = self.reader().await?;
        self.answer(outbox::latest(&mut reader, states, limit).await)
    }

    async fn outgoing_bytes(&self, ids: &[OutboxId]) -> StoreResult<BTreeMap<OutboxId, Vec<u8>>> {
        let mut reader = self.reader().await?;
        self.answer(outbox::bytes(&mut reader, ids).await)
    }

    async fn change_outbox(
        &self,
        changes: &[OutboxChange],
        journal: &[JournalEvent],
        at: Timestamp,
    ) -> StoreResult<Vec<OutboxState>> {
        let attempts: Vec<OutboxAttempt> = changes.iter().cloned().map(Into::into).collect();
        self.record_attempts(&attempts, journal, at).await
    }

    async fn record_attempts(
        &self,
        attempts: &[OutboxAttempt],
        journal: &[JournalEvent],
        at: Timestamp,
    ) -> StoreResult<Vec<OutboxState>> {
        let mut writer = self.writer().await?;
        self.written(
            "store.outbox",
            outbox::change(&mut writer, attempts, journal, at).await,
        )
    }

    async fn outgoing_by_message_id(
        &self,
        message_ids: &[String],
    ) -> StoreResult<Vec<OutboxRecord>> {
        let mut reader = self.reader().await?;
        self.answer(outbox::by_message_id(&mut reader, message_ids).await)
    }

    async fn to_file(&self, query: &FilingQuery) -> StoreResult<Vec<OutboxRecord>> {
        let mut reader = self.reader().await?;
        self.answer(outbox::to_file(&mut reader, query).await)
    }

    async fn set_filed(&self, id: OutboxId, filed: Filed) -> StoreResult<()> {
        let mut writer = self.writer().await?;
        self.written(
            "store.filed",
            outbox::set_filed(&mut writer, id, filed).await,
        )
    }

    async fn due(
        &self,
        now: Timestamp,
        after: Option<OutboxId>,
        limit: usize,
    ) -> StoreResult<Vec<OutboxRecord>> {
        let mut reader = self.reader().await?;
        self.answer(outbox::due(&mut reader, now, after, limit).await)
    }

    fn notes_folder(&self) -> Option<&Path> {
        Some(&self.folder)
    }

    async fn reply_stop(&self) -> StoreResult<Option<ReplyStop>> {
        let mut reader = self.reader().await?;
        self.answer(health::reply_stop(&mut reader).await)
    }

    async fn set_reply_stop(&self, stop: Option<&ReplyStop>) -> StoreResult<()> {
        let mut writer = self.writer().await?;
        self.answer(health::set_reply_stop(&mut writer, stop).await)
    }

    async fn note_health(
        &self,
        name: &str,
        failure: Option<&str>,
        at: Timestamp,
    ) -> StoreResult<()> {
        let mut writer = self.writer().await?;
        self.written(
            "store.health",
            health::note(&mut writer, name, failure, at).await,
        )
    }

    async fn health(&self) -> StoreResult<BTreeMap<String, Health>> {
        let mut reader = self.reader().await?;
        self.answer(health::all(&mut reader).await)
    }

    async fn quarantined_threads(
        &self,
        message_ids: &[String],
    ) -> StoreResult<BTreeMap<String, String>> {
        let mut reader = self.reader().await?;
        self.answer(quarantine::threads(&mut reader, message_ids).await)
    }

    async fn outgoing(&self, query: &OutgoingQuery) -> StoreResult<OutgoingCounts> {
        let mut reader = self.reader().await?;
        self.answer(outbox::outgoing(&mut reader, query).await)
    }

    async fn quarantine(
        &self,
        after: Option<MailId>,
        limit: usize,
    ) -> StoreResult<Vec<QuarantineRecord>> {
        let mut reader = self.reader().await?;
        self.answer(quarantine::quarantine(&mut reader, after, limit).await)
    }

    async fn retry_quarantined(&self, mails: &[MailId]) -> StoreResult<usize> {
        let mut writer = self.writer().await?;
        self.answer(quarantine::retry(&mut writer, mails).await)
    }

    async fn mark(&self, mark: &Mark, event: &JournalEvent) -> StoreResult<bool> {
        let mut writer = self.writer().await?;
        self.answer(feedback::mark(&mut writer, mark, event).await)
    }

    async fn marks(&self, query: &MarkQuery) -> StoreResult<Vec<Mark>> {
        let mut reader = self.reader().await?;
        self.answer(feedback::marks(&mut reader, query).await)
    }

    async fn proposals(&self, filter: &ProposalFilter) -> StoreResult<Vec<ProposalRecord>> {
        let mut reader = self.reader().await?;
        self.answer(feedback::proposals(&mut reader, filter).await)
    }

    async fn settle_proposals(
        &self,
        cases: &[CaseNumber],
        state: ProposalState,
        by: &str,
        at: Timestamp,
        journal: &[JournalEvent],
    ) -> StoreResult<u64> {
        let mut writer = self.writer().await?;
        self.answer(feedback::settle(&mut writer, cases, state, by, at, journal).await)
    }

    async fn desk_mails(&self, after: Option<MailId>, limit: usize) -> StoreResult<Vec<MailId>> {
        let mut reader = self.reader().await?;
        self.answer(feedback::desk_mails(&mut reader, after, limit).await)
    }

    async fn link_desk_mails(&self, links: &[(MailId, CaseNumber)]) -> StoreResult<()> {
        let mut writer = self.writer().await?;
        self.answer(feedback::link(&mut writer, links).await)
    }

    async fn answered_cases(&self) -> StoreResult<BTreeMap<CaseNumber, u64>> {
        let mut reader = self.reader().await?;
        self.answer(feedback::answered(&mut reader).await)
    }

    async fn person(&self, address: &str) -> StoreResult<Person> {
        let mut reader = self.reader().await?;
        self.answer(erase::person(&mut reader, address).await)
    }

    async fn erase(&self, erasure: &Erasure) -> StoreResult<Erased> {
        let mut writer = self.writer().await?;
        self.written("store.erase", erase::erase(&mut writer, erasure).await)
    }

    async fn expired(&self, query: &RetentionQuery) -> StoreResult<Expired> {
        let mut reader = self.reader().await?;
        self.answer(erase::expired(&mut reader, query).await)
    }

    async fn erased_sequence(&self) -> StoreResult<i64> {
        let mut reader = self.reader().await?;
        self.answer(erase::erased_sequence(&mut reader).await)
    }

    async fn consistency(&self) -> StoreResult<Consistency> {
        let mut reader = self.reader().await?;
        self.answer(health::consistency(&mut reader).await)
    }

    async fn stats(&self) -> StoreResult<Stats> {
        let mut reader = self.reader().await?;
        self.answer(stats(&mut reader).await)
    }

    async fn secret_key(&self) -> StoreResult<[u8; 32]> {
        let mut reader = self.reader().await?;
        self.answer(secret_key(&mut reader).await)
    }

    async fn begin_work(&self) -> StoreResult<bool> {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = open::try_lock(&self.folder)?;
        }
        Ok(held.is_some())
    }

    async fn end_work(&self) -> StoreResult<()> {
        self.lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Ok(())
    }

    async fn close(&self) -> StoreResult<()> {
        self.readers.close().await;
        let writer = self.writer.lock().await.take();
        if let Some(connection) = writer {
            self.answer(connection.close().await.map_err(Failure::from))?;
        }
        // Given back after the file is whole.
        self.end_work().await
    }
}

async fn stats(connection: &mut SqliteConnection) -> Outcome<Stats> {
    let mut transaction = connection.begin().await?;
    let (mails, pending, processed, quarantined): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM mail), (SELECT count(*) FROM pending),
         (SELECT count(*) FROM outcome), (SELECT count(*) FROM quarantine)",
    )
    .fetch_one(&mut *transaction)
    .await?;
    let (cases, imported) = cases::count(&mut transaction).await?;
    let stats = Stats {
        mails: unsigned(mails),
        pending: unsigned(pending),
        processed: unsigned(processed),
        quarantined: unsigned(quarantined),
        cases,
        imported,
        outbox: outbox::count(&mut transaction).await?,
        last_sequence: cases::last_sequence(&mut transaction).await?,
    };
    transaction.commit().await?;
    Ok(stats)
}

async fn secret_key(connection: &mut SqliteConnection) -> Outcome<[u8; 32]> {
    let key: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT value FROM meta WHERE key = 'secret_key'")
            .fetch_optional(connection)
            .await?;
    key.and_then(|key| key.try_into().ok())
        .ok_or_else(|| corrupt("the secret key is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a full disk does to a transaction, in the middle of it: later writes failed until the next start.
    #[tokio::test]
    async fn a_transaction_that_the_database_ended_by_itself_blocked_all_later_ones() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).await.unwrap();
        {
            let mut writer = store.writer().await.unwrap();
            let mut transaction = writer.begin_with(BEGIN).await.unwrap();
            sqlx::query("ROLLBACK")
                .execute(&mut *transaction)
                .await
                .unwrap();
        }
        let now = Timestamp::UNIX_EPOCH;
        store.note_health("smtp", None, now).await.unwrap();
        // One that was left without a word is no reason for anything.
        {
            let mut writer = store.writer().await.unwrap();
            let _ = writer.begin_with(BEGIN).await.unwrap();
        }
        store.note_health("imap", None, now).await.unwrap();
        assert_eq!(store.health().await.unwrap().len(), 2);
    }
}
