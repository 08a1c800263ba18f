//! What the store gives back.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{JournalEvent, MailId, MailOutcome, OutboxRecord, Quarantine};
use crate::case::{CaseNumber, CaseState, CaseStatus};

/// A case as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRecord {
    /// The case.
    pub state: CaseState,
    /// Grows with every change: what [`super::CaseUpsert::revision`] must name.
    pub revision: u64,
    /// The case's keyed reply token; empty for an imported case.
    pub token: String,
    /// The problem in the submitter's words, secrets replaced.
    pub problem: String,
    /// Mails written to its submitter, in whatever state: the next one's ordinal is one more.
    pub outgoing: u32,
    /// What identifies an imported case where it came from.
    pub external: Option<String>,
}

/// By what a batch of mails could belong to cases.
#[derive(Clone, Debug, Default)]
pub struct ThreadLookup {
    /// Message-IDs that they refer to, without angle brackets.
    pub message_ids: Vec<String>,
    /// Reply tokens.
    pub tokens: Vec<String>,
    /// Case numbers.
    pub numbers: Vec<CaseNumber>,
    /// Who writes under which subject.
    pub letters: Vec<Letter>,
}

impl ThreadLookup {
    /// True when nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.message_ids.is_empty()
            && self.tokens.is_empty()
            && self.numbers.is_empty()
            && self.letters.is_empty()
    }
}

/// A person's address and the subject under which they write: with the same text it is the same letter. Only the latest
/// few mails of a letter lead to their cases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter {
    /// Address of the author, lower case.
    pub author: String,
    /// Subject, decoded, secrets replaced.
    pub subject: String,
}

/// One key of a [`ThreadLookup`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThreadKey {
    /// A Message-ID of a mail of the case, or of a mail that we wrote.
    MessageId(String),
    /// The token of the case.
    Token(String),
    /// The number of the case.
    Number(CaseNumber),
    /// Author and subject of a mail of the case.
    Letter(Letter),
}

/// A case that keys of a [`ThreadLookup`] lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The case.
    pub case: CaseRecord,
    /// The keys that lead to it, sorted.
    pub keys: Vec<ThreadKey>,
}

/// A person read a raw mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAccess {
    /// The mail.
    pub mail: MailId,
    /// When.
    pub at: Timestamp,
    /// Who, as the system names them.
    pub person: String,
    /// By which command.
    pub purpose: String,
}

/// What does not fit together, and what has waited: for the doctor. All numbers of a healthy store are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consistency {
    /// Mails that are neither pending nor processed nor in quarantine.
    pub nowhere: u64,
    /// Mails that are in two of these places.
    pub twice: u64,
    /// Mails without their raw bytes.
    pub without_raw: u64,
    /// Processed mails whose case is not there.
    pub outcomes_without_case: u64,
    /// Outgoing mails whose case is not there.
    pub outgoing_without_case: u64,
    /// When the oldest pending mail was received.
    pub oldest_pending: Option<Timestamp>,
    /// When the latest mail was processed, by the clock of that time.
    pub latest_processed: Option<Timestamp>,
}

/// A case that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Sequence number of its latest change.
    pub sequence: i64,
    /// The case as it is now.
    pub case: CaseRecord,
}

/// Order of a list of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseOrder {
    /// Latest mail first.
    #[default]
    Updated,
    /// Latest opened first.
    Opened,
    /// First opened first.
    Oldest,
}

/// Which cases to list.
#[derive(Clone, Debug)]
pub struct CaseFilter {
    /// Statuses; empty means all.
    pub statuses: Vec<CaseStatus>,
    /// Numbers, in any case of letters; empty means all.
    pub numbers: Vec<CaseNumber>,
    /// Only of this desk.
    pub desk: Option<String>,
    /// Only of this submitter.
    pub submitter: Option<String>,
    /// True: only imported ones. False: only own ones. `None`: both.
    pub imported: Option<bool>,
    /// Order.
    pub order: CaseOrder,
    /// Leave out so many first.
    pub offset: usize,
    /// At most so many.
    pub limit: usize,
}

impl CaseFilter {
    /// All cases, own and imported.
    #[must_use]
    pub fn all(order: CaseOrder) -> Self {
        Self {
            statuses: Vec::new(),
            numbers: Vec::new(),
            desk: None,
            submitter: None,
            imported: None,
            order,
            offset: 0,
            limit: usize::MAX,
        }
    }
}

/// All that is stored of a case.
#[derive(Clone, Debug)]
pub struct CaseHistory {
    /// The case.
    pub case: CaseRecord,
    /// Its mails, first one first.
    pub mails: Vec<MailRecord>,
    /// Its events, first one first.
    pub journal: Vec<JournalEvent>,
    /// What was written to the submitter, first one first.
    pub outbox: Vec<OutboxRecord>,
}

/// What names a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailKey {
    /// Its number.
    Id(MailId),
    /// First hexadecimal digits of its hash, lower case.
    HashPrefix(String),
    /// Its Message-ID without angle brackets.
    MessageId(String),
}

impl MailKey {
    /// Reads what a person types: `17`, `3f9ac2`, `<abc@example.org>`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Ok(id) = text.trim_start_matches('#').parse()
            && text.len() < 12
        {
            return Self::Id(MailId(id));
        }
        if (4..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Self::HashPrefix(text.to_ascii_lowercase());
        }
        Self::MessageId(text.trim_matches(['<', '>']).to_owned())
    }
}

/// What is stored of a mail besides its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct MailRecord {
    /// Number.
    pub mail: MailId,
    /// Hash of the raw bytes.
    pub hash: [u8; 32],
    /// Size of the raw bytes.
    pub size: u64,
    /// Where it was read.
    pub source: String,
    /// The place in the source.
    pub origin: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: MailState,
}

/// Where a mail stands.
#[derive(Clone, Debug, PartialEq)]
pub enum MailState {
    /// Archived, to be processed.
    Pending {
        /// How often processing was begun.
        attempts: u32,
    },
    /// Processed.
    Processed(Box<MailOutcome>),
    /// Kept aside.
    Quarantined(QuarantineRecord),
    /// It was kept aside or unread, and was erased: its hash is all that is left.
    Erased,
}

/// A mail in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRecord {
    /// The mail and the reason.
    pub entry: Quarantine,
    /// Since when.
    pub at: Timestamp,
    /// Where it was read.
    pub source: String,
    /// The place in the source.
    pub origin: String,
    /// Size of the raw bytes.
    pub size: u64,
}

/// Counts for a summary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Mails in the archive.
    pub mails: u64,
    /// Mails to be processed.
    pub pending: u64,
    /// Mails processed.
    pub processed: u64,
    /// Mails in quarantine.
    pub quarantined: u64,
    /// Own cases by status.
    pub cases: BTreeMap<&'static str, u64>,
    /// Imported cases.
    pub imported: u64,
    /// Outgoing mails by state.
    pub outbox: BTreeMap<&'static str, u64>,
    /// Latest sequence number.
    pub last_sequence: i64,
}
