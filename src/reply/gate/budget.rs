//! Rules over counters: how much left already, and to whom.

use jiff::SignedDuration;

use super::addresses::{domain_key, domain_of};
use super::facts::BounceRecord;
use super::{GateFacts, Objection};
use crate::mail::Message;

/// What is said where a counter could not be read.
const UNKNOWN: &str = "the counter could not be read";

/// The key under which answers to one text are counted: a hash of its letters. Digits, spaces, signs
/// and letter case do not count, so that a robot that numbers its mails has one budget.
#[must_use]
pub fn body_key(message: &Message) -> String {
    let text = message.new_text();
    let mut letters = String::with_capacity(text.len());
    let mut rest = text.as_str();
    loop {
        let run = rest
            .bytes()
            .position(|byte| !byte.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        letters.push_str(&rest[..run]);
        let mut behind = rest[run..].chars();
        let Some(character) = behind.next() else {
            break;
        };
        rest = behind.as_str();
        if !character.is_ascii() && character.is_alphabetic() {
            letters.extend(character.to_lowercase());
        }
    }
    letters.make_ascii_lowercase();
    // A mail of figures alone is told apart by its subject.
    let text = if letters.is_empty() {
        format!("subject {}", message.subject)
    } else {
        letters
    };
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

/// Objects when a counter is unknown or has reached its limit.
fn spent(counter: Option<u32>, limit: u32, of: &str) -> Objection {
    match counter {
        None => Some(UNKNOWN.to_owned()),
        Some(count) if count >= limit => Some(format!("{count} of {limit} {of}")),
        Some(_) => None,
    }
}

pub(super) fn stopped(facts: &GateFacts) -> Objection {
    match facts.counters.stopped {
        None => Some("whether replies are stopped could not be read".to_owned()),
        Some(true) => Some("replies are stopped by an operator".to_owned()),
        Some(false) => None,
    }
}

pub(super) fn bounced(facts: &GateFacts) -> Objection {
    let at = match facts.counters.bounce {
        BounceRecord::Unknown => {
            return Some("whether the address bounced could not be read".to_owned());
        }
        BounceRecord::Never => return None,
        BounceRecord::At(at) => at,
    };
    let days = SignedDuration::from_hours(24 * i64::from(facts.settings.bounce_days));
    // A bounce in the future comes from a wrong clock: it counts.
    (facts.occasion.now.duration_since(at) < days).then(|| format!("bounced at {at}"))
}

pub(super) fn address(facts: &GateFacts) -> Objection {
    let limit = facts.settings.budget_per_address;
    spent(
        facts.counters.to_address,
        limit,
        &format!("to {}", facts.occasion.recipient),
    )
}

pub(super) fn domain(facts: &GateFacts) -> Objection {
    let settings = &facts.settings;
    let domain = domain_of(&facts.occasion.recipient);
    let shared = settings
        .shared_domains
        .iter()
        .any(|shared| shared.eq_ignore_ascii_case(&domain));
    let limit = if shared {
        settings.budget_per_shared_domain
    } else {
        settings.budget_per_domain
    };
    let key = domain_key(&facts.occasion.recipient);
    spent(facts.counters.to_domain, limit, &format!("to {key}"))
}

pub(super) fn body(facts: &GateFacts) -> Objection {
    spent(
        facts.counters.same_body,
        facts.settings.budget_per_body,
        "to the same text",
    )
}

pub(super) fn hour(facts: &GateFacts) -> Objection {
    spent(
        facts.counters.last_hour,
        facts.settings.budget_per_hour,
        "in the last hour",
    )
}
