//! How many separate problems or questions a mail holds.

use super::cues::{ReadSentence, Reading, Vocabulary};
use super::fold::is_unspaced;
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

/// A sentence shorter than this is a greeting, not a problem. Bytes of folded text.
const SAYS_SOMETHING_BYTES: usize = 20;
/// Words between a number and what it counts, at most: "zwei völlig unterschiedliche, voneinander unabhängige Themen".
const COUNTED_WORDS: usize = 5;
/// The same in writing without blanks. Characters.
const COUNTED_CHARACTERS: usize = 8;

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
    // A wish to know something beside a plain question is mostly the same question again.
    let direct = reading
        .sentences
        .iter()
        .filter(asks)
        .filter(|one| one.sentence.question)
        .count();
    let asking = if direct > 0 {
        direct
    } else {
        reading.sentences.iter().filter(asks).count()
    };
    let listed = reading
        .sentences
        .iter()
        .filter(asks)
        .filter(|one| one.sentence.item)
        .count();
    let announced = reading
        .sentences
        .iter()
        .flat_map(|sentence| {
            guards
                .counted_questions
                .iter()
                .filter(|(_, class)| sentence.says(*class))
                .map(|(count, _)| *count)
                .chain(counted_matters(vocabulary, reading, sentence))
        })
        .max()
        .unwrap_or_default();
    // "One more thing" is a further one only after another: at the beginning of a mail it goes on with a talk elsewhere.
    let first = reading
        .sentences
        .iter()
        .position(|one| !one.sentence.subject && one.sentence.range.len() >= SAYS_SOMETHING_BYTES);
    let is_further = |(place, sentence): &(usize, &ReadSentence)| {
        sentence.has(guards.further_question)
            && (sentence.sentence.subject || first.is_some_and(|first| *place > first))
    };
    let further = reading
        .sentences
        .iter()
        .enumerate()
        .filter(is_further)
        .count();
    if resolved && asking == 0 && announced == 0 && said.persists != Some(true) {
        return Problems::default();
    }
    let listed = if listed >= 2 { listed } else { 0 };
    let found = asking
        .max(listed)
        .max(if further > 0 { 1 + further } else { 1 });
    let count = if announced > 0 {
        // "A few questions", and then three of them in a list.
        announced.max(u32::try_from(listed).unwrap_or(u32::MAX))
    } else {
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    // Who numbers three questions or more asks about as many things.
    let unrelated = count >= 2
        && (listed >= 3
            || further > 0
            || reading
                .sentences
                .iter()
                .any(|sentence| sentence.says(guards.unrelated)));
    Problems { count, unrelated }
}

/// Numbers not far before what they count, whatever is said of it between them.
fn counted_matters(
    vocabulary: &Vocabulary,
    reading: &Reading,
    sentence: &ReadSentence,
) -> impl Iterator<Item = u32> {
    let guards = &vocabulary.guards;
    guards.count_words.iter().filter_map(|(count, class)| {
        sentence
            .hits_of(*class)
            .any(|number| {
                sentence
                    .hits_of(guards.matter)
                    .filter(|matter| matter.start >= number.end)
                    .any(|matter| is_counted(&reading.prose.text[number.end..matter.start]))
            })
            .then_some(*count)
    })
}

/// Behind one of these the number counts something else: "two calls, both with the same problems".
#[rustfmt::skip]
const COUNTS_OTHERS: [&str; 20] = [
    "both", "with", "of", "the", "our", "for", "have", "beide", "mit", "der", "die", "das", "von", "haben", "avec", "des", "les", "nos",
    "dla", "naszych",
];

/// True when nothing but a few words stands between a number and what it counts.
fn is_counted(between: &str) -> bool {
    let unspaced = between
        .chars()
        .filter(|character| is_unspaced(*character))
        .count();
    !between.contains([';', ':', '(', ')', '\n'])
        && between.split_whitespace().count() <= COUNTED_WORDS
        && !between
            .split_whitespace()
            .any(|word| COUNTS_OTHERS.contains(&word))
        && unspaced <= COUNTED_CHARACTERS
}

#[cfg(test)]
mod tests {
    use super::is_counted;

    #[test]
    fn a_number_counts_what_stands_a_few_words_behind_it() {
        for (between, counted) in [
            (" ", true),
            (" entirely separate ", true),
            (" vollig unterschiedliche, voneinander unabhangige ", true),
            ("毫不相关的", true),
            (" accounts: both have the same ", false),
            (" of our sellers; there are other ", false),
            (" calls, both with the same ", false),
            (" hours later we saw one more of these ", false),
            ("家餐厅都不能接单而且还有别的", false),
        ] {
            assert_eq!(is_counted(between), counted, "{between}");
        }
    }
}
