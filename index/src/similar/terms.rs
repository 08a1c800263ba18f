//! From a request to weighted terms.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::Term;
use tantivy::schema::Field;

use super::SimilarRequest;
use super::weights::{self, ListWeight, Part, Words};
use crate::analyzer::{self, Analyzer, Language, Terms, WordMap};
use crate::schema;
use crate::view::View;

/// The part of the request's text that is looked at, in bytes. What the problem is stands at the beginning.
const PROBLEM_BYTES: usize = 12_000;
/// Different words looked up before the best are chosen.
const MOST_WORDS: usize = 250;

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
    /// What the request itself would score as a case: the scale of the list.
    pub(crate) own_score: f32,
    /// Share in the sum.
    pub(crate) share: f32,
}

/// What the request says under one field name.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// The values that occur in the index, the rarest first, with what sharing one is worth.
    pub(crate) values: Vec<WeightedTerm>,
    /// Held by cases with any value of this field, and what having only others costs.
    pub(crate) present: Option<WeightedTerm>,
    /// It is what the request is [about](weights::is_subject), and cases are known about the same.
    pub(crate) is_subject: bool,
}

/// Everything the request is compared by.
pub(crate) struct QueryTerms {
    pub(crate) lists: Vec<TermList>,
    pub(crate) facts: Vec<Fact>,
    /// Sum over the facts of their heaviest weight.
    pub(crate) identity_total: f32,
    /// How much of all that facts can tell these tell, 0 to 1.
    pub(crate) told: f32,
    /// The weight of a word that a single case has.
    pub(crate) rarest: f32,
    /// Index terms of the request's words with the word as written and its weight, for the reasons.
    pub(crate) words: WordMap<(String, f32)>,
    /// Identifiers of the request with their weight.
    pub(crate) identifiers: BTreeMap<String, f32>,
}

/// A word of the request.
struct RequestWord {
    /// What it became in the languages of the index.
    variants: Vec<String>,
    /// What other words of its concept can have become.
    kin: Vec<String>,
    in_subject: u32,
    in_problem: u32,
    /// One spelling of it.
    spelling: String,
}

/// One variant of a word that occurs in the index.
struct Choice<'a> {
    variant: &'a str,
    word: &'a RequestWord,
    weight: f32,
    /// 1, or less for another word of its concept.
    share: f32,
}

impl QueryTerms {
    pub(crate) fn new(
        request: &SimilarRequest,
        view: &View,
        with_vectors: bool,
        analyzer: &mut Analyzer,
    ) -> tantivy::Result<Self> {
        let problem = schema::beginning(&request.problem, PROBLEM_BYTES);
        let concepts: &[Vec<String>] = if with_vectors { &[] } else { &request.concepts };
        let words = words(request, problem, concepts, view, analyzer);
        let lengths = (
            words.iter().map(|word| word.in_subject).sum::<u32>() as f32,
            words.iter().map(|word| word.in_problem).sum::<u32>() as f32,
        );
        let mut choices = Vec::new();
        for word in &words {
            for (place, variant) in word.variants.iter().enumerate() {
                let frequency = text_frequency(view, variant, place == 0)?;
                if frequency > 0 {
                    let weight = idf(frequency, view.count) * repetition(word, Words::All);
                    choices.push(Choice {
                        variant,
                        word,
                        weight,
                        share: 1.0,
                    });
                }
            }
            for kin in &word.kin {
                let frequency = text_frequency(view, kin, true)?;
                if frequency > 0 {
                    let weight = idf(frequency, view.count) * repetition(word, Words::All);
                    choices.push(Choice {
                        variant: kin,
                        word,
                        weight: weight * weights::CONCEPT,
                        share: weights::CONCEPT,
                    });
                }
            }
        }
        // Equal weights are ordered by term, so that the choice is always the same.
        choices.sort_by(|left, right| {
            right
                .weight
                .total_cmp(&left.weight)
                .then_with(|| left.variant.cmp(right.variant))
        });
        let shown = choices
            .iter()
            .map(|choice| {
                (
                    choice.variant.to_owned(),
                    (choice.word.spelling.clone(), choice.weight),
                )
            })
            .collect();

        let mut lists = Vec::new();
        for list in &weights::LISTS {
            lists.push(term_list(view, list, &choices, lengths)?);
        }
        let identifiers = identifiers(&request.subject, problem, view)?;
        lists.push(identifier_list(view, &identifiers));
        let rarest = idf(1, view.count).max(f32::MIN_POSITIVE);
        let (facts, identity_total) = facts(request, view, rarest)?;
        Ok(QueryTerms {
            lists,
            facts,
            identity_total,
            told: (identity_total / weights::FULL_IDENTITY).min(1.0),
            rarest,
            words: shown,
            identifiers,
        })
    }
}

