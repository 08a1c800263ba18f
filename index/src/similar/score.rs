//! Scoring every case that shares a term with the request, and choosing the best.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, InvertedIndexReader, SegmentReader, Term};

use super::nearness::{self, Nearness};
use super::terms::{QueryTerms, TermList};
use super::{SimilarRequest, weights};
use crate::analyzer;
use crate::schema::{self, STATE_HAS_RESOLUTION, STATE_RESOLVED, STATE_TELLS_LITTLE};
use crate::view::{SegmentColumns, View, length_ids};

/// A case with its score.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) id: u64,
    pub(crate) address: DocAddress,
    pub(crate) score: f32,
    /// Share of the request's facts that it has, by their weight; below 0 where it has others instead.
    pub(crate) facts: f32,
    /// Its score by words, of 1.
    pub(crate) words: f32,
    /// Cosine of the sentence vectors; 0 without.
    pub(crate) cosine: f32,
    /// In another language than the request; never without vectors.
    foreign: bool,
    /// How sure it is that it answers the request, 0 to 1; see [`probability`].
    pub(crate) probability: f32,
    /// The factor for the quality of its resolution and its age.
    quality: f32,
}

/// Scores that differ by less count as equal.
const SMALLEST_STEP: f32 = 1e-6;

/// The order of candidates. Scores are compared in steps of one millionth, because sums of the same parts in another
/// order differ in the last digit; then the smaller id wins.
impl Candidate {
    fn key(&self) -> (i64, Reverse<u64>) {
        (
            (self.score / SMALLEST_STEP).round() as i64,
            Reverse(self.id),
        )
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
struct SegmentScores<'a> {
    lists: Vec<&'a mut [f32]>,
    identity: &'a mut [f32],
    /// The sum of the word lists.
    words: &'a mut [f32],
}

impl<'a> SegmentScores<'a> {
    /// Numbers for each case, list and sum.
    const SUMS: usize = 2;

