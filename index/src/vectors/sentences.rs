//! Sentences of a text, each with a vector of its own: two texts about the same thing agree sentence by sentence, where the
//! vector of the whole only tells their subject.

use super::encoder::DIMENSIONS;

/// Sentences of a text that have a vector: what the problem is stands at the beginning.
pub(crate) const SENTENCES: usize = 6;
/// What is shorter belongs to the sentence behind it: abbreviations, numbers of a list. Characters.
const SHORTEST: usize = 9;
/// A sentence in the file: scale, and two codes of four bits in a byte.
pub(crate) const SENTENCE_BYTES: usize = 4 + DIMENSIONS / 2;
/// Largest code of four bits.
const MOST: f32 = 7.0;

/// The sentences of a [passage](super::passage) behind its subject.
pub(crate) fn sentences(passage: &str) -> Vec<&str> {
    let (_, text) = passage.split_once('\n').unwrap_or(("", passage));
    let mut sentences = Vec::new();
    let mut start = 0;
    for (place, character) in text.char_indices() {
        let end = place + character.len_utf8();
        let ends = match character {
            '。' | '！' | '？' | '\n' => true,
            '!' | '?' => text[end..].starts_with(char::is_whitespace),
            '.' => text[end..].starts_with(char::is_whitespace) && !is_abbreviated(&text[..place]),
            _ => false,
        };
        let sentence = text[start..end].trim();
        if ends && sentence.chars().count() >= SHORTEST {
            sentences.push(sentence);
            start = end;
            if sentences.len() == SENTENCES {
                return sentences;
            }
        }
    }
    let rest = text[start..].trim();
    if rest.chars().any(char::is_alphabetic) {
        sentences.push(rest);
    }
    sentences
}

/// Whether a dot behind this text stands for the rest of a word: a single letter, as in "e.g.".
fn is_abbreviated(before: &str) -> bool {
    let mut last = before.chars().rev();
    last.next().is_some_and(char::is_alphabetic) && !last.next().is_some_and(char::is_alphanumeric)
}

/// The vector of a sentence as it stands in the file.
pub(crate) fn pack(vector: &[f32]) -> [u8; SENTENCE_BYTES] {
    let mut bytes = [0; SENTENCE_BYTES];
    let greatest = vector
        .iter()
        .fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let scale = greatest / MOST;
    let (head, codes) = bytes.split_at_mut(4);
    head.copy_from_slice(&scale.to_le_bytes());
    let code = |value: f32| ((value / scale).round() + MOST + 1.0) as u8;
    for (byte, pair) in codes.iter_mut().zip(vector.chunks(2)) {
        let second = pair.get(1).copied().unwrap_or_default();
        *byte = code(pair[0]) | code(second) << 4;
    }
    bytes
}

/// Cosine of a vector of length 1 with a [packed](pack) one.
pub(crate) fn cosine(vector: &[f32], packed: &[u8]) -> f32 {
    let Some((scale, codes)) = packed.split_first_chunk::<4>() else {
        return 0.0;
    };
    let value = |code: u8| f32::from(code) - (MOST + 1.0);
    let (pairs, _) = vector.as_chunks::<2>();
    let sum: f32 = pairs
        .iter()
        .zip(codes)
        .map(|([first, second], byte)| first * value(byte & 15) + second * value(byte >> 4))
        .sum();
    sum * f32::from_le_bytes(*scale)
}

/// How far the sentences of a request and of a case agree, as cosines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Agreement {
    /// The mean, over the sentences of the request, of the nearest of the case.
    pub(crate) of_request: f32,
    /// The mean, over the sentences of the case, of the nearest of the request.
    pub(crate) of_case: f32,
}

/// Compares sentences with packed ones; None where one side has none.
pub(crate) fn agreement(request: &[Vec<f32>], case: &[u8]) -> Option<Agreement> {
    let case: Vec<&[u8]> = case.chunks_exact(SENTENCE_BYTES).collect();
    if request.is_empty() || case.is_empty() {
        return None;
    }
    let mut of_case = vec![-1.0f32; case.len()];
    let mut of_request = 0.0;
    for sentence in request {
        let mut best = -1.0f32;
        for (packed, nearest) in case.iter().zip(&mut of_case) {
            let cosine = cosine(sentence, packed);
            best = best.max(cosine);
            *nearest = nearest.max(cosine);
        }
        of_request += best;
    }
    Some(Agreement {
        of_request: of_request / request.len() as f32,
        of_case: of_case.iter().sum::<f32>() / case.len() as f32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_sentences_end() {
        let rows: [(&str, &[&str]); 6] = [
            ("Subject\n", &[]),
            (
                "Subject\nOrders fail. Since noon, e.g. for Italy! Version 2.5 too",
                &[
                    "Orders fail.",
                    "Since noon, e.g. for Italy!",
                    "Version 2.5 too",
                ],
            ),
            (
                "S\n我们被限流了，接口返回错误。从昨天开始一直如此",
                &["我们被限流了，接口返回错误。", "从昨天开始一直如此"],
            ),
            (
                "S\nFirst line here\nsecond line here",
                &["First line here", "second line here"],
            ),
            (
                "S\nNo. 5 is the one that fails. 42",
                &["No. 5 is the one that fails."],
            ),
            (
                "S\nSentence one. Sentence two. Sentence three. Sentence four. Sentence five. Sentence six. Sentence seven.",
                &[
                    "Sentence one.",
                    "Sentence two.",
                    "Sentence three.",
                    "Sentence four.",
                    "Sentence five.",
                    "Sentence six.",
                ],
            ),
        ];
        for (passage, expected) in rows {
            assert_eq!(sentences(passage), expected, "{passage:?}");
        }
    }

    #[test]
    fn four_bits_keep_the_cosine() {
        let vector = |seed: u32| {
            let mut state = seed;
            let values: Vec<f32> = (0..DIMENSIONS)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 8) as f32 / 8_388_608.0 - 1.0
                })
                .collect();
            let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
            values
                .iter()
                .map(|value| value / length)
                .collect::<Vec<f32>>()
        };
        let (one, other) = (vector(1), vector(2));
        assert!((cosine(&one, &pack(&one)) - 1.0).abs() < 0.01);
        let exact: f32 = one
            .iter()
            .zip(&other)
            .map(|(left, right)| left * right)
            .sum();
        assert!((cosine(&one, &pack(&other)) - exact).abs() < 0.01);
    }

    #[test]
    fn agreement_goes_both_ways() {
        let unit = |place: usize| {
            let mut vector = vec![0.0; DIMENSIONS];
            vector[place] = 1.0;
            vector
        };
        let case = [pack(&unit(0)), pack(&unit(1)), pack(&unit(2))].concat();
        let found = agreement(&[unit(0)], &case).expect("both have sentences");
        assert!((found.of_request - 1.0).abs() < 1e-3, "{found:?}");
        assert!((found.of_case - 1.0 / 3.0).abs() < 1e-3, "{found:?}");
        assert_eq!(agreement(&[], &case), None);
        assert_eq!(agreement(&[unit(0)], &[]), None);
    }
}
