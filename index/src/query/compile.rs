//! From clauses to the engine's query tree.
//!
//! The tree is built by hand: the engine's own parser knows neither our languages nor our identifiers, and answers
//! `(a OR b) AND NOT c` with nothing.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::keys::distance;
use super::parser::{Clause, Parsed};
use crate::analyzer::{self, Analyzer, Language, Terms, WordKind, Words};
use crate::schema;
use crate::view::View;

/// Weights of the texts in a search by words.
const SUBJECT_BOOST: f32 = 2.5;
const PROBLEM_BOOST: f32 = 1.0;
const RESOLUTION_BOOST: f32 = 1.5;
const IDENTIFIER_BOOST: f32 = 2.0;
/// Added for a case about the operation that a word names: more than words can bring.
const OPERATION_SCORE: f32 = 100.0;

/// Words of a query beyond this are left out, the most frequent first.
const MOST_WORDS: usize = 48;
/// Terms that a prefix stands for.
const MOST_PREFIX_TERMS: usize = 64;
/// Terms that a misspelt word may have meant.
const MOST_CORRECTIONS: usize = 4;
/// Dictionary entries looked at for a misspelt word, in each segment.
const MOST_COMPARED_TERMS: usize = 60_000;
/// More words than this are never all in one case: the best matches are looked for at once.
const MOST_REQUIRED_WORDS: usize = 12;

/// A compiled query.
pub(crate) struct Compiled {
    /// Every word must occur.
    pub(crate) strict: Option<Box<dyn Query>>,
    /// Half of the words, then any word, must occur; tried in turn while nothing is found.
    pub(crate) relaxed: Vec<Box<dyn Query>>,
    /// Terms to highlight, stems and identifiers.
    pub(crate) matched: BTreeSet<String>,
    /// What was done with the query that its author should know.
    pub(crate) notes: Vec<String>,
    /// Nothing in the query is about the text, so there is nothing to rank by.
    pub(crate) only_filters: bool,
}

/// What became of a clause about the text.
enum Unit {
    /// Must match; with the number of cases that can.
    Required(Box<dyn Query>, u64),
    /// A stop word in some language: helps, is not demanded.
    Optional(Box<dyn Query>),
    /// Nothing to look for.
    Nothing,
}

