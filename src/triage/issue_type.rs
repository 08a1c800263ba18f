//! The kind of problem, with alternatives and a confidence.

use super::condition::{Circumstances, Conditions};
use super::cues::{Reading, Vocabulary};
use super::fold::fold;
use super::signal::{CompiledCue, compile_cues, cues_score, facts_score, reasons};
use super::types::Reason;
use crate::profile::{FactCue, IssueType};

/// An issue type with its classes resolved.
#[derive(Debug)]
pub(crate) struct CompiledIssueType {
    name: String,
    stated: Vec<String>,
    cues: Vec<CompiledCue>,
    facts: Vec<FactCue>,
    implied_by: Conditions,
    unless: Conditions,
    absorbs: Vec<String>,
}

impl CompiledIssueType {
    pub(crate) fn all(types: &[IssueType], vocabulary: &Vocabulary) -> Result<Vec<Self>, String> {
        types
            .iter()
            .map(|issue_type| {
                let mut stated: Vec<String> =
                    issue_type.stated.iter().map(|one| fold(one)).collect();
                stated.extend(issue_type.title.values().map(|one| fold(one)));
                stated.push(issue_type.name.clone());
                Ok(Self {
                    name: issue_type.name.clone(),
                    stated,
                    cues: compile_cues(&issue_type.cue, vocabulary)?,
                    facts: issue_type.fact.clone(),
                    implied_by: Conditions::new(&issue_type.implied_by),
                    unless: Conditions::new(&issue_type.unless),
                    absorbs: issue_type.absorbs.clone(),
                })
            })
            .collect()
    }
}

impl CompiledIssueType {
    /// What of the sender's words speaks for it.
    pub(crate) fn reasons(&self, reading: &Reading) -> Vec<Reason> {
        reasons(&format!("issue_type.{}", self.name), &self.cues, reading)
    }
}

/// The most likely type, others that hold as well, and how sure that is (0 to 1).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Judged {
    pub(crate) name: Option<String>,
    pub(crate) also: Vec<String>,
    pub(crate) confidence: f32,
}

/// Weight of a type that the sender names in the form.
const STATED_WEIGHT: f32 = 6.0;
/// Weight of a type that follows from circumstances.
const IMPLIED_WEIGHT: f32 = 10.0;
/// Another type is mentioned besides when it reaches this part of the best one.
const ALSO_PART: f32 = 0.6;

/// Judges the type; the type of a known case holds until a mail says otherwise.
pub(crate) fn judge(
    types: &[CompiledIssueType],
    reading: &Reading,
    circumstances: &Circumstances<'_>,
    known: Option<&str>,
) -> Judged {
    let mut scores: Vec<(f32, &CompiledIssueType)> = types
        .iter()
        .filter(|one| !one.unless.any(circumstances))
        .map(|one| {
            let mut score = facts_score(&one.facts, circumstances) + cues_score(&one.cues, reading);
            let stated = circumstances.values("stated_issue_type").any(|value| {
                let value = fold(value);
                one.stated
                    .iter()
                    .any(|name| value == *name || value.contains(name.as_str()))
            });
            if stated {
                score += STATED_WEIGHT;
            }
            if one.implied_by.any(circumstances) {
                score += IMPLIED_WEIGHT;
            }
            (score, one)
        })
        .filter(|(score, _)| *score >= 1.0)
        .collect();
    // Stable: of equals the more specific one, which the profile names first.
    scores.sort_by(|left, right| right.0.total_cmp(&left.0));
    let Some((best, winner)) = scores.first().copied() else {
        return Judged {
            name: known.map(str::to_owned),
            ..Judged::default()
        };
    };
    if let Some(known) = known
        && known != winner.name
        && best < STATED_WEIGHT
    {
        // Data sent later must not turn a migration case into another kind by its mere words.
        return Judged {
            name: Some(known.to_owned()),
            also: Vec::new(),
            confidence: 0.5,
        };
    }
    let also: Vec<String> = scores[1..]
        .iter()
        .filter(|(score, other)| {
            *score >= best * ALSO_PART
                && best < IMPLIED_WEIGHT
                && !winner.absorbs.contains(&other.name)
        })
        .map(|(_, other)| other.name.clone())
        .collect();
    let total: f32 = scores.iter().map(|(score, _)| score).sum();
    Judged {
        name: Some(winner.name.clone()),
        also,
        confidence: (best / total).clamp(0.0, 1.0),
    }
}
