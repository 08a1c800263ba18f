//! From a request to weighted terms.

use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::schema::Field;

use super::{SimilarRequest, weights};
use crate::analyzer::{self, Analyzer, Language, Terms};
use crate::schema;
use crate::view::View;

/// The part of the request's text that is looked at, in bytes. What the problem is stands at the beginning.
const PROBLEM_BYTES: usize = 12_000;
/// Different words looked up before the best are chosen.
const MOST_WORDS: usize = 400;

/// One term of a list with its weight.
#[derive(Debug, Clone)]
pub(crate) struct WeightedTerm {
    pub(crate) term: Term,
    /// Inverse document frequency times the weight of its frequency in the request.
    pub(crate) weight: f32,
}

/// The terms scored against one field.
#[derive(Debug, Clone)]
pub(crate) struct TermList {
    pub(crate) field: Field,
    pub(crate) terms: Vec<WeightedTerm>,
    /// Sum of the weights, the scale of the list.
    pub(crate) total: f32,
}

/// A fact of the request.
#[derive(Debug, Clone)]
pub(crate) struct IdentityTerm {
    pub(crate) key: String,
    pub(crate) term: Term,
    pub(crate) weight: f32,
}

/// Everything the request is compared by.
pub(crate) struct QueryTerms {
    /// In the order of [`weights::LISTS`].
    pub(crate) lists: Vec<TermList>,
    /// By key, the rarest value of a key first.
    pub(crate) identity: Vec<IdentityTerm>,
    /// Sum over keys of the heaviest weight.
    pub(crate) identity_total: f32,
    /// Index terms of the request's words with the word as written and its weight, for the reasons.
    pub(crate) words: BTreeMap<String, (String, f32)>,
    /// Identifiers of the request.
    pub(crate) identifiers: BTreeMap<String, f32>,
}

/// A word of the request: its variants in the languages of the index, how often it stands there, and one spelling.
struct RequestWord {
    variants: Vec<String>,
    count: u32,
    spelling: String,
}

impl QueryTerms {
    pub(crate) fn new(request: &SimilarRequest, view: &View) -> tantivy::Result<Self> {
        let mut analyzer = Analyzer::default();
        let language = Language::from_code(&request.language);
        let problem = schema::beginning(&request.problem, PROBLEM_BYTES);
        let subject_words = words(&mut analyzer, &request.subject, language, view);
        let problem_words = words(&mut analyzer, problem, language, view);
        let both = format!("{}\n{problem}", request.subject);
        let all_words = words(&mut analyzer, &both, language, view);

        let fields = &view.fields;
        let mut names: BTreeMap<String, f32> = BTreeMap::new();
        analyzer::identifiers(&both, |identifier, _, _| {
            names.insert(identifier.to_owned(), 0.0);
        });
        let mut identifier_list = Vec::new();
        for (name, weight) in &mut names {
            let term = Term::from_field_text(fields.identifier, name);
            let frequency = view.alive_frequency(&term)?;
            if frequency > 0 {
                *weight = idf(frequency, view.count);
                identifier_list.push(WeightedTerm {
                    term,
                    weight: *weight,
                });
            }
        }
        names.retain(|_, weight| *weight > 0.0);

        let mut shown = BTreeMap::new();
        let mut lists = Vec::new();
        for list in &weights::LISTS {
            let words = match list.words {
                weights::Words::Subject => &subject_words,
                weights::Words::Problem => &problem_words,
                weights::Words::All => &all_words,
            };
            let field = match list.field {
                weights::Part::Subject => fields.subject,
                weights::Part::Problem => fields.problem,
                weights::Part::Resolution => fields.resolution,
            };
            lists.push(best_terms(view, field, words, list.most_terms, &mut shown)?);
        }
        lists.push(cut(
            fields.identifier,
            identifier_list,
            weights::MOST_IDENTIFIERS,
        ));

        let (identity, identity_total) = identity(request, view)?;
        Ok(QueryTerms {
            lists,
            identity,
            identity_total,
            words: shown,
            identifiers: names,
        })
    }
}

