//! Texts in the form in which terms are looked for.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::Facts;

/// Bytes of the body that are searched: what a machine has to say it says early.
const BODY_BYTES: usize = 6_000;

/// Lower-case views of a mail.
pub(super) struct Text {
    /// Subject without `Re:` and `Fwd:`.
    pub(super) subject: String,
    /// Subject with them.
    pub(super) full_subject: String,
    /// Beginning of the new text, white space folded.
    pub(super) body: String,
    /// Beginning of the whole text, white space folded.
    pub(super) whole: String,
    /// The end of the new text.
    pub(super) end: String,
}

impl Text {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let full_subject = fold(facts.subject, 500);
        Self {
            subject: without_prefixes(&full_subject).to_owned(),
            body: fold(facts.new_text, BODY_BYTES),
            whole: fold(facts.text, BODY_BYTES),
            end: fold(last_bytes(facts.new_text, 2_000), 2_000),
            full_subject,
        }
    }

    /// Whether the subject is that of a forward or an answer.
    pub(super) fn answers_or_forwards(&self) -> bool {
        self.subject.len() != self.full_subject.len()
    }
}

fn last_bytes(text: &str, count: usize) -> &str {
    let mut start = text.len().saturating_sub(count);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// Lower case, white space folded to single blanks, typographic apostrophes made plain.
pub(super) fn fold(text: &str, bytes: usize) -> String {
    let mut folded = String::with_capacity(text.len().min(bytes));
    let mut blank = true;
    for character in text.chars() {
        if folded.len() >= bytes {
            break;
        }
        match character {
            _ if character.is_whitespace() => {
                if !blank {
                    folded.push(' ');
                    blank = true;
                }
                continue;
            }
            '’' | '‘' | '`' | '´' => folded.push('\''),
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            _ if character.is_ascii() => folded.push(character),
            _ => folded.extend(character.to_lowercase()),
        }
        blank = false;
    }
    folded
}

/// Prefixes of answers and forwards, lower case.
#[rustfmt::skip]
const PREFIXES: &[&str] = &[
    "re", "fw", "fwd", "aw", "wg", "tr", "rv", "antw", "odp", "pd", "回复", "答复", "转发", "sv", "vs", "rif", "r",
    "i", "enc", "res", "ynt", "doorst", "vb", "回覆",
];

/// The subject without leading `Re:`, `AW:`, `转发：` ...
pub(super) fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim_start();
    for _ in 0..8 {
        let Some((position, colon)) = rest
            .char_indices()
            .take(8)
            .find(|(_, character)| matches!(character, ':' | '：'))
        else {
            break;
        };
        let name = rest[..position]
            .trim_end_matches(|character: char| {
                matches!(character, '[' | ']' | '(' | ')' | '^') || character.is_ascii_digit()
            })
            .trim();
        if !PREFIXES.contains(&name) {
            break;
        }
        rest = rest[position + colon.len_utf8()..].trim_start();
    }
    rest
}

/// A table of terms that is looked for in one pass over a text.
pub(super) struct Terms {
    list: &'static [&'static str],
    automaton: OnceLock<AhoCorasick>,
}

impl Terms {
    pub(super) const fn new(list: &'static [&'static str]) -> Self {
        Self {
            list,
            automaton: OnceLock::new(),
        }
    }

    fn automaton(&self) -> &AhoCorasick {
        self.automaton.get_or_init(|| {
            // Every mail passes here: a few hundred kilobytes buy twice the speed.
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::DFA))
                .build(self.list)
                .expect("a constant table of terms")
        })
    }

    /// The first term that stands in `text`.
    pub(super) fn first_in(&self, text: &str) -> Option<&'static str> {
        self.automaton()
            .find(text)
            .map(|found| self.list[found.pattern().as_usize()])
    }

    /// How many different terms stand in `text`.
    pub(super) fn count_in(&self, text: &str) -> usize {
        let mut seen = vec![false; self.list.len()];
        for found in self.automaton().find_overlapping_iter(text) {
            seen[found.pattern().as_usize()] = true;
        }
        seen.iter().filter(|seen| **seen).count()
    }
}

/// The first of `terms` that `text` contains.
pub(super) fn first_of(text: &str, terms: &[&'static str]) -> Option<&'static str> {
    terms.iter().find(|term| text.contains(**term)).copied()
}

/// The first of `terms` that `text` begins with.
pub(super) fn first_start(text: &str, terms: &[&'static str]) -> Option<&'static str> {
    terms.iter().find(|term| text.starts_with(**term)).copied()
}

/// How many of `terms` stand in `text`.
pub(super) fn count(text: &str, terms: &[&str]) -> usize {
    terms.iter().filter(|term| text.contains(**term)).count()
}
