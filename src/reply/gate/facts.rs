//! The recorded facts on which the gate decides. Plain data: serialised beside the verdict, they
//! give the same verdict again at any time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::settings::GateSettings;
use super::{addresses, headers};
use crate::case::CaseStatus;
use crate::limits::{GATE_ADDRESSES_MAX, GATE_HEADERS_MAX, GATE_VALUE_CHARACTERS_MAX, HEADERS_MAX};
use crate::mail::{Address, AttachmentRole, Authentication, KindReason, MailKind, Message};
use crate::triage::{Mode, OutgoingKind};

/// What the gate needs to know of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskGateSettings {
    /// Mode.
    pub mode: Mode,
    /// Addresses of this desk; a mail must have been sent to one of them.
    pub desk_addresses: Vec<String>,
    /// Addresses of all desks and of anything else of ours that sends mail.
    pub own_addresses: Vec<String>,
    /// Domains of our Message-IDs: mail with one of them is our own. Desks that serve colleagues in
    /// the same domain leave it empty; our own composed mails are recognised all the same.
    pub own_message_id_domains: Vec<String>,
    /// Limits.
    pub gate: GateSettings,
}

/// Whether an address bounced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceRecord {
    /// The store could not say: withholds.
    #[default]
    Unknown,
    /// No permanent failure is known.
    Never,
    /// The last permanent failure.
    At(Timestamp),
}

/// Counters from the store. One that could not be read is `None`, which withholds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// True when an operator stopped all automatic mail.
    pub stopped: Option<bool>,
    /// Automatic mails that left to [`super::address_key`] of the recipient within the window.
    pub to_address: Option<u32>,
    /// Automatic mails that left to [`super::domain_key`] of the recipient within the window.
    pub to_domain: Option<u32>,
    /// Automatic mails that answered a mail with the same [`super::body_key`] within the window.
    pub same_body: Option<u32>,
    /// Automatic mails that left within the last hour, of all desks.
    pub last_hour: Option<u32>,
    /// Last hard bounce of the recipient.
    pub bounce: BounceRecord,
}

/// What the gate needs to know of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseGateState {
    /// Where the case stands when the mail is about to leave.
    pub status: CaseStatus,
    /// Requests for information that left before this mail; `None` when unknown.
    pub requests: Option<u32>,
    /// Reminders that left before this mail; `None` when unknown.
    pub reminders: Option<u32>,
    /// Requirements asked for in requests that left before this mail.
    pub asked: Vec<String>,
    /// Requirements that this mail asks for.
    pub ask: Vec<String>,
    /// Why a mail of the thread is in quarantine.
    pub quarantined: Option<String>,
}

/// The occasion on which a mail is to leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// Kind of the mail that is to leave.
    pub kind: OutgoingKind,
    /// The one recipient of its envelope.
    pub recipient: String,
    /// Now.
    pub now: Timestamp,
    /// When the answered mail was first read by us.
    pub read_at: Timestamp,
    /// When it reached the mailbox (INTERNALDATE, file time of a Maildir); none when unknown.
    pub received_at: Option<Timestamp>,
    /// True when it came by an import of old mail.
    pub imported: bool,
    /// True when a person approved the draft.
    pub approved: bool,
}

/// A header field that the gate looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedHeader {
    /// Name, lower case.
    pub name: String,
    /// Value, cut to [`GATE_VALUE_CHARACTERS_MAX`].
    pub value: String,
}

/// What the gate needs to know of the answered mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredMail {
    /// What wrote it, as the reader of mail judged.
    pub kind: MailKind,
    /// Why.
    pub kind_reason: KindReason,
    /// Header fields that can mark automatic mail, all of a name.
    pub headers: Vec<RecordedHeader>,
    /// True when there were more header fields than are kept: one that matters may be missing.
    pub headers_cut: bool,
    /// Return-Path: none when absent, empty for `<>`.
    pub return_path: Option<String>,
    /// From addresses.
    pub from: Vec<String>,
    /// Sender.
    pub sender: Option<String>,
    /// Reply-To addresses.
    pub reply_to: Vec<String>,
    /// To and Cc addresses, the desk's first, cut to [`GATE_ADDRESSES_MAX`].
    pub to: Vec<String>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Date header.
    pub date: Option<Timestamp>,
    /// Media types of the mail and its attachments that matter: reports, calendars.
    pub media_types: Vec<String>,
    /// METHOD of a calendar object (RFC 5546), or an empty word for a calendar object without one.
    pub calendar_method: Option<String>,
    /// What a trusted server says of the author.
    pub authentication: Authentication,
    /// Codes of the defects found while reading, such as `several_from`.
    pub defects: Vec<String>,
}

