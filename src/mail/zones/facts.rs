//! Lines labelled like the header of a mail that are none: settings inside others, literals of a program, forms.

use super::clock::has_clock;
use super::header_block::{has_year, label};
use super::header_labels::Label;
use super::line::{Line, next_filled, plain_lower, previous_filled};

/// Labelled lines above a block that are looked at.
const AUTHOR_LINES: usize = 4;

/// Settings inside others: all lines further in than the text around them, below a key or a bracket, or with nothing in them
/// that a mail program writes.
pub(super) fn is_nested(lines: &[Line<'_>], first: usize, last: usize) -> bool {
    if lines[first].depth > 0 {
        return false;
    }
    let above = previous_filled(lines, first).map(|above| &lines[above]);
    let below = next_filled(lines, last + 1).map(|below| &lines[below]);
    if above.is_some_and(|above| above.text.ends_with(['{', '[', '('])) {
        return true;
    }
    let inner = |line: &Line<'_>| line.raw.starts_with([' ', '\t']);
    let nested = lines[first..=last]
        .iter()
        .all(|line| line.is_blank() || line.raw.starts_with("  ") || line.raw.starts_with('\t'));
    // A mail that a program moves in is moved in as a whole.
    if !nested || above.is_none_or(inner) || below.is_some_and(inner) {
        return false;
    }
    let key = above.is_some_and(|above| {
        first > 0
            && !lines[first - 1].is_blank()
            && above
                .text
                .strip_suffix(':')
                .is_some_and(|name| !name.contains(char::is_whitespace))
    });
    key || !lines[first..=last]
        .iter()
        .any(|line| line.text.contains('<') || has_clock(line.text))
}

/// A dictionary of a program: values that end with commas or stand between quotation marks.
pub(super) fn is_of_literals(lines: &[Line<'_>], first: usize, last: usize) -> bool {
    // A block may begin below its author.
    let above = lines[first.saturating_sub(AUTHOR_LINES)..first].iter();
    let labelled = above.rev().take_while(|line| label(line).is_some());
    lines[first - labelled.count()..=last]
        .iter()
        .filter(|line| {
            matches!(
                label(line),
                Some((Label::From | Label::Date | Label::Subject, _))
            ) && line.text.split_once([':', '：']).is_some_and(|(_, value)| {
                let value = value.trim();
                let bare = value.trim_end_matches([',', ';']);
                let quoted =
                    bare.len() > 2 && bare.starts_with(['"', '\'']) && bare.ends_with(['"', '\'']);
                quoted || bare.len() < value.len()
            })
        })
        .count()
        >= 2
}

/// A form: from a place to another, on a day. Mail programs write who sent a mail, and when, to the minute or with a label
/// that says so.
pub(super) fn is_form(lines: &[Line<'_>], first: usize, last: usize) -> bool {
    let opening = plain_lower(lines[first].text);
    let place = opening.split_once([':', '：']).is_some_and(|(name, _)| {
        matches!(
            name.trim(),
            "from" | "von" | "de" | "od" | "da" | "从" | "自"
        )
    });
    let filled = || lines[first..=last].iter().filter(|line| !line.is_blank());
    place
        && filled()
            .nth(1)
            .is_some_and(|line| matches!(label(line), Some((Label::To, _))))
        && !filled().any(|line| line.text.contains(['@', '<']) || has_clock(line.text))
        && !filled().any(|line| is_time_of_sending(line))
}

/// Whether a block says in a mail program's own word when a mail was sent, with year and minute: enough without a subject
/// and an address.
pub(super) fn is_dated_sending(lines: &[Line<'_>], first: usize, last: usize) -> bool {
    lines[first..=last]
        .iter()
        .any(|line| is_time_of_sending(line) && has_clock(line.text) && has_year(line.text))
}

/// Labels of days that forms have too.
#[rustfmt::skip]
const DATES: &[&str] = &[
    "date", "datum", "data", "fecha", "日期", "时间", "時間", "日時", "日付", "dato", "дата", "tarih", "päivämäärä", "dátum", "received", "le",
    "التاريخ",
];

/// `Sent:` and its translations, which forms do not have.
pub(super) fn is_time_of_sending(line: &Line<'_>) -> bool {
    matches!(label(line), Some((Label::Date, _)))
        && line
            .text
            .split_once([':', '：'])
            .is_some_and(|(name, _)| !DATES.contains(&plain_lower(name).trim()))
}
