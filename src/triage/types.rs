//! What the judgements take and give.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{CaseNumber, CaseState, CaseStatus, Facts, Said};

/// What should happen with a mail, as in the labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask for what is missing.
    AskMissing,
    /// Nothing is missing: an engineer takes it.
    CompleteToEngineer,
    /// The sender says that it is solved.
    CloseResolved,
    /// Belongs to a known case, adds to it.
    MergeFollowup,
    /// Meets an urgency criterion.
    UrgentEscalation,
    /// A wish for the product.
    ForwardFeatureRequest,
    /// Asks for the cause of an outage: answered by policy.
    OutagePolicy,
    /// Registration or listing: another department.
    ReferRegistration,
    /// Several questions: answer or propose to split.
    AnswerOrSplit,
    /// A question about documentation.
    AnswerDocumentation,
    /// The partner can do it on a page.
    MaintenanceSelfService,
    /// Onboarding: the consultant.
    ReferConsultant,
    /// Interested: the documentation.
    ReferDocsInterest,
    /// Automatic mail.
    None,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::AskMissing,
        Self::CompleteToEngineer,
        Self::CloseResolved,
        Self::MergeFollowup,
        Self::UrgentEscalation,
        Self::ForwardFeatureRequest,
        Self::OutagePolicy,
        Self::ReferRegistration,
        Self::AnswerOrSplit,
        Self::AnswerDocumentation,
        Self::MaintenanceSelfService,
        Self::ReferConsultant,
        Self::ReferDocsInterest,
        Self::None,
    ];

    /// The word used in labels, in the store and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AskMissing => "ask_missing",
            Self::CompleteToEngineer => "complete_to_engineer",
            Self::CloseResolved => "close_resolved",
            Self::MergeFollowup => "merge_followup",
            Self::UrgentEscalation => "urgent_escalation",
            Self::ForwardFeatureRequest => "forward_feature_request",
            Self::OutagePolicy => "outage_policy",
            Self::ReferRegistration => "refer_registration",
            Self::AnswerOrSplit => "answer_or_split",
            Self::AnswerDocumentation => "answer_documentation",
            Self::MaintenanceSelfService => "maintenance_self_service",
            Self::ReferConsultant => "refer_consultant",
            Self::ReferDocsInterest => "refer_docs_interest",
            Self::None => "none",
        }
    }
}

/// The judgement over all that is known of a case after a mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Language to answer in: the mail's when the desk speaks it, else that of the case, else the
    /// profile's default (ISO 639-1).
    pub language: String,
    /// Most likely issue type; none for automatic mail.
    pub issue_type: Option<String>,
    /// Others that hold as well.
    pub issue_type_also: Vec<String>,
    /// 0 to 1.
    pub issue_type_confidence: f32,
    /// Statements of this mail alone; those of the whole case are in `facts.said`.
    pub said: Said,
    /// Flags of `labels.md`.
    pub flags: Vec<String>,
    /// Number of questions in the new text.
    pub questions: u32,
    /// Urgency criterion met.
    pub urgent_criterion: Option<String>,
    /// Status of a partner.
    pub partner_status: Option<String>,
    /// Requirements not met, in the profile's order.
    pub missing: Vec<String>,
    /// Of these, what an engineer needs before anything else.
    #[serde(skip)]
    pub essential: Vec<String>,
    /// Requirements that the sender of this mail says cannot be given: they count as answered for good.
    #[serde(default)]
    pub declined: Vec<String>,
    /// Things that may be asked for besides, never insisted on.
    pub may_ask: Vec<String>,
    /// What should happen.
    pub action: Action,
    /// Queue or team of the profile that should see it.
    pub route: Option<String>,
    /// Facts of the case after this mail.
    pub facts: Facts,
    /// Fields in which this mail contradicts an earlier one.
    pub contradictions: Vec<crate::case::Contradiction>,
}

/// Words of the sender that speak for a judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What they speak for: `flag.urgent_claimed`, `said.persists`, `issue_type.throttling`.
    pub judgement: String,
    /// How much; a judgement needs 1.
    pub weight: f32,
    /// The sentence, in lower case and without accents.
    pub sentence: String,
    /// The words in it that counted.
    pub words: Vec<String>,
}

