//! Where sentences end.

use super::terms::fold;
use crate::mail::text::is_wide_letter;

/// Which ends of lines end a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Those above an empty line.
    Blank,
    /// Those above a line that begins with a capital as well.
    Capital,
    /// Those of lines too short to have been wrapped as well, above a line that begins anew.
    Short,
}

/// A line of so many characters may have been wrapped.
const WRAPPED_CHARACTERS: usize = 45;

/// Longest sentence in bytes; what goes on is dropped.
const BYTES_MAX: usize = 2_000;

/// The sentences of a text with the marks that end them, folded. A point behind a digit (`10.03.`) or within an
/// abbreviation, an address or a number ends none.
pub(super) fn split(text: &str, lines: Lines) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let next = at + character.len_utf8();
        let rest = &text[next..];
        let ends = match character {
            '。' | '！' | '？' | '；' => true,
            '.' => ends_word(rest) && (!before.is_ascii_digit() || rest.starts_with('\n')),
            '!' | '?' => ends_word(rest),
            '\n' => rest
                .trim_start_matches([' ', '\t'])
                .chars()
                .next()
                .is_none_or(|first| {
                    first == '\n'
                        || match lines {
                            Lines::Blank => false,
                            Lines::Capital => first.is_uppercase(),
                            Lines::Short => !first.is_lowercase() && is_short(&text[..at]),
                        }
                }),
            _ => false,
        };
        if ends {
            found.push(&text[start..next]);
            start = next;
        }
        before = character;
    }
    found.push(&text[start..]);
    found
        .into_iter()
        .map(|sentence| fold(sentence.trim(), BYTES_MAX))
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

/// Whether the last line of a text was ended by its author.
fn is_short(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default().trim();
    let wide = if line.contains(is_wide_letter) { 2 } else { 1 };
    line.chars().count() * wide < WRAPPED_CHARACTERS
}

/// Whether nothing of a word or an address follows a mark.
fn ends_word(rest: &str) -> bool {
    rest.chars()
        .next()
        .is_none_or(|after| after.is_whitespace() || matches!(after, '"' | ')' | '”'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_within_numbers_and_names_end_no_sentence() {
        assert_eq!(
            split("Vom 10.03. bis heute, a.b@c.example. Ende!", Lines::Blank),
            ["vom 10.03. bis heute, a.b@c.example.", "ende!"]
        );
        assert_eq!(
            split("好。是吗？不", Lines::Blank),
            ["好。", "是吗？", "不"]
        );
    }

    #[test]
    fn lines_end_them_above_empty_ones_or_capitals() {
        let text = "Hello\nthere\nTom\n\nBye";
        assert_eq!(split(text, Lines::Blank), ["hello there tom", "bye"]);
        assert_eq!(split(text, Lines::Capital), ["hello there", "tom", "bye"]);
        let wrapped = "This line is so long that its program may have\nWrapped it\nTom";
        assert_eq!(
            split(wrapped, Lines::Short),
            [
                "this line is so long that its program may have wrapped it",
                "tom"
            ]
        );
    }
}
