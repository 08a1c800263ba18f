//! What is wrong with a profile, and where.

use std::fmt;
use std::ops::Range;

/// Most unknown keys that are collected before reading stops.
const PROBLEMS_MAX: usize = 50;
/// Most problems that are shown at once; how many more there are is said.
pub const PROBLEMS_SHOWN: usize = 20;

/// One thing that is wrong with a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileProblem {
    /// What.
    pub message: String,
    /// Bytes of the source.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What to write instead, where that can be told.
    pub hint: Option<String>,
}

impl ProfileProblem {
    /// A problem at these bytes of the source.
    #[must_use]
    pub fn new(source: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let before = &source[..source.floor_char_boundary(span.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            message: message.into(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span,
            hint: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
        match &self.hint {
            Some(hint) => write!(formatter, " (hint: {hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ProfileProblem {}

impl miette::Diagnostic for ProfileProblem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.hint
            .as_ref()
            .map(|hint| Box::new(hint) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let label = miette::LabeledSpan::new_with_span(Some("here".to_owned()), self.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

/// Everything that is wrong with a profile, in the order of the source. `miette` shows the places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    source: String,
    problems: Vec<ProfileProblem>,
}

impl ProfileError {
    /// The problems of this source.
    #[must_use]
    pub fn new(source: &str, mut problems: Vec<ProfileProblem>) -> Self {
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems.dedup();
        Self {
            source: source.to_owned(),
            problems,
        }
    }

    /// A problem of no place, such as a pattern that fails only together with others.
    #[must_use]
    pub fn whole(message: impl Into<String>) -> Self {
        Self::new("", vec![ProfileProblem::new("", 0..0, message)])
    }

    /// The problems, in the order of the source.
    #[must_use]
    pub fn problems(&self) -> &[ProfileProblem] {
        &self.problems
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(
            formatter,
            "the profile has {count} problem{}",
            if count == 1 { "" } else { "s" }
        )?;
        for problem in self.problems.iter().take(PROBLEMS_SHOWN) {
            write!(formatter, "\n  {problem}")?;
        }
        match count.saturating_sub(PROBLEMS_SHOWN) {
            0 => Ok(()),
            more => write!(formatter, "\n  and {more} more"),
        }
    }
}

impl std::error::Error for ProfileError {}

impl miette::Diagnostic for ProfileError {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(
            self.problems
                .iter()
                .take(PROBLEMS_SHOWN)
                .map(|problem| problem as &dyn miette::Diagnostic),
        ))
    }
}

/// Reads TOML. Unknown keys are all collected: each one found is blanked out and reading goes on, so
/// that every place stays where it is.
pub(crate) fn read<T: serde::de::DeserializeOwned>(
    source: &str,
) -> (Option<T>, Vec<ProfileProblem>) {
    let mut problems = Vec::new();
    let mut readable = source.to_owned();
    while problems.len() < PROBLEMS_MAX {
        let error = match toml::from_str::<T>(&readable) {
            Ok(profile) => return (Some(profile), problems),
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        let unknown = unknown_name(message);
        let problem = ProfileProblem::new(source, span.clone(), shorten(message));
        let hint = match missing_name(message) {
            // The only key that every file has in its first line.
            Some("format") => Some("begin the file with `format = 1`".to_owned()),
            Some(name) => Some(format!("add `{name} = ...` to the table that begins here")),
            None => unknown.and_then(|(name, expected)| {
                nearest(name, expected.iter().copied())
                    .map(|near| format!("did you mean `{near}`?"))
            }),
        };
        problems.push(problem.with_hint(hint));
        if unknown_name(message).is_none_or(|_| !message.starts_with("unknown field"))
            || !blank_entry(&mut readable, &span)
        {
            break;
        }
    }
    (None, problems)
}

/// The name of serde's "missing field" message.
fn missing_name(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// The name and the expected names of serde's "unknown field" and "unknown variant" messages.
fn unknown_name(message: &str) -> Option<(&str, Vec<&str>)> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let name = names.next()?;
    Some((name, names.collect()))
}

/// The first line of a message: the list of expected names can be long.
fn shorten(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    match first.split_once(", expected one of") {
        Some((before, names)) if names.len() > 60 => before.to_owned(),
        _ => first.to_owned(),
    }
}

/// Replaces the entry whose key stands at `key` by spaces, line breaks kept. False where the entry
/// cannot be told.
fn blank_entry(source: &mut String, key: &Range<usize>) -> bool {
    let Ok(table) = toml::de::DeTable::parse(source) else {
        return false;
    };
    let Some(value) = value_span(table.get_ref(), key) else {
        return false;
    };
    let mut end = value.end;
    if value.start < key.start {
        return false;
    }
    // Inside an inline table the comma goes as well.
    let rest = source[end..].trim_start_matches([' ', '\t']);
    if rest.starts_with(',') {
        end = source.len() - rest.len() + 1;
    }
    let blank: String = source[key.start..end]
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    source.replace_range(key.start..end, &blank);
    true
}

/// Where the value of the key at this place stands.
fn value_span(table: &toml::de::DeTable<'_>, key: &Range<usize>) -> Option<Range<usize>> {
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        for (name, value) in table {
            if name.span() == *key {
                return match value.get_ref() {
                    toml::de::DeValue::Table(_) if value.span().start < key.end => None,
                    _ => Some(value.span()),
                };
            }
            let mut values = vec![value.get_ref()];
            while let Some(value) = values.pop() {
                match value {
                    toml::de::DeValue::Table(inner) => tables.push(inner),
                    toml::de::DeValue::Array(inner) => {
                        values.extend(inner.iter().map(toml::Spanned::get_ref));
                    }
                    _ => {}
                }
            }
        }
    }
    None
}

/// The name nearest to a wrong one by edit distance, when it is near enough to be meant.
#[must_use]
pub fn nearest<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    right
        .into_iter()
        .map(|name| (edit_distance(wrong, name), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len().max(wrong.len()) / 3)
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters, a swap of neighbours counted as one.
fn edit_distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (row, left_char) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, right_char) in right.iter().enumerate() {
            let mut best = (rows[row][column] + usize::from(left_char != right_char))
                .min(rows[row][column + 1] + 1)
                .min(next[column] + 1);
            let swapped = row > 0
                && column > 0
                && *left_char == right[column - 1]
                && left[row - 1] == *right_char;
            if swapped {
                best = best.min(rows[row - 1][column - 1] + 1);
            }
            next.push(best);
        }
        rows.push(next);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, distance) in [
            ("", "abc", 3),
            ("labels", "lables", 1),
            ("read", "read", 0),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edit_distance(left, right), distance, "{left} {right}");
        }
    }
}
