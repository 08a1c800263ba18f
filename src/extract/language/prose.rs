//! The prose of a text: without our form, code, logs, headers, tables, addresses and identifiers.

use super::super::characters::{self, is_han};
use crate::limits;

/// The text without our answer form: its labels are our words, its answers are values.
pub(super) fn without_form(text: &str) -> std::borrow::Cow<'_, str> {
    let Some(open) = text.find(super::super::form::OPEN) else {
        return text.into();
    };
    let close = text[open..].find(super::super::form::CLOSE);
    let end = close.map_or(text.len(), |close| {
        open + close + super::super::form::CLOSE.len()
    });
    format!("{}\n{}", &text[..open], &text[end..]).into()
}

/// The text without lines of code, logs, headers and tables, and without addresses and identifiers.
pub(super) fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len().min(limits::LANGUAGE_TEXT_BYTES));
    let mut in_dump = false;
    let mut plain: Vec<Word> = Vec::new();
    for line in text.lines() {
        if prose.len() > limits::LANGUAGE_TEXT_BYTES {
            break;
        }
        let line = line.trim();
        if line.starts_with("```") {
            in_dump = !in_dump;
            continue;
        }
        if in_dump {
            continue;
        }
        if let Some(signs) = read_plain(line, &mut plain) {
            if !is_code(line, || signs) {
                for word in plain.iter().filter(|word| !word.identifier) {
                    prose.push_str(&line[word.start..word.end]);
                    prose.push(' ');
                }
                prose.push('\n');
            }
            continue;
        }
        if is_code(line, || count_signs(line)) {
            continue;
        }
        for word in words(&without_objects(line)) {
            if !word.is_ascii() && word.contains(is_han) {
                // Chinese is written without blanks: what is no identifier stays.
                prose.extend(word.chars().map(|character| match character.is_ascii() {
                    true => ' ',
                    false => character,
                }));
                prose.push(' ');
            } else if !is_identifier(word) {
                prose.push_str(word);
                prose.push(' ');
            }
        }
        prose.push('\n');
    }
    prose
}

/// What stands between white space.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let blank = |at: usize| {
        let byte = text.as_bytes()[at];
        match kind(byte) {
            Some(kind) => (kind == BLANK, 1),
            None => characters::at(text, at).map_or((false, 1), |character| {
                (character.is_whitespace(), character.len_utf8())
            }),
        }
    };
    let mut place = 0;
    std::iter::from_fn(move || {
        while place < text.len() {
            let (is_blank, length) = blank(place);
            if !is_blank {
                break;
            }
            place += length;
        }
        let start = place;
        while place < text.len() {
            let (is_blank, length) = blank(place);
            if is_blank {
                break;
            }
            place += length;
        }
        (start < place).then(|| &text[start..place])
    })
}

/// The line without a dump between braces: "it says {"code": ...} since Monday".
fn without_objects(line: &str) -> std::borrow::Cow<'_, str> {
    match (line.find('{'), line.rfind('}')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", &line[..open], &line[close + 1..]).into()
        }
        _ => line.into(),
    }
}

/// A word of a line.
struct Word {
    start: usize,
    end: usize,
    identifier: bool,
}

/// Letters and signs of a line's words, without identifiers: these are full of signs in prose as well.
#[derive(Clone, Copy, Default)]
struct Signs {
    letters: usize,
    signs: usize,
}

/// The words of a line of ASCII without tabs and braces, read once: most lines are such.
fn read_plain(line: &str, words: &mut Vec<Word>) -> Option<Signs> {
    words.clear();
    let mut counted = Signs::default();
    let mut word = Word {
        start: 0,
        end: 0,
        identifier: false,
    };
    let mut letters = 0;
    let mut before = 0;
    let bytes = line.as_bytes();
    for end in 0..bytes.len() + 1 {
        match bytes.get(end).map_or(Some(BLANK), |byte| kind(*byte))? {
            BLANK => {
                if end < bytes.len() && bytes[end] != b' ' {
                    return None;
                }
                let length = end - word.start;
                word.end = end;
                word.identifier |= length > IDENTIFIER_BYTES;
                if !word.identifier {
                    counted.letters += 1 + letters;
                    counted.signs += length - letters;
                }
                let next = Word {
                    start: end + 1,
                    end: end + 1,
                    identifier: false,
                };
                let word = std::mem::replace(&mut word, next);
                if length > 0 {
                    words.push(word);
                }
                letters = 0;
                before = 0;
            }
            LOWER => {
                letters += 1;
                before = LOWER;
            }
            UPPER => {
                letters += 1;
                word.identifier |= before == LOWER;
                before = UPPER;
            }
            kind => {
                if matches!(bytes[end], b'{' | b'}') {
                    return None;
                }
                word.identifier |= kind == IDENTIFIER;
                before = kind;
            }
        }
    }
    Some(counted)
}

