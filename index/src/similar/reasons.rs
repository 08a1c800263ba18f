//! Why a case was found, in a form for machines and one for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::score::Candidate;
use super::terms::QueryTerms;
use super::{SimilarRequest, weights};
use crate::analyzer::{self, Analyzer, Language, Terms};
use crate::schema::StoredCase;

/// Most values named in one reason.
const MOST_VALUES: usize = 5;

/// Percent of nearness from which on it is a reason, and from which on little is missing.
const MUCH_THE_SAME: u8 = 50;
const NEARLY_THE_SAME: u8 = 75;

/// One reason. `Display` gives it in English words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The same values in fields that tell what went wrong where.
    SameFacts {
        /// Field name and value as the request has it, the most telling first.
        facts: Vec<(String, String)>,
    },
    /// The same names, codes or numbers in the text.
    SharedNames {
        /// In lower case, the rarest first.
        names: Vec<String>,
    },
    /// The same words in the subject.
    SharedSubject {
        /// As the request spells them, the rarest first.
        words: Vec<String>,
    },
    /// The same words in the text or the resolution.
    SharedWords {
        /// As the request spells them, the rarest first.
        words: Vec<String>,
    },
    /// The texts mean much the same, in whatever words and languages.
    SameMeaning {
        /// Cosine of the sentence vectors in percent.
        percent: u8,
        /// The language of the case, where it is another than the request's.
        language: Option<String>,
    },
    /// It was found by a case that was closed as its duplicate: the other reasons are those of that case.
    Duplicate {
        /// Number of that case.
        number: String,
    },
}

