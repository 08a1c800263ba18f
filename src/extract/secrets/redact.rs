//! Replacing secrets by `[secret KIND #fingerprint]`.

use std::ops::Range;

use super::read;
use crate::case::PartId;
use crate::extract::Secret;

/// The text of a part with its secrets replaced by `[secret KIND #fingerprint]`. `secrets` are those
/// of this part.
#[must_use]
pub fn redact(text: &str, secrets: &[Secret]) -> String {
    redact_range(text, 0..text.len(), secrets)
}

impl Secret {
    /// What is shown in its place.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("[secret {} #{}]", self.kind, self.fingerprint)
    }
}

/// The same for a stretch of the part's text.
#[must_use]
pub fn redact_range(text: &str, range: Range<usize>, secrets: &[Secret]) -> String {
    let mut sorted: Vec<&Secret> = secrets
        .iter()
        .filter(|secret| secret.evidence.start < range.end && secret.evidence.end > range.start)
        .collect();
    sorted.sort_by_key(|secret| secret.evidence.start);
    let mut redacted = String::with_capacity(range.len());
    let mut done = range.start;
    for secret in sorted {
        let start = secret.evidence.start.max(done);
        redacted.push_str(text.get(done..start).unwrap_or(""));
        redacted.push_str(&secret.shown());
        done = secret.evidence.end.min(range.end).max(done);
    }
    redacted.push_str(text.get(done..range.end).unwrap_or(""));
    redacted
}

/// A text of no mail with its secrets replaced.
#[must_use]
pub fn hide(text: &str, key: &[u8; 32]) -> String {
    let secrets = read(text, PartId::Derived, key, |_| true);
    if secrets.is_empty() {
        text.to_owned()
    } else {
        redact(text, &secrets)
    }
}
