//! The parts of which times are made: dates, clock times, zones, days, as they stand in the text.

use jiff::Timestamp;

use super::clocks::{chinese_hour, clock};
use super::cursor::{Cursor, digits_end};
use super::dates::{chinese_date, day_and_month_word, month_first, numeric_date};
use super::machine::{compact, dashed_month, epoch, iso};
use super::named_hours;
use super::relative::{ago, push_ago};
use super::words::{DayPart, NUMBERS, Word, WordHit};
use super::zone_places;
use super::zones::{Zone, offset};
use crate::extract::characters::{ends_with_word, is_blank, skip_blanks, window_before};
use crate::lower_case::LowerCase;

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
    /// A day of the week before this one: 上周五.
    LastWeek(i8),
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

pub(super) fn push(
    atoms: &mut Vec<Atom>,
    start: usize,
    end: usize,
    kind: Kind,
    machine: bool,
) -> bool {
    atoms.push(Atom {
        start,
        end,
        kind,
        machine,
    });
    true
}

/// Atoms that begin with a word.
fn word(text: &str, hit: &WordHit, atoms: &mut Vec<Atom>) {
    let mut cursor = Cursor {
        text,
        place: hit.end,
    };
    let kind = match hit.word {
        Word::Month(month) => {
            month_first(text, hit, month, atoms);
            return;
        }
        Word::Unit(seconds) => {
            let before = window_before(text, hit.start, 14);
            let lower = before.lower_case();
            let trimmed = lower.trim_end_matches(is_blank);
            let number = NUMBERS
                .iter()
                .filter(|(word, _)| ends_with_word(trimmed, word));
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
        Word::ChineseHour(hour) => {
            chinese_hour(text, hit, hour, atoms);
            return;
        }
        Word::LastWeek(day) => Kind::LastWeek(day),
        Word::Weekday(day) => Kind::Weekday(day),
        Word::Day(days) => Kind::Day(days),
        Word::Vague => Kind::Vague,
        Word::Part(part) => Kind::Part(part),
        Word::DayAndPart(days, part) => Kind::DayAndPart(days, part),
        Word::Clock(..) if !named_hours::tells_hour(text, hit.start, hit.end) => return,
        Word::Clock(hour, minute) => Kind::Clock {
            hour,
            minute,
            second: 0,
            afternoon: super::clocks::meridiem(&mut cursor),
        },
    };
    if matches!(hit.word, Word::Clock(..))
        && let Some(start) = named_hours::this_day(text, hit.start)
    {
        push(atoms, start, hit.start, Kind::Day(0), false);
    }
    push(atoms, hit.start, cursor.place, kind, false);
    // "13:05 today, Hamburg time"
    let may_have_zone = matches!(
        kind,
        Kind::Day(_) | Kind::Part(_) | Kind::DayAndPart(..) | Kind::Clock { .. }
    );
    if may_have_zone && let Some((zone, range)) = zone_places::behind(text, cursor.place, false) {
        push(atoms, range.start, range.end, Kind::Zone(zone), false);
    }
}

/// `UTC+8`, `GMT-5`, `CET`.
fn push_zone(text: &str, hit: &WordHit, zone: Zone, atoms: &mut Vec<Atom>) {
    // "Eastern" and the like are words of other things unless a clock time stands before them.
    let word = text[hit.start..hit.end].to_ascii_lowercase();
    if matches!(
        word.as_str(),
        "eastern" | "central" | "pacific" | "mountain"
    ) {
        let left = window_before(text, hit.start, 8).lower_case();
        let left = left.trim_end_matches([' ', '(', ',', '.']);
        if !left.ends_with(|last: char| last.is_ascii_digit())
            && !left.ends_with("am")
            && !left.ends_with("pm")
            && !left.ends_with("p.m")
            && !left.ends_with("a.m")
        {
            return;
        }
    }
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
