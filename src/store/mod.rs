//! What lasts: raw mails, cases, journal, outbox, quarantine and the sequence that the index follows.
//!
//! Callers see the [`Store`] trait and the types here; which database is behind it shows nowhere.
//! [`sqlite`] is the embedded default. Each further one must pass the suite in `tests/store/`.
//!
//! # Rules that every store keeps
//!
//! - A call writes all or nothing, durably: when it returns, a power cut loses nothing of it.
//! - The same raw bytes are one mail. A mail is pending, processed, or in quarantine; never two of them,
//!   never none.
//! - A batch of mails is decided on facts that were read before. [`Store::commit`] checks that they
//!   still hold (next case numbers, revisions of cases, mails still pending) and answers
//!   [`StoreError::Conflict`] otherwise, with nothing written. The caller then reads and decides
//!   again. So case numbers have no gaps, and no change of a person is overwritten by a worker.
//! - Every case that changes moves to the end of the sequence, in the same transaction.
//! - Calls take many rows, because a transaction costs the same for one as for hundreds.

mod archive;
mod backup;
mod commit;
mod conflict;
mod erase;
mod error;
mod feedback;
mod outbox;
mod raw;
mod record;
mod seal;
pub mod sqlite;

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;

pub use archive::{Archived, Arrival, Cursor, MailId, NewMail, Refused, StoredMail};
pub use backup::{Backup, Restored};
pub use commit::{
    CaseUpsert, Commit, CommitSummary, HardBounce, ImportChange, Imported, JournalEvent,
    MailOutcome, NewOutgoing, Quarantine, SolvedCase,
};
pub(crate) use conflict::again_on_conflict;
pub use erase::{
    BYTES_REMOVED, CaseErasure, ERASED_WORD, Erased, Erasure, Expired, Person, RetentionQuery,
    without_words,
};
pub use error::StoreError;
pub use feedback::{
    Mark, MarkQuery, MarkVerdict, Proposal, ProposalFilter, ProposalRecord, ProposalState,
};
pub use outbox::{
    Filed, FilingQuery, Health, OutboxAttempt, OutboxChange, OutboxFilter, OutboxId, OutboxRecord,
    OutboxState, OutgoingCounts, OutgoingQuery, ReplyStop,
};
pub use raw::{compress, decompress, hash};
pub use record::{
    Candidate, CaseFilter, CaseHistory, CaseOrder, CaseRecord, Change, Consistency, Letter,
    MailKey, MailRecord, MailState, QuarantineRecord, RawAccess, Stats, ThreadKey, ThreadLookup,
};
pub use seal::{KEY_BYTES, RawKeys};

use crate::case::{CaseNumber, CaseStatus, Resolution};

/// What the methods of a store return.
pub type StoreResult<T> = Result<T, StoreError>;

/// Number of the first case of a prefix. Four digits from the start, because a number of one or two
/// stands in many a subject by chance.
pub const FIRST_NUMBER: u64 = 1001;

/// The case number of a prefix: `SP` and 1042 give `SP-1042`.
#[must_use]
pub fn case_number(prefix: &str, number: u64) -> CaseNumber {
    CaseNumber(format!("{prefix}-{number}"))
}

