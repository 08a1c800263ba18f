//! Names and numbers that must be found as they are: operations, error codes, paths, ids, addresses.

use super::fold;

/// Longer names are cut out: nobody searches for them and they fill the dictionary.
const LONGEST_IDENTIFIER_BYTES: usize = 80;
/// Identifiers taken from one text; a stack trace has hundreds.
const MOST_IDENTIFIERS: usize = 256;

/// Calls `found` with every identifier of `text` in lower case, and its byte range. A compound name is given whole
/// and in those of its parts that are identifiers themselves.
pub(crate) fn identifiers(text: &str, mut found: impl FnMut(&str, usize, usize)) {
    let bytes = text.as_bytes();
    let mut lower = String::new();
    let mut count = 0;
    let mut emit = |from: usize, to: usize, count: &mut usize| {
        if to - from <= LONGEST_IDENTIFIER_BYTES && *count < MOST_IDENTIFIERS {
            lower.clear();
            for character in text[from..to].chars() {
                fold::push_lower(character, &mut lower);
            }
            found(&lower, from, to);
            *count += 1;
        }
    };
    let mut place = 0;
    while place < bytes.len() {
        if !is_inner(bytes[place]) {
            place += 1;
            continue;
        }
        let mut from = place;
        // Most runs are words: letters that do not go from small to capital.
        let mut word = true;
        while place < bytes.len() && is_inner(bytes[place]) {
            let byte = bytes[place];
            if !byte.is_ascii_lowercase() {
                word &= byte == b'-'
                    || byte.is_ascii_uppercase()
                        && (place == from || !bytes[place - 1].is_ascii_lowercase());
            }
            place += 1;
        }
        if word {
            continue;
        }
        let mut to = place;
        while from < to && !bytes[from].is_ascii_alphanumeric() {
            from += 1;
        }
        while to > from && !bytes[to - 1].is_ascii_alphanumeric() {
            to -= 1;
        }
        // Letters joined to a non-ASCII letter are part of a longer word.
        let glued = bytes.get(place).is_some_and(|byte| !byte.is_ascii())
            && text[place..]
                .chars()
                .next()
                .is_some_and(|next| next.is_alphabetic() && next.is_lowercase());
        if to - from < 2 || glued {
            continue;
        }
        let whole = &text[from..to];
        if is_identifier(whole) {
            emit(from, to, &mut count);
        }
        // The path of an address counts as a name of its own.
        if let Some(scheme) = whole.as_bytes().windows(3).position(|sign| sign == b"://")
            && let Some(slash) = whole[scheme + 3..].find('/')
        {
            emit(from + scheme + 4 + slash, to, &mut count);
        }
        for separators in [&b"/:@"[..], &b"/:@."[..]] {
            let mut start = from;
            for index in from..=to {
                if index == to || separators.contains(&bytes[index]) {
                    let part = &text[start..index];
                    let fresh = part.len() < whole.len()
                        && (separators.len() == 3 || part_is_new(text, start, index, from, to));
                    if fresh && is_identifier(part) {
                        emit(start, index, &mut count);
                    }
                    start = index + 1;
                }
            }
        }
    }
}

/// A part cut at dots repeats one cut at slashes unless a dot borders it.
fn part_is_new(text: &str, start: usize, end: usize, from: usize, to: usize) -> bool {
    let bytes = text.as_bytes();
    (start > from && bytes[start - 1] == b'.') || (end < to && bytes[end] == b'.')
}

/// A byte within a name: a letter or digit of ASCII, or a sign that joins parts.
fn is_inner(byte: u8) -> bool {
    INNER[usize::from(byte)]
}

static INNER: [bool; 256] = {
    let mut inner = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        inner[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b'@');
        byte += 1;
    }
    inner
};

/// Whether the text has the shape of a name or number rather than of a word.
pub(crate) fn is_identifier(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() < 2 {
        return false;
    }
    let mut digits = 0;
    let mut letters = 0;
    let mut camel = false;
    let mut joint = false;
    let mut slashes = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        let inside = index > 0 && index + 1 < bytes.len();
        match byte {
            b'0'..=b'9' => digits += 1,
            b'A'..=b'Z' => {
                letters += 1;
                camel |= index > 0 && bytes[index - 1].is_ascii_lowercase();
            }
            b'a'..=b'z' => letters += 1,
            b'_' | b'@' => joint |= inside,
            b'.' => {
                joint |= inside
                    && bytes[index - 1].is_ascii_alphanumeric()
                    && bytes[index + 1].is_ascii_alphanumeric();
            }
            b'/' => slashes += 1,
            b'-' | b':' => {}
            _ => return false,
        }
    }
    (digits > 0 && letters > 0) || digits >= 5 || (camel && slashes == 0) || joint || slashes >= 2
}