/// By what a mail could belong to a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadKeys {
    /// Message-IDs that it answers or refers to, nearest first, and its own; without angle brackets.
    pub message_ids: Vec<String>,
    /// Reply tokens found in its recipients' plus-addresses and in its references.
    pub tokens: Vec<String>,
    /// Case numbers in the subject: never enough alone (a number can be guessed).
    pub numbers: Vec<CaseNumber>,
}

/// What recognises our own marks in a mail.
#[derive(Clone, Debug, Default)]
pub struct ThreadMarks {
    /// Addresses of the desk, lower case: `support+TOKEN@desk.example` carries a reply token.
    pub addresses: Vec<String>,
    /// Domains of our own Message-IDs, lower case.
    pub message_id_domains: Vec<String>,
    /// Prefixes of case numbers: `SP`.
    pub case_prefixes: Vec<String>,
}

/// A case that one of the keys led to.
#[derive(Clone, Debug)]
pub struct CandidateCase {
    /// The case.
    pub case: CaseState,
    /// True when a mail of ours or of the case has one of the Message-IDs.
    pub by_message_id: bool,
    /// True when a keyed token of ours was presented.
    pub by_token: bool,
    /// True when its number stands in the subject.
    pub by_number: bool,
    /// True when the same author wrote the same under the same subject in it, perhaps with fewer words.
    pub by_text: bool,
}

/// Where a mail goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Assignment {
    /// A new case.
    Open {
        /// Case it may have to do with, shown to the engineer only: a stranger answered into a
        /// thread, or a new problem came in an old one.
        related: Option<CaseNumber>,
    },
    /// Belongs to this case.
    FollowUp {
        /// The case.
        number: CaseNumber,
        /// How it was recognised: `message_id`, `token`, `number_and_participant`.
        reason: &'static str,
    },
    /// Automatic mail about a case, such as a bounce of our own mail, or another copy of a mail:
    /// noted in its journal and nothing else.
    Note {
        /// The case.
        number: CaseNumber,
        /// What it is: the kind of mail, or `copy`.
        reason: &'static str,
    },
    /// No case: automatic mail that concerns none.
    NoCase,
}

/// What the desk lets `precedent` do by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing leaves.
    #[default]
    Observe,
    /// Mails wait for a person.
    Draft,
    /// What the gate lets pass is sent.
    Send,
}

/// The desk's settings that decisions depend on.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Mode.
    pub mode: Mode,
    /// Requests for information a case may get in its life.
    pub requests_max: u32,
    /// True when mail to the desk that is complete gets an acknowledgement.
    pub acknowledge: bool,
}

/// Kinds of automatic mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutgoingKind {
    /// Asks for what is missing.
    RequestForInformation,
    /// Nudges later.
    Reminder,
    /// Says that the mail arrived and is complete.
    Acknowledgement,
    /// Points to the right place.
    Referral,
    /// Says that the case is closed.
    CloseNotice,
}

impl OutgoingKind {
    /// The word used in the store and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestForInformation => "request_for_information",
            Self::Reminder => "reminder",
            Self::Acknowledgement => "acknowledgement",
            Self::Referral => "referral",
            Self::CloseNotice => "close_notice",
        }
    }
}

/// One thing to be done; decided here, carried out by the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Put the case into this state (opening it where it is new).
    SetCase(Box<CaseState>),
    /// Compose this mail, pass it through the gate and put it into the outbox with its verdict.
    Reply {
        /// Kind.
        kind: OutgoingKind,
        /// Requirements to ask for, in the profile's order (requests only).
        ask: Vec<String>,
        /// Key of the profile's wording (referrals and notices): `refer_registration` ...
        topic: Option<String>,
    },
    /// Write an event into the case's journal.
    Journal {
        /// Stable name: `opened`, `follow_up`, `field_changed`, `contradiction`, `reopened` ...
        event: &'static str,
        /// Facts of the event.
        detail: serde_json::Value,
    },
    /// Show the case to the route's people now.
    Escalate {
        /// The route.
        route: String,
        /// The criterion that was met.
        criterion: String,
    },
}

/// What to do about a mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Effects in order; empty for automatic mail that concerns no case.
    pub effects: Vec<Effect>,
}

/// Clock reading handed to pure functions.
pub type Now = Timestamp;

/// Status of a case whose requirements are as given.
#[must_use]
pub fn status_for(missing: &[String], will_ask: bool) -> CaseStatus {
    match (missing.is_empty(), will_ask) {
        (true, _) => CaseStatus::Complete,
        (false, true) => CaseStatus::Waiting,
        (false, false) => CaseStatus::Incomplete,
    }
}
