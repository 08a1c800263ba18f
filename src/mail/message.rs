//! A parsed mail.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What reading a mail depends on besides its bytes.
#[derive(Clone, Debug, Default)]
pub struct ParseOptions {
    /// `authserv-id`s whose `Authentication-Results` (RFC 8601) are believed.
    pub trusted_authserv_ids: Vec<String>,
    /// Addresses of the desks, or `@domain` for all of a domain, lower case: mail from them is our own.
    pub own_addresses: Vec<String>,
}

/// An address of a header field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Display name, decoded; empty when there is none.
    pub name: String,
    /// `local@domain`, lower case.
    pub address: String,
}

impl Address {
    /// The part after the last `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }

    /// The part before the first `@`.
    pub(crate) fn local_part(&self) -> &str {
        self.address.split('@').next().unwrap_or_default()
    }

    /// Name and local part: what may stand below a mail of this author.
    pub(crate) fn names(&self) -> String {
        format!("{} {}", self.name, self.local_part())
    }
}

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Name as written.
    pub name: String,
    /// Value, unfolded and decoded.
    pub value: String,
}

/// What a stretch of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Newly written by the sender.
    New,
    /// Written by somebody else before, `>` lines and the like, with the line that introduces it.
    Quoted,
    /// A forwarded mail. It is content only where the sender wrote nothing else.
    Forwarded,
    /// Name, company, telephone.
    Signature,
    /// "Kind regards" between text and signature.
    SignOff,
    /// Legal boilerplate.
    Disclaimer,
}

/// A stretch of [`Message::text`]. Zones are sorted, do not overlap and cover the whole text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// What it is.
    pub kind: ZoneKind,
    /// Bytes of [`Message::text`].
    pub range: Range<usize>,
    /// Why: a stable code such as `attribution`, `gmail_quote`, `outlook_header`, `dashes`.
    pub reason: &'static str,
}

/// What an attachment is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentRole {
    /// Text that was read (also unpacked from gzip or zip).
    Text,
    /// A mail, read as text.
    Mail,
    /// A picture that shows something.
    Screenshot,
    /// A small or inline picture that decorates a signature.
    Logo,
    /// A calendar object.
    Calendar,
    /// An archive; its readable entries follow as attachments of their own.
    Archive,
    /// Encrypted or otherwise unreadable, with the reason in the defects.
    Unreadable,
    /// Anything else.
    Other,
}

/// An attachment, or a readable entry of an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// File name; for an archive's entry `archive.zip/entry.log`.
    pub name: String,
    /// Media type, lower case: `application/json`.
    pub media_type: String,
    /// Decoded size in bytes.
    pub size: usize,
    /// What it is.
    pub role: AttachmentRole,
    /// Its text where it could be read.
    pub text: Option<String>,
}

impl Attachment {
    /// Whether somebody wants it to be looked at: cards and signatures of mails come of themselves.
    pub(crate) fn is_handed_over(&self) -> bool {
        #[rustfmt::skip]
        const OF_THEMSELVES: &[&str] = &[
            "vcard", "x-vcard", "pkcs7", "pgp-signature", "pgp-keys", "ms-tnef", "directory",
        ];
        let file = !matches!(
            self.role,
            AttachmentRole::Mail | AttachmentRole::Logo | AttachmentRole::Calendar
        );
        file && !self.name.is_empty()
            && !OF_THEMSELVES
                .iter()
                .any(|kind| self.media_type.contains(kind))
    }
}

/// Who or what wrote a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// A person.
    Human,
    /// Out-of-office or ticket acknowledgement.
    AutoReply,
    /// Delivery status.
    Bounce,
    /// Mailing list traffic.
    List,
    /// Newsletter or marketing.
    Newsletter,
    /// Notification, monitoring alert.
    Notification,
    /// Abuse feedback report (RFC 5965).
    FeedbackReport,
    /// "Confirm that you are human".
    Challenge,
    /// Read receipt (RFC 8098).
    Receipt,
    /// Invitation or answer to one.
    Calendar,
    /// Sent by ourselves.
    Own,
}

