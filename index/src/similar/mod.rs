//! Solved cases similar to a new one: identity first, words second.
//!
//! 1. The request becomes [query terms](terms): the rarest words of its subject and text, its identifiers, its facts.
//! 2. Every term adds its BM25 share to the cases that hold it, apart for each [list](score): exhaustive, term by term,
//!    because pruning is slower for this many terms and scores of whole lists are wanted.
//! 3. The lists are brought to one scale and summed, see [`weights`].
//! 4. Where there are sentence vectors, the best are compared with the request sentence by sentence.
//! 5. They are loaded, and what they share with the request becomes their [reasons](reasons).

mod duplicates;
mod nearness;
mod probability;
mod reasons;
mod score;
mod terms;
mod weights;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::IndexError;
use crate::index::Index;
use crate::integrity::{Opening, guarded};
use crate::vectors::{self, QueryVector};
use crate::view::View;

use nearness::Nearness;
pub use reasons::Reason;

/// A new case, as far as it is known, to find solved ones for.
#[derive(Debug, Clone, Default)]
pub struct SimilarRequest {
    /// Subject without reply prefixes.
    pub subject: String,
    /// The sender's own words.
    pub problem: String,
    /// ISO 639-1 code of the text, empty when unknown.
    pub language: String,
    /// Facts by field name; see [`CaseDocument::fields`](crate::CaseDocument::fields).
    pub fields: BTreeMap<String, Vec<String>>,
    /// The issue type, where it is known.
    pub issue_type: Option<String>,
    /// Only cases of this desk.
    pub desk: Option<String>,
    /// A case never to return, usually the one the request was made of.
    pub exclude_id: Option<u64>,
    /// Only cases opened before this moment, in seconds since 1970-01-01 UTC.
    pub before: Option<i64>,
    /// Only cases whose status is `resolved` and that have a resolution text, and only those that fit at least a little.
    pub resolved_only: bool,
    /// Most cases to return.
    pub limit: usize,
    /// Groups of single words that mean the same, in any language: a case that has another word of a group counts as if it had
    /// half of the request's. Used where there are no sentence vectors, which know better.
    pub concepts: Vec<Vec<String>>,
}

/// A solved case that may answer the request.
#[derive(Debug, Clone, PartialEq)]
pub struct Precedent {
    /// The case id.
    pub id: u64,
    /// Its number.
    pub number: String,
    /// How well it fits, 0 to 1. Comparable between requests.
    pub score: f32,
    /// How sure it is that its resolution answers the request, 0 to 1: of those said to be 0.9, nine in ten do.
    pub probability: f32,
    /// Language of its text.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// What solved it, whole up to some 4,000 bytes; empty where nobody wrote it down.
    pub resolution: String,
    /// The code of the resolution.
    pub resolution_code: Option<String>,
    /// When it was resolved, in seconds since 1970-01-01 UTC.
    pub resolved_at: Option<i64>,
    /// When it was opened, in seconds since 1970-01-01 UTC.
    pub opened_at: i64,
    /// Numbers of cases that fit as well and were closed as duplicates of this one.
    pub duplicates: Vec<String>,
    /// Why it was found, the strongest reason first.
    pub reasons: Vec<Reason>,
    /// What the score was made of.
    pub signals: Signals,
}

/// What a score was made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// Share of the request's facts that the case has, by their weight, 0 to 1; below 0 where it has others instead.
    pub facts: f32,
    /// How far its words are those of the request, 0 to 1, rarely more.
    pub words: f32,
    /// Cosine of the sentence vectors, -1 to 1; None where there are none.
    pub nearness: Option<f32>,
}

impl Index {
    /// The solved cases most similar to a request, best first. Equal scores are ordered by id, so that the same index and
    /// request always give the same answer.
    ///
    /// # Errors
    /// Only where the index cannot be read.
    pub fn similar(&self, request: &SimilarRequest) -> Result<Vec<Precedent>, IndexError> {
        guarded(
            || self.alike(request),
            |reason| Opening::Damaged(reason).explain(self.directory()),
        )
    }

