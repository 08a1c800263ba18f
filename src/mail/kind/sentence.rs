//! Where sentences end.

use super::terms::fold;

/// Which ends of lines end a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Those above an empty line.
    Blank,
    /// Those above a line that begins with a capital as well.
    Capital,
}

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
                    first == '\n' || lines == Lines::Capital && first.is_uppercase()
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
    }
}
