//! The answer form inside a mail: one line for each thing asked, which the sender fills in.
//!
//! ```text
//! --- precedent form kq2n7c4yv3w6xtza ---
//! API operation {#operation}: ...
//! Time zone {#time_zone}: ...
//! --- end ---
//! ```
//!
//! The lines are plain text in both alternatives of the mail, so that they survive quoting with `>`
//! and clients that answer in HTML. The tag `{#name}` names the requirement whatever the language;
//! what stands behind the colon is the answer, and a line that still holds [`PLACEHOLDER`] has none.

/// Before the token on the first line.
pub const OPEN: &str = "--- precedent form ";
/// After the token on the first line.
pub const OPEN_END: &str = " ---";
/// The last line.
pub const CLOSE: &str = "--- end ---";
/// Before the name of a requirement.
pub const TAG_OPEN: &str = "{#";
/// After the name of a requirement.
pub const TAG_CLOSE: &str = "}";
/// Between tag and answer. A reader should take a full-width colon as well.
pub const COLON: &str = ":";
/// What the sender overwrites.
pub const PLACEHOLDER: &str = "...";

/// One line of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Label in the sender's language.
    pub label: &'a str,
    /// Name of the requirement.
    pub requirement: &'a str,
}

/// The lines of a form, from the first marker to the last.
#[must_use]
pub fn lines(token: &str, asked: &[Line<'_>]) -> Vec<String> {
    let mut lines = Vec::with_capacity(asked.len() + 2);
    lines.push(format!("{OPEN}{token}{OPEN_END}"));
    for Line { label, requirement } in asked {
        lines.push(format!(
            "{label} {TAG_OPEN}{requirement}{TAG_CLOSE}{COLON} {PLACEHOLDER}"
        ));
    }
    lines.push(CLOSE.to_owned());
    lines
}

/// A mail's text as a sender would give it back: placeholders of the named requirements replaced by
/// answers. For simulations and tests.
#[must_use]
pub fn fill(text: &str, answers: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    for line in text.lines() {
        let answer = answers.iter().find(|(requirement, _)| {
            line.contains(&format!("{TAG_OPEN}{requirement}{TAG_CLOSE}{COLON}"))
        });
        match (answer, line.strip_suffix(PLACEHOLDER)) {
            (Some((_, answer)), Some(head)) => {
                filled.push_str(head);
                filled.push_str(answer);
            }
            _ => filled.push_str(line),
        }
        filled.push('\n');
    }
    filled
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{
        CLOSE, COLON, Line, OPEN, OPEN_END, PLACEHOLDER, TAG_CLOSE, TAG_OPEN, fill, lines,
    };

    /// The simplest reader that follows the module's description: answers of the form with `token`.
    pub(crate) fn answers(text: &str, token: &str) -> Vec<(String, String)> {
        let unquoted = text
            .lines()
            .map(|line| line.trim_start_matches(['>', ' ']).trim_end());
        unquoted
            .skip_while(|line| *line != format!("{OPEN}{token}{OPEN_END}"))
            .skip(1)
            .take_while(|line| *line != CLOSE)
            .filter_map(|line| {
                let (_, tagged) = line.split_once(TAG_OPEN)?;
                let (name, answer) = tagged.split_once(TAG_CLOSE)?;
                let answer = answer.strip_prefix(COLON)?.trim();
                (answer != PLACEHOLDER).then(|| (name.to_owned(), answer.to_owned()))
            })
            .collect()
    }

    #[test]
    fn answers_come_back_from_a_quoted_form() {
        let asked = [
            Line {
                label: "API-Operation",
                requirement: "operation",
            },
            Line {
                label: "Zeitzone",
                requirement: "time_zone",
            },
        ];
        let form = lines("abc", &asked).join("\n");
        assert_eq!(answers(&form, "abc"), []);
        let filled = fill(&form, &[("operation", "getOrders")]);
        let quoted: String = filled.lines().map(|line| format!("> {line}\n")).collect();
        assert_eq!(
            answers(&quoted, "abc"),
            [("operation".to_owned(), "getOrders".to_owned())]
        );
        assert_eq!(answers(&quoted, "other"), []);
    }
}
