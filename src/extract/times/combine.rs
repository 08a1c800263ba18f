//! Parts of times that stand together are one time; ranges are two that share what they lack.

use std::borrow::Cow;

use super::atoms::{Atom, Date, Kind};
use super::words::DayPart;
use super::zones::Zone;
use crate::extract::characters::is_han;
use crate::lower_case::LowerCase;

/// The day of a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Day {
    Date(Date),
    Weekday(i8),
    LastWeek(i8),
    Relative(i32),
    Vague,
}

/// A time put together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Composed {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) day: Option<Day>,
    pub(super) weekday: Option<i8>,
    pub(super) part: Option<DayPart>,
    pub(super) clock: Option<(i8, i8, i8, Option<bool>)>,
    pub(super) zone: Option<Zone>,
    pub(super) instant: Option<jiff::Timestamp>,
    pub(super) ago: Option<(i64, bool)>,
    pub(super) machine: bool,
    /// The later end of a range whose beginning is the time before.
    pub(super) ends_range: bool,
}

impl Composed {
    fn begin(atom: &Atom) -> Self {
        let mut composed = Self {
            start: atom.start,
            end: atom.end,
            ..Self::default()
        };
        composed.take(atom);
        composed
    }

    /// Takes the atom where its slot is free.
    fn take(&mut self, atom: &Atom) -> bool {
        let fits = match atom.kind {
            Kind::Date(date) => {
                let free = !matches!(self.day, Some(Day::Date(_) | Day::Vague))
                    && self.instant.is_none()
                    && self.ago.is_none();
                if free {
                    self.day = Some(Day::Date(date));
                }
                free
            }
            Kind::Weekday(weekday) => {
                let free = self.weekday.is_none() && !matches!(self.day, Some(Day::Vague));
                if free {
                    self.weekday = Some(weekday);
                    self.day = self.day.or(Some(Day::Weekday(weekday)));
                }
                free
            }
            Kind::LastWeek(weekday) => {
                let free = self.day.is_none() && self.weekday.is_none();
                if free {
                    self.weekday = Some(weekday);
                    self.day = Some(Day::LastWeek(weekday));
                }
                free
            }
            Kind::Day(days) => {
                let free = matches!(self.day, None | Some(Day::Date(_))) && self.ago.is_none();
                if free {
                    self.day = self.day.or(Some(Day::Relative(days)));
                }
                free
            }
            Kind::Vague => {
                let free = self.day.is_none() && self.clock.is_none();
                if free {
                    self.day = Some(Day::Vague);
                }
                free
            }
            Kind::Part(part) => {
                let free = self.part.is_none();
                self.part = self.part.or(Some(part));
                free
            }
            Kind::DayAndPart(days, part) => {
                let free = matches!(self.day, None | Some(Day::Date(_))) && self.part.is_none();
                if free {
                    self.day = self.day.or(Some(Day::Relative(days)));
                    self.part = Some(part);
                }
                free
            }
            Kind::Clock {
                hour,
                minute,
                second,
                afternoon,
            } => {
                let free = self.clock.is_none()
                    && self.instant.is_none()
                    && self.ago.is_none()
                    && !matches!(self.day, Some(Day::Vague));
                if free {
                    self.clock = Some((hour, minute, second, afternoon));
                }
                free
            }
            Kind::Zone(zone) => {
                let free = self.zone.is_none() && self.instant.is_none() && self.ago.is_none();
                self.zone = self.zone.or(Some(zone));
                free
            }
            Kind::Ago { seconds, precise } => {
                let free = *self
                    == Self {
                        start: self.start,
                        end: self.end,
                        ..Self::default()
                    };
                if free {
                    self.ago = Some((seconds, precise));
                }
                free
            }
            Kind::Instant(instant) => {
                let free = *self
                    == Self {
                        start: self.start,
                        end: self.end,
                        ..Self::default()
                    };
                if free {
                    self.instant = Some(instant);
                }
                free
            }
        };
        if fits {
            self.end = self.end.max(atom.end);
            self.machine |= atom.machine;
        }
        fits
    }

    /// Nothing but a zone: it says nothing about when.
    pub(super) fn is_zone_only(&self) -> bool {
        self.day.is_none()
            && self.clock.is_none()
            && self.part.is_none()
            && self.instant.is_none()
            && self.ago.is_none()
    }
}

