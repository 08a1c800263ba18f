//! Dates as people write them.

use super::atoms::{Atom, Date, Kind, push};
use super::cursor::{Cursor, digits_end};
use super::machine::clock_digits;
use super::words::{Word, WordHit};
use crate::extract::characters::{ends_with_word, window_before};

/// `2026年3月2日`, `3月2日`, `3月2号`, `2日`.
pub(super) fn chinese_date(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let start = cursor.place;
    let date = (|| {
        let mut year = None;
        let mut attempt = cursor;
        if let Some(value) = attempt.number(4, 4)
            && attempt.blanks().sign(&['年']).is_some()
        {
            year = i16::try_from(value).ok();
            cursor = attempt;
            cursor.blanks();
        }
        let number = cursor.small(1, 2, 1..=31)?;
        cursor.blanks();
        if cursor.sign(&['日', '号']).is_some() && year.is_none() {
            return Some(Date::DayOfMonth(number));
        }
        cursor.sign(&['月'])?;
        cursor.blanks();
        let day = cursor.small(1, 2, 1..=31)?;
        cursor.blanks().sign(&['日', '号']);
        (number <= 12).then_some(Date::Known {
            year,
            month: number,
            day,
        })
    })();
    match date {
        Some(date) => push(atoms, start, cursor.place, Kind::Date(date), false),
        None => false,
    }
}

pub(super) fn month_at(words: &[WordHit], next_word: usize, place: usize) -> Option<(i8, usize)> {
    words[next_word.min(words.len())..]
        .iter()
        .take_while(|hit| hit.start <= place)
        .find_map(|hit| match hit.word {
            Word::Month(month) if hit.start == place => Some((month, hit.end)),
            _ => None,
        })
}

/// `2. März 2026`, `2 mars`, `2nd of March, 2026`, `1er mars`.
pub(super) fn day_and_month_word(
    mut cursor: Cursor<'_>,
    words: &[WordHit],
    next_word: usize,
    atoms: &mut Vec<Atom>,
) -> bool {
    let start = cursor.place;
    let date = (|| {
        let day = cursor.small(1, 2, 1..=31)?;
        for ending in ["st", "nd", "rd", "th", "er", "-go", "ter", "ten"] {
            if cursor.literal(ending) {
                break;
            }
        }
        cursor.sign(&['.']);
        cursor.blanks();
        if cursor.literal("of ") || cursor.literal("de ") {
            cursor.blanks();
        }
        let (month, end) = month_at(words, next_word, cursor.place)?;
        cursor.place = end;
        let year = year_behind(&mut cursor);
        Some(Date::Known { year, month, day })
    })();
    match date {
        Some(date) => push(atoms, start, cursor.place, Kind::Date(date), false),
        None => false,
    }
}

/// `March 2, 2026`, `Feb 27`.
pub(super) fn month_first(text: &str, hit: &WordHit, month: i8, atoms: &mut Vec<Atom>) {
    let mut cursor = Cursor {
        text,
        place: hit.end,
    };
    cursor.sign(&['.']);
    cursor.blanks();
    if cursor.literal("the ") {
        cursor.blanks();
    }
    let Some(day) = cursor.small(1, 2, 1..=31) else {
        return;
    };
    for ending in ["st", "nd", "rd", "th"] {
        if cursor.literal(ending) {
            break;
        }
    }
    if !cursor.free()
        || cursor.text[cursor.place..].starts_with([':', '%', '.'])
            && cursor
                .text
                .as_bytes()
                .get(cursor.place + 1)
                .is_some_and(u8::is_ascii_digit)
    {
        return;
    }
    let year = year_behind(&mut cursor);
    push(
        atoms,
        hit.start,
        cursor.place,
        Kind::Date(Date::Known { year, month, day }),
        false,
    );
}

