//! The day of a clock time that names none, from what stands before it.

use super::combine::{Composed, Day};
use crate::extract::characters::{ends_with_word, window_before};
use crate::extract::clauses::{Standing, clause, standing_between_commas};

/// The day named last, for a clock time that stands apart from it: "This morning the same at 6:05".
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carried {
    day: Option<Day>,
    /// The day of a part that tells what went well, and where that part ends: it goes no further.
    well: Option<(Day, usize)>,
}

impl Carried {
    /// The day of an occurrence.
    pub(super) fn told(&mut self, day: Option<Day>) {
        if let Some(day) = day.filter(|day| *day != Day::Vague) {
            self.day = Some(day);
            self.well = None;
        }
    }

    /// A day that is none of an occurrence. "Yesterday the job ran fine. At 14:15 it broke": not yesterday.
    pub(super) fn stands_beside(&mut self, text: &str, time: &Composed) {
        let worked = standing_between_commas(text, time.start, time.end) == Standing::Working
            || super::context::worked_until(text, time);
        if !worked {
            self.told(time.day);
            return;
        }
        if let Some(day) = time.day.filter(|day| *day != Day::Vague) {
            let (_, end) = clause(text, time.start, time.end);
            let comma = text[time.end..end]
                .find(", ")
                .map_or(end, |at| time.end + at);
            self.well = Some((day, comma));
        }
    }

    /// The day of a clock time without one.
    pub(super) fn day_of(&self, text: &str, time: &Composed) -> Option<Day> {
        match self.well {
            Some((day, end)) if time.start < end => Some(day),
            _ if is_of_now(text, time) => None,
            _ => self.day,
        }
    }
}

/// Words before a clock time that is that of the mail: the last such hour is meant.
#[rustfmt::skip]
const OF_NOW: &[&str] = &[
    "as of", "as at", "status at", "status as of", "state at", "stand", "stand jetzt", "stand von", "stand um", "status um", "aktuell um", "état à", "situation à", "point à", "au moment où j'écris", "stan na", "stan na godz.", "stan na godzinę", "stan z", "stan z godz.", "status na", "截至", "截止", "目前", "现在", "到现在", "截至目前",
];

/// Words of what goes on while it is told; only those of the present.
#[rustfmt::skip]
const GOES_ON: &[&str] = &[
    "is still", "are still", "it's still", "still the case", "still fails", "still returns", "still happens", "still happening", "still down", "persists", "besteht", "bestehen weiterhin", "ist immer noch", "ist noch immer", "ist weiterhin", "est toujours", "c'est toujours", "c’est toujours", "toujours le cas", "encore le cas", "persiste", "perdure", "nadal trwa", "nadal występuje", "nadal nie działa", "wciąż trwa", "wciąż występuje", "wciąż nie działa", "问题依旧", "问题仍",
];

/// "It persists (as of 14:15)": the time of the mail, whatever day was named before.
fn is_of_now(text: &str, time: &Composed) -> bool {
    let left = window_before(text, time.start, 40).to_lowercase();
    let left = left.rsplit('\n').next().unwrap_or("");
    let left = left.trim_end_matches([' ', '\u{a0}', '(', '（', ':', '：', ',']);
    if OF_NOW.iter().any(|phrase| ends_with_word(left, phrase)) {
        return true;
    }
    let (from, to) = clause(text, time.start, time.end);
    let from = text[from..time.start]
        .rfind(", ")
        .map_or(from, |comma| from + comma + 2);
    let part = text[from..to].to_lowercase();
    GOES_ON.iter().any(|phrase| part.contains(phrase))
}

/// True where a clock time tells the hour of a day named before it in the same sentence, or of one in passing.
pub(super) fn is_completed(text: &str, day: &Composed, time: &Composed) -> bool {
    day.day.is_some()
        && day.day == time.day
        && day.clock.is_none()
        && day.instant.is_none()
        && day.ago.is_none()
        && day.end <= time.start
        && (clause(text, day.start, day.end).1 >= time.start
            || !super::context::is_beginning(text, day))
}
