//! What a word that occurs nowhere may have meant: a part of longer words, or another word.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::keys::distance;
use crate::analyzer::{self, Language};
use crate::view::View;

/// Terms that a misspelt word may have meant.
const MOST_CORRECTIONS: usize = 4;
/// Dictionary entries looked at for a misspelt word, in each field of each segment.
const MOST_COMPARED_TERMS: usize = 60_000;
/// A shorter stem says too little of the word.
const SHORTEST_STEM: usize = 4;
/// In a stem of so many letters two may be wrong.
const LONG_STEM: usize = 8;
/// Letters at the beginning of a word that must be right where its ending is not.
const SURE_LETTERS: usize = 3;

/// Endings that stemmers take off: the texts are kept without them, so a misspelt ending is compared with these. Without
/// accents, as the terms are.
#[rustfmt::skip]
const ENDINGS: [&str; 60] = [
    "s", "es", "ed", "ing", "ings", "er", "ers", "ly", "ity", "ities", "ness", "ment", "ments", "able", "ible",
    "ion", "ions", "ation", "ations", "ication", "ications", "ization", "izations", "isation", "ized", "izing",
    "en", "ern", "e", "n", "em", "ung", "ungen", "keit", "keiten", "heit", "lich", "liche", "lichen", "isch", "ische", "ierung", "ierungen",
    "ement", "ements", "tion", "tions", "eur", "eurs", "ique", "iques",
    "cion", "ciones", "zione", "zioni", "cao", "coes", "acao", "acoes", "ite",
];

/// Terms that are one letter wrong, two in long words, in the stem or in the ending. The first letter must be right, which
/// people nearly always type correctly and which bounds the part of the dictionary to compare. `word` is in lower case,
/// `variants` are its stems.
pub(super) fn corrections(
    view: &View,
    word: &str,
    variants: &[String],
) -> tantivy::Result<Vec<String>> {
    // As the terms are.
    let mut folded = String::new();
    analyzer::push_folded(word, &mut folded);
    let stems: Vec<(&str, usize)> = variants
        .iter()
        .map(|stem| (stem.as_str(), stem.chars().count()))
        .filter(|(_, length)| *length >= SHORTEST_STEM)
        .map(|(stem, length)| (stem, if length < LONG_STEM { 1 } else { 2 }))
        .collect();
    let Some(first) = stems.first().and_then(|(stem, _)| stem.chars().next()) else {
        return Ok(Vec::new());
    };
    let mut found = BTreeMap::new();
    for field in view.fields.texts() {
        let beginning = first.encode_utf8(&mut [0; 4]).to_owned();
        view.each_term(field, &beginning, MOST_COMPARED_TERMS, |term, _| {
            let stems = stems
                .iter()
                .filter_map(|(stem, most)| distance(stem, term, *most));
            if let Some(apart) = stems.chain(misspelt_ending(&folded, term)).min() {
                found.insert(term.to_owned(), apart);
            }
        })?;
    }
    nearest(view, found, MOST_CORRECTIONS)
}

/// The nearest of the terms that some case has, given with how far they are; the most frequent first.
fn nearest(
    view: &View,
    terms: BTreeMap<String, usize>,
    at_most: usize,
) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    for (term, apart) in terms {
        let frequency = view.frequency_in_texts(&term)?;
        if frequency > 0 {
            found.push((apart, Reverse(frequency), term));
        }
    }
    found.sort();
    let nearest = found.first().map(|(apart, _, _)| *apart);
    Ok(found
        .into_iter()
        .filter(|(apart, _, _)| Some(*apart) == nearest)
        .take(at_most)
        .map(|(_, _, term)| term)
        .collect())
}

/// Names that are told for one that stands nowhere.
const MOST_NAMES: usize = 2;

/// Names of operations, codes and the like that some case has and that are one letter off, two in long names; with the first letter
/// right. None for numbers and ids: another one is of another thing.
pub(super) fn near_names(view: &View, name: &str) -> tantivy::Result<Vec<String>> {
    let letters = name.len();
    if letters < SHORTEST_STEM || name.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let most = if letters < LONG_STEM { 1 } else { 2 };
    let field = view.fields.identifier;
    let mut near: BTreeMap<String, usize> = BTreeMap::new();
    view.each_term(field, &name[..1], MOST_COMPARED_TERMS, |term, _| {
        if let Some(apart) = distance(name, term, most) {
            near.insert(term.to_owned(), apart);
        }
    })?;
    let mut found = Vec::new();
    for (term, apart) in near {
        let frequency = view.text_frequency(field, &term)?;
        if frequency > 0 {
            found.push((apart, Reverse(frequency), term));
        }
    }
    found.sort();
    Ok(found
        .into_iter()
        .take(MOST_NAMES)
        .map(|(_, _, term)| term)
        .collect())
}

/// A shorter stem is a part of too many words by chance. Letters.
const SHORTEST_PART: usize = 5;
/// Letters that a compound has beyond its part, at least.
const SHORTEST_REST: usize = 4;
/// Compounds that one part stands for.
const MOST_COMPOUNDS: usize = 40;

/// True of a language that joins words to one.
pub(super) fn has_compounds(language: Language) -> bool {
    matches!(language, Language::German | Language::Dutch)
}

/// Terms that begin or end with one of the stems: `abrechnungsbericht` for `bericht`.
pub(super) fn compounds(view: &View, stems: &[String]) -> tantivy::Result<Vec<String>> {
    let stems: Vec<&str> = stems
        .iter()
        .map(String::as_str)
        .filter(|stem| {
            stem.chars().count() >= SHORTEST_PART && stem.chars().all(char::is_alphabetic)
        })
        .collect();
    if stems.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = BTreeMap::new();
    for field in view.fields.texts() {
        // A part may end any term: there is no way but through all of them.
        view.each_term(field, "", usize::MAX, |term, _| {
            if stems.iter().any(|stem| is_part(stem, term)) {
                found.insert(term.to_owned(), 0);
            }
        })?;
    }
    nearest(view, found, MOST_COMPOUNDS)
}

fn is_part(stem: &str, term: &str) -> bool {
    term.len() >= stem.len() + SHORTEST_REST
        && (term.ends_with(stem) || term.starts_with(stem))
        && term.chars().all(char::is_alphabetic)
}

/// How far a word is from a stem with some ending, if at most one letter of the ending is wrong: `registraiton` is one from
/// `registr`.
fn misspelt_ending(word: &str, stem: &str) -> Option<usize> {
    let sure = word.char_indices().nth(SURE_LETTERS)?.0;
    if !stem.starts_with(&word[..sure]) || stem.chars().count() < SHORTEST_STEM {
        return None;
    }
    let ending = word.strip_prefix(stem)?;
    if !(2..=9).contains(&ending.chars().count()) {
        return None;
    }
    ENDINGS
        .iter()
        .filter_map(|known| distance(ending, known, 1))
        .min()
        .map(|apart| apart.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_compared_with_endings() {
        for (word, stem) in [
            ("registraiton", "registr"),
            ("throttlnig", "throttl"),
            ("authorizaiton", "author"),
            ("bestellungne", "bestell"),
            ("bestellnug", "bestell"),
            ("notificaiton", "notif"),
        ] {
            assert_eq!(misspelt_ending(word, stem), Some(1), "{word}");
        }
        for (word, stem) in [
            ("international", "intern"),
            ("orderbook", "order"),
            ("accountant", "acc"),
        ] {
            assert_eq!(misspelt_ending(word, stem), None, "{word}");
        }
    }
}
