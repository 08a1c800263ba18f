//! Attributions on the line of the sender's own last words, where a program lost the line break.

use super::attribution;
use super::clock::has_clock;
use super::line::Line;

/// How attributions begin that stand behind words without a full stop.
const OPENINGS: &[&str] = &[
    " On ", " Am ", " Le ", " El ", " Il ", " Em ", " Op ", " W dniu ", " Den ",
];

/// Longest line that is looked into, in bytes.
const BYTES_MAX: usize = 2_000;

/// Parts such lines in two.
pub(super) fn part(lines: &mut Vec<Line<'_>>) {
    let mut index = 0;
    while index < lines.len() {
        if let Some(at) = position(lines, index) {
            let line = lines[index];
            let (own, attribution) = line.parted(at);
            lines[index] = own;
            lines.insert(index + 1, attribution);
            index += 1;
        }
        index += 1;
    }
}

/// Where in the line the attribution begins.
fn position(lines: &[Line<'_>], index: usize) -> Option<usize> {
    let line = &lines[index];
    let closes = line.text.ends_with([':', '：']);
    if !closes || line.depth > 0 || line.raw.len() > BYTES_MAX || !has_clock(line.text) {
        return None;
    }
    let raw = line.raw;
    let marked = lines[index + 1..]
        .iter()
        .find(|below| !below.is_blank())
        .is_some_and(|below| below.depth > 0);
    if !marked && !raw.contains('@') {
        return None;
    }
    let mut found = None;
    for (at, sign) in raw.char_indices() {
        let start = match sign {
            '.' | '?' | '!' if ends_sentence(&raw[..at], &raw[at + 1..]) => at + 2,
            '。' | '？' | '！' => at + sign.len_utf8(),
            ' ' if OPENINGS.iter().any(|open| raw[at..].starts_with(open)) => at + 1,
            _ => continue,
        };
        let own = raw[..start].trim();
        let says = own.contains(char::is_alphanumeric)
            && (own.contains([' ', '.', '。']) || own.contains(char::is_numeric));
        if !says || !has_clock(&raw[start..]) {
            continue;
        }
        let (_, rest) = line.parted(start);
        let mut below = vec![rest];
        below.extend(lines[index + 1..].iter().take(3));
        if attribution::opens(rest.text)
            && attribution::at(&below, 0).is_some_and(|found| found.last == 0)
        {
            found = Some(start);
        }
    }
    found
}

/// Whether a full stop behind `before` ends a sentence and is no part of a date: `19.`, `Nov.`, `czw.`, `kl.`
fn ends_sentence(before: &str, after: &str) -> bool {
    let Some(next) = after.strip_prefix(' ') else {
        return false;
    };
    let word = before
        .rsplit(|character: char| !character.is_alphanumeric())
        .next()
        .unwrap_or_default();
    word.chars().count() > 2
        && !next.starts_with(|first: char| first.is_ascii_digit())
        && !attribution::is_day_or_month(&word.to_lowercase())
}
