//! The outcome of a batch of mails, written in one transaction.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{CaseRecord, MailId, OutboxChange, OutboxState, Proposal};
use crate::case::{CaseNumber, CaseState, Fields, Resolution};
use crate::mail::{KindReason, MailKind};
use crate::reply::Verdict;
use crate::triage::OutgoingKind;

/// All that is to be written together. The order within each list is kept.
///
/// Rows that name a mail which is not pending any more (a second worker, a repeated call) are left
/// out, so that committing twice writes once.
#[derive(Clone, Debug)]
pub struct Commit {
    /// When: the time of processing on all rows.
    pub at: Timestamp,
    /// For each prefix of which new cases take numbers: the next number that the caller read.
    pub expected_numbers: BTreeMap<String, u64>,
    /// What became of pending mails.
    pub outcomes: Vec<MailOutcome>,
    /// Pending mails that could not be processed or trusted. A mail has an outcome or is here.
    pub quarantined: Vec<Quarantine>,
    /// Cases opened or changed, each at most once.
    pub cases: Vec<CaseUpsert>,
    /// Events.
    pub journal: Vec<JournalEvent>,
    /// Mails to leave, or not to, each with its verdict.
    pub outbox: Vec<NewOutgoing>,
    /// Steps of outgoing mails that were written before, such as a draft that is withdrawn because its questions were
    /// answered. A mail that is not in the state it must go from is a conflict.
    pub outbox_changes: Vec<OutboxChange>,
    /// Addresses that do not exist any more.
    pub hard_bounces: Vec<HardBounce>,
    /// New outcomes of mails that were processed before: analysis and fields are replaced, nothing
    /// else follows from them.
    pub revised: Vec<MailOutcome>,
    /// Resolutions proposed for cases, each case at most once. One that a person has settled stays as it is.
    pub proposals: Vec<Proposal>,
}

impl Commit {
    /// Nothing yet.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self {
            at,
            expected_numbers: BTreeMap::new(),
            outcomes: Vec::new(),
            quarantined: Vec::new(),
            cases: Vec::new(),
            journal: Vec::new(),
            outbox: Vec::new(),
            outbox_changes: Vec::new(),
            hard_bounces: Vec::new(),
            revised: Vec::new(),
            proposals: Vec::new(),
        }
    }
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq)]
pub struct MailOutcome {
    /// The mail.
    pub mail: MailId,
    /// Its Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Who or what wrote it.
    pub kind: MailKind,
    /// Why it is of that kind.
    pub kind_reason: KindReason,
    /// Address of the author, lower case; empty when there is none.
    pub from: String,
    /// Subject, decoded, secrets replaced.
    pub subject: String,
    /// The Date header.
    pub date: Option<Timestamp>,
    /// Name of the desk.
    pub desk: String,
    /// Language of its new text.
    pub language: Option<String>,
    /// Case it belongs to.
    pub case: Option<CaseNumber>,
    /// Everything that was found, as JSON, for `explain`.
    pub analysis: String,
    /// The gate's verdict on answering it, where an answer was wanted.
    pub verdict: Option<Verdict>,
    /// Fields with evidence found in this mail.
    pub fields: Fields,
}

/// A mail kept aside with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    /// The mail.
    pub mail: MailId,
    /// Stable name: `panic`, `too_large`, `attempts` ...
    pub code: String,
    /// What exactly.
    pub detail: String,
    /// Address of the author, where it could be read.
    pub from: Option<String>,
    /// Subject, where it could be read.
    pub subject: Option<String>,
    /// Its Message-ID and those that it refers to, where they could be read: a thread that it belongs
    /// to gets no automatic mail while it is aside.
    pub thread: Vec<String>,
}

/// A case as it shall be.
#[derive(Clone, Debug)]
pub struct CaseUpsert {
    /// The case. The number of a new one is its prefix and the next number.
    pub state: CaseState,
    /// [`super::CaseRecord::revision`] on which the change was decided, 0 for a new case. Another
    /// revision in the store is a conflict.
    pub revision: u64,
    /// The case's keyed reply token.
    pub token: String,
    /// The problem in the submitter's words, secrets replaced; `None` keeps what is stored.
    pub problem: Option<String>,
    /// The mails that lead to the change; empty for a change that a person or a clock makes.
    pub mails: Vec<MailId>,
}

