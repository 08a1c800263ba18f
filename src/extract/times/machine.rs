//! Times as machines write them: ISO 8601, RFC 9110, `X-Amz-Date`, seconds since 1970, logs.

use jiff::Timestamp;

use super::atoms::{Atom, Date, Kind, push};
use super::cursor::{Cursor, digits_end};
use super::dates::month_at;
use super::words::WordHit;
use super::zones::{Zone, offset};
use crate::extract::characters::{is_han, skip_blanks, window_before};

/// `2026-03-02T11:02:47.123Z`, `2026-03-02 11:02:47 +0100`, `2026/3/2`, `2026.3.2`.
pub(super) fn iso(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
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
    text[place..].chars().next().is_some_and(is_han)
}

/// `hh:mm[:ss[.fff]]` without anything else. The end, and the clock.
pub(super) fn clock_digits(mut cursor: Cursor<'_>) -> Option<(usize, i8, i8, i8)> {
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
pub(super) fn push_clock(cursor: Cursor<'_>, atoms: &mut Vec<Atom>) {
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
pub(super) fn compact(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
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
pub(super) fn epoch(mut cursor: Cursor<'_>, atoms: &mut Vec<Atom>) -> bool {
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
    // "[1772445767] ERROR": the first thing in a line of a log.
    let bracketed =
        cursor.text[..start].ends_with('[') && cursor.text[cursor.place..].starts_with("] ") && {
            let line = crate::extract::characters::line_start(cursor.text, start);
            start - line < 12
        };
    let said = said || bracketed;
    let plausible = (1_400_000_000..2_100_000_000).contains(&seconds);
    match Timestamp::from_second(seconds) {
        Ok(instant) if said && plausible => {
            push(atoms, start, cursor.place, Kind::Instant(instant), true)
        }
        _ => false,
    }
}

/// `20-Mar-2026 18:20:11`, `02/Mar/2026:11:02:47 +0000`.
pub(super) fn dashed_month(
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
