//! Checks of a profile beyond its syntax.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::error::nearest;
use super::{Field, Profile, ProfileProblem, Reader};
use crate::extract::pattern;

/// Longest beginning of case numbers, which people say and type. Characters.
const CASE_PREFIX_MAX: usize = 8;

/// Collects problems of a profile. The parts of a profile that others check (`judgements`, `wording`)
/// are given one.
pub struct Checker<'a> {
    source: &'a str,
    profile: &'a Profile,
    problems: &'a mut Vec<ProfileProblem>,
}

impl<'a> Checker<'a> {
    /// The profile that is checked.
    #[must_use]
    pub fn profile(&self) -> &'a Profile {
        self.profile
    }

    /// Notes a problem at these bytes of the source.
    pub fn problem(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problems
            .push(ProfileProblem::new(self.source, span, message));
    }

    /// Notes a wrong name, with the nearest right one as a hint.
    pub fn unknown<'n>(
        &mut self,
        what: &str,
        name: &Spanned<String>,
        right: impl IntoIterator<Item = &'n str>,
    ) {
        let near = nearest(name.get_ref(), right).map(|near| format!("did you mean `{near}`?"));
        let message = format!("there is no {what} `{}`", name.get_ref());
        let problem = ProfileProblem::new(self.source, name.span(), message);
        self.problems.push(problem.with_hint(near));
    }

    /// Checks that a field of this name exists.
    pub fn field_exists(&mut self, name: &Spanned<String>) {
        if self.profile.field(name.get_ref()).is_none() {
            let profile = self.profile;
            self.unknown("field", name, profile.fields.iter().map(Field::name));
        }
    }

    /// Checks that a list of this name exists.
    pub fn list_exists(&mut self, name: &Spanned<String>) {
        if !self.profile.lists.contains_key(name.get_ref()) {
            let profile = self.profile;
            self.unknown("list", name, profile.lists.keys().map(String::as_str));
        }
    }

    /// Checks that a pattern compiles within the limits.
    pub fn pattern_compiles(&mut self, regex: &Spanned<String>) {
        match pattern::compile(regex.get_ref()) {
            Err(message) => self.problem(regex.span(), message),
            // It would find itself in every mail.
            Ok(compiled) if compiled.is_match("") => self.problem(
                regex.span(),
                "the pattern matches the empty text: let it demand a character",
            ),
            Ok(_) => {}
        }
    }

    /// Checks that a text exists in every language of the profile.
    pub fn languages_complete<T>(
        &mut self,
        span: Range<usize>,
        what: &str,
        texts: &std::collections::BTreeMap<String, T>,
    ) {
        let profile = self.profile;
        for language in &profile.languages {
            if !texts.contains_key(language) && !texts.contains_key("any") {
                self.problem(span.clone(), format!("{what} has no text in `{language}`"));
            }
        }
        for language in texts.keys() {
            if language != "any" && !profile.languages.contains(language) {
                let message = format!("{what}: `{language}` is not one of the profile's languages");
                self.problem(span.clone(), message);
            }
        }
    }
}

/// All checks.
pub(super) fn check(profile: &Profile, source: &str, problems: &mut Vec<ProfileProblem>) {
    let mut checker = Checker {
        source,
        profile,
        problems,
    };
    check_head(&mut checker);
    check_lists(&mut checker);
    let mut names = BTreeSet::new();
    for field in &profile.fields {
        if !names.insert(field.name()) {
            checker.problem(
                field.name.span(),
                format!("the field `{}` is defined twice", field.name()),
            );
        }
        check_field(&mut checker, field);
    }
}

/// Where a key of the head of the profile stands.
fn head_span(source: &str, key: &str) -> Range<usize> {
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let after = line.strip_prefix(key).map(str::trim_start);
        if after.is_some_and(|after| after.starts_with('=')) {
            return start..start + line.trim_end().len();
        }
        start += line.len();
    }
    0..0
}

fn check_head(checker: &mut Checker<'_>) {
    let profile = checker.profile;
    if profile.format != 1 {
        let span = head_span(checker.source, "format");
        checker.problem(
            span,
            format!(
                "format {} is not known; this program reads 1",
                profile.format
            ),
        );
    }
    if profile.languages.is_empty() {
        checker.problem(
            head_span(checker.source, "languages"),
            "a profile needs a language",
        );
    }
    let prefix = profile.case_prefix.as_str();
    let is_said = prefix.starts_with(|first: char| first.is_ascii_alphabetic())
        && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && prefix.len() <= CASE_PREFIX_MAX;
    if !is_said {
        checker.problem(
            head_span(checker.source, "case_prefix"),
            format!(
                "`{prefix}` cannot begin the number of a case: a letter, and at most {} more letters and digits",
                CASE_PREFIX_MAX - 1
            ),
        );
    }
    for language in &profile.languages {
        if !["en", "de", "fr", "pl", "zh"].contains(&language.as_str()) {
            let span = head_span(checker.source, "languages");
            checker.problem(
                span,
                format!("the language `{language}` cannot be recognised yet"),
            );
        }
    }
    if !profile.languages.contains(&profile.default_language) {
        let span = head_span(checker.source, "default_language");
        let message = format!(
            "`{}` is not one of the profile's languages",
            profile.default_language
        );
        checker.problem(span, message);
    }
    checker.languages_complete(
        head_span(checker.source, "title"),
        "the title",
        &profile.title,
    );
}

