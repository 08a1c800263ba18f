//! What a word that occurs nowhere may have meant: a part of longer words, or another word.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::keys::distance;
use crate::analyzer::{self, Language};
use crate::view::{SHORTEST_LONG_WORD, View};

/// Terms that a misspelt word may have meant.
const MOST_CORRECTIONS: usize = 4;
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

/// How many letters may be wrong in a word of so many.
fn most_wrong(letters: usize) -> u8 {
    if letters < LONG_STEM { 1 } else { 2 }
}

/// Terms that are one letter wrong, two in long words, in the stem or in the ending. The first letter must be right, which
/// people nearly always type correctly. `word` is in lower case, `variants` are its stems.
pub(super) fn corrections(
    view: &View,
    word: &str,
    variants: &[String],
) -> tantivy::Result<Vec<String>> {
    // As the terms are.
    let mut folded = String::new();
    analyzer::push_folded(word, &mut folded);
    let mut found = BTreeMap::new();
    for stem in variants {
        let letters = stem.chars().count();
        if letters < SHORTEST_STEM {
            continue;
        }
        let most = most_wrong(letters);
        view.each_near_term(&view.fields.texts(), stem, most, |term| {
            keep_nearest(&mut found, term, distance(stem, term, most.into()));
        })?;
    }
    // The stem is right and the ending is not: then it is a beginning of the word.
    for (end, _) in folded.char_indices().skip(SHORTEST_STEM) {
        let stem = &folded[..end];
        if view.frequency_in_texts(stem)? > 0 {
            keep_nearest(&mut found, stem, misspelt_ending(&folded, stem));
        }
    }
    let frequency = |term: &str| view.frequency_in_texts(term);
    let mut ranked = ranked(found, frequency)?;
    let nearest = ranked.first().map(|(apart, _)| *apart);
    ranked.retain(|(apart, _)| Some(*apart) == nearest);
    Ok(first(ranked, MOST_CORRECTIONS))
}

fn keep_nearest(found: &mut BTreeMap<String, usize>, term: &str, apart: Option<usize>) {
    if let Some(apart) = apart {
        let known = found.entry(term.to_owned()).or_insert(apart);
        *known = apart.min(*known);
    }
}

/// The terms that some case has with how far they are, the nearest first, then the most frequent.
fn ranked(
    terms: BTreeMap<String, usize>,
    frequency: impl Fn(&str) -> tantivy::Result<u64>,
) -> tantivy::Result<Vec<(usize, String)>> {
    let mut found = Vec::new();
    for (term, apart) in terms {
        let frequency = frequency(&term)?;
        if frequency > 0 {
            found.push((apart, Reverse(frequency), term));
        }
    }
    found.sort();
    Ok(found
        .into_iter()
        .map(|(apart, _, term)| (apart, term))
        .collect())
}

fn first(ranked: Vec<(usize, String)>, most: usize) -> Vec<String> {
    ranked
        .into_iter()
        .take(most)
        .map(|(_, term)| term)
        .collect()
}

/// Names that are told for one that stands nowhere.
const MOST_NAMES: usize = 2;

/// Names of operations, codes and the like that some case has and that are one letter off, two in long names; with the first letter
/// right. None for numbers and ids: another one is of another thing.
pub(super) fn near_names(view: &View, name: &str) -> tantivy::Result<Vec<String>> {
    let letters = name.chars().count();
    if letters < SHORTEST_STEM || name.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let most = most_wrong(letters);
    let field = view.fields.identifier;
    let mut near = BTreeMap::new();
    view.each_near_term(&[field], name, most, |term| {
        keep_nearest(&mut near, term, distance(name, term, most.into()));
    })?;
    let ranked = ranked(near, |term| view.text_frequency(field, term))?;
    Ok(first(ranked, MOST_NAMES))
}

/// A shorter stem is a part of too many words by chance. Letters.
const SHORTEST_PART: usize = 5;
/// Bytes that a compound has beyond its part, at least.
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
    for stem in stems {
        view.each_long_word(stem, |word| {
            if word.len() >= stem.len() + SHORTEST_REST {
                found.insert(word.to_owned(), 0);
            }
        })?;
    }
    let ranked = ranked(found, |term| view.frequency_in_texts(term))?;
    Ok(first(ranked, MOST_COMPOUNDS))
}

// Every compound is kept as one.
const _: () = assert!(SHORTEST_PART + SHORTEST_REST >= SHORTEST_LONG_WORD);

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
