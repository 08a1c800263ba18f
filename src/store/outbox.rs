//! Outgoing mails, their states, and what the gate counts.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MailId;
use crate::case::CaseNumber;
use crate::reply::Verdict;
use crate::triage::OutgoingKind;

/// Number of a row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutboxId(pub i64);

impl fmt::Display for OutboxId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Where an outgoing mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// It waits for a person.
    Draft,
    /// The gate let it pass: it waits for the deliverer.
    Waiting,
    /// A person let it pass: it waits for the deliverer.
    Approved,
    /// The deliverer has it in hand. Found so after a crash, it becomes uncertain.
    Sending,
    /// A server took it.
    Sent,
    /// Nobody knows whether a server took it; never sent again without a person.
    Uncertain,
    /// A server refused it for good.
    Failed,
    /// The gate held it back.
    Withheld,
    /// A person decided against it.
    Discarded,
}

impl OutboxState {
    /// All states, in the order in which lists show them.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Waiting,
        Self::Approved,
        Self::Sending,
        Self::Sent,
        Self::Uncertain,
        Self::Failed,
        Self::Withheld,
        Self::Discarded,
    ];

    /// The word used in the store, in queries and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Uncertain => "uncertain",
            Self::Failed => "failed",
            Self::Withheld => "withheld",
            Self::Discarded => "discarded",
        }
    }

    /// The state that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// True when a mail may go from this state to `next`.
    ///
    /// Only a person lets a mail leave from `draft`, `uncertain` and `failed`. `withheld` leads nowhere but
    /// to `discarded`: what the gate held back does not leave, whoever clicks. A deliverer that met a
    /// temporary failure puts a mail back into the state from which it took it.
    #[must_use]
    pub fn can_become(self, next: Self) -> bool {
        let allowed: &[Self] = match self {
            Self::Draft => &[Self::Approved, Self::Withheld, Self::Discarded],
            Self::Waiting => &[Self::Sending, Self::Draft, Self::Withheld, Self::Discarded],
            Self::Approved => &[Self::Sending, Self::Withheld, Self::Discarded],
            Self::Sending => &[
                Self::Sent,
                Self::Uncertain,
                Self::Failed,
                Self::Waiting,
                Self::Approved,
            ],
            Self::Uncertain => &[Self::Sent, Self::Failed, Self::Approved, Self::Discarded],
            Self::Failed => &[Self::Approved, Self::Discarded],
            Self::Withheld => &[Self::Discarded],
            Self::Sent | Self::Discarded => &[],
        };
        allowed.contains(&next)
    }

    /// True when mails in this state count towards the budgets of [`super::Store::outgoing`]: all
    /// that left or may still leave by itself or by a person's word.
    #[must_use]
    pub fn counts(self) -> bool {
        !matches!(self, Self::Withheld | Self::Discarded)
    }
}

impl fmt::Display for OutboxState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// An outgoing mail without its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRecord {
    /// Number.
    pub id: OutboxId,
    /// The case.
    pub case: CaseNumber,
    /// The mail that it answers.
    pub mail: Option<MailId>,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The one recipient.
    pub recipient: String,
    /// Kind.
    pub kind: OutgoingKind,
    /// Language.
    pub language: String,
    /// Subject.
    pub subject: String,
    /// Hash of its text.
    pub body_hash: [u8; 32],
    /// The gate's verdict.
    pub verdict: Verdict,
    /// The facts on which the gate decided, as JSON.
    pub gate_facts: String,
    /// State.
    pub state: OutboxState,
    /// Why it is in that state: a server's answer, a person's name. Empty when nothing was said.
    pub note: String,
    /// When it was composed.
    pub created_at: Timestamp,
    /// When it came into its state.
    pub changed_at: Timestamp,
    /// How often it was handed to a server since a person last let it leave.
    pub attempts: u32,
    /// The first of these times.
    pub first_attempt_at: Option<Timestamp>,
    /// Not to be tried again before; `None` when it may be tried at once.
    pub next_attempt_at: Option<Timestamp>,
    /// What a server last said about it; empty when none did.
    pub answer: String,
    /// True when a server said that there is no such address.
    pub address_refused: bool,
    /// Which copy of it lies in a mailbox of ours.
    pub filed: Filed,
}

/// Which copy of an outgoing mail lies in a mailbox of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filed {
    /// None.
    #[default]
    Nowhere,
    /// In the folder of drafts.
    Draft,
    /// In the folder of sent mails.
    Sent,
}

impl Filed {
    /// The word used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nowhere => "",
            Self::Draft => "draft",
            Self::Sent => "sent",
        }
    }
}

