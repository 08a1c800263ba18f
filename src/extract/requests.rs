//! The method of a request and the status of its answer, around a path.

use super::characters::{line_end, line_start, window, window_before};

/// The method that is named before a path, or behind it as `-X POST` or `"method": "POST"`.
pub(crate) fn method_near(text: &str, start: usize, end: usize) -> Option<&'static str> {
    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let line = line_start(text, start);
    let before = window_before(text, start, 160.min(start - line));
    let found = METHODS
        .iter()
        .filter_map(|method| {
            let upper = before.rfind(method);
            let called = before
                .to_ascii_lowercase()
                .rfind(&format!(".{}(", method.to_ascii_lowercase()));
            upper
                .max(called)
                .filter(|at| super::characters::starts_word(before, *at) || called.is_some())
                .map(|at| (at, *method))
        })
        .max();
    if let Some((_, method)) = found {
        return Some(method);
    }
    let after = window(text, end, 400);
    let after = &after[..line_end(after, 0)
        .max(after.find("\n\n").unwrap_or(0))
        .min(after.len())];
    METHODS.into_iter().find(|method| {
        ["-X ", "--request ", "method\": \"", "method=\"", "(", " "]
            .iter()
            .any(|lead| {
                let written = format!("{lead}{method}");
                match *lead {
                    "(" | " " => {
                        after.starts_with(&written)
                            && !after[written.len()..]
                                .starts_with(|next: char| next.is_alphanumeric())
                    }
                    _ => after.contains(&written),
                }
            })
    })
}

/// The status of the answer that a dump shows behind a request.
pub(crate) fn status_behind(text: &str, end: usize) -> Option<u16> {
    let after = window(text, end, 3_000);
    // The request's own line ends in "HTTP/1.1" without a status.
    let mut place = 0;
    while let Some(found) = after[place..].find("HTTP/") {
        let at = place + found + 5;
        let rest = after[at..]
            .trim_start_matches(|character: char| character.is_ascii_digit() || character == '.');
        let digits: String = rest
            .trim_start_matches([' ', '"', '|'])
            .chars()
            .take(3)
            .collect();
        if let Ok(status @ 100..=599) = digits.parse::<u16>() {
            return (status >= 200).then_some(status);
        }
        if after[..place + found].contains("\n> GET") || after[..place + found].contains("\n> POST")
        {
            return None;
        }
        place = at;
    }
    None
}
