//! Error codes and verbatim messages, from JSON, dictionaries, `print_r`, `toString`, XML and prose.

use super::Extractor;
use super::characters::{at, before, line_end, skip, stands_alone, window, window_before};
use super::clauses::{Standing, standing};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, Lead, lead, value_end};
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::statuses::reason_phrase;
use super::tokens::TokenHit;
use crate::limits;
use crate::profile::Reader;

/// Reads codes and messages of a passage.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    tokens: &[TokenHit<'_>],
    gathered: &mut Gathered,
) {
    let text = passage.text;
    for hit in hits {
        for meaning in extractor.names.meanings(hit) {
            let field = usize::from(meaning.field);
            match (extractor.fields[field].read, meaning.sense) {
                (Reader::ErrorCode, Sense::Key | Sense::Header | Sense::Label) => {
                    if let Some(lead) = lead(text, hit.start, hit.end) {
                        read_code(
                            extractor,
                            passage,
                            field,
                            meaning.sense,
                            hit,
                            &lead,
                            gathered,
                        );
                    }
                }
                (Reader::ErrorMessage, Sense::Key | Sense::Label) => {
                    if let Some(lead) = lead(text, hit.start, hit.end) {
                        read_message(
                            extractor,
                            passage,
                            field,
                            meaning.sense,
                            hit,
                            &lead,
                            gathered,
                        );
                    }
                }
                (Reader::ErrorMessage, Sense::Word(row)) => {
                    known_message(extractor, passage, field, row, hit, gathered)
                }
                _ => {}
            }
        }
    }
    for field in extractor.fields_reading(Reader::ErrorMessage) {
        read_quotations(extractor, passage, field, gathered);
    }
    for token in tokens {
        for member in token.members {
            let field = usize::from(member.field);
            if extractor.fields[field].read == Reader::ErrorCode && !token.suffixed {
                known_code(extractor, passage, field, member.row, token, gathered);
            }
        }
    }
}

