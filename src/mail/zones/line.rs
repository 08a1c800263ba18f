//! The lines of a text with what the judges of zones ask again and again.

/// A line without its line break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Where it begins in the text.
    pub(super) start: usize,
    /// Where the next one begins.
    pub(super) end: usize,
    /// The line without white space around it.
    pub(super) text: &'a str,
    /// The line as written.
    pub(super) raw: &'a str,
    /// How many `>` it begins with.
    pub(super) depth: usize,
    /// The sender says something here below a name: the rules for signatures see a blank line.
    pub(super) reported: bool,
}

impl<'a> Line<'a> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The line in two, parted at a byte of `raw`.
    pub(super) fn parted(&self, at: usize) -> (Self, Self) {
        let piece = |raw: &'a str, start: usize, end: usize| Self {
            start,
            end,
            text: raw.trim(),
            raw,
            depth: 0,
            reported: false,
        };
        let middle = self.start + at;
        (
            piece(&self.raw[..at], self.start, middle),
            piece(&self.raw[at..], middle, self.end),
        )
    }

    /// The same line with nothing in it, because the sender says something here or a device does.
    pub(super) fn emptied(&self, reported: bool) -> Self {
        Self {
            text: "",
            raw: "",
            depth: 0,
            reported,
            ..*self
        }
    }

    /// The text behind the quote marks.
    pub(super) fn inner(&self) -> &'a str {
        let mut rest = self.text;
        if self.depth > 0
            && let Some(mark) = other_mark(rest)
        {
            return rest[mark.len()..].trim_start();
        }
        for _ in 0..self.depth {
            rest = rest.strip_prefix('>').unwrap_or(rest).trim_start();
        }
        rest
    }

    /// Words separated by white space.
    pub(super) fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }

    /// A line of nothing but one or more of these characters, at least `least` of them.
    pub(super) fn is_rule_of(&self, characters: &[char], least: usize) -> bool {
        let mut count = 0;
        for character in self.text.chars() {
            if characters.contains(&character) {
                count += 1;
            } else if character != ' ' {
                return false;
            }
        }
        count >= least
    }
}

/// Splits a text into lines.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::with_capacity(text.len() / 40 + 1);
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let end = start + raw.len();
        let raw = raw.strip_suffix('\n').unwrap_or(raw);
        let trimmed = without_leftovers(raw.trim());
        lines.push(Line {
            start,
            end,
            text: trimmed,
            raw,
            depth: depth(trimmed),
            reported: false,
        });
        start = end;
    }
    lines
}

/// The line without the blanks and tabs of a quoted-printable body that some gateway left encoded (`=09To: Jane=20`).
fn without_leftovers(text: &str) -> &str {
    let mut rest = text;
    while let Some(inner) = rest
        .strip_prefix("=09")
        .or_else(|| rest.strip_prefix("=20"))
    {
        rest = inner.trim_start();
    }
    if rest.len() == text.len() {
        return text;
    }
    while let Some(inner) = rest
        .strip_suffix("=09")
        .or_else(|| rest.strip_suffix("=20"))
    {
        rest = inner.trim_end();
    }
    rest.strip_suffix('=').unwrap_or(rest).trim_end()
}

/// Fewest lines with one mark in a row that make a quote.
const OTHER_MARKS_LEAST: usize = 3;

/// Gives depth to quotes that are marked otherwise than with `>`: `: text`, `| text`, `JD> text`.
pub(super) fn other_marks(lines: &mut [Line<'_>]) {
    let mut index = 0;
    while index < lines.len() {
        let Some(mark) = other_mark(lines[index].text) else {
            index += 1;
            continue;
        };
        let start = index;
        while index < lines.len() && other_mark(lines[index].text) == Some(mark) {
            index += 1;
        }
        let run = &lines[start..index];
        let says = run
            .iter()
            .filter(|line| line.text.len() > mark.len())
            .count();
        let initials = mark.len() > 1 && run.len() == 2;
        let enough = run.len() >= OTHER_MARKS_LEAST
            || initials
                && previous_filled(lines, start)
                    .is_some_and(|above| super::attribution::ends_with_verb(lines[above].text));
        if enough && says >= 1 {
            for line in &mut lines[start..index] {
                line.depth = 1;
            }
        }
    }
}

/// The mark a line begins with, where it is none of `>`.
fn other_mark(text: &str) -> Option<&str> {
    match text.as_bytes() {
        // A row of a table ends as it begins.
        [b'|'] | [b'|', b' ', ..] if text.len() == 1 || !text[1..].contains('|') => {
            Some(&text[..1])
        }
        [b':'] | [b':', b' ', ..] => Some(&text[..1]),
        [first, ..] if first.is_ascii_uppercase() => {
            let letters = text
                .bytes()
                .take(4)
                .take_while(u8::is_ascii_uppercase)
                .count();
            let rest = text.get(letters..)?;
            (letters <= 3 && (rest == ">" || rest.starts_with("> "))).then(|| &text[..=letters])
        }
        _ => None,
    }
}

fn depth(line: &str) -> usize {
    // `>From ` is how an mbox escapes a line of its own.
    // `>= 10` compares.
    if !line.starts_with('>')
        || line.starts_with(">From ")
        || line.starts_with(">=")
        || super::attribution::is_arrowed(line)
    {
        return 0;
    }
    let mut depth = 0;
    let mut blanks = 0;
    for byte in line.bytes() {
        match byte {
            b'>' => {
                depth += 1;
                blanks = 0;
            }
            b' ' if blanks < 2 => blanks += 1,
            _ => break,
        }
    }
    depth
}

/// The next line in `range` that is not blank.
pub(super) fn next_filled(lines: &[Line<'_>], from: usize) -> Option<usize> {
    (from..lines.len()).find(|index| !lines[*index].is_blank())
}

/// The line before `before` that is not blank.
pub(super) fn previous_filled(lines: &[Line<'_>], before: usize) -> Option<usize> {
    (0..before).rev().find(|index| !lines[*index].is_blank())
}

/// Lower case without decoration (`*From:*`, `**Von:**`, bullets of quotes).
pub(super) fn plain_lower(text: &str) -> String {
    text.chars()
        .filter(|character| !matches!(character, '*' | '_' | '\u{200e}' | '\u{200f}'))
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .trim()
        .to_owned()
}
