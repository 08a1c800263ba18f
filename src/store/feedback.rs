//! What people say about resolutions: marks on precedents, and proposed resolutions that wait for a word.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{CaseNumber, ResolutionCode};

/// What an engineer says of a precedent for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkVerdict {
    /// Its resolution solved the case.
    Solved,
    /// It has nothing to do with the case.
    NotRelated,
}

impl MarkVerdict {
    /// The word in store, journal and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::NotRelated => "not_related",
        }
    }

    /// The same for people: "an engineer said: this solved it".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Solved => "this solved it",
            Self::NotRelated => "not related",
        }
    }
}

/// One word of an engineer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The case that was looked at.
    pub case: CaseNumber,
    /// The precedent that was shown for it.
    pub precedent: CaseNumber,
    /// What is said.
    pub verdict: MarkVerdict,
    /// Why, secrets replaced; may be empty.
    pub note: String,
    /// Who says so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Which marks to read.
#[derive(Clone, Debug)]
pub enum MarkQuery {
    /// All of them.
    All,
    /// Those made on this case.
    OfCase(CaseNumber),
    /// Those on any of these precedents.
    OnPrecedents(Vec<CaseNumber>),
}

/// Where a proposed resolution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits for somebody's word.
    Open,
    /// The case was looked at and gave nothing to propose.
    Nothing,
    /// Somebody confirmed it: the case is resolved.
    Confirmed,
    /// Somebody said that it is none.
    Rejected,
}

impl ProposalState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Nothing, Self::Confirmed, Self::Rejected];

    /// The word in store and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Nothing => "nothing",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    /// The state of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A resolution that an import found, for somebody to confirm. Its case is no precedent until then.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// The case.
    pub case: CaseNumber,
    /// Where it stands. What was confirmed or rejected stays so.
    pub state: ProposalState,
    /// Proposed code.
    pub code: ResolutionCode,
    /// Proposed text, secrets replaced.
    pub text: String,
    /// How likely it is the answer, 0 to 1.
    pub confidence: f64,
    /// What speaks for and against it, as stable codes: `confirmed`, `asks`.
    pub signals: Vec<String>,
    /// When the desk gave the answer.
    pub answered_at: Timestamp,
    /// Changes when there is more to judge by: the number of mails or messages of the case.
    pub basis: u64,
}

/// A proposal with its case and who settled it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProposalRecord {
    /// The proposal.
    #[serde(flatten)]
    pub proposal: Proposal,
    /// Subject of the case.
    pub subject: String,
    /// Desk of the case.
    pub desk: String,
    /// Who confirmed or rejected it; empty while nobody did.
    pub settled_by: String,
    /// When.
    pub settled_at: Option<Timestamp>,
}

/// Which proposals to list, most likely first.
#[derive(Clone, Debug, Default)]
pub struct ProposalFilter {
    /// Only in this state. Open ones only of cases for which nobody wrote a resolution meanwhile.
    pub state: Option<ProposalState>,
    /// Only of these cases; none means all.
    pub cases: Vec<CaseNumber>,
    /// Only of at least this confidence.
    pub above: Option<f64>,
    /// Only of this desk.
    pub desk: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
}