pub(crate) struct Compiler<'a> {
    view: &'a View,
    analyzer: &'a mut Analyzer,
    matched: BTreeSet<String>,
    notes: Vec<String>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(view: &'a View, analyzer: &'a mut Analyzer) -> Self {
        Compiler {
            view,
            analyzer,
            matched: BTreeSet::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn compile(mut self, parsed: &Parsed) -> tantivy::Result<Compiled> {
        let mut filters: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut required: Vec<(u64, Box<dyn Query>)> = Vec::new();
        let mut optional: Vec<Box<dyn Query>> = Vec::new();
        let mut seen = BTreeSet::new();
        for clause in &parsed.clauses {
            if clause.is_text() {
                // A pasted log repeats itself.
                if let Clause::Word(word) = clause
                    && !seen.insert(word.to_lowercase())
                {
                    continue;
                }
                match self.text(clause, parsed.pasted)? {
                    Unit::Required(query, frequency) => required.push((frequency, query)),
                    Unit::Optional(query) => optional.push(query),
                    Unit::Nothing => {}
                }
            } else if let Clause::Not(inner) = clause {
                filters.push((Occur::MustNot, self.one(inner)?));
            } else {
                filters.push((Occur::Must, self.one(clause)?));
            }
        }
        if parsed.pasted {
            // What occurs nowhere in a pasted text is a time or an id of its own.
            required.retain(|(frequency, _)| *frequency > 0);
        }
        if required.len() > MOST_WORDS {
            required.sort_by_key(|(frequency, _)| *frequency);
            self.notes.push(format!(
                "only the {MOST_WORDS} rarest of {} words were looked for",
                required.len()
            ));
            required.truncate(MOST_WORDS);
        }
        if required.is_empty() {
            // A query of stop words only: then they are what is looked for.
            required.extend(optional.drain(..).map(|query| (1, query)));
        }
        let only_filters = required.is_empty();
        let words = required.len();
        let texts: Vec<Box<dyn Query>> = required.into_iter().map(|(_, query)| query).collect();

        let mut relaxed = Vec::new();
        if words > 1 {
            let half = words.div_ceil(2);
            for needed in [half, 1] {
                if needed < words {
                    let any =
                        BooleanQuery::union_with_minimum_required_clauses(copies(&texts), needed);
                    let mut clauses = copied(&filters);
                    clauses.push((Occur::Must, Box::new(any)));
                    relaxed.push(Box::new(BooleanQuery::new(clauses)) as Box<dyn Query>);
                }
            }
        }
        let strict =
            (!parsed.pasted && words <= MOST_REQUIRED_WORDS || relaxed.is_empty()).then(|| {
                let mut clauses = filters;
                clauses.extend(texts.into_iter().map(|query| (Occur::Must, query)));
                if !only_filters {
                    clauses.extend(optional.into_iter().map(|query| (Occur::Should, query)));
                }
                conjunction(clauses)
            });
        Ok(Compiled {
            strict,
            relaxed,
            matched: self.matched,
            notes: self.notes,
            only_filters,
        })
    }

    /// A clause below the top, where nothing is optional.
    fn one(&mut self, clause: &Clause) -> tantivy::Result<Box<dyn Query>> {
        Ok(match clause {
            Clause::Exact(terms) => self.exact(terms)?,
            Clause::Opened { from, until } => self.opened(*from, *until),
            Clause::Not(inner) => {
                let inner = self.one(inner)?;
                conjunction(vec![(Occur::MustNot, inner)])
            }
            Clause::All(clauses) => {
                let mut parts = Vec::new();
                for clause in clauses {
                    match clause {
                        Clause::Not(inner) => parts.push((Occur::MustNot, self.one(inner)?)),
                        _ => parts.push((Occur::Must, self.one(clause)?)),
                    }
                }
                conjunction(parts)
            }
            Clause::Any(clauses) => {
                let mut choices = Vec::new();
                for clause in clauses {
                    choices.push(self.one(clause)?);
                }
                Box::new(BooleanQuery::union(choices))
            }
            Clause::Word(_) | Clause::Prefix(_) | Clause::Phrase(_) => {
                match self.text(clause, false)? {
                    Unit::Required(query, _) | Unit::Optional(query) => query,
                    Unit::Nothing => Box::new(AllQuery),
                }
            }
        })
    }

    fn text(&mut self, clause: &Clause, pasted: bool) -> tantivy::Result<Unit> {
        Ok(match clause {
            Clause::Word(word) => self.word(word, pasted)?,
            Clause::Prefix(word) => self.prefix(word)?,
            Clause::Phrase(phrase) => self.phrase(phrase)?,
            _ => Unit::Required(self.one(clause)?, 1),
        })
    }

    /// A word. Where it is the name of an operation, cases about that operation come first.
    fn word(&mut self, word: &str, pasted: bool) -> tantivy::Result<Unit> {
        let unit = self.word_of_text(word, pasted)?;
        let Unit::Required(query, frequency) = unit else {
            return Ok(unit);
        };
        let operation = schema::exact_term("operation", &analyzer::lower(word));
        let operation = Term::from_field_text(self.view.fields.exact, &operation);
        if self.view.alive_frequency(&operation)? == 0 {
            return Ok(Unit::Required(query, frequency));
        }
        let first = ConstScoreQuery::new(
            Box::new(TermQuery::new(operation, IndexRecordOption::Basic)),
            OPERATION_SCORE,
        );
        let query = BooleanQuery::new(vec![(Occur::Must, query), (Occur::Should, Box::new(first))]);
        Ok(Unit::Required(Box::new(query), frequency))
    }

    fn word_of_text(&mut self, word: &str, pasted: bool) -> tantivy::Result<Unit> {
        let lower = analyzer::lower(word);
        let identifier = Term::from_field_text(self.view.fields.identifier, &lower);
        let identified = self.view.alive_frequency(&identifier)?;
        if analyzer::is_identifier(word) && (identified > 0 || pasted) {
            self.matched.insert(lower);
            return Ok(Unit::Required(
                boosted(identifier, IDENTIFIER_BOOST),
                identified,
            ));
        }
        let mut required: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut optional: Vec<Box<dyn Query>> = Vec::new();
        let mut rarest = u64::MAX;
        let mut parts = Words::new(word);
        while let Some(part) = parts.next_word() {
            let source = &word[part.from..part.to];
            if part.kind == WordKind::Pairs {
                let mut terms = Terms::default();
                self.analyzer.analyze(source, Language::Plain, &mut terms);
                for (term, _) in terms.iter() {
                    let (choices, frequency) = self.in_texts(&[term.to_owned()])?;
                    rarest = rarest.min(frequency);
                    required.push((Occur::Must, union(choices)));
                    self.matched.insert(term.to_owned());
                }
                continue;
            }
            let whole = part.to - part.from == word.len();
            match self.plain_word(source, whole.then_some((&identifier, identified)), pasted)? {
                Unit::Required(query, frequency) => {
                    rarest = rarest.min(frequency);
                    required.push((Occur::Must, query));
                }
                Unit::Optional(query) => optional.push(query),
                Unit::Nothing => {}
            }
        }
        Ok(match (required.len(), optional.len()) {
            (0, 0) => Unit::Nothing,
            (0, _) => Unit::Optional(union(optional)),
            (1, _) => match required.pop() {
                Some((_, query)) => Unit::Required(query, rarest),
                None => Unit::Nothing,
            },
            _ => Unit::Required(Box::new(BooleanQuery::new(required)), rarest),
        })
    }

    /// A run of letters or digits.
    fn plain_word(
        &mut self,
        word: &str,
        identifier: Option<(&Term, u64)>,
        pasted: bool,
    ) -> tantivy::Result<Unit> {
        let languages = self.view.languages.clone();
        let lower = analyzer::lower(word);
        let digits = lower.chars().any(char::is_numeric);
        let mut variants = if digits {
            vec![lower.clone()]
        } else {
            self.analyzer.variants(word, &languages)
        };
        let stop = languages
            .iter()
            .any(|language| language.is_stop_word(&lower));
        let (mut choices, mut frequency) = self.in_texts(&variants)?;
        if let Some((term, identified)) = identifier
            && identified > 0
        {
            choices.push(boosted(term.clone(), IDENTIFIER_BOOST));
            frequency += identified;
            variants.push(lower.clone());
        }
        if stop {
            self.matched.extend(variants);
            return Ok(if choices.is_empty() {
                Unit::Nothing
            } else {
                Unit::Optional(union(choices))
            });
        }
        if frequency == 0 && !digits && !pasted {
            let corrections = self.corrections(&variants)?;
            if !corrections.is_empty() {
                self.notes.push(format!(
                    "`{word}` occurs nowhere; looked for {} instead",
                    corrections
                        .iter()
                        .map(|term| format!("`{term}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                ));
                let (corrected, found) = self.in_texts(&corrections)?;
                choices = corrected;
                frequency = found;
                variants = corrections;
            }
        }
        self.matched.extend(variants);
        Ok(Unit::Required(union(choices), frequency))
    }

    /// Queries for those of the terms that occur in a text, and in how many cases at most.
    fn in_texts(&self, terms: &[String]) -> tantivy::Result<(Vec<Box<dyn Query>>, u64)> {
        let mut queries = Vec::new();
        let mut frequency = 0;
        for (field, boost) in self.texts() {
            for text in terms {
                let term = Term::from_field_text(field, text);
                let found = self.view.alive_frequency(&term)?;
                if found > 0 {
                    frequency += found;
                    queries.push(boosted(term, boost));
                }
            }
        }
        Ok((queries, frequency))
    }

    fn texts(&self) -> [(Field, f32); 3] {
        let fields = &self.view.fields;
        [
            (fields.subject, SUBJECT_BOOST),
            (fields.problem, PROBLEM_BOOST),
            (fields.resolution, RESOLUTION_BOOST),
        ]
    }

    /// Terms that a word which occurs nowhere may have meant: one letter wrong, two in long words. The first letter must
    /// be right, which people nearly always type correctly and which bounds the part of the dictionary to compare.
    fn corrections(&self, variants: &[String]) -> tantivy::Result<Vec<String>> {
        let mut found: Vec<(usize, std::cmp::Reverse<u64>, String)> = Vec::new();
        for variant in variants {
            let length = variant.chars().count();
            let Some(first) = variant.chars().next().filter(|_| length >= 4) else {
                continue;
            };
            let most = if length < 8 { 1 } else { 2 };
            for (field, _) in self.texts() {
                let terms = self.view.terms_with_prefix(
                    field,
                    first.encode_utf8(&mut [0; 4]),
                    MOST_COMPARED_TERMS,
                    |term| distance(variant, term, most).is_some(),
                )?;
                for (term, frequency) in terms {
                    let apart = distance(variant, &term, most).unwrap_or(most);
                    if !found.iter().any(|(_, _, known)| *known == term) {
                        found.push((apart, std::cmp::Reverse(frequency), term));
                    }
                }
            }
        }
        found.sort();
        let nearest = found.first().map(|(apart, _, _)| *apart);
        Ok(found
            .into_iter()
            .filter(|(apart, _, _)| Some(*apart) == nearest)
            .take(MOST_CORRECTIONS)
            .map(|(_, _, term)| term)
            .collect())
    }

    fn prefix(&mut self, word: &str) -> tantivy::Result<Unit> {
        let lower = analyzer::lower(word);
        let mut terms: BTreeSet<String> = BTreeSet::new();
        // The stem of a whole word can be shorter than the prefix.
        for variant in self.analyzer.variants(word, &[Language::Plain]) {
            for (field, _) in self.texts() {
                let found =
                    self.view
                        .terms_with_prefix(field, &variant, MOST_PREFIX_TERMS, |_| true)?;
                terms.extend(found.into_keys());
            }
        }
        let languages = self.view.languages.clone();
        terms.extend(self.analyzer.variants(word, &languages));
        let terms: Vec<String> = terms.into_iter().take(MOST_PREFIX_TERMS).collect();
        let (mut choices, mut frequency) = self.in_texts(&terms)?;
        self.matched.extend(terms);
        let identifiers = self.view.terms_with_prefix(
            self.view.fields.identifier,
            &lower,
            MOST_PREFIX_TERMS,
            |_| true,
        )?;
        for (identifier, found) in identifiers {
            let term = Term::from_field_text(self.view.fields.identifier, &identifier);
            choices.push(boosted(term, IDENTIFIER_BOOST));
            frequency += found;
            self.matched.insert(identifier);
        }
        Ok(Unit::Required(union(choices), frequency))
    }

    fn phrase(&mut self, phrase: &str) -> tantivy::Result<Unit> {
        if analyzer::is_identifier(phrase.trim()) {
            return self.word(phrase.trim(), false);
        }
        let mut readings: Vec<Vec<(usize, String)>> = Vec::new();
        let languages = self.view.languages.clone();
        for language in languages {
            let mut terms = Terms::default();
            self.analyzer.analyze(phrase, language, &mut terms);
            let reading: Vec<(usize, String)> = terms
                .iter()
                .map(|(term, span)| (span.position as usize, term.to_owned()))
                .collect();
            if !reading.is_empty() && !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        let mut choices: Vec<Box<dyn Query>> = Vec::new();
        for reading in readings {
            for (field, boost) in self.texts() {
                let terms: Vec<(usize, Term)> = reading
                    .iter()
                    .map(|(position, text)| (*position, Term::from_field_text(field, text)))
                    .collect();
                let query: Box<dyn Query> = match terms.as_slice() {
                    [(_, only)] => {
                        Box::new(TermQuery::new(only.clone(), IndexRecordOption::WithFreqs))
                    }
                    _ => Box::new(PhraseQuery::new_with_offset(terms)),
                };
                choices.push(Box::new(BoostQuery::new(query, boost)));
            }
            self.matched
                .extend(reading.into_iter().map(|(_, term)| term));
        }
        // Long numbers and ids are not in the texts; they must occur somewhere in the case.
        let mut names: Vec<String> = Vec::new();
        analyzer::identifiers(phrase, |name, _, _| names.push(name.to_owned()));
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        if !choices.is_empty() {
            parts.push((Occur::Must, union(choices)));
        }
        for name in names {
            let term = Term::from_field_text(self.view.fields.identifier, &name);
            self.matched.insert(name);
            parts.push((Occur::Must, boosted(term, IDENTIFIER_BOOST)));
        }
        Ok(if parts.is_empty() {
            Unit::Nothing
        } else {
            Unit::Required(conjunction(parts), 1)
        })
    }

    fn exact(&self, terms: &[String]) -> tantivy::Result<Box<dyn Query>> {
        let field = self.view.fields.exact;
        let mut choices: Vec<Box<dyn Query>> = Vec::new();
        let mut add = |text: &str| {
            let term = Term::from_field_text(field, text);
            choices.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        };
        for term in terms {
            match term.strip_suffix('*') {
                Some(prefix) => {
                    for found in self
                        .view
                        .terms_with_prefix(field, prefix, 1_000, |_| true)?
                        .keys()
                    {
                        add(found);
                    }
                }
                None => add(term),
            }
        }
        // A filter says nothing about how well a case fits.
        Ok(Box::new(ConstScoreQuery::new(union(choices), 0.0)))
    }

    fn opened(&self, from: Option<i64>, until: Option<i64>) -> Box<dyn Query> {
        let bound = |moment| Term::from_field_i64(self.view.fields.opened_at, moment);
        let range = RangeQuery::new(
            from.map_or(Bound::Unbounded, |moment| Bound::Included(bound(moment))),
            until.map_or(Bound::Unbounded, |moment| Bound::Excluded(bound(moment))),
        );
        Box::new(ConstScoreQuery::new(Box::new(range), 0.0))
    }
}

fn boosted(term: Term, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
        boost,
    ))
}

fn union(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if queries.len() == 1
        && let Some(only) = queries.pop()
    {
        return only;
    }
    Box::new(BooleanQuery::union(queries))
}

/// All of the clauses. Exclusions alone exclude from everything.
fn conjunction(mut clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((
            Occur::Must,
            Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0)),
        ));
    }
    Box::new(BooleanQuery::new(clauses))
}

fn copies(queries: &[Box<dyn Query>]) -> Vec<Box<dyn Query>> {
    queries.iter().map(|query| query.box_clone()).collect()
}

fn copied(clauses: &[(Occur, Box<dyn Query>)]) -> Vec<(Occur, Box<dyn Query>)> {
    clauses
        .iter()
        .map(|(occur, query)| (*occur, query.box_clone()))
        .collect()
}