fn words(
    request: &SimilarRequest,
    problem: &str,
    concepts: &[Vec<String>],
    view: &View,
    analyzer: &mut Analyzer,
) -> Vec<RequestWord> {
    // The request's own language decides what a stop word is; stems of the others find what both languages spell alike.
    let language = Language::from_code(&request.language);
    let others: Vec<Language> = view
        .languages
        .iter()
        .copied()
        .filter(|&other| other != language)
        .collect();
    let concepts: Vec<BTreeSet<String>> = concepts
        .iter()
        .map(|group| {
            group
                .iter()
                .flat_map(|word| analyzer.variants(word, &view.languages))
                .collect()
        })
        .collect();
    let mut places: WordMap<usize> = WordMap::default();
    let mut words: Vec<RequestWord> = Vec::new();
    let mut terms = Terms::default();
    for (text, of_subject) in [(request.subject.as_str(), true), (problem, false)] {
        terms.clear();
        analyzer.analyze(text, language, &mut terms);
        for (term, span) in terms.iter() {
            let place = match places.get(term) {
                Some(&place) => place,
                None if words.len() >= MOST_WORDS => continue,
                None => {
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
                    let kin = concepts
                        .iter()
                        .filter(|group| variants.iter().any(|variant| group.contains(variant)))
                        .flatten()
                        .filter(|kin| !variants.contains(kin))
                        .cloned()
                        .collect();
                    words.push(RequestWord {
                        variants,
                        kin,
                        in_subject: 0,
                        in_problem: 0,
                        spelling,
                    });
                    words.len() - 1
                }
            };
            if of_subject {
                words[place].in_subject += 1;
            } else {
                words[place].in_problem += 1;
            }
        }
    }
    words
}

/// In how many cases a term occurs: by the problem text, which is the longest; only what the request's own language made
/// of a word is looked up in subjects too when it is not there. These look-ups are most of the work, so they are few.
fn text_frequency(view: &View, text: &str, own_language: bool) -> tantivy::Result<u64> {
    let frequency = view.text_frequency(view.fields.problem, text)?;
    if frequency > 0 || !own_language {
        return Ok(frequency);
    }
    view.text_frequency(view.fields.subject, text)
}

fn repetition(word: &RequestWord, words: Words) -> f32 {
    weights::request_frequency(match words {
        Words::Subject => word.in_subject,
        Words::All => word.in_subject + word.in_problem,
    })
}

