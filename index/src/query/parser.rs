//! From tokens to a tree of clauses.

use super::date;
use super::keys::{self, Key};
use super::lexer::{self, Token, TokenKind};
use crate::document::{OPEN_STATUSES, STATUSES};
use crate::error::SyntaxError;
use crate::{analyzer, schema};

/// Query text beyond this is not read.
pub(crate) const LONGEST_QUERY_BYTES: usize = 8_192;
/// Parentheses deeper than this are ignored.
const DEEPEST_GROUP: usize = 16;

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// A word in any language, or an identifier.
    Word(String),
    /// The beginning of a word or identifier.
    Prefix(String),
    /// Words in this order.
    Phrase(String),
    /// One of these terms of the exact field. A trailing `*` asks for the beginning.
    Exact(Vec<String>),
    /// Opened from (inclusive) and until (exclusive), in seconds since 1970-01-01 UTC.
    Opened {
        from: Option<i64>,
        until: Option<i64>,
    },
    Not(Box<Clause>),
    All(Vec<Clause>),
    Any(Vec<Clause>),
}

impl Clause {
    /// Whether the clause is about the text rather than a filter: only such may be left out when nothing matches all.
    pub(crate) fn is_text(&self) -> bool {
        match self {
            Clause::Word(_) | Clause::Prefix(_) | Clause::Phrase(_) => true,
            Clause::All(clauses) | Clause::Any(clauses) => clauses.iter().all(Clause::is_text),
            Clause::Exact(_) | Clause::Opened { .. } | Clause::Not(_) => false,
        }
    }

    /// The words of a clause about the text, as written.
    pub(crate) fn words(&self) -> Vec<&str> {
        match self {
            Clause::Word(word) | Clause::Prefix(word) | Clause::Phrase(word) => vec![word],
            Clause::All(clauses) | Clause::Any(clauses) => {
                clauses.iter().flat_map(Clause::words).collect()
            }
            Clause::Exact(_) | Clause::Opened { .. } | Clause::Not(_) => Vec::new(),
        }
    }
}

/// A query, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// All must hold.
    pub(crate) clauses: Vec<Clause>,
    /// The text was taken for pasted: no clause is required.
    pub(crate) pasted: bool,
}

/// Reads a query. `is_field` says whether a key that is not built in names a field of some case.
pub(crate) fn parse(text: &str, is_field: &dyn Fn(&str) -> bool) -> Result<Parsed, SyntaxError> {
    let text = schema::beginning(text, LONGEST_QUERY_BYTES);
    if lexer::is_pasted(text) {
        let clauses = lexer::pasted_tokens(text)
            .into_iter()
            .filter_map(|token| match token.kind {
                TokenKind::Word(word) => word_of(&word),
                _ => None,
            })
            .collect();
        return Ok(Parsed {
            clauses,
            pasted: true,
        });
    }
    let tokens = lexer::tokens(text);
    let mut parser = Parser {
        tokens: &tokens,
        place: 0,
        is_field,
    };
    let mut clauses = Vec::new();
    while parser.place < tokens.len() {
        clauses.extend(parser.group(0)?);
        // A closing parenthesis without its partner.
        parser.place += 1;
    }
    Ok(Parsed {
        clauses,
        pasted: false,
    })
}

struct Parser<'a> {
    tokens: &'a [Token],
    place: usize,
    is_field: &'a dyn Fn(&str) -> bool,
}