/// Which outgoing mails have to do with folders of drafts and sent mails.
#[derive(Clone, Copy, Debug)]
pub struct FilingQuery {
    /// Drafts of which no copy lies there, and mails that are drafts no more and of which one does.
    pub drafts: bool,
    /// Mails that a server took and of which no copy lies there.
    pub sent: bool,
    /// Mails of unknown fate.
    pub uncertain: bool,
    /// Only mails that came into their state since.
    pub since: Timestamp,
    /// At most so many.
    pub limit: usize,
}

/// Which outgoing mails to list, oldest first.
#[derive(Clone, Debug)]
pub struct OutboxFilter {
    /// States; empty means all.
    pub states: Vec<OutboxState>,
    /// Only of these cases; empty means all.
    pub cases: Vec<CaseNumber>,
    /// Only after this row.
    pub after: Option<OutboxId>,
    /// At most so many.
    pub limit: usize,
}

/// Most mails of one case that wait at the same time and are looked at.
const OPEN_MAX: usize = 100;

impl OutboxFilter {
    /// The mails of these cases that have not left and still may. Asks for at least one case.
    #[must_use]
    pub fn open(cases: Vec<CaseNumber>) -> Self {
        Self {
            states: vec![
                OutboxState::Draft,
                OutboxState::Waiting,
                OutboxState::Approved,
            ],
            after: None,
            limit: OPEN_MAX * cases.len(),
            cases,
        }
    }
}

/// A step of an outgoing mail.
#[derive(Clone, Debug)]
pub struct OutboxChange {
    /// The row.
    pub id: OutboxId,
    /// State from which it must go; `None` takes any that may.
    pub from: Option<OutboxState>,
    /// New state.
    pub to: OutboxState,
    /// Why.
    pub note: String,
}

/// A step of an outgoing mail around an attempt to deliver it.
#[derive(Clone, Debug)]
pub struct OutboxAttempt {
    /// The step. One to [`OutboxState::Sending`] counts as an attempt.
    pub change: OutboxChange,
    /// What the server said; `None` keeps what it said before.
    pub answer: Option<String>,
    /// For a mail that goes back to where it waited: not before.
    pub next_attempt_at: Option<Timestamp>,
    /// True when the server said that there is no such address: while the mail is `failed`, the
    /// address counts as bounced.
    pub address_refused: bool,
    /// True for a mail that goes back to where it waited because no server ever heard of it: it was no attempt.
    pub taken_back: bool,
}

impl From<OutboxChange> for OutboxAttempt {
    /// A step about which no server said anything.
    fn from(change: OutboxChange) -> Self {
        Self {
            change,
            answer: None,
            next_attempt_at: None,
            address_refused: false,
            taken_back: false,
        }
    }
}

/// An operator's order that nothing automatic leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyStop {
    /// When it was given.
    pub at: Timestamp,
    /// Why; may be empty.
    pub reason: String,
}

/// When something that talks to the outside last worked, and when it last did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Last success.
    pub success_at: Option<Timestamp>,
    /// Last failure.
    pub failure_at: Option<Timestamp>,
    /// What failed then; empty when nothing ever did.
    pub failure: String,
}

/// What the gate wants counted, for a whole batch of replies at once.
#[derive(Clone, Debug)]
pub struct OutgoingQuery {
    /// Count only what was handed to a server, by the time when it was. Otherwise everything that
    /// left or may still leave, by the time when it was composed.
    pub left_only: bool,
    /// Cases whose reminders are counted.
    pub cases: Vec<CaseNumber>,
    /// Recipients, each as [`crate::reply::gate::address_key`].
    pub addresses: Vec<String>,
    /// Domains of recipients, each as [`crate::reply::gate::domain_key`].
    pub domains: Vec<String>,
    /// Hashes of texts.
    pub body_hashes: Vec<[u8; 32]>,
    /// Beginning of the window for addresses.
    pub address_since: Timestamp,
    /// Beginning of the window for domains.
    pub domain_since: Timestamp,
    /// Beginning of the window for texts.
    pub body_since: Timestamp,
    /// Beginning of the window for everything together.
    pub global_since: Timestamp,
    /// Beginning of the window for hard bounces of the addresses.
    pub bounce_since: Timestamp,
}

/// Answer to an [`OutgoingQuery`]. What is not in a map was counted and is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingCounts {
    /// By recipient, lower case.
    pub addresses: BTreeMap<String, u64>,
    /// By domain, lower case.
    pub domains: BTreeMap<String, u64>,
    /// By hash of the text.
    pub body_hashes: BTreeMap<[u8; 32], u64>,
    /// Of everybody.
    pub global: u64,
    /// Latest hard bounce by address, lower case: one that came as a mail, or a server's word when
    /// a mail was handed over.
    pub hard_bounces: BTreeMap<String, Timestamp>,
    /// Reminders of a case that left or may still leave, whenever they were composed.
    pub reminders: BTreeMap<CaseNumber, u64>,
}
