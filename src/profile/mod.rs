//! What a desk asks for: fields, patterns, issue types, requirements and wording, as TOML.
//!
//! The format is described in `docs/profiles.md`. A profile is data only; [`crate::extract`],
//! [`crate::triage`] and [`crate::reply`] compile the parts that they use.

mod builtin;
mod check;
mod error;
mod fields;
mod judgement_checks;
mod judgements;
mod places;
#[cfg(test)]
mod tests;
mod wording;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use check::Checker;
pub(crate) use error::read as read_toml;
pub use error::{PROBLEMS_SHOWN, ProfileError, ProfileProblem, nearest};
pub use fields::*;

pub use judgements::*;
pub use wording::*;

/// A text in several languages: ISO 639-1 code to text.
pub type Localised = BTreeMap<String, String>;
/// Terms in several languages: ISO 639-1 code, or `any`, to terms.
pub type Terms = BTreeMap<String, Vec<String>>;

/// A desk's profile, as read from TOML. Unknown keys are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Version of the format: 1.
    pub format: u32,
    /// Name, by which configurations refer to it.
    pub name: String,
    /// Name of the desk for people.
    pub title: Localised,
    /// Prefix of case numbers: `SP` gives `SP-1042`.
    pub case_prefix: String,
    /// Languages in which the desk answers, most likely first.
    pub languages: Vec<String>,
    /// Language to answer in when the mail's is none of these.
    pub default_language: String,
    /// Words by which mail for this desk is recognised where no address decides: term to weight.
    #[serde(default)]
    pub recognise: BTreeMap<String, f32>,
    /// Words that mean the same in the desk's languages, by a name: cases are found across languages by them where there are no
    /// sentence vectors. Single words.
    #[serde(default)]
    pub concepts: BTreeMap<String, Vec<String>>,
    /// Closed lists by name.
    #[serde(default)]
    pub lists: BTreeMap<String, List>,
    /// Fields, in the order in which people read them.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// Issue types, flags, statements, requirements, urgency, routes.
    #[serde(default)]
    pub judgements: Judgements,
    /// Questions and other texts of automatic mail.
    #[serde(default)]
    pub wording: Wording,
}

impl Profile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place: TOML that does not parse, unknown keys,
    /// patterns that do not compile, references to lists or fields that do not exist, missing languages.
    pub fn parse(toml: &str) -> Result<Self, ProfileError> {
        let (profile, mut problems) = error::read(toml);
        if let Some(profile) = &profile {
            check::check(profile, toml, &mut problems);
            problems.extend(judgement_checks::problems_in(toml, profile));
            problems.extend(places::names_given_twice(toml));
        }
        match profile {
            Some(profile) if problems.is_empty() => Ok(profile),
            _ => Err(ProfileError::new(toml, problems)),
        }
    }

    /// What the wording lacks to compose every mail in every language of the profile. A profile that lacks
    /// something works: what it cannot say is held back.
    #[must_use]
    pub fn wording_problems(&self, source: &str) -> Vec<ProfileProblem> {
        let Ok(judgements) = self.judgements.resolved() else {
            return Vec::new();
        };
        let requirements: Vec<&str> = judgements
            .requirement
            .iter()
            .map(|requirement| requirement.name.as_str())
            .collect();
        let languages: Vec<&str> = self.languages.iter().map(String::as_str).collect();
        let types = judgements.issue_type.iter().map(|one| one.name.as_str());
        let statuses = judgements.partner_status.iter();
        let choices = [
            ("issue_type", types.collect()),
            (
                "partner_status",
                statuses.map(|one| one.name.as_str()).collect(),
            ),
            ("persists", vec!["yes", "no"]),
        ];
        self.wording
            .problems(&requirements, &languages)
            .into_iter()
            .chain(self.wording.unknown_choices(&choices.into()))
            .map(|(path, message)| {
                let place = places::of_path(source, &path);
                ProfileProblem::new(source, place, format!("{path} {message}"))
            })
            .collect()
    }

    /// A built-in profile: `amazon-sp-api`, `google-ordering` or `generic`.
    #[must_use]
    pub fn builtin(name: &str) -> Option<&'static Self> {
        builtin::profile(name)
    }

    /// Names of the built-in profiles.
    #[must_use]
    pub fn builtin_names() -> &'static [&'static str] {
        &builtin::NAMES
    }

    /// The TOML of a built-in profile, to start one's own from.
    #[must_use]
    pub fn builtin_source(name: &str) -> Option<&'static str> {
        builtin::source(name)
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }
}