fn term_list(
    view: &View,
    list: &ListWeight,
    choices: &[Choice<'_>],
    (subject_length, problem_length): (f32, f32),
) -> tantivy::Result<TermList> {
    let field = match list.part {
        Part::Subject => view.fields.subject,
        Part::Problem => view.fields.problem,
        Part::Resolution => view.fields.resolution,
    };
    let average = view.average_length(field);
    let mut terms = Vec::new();
    let mut own_score = 0.0;
    let mut highest = 0.0;
    let chosen = choices
        .iter()
        .filter(|choice| list.words == Words::All || choice.word.in_subject > 0)
        .take(weights::MOST_TERMS);
    for choice in chosen {
        let frequency = view.text_frequency(field, choice.variant)?;
        let repeated = repetition(choice.word, list.words);
        let weight = idf(frequency, view.count) * repeated * choice.share;
        // A case written like the request would have the request's words where the request has them, also those
        // that no case has yet.
        let (own, length) = match list.part {
            Part::Subject => (choice.word.in_subject, subject_length),
            Part::Problem => (choice.word.in_problem, problem_length),
            Part::Resolution => (0, 0.0),
        };
        // Nor would it have other words for the same.
        if choice.share == 1.0 {
            own_score += weight * weights::saturation(own as f32, length, average);
            highest += weight * weights::saturation(1.0, average, average);
        }
        if frequency > 0 {
            let term = Term::from_field_text(field, choice.variant);
            terms.push(WeightedTerm { term, weight });
        }
    }
    // A request without this part, or without any words in common, is measured by all its words.
    let own_score = if own_score > 0.0 { own_score } else { highest };
    Ok(TermList {
        field,
        terms,
        own_score,
        share: list.weight,
    })
}

fn identifiers(
    subject: &str,
    problem: &str,
    view: &View,
) -> tantivy::Result<BTreeMap<String, f32>> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for text in [subject, problem] {
        analyzer::identifiers(text, |identifier, _, _| {
            names.insert(identifier.to_owned());
        });
    }
    let mut weighted = BTreeMap::new();
    for name in names {
        let frequency = view.text_frequency(view.fields.identifier, &name)?;
        if frequency > 0 {
            weighted.insert(name, idf(frequency, view.count));
        }
    }
    Ok(weighted)
}

fn identifier_list(view: &View, identifiers: &BTreeMap<String, f32>) -> TermList {
    let field = view.fields.identifier;
    let mut terms: Vec<WeightedTerm> = identifiers
        .iter()
        .filter(|(_, weight)| **weight > weights::NEGLIGIBLE)
        .map(|(name, &weight)| WeightedTerm {
            term: Term::from_field_text(field, name),
            weight,
        })
        .collect();
    // Stable: equal weights stay in the order of names.
    terms.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    terms.truncate(weights::MOST_IDENTIFIERS);
    let own_score = terms.iter().map(|term| term.weight).sum();
    TermList {
        field,
        terms,
        own_score,
        share: weights::IDENTIFIER_WEIGHT,
    }
}

/// The BM25 form of inverse document frequency, never negative.
pub(crate) fn idf(frequency: u64, count: u64) -> f32 {
    let frequency = frequency as f32;
    let count = (count as f32).max(frequency);
    (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln()
}

fn facts(request: &SimilarRequest, view: &View, rarest: f32) -> tantivy::Result<(Vec<Fact>, f32)> {
    let mut given: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (key, values) in &request.fields {
        given
            .entry(key)
            .or_default()
            .extend(values.iter().map(|value| analyzer::lower(value)));
    }
    if let Some(issue_type) = &request.issue_type {
        given
            .entry("issue_type")
            .or_default()
            .insert(analyzer::lower(issue_type));
    }
    // A fact held by every case says nothing, one held by a single case says all: the weight goes from a third to whole.
    let mut facts = Vec::new();
    let mut total = 0.0;
    for (key, given) in given {
        let base = weights::of_fact(key);
        let mut values = Vec::new();
        let mut heaviest: f32 = 0.0;
        for value in given.iter().filter(|value| !value.is_empty()) {
            let text = schema::exact_term(key, value);
            let term = Term::from_field_text(view.fields.exact, &text);
            let frequency = view.alive_frequency(&term)?;
            let rarity = if frequency == 0 {
                1.0
            } else {
                idf(frequency, view.count) / rarest
            };
            let weight = base * (1.0 + 2.0 * rarity) / 3.0;
            heaviest = heaviest.max(weight);
            if frequency > 0 {
                values.push(WeightedTerm { term, weight });
            }
        }
        if heaviest == 0.0 {
            continue;
        }
        total += heaviest;
        values.sort_by(|left, right| {
            right
                .weight
                .total_cmp(&left.weight)
                .then_with(|| left.term.cmp(&right.term))
        });
        let present = weights::tells_apart(key).then(|| WeightedTerm {
            term: Term::from_field_text(view.fields.exact, &schema::exact_term("has", key)),
            weight: base * weights::OTHER_VALUE,
        });
        let is_subject = weights::is_subject(key) && !values.is_empty();
        facts.push(Fact {
            values,
            present,
            is_subject,
        });
    }
    Ok((facts, total))
}
