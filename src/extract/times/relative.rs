//! Times counted from the mail: "20 minutes ago", "vor 3 Tagen", 2小时前.

use super::atoms::{Atom, Kind, push};
use super::cursor::Cursor;
use super::words::{Word, WordHit};
use crate::extract::characters::{ends_with_word, is_blank, window, window_before};

/// Seconds.
const DAY: i64 = 86_400;

/// `20 minutes ago`, `vor 3 Tagen`, `il y a 2 heures`, `3 dni temu`, `2小时前`.
pub(super) fn ago(
    mut cursor: Cursor<'_>,
    words: &[WordHit],
    next_word: usize,
    atoms: &mut Vec<Atom>,
) -> bool {
    let start = cursor.place;
    let Some(count) = cursor.number(1, 3) else {
        return false;
    };
    cursor.blanks();
    let unit = words[next_word.min(words.len())..]
        .iter()
        .take(3)
        .find_map(|hit| match hit.word {
            Word::Unit(seconds) if hit.start == cursor.place => Some((seconds, hit.end)),
            _ => None,
        });
    unit.is_some_and(|(seconds, end)| push_ago(cursor.text, start, end, count, seconds, atoms))
}

/// The words around "3 days" that turn them into a time in the past.
pub(super) fn push_ago(
    text: &str,
    start: usize,
    end: usize,
    count: i64,
    unit: i64,
    atoms: &mut Vec<Atom>,
) -> bool {
    let seconds = if count == 0 { unit / 2 } else { count * unit };
    let before = window_before(text, start, 16).to_lowercase();
    let before = before.trim_end_matches(is_blank);
    let after = window(text, end, 16).to_lowercase();
    let trimmed = after.trim_start_matches(is_blank);
    let led = [
        ("vor etwa", true),
        ("vor ca.", true),
        ("vor", true),
        ("il y a environ", true),
        ("il y a", true),
        ("przed", true),
    ]
    .iter()
    .find(|(phrase, _)| ends_with_word(before, phrase));
    let since = [
        "since",
        "for",
        "seit",
        "depuis",
        "od",
        "for about",
        "seit etwa",
        "depuis environ",
        "for the last",
        "for the past",
    ]
    .iter()
    .any(|phrase| ends_with_word(before, phrase));
    let follow = ["ago", "temu", "前", "以前", "之前", "earlier"]
        .iter()
        .find(|phrase| trimmed.starts_with(**phrase));
    let (from, to) = match (led, follow) {
        (Some((phrase, _)), _) => (
            start - (window_before(text, start, 16).len() - before.len()) - phrase.len(),
            end,
        ),
        (None, Some(phrase)) => (start, end + (after.len() - trimmed.len()) + phrase.len()),
        // "since 3 days" has a day as its answer; "for 3 hours" is a duration.
        (None, None) if since && unit >= DAY => (start, end),
        (None, None) => return false,
    };
    // "Three days ago at 16:40": a day, which may have a clock time beside it.
    let day = i32::try_from(seconds / DAY).ok();
    let kind = match day.filter(|_| unit >= DAY && count > 0) {
        Some(days) => Kind::Day(-days),
        None => Kind::Ago {
            seconds,
            precise: unit < DAY,
        },
    };
    push(atoms, from, to.min(text.len()), kind, false)
}