/// Everything on which the gate decides.
///
/// Read back from JSON, every member must be there: facts of another version are not facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateFacts {
    /// Mode of the desk.
    pub mode: Mode,
    /// The mail that is to leave.
    pub occasion: Occasion,
    /// The mail that it answers.
    pub mail: AnsweredMail,
    /// Addresses of the desk.
    pub desk_addresses: Vec<String>,
    /// Addresses of ours.
    pub own_addresses: Vec<String>,
    /// Message-ID domains of ours.
    pub own_message_id_domains: Vec<String>,
    /// The case.
    pub case: CaseGateState,
    /// Counters.
    pub counters: Counters,
    /// Limits in force.
    pub settings: GateSettings,
}

impl GateFacts {
    /// Collects what the rules need. Pure: clock and counters are handed in.
    #[must_use]
    pub fn from_message(
        message: &Message,
        desk: &DeskGateSettings,
        counters: Counters,
        case: CaseGateState,
        occasion: Occasion,
    ) -> Self {
        // Only what decides is worth keeping beside each verdict: a desk's list of shared domains is
        // replaced by the one that this recipient has.
        let settings = desk
            .gate
            .for_domain(&addresses::domain_of(&occasion.recipient));
        Self {
            mode: desk.mode,
            mail: AnsweredMail::from_message(message, desk),
            occasion,
            desk_addresses: desk.desk_addresses.clone(),
            own_addresses: desk.own_addresses.clone(),
            own_message_id_domains: desk.own_message_id_domains.clone(),
            case,
            counters,
            settings,
        }
    }
}

impl AnsweredMail {
    fn from_message(message: &Message, desk: &DeskGateSettings) -> Self {
        let settings = &desk.gate;
        let mut recorded: Vec<RecordedHeader> = message
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), header))
            .filter(|(name, _)| {
                headers::is_recorded(name)
                    || settings
                        .spam_headers
                        .keys()
                        .any(|spam| spam.eq_ignore_ascii_case(name))
            })
            .map(|(name, header)| RecordedHeader {
                name,
                value: cut(&header.value),
            })
            .collect();
        let headers_cut = message.headers.len() >= HEADERS_MAX || recorded.len() > GATE_HEADERS_MAX;
        recorded.truncate(GATE_HEADERS_MAX);
        // Long lists of recipients are cut, but never so that one of ours is lost.
        let (ours, others): (Vec<&Address>, Vec<&Address>) = message
            .to
            .iter()
            .chain(&message.cc)
            .partition(|address| addresses::is_one_of(&address.address, &desk.desk_addresses));
        let to = ours.into_iter().chain(others).take(GATE_ADDRESSES_MAX);
        let all = |addresses: &[Address]| -> Vec<String> {
            addresses
                .iter()
                .take(GATE_ADDRESSES_MAX)
                .map(|address| address.address.clone())
                .collect()
        };
        Self {
            kind: message.kind,
            kind_reason: KindReason {
                code: message.kind_reason.code.clone(),
                detail: cut(&message.kind_reason.detail),
            },
            headers: recorded,
            headers_cut,
            return_path: message
                .return_path
                .as_ref()
                .map(|path| path.address.clone()),
            from: all(&message.from),
            sender: message.sender.as_ref().map(|sender| sender.address.clone()),
            reply_to: all(&message.reply_to),
            to: to.map(|address| address.address.clone()).collect(),
            message_id: message.message_id.as_deref().map(cut),
            date: message.date,
            media_types: message
                .attachments
                .iter()
                .map(|attachment| attachment.media_type.to_ascii_lowercase())
                .filter(|media_type| headers::is_report(media_type))
                .collect(),
            calendar_method: calendar_method(message),
            authentication: message.authentication.clone(),
            defects: message
                .defects
                .iter()
                .map(|defect| defect.code.clone())
                .collect(),
        }
    }

    /// Values of a header field, given in lower case.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |header| header.name == name)
            .map(|header| header.value.as_str())
    }
}

/// The METHOD of the mail's first calendar object.
fn calendar_method(message: &Message) -> Option<String> {
    let in_header = message
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("content-type"))
        .map(|header| header.value.to_ascii_lowercase())
        .find(|value| value.trim_start().starts_with("text/calendar"));
    if let Some(value) = in_header {
        let method = value
            .split(';')
            .find_map(|parameter| parameter.trim().strip_prefix("method="));
        return Some(
            method
                .unwrap_or_default()
                .trim_matches('"')
                .to_ascii_uppercase(),
        );
    }
    let calendar = message.attachments.iter().find(|attachment| {
        attachment.role == AttachmentRole::Calendar || attachment.media_type == "text/calendar"
    })?;
    let method = calendar
        .text
        .as_deref()
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("METHOD")
                .then(|| value.trim().to_ascii_uppercase())
        });
    Some(method.unwrap_or_default())
}

/// A value short enough to be kept.
fn cut(value: &str) -> String {
    value.chars().take(GATE_VALUE_CHARACTERS_MAX).collect()
}
