//! What engineers said of precedents, laid on what the index answers. The index knows no marks: they change more often
//! than cases, and a mark on one case must not move another one's document.

use std::collections::{BTreeMap, HashMap, HashSet};

use precedent_index::{Precedent, SimilarRequest};

use super::field_values;
use crate::case::CaseNumber;
use crate::store::{CaseFilter, CaseOrder, Mark, MarkQuery, MarkVerdict, Store, StoreResult};

/// The most that marks on other cases raise a score, as a share of what it lacks to 1: enough to order neighbours, too
/// little to lift a stranger over a fitting case.
const RISE_MOST: f32 = 0.1;
/// Marks on one answer that are looked at; more say nothing new.
const MARKS_MOST: usize = 200;
/// Results asked for beyond those wanted: what was marked as not related leaves its place to the next.
const SPARE: usize = 10;

/// Fields that tell what went wrong where.
const IDENTITY: [&str; 8] = [
    "operation",
    "error_code",
    "http_status",
    "api_section",
    "report_type",
    "feed_type",
    "notification_type",
    "token_type",
];
/// Fields in which another value makes it another problem.
const TELLS_APART: [&str; 2] = ["operation", "error_code"];

/// The facts by which two cases are compared.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Values by field name.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Issue type.
    pub issue_type: Option<String>,
}

impl Identity {
    /// What a question for similar cases says of its own.
    #[must_use]
    pub fn of(request: &SimilarRequest) -> Self {
        Self {
            fields: request.fields.clone(),
            issue_type: request.issue_type.clone(),
        }
    }

    /// True when both are about the same thing: nothing that tells problems apart differs, and they share a field that
    /// says what went wrong, or the issue type and any other value.
    fn is_like(&self, other: &Self) -> bool {
        let shares = |name: &str| {
            self.fields.get(name).is_some_and(|ours| {
                other.fields.get(name).is_some_and(|theirs| {
                    ours.iter()
                        .any(|our| theirs.iter().any(|their| our.eq_ignore_ascii_case(their)))
                })
            })
        };
        let differs = |name: &str| {
            let given = |identity: &Self| {
                identity
                    .fields
                    .get(name)
                    .is_some_and(|values| !values.is_empty())
            };
            given(self) && given(other) && !shares(name)
        };
        if TELLS_APART.into_iter().any(differs) {
            return false;
        }
        IDENTITY.into_iter().any(shares)
            || (self.issue_type.is_some()
                && self.issue_type == other.issue_type
                && self.fields.keys().any(|name| shares(name)))
    }
}

/// A precedent with what engineers said of it.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// What the index found; its score with the rise.
    pub precedent: Precedent,
    /// What was said of it for this very case.
    pub mark: Option<Mark>,
    /// Other cases like this one that it solved.
    pub solved_alike: usize,
}

impl Suggestion {
    /// What engineers said, in words, for the reasons.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(mark) = &self.mark {
            let note = if mark.note.is_empty() {
                String::new()
            } else {
                format!(": {}", mark.note)
            };
            words.push(format!(
                "an engineer said: {} ({}, {}){note}",
                mark.verdict.words(),
                mark.by,
                mark.at.strftime("%Y-%m-%d"),
            ));
        }
        match self.solved_alike {
            0 => {}
            1 => words.push("an engineer said: it solved another case like this one".to_owned()),
            count => words.push(format!(
                "engineers said: it solved {count} other cases like this one"
            )),
        }
        words
    }
}

impl From<Precedent> for Suggestion {
    /// One of which nobody said anything.
    fn from(precedent: Precedent) -> Self {
        Self {
            precedent,
            mark: None,
            solved_alike: 0,
        }
    }
}

/// How many results to ask the index for where so many are wanted.
#[must_use]
pub fn with_spare(limit: usize) -> usize {
    if limit == 0 { 0 } else { limit + SPARE }
}

