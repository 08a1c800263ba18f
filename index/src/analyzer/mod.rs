//! From text to index terms, one way for documents, queries and snippets.
//!
//! - Words of letters are put in lower case, reduced to their stem in the language of the text, then freed of
//!   accents. Stop words are dropped but keep their position, so that phrases still line up.
//! - `CamelCase`, `snake_case` and dotted names give their parts as words here, and the whole name as an
//!   [identifier](identifiers).
//! - Numbers of up to four digits and short mixtures of letters and digits (`429`, `v0`, `utf8`) are words;
//!   longer ones are identifiers only.
//! - Chinese, Japanese, Korean and Thai characters are indexed as overlapping pairs, wherever they stand.

mod fold;
mod identifier;
mod language;
mod recent;
mod stop_words;
mod tokenizer;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

pub(crate) use fold::{lower, push_folded};
pub(crate) use identifier::{identifiers, is_identifier};
pub use language::Language;
pub(crate) use language::base_code;
use recent::Recent;
pub(crate) use tokenizer::{CaseTokenizer, tagged};

/// Words longer than this in bytes are noise (base64, hashes): neither stemmed nor indexed as words.
const LONGEST_WORD_BYTES: usize = 40;
/// Digits beyond this make a number an identifier.
const LONGEST_NUMBER_DIGITS: usize = 4;
/// Stems kept for one language. A corpus of a million mails in one language uses some 40,000 often.
const CACHED_WORDS: usize = 50_000;

/// One index term with its place in the text it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    term_start: u32,
    term_end: u32,
    /// Byte range of the word in the text.
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// Number of the word, stop words counted.
    pub(crate) position: u32,
}

/// The terms of one text. Reused between texts to keep its memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    arena: String,
    spans: Vec<Span>,
}

impl Terms {
    pub(crate) fn clear(&mut self) {
        self.arena.clear();
        self.spans.clear();
    }

    pub(crate) fn get(&self, index: usize) -> Option<(&str, Span)> {
        let span = *self.spans.get(index)?;
        Some((
            &self.arena[span.term_start as usize..span.term_end as usize],
            span,
        ))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Span)> {
        self.spans.iter().map(|span| {
            (
                &self.arena[span.term_start as usize..span.term_end as usize],
                *span,
            )
        })
    }

    fn push(&mut self, term: impl FnOnce(&mut String), from: usize, to: usize, position: u32) {
        let start = self.arena.len();
        term(&mut self.arena);
        if self.arena.len() > start {
            self.spans.push(Span {
                term_start: start as u32,
                term_end: self.arena.len() as u32,
                from: from as u32,
                to: to as u32,
                position,
            });
        }
    }
}

/// A fast hash for short words; the table is bounded, so crafted collisions cost little.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        self.0 ^= self.0 >> 29;
    }
}

/// Values by word, in no order.
pub(crate) type WordMap<T> = HashMap<String, T, BuildHasherDefault<WordHasher>>;

/// What a word becomes.
enum Known {
    /// A stop word: nothing.
    Nothing,
    /// So many of its first bytes.
    Beginning(u8),
    /// Something else.
    Term(Box<str>),
}

type KnownWords = HashMap<Box<str>, Known, BuildHasherDefault<WordHasher>>;

/// Turns text into terms. Remembers what words become, since a stemmer costs more than all the rest.
#[derive(Default)]
pub(crate) struct Analyzer {
    known: [KnownWords; Language::ALL.len()],
    /// A part of it near at hand.
    recent: [Recent; Language::ALL.len()],
    word: String,
}

