//! Hours at which shops and offices open, told beside the time of a failure.

use super::combine::Composed;
use crate::extract::characters::{ends_with_word, holds_beginning};
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

/// True where the words say when something opens. `part` is in lower case and lies between commas.
pub(super) fn are_hours(part: &str, time: &Composed) -> bool {
    if time.day.is_some() || time.clock.is_none() || judge(part) == Standing::Failing {
        return false;
    }
    let opens = OPENS.iter().any(|phrase| holds_beginning(part, phrase));
    opens || is_parted_verb(part)
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