impl CaseUpsert {
    /// A stored case with its state changed, by a person or a clock. Its problem stays as it is.
    #[must_use]
    pub fn changed(record: CaseRecord) -> Self {
        Self {
            state: record.state,
            revision: record.revision,
            token: record.token,
            problem: None,
            mails: Vec::new(),
        }
    }
}

/// An event of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEvent {
    /// The case.
    pub case: CaseNumber,
    /// The mail that caused it.
    pub mail: Option<MailId>,
    /// When.
    pub at: Timestamp,
    /// Stable name: `opened`, `follow_up`, `resolved` ...
    pub event: String,
    /// Facts of the event.
    pub detail: Value,
}

/// A mail to leave, written down before it does. A second one with the same Message-ID is left out.
#[derive(Clone, Debug)]
pub struct NewOutgoing {
    /// The case.
    pub case: CaseNumber,
    /// The mail that it answers; none for a reminder.
    pub mail: Option<MailId>,
    /// Our Message-ID without angle brackets.
    pub message_id: String,
    /// The one recipient.
    pub recipient: String,
    /// Kind.
    pub kind: OutgoingKind,
    /// Language it is written in.
    pub language: String,
    /// Subject.
    pub subject: String,
    /// The whole mail.
    pub bytes: Vec<u8>,
    /// Hash of its text without what differs from case to case: the same text to many is a loop.
    pub body_hash: [u8; 32],
    /// The gate's verdict.
    pub verdict: Verdict,
    /// The facts on which the gate decided, as JSON, for replay.
    pub gate_facts: String,
    /// State to begin in: waiting, draft or withheld.
    pub state: OutboxState,
    /// When it was composed.
    pub created_at: Timestamp,
}

/// An address that a server refused for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardBounce {
    /// The bounce.
    pub mail: MailId,
    /// The address.
    pub address: String,
    /// Status and diagnostic text.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

/// What a commit wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitSummary {
    /// Mails that are processed now and were not before.
    pub processed: usize,
    /// Mails that are in quarantine now and were not before.
    pub quarantined: usize,
    /// Mails that were not pending any more: nothing was written for them.
    pub skipped: Vec<MailId>,
    /// Cases opened.
    pub opened: usize,
    /// Cases changed.
    pub changed: usize,
    /// Rows added to the outbox.
    pub outgoing: usize,
    /// Proposals that are new or changed.
    pub proposed: usize,
}

/// A solved or closed case from another system.
#[derive(Clone, Debug, PartialEq)]
pub struct SolvedCase {
    /// Prefix of the numbers that imported cases get, other than a desk's own.
    pub prefix: String,
    /// Name of the desk.
    pub desk: String,
    /// What identifies it there: its number, or a hash of its content. The same again is the same case.
    pub external: String,
    /// Subject.
    pub subject: String,
    /// The problem, secrets replaced.
    pub problem: String,
    /// Address of the submitter, or empty.
    pub submitter: String,
    /// Language of the problem.
    pub language: String,
    /// Issue type.
    pub issue_type: Option<String>,
    /// Facts.
    pub facts: crate::case::Facts,
    /// Flags.
    pub flags: Vec<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What solved it. Without, it is closed, and no precedent until somebody resolves it: importing it again then
    /// leaves that as it is.
    pub resolution: Option<Resolution>,
    /// When something happened in it for the last time.
    pub updated_at: Timestamp,
}

/// What an import did with a [`SolvedCase`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its number here.
    pub number: CaseNumber,
    /// What was done.
    pub change: ImportChange,
}

/// See [`Imported`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportChange {
    /// It was not there before.
    Added,
    /// It was there and differed.
    Updated,
    /// It was there just so.
    Unchanged,
}
