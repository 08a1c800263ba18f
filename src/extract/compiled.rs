//! The fields of a profile with their patterns compiled.

use std::collections::HashSet;

use regex::{Match, Regex};

use super::pattern;
use crate::profile::{Check, Field, Profile, ProfileError, ProfileProblem, Reader};

/// A pattern of a field.
#[derive(Debug)]
pub(crate) struct CompiledPattern {
    pub(crate) name: String,
    pub(crate) regex: Regex,
    /// The pattern has a group named `value`.
    has_value: bool,
    pub(crate) confidence: f32,
    pub(crate) label_required: bool,
    pub(crate) refuse: Option<String>,
    pub(crate) checks: Vec<Check>,
}

impl CompiledPattern {
    /// Where the pattern's values stand in a text, and whether a group names each. Groups cost memory even where nothing
    /// is found, and most texts have no match.
    pub(crate) fn places(&self, text: &str) -> Vec<(usize, usize, bool)> {
        let place = |found: Match<'_>, named| (found.start(), found.end(), named);
        if !self.has_value {
            let found = self.regex.find_iter(text);
            return found.map(|found| place(found, false)).collect();
        }
        self.regex
            .captures_iter(text)
            .filter_map(|captures| match captures.name("value") {
                Some(value) => Some(place(value, true)),
                None => captures.get(0).map(|whole| place(whole, false)),
            })
            .collect()
    }
}

/// A field ready for use.
#[derive(Debug)]
pub(crate) struct CompiledField {
    pub(crate) name: String,
    pub(crate) read: Reader,
    /// Shape of a value, to match where it begins.
    pub(crate) value: Option<Regex>,
    /// The same, to find it further on.
    pub(crate) find: Option<Regex>,
    /// No plain word has the shape, so that a value may stand a few words after its label.
    pub(crate) strict: bool,
    pub(crate) blanked: Option<Regex>,
    pub(crate) patterns: Vec<CompiledPattern>,
    /// Values that belong to another list, with the list's name.
    pub(crate) not_in: Vec<(String, HashSet<String>)>,
}

/// Compiles all fields.
///
/// # Errors
/// Every pattern that does not compile, with its place.
pub(crate) fn compile(profile: &Profile) -> Result<Vec<CompiledField>, ProfileError> {
    let mut problems = Vec::new();
    let fields = profile
        .fields
        .iter()
        .map(|field| compile_field(profile, field, &mut problems))
        .collect();
    if problems.is_empty() {
        Ok(fields)
    } else {
        Err(ProfileError::new("", problems))
    }
}

fn compile_field(
    profile: &Profile,
    field: &Field,
    problems: &mut Vec<ProfileProblem>,
) -> CompiledField {
    let mut compiled = |regex: &toml::Spanned<String>,
                        compile: fn(&str) -> Result<Regex, String>| {
        compile(regex.get_ref())
            .map_err(|message| {
                let message = format!("field `{}`: {message}", field.name());
                problems.push(ProfileProblem {
                    span: regex.span(),
                    ..ProfileProblem::new("", 0..0, message)
                });
            })
            .ok()
    };
    let value = field
        .value
        .as_ref()
        .and_then(|regex| compiled(regex, pattern::compile_anchored));
    let find = field
        .value
        .as_ref()
        .and_then(|regex| compiled(regex, pattern::compile));
    let blanked = field
        .blanked
        .as_ref()
        .and_then(|regex| compiled(regex, pattern::compile_anchored));
    let patterns = field
        .patterns
        .iter()
        .filter_map(|pattern| {
            let regex = compiled(&pattern.regex, pattern::compile)?;
            Some(CompiledPattern {
                name: pattern.name.clone(),
                has_value: regex.capture_names().any(|name| name == Some("value")),
                regex,
                confidence: pattern.confidence,
                label_required: pattern.label_required,
                refuse: pattern.refuse.clone(),
                checks: pattern.checks.clone(),
            })
        })
        .collect();
    let words = ["account", "Account", "problem", "return"];
    let strict = value
        .as_ref()
        .is_some_and(|regex| !words.iter().any(|word| regex.is_match(word)));
    CompiledField {
        name: field.name().to_owned(),
        read: field.read,
        value,
        find,
        strict,
        blanked,
        patterns,
        not_in: field
            .not_in
            .iter()
            .map(|reference| members(profile, reference.get_ref()))
            .collect(),
    }
}

fn members(profile: &Profile, reference: &str) -> (String, HashSet<String>) {
    let (name, column) = reference.split_once('.').unwrap_or((reference, ""));
    let Some(list) = profile.lists.get(name) else {
        return (name.to_owned(), HashSet::new());
    };
    let column = list.column(column).unwrap_or(0);
    let cells = (0..list.rows.len()).map(|row| list.cell(row, column).to_owned());
    (
        name.to_owned(),
        list.values.iter().cloned().chain(cells).collect(),
    )
}

impl CompiledField {
    /// The reason for which another list owns the value: `marketplace_id` for `marketplaces`.
    pub(crate) fn owned_elsewhere(&self, value: &str) -> Option<String> {
        self.not_in
            .iter()
            .find(|(_, members)| members.contains(value))
            .map(|(name, _)| format!("{}_id", name.trim_end_matches('s')))
    }
}
