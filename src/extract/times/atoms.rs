//! The parts of which times are made: dates, clock times, zones, days, as they stand in the text.

use jiff::Timestamp;

use super::words::{DayPart, NUMBERS, Word, WordHit};
use super::zones::{Zone, offset};
use crate::extract::characters::{is_blank, skip_blanks, window, window_before};

/// A calendar date as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Date {
    /// The order is clear.
    Known {
        year: Option<i16>,
        month: i8,
        day: i8,
    },
    /// `03/04/2024`: which one is the month depends on the sender.
    Either {
        first: i8,
        second: i8,
        year: Option<i16>,
    },
    /// `8日` alone.
    DayOfMonth(i8),
}

/// A part of a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Date(Date),
    Weekday(i8),
    Day(i32),
    Vague,
    Part(DayPart),
    DayAndPart(i32, DayPart),
    Clock {
        hour: i8,
        minute: i8,
        second: i8,
        afternoon: Option<bool>,
    },
    Zone(Zone),
    /// Seconds before the mail; precise when said in minutes or hours.
    Ago {
        seconds: i64,
        precise: bool,
    },
    /// An instant without need of anything else.
    Instant(Timestamp),
}

/// A part of a time with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Atom {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// Written by a machine: ISO, HTTP, a log.
    pub(super) machine: bool,
}

/// All parts of times in a text, in order, none overlapping.
pub(super) fn find(text: &str, words: &[WordHit]) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut done = 0;
    let mut next_word = 0;
    let bytes = text.as_bytes();
    let mut place = 0;
    while let Some(start) = next_start(bytes, words, next_word, place) {
        while next_word < words.len() && words[next_word].start < start {
            next_word += 1;
        }
        place = start + 1;
        if start < done {
            continue;
        }
        let before = atoms.len();
        if bytes[start].is_ascii_digit() {
            place = digits_end(bytes, start);
            number(text, start, words, next_word, &mut atoms);
        } else if let Some(hit) = words.get(next_word).filter(|hit| hit.start == start) {
            place = hit.end;
            word(text, hit, &mut atoms);
        }
        if atoms.len() > before {
            done = atoms.last().map_or(done, |atom| atom.end);
            place = done.max(start + 1);
        }
    }
    atoms
}

/// The next digit or word.
fn next_start(bytes: &[u8], words: &[WordHit], next_word: usize, place: usize) -> Option<usize> {
    let word = words[next_word.min(words.len())..]
        .iter()
        .map(|hit| hit.start)
        .find(|start| *start >= place);
    let limit = word.unwrap_or(bytes.len());
    let digit = bytes
        .get(place..limit)
        .and_then(|range| range.iter().position(u8::is_ascii_digit))
        .map(|at| place + at);
    digit.or(word)
}

fn digits_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..]
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .map_or(bytes.len(), |length| start + length)
}

/// A reader of digits and signs from a place on.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    place: usize,
}

impl Cursor<'_> {
    fn number(&mut self, shortest: usize, longest: usize) -> Option<i64> {
        let end = digits_end(self.text.as_bytes(), self.place);
        let length = end - self.place;
        if length < shortest || length > longest {
            return None;
        }
        let value = self.text[self.place..end].parse().ok()?;
        self.place = end;
        Some(value)
    }

    fn small(
        &mut self,
        shortest: usize,
        longest: usize,
        range: std::ops::RangeInclusive<i8>,
    ) -> Option<i8> {
        let value = i8::try_from(self.number(shortest, longest)?).ok()?;
        range.contains(&value).then_some(value)
    }

    fn sign(&mut self, signs: &[char]) -> Option<char> {
        let character = self.text[self.place..].chars().next()?;
        signs.contains(&character).then(|| {
            self.place += character.len_utf8();
            character
        })
    }

    fn blanks(&mut self) -> &mut Self {
        self.place = skip_blanks(self.text, self.place);
        self
    }

    fn literal(&mut self, literal: &str) -> bool {
        let found = self.text[self.place..]
            .get(..literal.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(literal));
        if found {
            self.place += literal.len();
        }
        found
    }

    /// True when neither a digit nor a letter goes on here.
    fn free(&self) -> bool {
        self.text[self.place..]
            .chars()
            .next()
            .is_none_or(|next| !crate::extract::characters::is_word(next))
    }
}

