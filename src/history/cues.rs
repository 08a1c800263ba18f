//! Words by which messages of an old thread are judged: `profiles/history/cues.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

const CUES: &str = include_str!("../../profiles/history/cues.toml");

/// The cues that come with the program.
pub(super) static BUILT_IN: LazyLock<Cues> =
    LazyLock::new(|| toml::from_str(CUES).expect("history::cues::tests reads them"));

/// Terms by what they say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cues {
    pub(super) works: Vec<String>,
    pub(super) fails: Vec<String>,
    pub(super) thanks: Vec<String>,
    pub(super) done: Vec<String>,
    pub(super) acknowledgement: Vec<String>,
    pub(super) notice: Vec<String>,
    pub(super) courtesy: Vec<String>,
    pub(super) asks: Vec<String>,
}

/// True when one of the terms stands in the text as whole words. `text` is in lower case.
pub(super) fn any(terms: &[String], text: &str) -> bool {
    terms.iter().any(|term| stands_in(term, text))
}

fn stands_in(term: &str, text: &str) -> bool {
    text.match_indices(term).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + term.len()..].chars().next();
        let begins_inside = goes_on(before) && goes_on(term.chars().next());
        let ends_inside = goes_on(after) && goes_on(term.chars().next_back());
        !begins_inside && !ends_inside
    })
}

/// A letter of a script that divides words by spaces.
fn goes_on(character: Option<char>) -> bool {
    character.is_some_and(|character| character.is_alphanumeric() && !is_han(character))
}

/// True for Chinese characters.
pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cues_are_lower_case_and_each_stands_in_one_class_only_once() {
        let cues = &*BUILT_IN;
        for terms in [
            &cues.works,
            &cues.fails,
            &cues.thanks,
            &cues.done,
            &cues.acknowledgement,
            &cues.notice,
            &cues.courtesy,
            &cues.asks,
        ] {
            let mut seen = std::collections::BTreeSet::new();
            for term in terms {
                assert_eq!(*term, term.to_lowercase());
                assert!(seen.insert(term), "{term} twice");
            }
        }
    }

    #[test]
    fn terms_are_whole_words_except_in_chinese() {
        let terms = ["it works".to_owned(), "可以了".to_owned()];
        assert!(any(&terms, "yes, it works."));
        assert!(!any(&terms, "unit works"));
        assert!(any(&terms, "现在可以了谢谢"));
    }
}