fn count_signs(line: &str) -> Signs {
    let mut counted = Signs::default();
    for word in line.split(' ').filter(|word| !is_identifier(word)) {
        counted.letters += 1;
        for character in word.chars() {
            if character.is_alphabetic() {
                counted.letters += 1;
            } else {
                counted.signs += 1;
            }
        }
    }
    counted
}

/// A line of code, of a log or of a header dump rather than of prose.
fn is_code(line: &str, count: impl FnOnce() -> Signs) -> bool {
    if line.is_empty() {
        return false;
    }
    let starts = [
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "\"",
        "'",
        "* ",
        "$ ",
        "at ",
        "//",
        "#",
        "GET ",
        "POST ",
        "PUT ",
        "PATCH ",
        "DELETE ",
        "HTTP/",
        "curl ",
        "import ",
        "from ",
        "Traceback",
        "Caused by",
        "File \"",
        "--> ",
        "<-- ",
        "Exception",
        "x-amz",
        "X-Amz",
        "content-type",
        "Content-Type",
        "Host:",
        "User-Agent",
    ];
    let first = line.as_bytes()[0];
    let starts_like_code = starts
        .iter()
        .any(|start| start.as_bytes()[0] == first && line.starts_with(start));
    if starts_like_code && !line.contains(is_han) {
        // "* we tried this" and "from yesterday on" are prose.
        let prose_like = line
            .split_whitespace()
            .filter(|word| word.chars().all(char::is_alphabetic))
            .count();
        let marked = line.starts_with("* ")
            || line.starts_with("at ")
            || line.starts_with("from ")
            || line.starts_with("> ")
            || line.starts_with('#')
            || line.starts_with('"')
            || line.starts_with('\'');
        return !(marked && prose_like >= 4);
    }
    let Signs { letters, signs } = count();
    // Logs begin with a date; code is full of signs.
    let dated = line
        .trim_start_matches('[')
        .as_bytes()
        .iter()
        .take(4)
        .all(u8::is_ascii_digit)
        && line.len() > 10
        && !line.contains(is_han);
    // "ends in FATAL" is prose; a level stands at the head of a log's line.
    let leveled = line.split(' ').take(3).any(|word| {
        matches!(
            word.trim_matches(['[', ']', ':']),
            "INFO" | "WARN" | "ERROR" | "DEBUG" | "FATAL" | "SEVERE"
        )
    });
    leveled || dated || (signs * 2 > letters && !line.contains(is_han))
}

/// No word of ASCII is longer.
const IDENTIFIER_BYTES: usize = 45;

fn is_identifier(word: &str) -> bool {
    if word.is_ascii() {
        let mut before = 0;
        return word.len() > IDENTIFIER_BYTES
            || word.bytes().any(|byte| {
                let kind = ASCII[usize::from(byte)];
                let joint = before == LOWER && kind == UPPER;
                before = kind;
                joint || kind == IDENTIFIER
            });
    }
    let mut after_lower = false;
    for character in word.chars() {
        if matches!(
            character,
            '0'..='9' | '@' | '_' | '/' | '=' | '{' | '}' | '\\'
        ) || after_lower && character.is_uppercase()
        {
            return true;
        }
        after_lower = character.is_lowercase();
    }
    false
}

/// What a character of ASCII is, for this judgement.
static ASCII: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' | b'@' | b'_' | b'/' | b'=' | b'{' | b'}' | b'\\' => IDENTIFIER,
            b'\'' => APOSTROPHE,
            9..=13 | b' ' => BLANK,
            _ => SIGN,
        };
        byte += 1;
    }
    kinds
};
pub(super) const LOWER: u8 = 1;
pub(super) const UPPER: u8 = 2;
/// Words of prose have none of these.
const IDENTIFIER: u8 = 3;
pub(super) const APOSTROPHE: u8 = 4;
const BLANK: u8 = 5;
const SIGN: u8 = 6;

/// Kind of a byte; none outside of ASCII.
pub(super) fn kind(byte: u8) -> Option<u8> {
    ASCII.get(usize::from(byte)).copied()
}
