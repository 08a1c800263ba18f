//! What is known about a problem: fields, times and statements.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Evidence, PartId};

/// One value of a field, normalised, with the place that proves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// The canonical value: `getOrders` for `get_orders`, `GB` for `amazon.co.uk`.
    pub value: String,
    /// Where it stands.
    pub evidence: Evidence,
}

impl FieldValue {
    /// A value that another system gave with its ticket: no text of ours proves it.
    #[must_use]
    pub fn imported(value: String) -> Self {
        Self {
            value,
            evidence: Evidence {
                part: PartId::Derived,
                start: 0,
                end: 0,
                rule: "import".to_owned(),
                confidence: 1.0,
                quoted: false,
            },
        }
    }
}

/// Values by field name, in the order in which they were found.
pub type Fields = BTreeMap<String, Vec<FieldValue>>;

/// A time at which the problem occurred.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeMention {
    /// As written.
    pub text: String,
    /// The instant, when a zone is known.
    pub utc: Option<Timestamp>,
    /// True when the sender named a zone or offset for it.
    pub zone_given: bool,
    /// The local date and time as understood (`2026-03-04T14:05`), also when the zone is unknown;
    /// absent when even that is ambiguous.
    pub local: Option<String>,
    /// Where it stands.
    pub evidence: Evidence,
}

/// What the sender says about the problem, beyond fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The problem persists (true), is over (false), or nothing was said.
    pub persists: Option<bool>,
    /// At least one concrete step was tried.
    pub steps_tried: bool,
    /// Code, data or steps to reproduce are given.
    pub reproduction: bool,
    /// What the sender finally wants is said.
    pub goal: bool,
    /// A log is attached or pasted.
    pub logs_attached: bool,
    /// A screenshot is attached.
    pub screenshot_attached: bool,
}

/// Two values for one thing in one case; the newer one counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The field.
    pub field: String,
    /// What was known.
    pub older: Vec<String>,
    /// What the newer mail says.
    pub newer: Vec<String>,
}

/// All that is known about a case after merging its mails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Fields with evidence of the mail that gave them last.
    pub fields: Fields,
    /// Times of occurrence.
    pub times: Vec<TimeMention>,
    /// Statements.
    pub said: Said,
    /// Requirements that our own form answered, also where no field came of the answer: they are not
    /// missing any more.
    #[serde(default)]
    pub answered: BTreeSet<String>,
    /// Situations on which requirements depend, such as a result that is empty without an error: they hold for the
    /// problem, and the sender does not repeat them in an answer.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub situations: BTreeSet<String>,
}
