//! Clock times as people write them.

use super::atoms::{Atom, Kind, push};
use super::cursor::Cursor;
use super::machine::clock_digits;
use super::words::{Word, WordHit};
use super::zone_places;
use super::zones::{Zone, offset};
use crate::extract::characters::{ends_with_word, skip_blanks, window, window_before};
use crate::lower_case::LowerCase;

/// A clock time without its date: end, hour, minute, true for the afternoon.
type Parsed = (usize, i8, i8, Option<bool>);

/// `14:05`, `14:05:22`, `2:05 pm`, `3pm`, `14 h 05`, `14h`, `14.05 Uhr`, `14 Uhr 05`, `下午2点05分`.
pub(super) fn clock(cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    if clock_digits(cursor).is_some() {
        return with_colon(cursor, atoms);
    }
    let mut after_hour = cursor;
    let Some(hour) = after_hour.small(1, 2, 0..=24) else {
        return false;
    };
    let led = window_before(cursor.text, cursor.place, 24).lower_case();
    let led = led.trim_end();
    let parsed = twelve_hours(after_hour, hour)
        .or_else(|| with_full_stop(after_hour, hour, led))
        .or_else(|| with_uhr(after_hour, hour))
        .or_else(|| with_h(after_hour, hour, led))
        .or_else(|| with_heures(after_hour, hour, led))
        .or_else(|| chinese(after_hour, hour))
        .or_else(|| polish(after_hour, hour, led))
        .or_else(|| beginning(after_hour, hour, led))
        .or_else(|| with_part(after_hour, hour, led));
    let Some((end, hour, minute, afternoon)) = parsed else {
        return false;
    };
    let kind = Kind::Clock {
        hour: hour % 24,
        minute,
        second: 0,
        afternoon,
    };
    push(atoms, cursor.place, end, kind, false);
    zone_behind(
        Cursor {
            place: end,
            ..cursor
        },
        atoms,
    );
    true
}

/// `14:05`, with seconds, am or pm, "Uhr" behind it.
fn with_colon(cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let Some((end, hour, minute, second)) = clock_digits(cursor) else {
        return false;
    };
    let mut after = Cursor {
        place: end,
        ..cursor
    };
    let next = after.text.as_bytes().get(end);
    if !after.free() && !matches!(next, Some(b'a' | b'p' | b'A' | b'P' | b'Z' | b'h')) {
        return false;
    }
    // 10:20:30:40 and 5:10% are no clock times.
    if after.text[end..].starts_with([':', '%'])
        && after
            .text
            .as_bytes()
            .get(end + 1)
            .is_some_and(u8::is_ascii_digit)
    {
        return false;
    }
    let afternoon = meridiem(&mut after).filter(|_| hour <= 12);
    let mut unit = after;
    unit.blanks();
    if (unit.literal("uhr") || unit.literal("hrs") || unit.literal("h")) && unit.free() {
        after = unit;
    }
    let kind = Kind::Clock {
        hour,
        minute,
        second,
        afternoon,
    };
    push(atoms, cursor.place, after.place, kind, false);
    zone_behind(after, atoms);
    true
}

/// `3pm`, `3 p.m.`
fn twelve_hours(mut cursor: Cursor<'_>, hour: i8) -> Option<Parsed> {
    let afternoon = meridiem(&mut cursor)?;
    (1..=12)
        .contains(&hour)
        .then_some((cursor.place, hour, 0, Some(afternoon)))
}

