//! Verbatim error messages after keys and labels, and known ones anywhere.

use super::Extractor;
use super::characters::{
    at, holds_word, is_han, line_end, line_start, skip, window, window_before,
};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, Lead, value_end};
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::quotations::quoted_words;
use crate::limits;
use crate::profile::Reader;

/// A message after its key or label.
pub(super) fn read_message(
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
            || !text[line_start(text, hit.start)..hit.start].contains(char::is_alphabetic);
        // `{"error":"no route to the kitchen"}`: a sentence where a code could stand.
        let keyed = lead.form == Form::Quoted && name == "error";
        if !(form || keyed) || !own_line || inside_message(gathered, passage, hit.start) {
            return;
        }
    }
    let mut lead = *lead;
    let mut end = message_end(text, &lead);
    // `message: 'Brand' is required`: the quotation marks hold a word of the message, not the message.
    if let Some(quote @ ('\'' | '"')) = lead.quote
        && !matches!(lead.form, Form::Quoted)
        && text[end..]
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_prefix(' '))
            .is_some_and(|rest| rest.starts_with(char::is_alphabetic))
    {
        lead.value -= 1;
        lead.quote = None;
        end = line_end(text, lead.value);
    }
    // Where its words begin: a quotation may open at the end of a line.
    lead.value += text[lead.value..end].len() - text[lead.value..end].trim_start().len();
    let lead = &lead;
    let value = text[lead.value..end].trim_end();
    // A quotation mark at the end closes what was opened before it; one that was opened inside stays.
    let value = match value.chars().next_back() {
        Some(mark @ ('"' | '\'' | '`')) if value.matches(mark).count() % 2 == 0 => value,
        _ => value.trim_end_matches(['"', '”', '\'', '`']).trim_end(),
    };
    let range = lead.value..lead.value + value.len();
    if structured || sense == Sense::Key {
        if value.len() < 4
            || value.len() > limits::FIELD_VALUE_BYTES_MAX
            || value.starts_with(['{', '['])
            || !value.contains(char::is_alphabetic)
            || sense == Sense::Label && !is_message(value)
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
    if head > 0 && is_remark(&value[head..]) {
        return;
    }
    let range = range.start + head..range.end;
    let value = &value[head..];
    if !is_message(value) || lead.form == Form::Copula && lead.quote.is_none() {
        return;
    }
    let confidence = if lead.quote.is_some() { 0.9 } else { 0.8 };
    gathered.add(Candidate::new(passage, field, range, value, "label", confidence).shared());
}

