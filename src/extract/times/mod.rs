//! Times at which the problem occurred, in five languages and in the formats of machines.

mod atoms;
mod carried;
mod clocks;
mod combine;
mod context;
mod cursor;
mod dates;
mod log_lines;
mod machine;
mod named_hours;
mod opening;
mod parameters;
mod relative;
mod spoken;
mod words;
mod zone_answer;
mod zone_places;
mod zones;

use std::borrow::Cow;

use jiff::civil::{DateTime, Time};
use jiff::{Span, Timestamp};

use self::atoms::Date;
use self::carried::Carried;
use self::combine::{Composed, Day};
use self::context::Context;
use self::log_lines::{failing_log, in_log_line, is_by_machine, line_fails};
use self::words::DayPart;
pub use self::zone_answer::ZoneAnswer;
use self::zones::{Sender, Zone};
use super::characters::{line_end, line_start};
use super::passage::Passage;
use crate::case::{Evidence, PartId, TimeMention};
use crate::limits;
use crate::mail::Message;

/// What times are understood by.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    /// The time of the mail.
    reference: Timestamp,
    /// Offset of its Date from UTC. Seconds.
    offset_seconds: Option<i32>,
    language: Option<String>,
    country: Option<String>,
    /// True when the sender writes the day first, false for the month; none when it cannot be told.
    day_first: Option<bool>,
}

impl Clock {
    /// Hints of a mail: its Date, its language, the country of its sender.
    pub(crate) fn new(message: &Message, received: Timestamp, language: Option<&str>) -> Self {
        let locale = message
            .header("Content-Language")
            .or_else(|| message.header("Accept-Language"))
            .map(|value| {
                value
                    .split([',', ';'])
                    .next()
                    .unwrap_or("")
                    .trim()
                    .to_owned()
            });
        let country = country_of(
            message.from.first().map_or("", |from| from.domain()),
            locale.as_deref(),
        );
        let offset_seconds = message.date_offset_seconds;
        let day_first = day_first(language, country.as_deref(), offset_seconds);
        Self {
            reference: message.date.unwrap_or(received),
            offset_seconds,
            language: language.map(str::to_owned),
            country,
            day_first,
        }
    }

    fn sender(&self) -> Sender<'_> {
        Sender {
            language: self.language.as_deref(),
            country: self.country.as_deref(),
            offset_seconds: self.offset_seconds,
        }
    }

    /// The sender's local time of the mail.
    fn local_reference(&self) -> DateTime {
        let zone = Zone::Offset(self.offset_seconds.unwrap_or(0));
        zone.local(self.reference, &self.sender())
            .unwrap_or_default()
    }
}

/// The country behind a domain or language tag, upper case.
fn country_of(domain: &str, locale: Option<&str>) -> Option<String> {
    let top = domain.rsplit('.').next().unwrap_or("");
    if top.len() == 2 {
        return Some(if top == "uk" {
            "GB".to_owned()
        } else {
            top.to_ascii_uppercase()
        });
    }
    let (_, region) = locale?.split_once('-')?;
    (region.len() == 2).then(|| region.to_ascii_uppercase())
}

fn day_first(
    language: Option<&str>,
    country: Option<&str>,
    offset_seconds: Option<i32>,
) -> Option<bool> {
    match (language, country) {
        (Some("de" | "fr" | "pl"), _) => Some(true),
        (_, Some("US" | "PH")) => Some(false),
        (
            _,
            Some(
                "GB" | "IE" | "AU" | "NZ" | "IN" | "DE" | "FR" | "PL" | "ES" | "IT" | "NL" | "BE"
                | "AT" | "CH" | "SG" | "ZA" | "AE" | "BR" | "MX" | "TR" | "SE",
            ),
        ) => Some(true),
        (Some("en") | None, None) => match offset_seconds.map(|seconds| seconds / 3_600) {
            Some(-10..=-5) => Some(false),
            Some(4..=5 | 10..=13) => Some(true),
            _ => None,
        },
        _ => None,
    }
}

