//! Checks of a profile's judgements: every name that is used must exist.

use std::collections::BTreeSet;
use std::ops::Range;

use super::error::nearest;
use super::{Condition, Cue, FactCue, Judgements, KNOWN_FACTS, STATEMENTS, Signal};
use super::{Profile, ProfileProblem};
use crate::triage::Action;

/// Names that conditions, cues and requirements may refer to.
struct Names<'a> {
    fields: &'a BTreeSet<String>,
    words: BTreeSet<&'a str>,
    issue_types: BTreeSet<&'a str>,
    flags: BTreeSet<&'a str>,
    situations: BTreeSet<&'a str>,
    partner_statuses: BTreeSet<&'a str>,
    criteria: BTreeSet<&'a str>,
}

/// Problems found so far.
struct Problems(Vec<(String, String)>);

impl Problems {
    fn add(&mut self, path: &str, message: String) {
        self.0.push((path.to_owned(), message));
    }

    fn unknown(&mut self, path: &str, kind: &str, name: &str, known: &BTreeSet<&str>) {
        let hint = nearest(name, known.iter().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        self.add(path, format!("unknown {kind} `{name}`{hint}"));
    }
}

/// The same problems as [`Judgements::problems`], at their places in the source.
pub(super) fn problems_in(source: &str, profile: &Profile) -> Vec<ProfileProblem> {
    let fields = profile
        .fields
        .iter()
        .map(|field| field.name().to_owned())
        .collect();
    let from = source.find("[judgements").unwrap_or_default();
    profile
        .judgements
        .problems(&fields)
        .into_iter()
        .map(|(path, message)| {
            let name = message.split('`').nth(1).unwrap_or_default();
            let span = place(source, from, &path, name);
            let (message, hint) = match message.split_once("; ") {
                Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
                None => (message.clone(), None),
            };
            ProfileProblem::new(source, span, format!("{path}: {message}")).with_hint(hint)
        })
        .collect()
}

/// Where a name that is wrong stands: in quotation marks or as a key behind the entry of its path.
fn place(source: &str, from: usize, path: &str, name: &str) -> Range<usize> {
    let entry = path.split('.').nth(2).unwrap_or_default();
    let entry_at = source[from..]
        .find(&format!("\"{entry}\""))
        .map_or(from, |offset| from + offset);
    let found = |start: usize| {
        ["\"", "", "|"].iter().find_map(|mark| {
            let wanted = format!("{mark}{name}");
            source[start..]
                .find(&wanted)
                .map(|offset| start + offset + mark.len())
        })
    };
    let start = if name.is_empty() {
        entry_at
    } else {
        found(entry_at).or_else(|| found(from)).unwrap_or(from)
    };
    start..(start + name.len().max(1)).min(source.len())
}

impl Judgements {
    /// What is wrong with these judgements beyond their shape: references to fields, classes of
    /// words, issue types, flags and so on that do not exist. Each
    /// problem comes with its path below the profile: `judgements.requirement.seller_id.any_of`.
    #[must_use]
    pub fn problems(&self, known_fields: &BTreeSet<String>) -> Vec<(String, String)> {
        let resolved = match self.resolved() {
            Ok(resolved) => resolved,
            Err(error) => return vec![("judgements.base".to_owned(), error.to_string())],
        };
        let mut problems = Problems(Vec::new());
        resolved.check(known_fields, self, &mut problems);
        problems.0
    }