/// `14.05 Uhr`, `o 9.05`.
fn with_full_stop(mut cursor: Cursor<'_>, hour: i8, led: &str) -> Option<Parsed> {
    cursor.sign(&['.'])?;
    let minute = cursor.small(2, 2, 0..=59)?;
    let mut unit = cursor;
    unit.blanks();
    if unit.literal("uhr") && unit.free() {
        return Some((unit.place, hour, minute, None));
    }
    let o_clock = ["godz.", "godzinie", "godz", " o", "um", "gegen"]
        .iter()
        .any(|word| led.ends_with(word));
    let ends = cursor.free() && !cursor.text[cursor.place..].starts_with('.');
    if let Some(afternoon) = meridiem(&mut unit).filter(|_| (1..=12).contains(&hour)) {
        return Some((unit.place, hour, minute, Some(afternoon)));
    }
    // "about 7.30 this morning", "at 7.30 BST"
    let led_loosely = [
        "at", "about", "around", "since", "vers", "ca.", "około", "ok.",
    ]
    .iter()
    .any(|word| led.ends_with(word));
    let goes_on = || {
        super::words::find(crate::extract::characters::window(
            cursor.text,
            cursor.place,
            24,
        ))
        .first()
        .is_some_and(|hit| {
            let gap = &cursor.text[cursor.place..cursor.place + hit.start];
            let tells = matches!(
                hit.word,
                Word::Part(_) | Word::DayAndPart(..) | Word::Zone(_) | Word::Day(_)
            );
            tells && gap.chars().all(|sign| sign == ' ' || sign == '(')
        })
    };
    (ends && (o_clock || led_loosely && goes_on())).then_some((cursor.place, hour, minute, None))
}

/// The first hour of a range whose unit stands behind the second: "between 2 and 4am", "9-11 Uhr".
fn beginning(mut cursor: Cursor<'_>, hour: i8, led: &str) -> Option<Parsed> {
    let end = cursor.place;
    let between = [
        "between",
        "zwischen",
        "entre",
        "między",
        "pomiędzy",
        "from",
        "von",
        "de",
        "od",
        "从",
    ]
    .iter()
    .any(|word| led.ends_with(word));
    cursor.blanks();
    let joined = ["to ", "bis ", "till ", "until ", "-", "–", "~", "到", "至"]
        .iter()
        .any(|sign| cursor.literal(sign))
        || between
            && ["and ", "und ", "et ", "à ", "a ", "i ", "do ", "和"]
                .iter()
                .any(|word| cursor.literal(word));
    if !joined {
        return None;
    }
    cursor.blanks();
    if between && clock_digits(cursor).is_some() {
        return Some((end, hour, 0, None));
    }
    let second = cursor.small(1, 2, 0..=24)?;
    twelve_hours(cursor, second)
        .or_else(|| with_uhr(cursor, second))
        .or_else(|| with_h(cursor, second, "à"))
        .or_else(|| chinese(cursor, second))?;
    Some((end, hour, 0, None))
}

/// `14 Uhr 05`, `14 Uhr`.
fn with_uhr(mut cursor: Cursor<'_>, hour: i8) -> Option<Parsed> {
    cursor.blanks();
    if !cursor.literal("uhr") || !cursor.free() {
        return None;
    }
    let mut minutes = cursor;
    minutes.blanks();
    match minutes.small(2, 2, 0..=59).filter(|_| minutes.free()) {
        Some(minute) => Some((minutes.place, hour, minute, None)),
        None => Some((cursor.place, hour, 0, None)),
    }
}

/// `14 h 05`, `14h05`, `16 h 22 min`; `14h` where a word before it says that it is a clock time.
fn with_h(mut cursor: Cursor<'_>, hour: i8, led: &str) -> Option<Parsed> {
    cursor.blanks();
    if !cursor.literal("h") {
        return None;
    }
    let mut minutes = cursor;
    minutes.blanks();
    if let Some(minute) = minutes.small(2, 2, 0..=59)
        && minutes.free()
    {
        let mut unit = minutes;
        unit.blanks();
        if unit.literal("min") && unit.free() {
            minutes = unit;
        }
        return Some((minutes.place, hour, minute, None));
    }
    let o_clock = [
        "~", "à", "vers", "dès", "entre", "et", "um", "gegen", "at", "avant", "après",
    ]
    .iter()
    .any(|word| led.ends_with(word));
    // "hier 16h", "lundi 9h", "le 16/11 8h"
    let day_before = || {
        let hit = super::words::find(led).last().copied();
        led.ends_with(|last: char| last.is_ascii_digit() || last == ':')
            || hit.is_some_and(|hit| {
                hit.end == led.len()
                    && matches!(
                        hit.word,
                        Word::Day(_) | Word::Weekday(_) | Word::Part(_) | Word::DayAndPart(..)
                    )
            })
    };
    (cursor.free() && (o_clock || day_before())).then_some((cursor.place, hour, 0, None))
}

