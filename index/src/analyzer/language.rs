//! Languages with a stemmer and stop words of their own.

use frostem::{Algorithm, Stemmer};

use super::stop_words;

/// How the words of a text are reduced to stems.
///
/// Chinese, Japanese, Korean and Thai need no entry: their characters are indexed as pairs wherever they
/// stand, whatever the language of the text is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English; also the ASCII words inside a text in a script other than Latin, which are English in practice.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Polish.
    Polish,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
    /// Portuguese.
    Portuguese,
    /// Dutch.
    Dutch,
    /// Anything else in Latin script, or unknown: lower case without accents, no stems, no stop words.
    Plain,
}

impl Language {
    /// Every language, in the order used for tags and caches.
    pub const ALL: [Language; 9] = [
        Language::English,
        Language::German,
        Language::French,
        Language::Polish,
        Language::Spanish,
        Language::Italian,
        Language::Portuguese,
        Language::Dutch,
        Language::Plain,
    ];

    /// Reads an ISO 639-1 code, with or without region or script (`de`, `de-AT`, `zh_Hans`).
    #[must_use]
    pub fn from_code(code: &str) -> Language {
        match base_code(code).as_str() {
            "de" => Language::German,
            "fr" => Language::French,
            "pl" => Language::Polish,
            "es" => Language::Spanish,
            "it" => Language::Italian,
            "pt" => Language::Portuguese,
            "nl" => Language::Dutch,
            "en" | "zh" | "ja" | "ko" | "th" | "ru" | "uk" | "bg" | "el" | "ar" | "fa" | "he"
            | "hi" | "bn" | "ta" | "ka" | "hy" => Language::English,
            _ => Language::Plain,
        }
    }

    /// Place in [`Language::ALL`].
    pub(crate) fn ordinal(self) -> usize {
        self as usize
    }

    pub(crate) fn from_ordinal(ordinal: usize) -> Language {
        Language::ALL
            .get(ordinal)
            .copied()
            .unwrap_or(Language::Plain)
    }

    pub(crate) fn stemmer(self) -> Option<Stemmer> {
        let algorithm = match self {
            Language::English => Algorithm::English,
            Language::German => Algorithm::German,
            Language::French => Algorithm::French,
            Language::Polish => Algorithm::Polish,
            Language::Spanish => Algorithm::Spanish,
            Language::Italian => Algorithm::Italian,
            Language::Portuguese => Algorithm::Portuguese,
            Language::Dutch => Algorithm::Dutch,
            Language::Plain => return None,
        };
        Some(Stemmer::new(algorithm))
    }

    /// Whether the lower-case word, accents kept, carries no meaning of its own in this language.
    #[must_use]
    pub fn is_stop_word(self, word: &str) -> bool {
        word.len() <= stop_words::LONGEST && stop_words::of(self).binary_search(&word).is_ok()
    }
}

/// `zh-CN`, `zh_Hans`, `ZH` become `zh`.
pub(crate) fn base_code(code: &str) -> String {
    code.split(['-', '_'])
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