    /// Takes zeros for a segment of so many cases from the beginning of `free`.
    fn new(size: usize, lists: usize, free: &mut &'a mut [f32]) -> Self {
        let mut next = || {
            let (taken, rest) = std::mem::take(free).split_at_mut(size);
            *free = rest;
            taken
        };
        SegmentScores {
            identity: next(),
            words: next(),
            lists: (0..lists).map(|_| next()).collect(),
        }
    }
}

pub(super) fn rank(
    view: &View,
    request: &SimilarRequest,
    query: &QueryTerms,
    nearness: &Nearness<'_>,
    sheet: &mut Vec<f32>,
) -> tantivy::Result<Vec<Candidate>> {
    if request.limit == 0 {
        return Ok(Vec::new());
    }
    let readers = view.searcher.segment_readers();
    let numbers = query.lists.len() + SegmentScores::SUMS;
    let cases: usize = readers.iter().map(|reader| reader.max_doc() as usize).sum();
    sheet.clear();
    sheet.resize(cases * numbers, 0.0);
    let mut free = sheet.as_mut_slice();
    let mut segments = Vec::with_capacity(readers.len());
    for segment in readers {
        let size = segment.max_doc() as usize;
        let mut scores = SegmentScores::new(size, query.lists.len(), &mut free);
        score_segment(view, segment, query, &mut scores)?;
        segments.push(scores);
    }
    let (scales, nearness_scale) = scales(&segments, query, view.count, nearness);
    let identity_share = weights::IDENTITY_SHARE * query.told;
    let text_share = 1.0 - identity_share;
    let shared = |identity: f32| {
        if query.identity_total > 0.0 {
            identity / query.identity_total
        } else {
            0.0
        }
    };

    // The best by their codes, of which more than asked for are compared by all bits.
    // How sure the first is depends on those behind it, however few are asked for.
    let most = request.limit.max(if nearness.is_known() {
        weights::RESCORED
    } else {
        weights::COMPARED
    });
    let mut best: BinaryHeap<Reverse<Candidate>> = BinaryHeap::new();
    for ((ordinal, segment), mut scores) in readers.iter().enumerate().zip(segments) {
        let foreign = if nearness.is_known() {
            nearness::foreign(view, request, segment)?
        } else {
            None
        };
        sum_words(view, query, &mut scores, &scales, foreign.as_deref());
        let cosines = nearness.of_segment(ordinal);
        let filter = Filter::open(view, request, ordinal)?;
        let total = |words: f32, identity: f32, cosine: f32| {
            let text = words + nearness.of(cosine) * nearness_scale;
            shared(identity) * identity_share + text * text_share
        };
        // The lists are summed: the first makes room for the scores.
        let totals = scores.lists.swap_remove(0);
        let parts = scores.words.iter().zip(scores.identity.iter());
        match cosines {
            None => {
                for (score, (&words, &identity)) in totals.iter_mut().zip(parts) {
                    *score = total(words, identity, 0.0);
                }
            }
            Some(cosines) => {
                for ((score, (&words, &identity)), &cosine) in
                    totals.iter_mut().zip(parts).zip(cosines)
                {
                    *score = total(words, identity, cosine);
                }
            }
        }
        let mut next = 0;
        loop {
            // Quality only takes away. Most cases end here, before anything is looked up for them.
            let least = match best.peek() {
                Some(worst) if best.len() == most => worst.0.score - SMALLEST_STEP,
                _ => 0.0,
            };
            let Some(place) = first_of(totals, next, least.max(f32::MIN_POSITIVE)) else {
                break;
            };
            next = place + 1;
            let document = place as u32;
            let (words, score) = (scores.words[place], totals[place]);
            let facts = shared(scores.identity[place]);
            let cosine = cosines.map_or(0.0, |cosines| cosines[place]);
            let Some((id, quality)) = filter.accept(document) else {
                continue;
            };
            let candidate = Candidate {
                id,
                address: DocAddress::new(ordinal as u32, document),
                score: score * quality,
                facts,
                words,
                cosine,
                foreign: foreign.as_ref().is_some_and(|foreign| foreign[place]),
                probability: 0.0,
                quality,
            };
            // In a small collection facts that every case has weigh little and are still in common.
            if request.resolved_only
                && candidate.score < weights::PRECEDENT_FLOOR
                && facts < weights::PRECEDENT_FACTS
            {
                continue;
            }
            if best.len() < most {
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
    if nearness.is_known() {
        let known = query.facts.iter().any(|fact| fact.is_subject);
        for candidate in &mut ranked {
            let Some(compared) = nearness.compare(view, candidate.address) else {
                continue;
            };
            let change = nearness.of(compared.cosine) - nearness.of(candidate.cosine);
            candidate.score += change * nearness_scale * text_share * candidate.quality;
            candidate.cosine = compared.cosine;
            let agreement = weights::agreement(compared.cosine, compared.agreement);
            let share = weights::agreement_share(candidate.foreign, known);
            candidate.score =
                candidate.score.min(1.0) * (1.0 - share) + agreement * candidate.quality * share;
        }
    }
    ranked.sort_by(|left, right| right.cmp(left));
    for candidate in &mut ranked {
        // More than the request itself would score: the same words, more often.
        candidate.score = candidate.score.min(1.0);
    }
    ranked.truncate(request.limit.max(weights::COMPARED));
    Ok(ranked)
}

/// The first place from `from` on whose number is at least `least`.
fn first_of(numbers: &[f32], from: usize, least: f32) -> Option<usize> {
    let rest = numbers.get(from..)?;
    let (whole, tail) = rest.as_chunks::<16>();
    for (number, chunk) in whole.iter().enumerate() {
        // All at once: nearly always none is.
        if chunk
            .iter()
            .fold(false, |any, value| any | (*value >= least))
        {
            let within = chunk.iter().position(|value| *value >= least)?;
            return Some(from + number * 16 + within);
        }
    }
    let within = tail.iter().position(|value| *value >= least)?;
    Some(from + whole.len() * 16 + within)
}

/// Sums the word lists of a segment's documents.
fn sum_words(
    view: &View,
    query: &QueryTerms,
    scores: &mut SegmentScores<'_>,
    scales: &[f32],
    foreign: Option<&[bool]>,
) {
    let sums = &mut *scores.words;
    for (place, (list, scale)) in scores.lists.iter().zip(scales).enumerate() {
        // Names and codes are the same in every language.
        let of_names = query.lists[place].field == view.fields.identifier;
        match foreign.filter(|_| !of_names) {
            Some(foreign) => {
                for ((sum, score), foreign) in sums.iter_mut().zip(&**list).zip(foreign) {
                    let share = if *foreign {
                        weights::FOREIGN_WORDS
                    } else {
                        1.0
                    };
                    *sum += score * scale * share;
                }
            }
            None => {
                for (sum, score) in sums.iter_mut().zip(&**list) {
                    *sum += score * scale;
                }
            }
        }
    }
}

/// The factor for each list that makes their sum 1 for a case written like the request.
///
/// Each list is first divided by its standard deviation over all cases, so that a list in which few stand out counts more
/// than one in which all are alike. Dividing the sum by what the request itself would reach changes no order, but makes
/// the scores of different requests comparable.
fn scales(
    segments: &[SegmentScores<'_>],
    query: &QueryTerms,
    count: u64,
    nearness: &Nearness<'_>,
) -> (Vec<f32>, f32) {
    let count = count.max(1) as f64;
    let mut scales: Vec<f32> = Vec::new();
    let mut means: Vec<f32> = Vec::new();
    for (index, list) in query.lists.iter().enumerate() {
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for segment in segments {
            let (more, more_squares) = sums(segment.lists[index]);
            sum += more;
            squares += more_squares;
        }
        let mean = sum / count;
        let deviation = (squares / count - mean * mean).max(0.0).sqrt() as f32;
        means.push(mean as f32);
        scales.push(if deviation > 1e-6 {
            list.share / deviation
        } else {
            0.0
        });
    }
    // A single case, or cases that are all alike in every list: the mean is all that is known. Beside a list that tells them
    // apart, one that does not says nothing.
    if scales.iter().all(|scale| *scale == 0.0) {
        for ((scale, mean), list) in scales.iter_mut().zip(means).zip(&query.lists) {
            if mean > 1e-6 {
                *scale = list.share / mean;
            }
        }
    }
    let whole: f32 = query
        .lists
        .iter()
        .zip(&scales)
        .map(|(list, scale)| list.own_score * scale)
        .sum();
    let mut nearness_scale = nearness.scale();
    let whole = whole + nearness.own_score() * nearness_scale;
    if whole > 0.0 {
        for scale in scales.iter_mut().chain([&mut nearness_scale]) {
            *scale /= whole;
        }
    }
    (scales, nearness_scale)
}

/// The sum of the numbers and of their squares. Several sums side by side: each addition to one sum waits for the one before.
fn sums(numbers: &[f32]) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0f64; 8], [0.0f64; 8]);
    let (whole, rest) = numbers.as_chunks::<8>();
    for numbers in whole {
        // Most words are in few cases.
        if numbers
            .iter()
            .map(|number| number.to_bits())
            .fold(0, |any, bits| any | bits)
            == 0
        {
            continue;
        }
        for ((sum, squares), number) in sums.iter_mut().zip(&mut squares).zip(numbers) {
            let number = f64::from(*number);
            *sum += number;
            *squares += number * number;
        }
    }
    for number in rest {
        let number = f64::from(*number);
        sums[0] += number;
        squares[0] += number * number;
    }
    (sums.iter().sum(), squares.iter().sum())
}

fn score_segment(
    view: &View,
    segment: &SegmentReader,
    query: &QueryTerms,
    sheet: &mut SegmentScores<'_>,
) -> tantivy::Result<()> {
    for (list, scores) in query.lists.iter().zip(&mut sheet.lists) {
        let scores = &mut **scores;
        if list.field == view.fields.identifier {
            let inverted = segment.inverted_index(list.field)?;
            for weighted in &list.terms {
                each_document(&inverted, &weighted.term, |document| {
                    scores[document] += weighted.weight;
                })?;
            }
        } else {
            add_bm25(view, segment, list, scores)?;
        }
        if let Some(alive) = segment.alive_bitset() {
            for (document, score) in (0..).zip(&mut *scores) {
                if *score > 0.0 && !alive.is_alive(document) {
                    *score = 0.0;
                }
            }
        }
    }
    let identity = &mut *sheet.identity;
    // Of several values of one field only the rarest that matches counts.
    let mut counted = vec![0u8; identity.len()];
    let inverted = segment.inverted_index(view.fields.exact)?;
    for (index, fact) in query.facts.iter().enumerate() {
        if index > 0 && index % 255 == 0 {
            counted.fill(0);
        }
        let mark = (index % 255) as u8 + 1;
        for value in &fact.values {
            each_document(&inverted, &value.term, |document| {
                if counted[document] != mark {
                    counted[document] = mark;
                    identity[document] += value.weight;
                }
            })?;
        }
        if let Some(present) = &fact.present {
            let holders = inverted.doc_freq(&present.term)?;
            if holders as usize == identity.len() {
                // Where every case has such a field none need be looked up.
                for (identity, counted) in identity.iter_mut().zip(&counted) {
                    let other = f32::from(u8::from(*counted != mark));
                    *identity -= other * present.weight;
                }
            } else if holders > 0 {
                each_document(&inverted, &present.term, |document| {
                    if counted[document] != mark {
                        identity[document] -= present.weight;
                    }
                })?;
            }
        }
    }
    Ok(())
}

fn add_bm25(
    view: &View,
    segment: &SegmentReader,
    list: &TermList,
    scores: &mut [f32],
) -> tantivy::Result<()> {
    let Some(lengths) = length_ids(segment, list.field)? else {
        return Ok(());
    };
    let lengths = lengths.as_slice();
    let average = view.average_length(list.field);
    // The same for all texts of one length, of which the engine knows 256.
    let mut dampings = [0.0f32; 256];
    for (id, damping) in (0..=255u8).zip(&mut dampings) {
        let length = FieldNormReader::id_to_fieldnorm(id) as f32;
        *damping = weights::damping(length, average);
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
                let document = document as usize;
                let damping = dampings[usize::from(lengths[document])];
                scores[document] += weighted.weight * weights::damped(frequency as f32, damping);
            }
            postings.advance();
        }
    }
    Ok(())
}