fn words(analyzer: &mut Analyzer, text: &str, language: Language, view: &View) -> Vec<RequestWord> {
    // The request's own language decides what a stop word is; stems of the others find what both languages spell alike.
    let others: Vec<Language> = view
        .languages
        .iter()
        .copied()
        .filter(|&other| other != language)
        .collect();
    let mut terms = Terms::default();
    analyzer.analyze(text, language, &mut terms);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut words: Vec<RequestWord> = Vec::new();
    for (term, span) in terms.iter() {
        if let Some(&place) = places.get(term) {
            words[place].count += 1;
            continue;
        }
        if words.len() >= MOST_WORDS {
            break;
        }
        let spelling = text[span.from as usize..span.to as usize].to_owned();
        let mut variants = vec![term.to_owned()];
        if spelling.chars().all(char::is_alphabetic) {
            for variant in analyzer.variants(&spelling, &others) {
                if !variants.contains(&variant) {
                    variants.push(variant);
                }
            }
        }
        places.insert(term.to_owned(), words.len());
        words.push(RequestWord {
            variants,
            count: 1,
            spelling,
        });
    }
    words
}

fn best_terms(
    view: &View,
    field: Field,
    words: &[RequestWord],
    most: usize,
    shown: &mut BTreeMap<String, (String, f32)>,
) -> tantivy::Result<TermList> {
    let mut found: Vec<WeightedTerm> = Vec::new();
    for word in words {
        let repeated = weights::request_frequency(word.count);
        for variant in &word.variants {
            let term = Term::from_field_text(field, variant);
            let frequency = view.alive_frequency(&term)?;
            if frequency == 0 {
                continue;
            }
            let weight = idf(frequency, view.count) * repeated;
            let entry = shown
                .entry(variant.clone())
                .or_insert_with(|| (word.spelling.clone(), 0.0));
            entry.1 = entry.1.max(weight);
            found.push(WeightedTerm { term, weight });
        }
    }
    Ok(cut(field, found, most))
}

/// Keeps the heaviest terms. Equal weights are ordered by term, so that the choice is always the same.
fn cut(field: Field, mut terms: Vec<WeightedTerm>, most: usize) -> TermList {
    terms.sort_by(|left, right| {
        right
            .weight
            .total_cmp(&left.weight)
            .then_with(|| left.term.cmp(&right.term))
    });
    terms.dedup_by(|left, right| left.term == right.term);
    terms.truncate(most);
    let total = terms.iter().map(|term| term.weight).sum();
    TermList {
        field,
        terms,
        total,
    }
}

/// The BM25 form of inverse document frequency, never negative.
pub(crate) fn idf(frequency: u64, count: u64) -> f32 {
    let frequency = frequency as f32;
    let count = (count as f32).max(frequency);
    (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln()
}

fn identity(request: &SimilarRequest, view: &View) -> tantivy::Result<(Vec<IdentityTerm>, f32)> {
    let mut facts: Vec<(&str, &str)> = request
        .fields
        .iter()
        .flat_map(|(key, values)| {
            values
                .iter()
                .map(move |value| (key.as_str(), value.as_str()))
        })
        .collect();
    if let Some(issue_type) = &request.issue_type {
        facts.push(("issue_type", issue_type));
    }
    // A fact held by every case says nothing, one held by a single case says all: the weight goes from a third to whole.
    let rarest = idf(1, view.count).max(f32::MIN_POSITIVE);
    let mut identity: Vec<IdentityTerm> = Vec::new();
    let mut totals: BTreeMap<&str, f32> = BTreeMap::new();
    for (key, value) in facts {
        let base = weights::of_fact(key);
        if base <= 0.0 || value.trim().is_empty() {
            continue;
        }
        let text = schema::exact_term(key, &analyzer::lower(value));
        let term = Term::from_field_text(view.fields.exact, &text);
        let frequency = view.alive_frequency(&term)?;
        let rarity = if frequency == 0 {
            1.0
        } else {
            idf(frequency, view.count) / rarest
        };
        let weight = base * (1.0 + 2.0 * rarity) / 3.0;
        let total = totals.entry(key).or_default();
        *total = total.max(weight);
        if frequency > 0 {
            identity.push(IdentityTerm {
                key: key.to_owned(),
                term,
                weight,
            });
        }
    }
    identity.sort_by(|left, right| {
        left.key
            .cmp(&right.key)
            .then_with(|| right.weight.total_cmp(&left.weight))
            .then_with(|| left.term.cmp(&right.term))
    });
    Ok((identity, totals.values().sum()))
}