/// Times of occurrence found in the passages.
pub(crate) fn read(
    passages: &[Passage<'_>],
    answers: &[Passage<'_>],
    clock: &Clock,
) -> (Vec<TimeMention>, Option<ZoneAnswer>) {
    let mut told: Option<(Zone, String)> = None;
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut common_zone = None;
    // An answer to "when?" is a time whatever stands around it.
    for answer in answers {
        let atoms = atoms::find(answer.text, &words::find(answer.text));
        for time in combine::combine(answer.text, &atoms) {
            if time.is_zone_only() {
                common_zone = common_zone.or(time.zone);
            } else {
                found.push(Found {
                    passage: *answer,
                    time,
                });
            }
        }
        if common_zone.is_none() && found.is_empty() {
            common_zone = zone_places::named(answer.text);
        }
        if told.is_none() {
            told = common_zone.map(|zone| (zone, answer.text.to_owned()));
        }
    }
    for passage in passages
        .iter()
        .filter(|passage| passage.part != PartId::Subject)
    {
        let text = passage.text;
        let labelled = (passage.part == PartId::Body)
            .then(|| zone_places::labelled(text))
            .flatten();
        let mut words = words::find(&combine::unwrapped(text));
        // French for yesterday is German for here.
        if clock.language.as_deref() == Some("de") {
            words.retain(|hit| !text[hit.start..hit.end].eq_ignore_ascii_case("hier"));
        }
        let atoms = atoms::find(text, &words);
        let times = combine::combine(text, &atoms);
        common_zone = common_zone
            .or_else(|| zone_of_all(text, &times))
            .or_else(|| labelled.as_ref().map(|(zone, _)| *zone));
        if told.is_none() && passage.part == PartId::Body {
            told = zone_places::told(text, &times, common_zone, labelled);
        }
        let failing = failing_log(text, &times);
        let mut carried = Carried::default();
        let mut ended: Option<Context> = None;
        // "Yesterday 21:15 CET it still worked, today at 9:05 no more": the zone holds for both.
        let mut passed: Option<Zone> = None;
        for time in times {
            if time.is_zone_only() || found.len() >= limits::TIMES_MAX * 4 {
                continue;
            }
            let mut time = time;
            // Both ends of a range occurred, or neither.
            let context = match ended {
                Some(context) if time.ends_range => context,
                _ => context::judge(text, &time),
            };
            ended = Some(context);
            if context == Context::Other && !time.machine && time.clock.is_none() {
                carried.stands_beside(text, &time);
            }
            if context == Context::Other && !time.machine {
                passed = time.zone.or(passed);
            }
            if context == Context::Other
                || (failing && !line_fails(text, &time) && in_log_line(text, &time))
            {
                continue;
            }
            if matches!(time.day, Some(Day::Relative(days)) if days > 0) {
                continue;
            }
            // "(all from today, UTC)" tells the zone of what follows.
            if time.clock.is_none() && time.instant.is_none() && time.zone.is_some() {
                common_zone = common_zone.or(time.zone);
                carried.told(time.day);
                continue;
            }
            let by_machine = is_by_machine(passage, &time);
            if time.clock.is_some() && time.day.is_none() && !time.machine {
                time.day = carried.day_of(text, &time);
                // "Yesterday, when the job ran, at 20:30": one time, told in two places.
                if found.last().is_some_and(|found| {
                    found.passage.base == passage.base
                        && found.passage.part == passage.part
                        && carried::is_completed(text, &found.time, &time)
                }) {
                    found.pop();
                }
            }
            if !time.machine && time.clock.is_some() && time.instant.is_none() {
                time.zone = time.zone.or(passed);
            }
            if !by_machine {
                carried.told(time.day);
            }
            found.push(Found {
                passage: *passage,
                time,
            });
        }
    }
    let zone_answer = told.and_then(|(zone, text)| ZoneAnswer::new(zone, &text, clock));
    (mentions(found, common_zone, clock), zone_answer)
}

/// A time with its passage.
struct Found<'a> {
    passage: Passage<'a>,
    time: Composed,
}

fn mentions(found: Vec<Found<'_>>, common_zone: Option<Zone>, clock: &Clock) -> Vec<TimeMention> {
    let mut mentions: Vec<TimeMention> = Vec::new();
    let mut inherited: Option<Zone> = None;
    for Found { passage, time } in found {
        let given = time.zone.is_some()
            || time.instant.is_some()
            || time.ago.is_some_and(|(_, precise)| precise);
        // "First at 2026-02-03 02:05 EST, then at 02:20": digits of a machine, but a person's words.
        let by_machine = is_by_machine(&passage, &time);
        let zone = time
            .zone
            .or(common_zone)
            .or(inherited.filter(|_| !by_machine));
        let local = local(&time, zone, clock);
        let utc = match (time.instant, time.ago) {
            (Some(instant), _) => Some(instant),
            (None, Some((seconds, true))) => clock
                .reference
                .checked_sub(Span::new().seconds(seconds))
                .ok(),
            _ => local
                .filter(|_| time.clock.is_some())
                .and_then(|local| zone?.instant(local, &clock.sender())),
        };
        // "On 1 December at 2" in a mail of November is a plan, not last year's December.
        if is_soon(&time, clock) {
            continue;
        }
        // What lies ahead of the mail did not occur; without a zone it may be another day elsewhere.
        let ahead = match utc {
            Some(utc) => utc.as_second() > clock.reference.as_second() + 2 * 3_600,
            None => local.is_some_and(|local| {
                let tomorrow = clock.local_reference().date().tomorrow();
                tomorrow.is_ok_and(|tomorrow| local.date() > tomorrow)
            }),
        };
        if ahead && message_is_dated(clock) {
            continue;
        }
        let text = with_closing(passage.text, time.start, time.end).to_owned();
        let known = mentions.iter().any(|known| {
            known.text == text
                || (utc.is_some()
                    && known.utc.map(|other| other.as_second()) == utc.map(|utc| utc.as_second()))
        });
        if known || mentions.len() >= limits::TIMES_MAX {
            continue;
        }
        if !by_machine {
            inherited = time.zone.or(inherited);
        }
        mentions.push(TimeMention {
            local: local.map(|local| shown(local, time.clock.is_some())),
            utc,
            zone_given: given || (zone.is_some() && common_zone.is_some()),
            evidence: evidence(&passage, &time, &text),
            text,
        });
    }
    mentions
}

/// True for a date without a year that comes within two months of the mail.
fn is_soon(time: &Composed, clock: &Clock) -> bool {
    let Some(Day::Date(Date::Known {
        year: None,
        month,
        day,
    })) = time.day
    else {
        return false;
    };
    let today = clock.local_reference().date();
    [today.year(), today.year() + 1].into_iter().any(|year| {
        jiff::civil::Date::new(year, month, day).is_ok_and(|date| {
            date > today.tomorrow().unwrap_or(today)
                && today
                    .checked_add(Span::new().days(60))
                    .is_ok_and(|limit| date <= limit)
        })
    })
}

/// The time with the bracket that closes one opened inside: "14:05 (MEZ)".
fn with_closing(text: &str, start: usize, end: usize) -> &str {
    for (open, close) in [('(', ')'), ('（', '）')] {
        if text[start..end].contains(open)
            && !text[start..end].contains(close)
            && text[end..].starts_with(close)
        {
            return &text[start..end + close.len_utf8()];
        }
    }
    &text[start..end]
}

fn message_is_dated(clock: &Clock) -> bool {
    clock.reference != Timestamp::UNIX_EPOCH
}

fn evidence(passage: &Passage<'_>, time: &Composed, text: &str) -> Evidence {
    let rule: Cow<'static, str> = match (time.instant, time.machine, time.ago) {
        (Some(_), ..) => "time.instant".into(),
        (_, true, _) => "time.machine".into(),
        (_, _, Some(_)) => "time.relative".into(),
        _ if time.clock.is_none() => "time.day".into(),
        _ => "time.words".into(),
    };
    Evidence {
        part: passage.part,
        start: passage.base + time.start,
        end: passage.base + time.start + text.len(),
        rule: rule.into_owned(),
        confidence: if time.clock.is_some() || time.instant.is_some() {
            0.9
        } else {
            0.7
        },
        quoted: false,
    }
}