impl Analyzer {
    /// Adds the terms of `text` to `terms`, positions starting at 0.
    pub(crate) fn analyze(&mut self, text: &str, language: Language, terms: &mut Terms) {
        let mut position = 0;
        let mut rest = Words::new(text);
        while let Some(word) = rest.next_word() {
            match word.kind {
                WordKind::Pairs => push_pairs(text, &word, terms, &mut position),
                WordKind::Letters => {
                    let mut parts = CamelParts::new(&text[word.from..word.to]);
                    let first = position;
                    while let Some((from, to)) = parts.next_part() {
                        self.push_word(
                            &text[word.from + from..word.from + to],
                            word.from + from,
                            language,
                            position,
                            terms,
                        );
                        position += 1;
                    }
                    if position > first + 1 {
                        // `GitHub` is `github` to somebody else.
                        self.push_word(
                            &text[word.from..word.to],
                            word.from,
                            language,
                            first,
                            terms,
                        );
                    }
                }
                WordKind::Mixed => {
                    let source = &text[word.from..word.to];
                    if is_short_code(source) {
                        terms.push(
                            |arena| {
                                for character in source.chars() {
                                    fold::push_lower(fold::narrow(character), arena);
                                }
                            },
                            word.from,
                            word.to,
                            position,
                        );
                    }
                    position += 1;
                }
            }
        }
    }

    fn push_word(
        &mut self,
        source: &str,
        from: usize,
        language: Language,
        position: u32,
        terms: &mut Terms,
    ) {
        if source.len() > LONGEST_WORD_BYTES {
            return;
        }
        let mut word = std::mem::take(&mut self.word);
        word.clear();
        if source.is_ascii() {
            word.push_str(source);
            word.make_ascii_lowercase();
        } else {
            for character in source.chars() {
                fold::push_lower(fold::narrow(character), &mut word);
            }
        }
        // A single letter is a list mark or what an apostrophe left over.
        let single = word.len() == 1;
        if !single {
            terms.push(
                |arena| self.push_term(&word, language, arena),
                from,
                from + source.len(),
                position,
            );
        }
        self.word = word;
    }

    /// Appends the term of a lower-case word; nothing for a stop word.
    fn push_term(&mut self, word: &str, language: Language, target: &mut String) {
        let Some(stemmer) = language.stemmer() else {
            if !language.is_stop_word(word) {
                fold::push_folded(word, target);
            }
            return;
        };
        let recent = &mut self.recent[language.ordinal()];
        let place = Recent::place(word);
        if let Some(length) = place.as_ref().and_then(|place| recent.get(place)) {
            target.push_str(&word[..usize::from(length)]);
            return;
        }
        let mut keep = |length: u8| {
            if let Some(place) = &place {
                recent.put(place, length);
            }
        };
        let known = &mut self.known[language.ordinal()];
        match known.get(word) {
            Some(Known::Nothing) => {
                keep(0);
                return;
            }
            Some(Known::Beginning(length)) => {
                keep(*length);
                target.push_str(&word[..usize::from(*length)]);
                return;
            }
            Some(Known::Term(term)) => {
                target.push_str(term);
                return;
            }
            None => {}
        }
        let start = target.len();
        let new = if language.is_stop_word(word) {
            Known::Nothing
        } else {
            fold::push_folded(&stemmer.stem(word), target);
            let term = &target[start..];
            match u8::try_from(term.len()) {
                Ok(length) if word.starts_with(term) => Known::Beginning(length),
                _ => Known::Term(term.into()),
            }
        };
        if known.len() >= CACHED_WORDS {
            known.clear();
        }
        known.insert(word.into(), new);
    }

    /// Every term that `word` can have become in a document of one of `languages`, without doubles.
    /// Empty for a word that is a stop word in all of them.
    pub(crate) fn variants(&mut self, word: &str, languages: &[Language]) -> Vec<String> {
        let mut lower = String::with_capacity(word.len());
        for character in word.chars() {
            fold::push_lower(fold::narrow(character), &mut lower);
        }
        let mut variants: Vec<String> = Vec::new();
        for &language in languages {
            let mut term = String::new();
            self.push_term(&lower, language, &mut term);
            if !term.is_empty() && !variants.contains(&term) {
                variants.push(term);
            }
        }
        variants
    }
}

fn is_short_code(source: &str) -> bool {
    let digits = source.bytes().filter(u8::is_ascii_digit).count();
    if digits == source.len() {
        digits <= LONGEST_NUMBER_DIGITS
    } else {
        source.len() <= 12
    }
}

