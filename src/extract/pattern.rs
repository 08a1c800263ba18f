//! Patterns of profiles: ASCII classes, limited in length and compiled size.
//!
//! A Unicode `\b` makes the engine leave its fast path at the first accented letter, so `\b`, `\d`,
//! `\w` and `\s` mean their ASCII forms. A pattern that begins with `(?u)` is taken as it is.

use regex::{Regex, RegexBuilder};

use crate::limits;

/// Compiles a pattern of a profile.
///
/// # Errors
/// Why it does not compile, in one line.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    build(&checked(pattern)?)
}

/// Compiles a pattern that has to match where the text begins.
///
/// # Errors
/// Why it does not compile, in one line.
pub(crate) fn compile_anchored(pattern: &str) -> Result<Regex, String> {
    build(&format!(r"\A(?:{})", checked(pattern)?))
}

/// The pattern with ASCII classes.
///
/// # Errors
/// When it is longer than [`limits::PATTERN_BYTES_MAX`].
pub(crate) fn checked(pattern: &str) -> Result<String, String> {
    if pattern.len() > limits::PATTERN_BYTES_MAX {
        return Err(format!(
            "the pattern has {} bytes, more than {}",
            pattern.len(),
            limits::PATTERN_BYTES_MAX
        ));
    }
    Ok(ascii_classes(pattern))
}

fn build(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(limits::PATTERN_COMPILED_BYTES_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => {
                format!("the compiled pattern is larger than {limit} bytes")
            }
            error => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                format!(
                    "the pattern does not compile: {}",
                    last.trim_start_matches("error: ")
                )
            }
        })
}

fn ascii_classes(pattern: &str) -> String {
    if let Some(unicode) = pattern.strip_prefix("(?u)") {
        return unicode.to_owned();
    }
    let mut ascii = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.chars();
    let mut depth = 0_u32;
    while let Some(character) = characters.next() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if character != '\\' {
            ascii.push(character);
            continue;
        }
        let replacement = match (characters.next(), depth > 0) {
            (Some('d'), true) => "0-9",
            (Some('d'), false) => "[0-9]",
            (Some('D'), _) => "[^0-9]",
            (Some('w'), true) => "0-9A-Za-z_",
            (Some('w'), false) => "[0-9A-Za-z_]",
            (Some('W'), _) => "[^0-9A-Za-z_]",
            (Some('s'), true) => r" \t\r\n",
            (Some('s'), false) => r"[ \t\r\n]",
            (Some('S'), _) => r"[^ \t\r\n]",
            (Some('b'), false) => r"(?-u:\b)",
            (Some('B'), false) => r"(?-u:\B)",
            (Some(other), _) => {
                ascii.push('\\');
                ascii.push(other);
                continue;
            }
            (None, _) => r"\",
        };
        ascii.push_str(replacement);
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_ascii() {
        for (pattern, text, matches) in [
            (r"\bA\d{3}\b", "A123 é", true),
            (r"\d", "٣", false),
            (r"[\w.-]+@", "é@", false),
            (r"(?u)\w", "é", true),
            (r"[^\s]", " ", false),
        ] {
            assert_eq!(
                compile(pattern).unwrap().is_match(text),
                matches,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn limits_hold() {
        assert!(
            compile(&"a".repeat(limits::PATTERN_BYTES_MAX + 1))
                .unwrap_err()
                .contains("bytes")
        );
        assert!(
            compile(r"((a{1000}){1000}){100}")
                .unwrap_err()
                .contains("larger")
        );
        assert!(compile("(").unwrap_err().contains("does not compile"));
    }
}
