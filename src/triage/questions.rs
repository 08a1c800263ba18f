//! How many separate problems or questions a mail holds.

use super::cues::{ReadSentence, Reading, Vocabulary};
use crate::case::Said;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// Separate questions and problems: 1 for a mail about one thing, however often it asks about
    /// it; 0 for a mail that only says that all is well.
    pub(crate) count: u32,
    /// They do not belong together.
    pub(crate) unrelated: bool,
}

/// Counts separate questions and problems.
pub(crate) fn count(
    vocabulary: &Vocabulary,
    reading: &Reading,
    said: &Said,
    resolved: bool,
) -> Problems {
    let guards = &vocabulary.guards;
    let asks = |sentence: &&ReadSentence| {
        sentence.question
            && !sentence.quotation
            && !sentence.has(guards.filler_question)
            && !sentence.has(guards.asks_persists)
            && !sentence.has(guards.asks_steps)
            && !sentence.sentence.subject
    };
    let asking = reading.sentences.iter().filter(asks).count();
    let listed = reading
        .sentences
        .iter()
        .filter(asks)
        .filter(|one| one.sentence.item)
        .count();
    let further = reading
        .sentences
        .iter()
        .filter(|sentence| sentence.has(guards.further_question))
        .count();
    if resolved && asking == 0 && said.persists != Some(true) {
        return Problems::default();
    }
    let listed = if listed >= 2 { listed } else { 1 };
    let count = listed.max(1 + further);
    Problems {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        unrelated: count >= 2,
    }
}