fn push_pairs(text: &str, word: &Word, terms: &mut Terms, position: &mut u32) {
    let source = &text[word.from..word.to];
    let mut characters = source.char_indices().peekable();
    let single = source.chars().nth(1).is_none();
    while let Some((start, _)) = characters.next() {
        let end = match characters.peek() {
            Some(&(next, character)) => next + character.len_utf8(),
            None if single => source.len(),
            None => break,
        };
        terms.push(
            |arena| arena.push_str(&source[start..end]),
            word.from + start,
            word.from + end,
            *position,
        );
        *position += 1;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordKind {
    /// Letters of a script with spaces between words.
    Letters,
    /// Letters and digits, or digits only.
    Mixed,
    /// A run in a script without spaces.
    Pairs,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: WordKind,
}

/// Splits text into words. Anything that is neither letter nor digit separates.
pub(crate) struct Words<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Words { text, place: 0 }
    }

    pub(crate) fn next_word(&mut self) -> Option<Word> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.place)?;
            if byte.is_ascii_alphanumeric() {
                break;
            }
            if byte.is_ascii() {
                self.place += 1;
                continue;
            }
            let character = self.text[self.place..].chars().next()?;
            if character.is_alphanumeric() {
                break;
            }
            self.place += character.len_utf8();
        }
        let from = self.place;
        let mut digits = false;
        let mut pairs = false;
        let mut first = true;
        while let Some(&byte) = bytes.get(self.place) {
            if byte.is_ascii() {
                if pairs || !byte.is_ascii_alphanumeric() {
                    break;
                }
                digits |= byte.is_ascii_digit();
                self.place += 1;
            } else {
                let Some(character) = self.text[self.place..].chars().next() else {
                    break;
                };
                let spaceless = is_spaceless(character);
                let mark = matches!(character, '\u{300}'..='\u{36f}');
                if !(character.is_alphanumeric() || mark) || (!first && spaceless != pairs) {
                    break;
                }
                pairs = spaceless;
                digits |= character.is_numeric();
                self.place += character.len_utf8();
            }
            first = false;
        }
        let kind = match (pairs, digits) {
            (true, _) => WordKind::Pairs,
            (_, true) => WordKind::Mixed,
            _ => WordKind::Letters,
        };
        Some(Word {
            from,
            to: self.place,
            kind,
        })
    }
}

/// Characters of scripts that put no spaces between words.
fn is_spaceless(character: char) -> bool {
    matches!(
        character as u32,
        0x3040..=0x30ff      // Hiragana, Katakana
        | 0x3400..=0x4dbf    // Han extension A
        | 0x4e00..=0x9fff    // Han
        | 0xac00..=0xd7a3    // Hangul
        | 0x1100..=0x11ff    // Hangul parts
        | 0xf900..=0xfaff    // Han compatibility
        | 0xff66..=0xff9d    // half-width Katakana
        | 0x3005 | 0x3007
        | 0x0e00..=0x0e7f    // Thai
        | 0x20000..=0x3ffff  // further Han
    )
}

/// Splits `getOrders` and `HTTPServer` where an inner word begins.
struct CamelParts<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> CamelParts<'a> {
    fn new(text: &'a str) -> Self {
        CamelParts { text, place: 0 }
    }

    fn next_part(&mut self) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let from = self.place;
        if from >= bytes.len() {
            return None;
        }
        let mut index = from + 1;
        while index < bytes.len() {
            let boundary = bytes[index].is_ascii_uppercase()
                && (bytes[index - 1].is_ascii_lowercase()
                    || (bytes[index - 1].is_ascii_uppercase()
                        && index - from > 1
                        && bytes.get(index + 1).is_some_and(u8::is_ascii_lowercase)));
            // `SKUs`, `IDs`, `APIs` are one word, as is `McDonald` cut in two harmlessly.
            if boundary && !(bytes.len() - index == 2 && bytes[index + 1] == b's') {
                break;
            }
            index += 1;
        }
        self.place = index;
        Some((from, index))
    }
}
/// Whether a word says nothing in one of the languages.
pub(crate) fn is_stop_word_anywhere(word: &str) -> bool {
    let lower = lower(word);
    Language::ALL
        .iter()
        .any(|language| language.is_stop_word(&lower))
}
