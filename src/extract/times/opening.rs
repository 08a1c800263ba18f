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

/// What is open or worked in, for the verbs that are said of programs too: "the kitchen runs from 12:00".
#[rustfmt::skip]
const OPEN_PLACES: &[&str] = &[
    "kitchen", "restaurant runs", "counter", "küche läuft", "küche geht", "küche hat", "küche kocht", "küche ist", "cuisine tourne", "cuisine fonctionne", "cuisine est",
    "kuchnia działa", "kuchnia pracuje", "lokal działa", "restauracja działa", "działamy od", "厨房", "后厨",
];

/// Days of the week, as they stand in "from Tuesday to Saturday".
#[rustfmt::skip]
const WEEK_DAYS: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "poniedział", "wtor", "środ", "czwart", "piąt", "sobot", "niedziel",
];

/// True where the words say when something opens. `part` is in lower case and lies between commas.
pub(super) fn are_hours(text: &str, part: &str, time: &Composed) -> bool {
    if time.clock.is_none() {
        return false;
    }
    if are_of_days(text, time) {
        return true;
    }
    // "Läuft bis 22 Uhr" is no "worked until".
    let mut said = part.to_owned();
    for word in [" bis ", " until ", " till ", " jusqu'à ", " jusqu’à "] {
        if said.contains(word) {
            said = said.replace(word, " ");
        }
    }
    // "From 11:00 to 22:30, on Saturdays until 23:00": the day is not of the first.
    let beside = window(text, time.start, 60).to_lowercase();
    let of_days = EACH_OF_DAYS.iter().any(|day| beside.contains(day));
    if time.day.is_some() && !of_days || judge(&said) == Standing::Failing {
        return false;
    }
    let opens = OPENS.iter().any(|phrase| holds_beginning(part, phrase));
    let place = || OPEN_PLACES.iter().any(|place| holds_beginning(part, place));
    opens || is_parted_verb(part) || place() || follow_hours(text, time)
}

/// "from Tuesday to Saturday from 9 to 12", whatever failed before, and "on Sundays until 20:00".
fn are_of_days(text: &str, time: &Composed) -> bool {
    let left = window_before(text, time.start, 60).to_lowercase();
    let left = left.rsplit(['\n', '.', ';']).next().unwrap_or("");
    let mut days = left
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| WEEK_DAYS.iter().any(|day| word.starts_with(day)));
    let (first, second) = (days.next(), days.next());
    let joined = [" to ", " bis ", " au ", " do ", " through ", "-", "–"]
        .iter()
        .any(|word| left.contains(word));
    if time.day.is_none() && first.is_some() && second.is_some() && joined {
        return true;
    }
    let head = left.trim_end_matches(|character: char| !character.is_alphabetic());
    let head = UP_TO
        .iter()
        .find_map(|word| head.strip_suffix(word))
        .unwrap_or(head);
    EACH_OF_DAYS.iter().any(|day| head.ends_with(day))
}

#[rustfmt::skip]
const EACH_OF_DAYS: [&str; 11] = [
    "sundays", "saturdays", "sonntags", "samstags", "feiertags", "le dimanche", "le samedi", "w niedziele", "w soboty", "w weekendy", "周末",
];
const UP_TO: [&str; 12] = [
    " until",
    " till",
    " bis",
    " jusqu'à",
    " do",
    " from",
    " ab",
    " von",
    " dès",
    " od",
    " de",
    " à partir de",
];

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