    fn check(&self, known_fields: &BTreeSet<String>, own: &Self, problems: &mut Problems) {
        let names = Names {
            fields: known_fields,
            words: self
                .words
                .keys()
                .map(String::as_str)
                .chain(GUARDS)
                .collect(),
            issue_types: self
                .issue_type
                .iter()
                .map(|one| one.name.as_str())
                .collect(),
            flags: self
                .flag
                .iter()
                .map(|one| one.name.as_str())
                .chain(COMPUTED_FLAGS)
                .collect(),
            situations: self
                .situation
                .iter()
                .map(|one| one.name.as_str())
                .chain(COMPUTED_SITUATIONS)
                .collect(),
            partner_statuses: self
                .partner_status
                .iter()
                .map(|one| one.name.as_str())
                .collect(),
            criteria: self.urgency.iter().map(|one| one.name.as_str()).collect(),
        };
        check_terms(own, problems);
        for issue_type in &self.issue_type {
            let path = format!("judgements.issue_type.{}", issue_type.name);
            check_cues(&issue_type.cue, &path, &names, problems);
            check_facts(&issue_type.fact, &path, &names, problems);
            check_conditions(
                &issue_type.implied_by,
                &format!("{path}.implied_by"),
                &names,
                problems,
            );
            check_conditions(
                &issue_type.unless,
                &format!("{path}.unless"),
                &names,
                problems,
            );
            for name in &issue_type.absorbs {
                if !names.issue_types.contains(name.as_str()) {
                    problems.unknown(
                        &format!("{path}.absorbs"),
                        "issue type",
                        name,
                        &names.issue_types,
                    );
                }
            }
        }
        for (kind, signals) in [
            ("flag", &self.flag),
            ("situation", &self.situation),
            ("statement", &self.statement),
            ("urgency", &self.urgency),
            ("partner_status", &self.partner_status),
        ] {
            check_signals(kind, signals, &names, problems);
        }
        let statements: BTreeSet<&str> = STATEMENTS.into_iter().collect();
        for statement in &self.statement {
            if !statements.contains(statement.name.as_str()) {
                problems.unknown(
                    "judgements.statement",
                    "statement",
                    &statement.name,
                    &statements,
                );
            }
        }
        self.check_requirements(&names, problems);
    }