impl MailKind {
    /// The word used in labels, in the store and on screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::List => "list",
            Self::Newsletter => "newsletter",
            Self::Notification => "notification",
            Self::FeedbackReport => "feedback_report",
            Self::Challenge => "challenge",
            Self::Receipt => "receipt",
            Self::Calendar => "calendar",
            Self::Own => "own",
        }
    }
}

/// Why a mail is of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindReason {
    /// Stable code: `auto_submitted`, `null_return_path`, `out_of_office_text`, `no_sign_of_a_machine`.
    pub code: String,
    /// The header or text that decided, shortened.
    pub detail: String,
}

/// What a bounce says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// Addresses that failed, lower case.
    pub failed: Vec<String>,
    /// Enhanced status code (RFC 3463), `5.1.1`.
    pub status: Option<String>,
    /// True for a permanent failure.
    pub permanent: bool,
    /// True for a report of success: every recipient that it names got the mail (RFC 3464 section 2.3.3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delivered: bool,
    /// Message-ID of the mail that bounced, without angle brackets.
    pub original_message_id: Option<String>,
}

/// Result word of one authentication method (RFC 8601 section 2.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationResult {
    /// Verified.
    Pass,
    /// Refuted.
    Fail,
    /// Anything else that was said: softfail, neutral, temperror, permerror, policy.
    Other,
    /// Not said, or said by nobody whom we trust.
    #[default]
    None,
}

/// What a trusted server says about the origin of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// SPF, aligned with the From domain.
    pub spf: AuthenticationResult,
    /// DKIM, aligned with the From domain.
    pub dkim: AuthenticationResult,
    /// DMARC.
    pub dmarc: AuthenticationResult,
    /// ARC.
    pub arc: AuthenticationResult,
    /// The trusted `authserv-id` that said so.
    pub authserv_id: Option<String>,
    /// True when one aligned method passed: the author is who From says.
    pub authenticated: bool,
}

/// Something odd about a mail that did not stop it from being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    /// Stable code: `no_from`, `several_from`, `impossible_date`, `charset_replaced`,
    /// `depth_limit`, `archive_limit`, `encrypted`, `signed_opaquely`, `nul_bytes`, `text_cut`, `base64_mixed` ...
    pub code: String,
    /// What and where.
    pub detail: String,
}

/// A parsed mail. See [`Zone`] for how its text is divided.
#[derive(Clone, Debug)]
pub struct Message {
    /// Header fields in order, limited by `limits::HEADERS_MAX`.
    pub headers: Vec<Header>,
    /// Message-ID without angle brackets; none is no problem.
    pub message_id: Option<String>,
    /// In-Reply-To, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// References, without angle brackets, oldest first.
    pub references: Vec<String>,
    /// From; more than one only where the mail says so (a defect is noted).
    pub from: Vec<Address>,
    /// Sender.
    pub sender: Option<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Return-Path: none when absent, empty address for `<>`.
    pub return_path: Option<Address>,
    /// Subject, decoded.
    pub subject: String,
    /// Date, when possible.
    pub date: Option<Timestamp>,
    /// Offset of the Date header from UTC in seconds: a hint to the sender's zone.
    pub date_offset_seconds: Option<i32>,
    /// The whole text of the body, converted from HTML where there is no plain text.
    pub text: String,
    /// What each stretch of `text` is.
    pub zones: Vec<Zone>,
    /// True when `text` came from HTML.
    pub text_is_from_html: bool,
    /// Attachments, archives' readable entries behind their archive.
    pub attachments: Vec<Attachment>,
    /// Who or what wrote it.
    pub kind: MailKind,
    /// Why.
    pub kind_reason: KindReason,
    /// Of a bounce.
    pub bounce: Option<Bounce>,
    /// Origin as a trusted server saw it.
    pub authentication: Authentication,
    /// Oddities.
    pub defects: Vec<Defect>,
}