impl Reason {
    /// A name that does not change: `same_facts`, `shared_names`, `shared_subject`, `shared_words`, `same_meaning`,
    /// `duplicate`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Reason::SameFacts { .. } => "same_facts",
            Reason::SharedNames { .. } => "shared_names",
            Reason::SharedSubject { .. } => "shared_subject",
            Reason::SharedWords { .. } => "shared_words",
            Reason::SameMeaning { .. } => "same_meaning",
            Reason::Duplicate { .. } => "duplicate",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::SameFacts { facts } => {
                let facts: Vec<String> = facts
                    .iter()
                    .map(|(key, value)| format!("{} {value}", key.replace('_', " ")))
                    .collect();
                write!(formatter, "same {}", enumeration(&facts))
            }
            Reason::SharedNames { names } => write!(formatter, "both name {}", enumeration(names)),
            Reason::SharedSubject { words } => {
                write!(formatter, "its subject has: {}", words.join(", "))
            }
            Reason::SharedWords { words } => {
                write!(formatter, "texts share: {}", words.join(", "))
            }
            Reason::SameMeaning { percent, language } => {
                let how = match *percent {
                    NEARLY_THE_SAME.. => "nearly the same",
                    MUCH_THE_SAME.. => "much the same",
                    _ => "something near",
                };
                write!(formatter, "texts mean {how}")?;
                match language {
                    Some(language) => write!(formatter, " (theirs is in {language})"),
                    None => Ok(()),
                }
            }
            Reason::Duplicate { number } => {
                write!(formatter, "this is how {number} fits, its duplicate")
            }
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
fn enumeration(values: &[String]) -> String {
    match values {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The reasons, and the weight of all words and names in common.
pub(crate) fn of(
    analyzer: &mut Analyzer,
    request: &SimilarRequest,
    query: &QueryTerms,
    case: &StoredCase,
    candidate: &Candidate,
) -> (Vec<Reason>, f32) {
    let mut reasons = Vec::new();
    let facts = same_facts(request, case);
    let known: Vec<String> = facts
        .iter()
        .map(|(_, value)| analyzer::lower(value))
        .collect();
    if !facts.is_empty() {
        reasons.push(Reason::SameFacts { facts });
    }
    let (names, mut weight) = shared_names(query, case, &known);
    if !names.is_empty() {
        reasons.push(Reason::SharedNames { names });
    }
    let percent = (candidate.cosine * 100.0).clamp(0.0, 100.0) as u8;
    let theirs = analyzer::base_code(&case.language);
    let ours = analyzer::base_code(&request.language);
    let meaning = Reason::SameMeaning {
        percent,
        language: Some(theirs)
            .filter(|theirs| !theirs.is_empty() && !ours.is_empty() && *theirs != ours),
    };
    if percent >= MUCH_THE_SAME {
        reasons.push(meaning.clone());
    }
    let language = Language::from_code(&case.language);
    let mut seen = BTreeSet::new();
    let mut share = |texts: &[&str], known: &[String]| {
        let (words, more) = shared_words(analyzer, query, texts, language, known, &mut seen);
        weight += more;
        words
    };
    let subject = share(&[&case.subject], &[]);
    let words = share(&[&case.problem, &case.resolution], &subject);
    if !subject.is_empty() {
        reasons.push(Reason::SharedSubject { words: subject });
    }
    if !words.is_empty() {
        reasons.push(Reason::SharedWords { words });
    }
    if reasons.is_empty() && percent > 0 {
        reasons.push(meaning);
    }
    (reasons, weight)
}

fn same_facts(request: &SimilarRequest, case: &StoredCase) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    for (key, values) in &request.fields {
        let Some(theirs) = case.fields.get(key) else {
            continue;
        };
        let theirs: Vec<String> = theirs.iter().map(|value| analyzer::lower(value)).collect();
        for value in values {
            if weights::of_fact(key) > 0.0 && theirs.contains(&analyzer::lower(value)) {
                facts.push((key.clone(), value.clone()));
            }
        }
    }
    if let (Some(ours), Some(theirs)) = (&request.issue_type, &case.issue_type)
        && analyzer::lower(ours) == analyzer::lower(theirs)
    {
        facts.push(("issue_type".to_owned(), ours.clone()));
    }
    facts.sort_by(|left, right| {
        weights::of_fact(&right.0)
            .total_cmp(&weights::of_fact(&left.0))
            .then_with(|| left.cmp(right))
    });
    facts.truncate(MOST_VALUES);
    facts
}

/// The heaviest of the names that the texts share with the request, and the weight of all of them.
fn shared_names(query: &QueryTerms, case: &StoredCase, known: &[String]) -> (Vec<String>, f32) {
    let mut shared: BTreeMap<String, f32> = BTreeMap::new();
    for text in [&case.subject, &case.problem, &case.resolution] {
        analyzer::identifiers(text, |name, _, _| {
            if let Some(&weight) = query.identifiers.get(name)
                && !known.iter().any(|value| value == name)
            {
                shared.insert(name.to_owned(), weight);
            }
        });
    }
    let sum = shared.values().sum();
    (heaviest(shared.into_iter().collect()), sum)
}

/// The heaviest of the words that the texts share with the request, and the weight of all of them that were not seen before.
fn shared_words(
    analyzer: &mut Analyzer,
    query: &QueryTerms,
    texts: &[&str],
    language: Language,
    known: &[String],
    seen: &mut BTreeSet<String>,
) -> (Vec<String>, f32) {
    let mut shared: BTreeMap<String, f32> = BTreeMap::new();
    let mut sum = 0.0;
    let mut terms = Terms::default();
    for text in texts {
        terms.clear();
        analyzer.analyze(text, language, &mut terms);
        for (term, _) in terms.iter() {
            if let Some((spelling, weight)) = query.words.get(term)
                && !known.contains(spelling)
                && !analyzer::is_stop_word_anywhere(spelling)
            {
                if seen.insert(spelling.clone()) {
                    sum += weight.min(query.rarest);
                }
                shared.insert(spelling.clone(), *weight);
            }
        }
    }
    (heaviest(shared.into_iter().collect()), sum)
}

fn heaviest(mut values: Vec<(String, f32)>) -> Vec<String> {
    values.sort_by(|left, right| {
        right
            .1
            .total_cmp(&left.1)
            .then_with(|| left.0.cmp(&right.0))
    });
    values.truncate(MOST_VALUES);
    values.into_iter().map(|(value, _)| value).collect()
}
