//! The gate: the one place that decides whether an automatic mail may leave.
//!
//! [`gate`] is a pure function over recorded [`GateFacts`]. Every rule is a function of its own,
//! grouped by what it looks at; the first that objects decides, and its name and the header or value
//! that decided are kept. The mode of the desk comes last: a mail that a rule withholds is withheld in
//! every mode, so that `observe` shows what would happen. Where a fact is unknown the answer is
//! `withhold`.
//!
//! What a person writes and sends does not pass here; what a person merely approves does.

mod addresses;
mod authentication;
mod budget;
mod facts;
mod headers;
mod robots;
mod settings;
mod state;

use serde::{Deserialize, Serialize};

use crate::triage::Mode;

pub use addresses::{address_key, domain_key};
pub use budget::body_key;
pub use facts::{
    AnsweredMail, BounceRecord, CaseGateState, Counters, DeskGateSettings, GateFacts, Occasion,
    RecordedHeader,
};
pub use settings::{AuthenticationDemand, GateSettings};

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// It may leave.
    Send,
    /// It waits for a person.
    Draft,
    /// It does not leave.
    Withhold,
}

impl VerdictKind {
    /// The word used in the store and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Draft => "draft",
            Self::Withhold => "withhold",
        }
    }
}

/// The gate's answer with what decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Answer.
    pub kind: VerdictKind,
    /// Stable name of the rule that decided, one of [`Rule::as_str`].
    pub rule: String,
    /// The header or value that decided.
    pub detail: String,
}

/// An objection: what decided, in words.
type Objection = Option<String>;

/// Defines the rules in the order in which they are asked, with name, function and meaning.
macro_rules! rules {
    ($($(#[doc = $meaning:literal])+ $rule:ident = $name:literal, $check:path;)+) => {
        /// The rules, in the order in which they are asked. `mode` comes after all of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $meaning])+ $rule,)+
            /// The desk is in `observe`, or in `draft` and the mail waits for a person; or nothing
            /// objects and the desk is in `send`.
            Mode,
            /// The recorded facts cannot be read.
            FactsUnreadable,
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$rule,)+ Self::Mode, Self::FactsUnreadable];

            /// Rules that withhold, with their functions, in order.
            const OBJECTIONS: &[(Self, fn(&GateFacts) -> Objection)] =
                &[$((Self::$rule, $check),)+];

            /// Stable name, kept in the store and shown by `explain`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)+
                    Self::Mode => "mode",
                    Self::FactsUnreadable => "facts_unreadable",
                }
            }

            /// What the rule means, in a sentence for people.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$rule => concat!($($meaning),+).trim_ascii(),)+
                    Self::Mode => "The mode of the desk decides; no rule objects.",
                    Self::FactsUnreadable => "The recorded facts cannot be read.",
                }
            }
        }
    };
}