    fn alike(&self, request: &SimilarRequest) -> Result<Vec<Precedent>, IndexError> {
        let view = self.view();
        let meaning = self.meaning(request, &view);
        let nearness = Nearness::new(&view, meaning.as_ref());
        let mut analyzer = self.analyzers.take();
        let query = terms::QueryTerms::new(request, &view, nearness.is_known(), &mut analyzer)?;
        let mut sheet = self.sheets.take();
        let ranked = score::rank(&view, request, &query, &nearness, &mut sheet)?;
        self.sheets.give_back(sheet);
        let mut precedents: Vec<Precedent> = Vec::with_capacity(ranked.len().min(request.limit));
        // One for each answer: a duplicate is no other answer, and makes none less likely.
        let mut answers: Vec<score::Candidate> = Vec::with_capacity(ranked.len());
        let mut shared: Vec<f32> = Vec::new();
        let mut seen = BTreeSet::new();
        // What is not shown is read only where it may stand for another case.
        let not_shown = ranked.iter().skip(request.limit);
        let not_shown = not_shown.map(|candidate| candidate.address).collect();
        let closed = duplicates::closed_as_one(&view, not_shown)?;
        for candidate in ranked {
            if precedents.len() == request.limit && !closed.contains(&candidate.address) {
                if seen.insert(candidate.id) {
                    answers.push(candidate);
                }
                continue;
            }
            let mut case = view.stored(candidate.address)?;
            let mut duplicates = Vec::new();
            let mut found = None;
            if let Some(root) = duplicates::root(&view, &case)?
                && Some(root.id) != request.exclude_id
                && request.before.is_none_or(|before| root.opened_at < before)
            {
                let duplicate = std::mem::replace(&mut case, root);
                duplicates.push(duplicate.number.clone());
                found = Some(duplicate);
            }
            if !seen.insert(case.id) {
                if let Some(known) = precedents.iter_mut().find(|known| known.id == case.id) {
                    known.duplicates.append(&mut duplicates);
                }
                continue;
            }
            answers.push(candidate);
            if precedents.len() == request.limit {
                // A duplicate further down belongs to one above, but nothing new is shown.
                continue;
            }
            // Score and signals are those of the case that was found, and so are the reasons.
            let of = found.as_ref().unwrap_or(&case);
            let (mut reasons, weight) = reasons::of(&mut analyzer, request, &query, of, &candidate);
            shared.push(weight / query.rarest);
            reasons.extend(found.map(|duplicate| Reason::Duplicate {
                number: duplicate.number,
            }));
            precedents.push(Precedent {
                id: case.id,
                number: case.number,
                score: candidate.score,
                probability: 0.0,
                language: case.language,
                subject: case.subject,
                resolution: case.resolution,
                resolution_code: case.resolution_code,
                resolved_at: case.resolved_at,
                opened_at: case.opened_at,
                duplicates,
                reasons,
                signals: Signals {
                    facts: candidate.facts,
                    words: candidate.words,
                    nearness: Some(candidate.cosine).filter(|cosine| *cosine != 0.0),
                },
            });
        }
        self.analyzers.give_back(analyzer);
        probability::judge(&mut answers, nearness.is_known());
        for ((precedent, answer), shared) in precedents.iter_mut().zip(&answers).zip(shared) {
            precedent.probability = answer.probability;
            // Vectors know how near two texts are that share no word.
            if !nearness.is_known() {
                precedent.probability *= probability::belief(shared, answer.facts, query.told);
            }
        }
        Ok(precedents)
    }

    /// The vector of the request, where cases have vectors to compare it with.
    fn meaning(&self, request: &SimilarRequest, view: &View) -> Option<QueryVector> {
        let vectors = self.vectors.as_ref().filter(|_| view.vectors.is_some())?;
        let passage = vectors::passage(&request.subject, &request.problem);
        let vectors = vectors::encode(&vectors.encoder, &[passage]).pop()?;
        Some(QueryVector::new(vectors))
    }
}
