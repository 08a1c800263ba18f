//! From clauses to the engine's query tree.
//!
//! The tree is built by hand: the engine's own parser knows neither our languages nor our identifiers, and answers
//! `(a OR b) AND NOT c` with nothing.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, Query,
    RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::groups::Groups;
use super::parser::{Clause, Parsed};
use crate::analyzer::Analyzer;
use crate::view::View;

/// Words of a query beyond this are left out, the most frequent first.
const MOST_WORDS: usize = 48;
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
pub(super) enum Unit {
    /// Must match; with the number of cases that can.
    Required(Box<dyn Query>, u64),
    /// A stop word in some language: helps, is not demanded.
    Optional(Box<dyn Query>),
    /// Nothing to look for.
    Nothing,
}

pub(crate) struct Compiler<'a> {
    pub(super) view: &'a View,
    pub(super) analyzer: &'a mut Analyzer,
    pub(super) matched: BTreeSet<String>,
    pub(super) notes: Vec<String>,
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
        let mut speechless: Vec<&str> = Vec::new();
        for clause in &parsed.clauses {
            if clause.is_text() {
                // A pasted log repeats itself.
                if let Clause::Word(word) = clause
                    && !seen.insert(word.to_lowercase())
                {
                    continue;
                }
                for unit in self.text(clause, parsed.pasted)? {
                    match unit {
                        Unit::Required(query, frequency) => required.push((frequency, query)),
                        Unit::Optional(query) => optional.push(query),
                        Unit::Nothing => speechless.extend(clause.words()),
                    }
                }
            } else if let Clause::Not(inner) = clause {
                match self.one(inner)? {
                    Some(query) => filters.push((Occur::MustNot, query)),
                    None => self
                        .notes
                        .push("what is too short or too common cannot be left out".to_owned()),
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
        let hopeless =
            required.is_empty() && filters.is_empty() && (speaks || !speechless.is_empty());
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
    pub(super) fn one(&mut self, clause: &Clause) -> tantivy::Result<Option<Box<dyn Query>>> {
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
                let mut parts = Vec::new();
                for unit in self.text(clause, false)? {
                    if let Unit::Required(query, _) = unit {
                        parts.push((Occur::Must, query));
                    }
                }
                (!parts.is_empty()).then(|| conjunction(parts))
            }
        })
    }

    /// What is looked for of a clause about the text, each part apart: it may be missing as a word may.
    fn text(&mut self, clause: &Clause, pasted: bool) -> tantivy::Result<Vec<Unit>> {
        Ok(match clause {
            Clause::Word(word) => self.words(word, pasted)?,
            Clause::Prefix(word) => vec![self.prefix(word)?],
            Clause::Phrase(phrase) => vec![self.phrase(phrase)?],
            _ => vec![match self.one(clause)? {
                Some(query) => Unit::Required(query, 1),
                None => Unit::Nothing,
            }],
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
pub(super) fn all_beginning(field: Field, prefix: &str) -> Box<dyn Query> {
    let last = format!("{prefix}{}", char::MAX);
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(field, prefix)),
        Bound::Excluded(Term::from_field_text(field, &last)),
    ))
}

pub(super) fn boosted(term: Term, boost: f32) -> Box<dyn Query> {
    Box::new(Groups(vec![vec![(term, boost)]]))
}

pub(super) fn union(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if queries.len() == 1
        && let Some(only) = queries.pop()
    {
        return only;
    }
    let mut terms = Vec::new();
    for query in &queries {
        match query.downcast_ref::<Groups>().map(|groups| &*groups.0) {
            Some([group]) => terms.extend(group.iter().cloned()),
            _ => return Box::new(BooleanQuery::union(queries)),
        }
    }
    Box::new(Groups(vec![terms]))
}

/// All of the clauses. Exclusions alone exclude from everything.
pub(super) fn conjunction(clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    let mut groups = Vec::new();
    let mut rest: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for (occur, query) in clauses {
        match query.downcast_ref::<Groups>() {
            Some(more) if occur == Occur::Must => groups.extend(more.0.iter().cloned()),
            _ => rest.push((occur, query)),
        }
    }
    let mut clauses = rest;
    if !groups.is_empty() {
        let words = Box::new(Groups(groups));
        if clauses.is_empty() {
            return words;
        }
        clauses.push((Occur::Must, words));
    }
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
