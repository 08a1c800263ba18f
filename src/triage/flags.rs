//! Flags of a mail.

use std::collections::BTreeSet;

use super::condition::Circumstances;
use super::cues::Reading;
use super::signal::CompiledSignal;
use crate::case::CaseState;
use crate::mail::{AttachmentRole, Message, ZoneKind, subject};

/// Flags that the program knows of itself, in the order of the labels. Profiles may have others.
pub const FLAGS: [&str; 14] = [
    "urgent_claimed",
    "urgent_genuine",
    "resolved_by_sender",
    "feature_request",
    "outage_cause",
    "registration",
    "multi_account",
    "deleted_resource",
    "maintenance",
    "suggest_split",
    "new_case_in_old_thread",
    "forwarded",
    "follow_up",
    "performance_question",
];

/// Flags that words and facts raise.
pub(crate) fn from_signals<'a>(
    signals: impl Iterator<Item = &'a CompiledSignal>,
    reading: &Reading,
    circumstances: &mut Circumstances<'_>,
) {
    for signal in signals {
        if signal.holds(reading, circumstances) {
            circumstances.flags.insert(signal.name.clone());
        }
    }
}

/// Situations, which only conditions see.
pub(crate) fn from_signals_into_situations(
    signals: &[CompiledSignal],
    reading: &Reading,
    circumstances: &mut Circumstances<'_>,
) {
    for signal in signals {
        if signal.holds(reading, circumstances) {
            circumstances.situations.insert(signal.name.clone());
        }
    }
}

/// True when the mail passes on somebody else's mail.
pub(crate) fn is_forwarded(message: &Message) -> bool {
    message
        .zones
        .iter()
        .any(|zone| zone.kind == ZoneKind::Forwarded)
        || message
            .attachments
            .iter()
            .any(|attachment| attachment.role == AttachmentRole::Mail)
        || subject::is_forward(&message.subject)
}

/// True when the mail continues an earlier one. `thanks` tells that it thanks for an answer.
pub(crate) fn is_follow_up(message: &Message, prior: Option<&CaseState>, thanks: bool) -> bool {
    let quotes = || {
        message
            .zones
            .iter()
            .any(|zone| zone.kind == ZoneKind::Quoted)
    };
    prior.is_some()
        || !message.in_reply_to.is_empty()
        || (subject::is_answer(&message.subject) && (thanks || quotes()))
}

/// Flags in the order of the labels, others behind them.
pub(crate) fn sorted(flags: &BTreeSet<String>) -> Vec<String> {
    let mut sorted: Vec<String> = flags.iter().cloned().collect();
    sorted.sort_by_key(|flag| {
        FLAGS
            .iter()
            .position(|name| name == flag)
            .unwrap_or(FLAGS.len())
    });
    sorted
}