/// A code after its key or label.
fn read_code(
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
    if value.len() < 3 || value.len() > 60 {
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
            || (keyed && value_alone && looks_like_code(value) && speaks_of_code(text, hit))
    };
    if !shape {
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

/// `status` and `type` say other things than codes, unless the list knows the value.
fn speaks_of_code(text: &str, hit: &NameHit) -> bool {
    let name = text[hit.start..hit.end].to_ascii_lowercase();
    name.contains("code") || name == "error"
}

fn looks_like_code(value: &str) -> bool {
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

/// A member of the closed list, wherever it stands.
fn known_code(
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
    gathered.add(
        Candidate::new(
            passage,
            field,
            token.start..token.end,
            value,
            rule,
            confidence,
        )
        .shared(),
    );
}

/// `NOT_FOUND` is not `NotFound`: what is written decides unless only its case differs.
fn same_spelling<'a>(written: &'a str, canonical: &'a str) -> &'a str {
    if written.eq_ignore_ascii_case(canonical) {
        canonical
    } else {
        written
    }
}

fn is_reason_phrase(text: &str, start: usize, value: &str) -> bool {
    let left = window_before(text, start, 14).trim_end_matches([' ', '-', ':', '"', '(', '_']);
    let digits = left.len()
        - left
            .trim_end_matches(|character: char| character.is_ascii_digit())
            .len();
    let status = left[left.len() - digits..].parse::<u16>().unwrap_or(0);
    let left = window_before(text, start, 30);
    reason_phrase(status).eq_ignore_ascii_case(value) && (left.contains("HTTP/") || status != 401)
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

/// A message after its key or label.
fn read_message(
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
    let name = text[hit.start..hit.end].to_lowercase();
    let certain = name.contains("error") || name.contains("description");
    if sense == Sense::Key {
        // `message: ...` in `toString` output and YAML is structured too; "message:" in prose is not.
        let dumped = matches!(lead.form, Form::Colon | Form::Assigned)
            && (certain || beside_code_key(text, hit.start));
        if !structured && !dumped {
            return;
        }
        if !certain && !beside_code_key(text, hit.start) {
            return;
        }
    } else {
        let form = matches!(
            lead.form,
            Form::Colon | Form::Cell | Form::NextLine | Form::Assigned | Form::Copula
        ) || (lead.form == Form::Adjacent && lead.quote.is_some());
        // The line below belongs to a label that has a line of its own.
        let own_line = lead.form != Form::NextLine
            || !text[super::characters::line_start(text, hit.start)..hit.start]
                .contains(char::is_alphabetic);
        if !form || !own_line || inside_message(gathered, passage, hit.start) {
            return;
        }
    }
    let end = message_end(text, lead);
    let value = text[lead.value..end].trim();
    let value = value.trim_end_matches(['"', '”', '\'', '`']).trim_end();
    let range = lead.value..lead.value + value.len();
    if structured || sense == Sense::Key {
        if value.len() < 4
            || value.len() > limits::FIELD_VALUE_BYTES_MAX
            || value.starts_with(['{', '['])
            || !value.contains(char::is_alphabetic)
        {
            return;
        }
        if value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && extractor.is_known_code(value)
        {
            return;
        }
        let value = unescaped(value);
        let rule = if structured { "key" } else { "printed" };
        gathered.add(Candidate::new(passage, field, range, value, rule, 0.95).shared());
        return;
    }
    // 'Fehler: HTTP 400, InvalidInput, "Invalid value"': the quoted words are the message.
    if lead.quote.is_none()
        && let Some(inner) = quoted_words(&text[lead.value..end])
    {
        let range = lead.value + inner.start..lead.value + inner.end;
        let value = text[range.clone()].to_owned();
        gathered.add(Candidate::new(passage, field, range, value, "quoted", 0.88).shared());
        return;
    }
    let Some(head) = behind_code(extractor, value) else {
        return;
    };
    let range = range.start + head..range.end;
    let value = &value[head..];
    if !is_message(value) || lead.form == Form::Copula && lead.quote.is_none() {
        return;
    }
    let confidence = if lead.quote.is_some() { 0.9 } else { 0.8 };
    gathered.add(Candidate::new(passage, field, range, value, "label", confidence).shared());
}

/// Where the message begins behind a status and a code: `400 InvalidInput - Weight is missing`. None
/// where another sentence follows them.
pub(crate) fn behind_code(extractor: &Extractor, value: &str) -> Option<usize> {
    let mut place = 0;
    for _ in 0..6 {
        let start = skip(value, place, |character| {
            character.is_whitespace()
                || matches!(
                    character,
                    '-' | '–' | ',' | ':' | '(' | ')' | '[' | ']' | '"' | '„' | '“' | '«' | '/'
                )
        });
        let end = skip(value, start, |character| {
            character.is_ascii_alphanumeric() || character == '_'
        });
        let word = &value[start..end];
        let status = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        if !(status
            || word.eq_ignore_ascii_case("http")
            || word.eq_ignore_ascii_case("error") && place > 0
            || extractor.is_known_code(word))
        {
            // "Unauthorized access ..." is a sentence that begins with a code's word.
            let glued = place > 0
                && start == place + 1
                && value[place..].starts_with(' ')
                && word.starts_with(|first: char| first.is_ascii_lowercase());
            return Some(if place == 0 || glued { 0 } else { start });
        }
        if value[end..].starts_with(". ") {
            return None;
        }
        place = end;
    }
    Some(place)
}

/// True inside a message that was already taken: its words name nothing.
fn inside_message(gathered: &Gathered, passage: &Passage<'_>, place: usize) -> bool {
    let place = passage.base + place;
    gathered.candidates.iter().rev().take(8).any(|known| {
        known.part == passage.part
            && known.start <= place
            && place < known.end
            && matches!(&*known.rule, "key" | "printed" | "quoted")
    })
}

/// Pairs of quotation marks.
const QUOTES: [(char, &str); 6] = [
    ('"', "\""),
    ('“', "”\""),
    ('„', "“”\""),
    ('«', "»"),
    ('「', "」"),
    ('‘', "’"),
];

/// The first stretch in quotation marks that reads like a message.
fn quoted_words(text: &str) -> Option<std::ops::Range<usize>> {
    for (at, character) in text.char_indices() {
        let Some((_, closing)) = QUOTES.iter().find(|(open, _)| *open == character) else {
            continue;
        };
        if text[..at]
            .chars()
            .next_back()
            .is_some_and(|left| left.is_alphanumeric() || matches!(left, '{' | '[' | ',' | '\\'))
        {
            continue;
        }
        let start = at + character.len_utf8();
        let Some(length) = text[start..].find(|close: char| closing.contains(close)) else {
            continue;
        };
        let inner = text[start..start + length].trim();
        let start = start + text[start..start + length].find(inner).unwrap_or(0);
        let reads = is_message(inner)
            && inner.starts_with(char::is_alphabetic)
            && !inner.contains(['{', '\n', '=']);
        if reads {
            return Some(start..start + inner.len());
        }
    }
    None
}

/// Words before a quotation that make it the message.
const MESSAGE_CUES: &[&str] = &[
    "error",
    "message",
    "says",
    "saying",
    "returns",
    "returned",
    "answers",
    "answered",
    "fails with",
    "failed with",
    "rejected",
    "fehler",
    "meldung",
    "meldet",
    "lautet",
    "antwort",
    "abgelehnt",
    "erreur",
    "renvoie",
    "affiche",
    "répond",
    "refus",
    "błąd",
    "błędem",
    "komunikat",
    "zwraca",
    "zwracał",
    "odrzuca",
    "提示",
    "报错",
    "错误",
    "返回",
    "信息",
    "消息",
    "exception",
    "warning",
];

/// Verbatim words in quotation marks beside a status, a code or a word for a message.
fn read_quotations(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let mut place = 0;
    while let Some(at) = text[place..]
        .find(|character| QUOTES.iter().any(|(open, _)| *open == character))
        .map(|at| place + at)
    {
        let open = text[at..].chars().next().map_or(1, char::len_utf8);
        place = at + open;
        if gathered.full(field) {
            return;
        }
        let line = line_end(text, at);
        let Some(inner) =
            quoted_words(&text[at..line.min(text.floor_char_boundary((at + 400).min(text.len())))])
                .filter(|inner| inner.start <= open + 1)
        else {
            continue;
        };
        let range = at + inner.start..at + inner.end;
        place = range.end;
        // A key, a value of structured text or a list member is no quotation.
        let after = text[range.end..].trim_start_matches(['"', '”', '“', '»', '」', ' ']);
        if after.starts_with([':', ',', '}', ']', '：'])
            && after[1..]
                .trim_start()
                .starts_with(['"', '\'', '{', '[', '}', ']'])
        {
            continue;
        }
        let left = window_before(text, at, 90);
        let left = left.rsplit("\n\n\n").next().unwrap_or(left);
        let sentence = left
            .rsplit(['!', '?', '。'])
            .next()
            .unwrap_or(left)
            .to_lowercase();
        let sentence = sentence.rsplit(". ").next().unwrap_or("");
        if sentence.trim_end().ends_with(['{', '[', ',']) && sentence.contains('"') {
            continue;
        }
        let status = sentence
            .split(|character: char| !character.is_ascii_alphanumeric())
            .any(|word| {
                word.len() == 3
                    && word.starts_with(['4', '5'])
                    && word.bytes().all(|byte| byte.is_ascii_digit())
            });
        let code = extractor.tokens.find(left).iter().any(|token| {
            token
                .members
                .iter()
                .any(|member| extractor.fields[usize::from(member.field)].read == Reader::ErrorCode)
        });
        if !(status || code || MESSAGE_CUES.iter().any(|cue| sentence.contains(cue)))
            || inside_message(gathered, passage, range.start)
        {
            continue;
        }
        let value = text[range.clone()].to_owned();
        gathered.add(Candidate::new(passage, field, range, value, "quoted", 0.85).shared());
    }
}

/// True when a key for a code stands within the same object or dump.
fn beside_code_key(text: &str, place: usize) -> bool {
    let near = |text: &str| {
        let lower = text.to_ascii_lowercase();
        ["code", "error", "exception", "错误"]
            .iter()
            .any(|word| lower.contains(word))
    };
    near(window_before(text, place, 360)) || near(window(text, place, 260))
}

fn message_end(text: &str, lead: &Lead) -> usize {
    let end = value_end(text, lead);
    if lead.quote.is_some() || lead.form == Form::Element {
        return end;
    }
    end.min(line_end(text, lead.value).max(lead.value))
}

/// A verbatim message rather than a remark: several words, no structure.
fn is_message(value: &str) -> bool {
    let words = value.split_whitespace().count();
    let han = value
        .chars()
        .filter(|character| super::characters::is_han(*character))
        .count();
    (words >= 3 || han >= 4)
        && value.len() <= 400
        && !value.starts_with(['{', '[', '<', '(', '｛', '：', ':'])
        && !value.ends_with(['{', '['])
        && !value.contains("\":")
}

fn unescaped(value: &str) -> String {
    if value.contains('\\') {
        value
            .replace("\\\"", "\"")
            .replace("\\'", "'")
            .replace("\\/", "/")
            .replace("\\n", " ")
    } else {
        value.to_owned()
    }
}

/// A message of the list, written anywhere; its full stop belongs to it where it is there.
fn known_message(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    row: u16,
    hit: &NameHit,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let message = extractor.list_value(field, usize::from(row));
    let end = if message.ends_with('.') && at(text, hit.end) == Some('.') {
        hit.end + 1
    } else {
        hit.end
    };
    let written = &text[hit.start..end];
    // A longer message of a key holds this one.
    let inside = gathered.of(field).any(|known| {
        known.part == passage.part
            && known.start <= passage.base + hit.start
            && known.end >= passage.base + end
    });
    if inside || gathered.full(field) {
        return;
    }
    let value = if message
        .trim_end_matches('.')
        .eq_ignore_ascii_case(written.trim_end_matches('.'))
        && end == hit.end
    {
        written
    } else {
        message
    };
    gathered.add(Candidate::new(passage, field, hit.start..end, value, "list", 0.9).shared());
}

/// Codes of headers and plain states count only where the mail gives no better code.
pub(crate) fn decide(extractor: &Extractor, gathered: &mut Gathered) {
    for field in extractor.fields_reading(Reader::ErrorCode) {
        let best = gathered
            .of(field)
            .map(|candidate| candidate.confidence)
            .fold(0.0, f32::max);
        if best > 0.45 {
            for candidate in &mut gathered.candidates {
                if candidate.field == field && candidate.rule == "exception" {
                    candidate.refused = Some("exception_type".into());
                }
            }
        }
    }
}