fn number(text: &str, start: usize, words: &[WordHit], next_word: usize, atoms: &mut Vec<Atom>) {
    let left = text[..start].chars().next_back();
    // The tail of a word, path, version or larger number.
    let tail = left.is_some_and(|left| {
        (left.is_ascii_alphanumeric() && !(left == 'T' || left == 'v'))
            || matches!(left, '_' | '#' | '$' | '€')
            || (matches!(left, '.' | ',' | '-' | '/' | ':' | '+')
                && text[..start - 1].ends_with(|before: char| before.is_ascii_digit()))
    });
    if tail || left.is_some_and(|left| left == 'v' || left == 'T') {
        return;
    }
    let cursor = Cursor { text, place: start };
    let found = iso(cursor, atoms)
        || compact(cursor, atoms)
        || epoch(cursor, atoms)
        || chinese_date(cursor, atoms)
        || dashed_month(cursor, words, next_word, atoms)
        || day_and_month_word(cursor, words, next_word, atoms)
        || ago(cursor, words, next_word, atoms)
        || clock(cursor, atoms)
        || numeric_date(cursor, atoms);
    let _ = found;
}

fn push(atoms: &mut Vec<Atom>, start: usize, end: usize, kind: Kind, machine: bool) -> bool {
    atoms.push(Atom {
        start,
        end,
        kind,
        machine,
    });
    true
}

/// `2026-03-02T11:02:47.123Z`, `2026-03-02 11:02:47 +0100`, `2026/3/2`, `2026.3.2`.
fn iso(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let start = cursor.place;
    let date = (|| {
        let year = i16::try_from(cursor.number(4, 4)?)
            .ok()
            .filter(|year| (1995..=2060).contains(year))?;
        let sign = cursor.sign(&['-', '/', '.'])?;
        let month = cursor.small(1, 2, 1..=12)?;
        cursor.sign(&[sign])?;
        let day = cursor.small(1, 2, 1..=31)?;
        Some((year, month, day))
    })();
    let Some((year, month, day)) = date else {
        return false;
    };
    let date_end = cursor.place;
    let iso_time = cursor.literal("T") && clock_digits(cursor).is_some();
    if !iso_time {
        cursor.place = date_end;
        let free = cursor.free() || text_is_han(cursor.text, date_end);
        if !free || cursor.text[date_end..].starts_with(['/', '-', '_']) {
            return false;
        }
        let clock_follows = clock_digits(Cursor {
            place: skip_blanks(cursor.text, date_end),
            ..cursor
        })
        .is_some();
        return push(
            atoms,
            start,
            date_end,
            Kind::Date(Date::Known {
                year: Some(year),
                month,
                day,
            }),
            clock_follows,
        );
    }
    push(
        atoms,
        start,
        date_end,
        Kind::Date(Date::Known {
            year: Some(year),
            month,
            day,
        }),
        true,
    );
    push_clock(cursor, atoms);
    true
}

fn text_is_han(text: &str, place: usize) -> bool {
    text[place..]
        .chars()
        .next()
        .is_some_and(crate::extract::characters::is_han)
}

/// `hh:mm[:ss[.fff]]` without anything else. The end, and the clock.
fn clock_digits(mut cursor: Cursor<'_>) -> Option<(usize, i8, i8, i8)> {
    let hour = cursor.small(1, 2, 0..=23)?;
    cursor.sign(&[':', '：'])?;
    let minute = cursor.small(2, 2, 0..=59)?;
    let mut second = 0;
    let mut seconds = cursor;
    if seconds.sign(&[':', '：']).is_some()
        && let Some(value) = seconds.small(2, 2, 0..=60)
    {
        second = value.min(59);
        cursor = seconds;
        let mut fraction = cursor;
        if fraction.sign(&['.', ',']).is_some() && fraction.number(1, 9).is_some() {
            cursor = fraction;
        }
    }
    Some((cursor.place, hour, minute, second))
}

/// A clock of digits with the offset or zone letter right behind it.
fn push_clock(cursor: Cursor<'_>, atoms: &mut Vec<Atom>) {
    let Some((end, hour, minute, second)) = clock_digits(cursor) else {
        return;
    };
    push(
        atoms,
        cursor.place,
        end,
        Kind::Clock {
            hour,
            minute,
            second,
            afternoon: None,
        },
        true,
    );
    let after = Cursor {
        place: end,
        ..cursor
    };
    let mut letter = after;
    if letter.literal("Z") && letter.free() {
        push(atoms, end, letter.place, Kind::Zone(Zone::Offset(0)), true);
    } else if let Some((seconds, offset_end)) = offset(cursor.text, skip_blanks(cursor.text, end)) {
        // "-5" behind a blank is more likely a range.
        let place = skip_blanks(cursor.text, end);
        if place == end || offset_end - place >= 5 {
            push(
                atoms,
                place,
                offset_end,
                Kind::Zone(Zone::Offset(seconds)),
                true,
            );
        }
    }
}

