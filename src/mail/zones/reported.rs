//! What a desk reads below a name: values with labels, identifiers, logs, tables, numbered answers, postscripts.
//!
//! A signature says who somebody is and how to reach them. Whatever says what happened is the sender's text, wherever it
//! stands: all rules for the ends of mails ask [`below`] before they take a line away.

use super::contact::{has_contact, has_telephone, is_date_or_time};
use super::labelled::{self, Named};
use super::line::Line;
use super::sign_off;
use super::title::has_title;
use crate::mail::text::is_wide_letter;

/// What one line is, judged alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Blank,
    /// A rule: it ends what stands above it.
    Rule,
    /// How to reach somebody, what somebody does, the entry of a company in a register.
    Reach,
    /// A value, and what follows it in its paragraph may be one.
    Value,
    /// A log, code, a table, a postscript: the rest of its paragraph goes with it.
    Opens,
    /// The number under which somebody is known: a value, unless contacts surround it.
    Party,
    /// An account at a bank: a value where it stands apart.
    Bank,
    /// A label and words.
    Words,
    /// An item of a numbered list.
    Item,
    /// An identifier and nothing else.
    Bare,
    /// Something that ends in a colon.
    Heading,
    Other,
}

/// For each line from `first` on, whether the sender says something in it.
pub(super) fn below(lines: &[Line<'_>], content: &[bool], first: usize) -> Vec<bool> {
    let mut reported = vec![false; lines.len()];
    let mut start = first;
    while start < lines.len() {
        if lines[start].is_blank() {
            start += 1;
            continue;
        }
        let end = (start..lines.len())
            .find(|index| lines[*index].is_blank())
            .unwrap_or(lines.len());
        paragraph(lines, content, start..end, start > first + 1, &mut reported);
        start = end;
    }
    // A heading with a blank line below it.
    for index in (first..lines.len()).rev() {
        if !lines[index].is_blank()
            && !reported[index]
            && sort(&lines[index], content[index]) == Sort::Heading
            && (index + 1..lines.len())
                .find(|below| !lines[*below].is_blank())
                .is_some_and(|below| reported[below])
        {
            reported[index] = true;
        }
    }
    reported
}

/// One paragraph; `apart` when a blank line parts it from the name.
fn paragraph(
    lines: &[Line<'_>],
    content: &[bool],
    range: std::ops::Range<usize>,
    apart: bool,
    reported: &mut [bool],
) {
    let start = range.start;
    // A file that was encoded into the text (uuencode).
    if lines[start].text.starts_with("begin 6") {
        return;
    }
    let sorts: Vec<Sort> = range
        .clone()
        .map(|index| sort(&lines[index], content[index]))
        .collect();
    let says_reach = |sort: &Sort| matches!(sort, Sort::Reach);
    let bare = apart
        && sorts
            .iter()
            .all(|sort| matches!(sort, Sort::Bare | Sort::Value | Sort::Heading | Sort::Item));
    let items = sorts.iter().filter(|sort| **sort == Sort::Item).count();
    let mut open = false;
    for (place, sort) in sorts.iter().enumerate() {
        let surrounded =
            || sorts[..place].iter().any(says_reach) && sorts[place + 1..].iter().any(says_reach);
        let held = match sort {
            Sort::Opens => {
                open = true;
                true
            }
            Sort::Value => true,
            Sort::Party => !surrounded(),
            Sort::Bank => {
                apart
                    && sorts
                        .iter()
                        .all(|sort| matches!(sort, Sort::Bank | Sort::Words | Sort::Value))
            }
            Sort::Item => items >= 2 || place > 0 && sorts[place - 1] == Sort::Heading,
            Sort::Bare => bare,
            _ => false,
        };
        if matches!(sort, Sort::Reach | Sort::Rule) {
            open = false;
        }
        reported[start + place] = held || open;
    }
    // Labels with words beside values, and what all of them stand below.
    for place in 1..sorts.len() {
        if reported[start + place - 1] && sorts[place] == Sort::Words {
            reported[start + place] = true;
        }
    }
    for place in (0..sorts.len().saturating_sub(1)).rev() {
        let heads = sorts[place] == Sort::Heading
            || sorts[place] == Sort::Words
            || sorts[place + 1] == Sort::Opens && is_head_of_table(lines, start + place);
        if reported[start + place + 1] && heads {
            reported[start + place] = true;
        }
    }
}

fn sort(line: &Line<'_>, content: bool) -> Sort {
    let text = line.text;
    if text.is_empty() {
        return Sort::Blank;
    }
    if content {
        return Sort::Opens;
    }
    if line.is_rule_of(&['_', '-', '=', '*', '~'], 2) {
        return Sort::Rule;
    }
    if is_postscript(text) {
        return Sort::Opens;
    }
    if text.len() > 400 || line.depth > 0 {
        return Sort::Other;
    }
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    if is_log(text, digits) || is_markup(text) || is_row(text, digits) {
        return Sort::Opens;
    }
    match labelled::named(text) {
        Named::Reach => return Sort::Reach,
        Named::Desk => return Sort::Value,
        Named::Party => return Sort::Party,
        Named::Bank => return Sort::Bank,
        Named::Words => return Sort::Words,
        Named::Heading => return Sort::Heading,
        Named::Nothing => {}
    }
    if is_item(text) {
        return Sort::Item;
    }
    let lower = text.to_lowercase();
    if has_contact(text) || has_telephone(&lower) || has_title(&lower) || sign_off::is_company(text)
    {
        return Sort::Reach;
    }
    if digits && is_identifier(text) {
        return Sort::Bare;
    }
    Sort::Other
}

/// `PS: ...` in ten languages.
pub(super) fn is_postscript(text: &str) -> bool {
    #[rustfmt::skip]
    const WIDE: &[&str] = &["追伸", "追記", "追记", "另外", "补充", "補充", "又及", "附言", "备注", "備考", "なお、"];
    #[rustfmt::skip]
    const BEGINS: &[&str] = &[
        "ps", "p.s", "p. s", "pps", "p.p.s", "pd", "p.d", "nb", "n.b", "edit", "nachtrag", "postscriptum", "post scriptum",
        "postdata", "dopisek", "post-scriptum",
    ];
    if WIDE.iter().any(|word| text.starts_with(word)) {
        return text.chars().count() > 4;
    }
    let start: String = text.chars().take(16).flat_map(char::to_lowercase).collect();
    BEGINS.iter().any(|word| {
        start.strip_prefix(word).is_some_and(|rest| {
            let spoken =
                word.len() > 2 || rest.starts_with([':', '.', ' ', ',', '-', '–', '\u{a0}']);
            spoken
                && rest
                    .trim_start_matches([':', '.', ' ', ',', '-', '–', '\u{a0}'])
                    .starts_with(|character: char| character.is_alphanumeric())
                && (rest.starts_with([':', '.', ',', '-', '–'])
                    || rest
                        .trim_start_matches([' ', '\u{a0}'])
                        .starts_with([':', '-', '–'])
                    || text.starts_with("PS ") && text.split_whitespace().count() > 3)
        })
    })
}

/// What programs write: a time first or a level, the line of a request or an answer, a place in a stack.
fn is_log(text: &str, digits: bool) -> bool {
    #[rustfmt::skip]
    const LEVELS: &[&str] = &[
        "ERROR", "WARN", "WARNING", "FATAL", "INFO", "DEBUG", "TRACE", "CRITICAL", "SEVERE", "NOTICE",
    ];
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let level = |word: &str| LEVELS.contains(&word.trim_matches(['[', ']', '(', ')', ':', '|']));
    if level(first) && words.clone().next().is_some() {
        return true;
    }
    if digits {
        let dated =
            is_date_or_time(first) && first.len() >= 8 && first.contains(['-', ':', '/', '.']);
        let rest = words.clone().count();
        if dated
            && (words.clone().take(3).any(level) || is_clock(words.clone().next()) && rest >= 2)
        {
            return true;
        }
        // `HTTP/1.1 403 Forbidden`, `Nov 19 09:00:00 mx1 smtp[4]:`
        if text.starts_with("HTTP/") || text.starts_with("[20") && text.contains(':') {
            return true;
        }
    }
    #[rustfmt::skip]
    const METHODS: &[&str] = &["GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD ", "OPTIONS "];
    let request = METHODS.iter().any(|method| {
        text.strip_prefix(method)
            .is_some_and(|path| path.starts_with('/') || path.starts_with("http"))
    });
    request
        || text.starts_with("Traceback (")
        || text.starts_with("Caused by: ")
        || text.starts_with("at ") && text.ends_with(')') && text.contains('(')
        || first.ends_with("Exception:")
        || first.ends_with("Error:") && first.len() > 6
        || text.starts_with("$ ")
}

fn is_clock(word: Option<&str>) -> bool {
    word.is_some_and(|word| {
        let word = word.trim_end_matches([']', ',', 'Z']);
        word.len() >= 5 && word.as_bytes()[0].is_ascii_digit() && word.contains(':')
    })
}

/// JSON, XML, fenced code.
fn is_markup(text: &str) -> bool {
    if text.starts_with("```") || matches!(text, "{" | "}" | "[" | "]" | "};" | "},") {
        return true;
    }
    if text.starts_with('{') || text.starts_with('"') {
        return text.contains("\":") || text.contains("\" :");
    }
    if text.starts_with("[{") {
        return true;
    }
    text.starts_with('<')
        && text.ends_with('>')
        && (text.contains("</") || text.contains("/>"))
        && !text.contains('@')
        && !text.starts_with("<http")
}

/// Cells between bars, tabs or semicolons, one of them with a number.
fn is_row(text: &str, digits: bool) -> bool {
    if text.starts_with('|') && text.ends_with('|') {
        let bars = text.bytes().filter(|byte| *byte == b'|').count();
        return bars >= 3 && !has_contact(text);
    }
    if !digits || has_contact(text) {
        return false;
    }
    let tabs = text.bytes().filter(|byte| *byte == b'\t').count();
    let listed = |sign: char| text.contains(sign) && !text.contains(' ');
    tabs >= 2 || listed(';') || listed(',') && !text.ends_with(',')
}

/// The names of the columns right above a row: cells by the same sign.
fn is_head_of_table(lines: &[Line<'_>], index: usize) -> bool {
    let count = |text: &str, sign: char| text.matches(sign).count();
    let (head, row) = (lines[index].text, lines[index + 1].text);
    ['|', '\t', ';', ','].iter().any(|sign| {
        let cells = count(head, *sign);
        cells >= 1 && cells == count(row, *sign)
    })
}

/// `2. 4711`, `3) since Monday`.
fn is_item(text: &str) -> bool {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let number = text.len() - rest.len();
    (1..=2).contains(&number)
        && rest.starts_with(['.', ')', '、'])
        && rest.chars().skip(1).any(char::is_alphanumeric)
        && (rest.starts_with(". ") || rest.starts_with(')') || rest.starts_with('、'))
        && !has_contact(text)
        && !has_title(&text.to_lowercase())
}

/// One or two words, letters and digits of an order, a device or an error, and no telephone.
fn is_identifier(text: &str) -> bool {
    let words = text.split_whitespace().count();
    if words > 2 || text.len() > 64 || text.chars().any(is_wide_letter) {
        return false;
    }
    let lower = text.to_lowercase();
    text.split_whitespace().all(|word| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        let shaped = word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_/.:#".contains(&byte));
        let telephone = letters == 0
            && (word.starts_with('0') || (7..=15).contains(&digits) && digits < word.len());
        shaped
            && digits >= 1
            && word.len() >= 4
            && (digits >= 3 || letters >= 1)
            && !telephone
            && !is_date_or_time(word)
            && !is_ordinal(word)
    }) && !has_telephone(&lower)
        && (words == 1 || text.contains(['-', '_', '#']))
}

/// `100th`, `1st`.
fn is_ordinal(word: &str) -> bool {
    let letters = word.trim_start_matches(|character: char| character.is_ascii_digit());
    matches!(letters, "st" | "nd" | "rd" | "th")
}
