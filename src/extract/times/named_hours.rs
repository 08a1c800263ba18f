//! Hours that have a name, apart from things that bear it: "at midnight" is an hour, "Bar Midnight" is none.

use super::words::{self, Word};
use crate::extract::characters::{ends_with_word, is_han, window, window_before};

/// Names of hours that are words of other things too.
const NAMES: [&str; 13] = [
    "noon",
    "midday",
    "midnight",
    "mitternacht",
    "midi",
    "minuit",
    "północy",
    "północ",
    "północą",
    "w południe",
    "午夜",
    "正午",
    "零点",
];

/// Words before an hour.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "at", "around", "about", "since", "by", "until", "till", "from", "before", "after", "past", "approximately", "to", "and", "between", "towards", "near",
    "um", "gegen", "seit", "ab", "bis", "nach", "vor", "kurz nach", "kurz vor", "und", "zwischen", "zu",
    "à", "a", "vers", "dès", "depuis", "avant", "après", "entre", "jusqu'à", "jusqu’à", "et", "de", "ce",
    "o", "od", "do", "po", "przed", "około", "ok.", "koło", "między", "równo",
];

/// Words before an hour that even one written like a name may follow.
const SURE_LEADS: [&str; 8] = ["at", "around", "um", "gegen", "à", "vers", "ab", "since"];

/// True where the word tells an hour.
pub(super) fn tells_hour(text: &str, start: usize, end: usize) -> bool {
    let name = &text[start..end];
    let lower = name.to_lowercase();
    if !NAMES.contains(&lower.as_str()) {
        return true;
    }
    // "w południe" brings its preposition.
    if lower == "w południe" {
        return !name[1..].trim_start().starts_with(char::is_uppercase);
    }
    let before = window_before(text, start, 32);
    let left =
        before.trim_end_matches(|sign: char| sign.is_whitespace() || "(,:：~–-".contains(sign));
    let lower_left = left.to_lowercase();
    let led = |words: &[&str]| words.iter().any(|word| ends_with_word(&lower_left, word));
    let begins = left.is_empty() || left.ends_with(['.', '!', '?', '。']) || before.ends_with('\n');
    let like_a_name = lower != "mitternacht" && name.starts_with(char::is_uppercase) && !begins;
    if like_a_name {
        return led(&SURE_LEADS);
    }
    if name.starts_with(is_han) {
        return left.ends_with([
            '在', '于', '从', '到', '自', '约', '近', '至', '日', '号', '天', '晚', '的',
        ]) || left.ends_with(|last: char| last.is_ascii_digit())
            || beside_time(left, text, end);
    }
    led(LEADS) || left.ends_with(|last: char| last.is_ascii_digit()) || beside_time(left, text, end)
}

/// True between or beside words of days and zones: "yesterday noon", "midnight UTC".
fn beside_time(left: &str, text: &str, end: usize) -> bool {
    let of_time = |word: Word| {
        matches!(
            word,
            Word::Day(_)
                | Word::Weekday(_)
                | Word::LastWeek(_)
                | Word::DayAndPart(..)
                | Word::Zone(_)
        )
    };
    let before = words::find(left)
        .last()
        .is_some_and(|hit| hit.end == left.len() && of_time(hit.word));
    let after = window(text, end, 24);
    let gap = after.len() - after.trim_start_matches([' ', ',', '(']).len();
    before
        || words::find(after)
            .first()
            .is_some_and(|hit| hit.start == gap && of_time(hit.word))
}

/// Where the word stands that says "this" before the hour: "ce midi".
pub(super) fn this_day(text: &str, start: usize) -> Option<usize> {
    let left = window_before(text, start, 8);
    let trimmed = left.trim_end();
    ends_with_word(&trimmed.to_lowercase(), "ce")
        .then(|| start - (left.len() - trimmed.len()) - "ce".len())
}