/// `20260325T131512Z`.
fn compact(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let start = cursor.place;
    let parsed = (|| {
        let date = cursor.number(8, 8)?;
        cursor.sign(&['T'])?;
        let clock = cursor.number(6, 6)?;
        cursor.sign(&['Z'])?;
        let digits =
            |value: i64, divisor: i64, modulo: i64| i8::try_from(value / divisor % modulo).ok();
        let date = jiff::civil::date(i16::try_from(date / 10_000).ok()?, 1, 1)
            .with()
            .month(digits(date, 100, 100)?)
            .day(digits(date, 1, 100)?)
            .build()
            .ok()?;
        let time = jiff::civil::Time::new(
            digits(clock, 10_000, 100)?,
            digits(clock, 100, 100)?,
            digits(clock, 1, 100)?,
            0,
        )
        .ok()?;
        jiff::tz::Offset::UTC
            .to_timestamp(date.to_datetime(time))
            .ok()
    })();
    match parsed {
        Some(instant) => push(atoms, start, cursor.place, Kind::Instant(instant), true),
        None => false,
    }
}

/// Seconds or milliseconds since 1970, after a word that says so.
fn epoch(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let start = cursor.place;
    let length = digits_end(cursor.text.as_bytes(), start) - start;
    if length != 10 && length != 13 {
        return false;
    }
    let Some(value) = cursor.number(10, 13) else {
        return false;
    };
    if !cursor.free() {
        return false;
    }
    let seconds = if length == 13 { value / 1_000 } else { value };
    let named = window_before(cursor.text, start, 36).to_lowercase();
    let said = [
        "time", "date", "epoch", "stamp", "ts\"", "ts=", "ts:", "zeit", "heure", "horodat", "czas",
        "时间", "unix", "millis", "\"t\"",
    ]
    .iter()
    .any(|word| named.contains(word));
    let plausible = (1_400_000_000..2_100_000_000).contains(&seconds);
    match Timestamp::from_second(seconds) {
        Ok(instant) if said && plausible => {
            push(atoms, start, cursor.place, Kind::Instant(instant), true)
        }
        _ => false,
    }
}

