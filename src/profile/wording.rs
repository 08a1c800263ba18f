//! Questions and texts of automatic mail of a profile.
//!
//! A profile writes only what it says differently: everything else comes from the texts that are
//! built in for English, German, French, Polish and Chinese. All texts are minijinja templates; an
//! unknown variable is an error, and so is a template that runs for too long.

mod check;
mod template;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub use template::{TemplateError, Templates, Variables};

/// The texts that hold for every profile unless it says something else.
static BASE: LazyLock<Wording> = LazyLock::new(|| {
    toml::from_str(include_str!("wording/base.toml"))
        .expect("the built-in wording is part of the program and read by its tests")
});

/// The requirement whose question repeats what the sender wrote: see [`Question::given`].
pub const TIME_ZONE: &str = "time_zone";

/// A desk's own words by language (ISO 639-1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Wording {
    /// Language to texts.
    pub languages: BTreeMap<String, LanguageWording>,
}

/// All texts in one language. An empty text means: not said here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LanguageWording {
    /// Subject of every mail. A header: it must not hold a line break.
    pub subject: String,
    /// First line.
    pub greeting: String,
    /// The sentence before the questions.
    pub opening: String,
    /// The same sentence when only one thing is asked.
    pub opening_one: String,
    /// The sentence before the questions where another text stands above them already.
    pub also: String,
    /// Introduces the place where a value is found: `Where to find it`.
    pub place: String,
    /// Introduces an example: `Example`.
    pub example: String,
    /// How to answer; stands before the form.
    pub how_to_answer: String,
    /// Said when secrets stand in the sender's mail; `{{ secrets }}` names their kinds.
    pub secret_warning: String,
    /// Last line before the desk's name.
    pub closing: String,
    /// Names of the kinds of secrets; `other` is for kinds without a name of their own.
    pub secrets: BTreeMap<String, String>,
    /// Hints by the flag of the case that they belong to: `deleted_resource`, `multi_account`.
    pub hints: BTreeMap<String, String>,
    /// Texts of referrals and notices by topic: `refer_registration`, `reminder` ...
    pub topics: BTreeMap<String, String>,
    /// Questions by requirement.
    pub ask: BTreeMap<String, Question>,
}

/// How one requirement is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Name in the answer form: short, one line, without colon and braces.
    pub label: String,
    /// The question.
    pub question: String,
    /// The question when a part is known already; `{{ given }}` repeats it.
    #[serde(default)]
    pub given: String,
    /// Where the value is found.
    #[serde(default, rename = "where")]
    pub place: String,
    /// A good example.
    #[serde(default)]
    pub example: String,
    /// Where the answer is an issue type, a partner status or whether the problem persists (`yes`, `no`): each choice with
    /// the words for it, divided by `|`. They are read back from the form.
    #[serde(default)]
    pub choices: BTreeMap<String, String>,
}

impl Wording {
    /// The texts of a language: the profile's own, and where it has none the built-in ones.
    #[must_use]
    pub fn resolve(&self, language: &str) -> LanguageWording {
        let mut texts = BASE.languages.get(language).cloned().unwrap_or_default();
        if let Some(own) = self.languages.get(language) {
            texts.overlay(own);
        }
        texts
    }
}

impl LanguageWording {
    /// Puts `own` over these texts: what it says counts, what it leaves empty stays.
    fn overlay(&mut self, own: &Self) {
        for (mine, theirs) in [
            (&mut self.subject, &own.subject),
            (&mut self.greeting, &own.greeting),
            (&mut self.opening, &own.opening),
            (&mut self.opening_one, &own.opening_one),
            (&mut self.also, &own.also),
            (&mut self.place, &own.place),
            (&mut self.example, &own.example),
            (&mut self.how_to_answer, &own.how_to_answer),
            (&mut self.secret_warning, &own.secret_warning),
            (&mut self.closing, &own.closing),
        ] {
            if !theirs.is_empty() {
                mine.clone_from(theirs);
            }
        }
        for (mine, theirs) in [
            (&mut self.secrets, &own.secrets),
            (&mut self.hints, &own.hints),
            (&mut self.topics, &own.topics),
        ] {
            mine.extend(theirs.iter().map(|(key, text)| (key.clone(), text.clone())));
        }
        self.ask.extend(
            own.ask
                .iter()
                .map(|(name, question)| (name.clone(), question.clone())),
        );
    }
}
