//! Exceptions that a program threw, and codes in capitals that no list knows.

use super::Extractor;
use super::characters::{line_end, line_start, skip, stands_alone, window, window_before};
use super::clauses::{Standing, standing};
use super::gather::{Candidate, Gathered};
use super::messages::is_message;
use super::passage::Passage;
use crate::profile::Reader;

/// The rule of what an exception says; it counts only where nothing better is there.
pub(super) const THROWN: &str = "exception";

/// Reads `com.shop.ForbiddenException: Access is forbidden`, and `code MISSING_FIELD`.
pub(super) fn read(extractor: &Extractor, passage: &Passage<'_>, gathered: &mut Gathered) {
    let Some(codes) = extractor.fields_reading(Reader::ErrorCode).next() else {
        return;
    };
    let messages = extractor.fields_reading(Reader::ErrorMessage).next();
    read_exceptions(passage, codes, messages, gathered);
    read_capitals(extractor, passage, codes, gathered);
}

fn read_exceptions(
    passage: &Passage<'_>,
    codes: usize,
    messages: Option<usize>,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    for at in memchr::memmem::find_iter(text.as_bytes(), "Exception") {
        let end = at + "Exception".len();
        let name = window_before(text, at, 120);
        let start = at
            - (name.len()
                - name
                    .trim_end_matches(|character: char| {
                        character.is_ascii_alphanumeric() || character == '_'
                    })
                    .len());
        let class = &text[start..end];
        let named = class.len() > "Exception".len() + 2
            && class.starts_with(|first: char| first.is_ascii_uppercase())
            && !text[end..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        if !named || gathered.full(codes) {
            continue;
        }
        // A class of a stack's frame (`at com.shop.AccessException.make(..)`) was not thrown.
        let line = line_start(text, start);
        let frame = text[line..start].trim_start().starts_with("at ")
            || text[end..].starts_with(['(', '.', '$']);
        if frame {
            continue;
        }
        gathered.add(Candidate::new(passage, codes, start..end, class, THROWN, 0.42).shared());
        let Some(messages) = messages else { continue };
        let Some(said) = text[end..].strip_prefix(": ") else {
            continue;
        };
        let from = text.len() - said.len();
        let message = text[from..line_end(text, from)].trim_end();
        if is_message(message) {
            let range = from..from + message.len();
            gathered.add(Candidate::new(passage, messages, range, message, THROWN, 0.42).shared());
        }
    }
}

/// Words right before a code in capitals.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "with", "code", "codes", "error", "errors", "says", "gives", "gave", "gets", "get", "got", "returns", "returned", "return", "answers", "reports", "throws", "by", "as", "reason", "of", "status", "is", "was",
    "mit", "fehler", "fehlercode", "liefert", "meldet", "antwortet", "wirft", "bekommen", "kommt", "grund", "als", "wegen",
    "avec", "erreur", "renvoie", "retourne", "répond", "affiche", "donne", "motif", "statut",
    "z", "ze", "kod", "kodem", "błąd", "błędem", "błędu", "zwraca", "zwracają", "otrzymujemy", "dostajemy", "jako", "powód",
];

/// Words for what a call gives back: what follows in capitals is its code.
const RETURNS: &[&str] = &[
    "returns",
    "returned",
    "gives",
    "gave",
    "throws",
    "liefert",
    "meldet",
    "wirft",
    "renvoie",
    "retourne",
    "affiche",
    "zwraca",
    "zwracają",
    "zgłasza",
];

/// Codes of a sender's or partner's own, in capitals with underscores, where the words around speak of an error.
fn read_capitals(
    extractor: &Extractor,
    passage: &Passage<'_>,
    codes: usize,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let bytes = text.as_bytes();
    let mut done = 0;
    for underscore in memchr::memchr_iter(b'_', bytes) {
        if underscore < done {
            continue;
        }
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let start = bytes[..underscore]
            .iter()
            .rposition(|byte| !upper(*byte))
            .map_or(0, |before| before + 1)
            .max(done);
        let end = skip(text, underscore, |character| {
            character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_'
        });
        done = end.max(underscore + 1);
        let value = &text[start..end];
        let shaped = (6..=60).contains(&value.len())
            && bytes[start].is_ascii_uppercase()
            && !value.ends_with('_')
            && stands_alone(text, start, end)
            && !text[end..].starts_with(['-', '/', '='])
            && !text[end..]
                .strip_prefix(['.', ':'])
                .is_some_and(|rest| rest.starts_with(|next: char| next.is_alphanumeric()))
            && !window_before(text, start, 1).starts_with(['-', '.', '/', '=', '$', '%', '{']);
        let foreign = ["GET_", "POST_", "AWS_", "HTTP_", "LWA_", "JSON_", "X_"]
            .iter()
            .any(|head| value.starts_with(head));
        if !shaped || foreign || gathered.full(codes) {
            continue;
        }
        let left = window_before(text, start, 40);
        let left = left.rsplit('\n').next().unwrap_or("").to_lowercase();
        let left = left.trim_end_matches([' ', ':', '"', '\'', '`', '“', '„', '«', '(', '：']);
        let word = left
            .rsplit(|character: char| !character.is_alphanumeric())
            .next()
            .unwrap_or("");
        let led = LEADS.contains(&word)
            || window_before(text, start, 2).ends_with([':', ' '])
                && window_before(text, start, 3).trim_end().ends_with(':')
            || ["返回", "报", "报错", "提示", "错误", "错误码", "代码", "码"]
                .iter()
                .any(|word| left.ends_with(word));
        let returned =
            RETURNS.contains(&word) || ["返回", "报"].iter().any(|word| left.ends_with(word));
        let status_before = word.len() == 3 && word.starts_with(['4', '5']);
        if !(led || status_before)
            || extractor.is_listed(value)
            || !returned
                && standing(text, start, end) != Standing::Failing
                && !speaks_of_error(text, start, end)
        {
            continue;
        }
        let candidate = Candidate::new(passage, codes, start..end, value, "capitals", 0.7);
        let candidate = candidate.shared();
        gathered.add(if super::negated::is_negated(text, start) {
            candidate.refuse("negated")
        } else {
            candidate
        });
    }
}

fn speaks_of_error(text: &str, start: usize, end: usize) -> bool {
    let near = [
        window_before(text, start, 80).to_lowercase(),
        window(text, end, 40).to_lowercase(),
    ];
    [
        "error",
        "code",
        "reject",
        "refus",
        "fail",
        "fehler",
        "abgelehnt",
        "abgewiesen",
        "erreur",
        "refus",
        "rejet",
        "échou",
        "błąd",
        "błęd",
        "kod",
        "odrzuc",
        "错误",
        "报错",
        "失败",
        "拒绝",
    ]
    .iter()
    .any(|word| near.iter().any(|text| text.contains(word)))
}
