//! Words, names, prefixes and phrases: which terms of the index they stand for.

use std::collections::BTreeSet;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::compile::{Compiler, Unit, all_beginning, boosted, conjunction, union};
use super::corrections::{compounds, corrections, has_compounds, near_names};
use super::parser::trimmed;
use crate::analyzer::{self, Language, Terms, WordKind, Words};
use crate::schema;

/// Weights of the texts in a search by words.
const SUBJECT_BOOST: f32 = 2.5;
const PROBLEM_BOOST: f32 = 1.0;
const RESOLUTION_BOOST: f32 = 1.5;
const IDENTIFIER_BOOST: f32 = 2.0;
/// Added for a case about the operation that a word names: more than words can bring.
const OPERATION_SCORE: f32 = 100.0;

/// Terms that a prefix stands for and that are ranked by how rare they are; of more, each counts the same.
const MOST_PREFIX_TERMS: usize = 64;

impl Compiler<'_> {
    /// What was written without a space: a word, or words of a script that puts none between them, and names among these.
    pub(super) fn words(&mut self, text: &str, pasted: bool) -> tantivy::Result<Vec<Unit>> {
        let mut units = Vec::new();
        let mut from = 0;
        let mut parts = Words::new(text);
        while let Some(part) = parts.next_word() {
            if part.kind == WordKind::Pairs {
                if let Some(word) = trimmed(&text[from..part.from]) {
                    units.push(self.word(word, pasted)?);
                }
                self.pairs(&text[part.from..part.to], &mut units)?;
                from = part.to;
            }
        }
        if let Some(word) = trimmed(&text[from..]) {
            units.push(self.word(word, pasted)?);
        }
        Ok(units)
    }

    /// The pairs of a run of characters of such a script, or what begins with its only one.
    fn pairs(&mut self, run: &str, units: &mut Vec<Unit>) -> tantivy::Result<()> {
        if run.chars().nth(1).is_none() {
            let (choices, frequency) = self.beginning(run)?;
            units.push(Unit::Required(union(choices), frequency));
            return Ok(());
        }
        let mut terms = Terms::default();
        self.analyzer.analyze(run, Language::Plain, &mut terms);
        let mut pairs = Vec::new();
        for (term, _) in terms.iter() {
            pairs.push(self.in_texts(&[term.to_owned()])?);
            self.matched.insert(term.to_owned());
        }
        let found: Vec<bool> = pairs.iter().map(|(_, frequency)| *frequency > 0).collect();
        for (place, (choices, frequency)) in pairs.into_iter().enumerate() {
            // Beside one that is found it may be the end of one word and the beginning of the next.
            let across = place > 0 && found[place - 1] || found.get(place + 1) == Some(&true);
            if frequency > 0 || !across {
                units.push(Unit::Required(union(choices), frequency));
            }
        }
        Ok(())
    }

    /// A word. Where it is the name of an operation, cases about that operation come first.
    pub(super) fn word(&mut self, word: &str, pasted: bool) -> tantivy::Result<Unit> {
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
        let named = analyzer::is_identifier(word);
        if named {
            let unit = self.identifier(word, &lower, identifier.clone(), identified)?;
            let nowhere = matches!(unit, Unit::Required(_, 0));
            if !nowhere || !is_joined_word(word) {
                if nowhere && !pasted {
                    let near = near_names(self.view, &lower)?;
                    if !near.is_empty() {
                        self.notes.push(format!(
                            "`{word}` stands nowhere, and names are not corrected; did you mean `{}`?",
                            near.join("` or `")
                        ));
                    }
                }
                return Ok(unit);
            }
        }
        let mut required: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut optional: Vec<Box<dyn Query>> = Vec::new();
        let mut rarest = u64::MAX;
        let mut parts = Words::new(word);
        while let Some(part) = parts.next_word() {
            let source = &word[part.from..part.to];
            let whole = part.to - part.from == word.len();
            if !whole && source.len() == 1 && !source.as_bytes()[0].is_ascii_digit() {
                // The `x` of `x-amz-date` is in no text as a word.
                continue;
            }
            let identifier = whole.then_some((&identifier, identified));
            match self.plain_word(source, identifier, pasted || named)? {
                Unit::Required(query, frequency) => {
                    rarest = rarest.min(frequency);
                    required.push((Occur::Must, query));
                }
                Unit::Optional(query) => optional.push(query),
                Unit::Nothing => {}
            }
        }
        if named && !pasted && rarest > 0 {
            self.notes.push(format!(
                "`{word}` stands nowhere as written; looked for its parts"
            ));
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

    /// A name or number: as it is, never corrected. One that occurs nowhere may hold names that do: the path of an address,
    /// say.
    fn identifier(
        &mut self,
        word: &str,
        lower: &str,
        term: Term,
        identified: u64,
    ) -> tantivy::Result<Unit> {
        let mut spellings = vec![lower.to_owned()];
        if word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            // `WooCommerce` is a word to somebody else, and the texts hold its stem. The stem of `cancelReports` is a name.
            for stem in self.analyzer.variants(word, &self.view.languages) {
                let name = Term::from_field_text(self.view.fields.identifier, &stem);
                if stem != lower && self.view.alive_frequency(&name)? == 0 {
                    spellings.push(stem);
                }
            }
        }
        let (mut choices, mut frequency) = self.in_texts(&spellings)?;
        if identified > 0 {
            choices.push(boosted(term, IDENTIFIER_BOOST));
            frequency += identified;
        }
        self.matched.extend(spellings);
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
        let mut terms = BTreeSet::new();
        let mut frequency = 0;
        self.view
            .each_term(field, prefix, MOST_PREFIX_TERMS + 1, |term, cases| {
                terms.insert(term.to_owned());
                frequency += cases;
            })?;
        if terms.len() > MOST_PREFIX_TERMS {
            self.matched.extend(terms);
            let any = BoostQuery::new(all_beginning(field, prefix), boost);
            return Ok((vec![Box::new(any)], u64::MAX >> 8));
        }
        let mut choices = Vec::new();
        for term in terms {
            choices.push(boosted(Term::from_field_text(field, &term), boost));
            self.matched.insert(term);
        }
        Ok((choices, frequency))
    }

    /// A run of letters or digits, `as_written` where nothing is looked for instead of it.
    fn plain_word(
        &mut self,
        word: &str,
        identifier: Option<(&Term, u64)>,
        as_written: bool,
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
        if frequency == 0 && !digits && !as_written {
            let joining: Vec<Language> = languages
                .into_iter()
                .filter(|language| has_compounds(*language))
                .collect();
            let stems = self.analyzer.variants(word, &joining);
            let mut instead = compounds(self.view, &stems)?;
            if !instead.is_empty() {
                self.notes
                    .push(format!("`{word}` stands only within longer words"));
            } else {
                instead = corrections(self.view, &lower, &variants)?;
                if !instead.is_empty() {
                    self.notes.push(format!(
                        "`{word}` occurs nowhere; looked for `{}` instead",
                        instead.join("`, `")
                    ));
                }
            }
            if !instead.is_empty() {
                (choices, frequency) = self.in_texts(&instead)?;
                variants = instead;
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
        let [subject, problem, resolution] = self.view.fields.texts();
        [
            (subject, SUBJECT_BOOST),
            (problem, PROBLEM_BOOST),
            (resolution, RESOLUTION_BOOST),
        ]
    }

    pub(super) fn prefix(&mut self, word: &str) -> tantivy::Result<Unit> {
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

    pub(super) fn phrase(&mut self, phrase: &str) -> tantivy::Result<Unit> {
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
}

/// `429-Fehler`, `HTTP/2`: a word and a number, which stand apart in other texts. Not an id, a date, a path or a name.
fn is_joined_word(text: &str) -> bool {
    let words = || {
        text.split(['-', '/'])
            .filter(|part| part.bytes().all(|byte| byte.is_ascii_alphabetic()))
    };
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/'))
        && text.contains(['-', '/'])
        && text.matches('/').count() < 2
        && words().any(|word| word.len() > 1)
        && !words().any(analyzer::is_identifier)
}
