//! What texts say in the words of announcements: one pass over a text for all tables.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::note_words::{PLAIN, PLAIN_WIDE, Says, TABLES};
use crate::lexicon::Lexicon;
use crate::mail::text::is_wide_letter;

/// Whether letters of Chinese, Japanese or Korean stand in a text, whose words nothing parts.
pub(super) fn is_wide(text: &str) -> bool {
    text.chars().any(is_wide_letter)
}

/// What a text says: of each table the first term that stands in it.
pub(super) struct Said {
    terms: [Option<&'static str>; TABLES.len()],
    digit: bool,
}

/// All terms with the tables that they stand in.
struct Vocabulary {
    lexicon: Lexicon,
    terms: Vec<(&'static str, Vec<Says>)>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut tables: BTreeMap<&'static str, Vec<Says>> = BTreeMap::new();
    for (says, list) in TABLES {
        for term in *list {
            tables.entry(term).or_default().push(*says);
        }
    }
    let terms: Vec<_> = tables.into_iter().collect();
    let texts: Vec<&str> = terms.iter().map(|(term, _)| *term).collect();
    Vocabulary {
        lexicon: Lexicon::new(&texts),
        terms,
    }
});

impl Said {
    /// Reads a folded text.
    pub(super) fn of(text: &str) -> Self {
        let mut terms = [None; TABLES.len()];
        VOCABULARY.lexicon.find_all(text, |start, length, place| {
            let (term, says) = &VOCABULARY.terms[place];
            let begins = is_wide(term)
                || !text[..start].ends_with(char::is_alphabetic)
                || text[..start].ends_with(is_wide_letter);
            let ends = is_wide(term) || !text[start + length..].starts_with(char::is_alphabetic);
            for says in says {
                if begins && (ends || !matches!(says, Says::Day | Says::Myself | Says::Past)) {
                    terms[*says as usize].get_or_insert(*term);
                }
            }
            ControlFlow::Continue(())
        });
        Self {
            terms,
            digit: text.bytes().any(|byte| byte.is_ascii_digit()),
        }
    }

    /// Whether the text says so.
    pub(super) fn has(&self, says: Says) -> bool {
        self.terms[says as usize].is_some()
    }

    /// The term that says so.
    pub(super) fn term(&self, says: Says) -> Option<&'static str> {
        self.terms[says as usize]
    }

    /// Whether a day is named, by its number or by its name.
    pub(super) fn names_day(&self) -> bool {
        self.digit || self.has(Says::Day)
    }
}

/// Words of all terms but those of trouble, and plain ones.
static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    TABLES
        .iter()
        .filter(|(says, _)| !matches!(says, Says::Trouble | Says::Ticket))
        .flat_map(|(_, terms)| terms.iter())
        .flat_map(|term| term.split_whitespace())
        .chain(PLAIN.iter().copied())
        .collect()
});

/// How many words of a folded clause no announcement holds; two letters of Chinese or Japanese count as one.
pub(super) fn foreign_words(clause: &str) -> usize {
    let mut covered = vec![false; clause.len()];
    VOCABULARY.lexicon.find_all(clause, |start, length, place| {
        let (term, says) = &VOCABULARY.terms[place];
        let begins = is_wide(term) || !clause[..start].ends_with(char::is_alphabetic);
        if begins
            && !says
                .iter()
                .any(|says| matches!(says, Says::Trouble | Says::Ticket))
        {
            covered[start..start + length].fill(true);
        }
        ControlFlow::Continue(())
    });
    let plain = PLAIN_WIDE
        .iter()
        .filter(|_| is_wide(clause))
        .flat_map(|term| clause.match_indices(*term));
    for (start, term) in plain {
        covered[start..start + term.len()].fill(true);
    }
    let mut foreign = 0;
    let mut wide = 0;
    let mut place = 0;
    for word in clause.split_inclusive(char::is_whitespace) {
        let start = place;
        place += word.len();
        if is_wide(word) {
            wide += word
                .char_indices()
                .filter(|(at, character)| is_wide_letter(*character) && !covered[start + at])
                .count();
            continue;
        }
        let bare = word.trim_matches(|character: char| !character.is_alphanumeric());
        let at = start
            + (word.len()
                - word
                    .trim_start_matches(|character: char| !character.is_alphanumeric())
                    .len());
        let said = bare.is_empty()
            || covered.get(at).copied().unwrap_or(true)
            || WORDS.contains(bare)
            || bare.bytes().any(|byte| byte.is_ascii_digit());
        foreign += usize::from(!said);
    }
    foreign + wide.div_ceil(2)
}
