//! Error codes after keys and labels, and members of the closed list anywhere.

use super::Extractor;
use super::characters::{at, before, skip, stands_alone, window, window_before};
use super::clauses::{Standing, standing};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, Lead};
use super::messages::inside_message;
use super::names::{NameHit, Sense};
use super::negated::is_negated;
use super::passage::Passage;
use super::statuses::reason_phrase;
use super::tokens::TokenHit;

/// A code after its key or label.
pub(super) fn read_code(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    sense: Sense,
    hit: &NameHit,
    lead: &Lead,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let structured = matches!(lead.form, Form::Quoted | Form::Printed | Form::Element);
    if gathered.full(field) || inside_message(gathered, passage, hit.start) {
        return;
    }
    let keyed =
        structured || (sense != Sense::Label && matches!(lead.form, Form::Assigned | Form::Colon));
    if sense == Sense::Label && matches!(lead.form, Form::NextLine) {
        return;
    }
    let end = skip(text, lead.value, |character| {
        character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
    });
    let end = lead.value + text[lead.value..end].trim_end_matches(['.', '-']).len();
    let value = &text[lead.value..end];
    if value.len() < 3 || value.len() > 60 || is_request(text, value, end) {
        return;
    }
    let known = extractor.code_row(field, value);
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let value_alone =
        !structured || !at(text, end).is_some_and(|next| next == ' ' && lead.quote.is_some());
    let shape = if digits {
        (4..=8).contains(&value.len()) && (known.is_some() || structured)
    } else {
        known.is_some()
            || is_capitals(value) && !extractor.is_listed(value) && speaks_of_code(text, hit)
            || value.starts_with(|first: char| first.is_ascii_uppercase())
                && value.contains('_')
                && looks_like_code(value)
                && !extractor.is_listed(value)
                && speaks_of_code(text, hit)
            || (keyed
                && value_alone
                && looks_like_code(value)
                && speaks_of_code(text, hit)
                && !(lead.quote.is_none() && begins_sentence(text, value, end)))
    };
    if !shape {
        return;
    }
    // "Error: Invalid coordinates" begins with a word that is a code elsewhere.
    let in_prose = !structured
        && !value.contains('_')
        && known.is_some_and(|row| extractor.list_cell(field, row, 0) != value)
        && text[end..]
            .strip_prefix(' ')
            .is_some_and(|rest| rest.starts_with(char::is_lowercase));
    if in_prose {
        return;
    }
    // `"status": "DONE"` and the like are no errors; neither is the reason phrase of a status line.
    let family = known.map(|row| extractor.list_cell(field, row, 1));
    if family == Some("exception") {
        let value = extractor.list_cell(field, known.unwrap_or(0), 0).to_owned();
        gathered
            .add(Candidate::new(passage, field, lead.value..end, value, "exception", 0.4).shared());
        return;
    }
    if is_reason_phrase(text, lead.value, value) && !structured {
        return;
    }
    let canonical = match known {
        Some(row) if !structured => extractor.list_cell(field, row, 0).to_owned(),
        _ => value.to_owned(),
    };
    let confidence = match (structured, known.is_some()) {
        (true, true) => 0.97,
        (true, false) => 0.9,
        (false, true) => 0.93,
        (false, false) => 0.8,
    };
    let rule = if structured { "key" } else { "label" };
    gathered
        .add(Candidate::new(passage, field, lead.value..end, canonical, rule, confidence).shared());
}

/// A member of the closed list, wherever it stands.
pub(super) fn known_code(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    row: u16,
    token: &TokenHit<'_>,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let written = &text[token.start..token.end];
    let canonical = extractor.list_cell(field, usize::from(row), 0);
    let family = extractor.list_cell(field, usize::from(row), 1);
    if gathered.full(field)
        || matches!(family, "issue" | "exception")
        || !stands_alone(text, token.start, token.end)
    {
        return;
    }
    let humps = canonical
        .bytes()
        .skip(1)
        .any(|byte| byte.is_ascii_uppercase())
        || canonical.contains('_');
    let single = !humps || canonical.bytes().all(|byte| byte.is_ascii_uppercase());
    // One word must be written just like the code; several joined ones may differ in case.
    if single && !canonical.contains('_') && written != canonical {
        return;
    }
    if !single
        && written.contains('_') != canonical.contains('_')
        && written.to_ascii_uppercase() != written
    {
        return;
    }
    if is_reason_phrase(text, token.start, written)
        || is_status_text(text, token.start)
        || matches!(before(text, token.start), Some('.' | '-' | '/'))
        || at(text, token.end) == Some('-')
    {
        return;
    }
    // A plain capitalised word in prose is a code only beside a status or in quotes.
    if single
        && family == "api"
        && canonical
            .bytes()
            .skip(1)
            .all(|byte| byte.is_ascii_lowercase())
        && !beside_error(text, token.start, token.end)
    {
        return;
    }
    if family == "processing" && standing(text, token.start, token.end) == Standing::Working {
        return;
    }
    // "not INTERNAL but PERMISSION_DENIED"
    let negated = is_negated(text, token.start) && contrast_follows(text, token.end);
    let value = if written.eq_ignore_ascii_case(canonical) && single {
        canonical
    } else {
        same_spelling(written, canonical)
    };
    let confidence = if family == "processing" { 0.7 } else { 0.8 };
    let rule = if family == "processing" {
        "state"
    } else {
        "list"
    };
    let candidate = Candidate::new(
        passage,
        field,
        token.start..token.end,
        value,
        rule,
        confidence,
    )
    .shared();
    gathered.add(if negated {
        candidate.refuse("negated")
    } else {
        candidate
    });
}

