//! What composing and the gate take and give.

use serde::{Deserialize, Serialize};

use crate::mail::Message;
use crate::triage::{Mode, OutgoingKind};

/// A mail to be composed.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Kind.
    pub kind: OutgoingKind,
    /// Language (ISO 639-1), one of the profile's.
    pub language: &'a str,
    /// Requirements to ask for, in the profile's order.
    pub ask: &'a [String],
    /// Key of the profile's wording for referrals and notices.
    pub topic: Option<&'a str>,
    /// Number of the case.
    pub case_number: &'a str,
    /// Facts of the case (values asked about may be shown, nothing else is echoed).
    pub facts: &'a crate::case::Facts,
    /// Kinds of secrets that stand in the sender's mail: told to rotate them.
    pub secret_kinds: &'a [String],
    /// The mail that is answered.
    pub answered: &'a Message,
    /// Address of the desk that sends.
    pub desk_address: &'a str,
    /// Display name of the desk.
    pub desk_name: &'a str,
    /// Keyed token of the case, for the plus-address and the Message-ID.
    pub token: &'a str,
    /// Number of this mail within the case, from 1: makes the Message-ID unique and repeatable.
    pub ordinal: u32,
    /// Date header.
    pub date: jiff::Timestamp,
}

/// A composed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Its Message-ID without angle brackets; the same input gives the same.
    pub message_id: String,
    /// The one recipient of the envelope.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// The plain text, for screens.
    pub text: String,
    /// The whole mail as it leaves, CRLF.
    pub bytes: Vec<u8>,
}

/// Recorded facts on which the gate decides. Serialised beside the verdict so that it can be replayed.
/// A counter that could not be read is `None`, which withholds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GateFacts {
    /// Mode of the desk.
    pub mode: Mode,
}

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

/// The gate's answer with what decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Answer.
    pub kind: VerdictKind,
    /// Stable name of the rule that decided: `null_return_path`, `auto_submitted`, `mode` ...
    pub rule: String,
    /// The header or value that decided.
    pub detail: String,
}
