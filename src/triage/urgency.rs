//! Urgency that meets a criterion, as against urgency that is claimed; status of a partner.

use super::condition::Circumstances;
use super::cues::{Reading, Vocabulary};
use super::signal::CompiledSignal;

/// The first signal of the profile that holds: a criterion, whether or not the word urgent was used,
/// or the status of a partner.
pub(crate) fn first(
    signals: &[CompiledSignal],
    reading: &Reading,
    circumstances: &Circumstances<'_>,
) -> Option<String> {
    signals
        .iter()
        .find(|signal| signal.holds(reading, circumstances))
        .map(|signal| signal.name.clone())
}

/// True when the sender counts more than half: "410 of 520 restaurants", "80 % of the merchants".
pub(crate) fn counts_majority(vocabulary: &Vocabulary, reading: &Reading) -> bool {
    let guards = &vocabulary.guards;
    reading.sentences.iter().any(|sentence| {
        if sentence.quotation || sentence.question || !sentence.has(guards.countable) {
            return false;
        }
        let text = &reading.prose.text[sentence.sentence.range.clone()];
        let base = sentence.sentence.range.start;
        let numbers = numbers(text);
        let percent = numbers.iter().any(|number| {
            let behind = text[number.end..].trim_start();
            (51..=100).contains(&number.value)
                && [
                    "%",
                    "percent",
                    "per cent",
                    "prozent",
                    "pour cent",
                    "procent",
                ]
                .iter()
                .any(|mark| behind.starts_with(mark))
        });
        let part_of_whole = numbers.windows(2).any(|pair| {
            let between = base + pair[0].end..base + pair[1].start;
            let out_of = sentence
                .hits_of(guards.out_of)
                .any(|hit| between.start <= hit.start && hit.end <= between.end);
            let (low, high) = (
                pair[0].value.min(pair[1].value),
                pair[0].value.max(pair[1].value),
            );
            let near = between.len() <= COUNT_DISTANCE;
            // "410 of 520" and 520 家中有 410 家 both put the word between the numbers.
            out_of && near && high >= COUNTED_MIN && low * 2 > high
        });
        percent || part_of_whole
    })
}

/// Bytes between a part and its whole, at most.
const COUNT_DISTANCE: usize = 40;
/// Of fewer things "most" says nothing.
const COUNTED_MIN: u64 = 4;

struct Number {
    value: u64,
    start: usize,
    end: usize,
}

/// Whole numbers, with thousands divided by a dot, a comma or a blank.
fn numbers(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut numbers = Vec::new();
    let mut place = 0;
    while place < bytes.len() {
        if !bytes[place].is_ascii_digit() {
            place += 1;
            continue;
        }
        let start = place;
        let mut value: u64 = 0;
        while place < bytes.len() {
            let group = bytes.len() >= place + 4
                && matches!(bytes[place], b'.' | b',' | b' ')
                && bytes[place + 1..place + 4].iter().all(u8::is_ascii_digit)
                && !bytes.get(place + 4).is_some_and(u8::is_ascii_digit);
            if bytes[place].is_ascii_digit() {
                value = value
                    .saturating_mul(10)
                    .saturating_add(u64::from(bytes[place] - b'0'));
            } else if !group {
                break;
            }
            place += 1;
        }
        numbers.push(Number {
            value,
            start,
            end: place,
        });
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn thousands_are_one_number() {
        let values: Vec<u64> = numbers("1.206 of 35,470 or 12 500 and 3.4")
            .iter()
            .map(|number| number.value)
            .collect();
        assert_eq!(values, [1206, 35470, 12500, 3, 4]);
    }
}
