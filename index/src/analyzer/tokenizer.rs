//! The bridge to the search engine's tokenizer interface.

use std::sync::{Arc, Mutex, PoisonError};

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::{Analyzer, Language, Terms};

/// The first tag character. A text handed to the engine begins with one character of the private use area that names
/// its language, so that one field can hold texts of all languages, each in its own stems. Searching a word then
/// needs its few different stems in one field instead of one field for each language.
const FIRST_TAG: u32 = 0xf8f0;

/// Puts the language tag before a text.
pub(crate) fn tagged(text: &str, language: Language) -> String {
    let mut tagged = String::with_capacity(text.len() + 3);
    tagged.extend(char::from_u32(FIRST_TAG + language.ordinal() as u32));
    tagged.push_str(text);
    tagged
}

fn untagged(text: &str) -> (Language, &str) {
    let mut characters = text.chars();
    match characters
        .next()
        .map(|first| (first as u32).wrapping_sub(FIRST_TAG))
    {
        Some(ordinal) if (ordinal as usize) < Language::ALL.len() => (
            Language::from_ordinal(ordinal as usize),
            characters.as_str(),
        ),
        _ => (Language::Plain, text),
    }
}

/// Analyses tagged text. Clones share one cache of stems.
#[derive(Clone, Default)]
pub(crate) struct CaseTokenizer {
    analyzer: Arc<Mutex<Analyzer>>,
    terms: Terms,
}

impl Tokenizer for CaseTokenizer {
    type TokenStream<'a> = CaseTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CaseTokenStream<'a> {
        let (language, text) = untagged(text);
        self.terms.clear();
        self.analyzer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .analyze(text, language, &mut self.terms);
        CaseTokenStream {
            terms: &self.terms,
            next: 0,
            token: Token::default(),
        }
    }
}

pub(crate) struct CaseTokenStream<'a> {
    terms: &'a Terms,
    next: usize,
    token: Token,
}

impl TokenStream for CaseTokenStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((term, span)) = self.terms.get(self.next) else {
            return false;
        };
        self.next += 1;
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = span.position as usize;
        self.token.offset_from = span.from as usize;
        self.token.offset_to = span.to as usize;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
