//! Scoring every case that shares a term with the request, and choosing the best.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, SegmentReader};

use super::terms::{QueryTerms, TermList};
use super::{SimilarRequest, weights};
use crate::analyzer;
use crate::schema::{self, STATE_HAS_RESOLUTION, STATE_RESOLVED};
use crate::view::{SegmentColumns, View};

/// A case with its score.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) id: u64,
    pub(crate) address: DocAddress,
    pub(crate) score: f32,
}

/// The order of candidates. Scores are compared in steps of one millionth, because sums of the same parts in another
/// order differ in the last digit; then the smaller id wins.
impl Candidate {
    fn key(&self) -> (i64, Reverse<u64>) {
        ((self.score * 1e6).round() as i64, Reverse(self.id))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// Scores of one segment: one number for each case and list.
struct SegmentScores {
    lists: Vec<Vec<f32>>,
    identity: Vec<f32>,
}

pub(crate) fn rank(
    view: &View,
    request: &SimilarRequest,
    query: &QueryTerms,
) -> tantivy::Result<Vec<Candidate>> {
    let mut best: BinaryHeap<Reverse<Candidate>> = BinaryHeap::with_capacity(request.limit + 1);
    if request.limit == 0 {
        return Ok(Vec::new());
    }
    for (ordinal, segment) in view.searcher.segment_readers().iter().enumerate() {
        let scores = score_segment(view, segment, query)?;
        let columns = SegmentColumns::open(segment)?;
        let desk = match &request.desk {
            Some(desk) => Some(documents_of_desk(view, segment, desk)?),
            None => None,
        };
        for document in 0..segment.max_doc() {
            let score = fused(&scores, document as usize, query);
            if score <= 0.0
                || segment
                    .alive_bitset()
                    .is_some_and(|alive| !alive.is_alive(document))
            {
                continue;
            }
            if desk.as_ref().is_some_and(|desk| !desk[document as usize]) {
                continue;
            }
            let state = columns.state.first(document).unwrap_or_default();
            if request.resolved_only && state & STATE_RESOLVED == 0 {
                continue;
            }
            let opened_at = columns.opened_at.first(document).unwrap_or_default();
            if request.before.is_some_and(|before| opened_at >= before) {
                continue;
            }
            let id = columns.id.first(document).unwrap_or_default();
            if request.exclude_id == Some(id) {
                continue;
            }
            let quality = if state & STATE_HAS_RESOLUTION == 0 {
                weights::NO_RESOLUTION
            } else {
                1.0
            };
            let candidate = Candidate {
                id,
                address: DocAddress::new(ordinal as u32, document),
                score: score * quality,
            };
            if best.len() < request.limit {
                best.push(Reverse(candidate));
            } else if best.peek().is_some_and(|worst| candidate > worst.0) {
                best.pop();
                best.push(Reverse(candidate));
            }
        }
    }
    let mut ranked: Vec<Candidate> = best
        .into_iter()
        .map(|Reverse(candidate)| candidate)
        .collect();
    ranked.sort_by(|left, right| right.cmp(left));
    for candidate in &mut ranked {
        candidate.score = 1.0 - (-1.5 * candidate.score).exp();
    }
    Ok(ranked)
}

/// Brings the lists to one scale and sums them.
fn fused(scores: &SegmentScores, document: usize, query: &QueryTerms) -> f32 {
    let mut sum = 0.0;
    for (index, list) in query.lists.iter().enumerate() {
        let weight = weights::LISTS
            .get(index)
            .map_or(weights::IDENTIFIER_WEIGHT, |list| list.weight);
        if list.total > 0.0 {
            sum += weight * scores.lists[index][document] / list.total;
        }
    }
    if query.identity_total > 0.0 {
        let share = scores.identity[document] / query.identity_total;
        let known = (query.identity_total / weights::FULL_IDENTITY).min(1.0);
        sum += weights::IDENTITY_WEIGHT * known * share;
    }
    sum
}

fn score_segment(
    view: &View,
    segment: &SegmentReader,
    query: &QueryTerms,
) -> tantivy::Result<SegmentScores> {
    let size = segment.max_doc() as usize;
    let mut lists = Vec::with_capacity(query.lists.len());
    for list in &query.lists {
        let mut scores = vec![0.0; size];
        if list.field == view.fields.identifier {
            add_presence(segment, list, &mut scores)?;
        } else {
            add_bm25(view, segment, list, &mut scores)?;
        }
        lists.push(scores);
    }
    let mut identity = vec![0.0; size];
    // Of several values of one key only the rarest that matches counts.
    let mut counted = vec![0u8; size];
    let mut mark = 0u8;
    let mut key = "";
    for fact in &query.identity {
        if fact.key != key {
            key = &fact.key;
            mark = mark.wrapping_add(1);
        }
        let inverted = segment.inverted_index(view.fields.exact)?;
        let Some(mut postings) =
            inverted.read_block_postings(&fact.term, IndexRecordOption::Basic)?
        else {
            continue;
        };
        while postings.block_len() > 0 {
            for &document in postings.docs() {
                let document = document as usize;
                if counted[document] != mark {
                    counted[document] = mark;
                    identity[document] += fact.weight;
                }
            }
            postings.advance();
        }
    }
    Ok(SegmentScores { lists, identity })
}

fn add_bm25(
    view: &View,
    segment: &SegmentReader,
    list: &TermList,
    scores: &mut [f32],
) -> tantivy::Result<()> {
    let norms = segment.get_fieldnorms_reader(list.field)?;
    let average = view.average_length(list.field);
    let mut length_share = [0.0f32; 256];
    for (id, share) in (0..=255u8).zip(&mut length_share) {
        let length = FieldNormReader::id_to_fieldnorm(id) as f32;
        *share = weights::K1 * (1.0 - weights::B + weights::B * length / average);
    }
    let inverted = segment.inverted_index(list.field)?;
    for weighted in &list.terms {
        let Some(mut postings) =
            inverted.read_block_postings(&weighted.term, IndexRecordOption::WithFreqs)?
        else {
            continue;
        };
        while postings.block_len() > 0 {
            for (&document, &frequency) in postings.docs().iter().zip(postings.freqs()) {
                let frequency = frequency as f32;
                let share = length_share[usize::from(norms.fieldnorm_id(document))];
                scores[document as usize] += weighted.weight * frequency / (frequency + share);
            }
            postings.advance();
        }
    }
    Ok(())
}

fn add_presence(
    segment: &SegmentReader,
    list: &TermList,
    scores: &mut [f32],
) -> tantivy::Result<()> {
    let inverted = segment.inverted_index(list.field)?;
    for weighted in &list.terms {
        let Some(mut postings) =
            inverted.read_block_postings(&weighted.term, IndexRecordOption::Basic)?
        else {
            continue;
        };
        while postings.block_len() > 0 {
            for &document in postings.docs() {
                scores[document as usize] += weighted.weight;
            }
            postings.advance();
        }
    }
    Ok(())
}

fn documents_of_desk(
    view: &View,
    segment: &SegmentReader,
    desk: &str,
) -> tantivy::Result<Vec<bool>> {
    let mut documents = vec![false; segment.max_doc() as usize];
    let text = schema::exact_term("desk", &analyzer::lower(desk));
    let term = tantivy::Term::from_field_text(view.fields.exact, &text);
    let inverted = segment.inverted_index(view.fields.exact)?;
    if let Some(mut postings) = inverted.read_block_postings(&term, IndexRecordOption::Basic)? {
        while postings.block_len() > 0 {
            for &document in postings.docs() {
                documents[document as usize] = true;
            }
            postings.advance();
        }
    }
    Ok(documents)
}