rules! {
    /// An operator stopped all automatic mail, or the store cannot say.
    Stopped = "stopped", budget::stopped;
    /// The mail was imported, or lay in its mailbox before that was first read.
    Imported = "imported", state::imported;
    /// The mail is our own: an address, the loop header or a Message-ID of ours.
    OwnMail = "own_mail", addresses::own_mail;
    /// The return path is empty: nobody wants an answer (RFC 3834 section 2).
    NullReturnPath = "null_return_path", headers::null_return_path;
    /// A delivery status, a receipt or an abuse report.
    Report = "report", headers::report;
    /// Auto-Submitted says something other than `no` (RFC 3834 section 5).
    AutoSubmitted = "auto_submitted", headers::auto_submitted;
    /// X-Auto-Response-Suppress forbids answers.
    SuppressHeader = "suppress_header", headers::suppress_header;
    /// Another header that only robots write.
    AutomaticHeader = "automatic_header", headers::automatic_header;
    /// Precedence says bulk, list, junk or auto_reply.
    Precedence = "precedence", headers::precedence;
    /// A mailing list or a mass mailer sent it.
    List = "list", headers::list;
    /// An invitation or the answer to one.
    Calendar = "calendar", headers::calendar;
    /// A trusted header says that it is spam.
    Spam = "spam", headers::spam;
    /// More header fields than are kept: one that forbids an answer may be missing.
    HeadersCut = "headers_cut", headers::headers_cut;
    /// The text or the headers show that no person wrote it.
    NotHuman = "not_human", headers::not_human;
    /// No author, several, or an address that cannot be used.
    UnclearAuthor = "unclear_author", addresses::unclear_author;
    /// An address that belongs to a robot.
    RobotAddress = "robot_address", addresses::robot_address;
    /// The recipient is neither the author nor a Reply-To for which the author can speak.
    RecipientNotAuthor = "recipient_not_author", addresses::recipient_not_author;
    /// No address of the desk stands in To or Cc.
    NotToUs = "not_to_us", addresses::not_to_us;
    /// The mail is older than the limit, or its answer waited too long.
    Old = "old", state::old;
    /// The Date lies further ahead than clocks differ: nothing that it says can be relied on.
    Ahead = "ahead", state::ahead;
    /// No trusted server vouches for the author.
    NotAuthenticated = "not_authenticated", authentication::not_authenticated;
    /// A mail of the thread is in quarantine.
    Quarantined = "quarantined", state::quarantined;
    /// The case no longer waits for what the mail asks.
    NotWaiting = "not_waiting", state::not_waiting;
    /// The case was asked as often as is allowed.
    AskedEnough = "asked_enough", state::asked_enough;
    /// Something was asked for before.
    AskedBefore = "asked_before", state::asked_before;
    /// The address bounced for good not long ago.
    Bounced = "bounced", budget::bounced;
    /// The address had its share of automatic mail.
    BudgetAddress = "budget_address", budget::address;
    /// The domain had its share of automatic mail.
    BudgetDomain = "budget_domain", budget::domain;
    /// The same text was answered often enough.
    BudgetBody = "budget_body", budget::body;
    /// The program sent as much as it may in an hour.
    BudgetHour = "budget_hour", budget::hour;
}

impl Rule {
    /// The rule of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.as_str() == name)
    }
}

/// Decides whether a mail may leave. The same facts give the same verdict.
#[must_use]
pub fn gate(facts: &GateFacts) -> Verdict {
    for (rule, objects) in Rule::OBJECTIONS {
        if let Some(detail) = objects(facts) {
            return verdict(VerdictKind::Withhold, *rule, detail);
        }
    }
    let (kind, detail) = match (facts.mode, facts.occasion.approved) {
        (Mode::Observe, _) => (VerdictKind::Withhold, "observe"),
        (Mode::Draft, false) => (VerdictKind::Draft, "draft"),
        (Mode::Draft, true) => (VerdictKind::Send, "draft, approved by a person"),
        (Mode::Send, _) => (VerdictKind::Send, "send"),
    };
    verdict(kind, Rule::Mode, detail.to_owned())
}

/// Every rule that objects, in order: for `explain`, which shows more than the first.
#[must_use]
pub fn objections(facts: &GateFacts) -> Vec<(Rule, String)> {
    Rule::OBJECTIONS
        .iter()
        .filter_map(|(rule, objects)| objects(facts).map(|detail| (*rule, detail)))
        .collect()
}

/// The verdict over facts as they were recorded in JSON. Facts that cannot be read withhold.
#[must_use]
pub fn replay(recorded: &str) -> Verdict {
    match serde_json::from_str::<GateFacts>(recorded) {
        Ok(facts) => gate(&facts),
        Err(error) => verdict(
            VerdictKind::Withhold,
            Rule::FactsUnreadable,
            error.to_string(),
        ),
    }
}

fn verdict(kind: VerdictKind, rule: Rule, detail: String) -> Verdict {
    Verdict {
        kind,
        rule: rule.as_str().to_owned(),
        detail,
    }
}

#[cfg(test)]
mod tests;