/// Puts atoms together.
pub(super) fn combine(text: &str, atoms: &[Atom]) -> Vec<Composed> {
    let mut times: Vec<Composed> = Vec::new();
    let mut current: Option<Composed> = None;
    for atom in atoms {
        let joint = current.as_ref().map(|open| {
            let gap = &text[open.end.min(atom.start)..atom.start];
            // "on 3 May around" and "8 am" on the next line: the line was broken, not ended.
            let unbroken = is_wrapped(text, open.end.min(atom.start), atom.start)
                .then(|| gap.replace('\n', " "));
            let gap = unbroken.as_deref().unwrap_or(gap);
            // "od 18:00 do 19:30", "między 18:00 a 19:30", "de 9 h à 11 h"
            let ends = matches!(gap.trim().lower_case().as_str(), "a" | "à");
            match ends && open.clock.is_some() && matches!(atom.kind, Kind::Clock { .. }) {
                true => Joint::Range,
                false => joint(gap),
            }
        });
        match (current.as_mut(), joint) {
            (Some(open), Some(Joint::Together)) => {
                let mut attempt = *open;
                if attempt.take(atom) {
                    *open = attempt;
                    continue;
                }
                times.push(*open);
                current = Some(Composed::begin(atom));
            }
            (Some(open), Some(Joint::Range)) if has_point(open) && is_point(atom) => {
                let first = *open;
                times.push(first);
                let mut next = Composed::begin(atom);
                next.ends_range = true;
                current = Some(next);
            }
            (Some(open), _) => {
                times.push(*open);
                current = Some(Composed::begin(atom));
            }
            (None, _) => current = Some(Composed::begin(atom)),
        }
    }
    times.extend(current);
    share_in_ranges(&mut times);
    times.retain(|time| !time.is_zone_only() || time.zone.is_some());
    times
}

/// Lines shorter than this end where the writer ended them. Bytes.
const WRAPPED_LINE: usize = 56;

/// True where the one line end between two places breaks a long line that goes on.
fn is_wrapped(text: &str, start: usize, end: usize) -> bool {
    let mut breaks = text[start..end].match_indices('\n');
    match (breaks.next(), breaks.next()) {
        (Some((at, _)), None) => goes_on(text, start + at),
        _ => false,
    }
}

/// True where a long line goes on in lower case or with a digit behind its end.
fn goes_on(text: &str, newline: usize) -> bool {
    let next = text[newline + 1..].chars().next();
    next.is_some_and(|next| next.is_lowercase() || next.is_ascii_digit())
        && newline - crate::extract::characters::line_start(text, newline) >= WRAPPED_LINE
}

/// The text with a blank in place of each line end that breaks a sentence; places stay as they are.
pub(super) fn unwrapped(text: &str) -> Cow<'_, str> {
    let mut joined: Option<String> = None;
    let mut done = 0;
    for newline in memchr::memchr_iter(b'\n', text.as_bytes()) {
        if goes_on(text, newline) {
            let joined = joined.get_or_insert_default();
            joined.push_str(&text[done..newline]);
            joined.push(' ');
            done = newline + 1;
        }
    }
    match joined {
        Some(mut joined) => {
            joined.push_str(&text[done..]);
            Cow::Owned(joined)
        }
        None => Cow::Borrowed(text),
    }
}

fn has_point(time: &Composed) -> bool {
    time.clock.is_some() || time.day.is_some() || time.instant.is_some()
}

fn is_point(atom: &Atom) -> bool {
    !matches!(atom.kind, Kind::Zone(_) | Kind::Ago { .. } | Kind::Vague)
}

/// The end of a range has the day of its beginning, and both have the zone of either.
fn share_in_ranges(times: &mut [Composed]) {
    for index in 1..times.len() {
        if !times[index].ends_range {
            continue;
        }
        let first = times[index - 1];
        let last = times[index];
        times[index].day = last.day.or(first.day);
        times[index].weekday = last.weekday.or(first.weekday);
        if times[index]
            .clock
            .is_some_and(|(_, _, _, afternoon)| afternoon.is_none())
            && last.day.is_none()
        {
            times[index].part = last.part.or(first.part);
        }
        times[index].zone = last.zone.or(first.zone);
        times[index - 1].zone = first.zone.or(last.zone);
        // "between 3 and 5 pm"
        if let (Some((hour, minute, second, None)), Some((_, _, _, Some(afternoon)))) =
            (first.clock, last.clock)
        {
            times[index - 1].clock = Some((hour, minute, second, Some(afternoon)));
        }
        if first.clock.is_some() && first.day.is_none() {
            times[index - 1].day = last.day;
            // "Between 2 and 4 last night": the part of the day is that of both.
            if first.clock < last.clock {
                times[index - 1].part = first.part.or(last.part);
            }
        }
    }
}

