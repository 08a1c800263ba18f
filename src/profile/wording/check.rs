//! Whether wording is complete and its templates work.

use std::collections::BTreeSet;

use super::{LanguageWording, Templates, Variables, Wording};

/// Longest label of the answer form, in characters: it must survive on one line of a quoted mail.
const LABEL_CHARACTERS_MAX: usize = 48;

/// Topics that every desk sends.
const TOPICS_ALWAYS: [&str; 3] = ["acknowledgement", "close_resolved", "reminder"];

impl Wording {
    /// What is wrong: pairs of a path (`wording.de.ask.operation`) and a message. Empty when a mail
    /// can be composed in each of `languages` for each of `requirement_names`.
    #[must_use]
    pub fn problems(
        &self,
        requirement_names: &[&str],
        languages: &[&str],
    ) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let resolved: Vec<(&str, LanguageWording)> = languages
            .iter()
            .map(|language| (*language, self.resolve(language)))
            .collect();
        for language in self.languages.keys() {
            if !languages.contains(&language.as_str()) {
                problems.push((
                    format!("wording.{language}"),
                    "is not one of the profile's languages".to_owned(),
                ));
            }
        }
        let keys = |select: fn(&LanguageWording) -> Vec<&str>| -> BTreeSet<String> {
            resolved
                .iter()
                .flat_map(|(_, texts)| select(texts))
                .map(str::to_owned)
                .collect()
        };
        let mut topics = keys(|texts| texts.topics.keys().map(String::as_str).collect());
        topics.extend(TOPICS_ALWAYS.map(str::to_owned));
        let hints = keys(|texts| texts.hints.keys().map(String::as_str).collect());
        let templates = Templates::new();
        for (language, texts) in &resolved {
            let mut checker = LanguageChecker {
                path: format!("wording.{language}"),
                templates: &templates,
                problems: &mut problems,
            };
            checker.texts(texts);
            for topic in &topics {
                checker.text(&format!("topics.{topic}"), texts.topics.get(topic));
            }
            for hint in &hints {
                checker.text(&format!("hints.{hint}"), texts.hints.get(hint));
            }
            checker.secrets(texts);
            checker.questions(texts, requirement_names);
        }
        self.unknown_questions(requirement_names, &mut problems);
        problems
    }

    /// Questions of the profile's own that nothing asks: mostly a misspelt name.
    fn unknown_questions(&self, requirement_names: &[&str], problems: &mut Vec<(String, String)>) {
        for (language, texts) in &self.languages {
            for name in texts.ask.keys() {
                if !requirement_names.contains(&name.as_str()) {
                    problems.push((
                        format!("wording.{language}.ask.{name}"),
                        "no requirement of the profile has this name".to_owned(),
                    ));
                }
            }
        }
    }
}

/// Checks the texts of one language.
struct LanguageChecker<'a> {
    path: String,
    templates: &'a Templates,
    problems: &'a mut Vec<(String, String)>,
}

impl LanguageChecker<'_> {
    fn problem(&mut self, key: &str, message: impl Into<String>) {
        self.problems
            .push((format!("{}.{key}", self.path), message.into()));
    }

    /// A text that must be there and render.
    fn text(&mut self, key: &str, source: Option<&String>) {
        match source.map(String::as_str).unwrap_or_default() {
            "" => self.problem(key, "is missing"),
            source => self.optional(key, source),
        }
    }

    /// A text that may be empty but must render, with and without what may be known.
    fn optional(&mut self, key: &str, source: &str) {
        for variables in [Variables::sample(), Variables::default()] {
            if let Err(error) = self.templates.text(source, &variables) {
                self.problem(key, format!("does not render: {error}"));
                return;
            }
        }
    }

    fn texts(&mut self, texts: &LanguageWording) {
        if texts.subject.is_empty() {
            self.problem("subject", "is missing");
        } else if let Err(error) = self.templates.header(&texts.subject, &Variables::sample()) {
            self.problem("subject", format!("does not render: {error}"));
        } else if !texts.subject.contains("case_number") {
            self.problem("subject", "must name {{ case_number }}");
        }
        for (key, source) in [
            ("greeting", &texts.greeting),
            ("opening", &texts.opening),
            ("opening_one", &texts.opening_one),
            ("also", &texts.also),
            ("place", &texts.place),
            ("example", &texts.example),
            ("how_to_answer", &texts.how_to_answer),
            ("secret_warning", &texts.secret_warning),
            ("closing", &texts.closing),
        ] {
            self.text(key, Some(source));
        }
    }

    fn secrets(&mut self, texts: &LanguageWording) {
        if !texts.secrets.contains_key("other") {
            self.problem("secrets.other", "is missing");
        }
        for (kind, source) in &texts.secrets {
            self.optional(&format!("secrets.{kind}"), source);
        }
    }

    fn questions(&mut self, texts: &LanguageWording, requirement_names: &[&str]) {
        for name in requirement_names {
            let Some(question) = texts.ask.get(*name) else {
                self.problem(
                    &format!("ask.{name}"),
                    "is missing: nobody could be asked for it",
                );
                continue;
            };
            let label = &question.label;
            if label.trim().is_empty() {
                self.problem(&format!("ask.{name}.label"), "is empty");
            } else if label.contains(['{', '}', ':', '：']) || label.chars().any(char::is_control)
            {
                self.problem(
                    &format!("ask.{name}.label"),
                    "must be one line without colon and braces: it stands in the answer form",
                );
            } else if label.chars().count() > LABEL_CHARACTERS_MAX {
                self.problem(
                    &format!("ask.{name}.label"),
                    format!("is longer than {LABEL_CHARACTERS_MAX} characters"),
                );
            }
            self.text(&format!("ask.{name}.question"), Some(&question.question));
            self.optional(&format!("ask.{name}.given"), &question.given);
            self.optional(&format!("ask.{name}.where"), &question.place);
            self.optional(&format!("ask.{name}.example"), &question.example);
        }
    }
}
