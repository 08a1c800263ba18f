//! What a signature stands below: `-- ` and what people type for it, rules, and boxes of rules.

use super::contact::{has_contact, has_telephone};
use super::line::{Line, previous_filled};
use super::separator;
use super::sign_off;
use super::signature::{ends_sentence, is_archive_link};

/// Most filled lines of a signature below its delimiter.
const SIGNATURE_LINES: usize = 25;

/// Whether a line is the delimiter or what people type for it.
pub(super) fn is_dashes(text: &str) -> bool {
    matches!(
        text,
        "--" | "—" | "–" | "--." | "__" | "--*" | "*--*" | "——"
    )
}

/// `-- ` (RFC 3676 section 4.3) and what people type for it.
pub(super) fn find(
    lines: &[Line<'_>],
    content: &[bool],
    may_be_all: bool,
) -> Option<(usize, &'static str)> {
    // Further up nothing counts: too much would stand below.
    let mut from = lines.len();
    let mut filled = 0;
    while from > 0 && filled <= SIGNATURE_LINES * 2 + 1 {
        from -= 1;
        filled += usize::from(!lines[from].is_blank());
    }
    for (index, line) in lines.iter().enumerate().skip(from) {
        if content[index] || line.depth > 0 || line.is_blank() {
            continue;
        }
        let strict = line.raw == "-- ";
        let dashes = is_dashes(line.text);
        if strict || dashes {
            // What goes on right below dashes is parted by them, not signed.
            let goes_on = lines[index + 1..]
                .iter()
                .find(|below| !below.is_blank() || below.reported)
                .is_some_and(|below| below.reported);
            if goes_on {
                continue;
            }
            if separator::goes_on(lines, index, strict) {
                continue;
            }
            let below = filled_lines(&lines[index + 1..]);
            // Without the space that the standard asks for, it may separate anything.
            if !strict
                && (below.iter().any(|other| is_content_below(other.text))
                    || ends_with_sentence(&lines[index + 1..]))
            {
                continue;
            }
            let limit = if strict {
                SIGNATURE_LINES * 2
            } else {
                SIGNATURE_LINES
            };
            // A patch ends with the version of the program that wrote it.
            let version = below.len() == 1
                && below[0]
                    .text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.');
            // A web archive's link below is no signature of the sender.
            if below.len() <= limit
                && !version
                && (may_be_all || !is_archive_link(&lines[index + 1..]))
            {
                return Some((index, "dashes"));
            }
        }
        if is_box(&lines[index..]) {
            return Some((index, "signature_box"));
        }
        let rule = line.is_rule_of(&['_', '-', '=', '*', '~', '#'], 3)
            && (line.text.starts_with('*') || !line.text.contains(' '));
        if !rule || line.text.starts_with("```") {
            continue;
        }
        let below = filled_lines(&lines[index + 1..]);
        if (1..=10).contains(&below.len()) {
            let another = below
                .iter()
                .any(|other| other.is_rule_of(&['_', '-', '=', '*'], 3));
            let reachable = below
                .iter()
                .any(|other| has_telephone(&other.text.to_lowercase()) || other.text.contains('@'));
            let fits = below
                .iter()
                .all(|other| sign_off::belongs_to_signature(other.text));
            let sections = lines[..index]
                .iter()
                .any(|other| other.is_rule_of(&['_', '-', '=', '*', '~', '#'], 3));
            let few = below.len() <= 2
                && !sections
                && below.iter().all(|other| {
                    !other.text.contains("http")
                        && other.text.len() < 60
                        && !other.text.ends_with(['.', '?', '!'])
                });
            let starts_with_name = sign_off::is_name(below[0].text) || has_contact(below[0].text);
            // Below a heading stands what it is the heading of, and a rule in a text parts facts and lists too.
            let signed = starts_with_name
                || sign_off::is_company(below[0].text)
                || is_signed_above(lines, index);
            if !another
                && fits
                && (reachable && starts_with_name || few && signed && !is_heading(lines, index))
            {
                return Some((index, "dashes"));
            }
        }
    }
    None
}

fn filled_lines<'l, 't>(lines: &'l [Line<'t>]) -> Vec<&'l Line<'t>> {
    lines.iter().filter(|line| !line.is_blank()).collect()
}

/// Whether the line right above a rule is no end of a text: a word or three that no sign ends and no farewell is.
fn is_heading(lines: &[Line<'_>], rule: usize) -> bool {
    rule.checked_sub(1).is_some_and(|above| {
        let line = &lines[above];
        !line.is_blank()
            && line.words() <= 3
            && !ends_sentence(line.text)
            && !sign_off::is_bare_phrase(line.text)
    })
}

/// Whether a sign-off and a name stand right above a rule: what stands below goes on about who signed.
fn is_signed_above(lines: &[Line<'_>], rule: usize) -> bool {
    let Some(name) = previous_filled(lines, rule) else {
        return false;
    };
    sign_off::is_name(lines[name].text)
        && previous_filled(lines, name)
            .is_some_and(|phrase| sign_off::is_bare_phrase(lines[phrase].text))
}

/// A signature between two rules that ends the text, as it is usual in Japan: names and contacts, no sentence.
fn is_box(lines: &[Line<'_>]) -> bool {
    let rule = |line: &Line<'_>| {
        line.text.chars().count() >= 10
            && (line.is_rule_of(
                &[
                    '_', '-', '=', '*', '~', '#', '─', '━', '＝', '－', '―', '◆', '☆', '+', '◇',
                    '□', '■', '◎', '·',
                ],
                10,
            ))
    };
    if !rule(&lines[0]) {
        return false;
    }
    let filled: Vec<_> = lines.iter().filter(|line| !line.is_blank()).collect();
    let [_, inner @ .., last] = filled.as_slice() else {
        return false;
    };
    (2..=12).contains(&inner.len())
        && rule(last)
        && inner.iter().all(|line| {
            line.depth == 0
                && !line.is_rule_of(&['_', '-', '=', '*', '~', '#'], 10)
                && sign_off::belongs_to_signature(line.text)
                && !line.text.ends_with(['。', '.', '?', '？', '!', '！'])
        })
        && inner.iter().any(|line| has_contact(line.text))
        && (sign_off::is_name(inner[0].text) || sign_off::is_company(inner[0].text))
}

/// A step of a list, or a long sentence: nothing that a signature holds.
fn is_content_below(text: &str) -> bool {
    let numbered = text
        .trim_start_matches(|character: char| character.is_ascii_digit())
        .starts_with(['.', ')'])
        && text.starts_with(|character: char| character.is_ascii_digit());
    numbered && !has_telephone(&text.to_lowercase())
        || text.split_whitespace().count() > 10 && text.ends_with(['.', '?', '!', ':'])
}

/// Whether the last paragraph of several is one sentence: what goes on below a dash, not who signs.
fn ends_with_sentence(lines: &[Line<'_>]) -> bool {
    let Some(last) = previous_filled(lines, lines.len()) else {
        return false;
    };
    let line = &lines[last];
    last > 0
        && lines[last - 1].is_blank()
        && previous_filled(lines, last - 1).is_some()
        && line.words() >= 4
        && line.text.starts_with(char::is_uppercase)
        && line.text.ends_with(['.', '?', '!'])
        && !has_contact(line.text)
}
