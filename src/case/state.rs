//! A case as the stages see it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Facts;

/// A number that a person can say: prefix of the desk and a counter, `SP-1042`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(pub String);

impl fmt::Display for CaseNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Something required is missing; the sender has not been asked (or may not be).
    Incomplete,
    /// The sender was asked and has not answered yet.
    Waiting,
    /// Everything required is known: an engineer can work.
    Complete,
    /// Solved, with a resolution.
    Resolved,
    /// Ended without a resolution: referred, forwarded, withdrawn.
    Closed,
}

impl CaseStatus {
    /// The word used in the store, in queries and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Waiting => "waiting",
            Self::Complete => "complete",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// The status that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Incomplete,
            Self::Waiting,
            Self::Complete,
            Self::Resolved,
            Self::Closed,
        ]
        .into_iter()
        .find(|status| status.as_str() == word)
    }
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolutionCode {
    /// The cause was removed.
    Fixed,
    /// The cause stays, a way around it is known.
    Workaround,
    /// The sender was told how to do it.
    Guidance,
    /// Another case has the answer.
    Duplicate,
    /// The problem could not be shown again.
    NotReproducible,
    /// Will not be done.
    Declined,
}

impl ResolutionCode {
    /// All codes, in the order in which help texts list them.
    pub const ALL: [Self; 6] = [
        Self::Fixed,
        Self::Workaround,
        Self::Guidance,
        Self::Duplicate,
        Self::NotReproducible,
        Self::Declined,
    ];

    /// The word used in the store, in queries and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Workaround => "workaround",
            Self::Guidance => "guidance",
            Self::Duplicate => "duplicate",
            Self::NotReproducible => "not_reproducible",
            Self::Declined => "declined",
        }
    }

    /// The code that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }
}

/// What solved a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// Kind of solution.
    pub code: ResolutionCode,
    /// How it was solved, for the engineer who meets it next.
    pub text: String,
    /// When.
    pub resolved_at: Timestamp,
}

/// A case between two mails: all that assigning, assessing and deciding need to know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseState {
    /// Number, `SP-1042`.
    pub number: CaseNumber,
    /// Name of the desk, which is the name of its section in the configuration.
    pub desk: String,
    /// Where it stands.
    pub status: CaseStatus,
    /// Subject of the first mail without reply prefixes.
    pub subject: String,
    /// Address of the submitter, lower case.
    pub submitter: String,
    /// Everybody whose mails belong to the case, lower case; a stranger is not among them.
    pub participants: Vec<String>,
    /// Language to answer in (ISO 639-1).
    pub language: String,
    /// Issue type, once known.
    pub issue_type: Option<String>,
    /// What is known.
    pub facts: Facts,
    /// Requirements not met.
    pub missing: Vec<String>,
    /// Flags seen so far.
    pub flags: Vec<String>,
    /// Requirements already asked for, in any request.
    pub asked: Vec<String>,
    /// How many requests for information were decided on.
    pub requests: u32,
    /// When it was opened: the time of its first mail.
    pub opened_at: Timestamp,
    /// Time of the last mail.
    pub updated_at: Timestamp,
    /// How it ended.
    pub resolution: Option<Resolution>,
}