/// `2点05分`, `2点半`, `14时`.
fn chinese(mut cursor: Cursor<'_>, hour: i8) -> Option<Parsed> {
    cursor.blanks();
    if !["点", "點", "时"].iter().any(|unit| cursor.literal(unit)) {
        return None;
    }
    if cursor.text[cursor.place..].starts_with(['间', '候', '的']) && hour < 2 {
        return None;
    }
    cursor.literal("钟");
    if cursor.literal("半") {
        return Some((cursor.place, hour, 30, None));
    }
    if cursor.literal("一刻") {
        return Some((cursor.place, hour, 15, None));
    }
    let mut minutes = cursor;
    if let Some(minute) = minutes.small(1, 2, 0..=59) {
        minutes.literal("分钟");
        minutes.literal("分");
        return Some((minutes.place, hour, minute, None));
    }
    Some((cursor.place, hour, 0, None))
}

/// `上午十点半`, `三点二十分`: an hour in Chinese numerals, where a day or its part stands before it, or minutes behind.
pub(super) fn chinese_hour(text: &str, hit: &WordHit, hour: i8, atoms: &mut Vec<Atom>) {
    let mut cursor = Cursor {
        text,
        place: hit.end,
    };
    let led = super::words::find(window_before(text, hit.start, 18))
        .last()
        .is_some_and(|before| {
            let near = window_before(text, hit.start, 18);
            before.end == near.trim_end().len()
                && matches!(
                    before.word,
                    Word::Part(_) | Word::DayAndPart(..) | Word::Day(_) | Word::Weekday(_)
                )
        });
    let mut minute = 0;
    let mut told = cursor.literal("钟") || cursor.literal("整");
    if cursor.literal("半") {
        (minute, told) = (30, true);
    } else if cursor.literal("一刻") {
        (minute, told) = (15, true);
    } else if cursor.literal("三刻") {
        (minute, told) = (45, true);
    } else {
        let mut digits = cursor;
        let spelled = || {
            let end = text[cursor.place..].find('分').filter(|end| *end <= 12)?;
            Some((
                minutes_in_words(&text[cursor.place..cursor.place + end])?,
                cursor.place + end + '分'.len_utf8(),
            ))
        };
        if let Some(value) = digits.small(1, 2, 0..=59) {
            digits.literal("分");
            (minute, told) = (value, true);
            cursor = digits;
        } else if let Some((value, end)) = spelled() {
            (minute, told) = (value, true);
            cursor.place = end;
        }
    }
    if !led && !told {
        return;
    }
    let kind = Kind::Clock {
        hour,
        minute,
        second: 0,
        afternoon: None,
    };
    push(atoms, hit.start, cursor.place, kind, false);
    zone_behind(cursor, atoms);
}

/// 五, 十五, 二十, 四十五, 零五.
fn minutes_in_words(text: &str) -> Option<i8> {
    let digit = |text: &str| {
        let place = super::words::CHINESE_NUMERALS[..9]
            .iter()
            .position(|numeral| *numeral == text)?;
        i8::try_from(place + 1).ok()
    };
    let text = text.trim_start_matches(['零', '〇']);
    match text.split_once('十') {
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones)? };
            (tens <= 5).then_some(tens * 10 + ones)
        }
        None => digit(text),
    }
}

/// `godz. 14`: after "o" or "um" alone too many other numbers stand.
fn polish(cursor: Cursor<'_>, hour: i8, led: &str) -> Option<Parsed> {
    let said = ["godz.", "godzinie", "godziny"]
        .iter()
        .any(|word| led.ends_with(word));
    (said && cursor.free()).then_some((cursor.place, hour, 0, None))
}

/// Parts of the day that stand before other things too: "6 morning jobs".
const LOOSE_PARTS: [&str; 14] = [
    "morning",
    "afternoon",
    "evening",
    "night",
    "matin",
    "soir",
    "nuit",
    "matinée",
    "soirée",
    "après-midi",
    "abend",
    "vormittag",
    "nachmittag",
    "nacht",
];