/// A message of the list, written anywhere; its full stop belongs to it where it is there.
pub(super) fn known_message(
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

/// `HTTP 400 - InvalidInput - Weight is missing.`: a message behind a code behind a status, with or without a label before
/// them.
pub(super) fn read_behind_code(
    extractor: &Extractor,
    passage: &Passage<'_>,
    (start, end): (usize, usize),
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let Some(field) = extractor.fields_reading(Reader::ErrorMessage).next() else {
        return;
    };
    let before = window_before(text, start, 12.min(start - line_start(text, start)));
    let before =
        before.trim_end_matches([' ', '-', '–', '—', '/', ':', '(', '[', '，', '（', '：']);
    let status = before.len().checked_sub(3).is_some_and(|at| {
        before.is_char_boundary(at)
            && before[at..].starts_with(['4', '5'])
            && before[at..].bytes().all(|byte| byte.is_ascii_digit())
            && !before[..at].ends_with(|last: char| last.is_ascii_alphanumeric() || last == '.')
    });
    if !status {
        return;
    }
    let line = &text[end..line_end(text, end)];
    let rest = line.trim_start_matches([' ', ')', ']', '）']);
    let signs = ['-', '–', '—', '/', ':', '：', '，', '(', '（'];
    if !rest.starts_with(signs) {
        return;
    }
    // "We get 403 Unauthorized - nobody changed a role" is the sender's remark.
    let head = text[line_start(text, start)..start].to_lowercase();
    if SPOKEN.iter().any(|word| holds_word(&head, word)) {
        return;
    }
    let parenthesis = rest.starts_with(['(', '（']);
    let value = rest.trim_start_matches(signs).trim_start();
    let begin = end + line.len() - value.len();
    let close = match parenthesis {
        true => value.find([')', '）']),
        false => value.find(['|', '\t']),
    };
    let value = &value[..close.unwrap_or(value.len())];
    let value = value
        .find(". ")
        .map_or(value, |at| &value[..=at])
        .trim_end();
    let word = value.split(' ').next().unwrap_or("").to_lowercase();
    let told = value.ends_with('.') || TOLD.iter().any(|word| holds_word(value, word));
    let range = begin..begin + value.len();
    let known = gathered.of(field).any(|known| {
        known.part == passage.part
            && known.start < passage.base + range.end
            && passage.base + range.start < known.end
    });
    if known
        || !told
        || !value.is_ascii()
        || !value.starts_with(|first: char| first.is_ascii_uppercase())
        || !is_message(value)
        || REMARKS.contains(&&*word)
        || ASIDES.contains(&&*word)
    {
        return;
    }
    gathered.add(Candidate::new(passage, field, range, value.to_owned(), "label", 0.8).shared());
}

/// Words of a sentence before a status.
const SPOKEN: [&str; 16] = [
    "we",
    "i",
    "get",
    "gets",
    "got",
    "getting",
    "returns",
    "with",
    "ich",
    "wir",
    "bekommen",
    "nous",
    "avec",
    "mamy",
    "dostajemy",
    "see",
];

/// With one of these, words without a full stop are a message all the same.
const TOLD: [&str; 16] = [
    "is", "are", "not", "must", "cannot", "exceeds", "missing", "invalid", "required", "failed",
    "denied", "expired", "exceeded", "unknown", "was", "does",
];
/// Words that a message does not begin with.
#[rustfmt::skip]
const ASIDES: [&str; 30] = [
    "please", "our", "my", "all", "happens", "since", "thanks", "can", "could", "bitte", "danke", "alle", "unsere", "jede", "jeder", "seit", "merci",
    "toutes", "tous", "les", "le", "la", "nos", "notre", "depuis", "prosze", "dziekuje", "wszystkie", "nasze", "kazde",
];

/// Where the message begins behind a status and a code: `400 InvalidInput - Weight is missing`. None
/// where another sentence follows them.
pub(crate) fn behind_code(extractor: &Extractor, value: &str) -> Option<usize> {
    let mut place = 0;
    for _ in 0..6 {
        let start = skip(value, place, |character| {
            character.is_whitespace()
                || matches!(
                    character,
                    '-' | '–'
                        | ','
                        | ':'
                        | '('
                        | ')'
                        | '['
                        | ']'
                        | '"'
                        | '„'
                        | '“'
                        | '«'
                        | '/'
                        | '，'
                        | '：'
                        | '（'
                        | '）'
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
pub(super) fn inside_message(gathered: &Gathered, passage: &Passage<'_>, place: usize) -> bool {
    let place = passage.base + place;
    gathered.candidates.iter().rev().take(8).any(|known| {
        known.part == passage.part
            && known.start <= place
            && place < known.end
            && matches!(&*known.rule, "key" | "printed" | "quoted")
    })
}

/// Words with which a remark on a code begins: who gave it, when, where.
#[rustfmt::skip]
const REMARKS: &[&str] = &[
    "nobody", "nothing", "everything", "same", "yesterday", "today", "our", "all", "returned", "thrown", "sent", "given", "reported", "raised", "produced", "received", "seen", "from", "by", "on", "when", "since", "which", "while", "during", "for", "in", "at", "with", "every", "only", "always", "as", "after", "and", "but", "we", "it", "this", "that", "each", "again", "still", "sometimes",
    "zurückgegeben", "geliefert", "gemeldet", "geworfen", "ausgelöst", "kommt", "kam", "von", "vom", "bei", "beim", "seit", "wenn", "sobald", "die", "das", "der", "im", "auf", "für", "nur", "immer", "jedes", "nach", "und", "aber", "wir", "manchmal", "weiterhin",
    "renvoyé", "renvoyée", "renvoyés", "renvoyées", "retourné", "retournée", "levé", "levée", "reçu", "reçue", "obtenu", "obtenue", "signalé", "signalée", "par", "lors", "sur", "depuis", "quand", "lorsque", "qui", "que", "dans", "pour", "avec", "chaque", "toujours", "uniquement", "après", "et", "mais", "nous", "parfois", "à",
    "zwrócony", "zwrócona", "zwrócone", "zwracany", "zwracana", "zwracane", "zgłaszany", "otrzymany", "otrzymujemy", "przez", "przy", "od", "gdy", "kiedy", "który", "która", "które", "podczas", "dla", "w", "z", "na", "tylko", "zawsze", "po", "i", "ale", "czasem", "za",
];

/// Beginnings of such a remark in Chinese.
const HAN_REMARKS: [char; 8] = ['由', '在', '从', '是', '当', '每', '仅', '只'];

/// True for what is said of a code: ", returned by checkout", "lors de getOrders".
fn is_remark(rest: &str) -> bool {
    let word = rest
        .split(|character: char| !character.is_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or("");
    let begin = rest.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    REMARKS.contains(&word) || begin.starts_with(HAN_REMARKS)
}

/// A verbatim message rather than a remark: several words, no structure.
pub(super) fn is_message(value: &str) -> bool {
    let words = value.split_whitespace().count();
    let han = value.chars().filter(|character| is_han(*character)).count();
    (words >= 3 || han >= 4)
        && value.len() <= 400
        && !value.starts_with(['{', '[', '<', '(', '｛', '：', ':'])
        && !value.ends_with(['{', '['])
        && !value.contains("\":")
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
