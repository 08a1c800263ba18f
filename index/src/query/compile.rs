//! From clauses to the engine's query tree.
//!
//! The tree is built by hand: the engine's own parser knows neither our languages nor our identifiers, and answers
//! `(a OR b) AND NOT c` with nothing.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery,
    Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::corrections::corrections;
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
/// Terms that a prefix stands for and that are ranked by how rare they are; of more, each counts the same.
const MOST_PREFIX_TERMS: usize = 64;
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
    analyzer: Analyzer,
    matched: BTreeSet<String>,
    notes: Vec<String>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(view: &'a View) -> Self {
        Compiler {
            view,
            analyzer: Analyzer::default(),
            matched: BTreeSet::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn compile(mut self, parsed: &Parsed) -> tantivy::Result<Compiled> {
        let mut filters: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut required: Vec<(u64, Box<dyn Query>)> = Vec::new();
        let mut optional: Vec<Box<dyn Query>> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut speechless: Vec<&str> = Vec::new();
        for clause in &parsed.clauses {
            if clause.is_text() {
                // A pasted log repeats itself.
                if let Clause::Word(word) = clause
                    && !seen.insert(word.to_lowercase())
                {
                    continue;
                }
                if let Clause::Word(word) = clause
                    && let Some(pairs) = self.pairs(word)?
                {
                    // Words without spaces between them: each pair may be missing as a word may.
                    required.extend(pairs);
                    continue;
                }
                match self.text(clause, parsed.pasted)? {
                    Unit::Required(query, frequency) => required.push((frequency, query)),
                    Unit::Optional(query) => optional.push(query),
                    Unit::Nothing => {
                        if let Clause::Word(word) | Clause::Prefix(word) = clause {
                            speechless.push(word);
                        }
                    }
                }
            } else if let Clause::Not(inner) = clause {
                match self.one(inner)? {
                    Some(query) => filters.push((Occur::MustNot, query)),
                    None => self
                        .notes
                        .push("a word that stands everywhere cannot be left out".to_owned()),
                }
            } else if let Some(query) = self.one(clause)? {
                filters.push((Occur::Must, query));
            }
        }
        let speaks = !required.is_empty() || !optional.is_empty();
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
        // Words were given and none can be looked for: that is not the same as no words.
        let hopeless = required.is_empty()
            && (speaks && filters.is_empty() || !speechless.is_empty() && filters.is_empty());
        if !speechless.is_empty() && !speaks {
            self.notes.push(format!(
                "`{}` is too short or too common to be looked for",
                speechless.join("`, `")
            ));
        }
        if hopeless {
            required.push((0, Box::new(EmptyQuery)));
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

    /// A clause below the top, where nothing is optional. None for stop words: they neither choose nor exclude.
    fn one(&mut self, clause: &Clause) -> tantivy::Result<Option<Box<dyn Query>>> {
        Ok(match clause {
            Clause::Exact(terms) => Some(self.exact(terms)),
            Clause::Opened { from, until } => Some(self.opened(*from, *until)),
            Clause::Not(inner) => self
                .one(inner)?
                .map(|inner| conjunction(vec![(Occur::MustNot, inner)])),
            Clause::All(clauses) => {
                let mut parts = Vec::new();
                for clause in clauses {
                    let (occur, clause) = match clause {
                        Clause::Not(inner) => (Occur::MustNot, &**inner),
                        _ => (Occur::Must, clause),
                    };
                    parts.extend(self.one(clause)?.map(|query| (occur, query)));
                }
                (!parts.is_empty()).then(|| conjunction(parts))
            }
            Clause::Any(clauses) => {
                let mut choices = Vec::new();
                for clause in clauses {
                    choices.extend(self.one(clause)?);
                }
                (!choices.is_empty()).then(|| union(choices))
            }
            Clause::Word(_) | Clause::Prefix(_) | Clause::Phrase(_) => {
                match self.text(clause, false)? {
                    Unit::Required(query, _) => Some(query),
                    Unit::Optional(_) | Unit::Nothing => None,
                }
            }
        })
    }

    /// The pairs of a run of characters that stand without spaces, where a word is more than one of them: each to be
    /// looked for alone, with the number of cases that can match.
    #[expect(clippy::type_complexity, reason = "a list of units, used once")]
    fn pairs(&mut self, word: &str) -> tantivy::Result<Option<Vec<(u64, Box<dyn Query>)>>> {
        let mut parts = Words::new(word);
        let whole = parts
            .next_word()
            .is_some_and(|part| part.kind == WordKind::Pairs && part.to - part.from == word.len());
        if !whole {
            return Ok(None);
        }
        let mut terms = Terms::default();
        self.analyzer.analyze(word, Language::Plain, &mut terms);
        if terms.iter().count() < 2 {
            return Ok(None);
        }
        let mut units = Vec::new();
        for (term, _) in terms.iter() {
            let (choices, frequency) = self.in_texts(&[term.to_owned()])?;
            units.push((frequency, union(choices)));
            self.matched.insert(term.to_owned());
        }
        // Pairs across two words may stand nowhere.
        if units.iter().any(|(frequency, _)| *frequency > 0) {
            units.retain(|(frequency, _)| *frequency > 0);
        }
        Ok(Some(units))
    }

    fn text(&mut self, clause: &Clause, pasted: bool) -> tantivy::Result<Unit> {
        Ok(match clause {
            Clause::Word(word) => self.word(word, pasted)?,
            Clause::Prefix(word) => self.prefix(word)?,
            Clause::Phrase(phrase) => self.phrase(phrase)?,
            _ => match self.one(clause)? {
                Some(query) => Unit::Required(query, 1),
                None => Unit::Nothing,
            },
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
        if analyzer::is_identifier(word) {
            return self.identifier(word, &lower, identifier, identified);
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
                let mut single = source.chars();
                if let (Some(first), None) = (single.next(), single.next()) {
                    let (choices, frequency) = self.beginning(&first.to_string())?;
                    rarest = rarest.min(frequency);
                    required.push((Occur::Must, union(choices)));
                    continue;
                }
                for (term, _) in terms.iter() {
                    let (choices, frequency) = self.in_texts(&[term.to_owned()])?;
                    rarest = rarest.min(frequency);
                    required.push((Occur::Must, union(choices)));
                    self.matched.insert(term.to_owned());
                }
                continue;
            }
            let whole = part.to - part.from == word.len();
            if !whole && source.len() == 1 && !source.as_bytes()[0].is_ascii_digit() {
                // The `x` of `x-amz-date` is in no text as a word.
                continue;
            }
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

    /// A name or number: as it is, never corrected or stemmed. One that occurs nowhere may hold names that do: the path of
    /// an address, say.
    fn identifier(
        &mut self,
        word: &str,
        lower: &str,
        term: Term,
        identified: u64,
    ) -> tantivy::Result<Unit> {
        let (mut choices, mut frequency) = self.in_texts(&[lower.to_owned()])?;
        if identified > 0 {
            choices.push(boosted(term, IDENTIFIER_BOOST));
            frequency += identified;
        }
        self.matched.insert(lower.to_owned());
        if frequency == 0 {
            let mut names: BTreeSet<String> = BTreeSet::new();
            analyzer::identifiers(word, |name, _, _| {
                names.insert(name.to_owned());
            });
            let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
            let mut rarest = u64::MAX;
            for name in names {
                let term = Term::from_field_text(self.view.fields.identifier, &name);
                let found = self.view.alive_frequency(&term)?;
                if found > 0 {
                    rarest = rarest.min(found);
                    parts.push((Occur::Must, boosted(term, IDENTIFIER_BOOST)));
                    self.matched.insert(name);
                }
            }
            if !parts.is_empty() {
                return Ok(Unit::Required(conjunction(parts), rarest));
            }
        }
        Ok(Unit::Required(union(choices), frequency))
    }

    /// Queries for terms of the texts that begin so, and how many cases they can match at most.
    fn beginning(&mut self, prefix: &str) -> tantivy::Result<(Vec<Box<dyn Query>>, u64)> {
        let mut choices: Vec<Box<dyn Query>> = Vec::new();
        let mut frequency = 0;
        for (field, boost) in self.texts() {
            let (found, cases) = self.terms_beginning(field, prefix, boost)?;
            choices.extend(found);
            frequency += cases;
        }
        Ok((choices, frequency))
    }

    fn terms_beginning(
        &mut self,
        field: Field,
        prefix: &str,
        boost: f32,
    ) -> tantivy::Result<(Vec<Box<dyn Query>>, u64)> {
        let terms = self
            .view
            .terms_with_prefix(field, prefix, MOST_PREFIX_TERMS + 1, |_| true)?;
        let frequency = terms.values().sum();
        if terms.len() > MOST_PREFIX_TERMS {
            self.matched.extend(terms.into_keys());
            let any = BoostQuery::new(all_beginning(field, prefix), boost);
            return Ok((vec![Box::new(any)], u64::MAX >> 8));
        }
        let mut choices = Vec::new();
        for term in terms.into_keys() {
            choices.push(boosted(Term::from_field_text(field, &term), boost));
            self.matched.insert(term);
        }
        Ok((choices, frequency))
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
            let corrections = corrections(self.view, &lower, &variants)?;
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

    fn prefix(&mut self, word: &str) -> tantivy::Result<Unit> {
        let lower = analyzer::lower(word);
        let mut choices: Vec<Box<dyn Query>> = Vec::new();
        let mut frequency = 0_u64;
        for variant in self.analyzer.variants(word, &[Language::Plain]) {
            let (found, cases) = self.beginning(&variant)?;
            choices.extend(found);
            frequency = frequency.saturating_add(cases);
        }
        // The stem of a whole word can be shorter than the prefix.
        let languages = self.view.languages.clone();
        let stems: Vec<String> = self
            .analyzer
            .variants(word, &languages)
            .into_iter()
            .filter(|stem| !stem.starts_with(&lower))
            .collect();
        let (found, cases) = self.in_texts(&stems)?;
        choices.extend(found);
        self.matched.extend(stems);
        let field = self.view.fields.identifier;
        let (identifiers, named) = self.terms_beginning(field, &lower, IDENTIFIER_BOOST)?;
        choices.extend(identifiers);
        let frequency = frequency.saturating_add(cases).saturating_add(named);
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

    fn exact(&self, terms: &[String]) -> Box<dyn Query> {
        let field = self.view.fields.exact;
        let mut choices: Vec<Box<dyn Query>> = Vec::new();
        for term in terms {
            choices.push(match term.strip_suffix('*') {
                Some(prefix) => all_beginning(field, prefix),
                None => {
                    let term = Term::from_field_text(field, term);
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
                }
            });
        }
        // A filter says nothing about how well a case fits.
        Box::new(ConstScoreQuery::new(union(choices), 0.0))
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

/// Cases with any term that begins so, however many terms that are.
fn all_beginning(field: Field, prefix: &str) -> Box<dyn Query> {
    let last = format!("{prefix}{}", char::MAX);
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(field, prefix)),
        Bound::Excluded(Term::from_field_text(field, &last)),
    ))
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
