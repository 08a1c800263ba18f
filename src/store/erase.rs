//! Forgetting people and old mail.

use jiff::Timestamp;

use super::{JournalEvent, MailId, OutboxId};
use crate::case::{CaseNumber, CaseState};

/// Where a person stands in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Mails that the person wrote, processed or in quarantine, whose texts are there still.
    pub mails: Vec<MailId>,
    /// Cases that the person opened or takes part in.
    pub cases: Vec<CaseNumber>,
    /// Mails to the person.
    pub outgoing: Vec<OutboxId>,
    /// Those of them that are being handed to a server.
    pub in_hand: Vec<OutboxId>,
    /// True when a bounce of the address is noted.
    pub bounced: bool,
}

/// What is to be forgotten, in one transaction.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// When.
    pub at: Timestamp,
    /// Mails of which bytes, author, subject, Message-ID and whatever was read in them go. Their hashes stay.
    pub mails: Vec<MailId>,
    /// Mails of which only the bytes go.
    pub bytes: Vec<MailId>,
    /// Names of fields whose values in those mails stay: facts of a symptom, of a closed list.
    pub kept_fields: Vec<String>,
    /// Cases as they shall be.
    pub cases: Vec<CaseErasure>,
    /// Outgoing mails of which recipient, subject, text and recorded facts go. What had not left is discarded.
    pub outgoing: Vec<OutboxId>,
    /// Addresses, each as [`crate::reply::gate::address_key`], whose bounces are noted under a keyed hash from now on.
    pub addresses: Vec<String>,
    /// Words that are replaced in the journals of those cases.
    pub words: Vec<String>,
    /// Events.
    pub journal: Vec<JournalEvent>,
}

/// A case without a person.
#[derive(Clone, Debug)]
pub struct CaseErasure {
    /// The case as it shall be.
    pub state: CaseState,
    /// Revision on which that was decided; another one is a conflict.
    pub revision: u64,
    /// What stays of the problem in words; `None` keeps it.
    pub problem: Option<String>,
}

/// Event of a case whose mails lost their bytes to retention: nothing happened to the case, so its age counts on.
pub const BYTES_REMOVED: &str = "bytes_removed";

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Mails whose bytes went now.
    pub mails: u64,
    /// Outgoing mails.
    pub outgoing: u64,
    /// Cases changed.
    pub cases: u64,
}

impl Erased {
    /// Adds another one.
    pub fn add(&mut self, other: Self) {
        self.mails += other.mails;
        self.outgoing += other.outgoing;
        self.cases += other.cases;
    }
}

/// What may be old enough to go. What an open case, a waiting mail or the quarantine needs never is.
#[derive(Clone, Copy, Debug)]
pub struct RetentionQuery {
    /// Bytes of mails that were received before.
    pub mails_before: Option<Timestamp>,
    /// People of cases that were resolved or closed and changed last before.
    pub cases_before: Option<Timestamp>,
    /// At most so many of each.
    pub limit: usize,
}

/// Answer to a [`RetentionQuery`], oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Mails of cases that are over, with the case.
    pub of_cases: Vec<(MailId, CaseNumber)>,
    /// Mails that belong to no case.
    pub of_none: Vec<MailId>,
    /// Cases.
    pub cases: Vec<CaseNumber>,
}

/// What stands in the place of a word that went.
pub const ERASED_WORD: &str = "[erased]";

/// A text with each of these words replaced where it stands as a whole word, whatever its case.
#[must_use]
pub fn without_words(text: &str, words: &[String]) -> String {
    let mut text = text.to_owned();
    for word in words.iter().filter(|word| word.chars().count() >= 3) {
        let wanted = word.to_ascii_lowercase();
        let mut from = 0;
        while let Some(place) = text[from..].to_ascii_lowercase().find(&wanted) {
            let (start, end) = (from + place, from + place + wanted.len());
            let joined = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
            if joined(text[..start].chars().next_back()) || joined(text[end..].chars().next()) {
                // Bytes of ASCII and whole words alike: the end of a match is the end of a character.
                from = end;
                continue;
            }
            text.replace_range(start..end, ERASED_WORD);
            from = start + ERASED_WORD.len();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_where_they_stand_alone() {
        let words = [
            "Jané Doe".to_owned(),
            "dev@one.example".to_owned(),
            "ab".to_owned(),
        ];
        assert_eq!(
            without_words(
                "jané doe and Jané Doering wrote from Dev@One.Example, ab.",
                &words
            ),
            "[erased] and Jané Doering wrote from [erased], ab."
        );
        assert_eq!(without_words("", &words), "");
    }
}
