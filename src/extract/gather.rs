//! Candidates, and how they become fields.

use std::borrow::Cow;

use super::Refused;
use super::passage::Passage;
use crate::case::{Evidence, FieldValue, Fields, PartId};
use crate::limits;

/// A value that a rule proposes.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The field, by its place in the profile.
    pub(crate) field: usize,
    /// The value, normalised.
    pub(crate) value: String,
    /// The part.
    pub(crate) part: PartId,
    /// Bytes of the part's text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The rule within the field: `label`.
    pub(crate) rule: Cow<'static, str>,
    /// 0 to 1.
    pub(crate) confidence: f32,
    /// In quoted text.
    pub(crate) quoted: bool,
    /// No other field may take these bytes.
    pub(crate) exclusive: bool,
    /// Why it is not taken.
    pub(crate) refused: Option<Cow<'static, str>>,
}

impl Candidate {
    /// A candidate at `start..end` of a passage.
    pub(crate) fn new(
        passage: &Passage<'_>,
        field: usize,
        range: std::ops::Range<usize>,
        value: impl Into<String>,
        rule: impl Into<Cow<'static, str>>,
        confidence: f32,
    ) -> Self {
        Self {
            field,
            value: value.into(),
            part: passage.part,
            start: passage.base + range.start,
            end: passage.base + range.end,
            rule: rule.into(),
            confidence,
            quoted: false,
            exclusive: true,
            refused: None,
        }
    }

    /// The same, with other fields free to take the bytes as well.
    pub(crate) fn shared(mut self) -> Self {
        self.exclusive = false;
        self
    }

    /// The same, refused.
    pub(crate) fn refuse(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.refused = Some(reason.into());
        self
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.part == other.part && self.start < other.end && other.start < self.end
    }
}

/// All candidates of a mail.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) candidates: Vec<Candidate>,
    /// Names in the sender's domain, lower case: a partner's own name may be its identifier.
    pub(crate) sender_names: Vec<String>,
    /// Choices that our own form was answered with, by requirement.
    pub(crate) chosen: std::collections::BTreeMap<String, String>,
    counts: Vec<usize>,
}

impl Gathered {
    /// Notes a candidate, up to the limit of values of a field.
    pub(crate) fn add(&mut self, candidate: Candidate) {
        if self.counts.len() <= candidate.field {
            self.counts.resize(candidate.field + 1, 0);
        }
        let known = self.counts[candidate.field] >= 4 && self.repeats(&candidate);
        if known
            || self.full(candidate.field)
            || candidate.value.len() > limits::FIELD_VALUE_BYTES_MAX
        {
            return;
        }
        self.counts[candidate.field] += 1;
        self.candidates.push(candidate);
    }

    /// True when a field has so many candidates that more of them tell nothing.
    pub(crate) fn full(&self, field: usize) -> bool {
        self.counts
            .get(field)
            .is_some_and(|count| *count >= limits::FIELD_VALUES_MAX * 4)
    }

    fn repeats(&self, candidate: &Candidate) -> bool {
        self.candidates.iter().rev().take(64).any(|known| {
            known.field == candidate.field
                && known.value == candidate.value
                && known.refused.is_some() == candidate.refused.is_some()
                && known.confidence >= candidate.confidence
        })
    }

    /// Candidates of one field that are not refused.
    pub(crate) fn of(&self, field: usize) -> impl Iterator<Item = &Candidate> {
        self.candidates
            .iter()
            .filter(move |candidate| candidate.field == field && candidate.refused.is_none())
    }
}

/// What the candidates come to.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) fields: Fields,
    pub(crate) refused: Vec<Refused>,
}

/// Lets the more certain candidates have the bytes they stand on, drops repetitions, and keeps refused
/// ones apart unless the same value was taken elsewhere.
pub(crate) fn resolve(
    mut candidates: Vec<Candidate>,
    field_names: &[String],
    single: &[bool],
    texts: &dyn Fn(PartId, usize, usize) -> String,
) -> Resolved {
    candidates.sort_by(|left, right| {
        (right.confidence.total_cmp(&left.confidence))
            .then(left.part.cmp(&right.part))
            .then(left.start.cmp(&right.start))
    });
    let mut taken: Vec<Candidate> = Vec::new();
    let mut refused: Vec<Candidate> = Vec::new();
    let mut claims = Claims::default();
    for candidate in candidates {
        if candidate.refused.is_some() {
            refused.push(candidate);
            continue;
        }
        if candidate.exclusive && claims.taken_by_other(&candidate) {
            continue;
        }
        let repeated = taken.iter().any(|known| {
            known.field == candidate.field
                && (single[candidate.field]
                    || known.value == candidate.value
                    || (known.overlaps(&candidate) && known.exclusive))
        });
        claims.claim(&candidate);
        if !repeated {
            taken.push(candidate);
        }
    }
    let mut resolved = Resolved::default();
    for candidate in &refused {
        let known = taken.iter().any(|known| {
            known.field == candidate.field
                && (known.value == candidate.value || known.overlaps(candidate))
        });
        let text = texts(candidate.part, candidate.start, candidate.end);
        let repeated = resolved
            .refused
            .iter()
            .any(|other| other.field == field_names[candidate.field] && other.text == text);
        if !known && !repeated && resolved.refused.len() < limits::FIELD_VALUES_MAX {
            resolved.refused.push(Refused {
                field: field_names[candidate.field].clone(),
                text,
                evidence: evidence(candidate, field_names),
                reason: candidate.refused.clone().unwrap_or_default().into_owned(),
            });
        }
    }
    taken.sort_by_key(|left| (left.part, left.start));
    for candidate in taken {
        let values = resolved
            .fields
            .entry(field_names[candidate.field].clone())
            .or_default();
        if values.len() < limits::FIELD_VALUES_MAX {
            let evidence = evidence(&candidate, field_names);
            values.push(FieldValue {
                value: candidate.value,
                evidence,
            });
        }
    }
    resolved
}

fn evidence(candidate: &Candidate, field_names: &[String]) -> Evidence {
    Evidence {
        part: candidate.part,
        start: candidate.start,
        end: candidate.end,
        rule: format!("{}.{}", field_names[candidate.field], candidate.rule),
        confidence: candidate.confidence,
        quoted: candidate.quoted,
    }
}

/// Bytes that an exclusive candidate holds, by part.
#[derive(Default)]
struct Claims {
    ranges: std::collections::BTreeMap<(PartId, usize), (usize, usize)>,
}

impl Claims {
    fn taken_by_other(&self, candidate: &Candidate) -> bool {
        if candidate.part == PartId::Derived {
            return false;
        }
        self.ranges
            .range(..(candidate.part, candidate.end))
            .rev()
            .take(2)
            .any(|((part, _), (end, field))| {
                *part == candidate.part && *end > candidate.start && *field != candidate.field
            })
    }

    fn claim(&mut self, candidate: &Candidate) {
        if candidate.exclusive && candidate.part != PartId::Derived {
            let range = self
                .ranges
                .entry((candidate.part, candidate.start))
                .or_insert((candidate.end, candidate.field));
            range.0 = range.0.max(candidate.end);
        }
    }
}
