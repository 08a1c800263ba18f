//! How far a folder was read, as the store keeps it beside the mails.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// How far a folder was read. Written in the transaction that archives the mails it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Epoch: in another one UIDs mean other mails.
    pub uid_validity: u32,
    /// Every mail up to this UID is in the archive, has gone from the folder, or is in `missing`.
    pub uid: u32,
    /// Mails below this UID lay in the folder before it was first read in this epoch.
    pub backlog_below: u32,
    /// Mails up to this UID were told to the server as archived (`after_archive`).
    pub told: u32,
    /// Mails that the server would not hand over, to be asked for again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub missing: BTreeMap<u32, Missing>,
    /// Mails above `told` of which only the header was taken: nothing is told of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<u32>,
}

/// A mail that the server would not hand over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// How often it was asked for.
    pub attempts: u32,
    /// Not before this time, seconds since 1970.
    pub again_at: i64,
    /// What the server said last.
    pub reason: String,
}

impl Position {
    /// The beginning of an epoch.
    #[must_use]
    pub fn begin(uid_validity: u32, uid_next: u32) -> Self {
        Self {
            uid_validity,
            uid: 0,
            backlog_below: uid_next,
            told: 0,
            missing: BTreeMap::new(),
            refused: BTreeSet::new(),
        }
    }

    /// Reads what [`Self::write`] wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As the store keeps it.
    #[must_use]
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// When the next missing mail is to be asked for, seconds since 1970.
    #[must_use]
    pub fn next_attempt(&self) -> Option<i64> {
        self.missing.values().map(|missing| missing.again_at).min()
    }

    /// Counts a vain attempt to get a mail; the pause doubles from ten seconds to ten minutes.
    pub fn note_missing(&mut self, uid: u32, reason: &str, now: jiff::Timestamp) {
        let missing = self.missing.entry(uid).or_default();
        missing.attempts += 1;
        missing.again_at = now.as_second() + (10 << (missing.attempts - 1).min(6));
        missing.reason = reason.chars().take(200).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_as_it_was() {
        let mut position = Position::begin(7, 100);
        assert_eq!(Position::read(&position.write()), Some(position.clone()));
        position.note_missing(5, "no", jiff::Timestamp::UNIX_EPOCH);
        position.note_missing(5, "still no", jiff::Timestamp::UNIX_EPOCH);
        position.refused.insert(9);
        assert_eq!(position.missing[&5].attempts, 2);
        assert_eq!(Position::read(&position.write()), Some(position));
        assert_eq!(Position::read("rubbish"), None);
    }
}