impl Parser<'_> {
    /// Clauses up to the closing parenthesis, which is left to the caller.
    fn group(&mut self, depth: usize) -> Result<Vec<Clause>, SyntaxError> {
        let mut clauses: Vec<Clause> = Vec::new();
        let mut alternative = false;
        while let Some(token) = self.tokens.get(self.place) {
            match &token.kind {
                TokenKind::Close => break,
                TokenKind::Or => {
                    // `OR` joins its two neighbours; at an end of a group it is the word "or".
                    alternative = !clauses.is_empty();
                    self.place += 1;
                }
                _ => {
                    let Some(clause) = self.clause(depth)? else {
                        continue;
                    };
                    if alternative && let Some(left) = clauses.pop() {
                        clauses.push(match left {
                            Clause::Any(mut choices) => {
                                choices.push(clause);
                                Clause::Any(choices)
                            }
                            left => Clause::Any(vec![left, clause]),
                        });
                    } else {
                        clauses.push(clause);
                    }
                    alternative = false;
                }
            }
        }
        Ok(clauses)
    }

    fn clause(&mut self, depth: usize) -> Result<Option<Clause>, SyntaxError> {
        let token = &self.tokens[self.place];
        self.place += 1;
        Ok(match &token.kind {
            TokenKind::Word(word) => word_of(word),
            TokenKind::Prefix(word) => trimmed(word).map(|word| Clause::Prefix(word.to_owned())),
            TokenKind::Phrase(phrase) => phrase
                .chars()
                .any(char::is_alphanumeric)
                .then(|| Clause::Phrase(phrase.clone())),
            TokenKind::Pair { key, values } => Some(self.pair(token, key, values)?),
            TokenKind::Minus => {
                let next = self.tokens.get(self.place).map(|token| &token.kind);
                if matches!(next, None | Some(TokenKind::Close | TokenKind::Or)) {
                    None
                } else {
                    self.clause(depth)?
                        .map(|clause| Clause::Not(Box::new(clause)))
                }
            }
            TokenKind::Open if depth < DEEPEST_GROUP => {
                let mut clauses = self.group(depth + 1)?;
                self.place += 1;
                match clauses.len() {
                    0 => None,
                    1 => clauses.pop(),
                    _ => Some(Clause::All(clauses)),
                }
            }
            TokenKind::Open | TokenKind::Close | TokenKind::Or => None,
        })
    }

    fn pair(&self, token: &Token, key: &str, written: &[String]) -> Result<Clause, SyntaxError> {
        let choices = values(written);
        let Some(known) = keys::find(key) else {
            if (self.is_field)(key) {
                return Ok(exact(&[key], &choices));
            }
            if let Some(nearest) = keys::nearest(key) {
                return Err(SyntaxError {
                    column: token.column,
                    length: key.chars().count(),
                    message: format!("there is no key `{key}`"),
                    hint: Some(format!("did you mean `{nearest}:`?")),
                });
            }
            // Not a key at all: `Exception:Timeout`, say.
            let values = written.iter().map(String::as_str);
            let words: Vec<Clause> = std::iter::once(key)
                .chain(values)
                .filter_map(word_of)
                .collect();
            return Ok(Clause::All(words));
        };
        let before_value = key.chars().count() + 1;
        let value_column = token.column + before_value;
        let mistake = |message: String, hint: String| SyntaxError {
            column: value_column,
            length: token.length.saturating_sub(before_value).max(1),
            message,
            hint: Some(hint),
        };
        if choices.is_empty() {
            return Err(mistake(
                format!("`{key}:` has no value"),
                format!("write `{key}:VALUE`, or `has:{key}` for any value"),
            ));
        }
        Ok(match known {
            Key::Exact(properties) => exact(properties, &choices),
            Key::Status => {
                let mut terms = Vec::new();
                for choice in &choices {
                    if choice.bytes().all(|byte| byte.is_ascii_digit()) {
                        terms.push(schema::exact_term("http_status", choice));
                    } else if choice == "open" {
                        terms.extend(
                            OPEN_STATUSES
                                .iter()
                                .map(|status| schema::exact_term("status", status)),
                        );
                    } else if STATUSES.contains(&choice.as_str()) {
                        terms.push(schema::exact_term("status", choice));
                    } else {
                        return Err(mistake(
                            format!("there is no status `{choice}`"),
                            format!("one of {}", keys::statuses()),
                        ));
                    }
                }
                Clause::Exact(terms)
            }
            Key::Language => {
                let codes: Vec<String> = choices
                    .iter()
                    .map(|choice| analyzer::base_code(choice))
                    .collect();
                exact(&["language"], &codes)
            }
            Key::From => Clause::Exact(choices.iter().map(|choice| sender(choice)).collect()),
            Key::Has => Clause::Exact(
                choices
                    .iter()
                    .flat_map(|choice| match keys::find(choice) {
                        Some(Key::Exact(properties)) => properties.to_vec(),
                        Some(Key::Language) => vec!["language"],
                        Some(Key::Status) => vec!["status"],
                        Some(Key::From) => vec!["from"],
                        _ => vec![choice.as_str()],
                    })
                    .map(|property| schema::exact_term("has", property))
                    .collect(),
            ),
            Key::Before | Key::After => {
                let value = written.join(",");
                let Some(moment) = date::start_of(&value) else {
                    return Err(mistake(
                        format!("`{value}` is not a date"),
                        format!("write `{key}:2024`, `{key}:2024-05` or `{key}:2024-05-17`"),
                    ));
                };
                if known == Key::Before {
                    Clause::Opened {
                        from: None,
                        until: Some(moment),
                    }
                } else {
                    Clause::Opened {
                        from: Some(moment),
                        until: None,
                    }
                }
            }
        })
    }
}

fn exact<S: AsRef<str>>(properties: &[S], choices: &[String]) -> Clause {
    Clause::Exact(
        properties
            .iter()
            .flat_map(|property| {
                choices
                    .iter()
                    .map(|choice| schema::exact_term(property.as_ref(), choice))
            })
            .collect(),
    )
}

/// `@example.com` and `example.com` name a domain, an address names itself, anything else how an address begins.
fn sender(choice: &str) -> String {
    match choice.split_once('@') {
        Some(("", domain)) => schema::exact_term("from_domain", domain),
        Some(_) => schema::exact_term("from", choice),
        None if choice.contains('.') => schema::exact_term("from_domain", choice),
        None if choice.ends_with('*') => schema::exact_term("from", choice),
        None => schema::exact_term("from", &format!("{choice}*")),
    }
}

/// The values in lower case.
fn values(written: &[String]) -> Vec<String> {
    written
        .iter()
        .map(|value| analyzer::lower(value))
        .filter(|value| !value.is_empty())
        .collect()
}

/// The word without the punctuation around it.
pub(super) fn trimmed(word: &str) -> Option<&str> {
    let word = word.trim_matches(|character: char| !character.is_alphanumeric());
    (!word.is_empty()).then_some(word)
}

fn word_of(text: &str) -> Option<Clause> {
    trimmed(text).map(|word| Clause::Word(word.to_owned()))
}