    fn check_requirements(&self, names: &Names<'_>, problems: &mut Problems) {
        for requirement in &self.requirement {
            let path = format!("judgements.requirement.{}", requirement.name);
            check_any_of(
                &requirement.any_of,
                &format!("{path}.any_of"),
                names,
                problems,
            );
            check_conditions(&requirement.when, &format!("{path}.when"), names, problems);
            check_conditions(
                &requirement.unless,
                &format!("{path}.unless"),
                names,
                problems,
            );
            for field in requirement.except.keys() {
                check_field(field, &format!("{path}.except"), names, problems);
            }
            for stand_in in &requirement.stand_in {
                let path = format!("{path}.stand_in");
                check_any_of(&stand_in.any_of, &path, names, problems);
                check_conditions(&stand_in.when, &path, names, problems);
            }
        }
        for may_ask in &self.may_ask {
            let path = format!("judgements.may_ask.{}", may_ask.name);
            check_any_of(&may_ask.any_of, &path, names, problems);
            check_conditions(&may_ask.when, &path, names, problems);
        }
        check_conditions(
            &self.nothing_required,
            "judgements.nothing_required",
            names,
            problems,
        );
        for rule in &self.action {
            let path = format!("judgements.action.{}", rule.action.as_str());
            check_conditions(&rule.when, &path, names, problems);
        }
        let routed: BTreeSet<&str> = Action::ALL
            .iter()
            .map(|action| action.as_str())
            .chain(["default"])
            .collect();
        for name in self.routes.keys() {
            if !routed.contains(name.as_str()) {
                problems.unknown("judgements.routes", "action", name, &routed);
            }
        }
        for field in &self.accumulate {
            check_field(field, "judgements.accumulate", names, problems);
        }
    }
}

/// Guards that a cue may name like a class of words.
const GUARDS: [&str; 21] = [
    "guards.negation",
    "guards.conditional",
    "guards.speaker",
    "guards.contrast",
    "guards.quotation",
    "guards.indirect_question",
    "guards.filler_question",
    "guards.polite_request",
    "guards.help_verb",
    "guards.asks_fact",
    "guards.wish",
    "guards.report",
    "guards.that",
    "guards.further_question",
    "guards.unrelated",
    "guards.yes",
    "guards.no",
    "guards.asks_persists",
    "guards.asks_steps",
    "guards.correction",
    "guards.countable",
];
/// Flags that are found without words of a profile.
const COMPUTED_FLAGS: [&str; 5] = [
    "follow_up",
    "forwarded",
    "new_case_in_old_thread",
    "suggest_split",
    "urgent_genuine",
];
/// Situations that are found without words of a profile.
const COMPUTED_SITUATIONS: [&str; 3] = ["majority_of_count", "says_over", "says_persists"];

fn check_terms(own: &Judgements, problems: &mut Problems) {
    for (class, terms) in &own.words {
        if terms.values().all(Vec::is_empty) {
            problems.add(
                &format!("judgements.words.{class}"),
                "this class has no terms".to_owned(),
            );
        }
        for (language, terms) in terms {
            for term in terms {
                if term.trim_matches(['*', ' ']).is_empty() {
                    let path = format!("judgements.words.{class}.{language}");
                    problems.add(&path, format!("`{term}` would match everywhere"));
                }
            }
        }
    }
}

fn check_signals(kind: &str, signals: &[Signal], names: &Names<'_>, problems: &mut Problems) {
    for signal in signals {
        let path = format!("judgements.{kind}.{}", signal.name);
        check_cues(&signal.cue, &path, names, problems);
        check_facts(&signal.fact, &path, names, problems);
        check_conditions(&signal.only, &format!("{path}.only"), names, problems);
        check_conditions(&signal.unless, &format!("{path}.unless"), names, problems);
        check_conditions(
            &signal.implied_by,
            &format!("{path}.implied_by"),
            names,
            problems,
        );
    }
}

fn check_cues(cues: &[Cue], path: &str, names: &Names<'_>, problems: &mut Problems) {
    for cue in cues {
        if cue.all.is_empty() {
            problems.add(
                &format!("{path}.cue"),
                "`all` names no class of words".to_owned(),
            );
        }
        for class in cue
            .all
            .iter()
            .chain(&cue.none)
            .chain(&cue.never)
            .chain(&cue.none_beside)
            .flat_map(|entry| entry.split('|'))
        {
            if !names.words.contains(class) {
                problems.unknown(
                    &format!("{path}.cue"),
                    "class of words",
                    class,
                    &names.words,
                );
            }
        }
    }
}

fn check_facts(facts: &[FactCue], path: &str, names: &Names<'_>, problems: &mut Problems) {
    for fact in facts {
        check_field(&fact.field, &format!("{path}.fact"), names, problems);
    }
}

fn check_any_of(any_of: &[String], path: &str, names: &Names<'_>, problems: &mut Problems) {
    for name in any_of {
        if !KNOWN_FACTS.contains(&name.as_str()) {
            check_field(name, path, names, problems);
        }
    }
}

fn check_field(field: &str, path: &str, names: &Names<'_>, problems: &mut Problems) {
    if !names.fields.contains(field) {
        let known = names.fields.iter().map(String::as_str).collect();
        problems.unknown(path, "field", field, &known);
    }
}

fn check_conditions(
    conditions: &[Condition],
    path: &str,
    names: &Names<'_>,
    problems: &mut Problems,
) {
    for condition in conditions {
        for field in condition
            .field
            .keys()
            .chain(&condition.present)
            .chain(&condition.absent)
        {
            check_field(field, path, names, problems);
        }
        for (kind, used, known) in [
            ("issue type", &condition.issue_type, &names.issue_types),
            ("flag", &condition.flag, &names.flags),
            ("flag", &condition.no_flag, &names.flags),
            ("situation", &condition.situation, &names.situations),
            ("situation", &condition.no_situation, &names.situations),
            (
                "partner status",
                &condition.partner_status,
                &names.partner_statuses,
            ),
            (
                "urgency criterion",
                &condition.urgent_criterion,
                &names.criteria,
            ),
        ] {
            for name in used {
                if name != "unknown" && !known.contains(name.as_str()) {
                    problems.unknown(path, kind, name, known);
                }
            }
        }
    }
}