fn shown(local: DateTime, with_clock: bool) -> String {
    if !with_clock {
        return local.date().to_string();
    }
    if local.second() == 0 {
        return format!("{}T{:02}:{:02}", local.date(), local.hour(), local.minute());
    }
    format!(
        "{}T{:02}:{:02}:{:02}",
        local.date(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// The local date and time; none where the date is ambiguous or vague.
fn local(time: &Composed, zone: Option<Zone>, clock: &Clock) -> Option<DateTime> {
    let reference = match zone {
        Some(zone) => zone
            .local(clock.reference, &clock.sender())
            .unwrap_or_else(|| clock.local_reference()),
        None => clock.local_reference(),
    };
    if let Some(instant) = time.instant {
        return Zone::Offset(0).local(instant, &clock.sender());
    }
    if let Some((seconds, _)) = time.ago {
        return reference.checked_sub(Span::new().seconds(seconds)).ok();
    }
    let time_of_day = match time.clock {
        Some((hour, minute, second, afternoon)) => {
            Time::new(hour_of(hour, afternoon, time.part), minute, second, 0).ok()?
        }
        None => Time::midnight(),
    };
    let today = reference.date();
    let date = match time.day {
        Some(Day::Date(date)) => date_of(
            date,
            reference,
            clock.day_first.or(zone.and_then(Zone::day_first)),
        )?,
        Some(Day::Weekday(weekday)) => {
            let back = (i32::from(today.weekday().to_monday_one_offset()) - i32::from(weekday))
                .rem_euclid(7);
            today.checked_sub(Span::new().days(back)).ok()?
        }
        Some(Day::LastWeek(weekday)) => {
            let monday = i32::from(today.weekday().to_monday_one_offset()) - 1;
            today
                .checked_sub(Span::new().days(monday + 7 - (i32::from(weekday) - 1)))
                .ok()?
        }
        // "Last night at 2" was in the small hours of today.
        Some(Day::Relative(-1))
            if time.clock.is_some()
                && time.part == Some(DayPart::Evening)
                && time_of_day.hour() < 6 =>
        {
            today
        }
        Some(Day::Relative(days)) => {
            let day = |of: jiff::civil::Date| of.checked_add(Span::new().days(days)).ok();
            // East of the sender it may be tomorrow already: then the sender's own today is meant.
            let later = reference.checked_add(Span::new().hours(2)).ok()?;
            day(today)
                .filter(|date| time.clock.is_none() || date.to_datetime(time_of_day) <= later)
                .or_else(|| day(clock.local_reference().date()))?
        }
        Some(Day::Vague) => return None,
        // "at 14:05" is the last time that the clock showed it.
        None if time.clock.is_some() && time_of_day > reference.time() => today.yesterday().ok()?,
        None => today,
    };
    Some(date.to_datetime(time_of_day))
}

/// 下午2点 is 14; "12 am" is 0.
fn hour_of(hour: i8, afternoon: Option<bool>, part: Option<DayPart>) -> i8 {
    match (afternoon, part) {
        (Some(false), _) if hour == 12 => 0,
        (Some(true), _) if hour < 12 => hour + 12,
        (None, Some(DayPart::Afternoon)) if hour < 12 => hour + 12,
        // "At 3 at night" is no afternoon.
        (None, Some(DayPart::Evening)) if (5..12).contains(&hour) => hour + 12,
        (None, Some(DayPart::Noon)) if (1..=3).contains(&hour) => hour + 12,
        (None, Some(DayPart::Night)) if hour == 12 => 0,
        (None, Some(DayPart::Night)) if (9..12).contains(&hour) => hour + 12,
        _ => hour,
    }
}

fn date_of(date: Date, reference: DateTime, day_first: Option<bool>) -> Option<jiff::civil::Date> {
    let today = reference.date();
    let past = |year: Option<i16>, month: i8, day: i8| {
        let year_or = year.unwrap_or(today.year());
        let date = jiff::civil::Date::new(year_or, month, day).ok()?;
        // Without a year the last such day is meant.
        if year.is_none() && date > today.tomorrow().unwrap_or(today) {
            return jiff::civil::Date::new(year_or - 1, month, day).ok();
        }
        Some(date)
    };
    match date {
        Date::Known { year, month, day } => past(year, month, day),
        Date::DayOfMonth(day) => {
            let this = jiff::civil::Date::new(today.year(), today.month(), day).ok()?;
            if this > today {
                this.checked_sub(Span::new().months(1)).ok()
            } else {
                Some(this)
            }
        }
        Date::Either {
            first,
            second,
            year,
        } => {
            let by_day = past(year, second, first);
            let by_month = past(year, first, second);
            if first == second {
                return by_day;
            }
            let possible = |date: Option<jiff::civil::Date>| {
                date.filter(|date| *date <= today.tomorrow().unwrap_or(today))
            };
            match (day_first, possible(by_day), possible(by_month)) {
                (Some(true), ..) => by_day,
                (Some(false), ..) => by_month,
                (None, Some(day), None) | (None, None, Some(day)) => Some(day),
                _ => None,
            }
        }
    }
}

/// A zone that is said to hold for all times: "all times in CET".
fn zone_of_all(text: &str, times: &[Composed]) -> Option<Zone> {
    times
        .iter()
        .filter(|time| time.is_zone_only())
        .find_map(|time| {
            let line = &text[line_start(text, time.start)..line_end(text, time.end)];
            let lower = line.to_lowercase();
            let said = [
                "time zone",
                "timezone",
                "times ",
                "timestamps",
                "zeitzone",
                "zeiten",
                "zeitangaben",
                "zeitstempel",
                "uhrzeit",
                "serverzeit",
                "server time",
                "heure serveur",
                "heure du serveur",
                "czas serwera",
                "服务器",
                "fuseau",
                "heures",
                "horodatages",
                "strefa",
                "strefie",
                "czasy",
                "godziny",
                "czas ",
                "czasu",
                "时区",
                "时间",
                "the time is",
                "tz",
            ];
            if said.iter().any(|word| lower.contains(word)) {
                time.zone
            } else {
                None
            }
        })
}

#[cfg(test)]
mod tests;
