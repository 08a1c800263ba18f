//! Parse, choose a desk, extract, assess: everything about a mail that needs no other mail.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use jiff::Timestamp;

use super::desks::{Desk, DeskChoice, Desks};
use crate::case::PartId;
use crate::extract::{ExtractContext, Extraction, Secret};
use crate::mail::{Message, ParseOptions};
use crate::reply::gate::body_key;
use crate::store::Refused;
use crate::triage::Assessment;

/// What one mail yields, taken alone.
pub struct Analysis {
    /// The parsed mail.
    pub message: Message,
    /// Name of its desk.
    pub desk: String,
    /// Name of the desk's profile.
    pub desk_profile: String,
    /// How the desk was chosen.
    pub desk_choice: DeskChoice,
    /// Facts.
    pub extraction: Extraction,
    /// Judgement as if no earlier mail were known.
    pub assessment: Assessment,
    /// Under which answers to this text are counted.
    pub body_hash: [u8; 32],
    subject: OnceLock<String>,
    problem: OnceLock<String>,
}

/// A mail that cannot be processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Stable name: `empty`, `not_a_mail`, `too_large`, `panic`, `attempts`; of the door `oversize`, `unreadable`.
    pub code: String,
    /// What exactly.
    pub detail: String,
    /// Author, where it could be read.
    pub from: Option<String>,
    /// Subject, where it could be read.
    pub subject: Option<String>,
    /// Its Message-ID and those that it refers to, where they could be read.
    pub thread: Vec<String>,
}

impl Rejected {
    /// A mail of which the door took only the header.
    pub(super) fn by_the_door(refused: Refused, header: &[u8], options: &ParseOptions) -> Self {
        let message = catch_unwind(AssertUnwindSafe(|| {
            crate::mail::parse(header, options).ok()
        }))
        .ok()
        .flatten();
        Self {
            code: refused.code,
            detail: refused.detail,
            thread: crate::mail::thread(header),
            from: message
                .as_ref()
                .map(|message| message.author().to_owned())
                .filter(|author| !author.is_empty()),
            subject: message
                .map(|message| message.subject)
                .filter(|subject| !subject.is_empty()),
        }
    }
}

/// Takes one mail through the pure stages. A panic in one of them costs this mail only.
///
/// # Errors
/// When the bytes are no mail or a stage fails on them.
pub fn analyse(
    bytes: &[u8],
    received_at: Timestamp,
    desks: &Desks,
    options: &ParseOptions,
    key: &[u8; 32],
) -> Result<Analysis, Rejected> {
    fault(bytes);
    let whole = catch_unwind(AssertUnwindSafe(|| {
        let message = crate::mail::parse(bytes, options).map_err(|error| Rejected {
            code: error.code().to_owned(),
            detail: error.to_string(),
            from: None,
            subject: None,
            thread: Vec::new(),
        })?;
        let (desk, desk_choice) = desks.choose(&message);
        Ok(analyse_message(
            message,
            received_at,
            desk,
            desk_choice,
            key,
        ))
    }));
    whole
        .unwrap_or_else(|panic| {
            Err(Rejected {
                code: "panic".to_owned(),
                detail: panic_text(&*panic),
                from: None,
                subject: None,
                thread: Vec::new(),
            })
        })
        .map_err(|rejected| Rejected {
            thread: crate::mail::thread(bytes),
            ..rejected
        })
}

/// A mail that ends the process, for tests: no such mail is known that could be used in its place. The environment names
/// a text, and a mail that holds it aborts. Not in a release.
#[cfg(debug_assertions)]
fn fault(bytes: &[u8]) {
    if let Ok(text) = std::env::var("PRECEDENT_FAULT_ABORT")
        && !text.is_empty()
        && memchr::memmem::find(bytes, text.as_bytes()).is_some()
    {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
fn fault(_bytes: &[u8]) {}

/// Takes a parsed mail through extraction and assessment.
#[must_use]
pub fn analyse_message(
    message: Message,
    received_at: Timestamp,
    desk: &Desk,
    desk_choice: DeskChoice,
    key: &[u8; 32],
) -> Analysis {
    let extraction = desk.extractor.extract(
        &message,
        &ExtractContext {
            received: received_at,
            fingerprint_key: key,
        },
    );
    let assessment = desk.assessor.assess(&message, &extraction, None);
    let body_hash = *blake3::hash(body_key(&message).as_bytes()).as_bytes();
    Analysis {
        message,
        desk: desk.name.clone(),
        desk_profile: desk.profile.name.clone(),
        desk_choice,
        extraction,
        assessment,
        body_hash,
        subject: OnceLock::new(),
        problem: OnceLock::new(),
    }
}

impl Analysis {
    /// The mail as another desk reads it; none where that ends in a panic.
    pub(super) fn for_desk(
        &self,
        received_at: Timestamp,
        desk: &Desk,
        key: &[u8; 32],
    ) -> Option<Self> {
        let message = self.message.clone();
        let read = || analyse_message(message, received_at, desk, DeskChoice::Thread, key);
        catch_unwind(AssertUnwindSafe(read)).ok()
    }

    /// The sender's new text with secrets replaced: what is searched and shown.
    #[must_use]
    pub fn problem(&self) -> &str {
        self.problem.get_or_init(|| {
            let secrets = self.body_secrets();
            let mut text = String::new();
            for zone in self.message.content_zones() {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(&crate::extract::redact_range(
                    &self.message.text,
                    zone.range.clone(),
                    &secrets,
                ));
            }
            text.trim().to_owned()
        })
    }

    /// Secrets in the body, quoted ones included.
    #[must_use]
    pub fn body_secrets(&self) -> Vec<Secret> {
        self.extraction
            .secrets
            .iter()
            .filter(|secret| secret.evidence.part == PartId::Body)
            .cloned()
            .collect()
    }

    /// The subject with secrets replaced.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.subject.get_or_init(|| {
            let secrets: Vec<Secret> = self
                .extraction
                .secrets
                .iter()
                .filter(|secret| secret.evidence.part == PartId::Subject)
                .cloned()
                .collect();
            let subject = &self.message.subject;
            crate::extract::redact_range(subject, 0..subject.len(), &secrets)
        })
    }

    /// The mail as cases and replies may know it: without secrets in its subject.
    pub(super) fn for_others(&self) -> Cow<'_, Message> {
        let subject = self.subject();
        if subject == self.message.subject {
            return Cow::Borrowed(&self.message);
        }
        let mut message = self.message.clone();
        message.subject = subject.to_owned();
        Cow::Owned(message)
    }

    /// Kinds of secrets in the mail, each once.
    #[must_use]
    pub fn secret_kinds(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self
            .extraction
            .secrets
            .iter()
            .map(|secret| secret.kind.clone())
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no text".to_owned());
    format!("a stage failed on this mail: {text}")
}