/// Lays marks on an answer: what was marked as not related to this very case is left out, what solved it comes first,
/// and what solved cases of the same identity rises a little.
///
/// # Errors
/// When the store cannot be read.
pub async fn weigh(
    store: &dyn Store,
    case: Option<&CaseNumber>,
    identity: &Identity,
    precedents: Vec<Precedent>,
    limit: usize,
) -> StoreResult<Vec<Suggestion>> {
    let numbers: Vec<CaseNumber> = precedents
        .iter()
        .map(|precedent| CaseNumber(precedent.number.clone()))
        .collect();
    let marks = store.marks(&MarkQuery::OnPrecedents(numbers)).await?;
    let mut of_case: HashMap<String, Mark> = HashMap::new();
    let mut solved: Vec<&Mark> = Vec::new();
    for mark in &marks {
        if case == Some(&mark.case) {
            of_case.insert(mark.precedent.0.clone(), mark.clone());
        } else if mark.verdict == MarkVerdict::Solved {
            solved.push(mark);
        }
    }
    // The latest, where there are many.
    solved.reverse();
    solved.truncate(MARKS_MOST);
    let marked: HashSet<&CaseNumber> = solved.iter().map(|mark| &mark.case).collect();
    let mut alike: HashSet<CaseNumber> = HashSet::new();
    if !marked.is_empty() {
        let cases = CaseFilter {
            numbers: marked.into_iter().cloned().collect(),
            ..CaseFilter::all(CaseOrder::Oldest)
        };
        for record in store.cases(&cases).await? {
            let marked = Identity {
                fields: field_values(&record.state.facts),
                issue_type: record.state.issue_type,
            };
            if identity.is_like(&marked) {
                alike.insert(record.state.number);
            }
        }
    }
    let counted: Vec<(&str, &str)> = solved
        .iter()
        .filter(|mark| alike.contains(&mark.case))
        .map(|mark| (mark.precedent.0.as_str(), mark.case.0.as_str()))
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let mut suggestions: Vec<Suggestion> = precedents
        .into_iter()
        .filter_map(|mut precedent| {
            let mark = of_case.remove(&precedent.number);
            if mark
                .as_ref()
                .is_some_and(|mark| mark.verdict == MarkVerdict::NotRelated)
            {
                return None;
            }
            let solved_alike = counted
                .iter()
                .filter(|(number, _)| *number == precedent.number)
                .count();
            precedent.score = risen(precedent.score, solved_alike);
            Some(Suggestion {
                precedent,
                mark,
                solved_alike,
            })
        })
        .collect();
    // Stable: equals keep the order of the index.
    suggestions.sort_by(|left, right| {
        right
            .mark
            .is_some()
            .cmp(&left.mark.is_some())
            .then_with(|| right.precedent.score.total_cmp(&left.precedent.score))
    });
    suggestions.truncate(limit);
    Ok(suggestions)
}

/// A score after so many marks: each counts less than the one before, all together at most [`RISE_MOST`].
fn risen(score: f32, marks: usize) -> f32 {
    let marks = marks as f32;
    score + (1.0 - score).max(0.0) * RISE_MOST * marks / (marks + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(fields: &[(&str, &str)], issue_type: &str) -> Identity {
        Identity {
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
                .collect(),
            issue_type: Some(issue_type.to_owned()),
        }
    }

    #[test]
    fn another_operation_or_code_is_another_problem() {
        let ours = identity(
            &[("operation", "getOrders"), ("http_status", "403")],
            "api_error",
        );
        for (fields, issue_type, like) in [
            (vec![("operation", "getorders")], "other", true),
            (vec![("http_status", "403")], "other", true),
            (
                vec![("operation", "getReports"), ("http_status", "403")],
                "api_error",
                false,
            ),
            (vec![("marketplace", "DE")], "api_error", false),
            (vec![], "api_error", false),
        ] {
            assert_eq!(
                ours.is_like(&identity(&fields, issue_type)),
                like,
                "{fields:?}"
            );
        }
        // A profile with fields of its own.
        let device = identity(&[("device", "MD-20")], "paper_jam");
        assert!(device.is_like(&identity(&[("device", "MD-20")], "paper_jam")));
        assert!(!device.is_like(&identity(&[("device", "MD-20")], "colour")));
    }

    #[test]
    fn marks_raise_a_score_a_little_and_never_beyond_their_share() {
        assert!(risen(0.5, 0) <= 0.5);
        assert!(risen(0.5, 1) > 0.5 && risen(0.5, 2) > risen(0.5, 1));
        assert!(risen(0.5, 10_000) <= 0.5 + 0.5 * RISE_MOST);
        assert!(risen(1.0, 3) <= 1.0);
    }
}