impl Message {
    /// The first value of a header field, compared without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// When the last server on its way received it: the date of the topmost Received field (RFC 5321 section 4.4).
    #[must_use]
    pub fn delivered_at(&self) -> Option<Timestamp> {
        let (_, date) = self.header("Received")?.rsplit_once(';')?;
        let date = mail_parser::DateTime::parse_rfc822(date.trim())
            .filter(mail_parser::DateTime::is_valid)?;
        Timestamp::from_second(date.to_timestamp()).ok()
    }

    /// The author's address, lower case; empty when there is none.
    #[must_use]
    pub fn author(&self) -> &str {
        self.from.first().map_or("", |from| from.address.as_str())
    }

    /// Stretches of `text` that the sender newly wrote. In a forward without any text of its own, or with
    /// a short note that holds no fact, the forwarded part is what the sender says.
    pub fn content_zones(&self) -> impl Iterator<Item = &Zone> {
        let mut new = self
            .zones
            .iter()
            .filter(|zone| zone.kind == ZoneKind::New)
            .map(|zone| self.text[zone.range.clone()].trim());
        let forwarded_counts = {
            let mut characters = 0;
            new.all(|text| {
                characters += text.chars().count();
                characters <= NOTE_CHARACTERS && is_mere_note(text)
            })
        };
        self.zones.iter().filter(move |zone| {
            zone.kind == ZoneKind::New || (forwarded_counts && zone.kind == ZoneKind::Forwarded)
        })
    }

    /// The newly written text, zones joined, trimmed. A sign-off above an earlier mail, a delimiter or a footer
    /// was written by hand and stays; one that ends the mail, or goes over into contacts, is the signature and goes.
    /// A forward without words of its own says what it forwards.
    /// In a text without a header, where nothing is quoted and nobody has signed, words that read like a disclaimer stay
    /// too: they may be the text.
    #[must_use]
    pub fn new_text(&self) -> String {
        let mut text = String::new();
        for (zone, new) in self.zones.iter().zip(self.new_zones()) {
            if !new {
                continue;
            }
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&self.text[zone.range.clone()]);
        }
        text.trim().to_owned()
    }

    /// For each zone, whether its words are part of [`Message::new_text`].
    #[must_use]
    pub fn new_zones(&self) -> Vec<bool> {
        let has_new = self.zones.iter().any(|zone| {
            zone.kind == ZoneKind::New && !self.text[zone.range.clone()].trim().is_empty()
        });
        let quotes = self
            .zones
            .iter()
            .any(|zone| matches!(zone.kind, ZoneKind::Quoted | ZoneKind::Forwarded));
        let is_new = |position: usize, zone: &Zone| {
            let above = position.checked_sub(1).map(|above| self.zones[above].kind);
            match zone.kind {
                ZoneKind::New => true,
                ZoneKind::Forwarded => !has_new,
                ZoneKind::SignOff => {
                    has_new
                        && self.zones[position + 1..]
                            .iter()
                            .find(|next| next.kind != ZoneKind::Disclaimer)
                            .is_some_and(|next| {
                                !matches!(next.kind, ZoneKind::New | ZoneKind::SignOff)
                                    && !matches!(next.reason, "contact_lines" | "signature_box")
                            })
                }
                ZoneKind::Disclaimer => {
                    has_new && self.headers.is_empty() && !quotes && above == Some(ZoneKind::New)
                }
                _ => false,
            }
        };
        self.zones
            .iter()
            .enumerate()
            .map(|(position, zone)| is_new(position, zone))
            .collect()
    }
}

/// Longest note above a forwarded mail that leaves the forwarded part to speak. Characters.
const NOTE_CHARACTERS: usize = 300;

/// "Please see below, our customer is waiting": words without a number, an identifier or an address.
fn is_mere_note(text: &str) -> bool {
    let word_is_plain = |word: &str| {
        let joined = word.char_indices().skip(1).any(|(at, character)| {
            character.is_ascii_uppercase() && word[..at].ends_with(char::is_lowercase)
        });
        !joined && !word.contains(['_', '=', '@', '{', '<', '/'])
    };
    !text.bytes().any(|byte| byte.is_ascii_digit()) && text.split_whitespace().all(word_is_plain)
}
