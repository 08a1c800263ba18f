//! Whether wording is complete and its templates work.

use std::collections::{BTreeMap, BTreeSet};

use super::super::error::nearest;
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

    /// Choices of answers that no judgement knows. `choices` are the right ones by requirement.
    #[must_use]
    pub fn unknown_choices(&self, choices: &BTreeMap<&str, Vec<&str>>) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        for (language, texts) in &self.languages {
            for (name, question) in &texts.ask {
                let path = format!("wording.{language}.ask.{name}.choices");
                let known = choices.get(name.as_str()).map_or(&[][..], Vec::as_slice);
                for (choice, words) in &question.choices {
                    if !known.contains(&choice.as_str()) {
                        let hint = nearest(choice, known.iter().copied())
                            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                        problems.push((path.clone(), format!("nothing reads `{choice}`{hint}")));
                    }
                    if words.split('|').any(|word| word.trim().is_empty()) {
                        problems.push((path.clone(), format!("a word of `{choice}` is empty")));
                    }
                }
            }
        }
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

#[cfg(test)]
mod tests {
    use crate::profile::{Profile, Wording};

    const LANGUAGES: [&str; 5] = ["en", "de", "fr", "pl", "zh"];

    fn wording(toml: &str) -> Wording {
        toml::from_str(toml).expect("wording")
    }

    fn paths(wording: &Wording, requirements: &[&str], languages: &[&str]) -> Vec<String> {
        let problems = wording.problems(requirements, languages);
        problems
            .into_iter()
            .map(|(path, message)| format!("{path} {message}"))
            .collect()
    }

    #[test]
    fn the_built_in_texts_are_complete() {
        let common = [
            "timestamp",
            "time_zone",
            "persists",
            "error_detail",
            "steps_tried",
            "what_happened",
            "since_when",
        ];
        assert_eq!(
            Wording::default().problems(&common, &LANGUAGES),
            Vec::<(String, String)>::new()
        );
    }

    #[test]
    fn the_built_in_profiles_are_complete() {
        for name in Profile::builtin_names() {
            let profile = Profile::builtin(name).expect("a built-in profile");
            let judgements = profile.judgements.resolved().expect("judgements");
            let requirements: Vec<&str> = judgements
                .requirement
                .iter()
                .map(|one| one.name.as_str())
                .collect();
            assert!(!requirements.is_empty(), "{name}");
            let problems = profile.wording.problems(&requirements, &LANGUAGES);
            assert_eq!(problems, [], "{name}");
            let texts = profile.wording.resolve("en");
            for rule in &judgements.action {
                let topic = rule.action.as_str();
                let sends_mail = ["refer_", "forward_", "outage_", "maintenance_", "close_"]
                    .iter()
                    .any(|start| topic.starts_with(start));
                assert!(
                    !sends_mail || texts.topics.contains_key(topic),
                    "{name}: {topic}"
                );
            }
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let problems = paths(&Wording::default(), &["shoe_size"], &["en", "es"]);
        assert!(problems.contains(
            &"wording.en.ask.shoe_size is missing: nobody could be asked for it".to_owned()
        ));
        assert!(problems.contains(&"wording.es.greeting is missing".to_owned()));
        assert!(problems.contains(&"wording.es.topics.outage_policy is missing".to_owned()));
        assert!(problems.contains(&"wording.es.secrets.other is missing".to_owned()));
    }

    #[test]
    fn a_topic_in_one_language_is_wanted_in_all() {
        let own = wording("[en.topics]\nclosed_for_holidays = \"We are away.\"");
        let problems = paths(&own, &[], &["en", "de"]);
        assert_eq!(
            problems,
            ["wording.de.topics.closed_for_holidays is missing"]
        );
    }

    #[test]
    fn broken_templates_are_found() {
        for (toml, path) in [
            ("[en]\nopening = \"{{ cuont }}\"", "wording.en.opening"),
            ("[en]\ngreeting = \"{% if %}\"", "wording.en.greeting"),
            (
                "[en]\nsubject = \"Re: {{ subject }}\\n[{{ case_number }}]\"",
                "wording.en.subject",
            ),
            (
                "[en]\nsubject = \"Re: {{ subject }}\"",
                "wording.en.subject",
            ),
            ("[en.hints]\nh = \"{{ x }}\"", "wording.en.hints.h"),
            ("[en.secrets]\njwt = \"{{ x }}\"", "wording.en.secrets.jwt"),
            (
                "[en.ask.persists]\nlabel = \"Still: there\"\nquestion = \"?\"",
                "wording.en.ask.persists.label",
            ),
            (
                "[en.ask.persists]\nlabel = \"Still\"\nquestion = \"?\"\nexample = \"{{ x }}\"",
                "wording.en.ask.persists.example",
            ),
            ("[xx]\ngreeting = \"?\"", "wording.xx"),
            (
                "[en.ask.persits]\nlabel = \"Still\"\nquestion = \"?\"",
                "wording.en.ask.persits",
            ),
        ] {
            let problems = wording(toml).problems(&["persists"], &["en"]);
            assert_eq!(problems.len(), 1, "{toml}: {problems:?}");
            assert_eq!(problems[0].0, path, "{toml}");
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<Wording>("[en]\ngreting = \"Hello\"").is_err());
        assert!(
            toml::from_str::<Wording>("[en.ask.x]\nlabel = \"a\"\nquestion = \"b\"\nwhree = \"c\"")
                .is_err()
        );
    }
}