/// Calls `visit` for every document that holds the term.
pub(super) fn each_document(
    inverted: &InvertedIndexReader,
    term: &Term,
    mut visit: impl FnMut(usize),
) -> tantivy::Result<()> {
    let Some(mut postings) = inverted.read_block_postings(term, IndexRecordOption::Basic)? else {
        return Ok(());
    };
    while postings.block_len() > 0 {
        for &document in postings.docs() {
            visit(document as usize);
        }
        postings.advance();
    }
    Ok(())
}

/// Which documents of a segment may be returned.
struct Filter<'a> {
    request: &'a SimilarRequest,
    segment: &'a SegmentReader,
    columns: &'a SegmentColumns,
    of_desk: Option<Vec<bool>>,
    /// When the request was made, or else the newest case: what ages are counted from.
    newest: i64,
}

impl<'a> Filter<'a> {
    fn open(view: &'a View, request: &'a SimilarRequest, ordinal: usize) -> tantivy::Result<Self> {
        let segment = &view.searcher.segment_readers()[ordinal];
        let of_desk = match &request.desk {
            None => None,
            Some(desk) => {
                let mut documents = vec![false; segment.max_doc() as usize];
                let text = schema::exact_term("desk", &analyzer::lower(desk));
                let term = Term::from_field_text(view.fields.exact, &text);
                let inverted = segment.inverted_index(view.fields.exact)?;
                each_document(&inverted, &term, |document| documents[document] = true)?;
                Some(documents)
            }
        };
        Ok(Filter {
            request,
            segment,
            columns: &view.segments[ordinal].columns,
            of_desk,
            newest: request.before.unwrap_or(view.newest),
        })
    }

    /// The id of a document that may be returned, and the factor for the quality of its resolution.
    fn accept(&self, document: u32) -> Option<(u64, f32)> {
        if self
            .segment
            .alive_bitset()
            .is_some_and(|alive| !alive.is_alive(document))
            || self
                .of_desk
                .as_ref()
                .is_some_and(|of_desk| !of_desk[document as usize])
        {
            return None;
        }
        let state = self.columns.state.first(document).unwrap_or_default();
        let opened_at = self.columns.opened_at(document);
        let id = self.columns.id.first(document).unwrap_or_default();
        if (self.request.resolved_only && state & STATE_RESOLVED == 0)
            || self
                .request
                .before
                .is_some_and(|before| opened_at >= before)
            || self.request.exclude_id == Some(id)
        {
            return None;
        }
        let quality = if state & STATE_HAS_RESOLUTION == 0 {
            weights::NO_RESOLUTION
        } else if state & STATE_TELLS_LITTLE != 0 {
            weights::TELLS_LITTLE
        } else {
            1.0
        };
        Some((id, quality * weights::of_age(self.newest - opened_at)))
    }
}
