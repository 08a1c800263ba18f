//! Identifiers that are plain names: `integration resto-express-fr`, `Integration ID: tacotown`. A word of
//! prose has the same shape, so the way it is written must single it out.

use super::Extractor;
use super::characters::{at, before, is_blank, line_end, skip, skip_blanks};
use super::lead::{Form, Lead};
use super::names::NameHit;
use crate::profile::Reader;

/// Words that follow a label for an identifier and are none.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "and", "are", "but", "for", "from", "has", "have", "here", "into", "not", "now", "our", "out", "per", "that", "the", "this", "was", "were", "with", "yes", "below", "above", "attached", "see", "same", "none", "null", "unknown", "missing", "wrong", "correct", "invalid", "required", "known", "given", "later", "soon", "tomorrow", "please", "still", "currently", "also", "already", "only",
    "live", "down", "active", "inactive", "paused", "enabled", "disabled", "launched", "working", "works", "fails", "failed", "failing", "broken", "stopped", "running", "stable", "test", "prod", "production", "sandbox", "staging", "status", "state", "issue", "issues", "problem", "problems", "error", "errors", "partner", "name", "number", "setup", "type", "team", "partners", "help", "support", "platform",
    "und", "aber", "auch", "bei", "der", "die", "das", "den", "dem", "ist", "sind", "war", "mit", "nicht", "siehe", "oben", "unten", "unbekannt", "noch", "nur", "folgt", "aktiv", "inaktiv", "pausiert", "gestartet", "produktiv", "geht", "steht", "funktioniert", "fehlt", "seit", "von", "wie", "wird", "wurde", "schon", "weiterhin", "ohne", "und",
    "est", "sont", "était", "avec", "pas", "sans", "dans", "les", "des", "une", "qui", "que", "depuis", "active", "lancée", "lancé", "fonctionne", "marche", "manque", "inconnu", "suivra", "encore", "mais", "notre", "nos", "chez", "aussi", "ligne", "entre",
    "jest", "jako", "oraz", "nie", "dla", "bez", "tak", "nadal", "działa", "przestała", "aktywna", "aktywny", "uruchomiona", "uruchomiony", "nieznany", "nieznana", "brak", "poniżej", "powyżej", "wyślę", "jutro", "nasza", "naszej", "naszą", "stoi", "wciąż",
    "end-to-end", "real-time", "follow-up", "set-up", "go-live", "on-boarding", "e-commerce", "third-party", "self-service", "full-time", "out-of-stock", "read-only", "up-to-date", "multi-store", "well-known", "pre-production", "non-production", "api-level", "front-end", "back-end", "check-out", "log-in", "sign-up", "know-how", "mise-à-jour", "est-elle", "est-il", "fonctionne-t-elle", "a-t-elle", "peut-on", "peut-être", "c'est-à-dire",
];

/// Words of a label that ask for an identifier rather than for the thing.
#[rustfmt::skip]
const IDENTIFIER_WORDS: &[&str] = &["id", "ids", "identifier", "name", "kennung", "nummer", "identifiant", "identyfikator", "numer", "编号", "名称"];

/// `resto-express-fr`: words that only a name joins.
fn is_joined(value: &str) -> bool {
    value.contains(['-', '_']) && value.len() > 4
}

impl Extractor {
    /// True where a value with the shape of a word is singled out as a name.
    pub(super) fn is_plain_name(
        &self,
        text: &str,
        field: usize,
        hit: &NameHit,
        lead: &Lead,
        end: usize,
        sender_names: &[String],
    ) -> bool {
        if !self.profile.fields[field].plain_words {
            return false;
        }
        let value = &text[lead.value..end];
        let lower = value.to_lowercase();
        if NO_NAMES.contains(&lower.as_str()) || self.is_choice(&lower) {
            return false;
        }
        if super::checks::absence(&text[lead.value..]).is_some() {
            return false;
        }
        // A name of a column or field is no value.
        if !self.names.cell(value).is_empty() {
            return false;
        }
        if sender_names.contains(&lower) {
            return true;
        }
        let label = text[hit.start..hit.end].to_lowercase();
        let asks = label
            .split(|character: char| !character.is_alphanumeric())
            .any(|word| IDENTIFIER_WORDS.contains(&word))
            || IDENTIFIER_WORDS
                .iter()
                .any(|word| !word.is_ascii() && label.ends_with(word))
            || label.ends_with("id") && label.starts_with(super::characters::is_han);
        let opening = before(text, lead.value);
        let closing = at(text, end);
        let enclosed = matches!(
            (opening, closing),
            (Some('"'), Some('"'))
                | (Some('\''), Some('\''))
                | (Some('`'), Some('`'))
                | (Some('“'), Some('”'))
                | (Some('„'), Some('“' | '”'))
                | (Some('«'), Some('»'))
                | (Some('('), Some(')'))
                | (Some('（'), Some('）'))
        );
        let joined = is_joined(value);
        match lead.form {
            // "integration resto-express-fr", "integration 'trattoria'", "integration (jidlo-ned)"
            Form::Adjacent => joined || enclosed && !lower.contains(' '),
            // "our integration id is tacotown"; "our integration is re-tested"
            Form::Copula => enclosed || joined || asks && ends_phrase(text, end),
            _ => asks || joined || enclosed || is_alone(text, end),
        }
    }

    /// The same for a further name of a list: a word counts only where the label asks for identifiers and
    /// the list ends with it.
    pub(super) fn is_next_name(
        &self,
        text: &str,
        field: usize,
        hit: &NameHit,
        lead: &Lead,
        end: usize,
    ) -> bool {
        let value = &text[lead.value..end];
        let singled_out = is_joined(value)
            || value.bytes().any(|byte| byte.is_ascii_digit())
            || ends_phrase(text, end);
        singled_out && self.is_plain_name(text, field, hit, lead, end, &[])
    }

    /// True for a spelling of a choice: `live` is a status and no name.
    fn is_choice(&self, lower: &str) -> bool {
        self.fields_reading(Reader::Choice).any(|field| {
            self.profile.fields[field].choices.iter().any(|choice| {
                choice
                    .spellings
                    .iter()
                    .any(|spelling| spelling.eq_ignore_ascii_case(lower))
            })
        })
    }
}

/// True where nothing but the end of a phrase follows.
fn ends_phrase(text: &str, end: usize) -> bool {
    at(text, end).is_none_or(|next| !next.is_alphanumeric() && !is_blank(next))
        || at(text, skip_blanks(text, end)).is_some_and(|next| "(（-–—".contains(next))
}

/// True where the value is all that stands on the line or in the cell.
fn is_alone(text: &str, end: usize) -> bool {
    let place = skip(text, end, |character| {
        is_blank(character) || "\"'`*”.,;".contains(character)
    });
    place >= line_end(text, end)
        || matches!(at(text, place), Some('|' | '\r'))
        || matches!(at(text, end), Some('\t' | ',' | ';' | '(' | ')'))
}

/// The names in the domain of the sender's address, without its end: `shihui-food` of `shihui-food.example`.
pub(super) fn of_sender(domain: &str) -> Vec<String> {
    let mut labels: Vec<&str> = domain.split('.').collect();
    labels.pop();
    labels
        .into_iter()
        .filter(|label| label.len() >= 4 && !matches!(*label, "mail" | "smtp" | "post" | "info"))
        .map(str::to_lowercase)
        .collect()
}