/// `02.03.2026`, `2/3/26`, `02-03-2026`, `2.3.`.
pub(super) fn numeric_date(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let start = cursor.place;
    let date = (|| {
        let first = cursor.small(1, 2, 1..=31)?;
        let sign = cursor.sign(&['.', '/', '-'])?;
        if sign == '.' {
            cursor.blanks();
        }
        let second = cursor.small(1, 2, 1..=31)?;
        let mut with_year = cursor;
        let year = with_year.sign(&[sign]).and_then(|_| {
            if sign == '.' {
                with_year.blanks();
            }
            let length = digits_end(cursor.text.as_bytes(), with_year.place) - with_year.place;
            let year = with_year.number(2, 4).filter(|_| length != 3)?;
            i16::try_from(if year < 100 { year + 2_000 } else { year }).ok()
        });
        let year = year.filter(|year| (1995..=2060).contains(year));
        match year {
            Some(_) => cursor = with_year,
            None => {
                // Without a year only "am 2.3.", "Freitag, 2.3.", "le 2/3 à" and "2.03 o 8:15" are dates.
                let said = is_led(cursor.text, start);
                let bracketed = cursor.text[..start].ends_with('(');
                let clock = clock_follows(cursor);
                let digits = cursor.place - start;
                let two_digits = cursor.text[start..cursor.place]
                    .rsplit(sign)
                    .next()
                    .is_some_and(|month| month.trim().len() == 2);
                // "4.05" is a price unless a weekday stands before it or a clock behind it.
                let dotted = sign != '.'
                    || cursor.sign(&['.']).is_some()
                    || digits >= 4 && two_digits && (clock || weekday_before(cursor.text, start));
                if !(said || bracketed || clock) || !dotted || sign == '-' {
                    return None;
                }
            }
        }
        // Polish writes the word for year right behind it: 09.03.2026r.
        if year.is_some() {
            let _ = cursor.literal("r.") || cursor.literal("r");
        }
        if !cursor.free()
            || (cursor.text[cursor.place..].starts_with(['.', '-', '/'])
                && cursor
                    .text
                    .as_bytes()
                    .get(cursor.place + 1)
                    .is_some_and(u8::is_ascii_digit))
        {
            return None;
        }
        match (sign, first > 12, second > 12) {
            (_, true, true) => None,
            ('.', _, false) | (_, true, false) => Some(Date::Known {
                year,
                month: second,
                day: first,
            }),
            (_, false, true) => Some(Date::Known {
                year,
                month: first,
                day: second,
            }),
            _ => Some(Date::Either {
                first,
                second,
                year,
            }),
        }
    })();
    match date {
        Some(date) => push(atoms, start, cursor.place, Kind::Date(date), false),
        None => false,
    }
}

/// Words before a date without year.
const LEADS: [&str; 27] = [
    "am", "le", "dem", "den", "vom", "zum", "ab", "dnia", "du", "on", "seit", "since", "from",
    "od", "z", "ze", "w", "depuis", "dès", "until", "bis", "do", "at", "the", "der", "au", "of",
];

/// True behind a preposition or a weekday.
fn is_led(text: &str, start: usize) -> bool {
    let led = window_before(text, start, 12).to_lowercase();
    let led = led.trim_end();
    LEADS.iter().any(|word| ends_with_word(led, word)) || weekday_before(text, start)
}

/// True when a weekday stands right before: "Freitag, 22.05.", "w poniedziałek 13.04".
fn weekday_before(text: &str, start: usize) -> bool {
    let near = window_before(text, start, 24);
    let cut = near.trim_end_matches(|sign: char| sign.is_whitespace() || ",.(".contains(sign));
    super::words::find(near)
        .last()
        .is_some_and(|hit| matches!(hit.word, Word::Weekday(_)) && hit.end == cut.len())
}

/// True when a clock time comes next, after at most a few small words: "um", "o godz.", "między".
fn clock_follows(mut cursor: Cursor<'_>) -> bool {
    cursor.sign(&['.']);
    cursor.sign(&[',']);
    for _ in 0..4 {
        cursor.blanks();
        let mut hour = cursor;
        if clock_digits(cursor).is_some() {
            return true;
        }
        if hour.small(1, 2, 0..=24).is_some() {
            hour.blanks();
            return ["uhr", "h", "am", "pm", "点", "时", "a.m", "p.m"]
                .iter()
                .any(|unit| hour.literal(unit));
        }
        let word = [
            "um ",
            "gegen ",
            "ca. ",
            "à ",
            "vers ",
            "o ",
            "ok. ",
            "około ",
            "godz. ",
            "godz.",
            "godzinie ",
            "między ",
            "zwischen ",
            "entre ",
            "between ",
            "at ",
            "around ",
            "about ",
            "von ",
            "from ",
            "od ",
            "de ",
            "@ ",
            "@",
        ]
        .iter()
        .any(|word| cursor.literal(word));
        if !word {
            return false;
        }
    }
    false
}

/// A year behind a month or day: `. 2026`, `, 2026`, ` 2026`.
fn year_behind(cursor: &mut Cursor<'_>) -> Option<i16> {
    let mut attempt = *cursor;
    attempt.sign(&['.']);
    attempt.sign(&[',']);
    attempt.blanks();
    let year = attempt
        .number(4, 4)
        .and_then(|year| i16::try_from(year).ok())?;
    // "March 2, 14:05" holds no year, nor does "2 mars 2300 appels".
    if !(1995..=2060).contains(&year) || attempt.text[attempt.place..].starts_with(':') {
        return None;
    }
    *cursor = attempt;
    Some(year)
}
