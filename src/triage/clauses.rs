//! Clauses of a sentence, and what stands between two words of it.

use super::fold::is_unspaced;

/// Where clauses begin, in order, each with its number. What stands in parentheses is a clause of its own, and behind
/// it the clause around it goes on. Words of contrast begin one as well.
pub(super) fn clause_starts(
    words: &str,
    base: usize,
    contrasts: impl Iterator<Item = usize>,
) -> Vec<(usize, u16)> {
    let bytes = words.as_bytes();
    let mut marks = Vec::new();
    for (place, byte) in bytes.iter().enumerate() {
        let length = match byte {
            b',' | b';' | b'(' | b')' | b':' => 1,
            0xe3 if words[place..].starts_with('、') => '、'.len_utf8(),
            b'-' if place > 0
                && bytes[place - 1] == b' '
                && bytes.get(place + 1) == Some(&b' ') =>
            {
                marks.push((base + place - 1, *byte));
                continue;
            }
            _ => continue,
        };
        // A decimal comma, a time and a key are no end of a clause.
        let parenthesis = matches!(byte, b'(' | b')');
        if parenthesis || !bytes.get(place + length).is_some_and(u8::is_ascii_digit) {
            marks.push((base + place, *byte));
        }
    }
    marks.extend(contrasts.map(|start| (start, b',')));
    marks.sort_unstable();
    let mut clause = 0;
    let mut last = 0u16;
    let mut around = Vec::new();
    marks
        .into_iter()
        .map(|(place, mark)| {
            if mark == b'(' {
                around.push(clause);
            }
            clause = match (mark == b')').then(|| around.pop()).flatten() {
                Some(outer) => outer,
                None => {
                    last = last.saturating_add(1);
                    last
                }
            };
            (place, clause)
        })
        .collect()
}

/// The clause at a place.
pub(super) fn clause_at(starts: &[(usize, u16)], place: usize) -> u16 {
    let before = starts.partition_point(|(start, _)| *start <= place);
    before.checked_sub(1).map_or(0, |index| starts[index].1)
}

/// Words between two hits; names of things, what stands in parentheses and what is said of the first between two commas
/// are not counted. None where another clause begins between them.
pub(super) fn words_between(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut words = 0;
    let mut depth = 0_usize;
    let mut inserted = false;
    for token in text.get(from..to)?.split_inclusive([' ', '(', ')', ',']) {
        let word = token.trim_end_matches([' ', '(', ')', ',']);
        if depth == 0 {
            if word.contains(';') || word == "-" {
                return None;
            }
            let plain = !word.is_empty()
                && !word
                    .bytes()
                    .any(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_'));
            if plain && !inserted {
                let unspaced = word.chars().filter(|mark| is_unspaced(*mark)).count();
                words += unspaced.div_ceil(UNSPACED_WORD).max(1);
            }
        }
        match token.bytes().last() {
            Some(b'(') => depth += 1,
            Some(b')') => depth = depth.saturating_sub(1),
            Some(b',') if depth == 0 && inserted => inserted = false,
            // "Our integration, live since March, is down."
            Some(b',') if depth == 0 && words == 0 => inserted = true,
            Some(b',') if depth == 0 => return None,
            _ => {}
        }
    }
    (!inserted).then_some(words)
}

/// Characters of a word in writing without blanks, on average.
const UNSPACED_WORD: usize = 2;

#[cfg(test)]
mod tests {
    use super::{clause_at, clause_starts, words_between};

    #[test]
    fn a_clause_goes_on_behind_a_parenthesis() {
        let text = "our shop (live, id 4) is down, one item too";
        let starts = clause_starts(text, 0, std::iter::empty());
        let clause = |word: &str| clause_at(&starts, text.find(word).unwrap());
        assert_eq!(clause("our"), clause("is down"));
        assert_ne!(clause("our"), clause("live"));
        assert_ne!(clause("live"), clause("id 4"));
        assert_ne!(clause("our"), clause("one item"));
        assert_ne!(clause("id 4"), clause("one item"));
        // A lone mark only begins a clause.
        let starts = clause_starts("a) b", 0, std::iter::empty());
        assert_ne!(clause_at(&starts, 0), clause_at(&starts, 3));
    }

    #[test]
    fn what_is_put_in_between_is_not_counted() {
        for (between, words) in [
            ("", Some(0)),
            (" has suddenly ", Some(2)),
            (" soup-eu-1 (all of them, really) ", Some(0)),
            (", live since march, ", Some(0)),
            (" works, the feed ", None),
            (", but the feed ", None),
            (" a; b ", None),
        ] {
            assert_eq!(words_between(between, 0, between.len()), words, "{between}");
        }
    }
}