/// How two atoms are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    Together,
    Range,
    Apart,
}

/// Words between the parts of one time.
#[rustfmt::skip]
const TOGETHER: &[&str] = &[
    "um", "at", "à", "a", "o", "godz", "godzinie", "godziny", "gegen", "around", "about", "approx", "approximately", "roughly", "ca", "circa", "vers", "environ", "około", "ok", "the", "on", "of", "le", "am",
    "den", "dem", "kurz", "shortly", "just", "nach", "after", "before", "early", "late", "exactly", "genau", "exactement", "précises", "précisément", "dokładnie", "in", "w", "we", "dnia", "r", "roku", "uhr", "h", "hrs", "time", "ungefähr", "von", "du", "de", "la", "timezone",
    "local", "heure", "heures", "czas", "czasu", "zone", "z", "punktualnie", "zeit", "uhrzeit", "date", "datum", "hour", "godzina", "this", "my", "our", "so", "der", "dès", "vom", "the", "min", "is", "also", "zeitzone", "t", "strefa", "czasowa", "ab", "from", "od", "since", "little", "bit", "short", "some", "toward", "towards", "br", "bieżącego", "dieses", "jahres", "year", "petit", "peu", "tuż", "krótko", "po", "przed", "as", "already", "pile", "tapantes", "sharp", "punkt", "schon", "bereits", "déjà", "już", "seit", "partir", "starting", "beginning", "commencing", "beginnend", "etwa", "zirka", "irgendwann", "sometime", "almost", "nearly", "fast", "presque", "aux", "environs", "alentours", "autour", "począwszy", "mniej", "więcej", "gdzieś", "koło", "prawie", "between", "zwischen", "entre", "między", "pomiędzy",
];
/// Words between the ends of a range.
const RANGE: &[&str] = &[
    "to", "till", "until", "bis", "à", "a", "do", "and", "und", "et", "i", "oraz", "-", "–", "—",
    "~", "～", "到", "至", "和", "jusqu", "through",
];

fn joint(gap: &str) -> Joint {
    if gap.len() > 48 || gap.matches('\n').count() > 1 {
        return Joint::Apart;
    }
    let lower = gap.lower_case();
    let trimmed = lower.trim();
    if RANGE.contains(&trimmed) && !matches!(trimmed, "à" | "a") {
        return Joint::Range;
    }
    if gap.contains('\n')
        && !trimmed.is_empty()
        && !trimmed.chars().all(|character| "|,:：".contains(character))
    {
        return Joint::Apart;
    }
    // A full stop ends a sentence unless it is that of an abbreviation.
    let trimmed = trimmed.strip_prefix("r.").unwrap_or(trimmed);
    if lower.starts_with(". ")
        || lower.starts_with(".\n")
        || trimmed.contains(". ")
            && !trimmed.contains("godz.")
            && !trimmed.contains("ca.")
            && !trimmed.contains("ok.")
            && !trimmed.contains("approx.")
    {
        return Joint::Apart;
    }
    if trimmed.contains([';', '!', '?', '。', '；', '{', '}']) {
        return Joint::Apart;
    }
    let words = lower.split(|character: char| !character.is_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let han = word.chars().all(is_han)
            && word
                .chars()
                .all(|character| "的约大左右当地时间大概起是在为点发生于".contains(character));
        if !han && !TOGETHER.contains(&word) {
            return Joint::Apart;
        }
    }
    Joint::Together
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joints() {
        for (gap, expected) in [
            (" um ", Joint::Together),
            (" gegen ", Joint::Together),
            (", godz. ", Joint::Together),
            (" (", Joint::Together),
            (" bis ", Joint::Range),
            (" and ", Joint::Range),
            ("-", Joint::Range),
            (" we saw it at ", Joint::Apart),
            (". ", Joint::Apart),
        ] {
            assert_eq!(joint(gap), expected, "{gap:?}");
        }
    }
}
