//! What a word that occurs nowhere may have meant: a part of longer words, or another word.

use std::cmp::Reverse;

use super::keys::distance;
use crate::analyzer::Language;
use crate::view::View;

/// Terms that a misspelt word may have meant.
const MOST_CORRECTIONS: usize = 4;
/// Dictionary entries looked at for a misspelt word, in each segment.
const MOST_COMPARED_TERMS: usize = 60_000;
/// A shorter stem says too little of the word.
const SHORTEST_STEM: usize = 4;
/// Letters at the beginning of a word that must be right where its ending is not.
const SURE_LETTERS: usize = 3;

/// Endings that stemmers take off: the texts are kept without them, so a misspelt ending is compared with these.
#[rustfmt::skip]
const ENDINGS: [&str; 61] = [
    "s", "es", "ed", "ing", "ings", "er", "ers", "ly", "ity", "ities", "ness", "ment", "ments", "able", "ible",
    "ion", "ions", "ation", "ations", "ication", "ications", "ization", "izations", "isation", "ized", "izing",
    "en", "ern", "e", "n", "em", "ung", "ungen", "keit", "keiten", "heit", "lich", "liche", "lichen", "isch", "ische", "ierung", "ierungen",
    "ement", "ements", "tion", "tions", "ité", "eur", "eurs", "ique", "iques",
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
    let mut found: Vec<(usize, Reverse<u64>, String)> = Vec::new();
    for variant in variants {
        let length = variant.chars().count();
        let Some(first) = variant.chars().next().filter(|_| length >= 4) else {
            continue;
        };
        let most = if length < 8 { 1 } else { 2 };
        let apart = |term: &str| {
            let stem = distance(variant, term, most);
            stem.into_iter().chain(misspelt_ending(word, term)).min()
        };
        let fields = &view.fields;
        for field in [fields.subject, fields.problem, fields.resolution] {
            let terms = view.terms_with_prefix(
                field,
                first.encode_utf8(&mut [0; 4]),
                MOST_COMPARED_TERMS,
                |term| apart(term).is_some(),
            )?;
            for (term, frequency) in terms {
                let apart = apart(&term).unwrap_or(most);
                match found.iter_mut().find(|(_, _, known)| *known == term) {
                    Some(known) => known.0 = known.0.min(apart),
                    None => found.push((apart, Reverse(frequency), term)),
                }
            }
        }
    }
    found.sort();
    let nearest = found.first().map(|(apart, _, _)| *apart);
    Ok(found
        .into_iter()
        .filter(|(apart, _, _)| Some(*apart) == nearest)
        .take(MOST_CORRECTIONS)
        .map(|(_, _, term)| term)
        .collect())
}

/// A shorter stem is a part of too many words by chance. Letters.
const SHORTEST_PART: usize = 5;
/// Letters that a compound has beyond its part, at least.
const SHORTEST_REST: usize = 4;
/// Compounds that one part stands for.
const MOST_COMPOUNDS: usize = 40;

/// True where a language is written that joins words to one.
pub(super) fn has_compounds(languages: &[Language]) -> bool {
    languages
        .iter()
        .any(|language| matches!(language, Language::German | Language::Dutch))
}

/// Terms that begin or end with one of the stems: `abrechnungsbericht` for `bericht`.
pub(super) fn compounds(view: &View, stems: &[String]) -> tantivy::Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for stem in stems {
        if stem.chars().count() < SHORTEST_PART || !stem.chars().all(char::is_alphabetic) {
            continue;
        }
        let holds = |term: &str| {
            term.len() >= stem.len() + SHORTEST_REST
                && (term.ends_with(stem.as_str()) || term.starts_with(stem.as_str()))
                && term.chars().all(char::is_alphabetic)
        };
        let fields = &view.fields;
        for field in [fields.subject, fields.problem, fields.resolution] {
            for term in view
                .terms_with_prefix(field, "", MOST_COMPOUNDS, holds)?
                .into_keys()
            {
                if found.len() < MOST_COMPOUNDS && !found.contains(&term) {
                    found.push(term);
                }
            }
        }
    }
    Ok(found)
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
