//! Conditions of a profile and the circumstances they are asked about.

use std::collections::BTreeSet;

use super::signal::value_matches;
use crate::case::{Facts, Said};
use crate::profile::Condition;

/// What is known when a condition is asked about. It grows from judgement to judgement.
#[derive(Debug)]
pub(crate) struct Circumstances<'a> {
    /// Facts of the case after this mail.
    pub(crate) facts: &'a Facts,
    /// Statements of the case after this mail.
    pub(crate) said: Said,
    pub(crate) issue_type: Option<String>,
    pub(crate) flags: BTreeSet<String>,
    pub(crate) situations: BTreeSet<String>,
    pub(crate) partner_status: Option<String>,
    pub(crate) urgent_criterion: Option<String>,
    pub(crate) questions: u32,
    pub(crate) missing: Option<bool>,
    pub(crate) known_case: bool,
}

impl<'a> Circumstances<'a> {
    pub(crate) fn new(facts: &'a Facts, known_case: bool) -> Self {
        Self {
            facts,
            said: facts.said.clone(),
            issue_type: None,
            flags: BTreeSet::new(),
            situations: BTreeSet::new(),
            partner_status: None,
            urgent_criterion: None,
            questions: 0,
            missing: None,
            known_case,
        }
    }

    /// Values of a field that the sender gave.
    pub(crate) fn values(&self, field: &str) -> impl Iterator<Item = &'a str> {
        let facts: &'a Facts = self.facts;
        facts
            .fields
            .get(field)
            .into_iter()
            .flatten()
            .filter(|value| !value.evidence.quoted)
            .map(|value| value.value.as_str())
    }

    /// True when a field, or one of [`crate::profile::KNOWN_FACTS`], is known.
    pub(crate) fn knows(&self, name: &str) -> bool {
        match name {
            "said.persists" => self.said.persists.is_some(),
            "said.steps_tried" => self.said.steps_tried,
            "said.reproduction" => self.said.reproduction,
            "said.goal" => self.said.goal,
            "said.logs_attached" => self.said.logs_attached,
            "said.screenshot_attached" => self.said.screenshot_attached,
            "times" => !self.facts.times.is_empty(),
            // Without a time there is no zone to ask for.
            "times.zone" => {
                self.facts.times.is_empty()
                    || self
                        .facts
                        .times
                        .iter()
                        .any(|time| time.zone_given || time.utc.is_some())
            }
            "issue_type" => self.issue_type.is_some(),
            "partner_status" => self.partner_status.is_some(),
            field => self.values(field).next().is_some(),
        }
    }
}

/// Alternatives of which one must hold.
#[derive(Debug)]
pub(crate) struct Conditions(Vec<Condition>);

impl Conditions {
    pub(crate) fn new(conditions: &[Condition]) -> Self {
        Self(conditions.to_vec())
    }

    /// The situations that they name.
    pub(crate) fn situations(&self) -> impl Iterator<Item = &String> {
        self.0
            .iter()
            .flat_map(|condition| condition.situation.iter().chain(&condition.no_situation))
    }

    /// One of them holds.
    pub(crate) fn any(&self, circumstances: &Circumstances<'_>) -> bool {
        self.0
            .iter()
            .any(|condition| holds(condition, circumstances))
    }

    /// One of them holds, or there are none.
    pub(crate) fn none_or_any(&self, circumstances: &Circumstances<'_>) -> bool {
        self.0.is_empty() || self.any(circumstances)
    }
}

fn holds(condition: &Condition, circumstances: &Circumstances<'_>) -> bool {
    let named = |wanted: &[String], actual: Option<&str>| {
        wanted.is_empty() || wanted.iter().any(|one| one == actual.unwrap_or("unknown"))
    };
    let any_of = |wanted: &[String], actual: &BTreeSet<String>| {
        wanted.is_empty() || wanted.iter().any(|one| actual.contains(one))
    };
    let none_of = |unwanted: &[String], actual: &BTreeSet<String>| {
        !unwanted.iter().any(|one| actual.contains(one))
    };
    named(&condition.issue_type, circumstances.issue_type.as_deref())
        && named(
            &condition.partner_status,
            circumstances.partner_status.as_deref(),
        )
        && named(
            &condition.urgent_criterion,
            circumstances.urgent_criterion.as_deref(),
        )
        && any_of(&condition.flag, &circumstances.flags)
        && none_of(&condition.no_flag, &circumstances.flags)
        && any_of(&condition.situation, &circumstances.situations)
        && none_of(&condition.no_situation, &circumstances.situations)
        && condition.field.iter().all(|(field, wanted)| {
            circumstances
                .values(field)
                .any(|value| value_matches(value, wanted))
        })
        && (condition.present.is_empty()
            || condition
                .present
                .iter()
                .any(|name| circumstances.knows(name)))
        && !condition
            .absent
            .iter()
            .any(|name| circumstances.knows(name))
        && condition
            .questions_at_least
            .is_none_or(|least| circumstances.questions >= least)
        && condition
            .missing
            .is_none_or(|wanted| circumstances.missing == Some(wanted))
        && condition
            .known_case
            .is_none_or(|wanted| wanted == circumstances.known_case)
}