/// True where the right one follows a denied one: ", sondern", " but", 而是.
fn contrast_follows(text: &str, end: usize) -> bool {
    let right = window(text, end, 24).to_lowercase();
    let right = right.trim_start_matches([' ', ',', '"', '”', '“', ')', '，']);
    [
        "but", "sondern", "mais", "lecz", "tylko", "ale", "a ", "而是", "instead", "rather",
        "it's", "it is", "c'est",
    ]
    .iter()
    .any(|word| right.starts_with(word))
}

/// "Client error: GET /orders", `Get "https://...": deadline exceeded`: the request that failed, not a code.
fn is_request(text: &str, value: &str, end: usize) -> bool {
    const METHODS: [&str; 9] = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT",
    ];
    let behind = text[end..].trim_start_matches([' ', '"', '\'', '`', '(', '<']);
    METHODS
        .iter()
        .any(|method| value.eq_ignore_ascii_case(method))
        && (value == value.to_ascii_uppercase()
            || behind.starts_with("http")
            || behind.starts_with('/'))
}

/// `status` and `type` say other things than codes, unless the list knows the value.
fn speaks_of_code(text: &str, hit: &NameHit) -> bool {
    let name = text[hit.start..hit.end].to_ascii_lowercase();
    name.contains("code") || name == "error"
}

/// "Error: Something went wrong": the first word of a sentence, not a code.
fn begins_sentence(text: &str, value: &str, end: usize) -> bool {
    let plain_word = value.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
    let next = text[end..].strip_prefix(' ').unwrap_or("");
    plain_word && next.starts_with(char::is_alphabetic)
}

/// `MISSING_PHONE`: no word of prose.
pub(super) fn is_capitals(value: &str) -> bool {
    value.len() >= 6
        && value.contains('_')
        && value.starts_with(|first: char| first.is_ascii_uppercase())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

pub(super) fn looks_like_code(value: &str) -> bool {
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let plain = value.bytes().all(|byte| byte.is_ascii_lowercase());
    letters >= 3
        && !plain
        && value.starts_with(|first: char| first.is_ascii_alphabetic())
        && !matches!(
            value.to_ascii_lowercase().as_str(),
            "null" | "none" | "true" | "false" | "http" | "code" | "message"
        )
        || (value.contains('_')
            && letters >= 6
            && value
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

/// `NOT_FOUND` is not `NotFound`: what is written decides unless only its case differs.
fn same_spelling<'a>(written: &'a str, canonical: &'a str) -> &'a str {
    if written.eq_ignore_ascii_case(canonical) {
        canonical
    } else {
        written
    }
}

/// Between a status and its reason phrase.
const SIGNS: [char; 6] = [' ', '-', ':', '"', '(', '_'];

fn is_reason_phrase(text: &str, start: usize, value: &str) -> bool {
    let left = window_before(text, start, 32).trim_end_matches(SIGNS);
    // "403 Client Error: Forbidden for url"
    let left = ["Client Error", "Server Error"]
        .iter()
        .find_map(|class| left.strip_suffix(class))
        .map_or(left, |left| left.trim_end_matches(SIGNS));
    let digits = left.len()
        - left
            .trim_end_matches(|character: char| character.is_ascii_digit())
            .len();
    let status = left[left.len() - digits..].parse::<u16>().unwrap_or(0);
    let left = window_before(text, start, 30);
    reason_phrase(status).eq_ignore_ascii_case(value) && (left.contains("HTTP/") || status != 401)
}

/// `"statusText": "Forbidden"`: the reason phrase of a status line, kept by a program.
fn is_status_text(text: &str, start: usize) -> bool {
    let key = window_before(text, start, 24).to_ascii_lowercase();
    let key = key.trim_end_matches([' ', '"', '\'', ':', '=', '>']);
    ["statustext", "status_text", "reasonphrase", "reason_phrase"]
        .iter()
        .any(|name| key.ends_with(name))
}

fn beside_error(text: &str, start: usize, end: usize) -> bool {
    if matches!(
        before(text, start),
        Some('"' | '\'' | '`' | '“' | '„' | '(' | '（' | '「')
    ) {
        return true;
    }
    let left = window_before(text, start, 32).to_lowercase();
    let right = window(text, end, 24).to_lowercase();
    let digits = |text: &str| {
        text.split(|character: char| !character.is_ascii_digit())
            .any(|word| word.len() == 3 && word.starts_with(['4', '5']))
    };
    let words = [
        "error",
        "code",
        "fehler",
        "erreur",
        "błąd",
        "kod",
        "错误",
        "报错",
        "status",
        "http",
        "exception",
    ];
    digits(&left)
        || digits(&right)
        || words.iter().any(|word| {
            left.contains(word) || right.starts_with(word) || right.trim_start().starts_with(word)
        })
}