fn check_lists(checker: &mut Checker<'_>) {
    for (name, list) in &checker.profile.lists {
        for row in &list.rows {
            if row.get_ref().len() != list.columns.len() {
                checker.problem(
                    row.span(),
                    format!(
                        "this row of `{name}` has {} cells, the list has {} columns",
                        row.get_ref().len(),
                        list.columns.len()
                    ),
                );
            }
        }
    }
}

fn check_field(checker: &mut Checker<'_>, field: &Field) {
    for regex in [&field.value, &field.blanked].into_iter().flatten() {
        checker.pattern_compiles(regex);
    }
    for pattern in &field.patterns {
        checker.pattern_compiles(&pattern.regex);
        if !(0.0..=1.0).contains(&pattern.confidence) {
            checker.problem(pattern.regex.span(), "a confidence lies between 0 and 1");
        }
    }
    for list in [&field.list, &field.also].into_iter().flatten() {
        checker.list_exists(list);
    }
    for reference in &field.not_in {
        check_list_reference(checker, reference);
    }
    for derivation in &field.derive {
        checker.field_exists(&derivation.from);
    }
    check_labels(checker, field);
    check_reader(checker, field);
    checker.languages_complete(
        field.name.span(),
        &format!("the title of `{}`", field.name()),
        &field.title,
    );
}

/// `list` or `list.column`.
fn check_list_reference(checker: &mut Checker<'_>, reference: &Spanned<String>) {
    let profile = checker.profile;
    let (name, column) = match reference.get_ref().split_once('.') {
        Some((name, column)) => (name, Some(column)),
        None => (reference.get_ref().as_str(), None),
    };
    let Some(list) = profile.lists.get(name) else {
        let name = Spanned::new(reference.span(), name.to_owned());
        checker.list_exists(&name);
        return;
    };
    if let Some(column) = column.filter(|column| list.column(column).is_none()) {
        let column = Spanned::new(reference.span(), column.to_owned());
        checker.unknown("column", &column, list.columns.iter().map(String::as_str));
    }
}

fn check_labels(checker: &mut Checker<'_>, field: &Field) {
    let span = field.name.span();
    for (language, labels) in &field.labels {
        if language != "any" && !checker.profile.languages.contains(language) {
            let message = format!(
                "labels of `{}`: `{language}` is not one of the profile's languages",
                field.name()
            );
            checker.problem(span.clone(), message);
        }
        if labels.iter().any(|label| label.trim().is_empty()) {
            checker.problem(
                span.clone(),
                format!("a label of `{}` is empty", field.name()),
            );
        }
    }
    let names = field
        .keys
        .iter()
        .chain(&field.headers)
        .chain(&field.parameters);
    if names.clone().any(|name| name.trim().is_empty()) {
        checker.problem(
            field.name.span(),
            format!("a key of `{}` is empty", field.name()),
        );
    }
}

fn check_reader(checker: &mut Checker<'_>, field: &Field) {
    let name = field.name();
    let span = field.name.span();
    let columns: &[&str] = match field.read {
        Reader::Value if field.value.is_none() && field.patterns.is_empty() => {
            checker.problem(span, format!("`{name}` needs a `value` or a `pattern`"));
            return;
        }
        Reader::Choice if field.choices.is_empty() => {
            checker.problem(span, format!("`{name}` needs `choices`"));
            return;
        }
        Reader::Operation => &["name", "section"],
        Reader::Section => &["name", "spellings"],
        Reader::Place => &["country", "codes", "id", "domain", "names"],
        Reader::Environment => &["name", "spellings", "kind"],
        Reader::List => &[],
        _ => return,
    };
    let Some(list_name) = &field.list else {
        checker.problem(span, format!("`{name}` needs a `list`"));
        return;
    };
    let Some(list) = checker.profile.lists.get(list_name.get_ref()) else {
        return;
    };
    for column in columns {
        if list.column(column).is_none() {
            checker.problem(
                list_name.span(),
                format!(
                    "the list `{}` needs a column `{column}`",
                    list_name.get_ref()
                ),
            );
        }
    }
}