/// `2026年3月2日`, `3月2日`, `3月2号`, `2日`.
fn chinese_date(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
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

/// `20-Mar-2026 18:20:11`, `02/Mar/2026:11:02:47 +0000`.
fn dashed_month(
    mut cursor: Cursor<'_>,
    words: &[WordHit],
    next_word: usize,
    atoms: &mut Vec<Atom>,
) -> bool {
    let start = cursor.place;
    let date = (|| {
        let day = cursor.small(1, 2, 1..=31)?;
        let sign = cursor.sign(&['-', '/'])?;
        let (month, end) = month_at(words, next_word, cursor.place)?;
        cursor.place = end;
        cursor.sign(&[sign])?;
        let year = cursor.number(2, 4)?;
        let year = if year < 100 { year + 2_000 } else { year };
        Some(Date::Known {
            year: i16::try_from(year).ok(),
            month,
            day,
        })
    })();
    let Some(date) = date else { return false };
    push(atoms, start, cursor.place, Kind::Date(date), true);
    let mut clock = cursor;
    if clock.sign(&[':', ' ']).is_some() && clock_digits(clock).is_some() {
        push_clock(clock, atoms);
    }
    true
}

fn month_at(words: &[WordHit], next_word: usize, place: usize) -> Option<(i8, usize)> {
    words[next_word.min(words.len())..]
        .iter()
        .take_while(|hit| hit.start <= place)
        .find_map(|hit| match hit.word {
            Word::Month(month) if hit.start == place => Some((month, hit.end)),
            _ => None,
        })
}

/// `2. März 2026`, `2 mars`, `2nd of March, 2026`, `1er mars`.
fn day_and_month_word(
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

/// `20 minutes ago`, `vor 3 Tagen`, `il y a 2 heures`, `3 dni temu`, `2小时前`.
fn ago(mut cursor: Cursor<'_>, words: &[WordHit], next_word: usize, atoms: &mut Vec<Atom>) -> bool {
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
fn push_ago(
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
    .find(|(phrase, _)| {
        before.ends_with(phrase)
            && crate::extract::characters::starts_word(before, before.len() - phrase.len())
    });
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
    .any(|phrase| {
        before.ends_with(phrase)
            && crate::extract::characters::starts_word(before, before.len() - phrase.len())
    });
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
        (None, None) if since && unit >= 86_400 => (start, end),
        (None, None) => return false,
    };
    push(
        atoms,
        from,
        to.min(text.len()),
        Kind::Ago {
            seconds,
            precise: unit < 86_400,
        },
        false,
    )
}

/// `14:05`, `14:05:22`, `2:05 pm`, `3pm`, `14 h 05`, `14h`, `14.05 Uhr`, `14 Uhr 05`, `下午2点05分`.
fn clock(cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
    let start = cursor.place;
    if let Some((end, hour, minute, second)) = clock_digits(cursor) {
        let mut after = Cursor {
            place: end,
            ..cursor
        };
        if !after.free()
            && !matches!(
                after.text.as_bytes().get(end),
                Some(b'a' | b'p' | b'A' | b'P' | b'Z' | b'h')
            )
        {
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
        let mut afternoon = meridiem(&mut after);
        if afternoon.is_some() && hour > 12 {
            afternoon = None;
        }
        let mut unit = after;
        unit.blanks();
        if (unit.literal("uhr") || unit.literal("hrs") || unit.literal("h")) && unit.free() {
            after = unit;
        }
        push(
            atoms,
            start,
            after.place,
            Kind::Clock {
                hour,
                minute,
                second,
                afternoon,
            },
            false,
        );
        zone_behind(after, atoms);
        return true;
    }
    let mut with_unit = cursor;
    let parsed = (|| {
        let hour = with_unit.small(1, 2, 0..=24)?;
        let hour_end = with_unit.place;
        let mut attempt = with_unit;
        // 3pm, 3 p.m.
        if let Some(afternoon) = meridiem(&mut attempt)
            && (1..=12).contains(&hour)
        {
            return Some((attempt.place, hour, 0, Some(afternoon)));
        }
        // 14.05 Uhr, 9.05 (Polish)
        attempt = with_unit;
        if attempt.sign(&['.']).is_some()
            && let Some(minute) = attempt.small(2, 2, 0..=59)
        {
            let mut unit = attempt;
            unit.blanks();
            let said = unit.literal("uhr") && unit.free();
            let led = window_before(attempt.text, start, 14).to_lowercase();
            let led = led.trim_end();
            let o_clock = ["godz.", "godzinie", "godz", " o", "um", "gegen"]
                .iter()
                .any(|word| led.ends_with(word));
            if said {
                return Some((unit.place, hour, minute, None));
            }
            if o_clock && attempt.free() && !attempt.text[attempt.place..].starts_with('.') {
                return Some((attempt.place, hour, minute, None));
            }
        }
        // 14 h 05, 14h05, 14h, 16 h 22 min; 14 Uhr 05, 14 Uhr; 14点05分, 14点半, 14时
        attempt = with_unit;
        attempt.place = hour_end;
        let tight = !attempt.text[attempt.place..].starts_with(is_blank);
        attempt.blanks();
        if attempt.literal("uhr") && attempt.free() {
            let mut minutes = attempt;
            minutes.blanks();
            let minute = minutes.small(2, 2, 0..=59).filter(|_| minutes.free());
            let end = if minute.is_some() {
                minutes.place
            } else {
                attempt.place
            };
            return Some((end, hour, minute.unwrap_or(0), None));
        }
        attempt.place = if tight {
            hour_end
        } else {
            skip_blanks(attempt.text, hour_end)
        };
        if attempt.literal("h") {
            let mut minutes = attempt;
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
            let led = window_before(attempt.text, start, 12).to_lowercase();
            let o_clock = [
                "à", "vers", "dès", "entre", "et", "um", "gegen", "at", "avant", "après",
            ]
            .iter()
            .any(|word| led.trim_end().ends_with(word));
            return (attempt.free() && o_clock).then_some((attempt.place, hour, 0, None));
        }
        attempt.place = skip_blanks(attempt.text, hour_end);
        if attempt.literal("点") || attempt.literal("點") || attempt.literal("时") {
            if attempt.text[attempt.place..].starts_with(['间', '候', '的']) && hour < 2 {
                return None;
            }
            attempt.literal("钟");
            if attempt.literal("半") {
                return Some((attempt.place, hour, 30, None));
            }
            if attempt.literal("一刻") {
                return Some((attempt.place, hour, 15, None));
            }
            let mut minutes = attempt;
            if let Some(minute) = minutes.small(1, 2, 0..=59) {
                minutes.literal("分钟");
                minutes.literal("分");
                return Some((minutes.place, hour, minute, None));
            }
            return Some((attempt.place, hour, 0, None));
        }
        // "o 14", "godz. 14", "um 14" are left alone: too many numbers follow such words, except godz.
        let led = window_before(attempt.text, start, 10).to_lowercase();
        let led = led.trim_end();
        let polish =
            led.ends_with("godz.") || led.ends_with("godzinie") || led.ends_with("godziny");
        (polish
            && Cursor {
                place: hour_end,
                ..with_unit
            }
            .free())
        .then_some((hour_end, hour, 0, None))
    })();
    let Some((end, hour, minute, afternoon)) = parsed else {
        return false;
    };
    push(
        atoms,
        start,
        end,
        Kind::Clock {
            hour: hour % 24,
            minute,
            second: 0,
            afternoon,
        },
        false,
    );
    zone_behind(
        Cursor {
            place: end,
            ..cursor
        },
        atoms,
    );
    true
}

/// `am`, `p.m.`: true for the afternoon.
fn meridiem(cursor: &mut Cursor<'_>) -> Option<bool> {
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

/// `02.03.2026`, `2/3/26`, `02-03-2026`, `2.3.`.
fn numeric_date(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
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
                // Without a year only "am 2.3." and "le 2/3 à" are dates.
                let led = window_before(cursor.text, start, 8).to_lowercase();
                let led = led.trim_end();
                let said = ["am", "le", "dem", "den", "vom", "dnia", "du", "on", "seit"]
                    .iter()
                    .any(|word| led.ends_with(word));
                let clock_follows = || {
                    let mut after = cursor;
                    after.sign(&['.']);
                    after.sign(&[',']);
                    after.blanks();
                    let _ = after.literal("um ")
                        || after.literal("gegen ")
                        || after.literal("à ")
                        || after.literal("o ");
                    clock_digits(after).is_some()
                };
                if !(said || clock_follows())
                    || (sign == '.' && cursor.sign(&['.']).is_none())
                    || sign == '-'
                {
                    return None;
                }
            }
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

/// Atoms that begin with a word.
fn word(text: &str, hit: &WordHit, atoms: &mut Vec<Atom>) {
    let kind = match hit.word {
        Word::Month(month) => {
            month_first(text, hit, month, atoms);
            return;
        }
        Word::Unit(seconds) => {
            let before = window_before(text, hit.start, 14);
            let lower = before.to_lowercase();
            let trimmed = lower.trim_end_matches(is_blank);
            let number = NUMBERS.iter().filter(|(word, _)| {
                trimmed.ends_with(word)
                    && (!word.is_ascii()
                        || crate::extract::characters::starts_word(
                            trimmed,
                            trimmed.len() - word.len(),
                        ))
            });
            if let Some((word, count)) = number.max_by_key(|(word, _)| word.len())
                && lower.len() == before.len()
            {
                let start = hit.start - (lower.len() - trimmed.len()) - word.len();
                push_ago(text, start, hit.end, *count, seconds, atoms);
            }
            return;
        }
        Word::Zone(zone) => {
            push_zone(text, hit, zone, atoms);
            return;
        }
        Word::Now => return,
        Word::Weekday(day) => Kind::Weekday(day),
        Word::Day(days) => Kind::Day(days),
        Word::Vague => Kind::Vague,
        Word::Part(part) => Kind::Part(part),
        Word::DayAndPart(days, part) => Kind::DayAndPart(days, part),
        Word::Clock(hour) => Kind::Clock {
            hour,
            minute: 0,
            second: 0,
            afternoon: None,
        },
    };
    push(atoms, hit.start, hit.end, kind, false);
}

/// `March 2, 2026`, `Feb 27`.
fn month_first(text: &str, hit: &WordHit, month: i8, atoms: &mut Vec<Atom>) {
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

/// `UTC+8`, `GMT-5`, `CET`.
fn push_zone(text: &str, hit: &WordHit, zone: Zone, atoms: &mut Vec<Atom>) {
    let place = skip_blanks(text, hit.end);
    if zone == Zone::Offset(0)
        && let Some((seconds, end)) =
            offset(text, place).filter(|(_, end)| place == hit.end || end - place <= 6)
    {
        push(
            atoms,
            hit.start,
            end,
            Kind::Zone(Zone::Offset(seconds)),
            false,
        );
        return;
    }
    push(atoms, hit.start, hit.end, Kind::Zone(zone), false);
}