/// A place that keeps everything. See the rules in the module's documentation.
///
/// Every method may fail with the variants of [`StoreError`] that concern the place itself (busy,
/// full, damaged, not writable); `Errors` sections name the others.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes raw mails and how far their sources were read. One answer for each mail, in order.
    /// New mails are pending.
    async fn archive(&self, mails: &[NewMail], cursors: &[Cursor]) -> StoreResult<Vec<Archived>>;

    /// How far a source was read.
    async fn cursor(&self, source: &str) -> StoreResult<Option<String>>;

    /// Pending mails in archive order, with numbers above `after`.
    async fn pending(&self, after: Option<MailId>, limit: usize) -> StoreResult<Vec<StoredMail>>;

    /// Processed mails in archive order, with numbers above `after`, to be processed again.
    async fn processed(&self, after: Option<MailId>, limit: usize) -> StoreResult<Vec<StoredMail>>;

    /// Notes before the work that processing of these mails begins once more, so that a mail that
    /// kills the process is found out. Gives the new counts, in order; 0 for a mail that is not pending.
    async fn count_attempts(&self, mails: &[MailId]) -> StoreResult<Vec<u32>>;

    /// Cases that any of the keys of a whole batch lead to, sorted by number.
    async fn candidates(&self, keys: &ThreadLookup) -> StoreResult<Vec<Candidate>>;

    /// The next case number of each prefix, at first [`FIRST_NUMBER`].
    async fn next_numbers(&self, prefixes: &[String]) -> StoreResult<BTreeMap<String, u64>>;

    /// Writes the outcome of a batch.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when facts changed meanwhile; [`StoreError::Invalid`] when the
    /// numbers of new cases are not the expected next ones in order, or a case comes twice.
    async fn commit(&self, commit: &Commit) -> StoreResult<CommitSummary>;

    /// Writes solved cases from elsewhere. One answer for each, in order. Causes no mail, ever.
    async fn import(&self, cases: &[SolvedCase]) -> StoreResult<Vec<Imported>>;

    /// Cases changed after a place in the sequence, each once, at its latest change, in order.
    async fn changes(&self, after: i64, limit: usize) -> StoreResult<Vec<Change>>;

    /// The latest place in the sequence; 0 when no case was ever written.
    async fn last_sequence(&self) -> StoreResult<i64>;

    /// A list of cases.
    async fn cases(&self, filter: &CaseFilter) -> StoreResult<Vec<CaseRecord>>;

    /// One case. Upper and lower case in the number are the same.
    async fn case(&self, number: &CaseNumber) -> StoreResult<Option<CaseRecord>>;

    /// One case with all that belongs to it.
    async fn history(&self, number: &CaseNumber) -> StoreResult<Option<CaseHistory>>;

    /// Mails that a key names, oldest first; several where a prefix or a Message-ID is not unique.
    async fn mails(&self, key: &MailKey) -> StoreResult<Vec<MailRecord>>;

    /// The raw bytes of a mail, unpacked. A person does not get them without [`Store::note_raw_access`].
    async fn raw(&self, mail: MailId) -> StoreResult<Option<Vec<u8>>>;

    /// Writes down that a person reads a raw mail.
    async fn note_raw_access(&self, access: &RawAccess) -> StoreResult<()>;

    /// Who read raw mails, latest first.
    async fn raw_accesses(&self, mail: Option<MailId>, limit: usize)
    -> StoreResult<Vec<RawAccess>>;

    /// Writes the next `limit` raw mails after `after` anew where they are not sealed with the first key. Gives how many
    /// were, and the mail to go on after; none at the end.
    async fn seal_raw(
        &self,
        after: Option<MailId>,
        limit: usize,
    ) -> StoreResult<(u64, Option<MailId>)>;

    /// A list of outgoing mails.
    async fn outbox(&self, filter: &OutboxFilter) -> StoreResult<Vec<OutboxRecord>>;

    /// The latest outgoing mails in these states (none means all), newest first.
    async fn latest_outbox(
        &self,
        states: &[OutboxState],
        limit: usize,
    ) -> StoreResult<Vec<OutboxRecord>>;

    /// The bytes of outgoing mails, those that exist, by row.
    async fn outgoing_bytes(&self, ids: &[OutboxId]) -> StoreResult<BTreeMap<OutboxId, Vec<u8>>>;

    /// Moves outgoing mails to other states, and writes events about it, all or none. Gives the
    /// states before, in order.
    ///
    /// # Errors
    /// [`StoreError::Transition`] when [`OutboxState::can_become`] forbids one;
    /// [`StoreError::Conflict`] when one is not in the state it must go from; [`StoreError::NotFound`].
    async fn change_outbox(
        &self,
        changes: &[OutboxChange],
        journal: &[JournalEvent],
        at: jiff::Timestamp,
    ) -> StoreResult<Vec<OutboxState>>;

    /// The same around attempts to deliver: with what the server said and when to try again.
    ///
    /// # Errors
    /// As [`Store::change_outbox`].
    async fn record_attempts(
        &self,
        attempts: &[OutboxAttempt],
        journal: &[JournalEvent],
        at: jiff::Timestamp,
    ) -> StoreResult<Vec<OutboxState>>;

    /// Outgoing mails with these Message-IDs.
    async fn outgoing_by_message_id(
        &self,
        message_ids: &[String],
    ) -> StoreResult<Vec<OutboxRecord>>;

    /// Outgoing mails that have to do with folders of drafts and sent mails, oldest first.
    async fn to_file(&self, query: &FilingQuery) -> StoreResult<Vec<OutboxRecord>>;

    /// Notes which copy of a mail lies in a mailbox.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn set_filed(&self, id: OutboxId, filed: Filed) -> StoreResult<()>;

    /// Outgoing mails that wait and may be tried by now, oldest first, with numbers above `after`.
    async fn due(
        &self,
        now: jiff::Timestamp,
        after: Option<OutboxId>,
        limit: usize,
    ) -> StoreResult<Vec<OutboxRecord>>;

    /// A folder on this machine in which the process at work may leave notes for the next one, where there is one.
    /// What is written there outlives the process, and need not outlive the machine.
    fn notes_folder(&self) -> Option<&Path>;

    /// The order that nothing automatic leaves, where an operator gave one.
    async fn reply_stop(&self) -> StoreResult<Option<ReplyStop>>;

    /// Gives that order, or takes it back.
    async fn set_reply_stop(&self, stop: Option<&ReplyStop>) -> StoreResult<()>;

    /// Notes that something that talks to the outside (`smtp`, `filing`, `retention`, `imap:ACCOUNT/FOLDER`) worked, or
    /// what failed.
    async fn note_health(
        &self,
        name: &str,
        failure: Option<&str>,
        at: jiff::Timestamp,
    ) -> StoreResult<()>;

    /// What was noted, by name.
    async fn health(&self) -> StoreResult<BTreeMap<String, Health>>;

    /// Which of these Message-IDs belong to a thread of which a mail is in quarantine, with the
    /// reason of that.
    async fn quarantined_threads(
        &self,
        message_ids: &[String],
    ) -> StoreResult<BTreeMap<String, String>>;

    /// Counts for the gate's budgets.
    async fn outgoing(&self, query: &OutgoingQuery) -> StoreResult<OutgoingCounts>;

    /// Mails in quarantine in archive order, with numbers above `after`.
    async fn quarantine(
        &self,
        after: Option<MailId>,
        limit: usize,
    ) -> StoreResult<Vec<QuarantineRecord>>;

    /// Makes mails in quarantine pending again, with no attempts counted. Gives how many there were.
    async fn retry_quarantined(&self, mails: &[MailId]) -> StoreResult<usize>;

    /// Writes what an engineer says of a precedent, with the event about it; the last word counts. False when just
    /// that was said before: nothing is written then.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn mark(&self, mark: &Mark, event: &JournalEvent) -> StoreResult<bool>;

    /// What engineers said, oldest first.
    async fn marks(&self, query: &MarkQuery) -> StoreResult<Vec<Mark>>;

    /// Proposed resolutions, most likely first.
    async fn proposals(&self, filter: &ProposalFilter) -> StoreResult<Vec<ProposalRecord>>;

    /// Writes that somebody confirmed or rejected proposals, with the events about it. Gives how many changed.
    async fn settle_proposals(
        &self,
        cases: &[CaseNumber],
        state: ProposalState,
        by: &str,
        at: jiff::Timestamp,
        journal: &[JournalEvent],
    ) -> StoreResult<u64>;

    /// Imported mails of a desk that no case is known for, in archive order, with numbers above `after`.
    async fn desk_mails(&self, after: Option<MailId>, limit: usize) -> StoreResult<Vec<MailId>>;

    /// Notes to which cases such mails belong.
    async fn link_desk_mails(&self, links: &[(MailId, CaseNumber)]) -> StoreResult<()>;

    /// Cases without resolution that imported mails of a desk belong to, where their number of mails, which is given,
    /// is not the one on which a proposal was made, and nobody settled it.
    async fn answered_cases(&self) -> StoreResult<BTreeMap<CaseNumber, u64>>;

    /// Where a person stands, by address without its plus-tag; reads much.
    async fn person(&self, address: &str) -> StoreResult<Person>;

    /// Forgets, all or nothing. What was forgotten before is passed over.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a case changed meanwhile, a mail is to be processed or is being handed over.
    async fn erase(&self, erasure: &Erasure) -> StoreResult<Erased>;

    /// What is old enough to be forgotten.
    async fn expired(&self, query: &RetentionQuery) -> StoreResult<Expired>;

    /// The place in the sequence of the latest case that was erased: an index that comes past it must not keep the words of
    /// replaced documents. 0 when nothing was.
    async fn erased_sequence(&self) -> StoreResult<i64>;

    /// What does not fit together; reads much.
    async fn consistency(&self) -> StoreResult<Consistency>;

    /// Counts for a summary.
    async fn stats(&self) -> StoreResult<Stats>;

    /// The random key of this store, made once: for reply tokens and fingerprints of secrets.
    async fn secret_key(&self) -> StoreResult<[u8; 32]>;

    /// Makes this the process that works on the data, where no other one is: true when it is, now or already.
    ///
    /// Anybody may write at any time: archive a mail, resolve a case, approve a draft. But pending mails are processed and
    /// outgoing ones delivered by one process at a time, the one at work; it looks again and again for what the others left
    /// for it. Otherwise a mail in the hand of one process would count as left behind by a crash in the eyes of another.
    async fn begin_work(&self) -> StoreResult<bool>;

    /// Lets another process work. Who ends looks for pending mails afterwards, and begins again where there are some: else a
    /// mail that another process archived in between would wait for the next start.
    async fn end_work(&self) -> StoreResult<()>;

    /// Closes the store, so that the files are whole.
    async fn close(&self) -> StoreResult<()>;

    /// Ends a case with what solved it. The events are written with it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn resolve(
        &self,
        number: &CaseNumber,
        resolution: &Resolution,
        journal: &[JournalEvent],
    ) -> StoreResult<CaseRecord> {
        again_on_conflict(|| async {
            let mut record = self
                .case(number)
                .await?
                .ok_or_else(|| StoreError::NotFound {
                    what: format!("case {number}"),
                })?;
            record.state.status = CaseStatus::Resolved;
            record.state.resolution = Some(resolution.clone());
            let mut commit = Commit::new(resolution.resolved_at);
            commit.journal = journal.to_vec();
            commit.cases.push(CaseUpsert::changed(record.clone()));
            self.commit(&commit).await?;
            record.revision += 1;
            Ok(record)
        })
        .await
    }
}
