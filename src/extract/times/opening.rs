//! Hours at which shops and offices open, told beside the time of a failure.

use super::combine::Composed;
use crate::extract::characters::{ends_with_word, holds_beginning, window, window_before};
use crate::extract::clauses::{Standing, judge};

/// Verbs of opening, whose clock times are hours of every day.
#[rustfmt::skip]
const OPENS: &[&str] = &[
    "opens at", "open at", "opens from", "open until", "open till", "opened until", "closes at", "close at", "stay open", "stays open", "remain open", "we're open", "serving hours", "delivery hours", "trading hours", "store hours", "shop hours",
    "öffnen ", "öffnet ", "machen um", "schließen um", "schließt um", "schließen wir", "lieferzeiten", "ladenzeiten", "küchenzeiten", "offen von", "offen ab",
    "ouvre à", "ouvrent à", "ouvre de", "ouvrent de", "ouvre ses", "ouvrons", "ferment à", "fermons à", "service de midi", "service du soir",
    "otwieramy", "otwierają", "otwiera się", "zamykamy", "zamykają", "przyjmujemy zamówienia od", "godziny pracy", "godzinach otwarcia",
    "打烊", "关门", "开店", "开门", "营业",
];

/// What is said to be open or at work, with its verb.
#[rustfmt::skip]
const OPEN_PLACES: &[&str] = &[
    "kitchen runs", "kitchen is open", "kitchen works", "kitchen serves", "counter is open", "küche läuft", "küche geht", "küche kocht", "küche hat offen", "küche hat auf", "küche ist offen", "küche ist geöffnet",
    "cuisine tourne", "cuisine fonctionne", "cuisine est ouverte", "kuchnia działa", "kuchnia pracuje", "lokal działa", "restauracja działa", "działamy", "厨房营业", "厨房开", "后厨营业", "后厨开",
];

/// Days of the week, as they stand in "from Tuesday to Saturday".
#[rustfmt::skip]
const WEEK_DAYS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "poniedział", "wtor", "środ", "czwart", "piąt", "sobot", "niedziel",
];
/// Words that say each of these days.
#[rustfmt::skip]
const EACH_OF_DAYS: [&str; 8] = [
    "sundays", "saturdays", "sonntags", "samstags", "le dimanche", "le samedi", "w niedziele", "w soboty",
];
/// Words before the ends of a range of hours.
#[rustfmt::skip]
const UP_TO: [&str; 14] = [
    "until", "till", "to", "bis", "jusqu", "à", "do", "from", "ab", "von", "dès", "od", "de", "partir",
];

/// True where the words say when something opens. `part` is in lower case and lies between commas.
pub(super) fn are_hours(text: &str, part: &str, time: &Composed) -> bool {
    if time.clock.is_none() {
        return false;
    }
    // "Läuft bis 22 Uhr" is no "worked until".
    let mut said = part.to_owned();
    for word in [" bis ", " until ", " till ", " jusqu'à ", " jusqu’à "] {
        said = said.replace(word, " ");
    }
    if judge(&said) == Standing::Failing {
        return false;
    }
    if are_of_days(text, time) {
        return true;
    }
    // "From 11:00 to 22:30, on Saturdays until 23:00": the day is not of the first.
    let beside = window(text, time.start, 60).to_lowercase();
    if time.day.is_some() && !EACH_OF_DAYS.iter().any(|day| beside.contains(day)) {
        return false;
    }
    let opens = OPENS.iter().any(|phrase| holds_beginning(part, phrase));
    let place = || {
        let left = window_before(text, time.start, 24).to_lowercase();
        let left = left.trim_end();
        UP_TO.iter().any(|word| ends_with_word(left, word))
            && OPEN_PLACES.iter().any(|place| holds_beginning(part, place))
    };
    opens || is_parted_verb(part) || place() || follow_hours(text, time)
}

/// "from Tuesday to Saturday from 9 to 12", and "on Sundays until 20:00".
fn are_of_days(text: &str, time: &Composed) -> bool {
    let left = window_before(text, time.start, 60).to_lowercase();
    let left = left.rsplit(['\n', '.', ';']).next().unwrap_or("");
    let words: Vec<&str> = left
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_day = |word: &&str| WEEK_DAYS.iter().any(|day| word.starts_with(day));
    let Some(second) = words.iter().rposition(is_day) else {
        return false;
    };
    // Nothing but an hour and the words of a range stand between the days and the time.
    let of_hours = |word: &&str| {
        UP_TO.contains(word)
            || word.starts_with(|first: char| first.is_ascii_digit())
            || matches!(
                *word,
                "uhr" | "h" | "am" | "pm" | "and" | "und" | "et" | "i"
            )
    };
    if !words[second + 1..].iter().all(of_hours) {
        return false;
    }
    let between = words[..second]
        .iter()
        .rposition(is_day)
        .map(|first| &words[first + 1..second]);
    let range = between
        .is_some_and(|between| matches!(between, [] | ["to" | "bis" | "au" | "do" | "through"]));
    let before = second.checked_sub(1).map_or("", |place| words[place]);
    let each = [
        words[second].to_owned(),
        format!("{before} {}", words[second]),
    ];
    time.day.is_none() && range || each.iter().any(|day| EACH_OF_DAYS.contains(&day.as_str()))
}

/// The second of two clock times, of which the first is one of the kitchen's: "runs from 12:00 to 21:30".
fn follow_hours(text: &str, time: &Composed) -> bool {
    let left = window_before(text, time.start, 60).to_lowercase();
    let left = left.rsplit(['\n', ',', ';']).next().unwrap_or("");
    let range = [" to", " bis", " à", " do", " until", "-", "–", "至", "到"]
        .iter()
        .any(|word| left.trim_end().ends_with(word));
    range && OPEN_PLACES.iter().any(|place| holds_beginning(left, place))
}

/// "Die Läden haben von 10 bis 22 Uhr auf": the second half of the verb stands last.
fn is_parted_verb(part: &str) -> bool {
    let words = || {
        part.split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
    };
    words()
        .next_back()
        .is_some_and(|last| matches!(last, "auf" | "offen" | "zu"))
        && words().any(|word| matches!(word, "haben" | "hat" | "hatten" | "machen" | "macht"))
}

/// True where a time behind "until" ends hours of every day, and no time in which all went well.
pub(super) fn end_hours(text: &str, time: &Composed) -> bool {
    are_of_days(text, time) || follow_hours(text, time)
}

/// True behind words with which hours of every day begin as well: "open from 10:00", "ab 11 Uhr geöffnet".
pub(super) fn may_begin_hours(left: &str) -> bool {
    [
        "am",
        "from",
        "ab",
        "ab dem",
        "de",
        "à partir de",
        "à partir du",
        "dès",
        "starting",
    ]
    .iter()
    .any(|word| ends_with_word(left, word))
}