/// `6 rano`, `7 morgens`, `6 in the morning`: the hour is told by the part of the day behind it, where a
/// preposition, a day or a date leads to it.
fn with_part(cursor: Cursor<'_>, hour: i8, led: &str) -> Option<Parsed> {
    let near = window(cursor.text, cursor.place, 32);
    let gap = near.len() - near.trim_start_matches([' ', '\u{a0}']).len();
    if gap == 0 || !(1..=12).contains(&hour) {
        return None;
    }
    let hit = *super::words::find(near).first()?;
    let part = matches!(hit.word, Word::Part(_) | Word::DayAndPart(0, _));
    if hit.start != gap || !part || LOOSE_PARTS.contains(&&*near[gap..hit.end].lower_case()) {
        return None;
    }
    let prepositions = [
        "at", "around", "about", "since", "by", "before", "after", "from", "um", "gegen", "seit",
        "ab", "nach", "vor", "ca.", "etwa", "von", "bis", "à", "vers", "dès", "depuis", "avant",
        "après", "entre", "o", "od", "około", "ok.", "koło", "przed", "po", "do", "między",
        "godz.", "godzinie",
    ];
    let dated = led.trim_end_matches([',', '(', ' ']);
    let day_before = dated.ends_with(|last: char| last.is_ascii_digit())
        || super::words::find(dated).last().is_some_and(|hit| {
            hit.end == dated.len()
                && matches!(
                    hit.word,
                    Word::Day(_) | Word::Weekday(_) | Word::Month(_) | Word::LastWeek(_)
                )
        });
    let led = prepositions.iter().any(|word| ends_with_word(led, word));
    (led || day_before).then_some((cursor.place, hour, 0, None))
}

/// `à 6 heures`, `6 heures du matin`: a number of hours without these is a duration.
fn with_heures(mut cursor: Cursor<'_>, hour: i8, led: &str) -> Option<Parsed> {
    cursor.blanks();
    if !(cursor.literal("heures") || cursor.literal("heure")) || !cursor.free() {
        return None;
    }
    let end = cursor.place;
    cursor.blanks();
    let minutes = cursor
        .small(2, 2, 0..=59)
        .filter(|_| cursor.free())
        .map(|minute| (cursor.place, hour, minute, None));
    let rest = window(cursor.text, end, 24).lower_case();
    let rest = rest.trim_start();
    let part = ["du matin", "du soir", "de l'après-midi", "de l’après-midi"]
        .iter()
        .any(|part| rest.starts_with(part));
    let at = ["à", "vers", "dès"]
        .iter()
        .any(|word| ends_with_word(led, word));
    // "Raccourcies à 24 heures": to a length.
    let last_words = led.trim_end().strip_suffix('à').unwrap_or("").trim_end();
    let last = last_words.rsplit(' ').next().unwrap_or("");
    let length = ["d'", "d’", "de ", "près"]
        .iter()
        .any(|word| rest.starts_with(word))
        || [
            "raccourci",
            "limit",
            "rédui",
            "fixé",
            "porté",
            "passé",
            "ramené",
            "augment",
            "égal",
        ]
        .iter()
        .any(|stem| last.starts_with(stem));
    if !(part || at && !length) {
        return None;
    }
    Some(minutes.unwrap_or((end, hour, 0, None)))
}

/// `am`, `p.m.`: true for the afternoon.
pub(super) fn meridiem(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut attempt = *cursor;
    attempt.blanks();
    for (text, afternoon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
        let mut end = attempt;
        if end.literal(text) && (text.ends_with('.') || end.free()) {
            *cursor = end;
            return Some(afternoon);
        }
    }
    None
}

/// An offset or `Z` right behind a clock: `14:05+01:00`, `14:05 (+0100)`, `14:05Z`.
fn zone_behind(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) {
    let end = cursor.place;
    if cursor.literal("Z") && cursor.free() {
        push(atoms, end, cursor.place, Kind::Zone(Zone::Offset(0)), false);
        return;
    }
    if let Some((zone, range)) = zone_places::behind(cursor.text, end, true) {
        push(atoms, range.start, range.end, Kind::Zone(zone), false);
        return;
    }
    cursor.place = skip_blanks(cursor.text, end);
    cursor.sign(&['(']);
    if let Some((seconds, offset_end)) = offset(cursor.text, cursor.place)
        && offset_end - cursor.place >= 5
    {
        push(
            atoms,
            cursor.place,
            offset_end,
            Kind::Zone(Zone::Offset(seconds)),
            false,
        );
    }
}
