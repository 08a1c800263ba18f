//! What sentence vectors say about how near the cases are to the request.

use tantivy::{DocAddress, SegmentReader, Term};

use super::score::each_document;
use super::{SimilarRequest, weights};
use crate::analyzer;
use crate::schema;
use crate::vectors::{Comparison, QueryVector};
use crate::view::View;

/// Cosines of all cases with the request, and how they become scores: as far as they lie above the mean, in units of their
/// spread.
pub(super) struct Nearness<'a> {
    meaning: Option<&'a QueryVector>,
    /// By segment; 0 where a case has no vector. Empty without vectors.
    cosines: Vec<Vec<f32>>,
    mean: f32,
    deviation: f32,
}

impl<'a> Nearness<'a> {
    pub(super) fn new(view: &View, meaning: Option<&'a QueryVector>) -> Self {
        let cosines: Vec<Vec<f32>> = match (&view.vectors, meaning) {
            (Some(store), Some(meaning)) => (0..view.searcher.segment_readers().len())
                .map(|ordinal| store.cosines(meaning, view.vector_places(ordinal)))
                .collect(),
            _ => Vec::new(),
        };
        let (mut count, mut sum, mut squares) = (0.0f64, 0.0f64, 0.0f64);
        let segments = view.searcher.segment_readers().iter().zip(&cosines);
        for (segment, cosines) in segments {
            for (document, cosine) in (0..).zip(cosines) {
                // Of deleted cases too the scores must not depend.
                if *cosine != 0.0
                    && segment
                        .alive_bitset()
                        .is_none_or(|alive| alive.is_alive(document))
                {
                    count += 1.0;
                    sum += f64::from(*cosine);
                    squares += f64::from(*cosine) * f64::from(*cosine);
                }
            }
        }
        let mean = if count > 0.0 { sum / count } else { 0.0 };
        let variance = if count > 0.0 {
            squares / count - mean * mean
        } else {
            0.0
        };
        Nearness {
            meaning,
            cosines,
            mean: mean as f32,
            deviation: variance.max(0.0).sqrt() as f32,
        }
    }

    /// Whether vectors tell the cases apart.
    pub(super) fn is_known(&self) -> bool {
        self.deviation > 1e-4
    }

    /// The factor of this list in the sum, like that of the word lists.
    pub(super) fn scale(&self) -> f32 {
        if self.is_known() {
            weights::MEANING_WEIGHT / self.deviation
        } else {
            0.0
        }
    }

    /// What a cosine scores.
    pub(super) fn of(&self, cosine: f32) -> f32 {
        if cosine == 0.0 {
            return 0.0;
        }
        (cosine - self.mean).max(0.0)
    }

    /// What the request itself would score.
    pub(super) fn own_score(&self) -> f32 {
        if self.is_known() {
            1.0 - self.mean
        } else {
            0.0
        }
    }

    /// The cosines of a segment.
    pub(super) fn of_segment(&self, ordinal: usize) -> Option<&[f32]> {
        self.cosines.get(ordinal).map(Vec::as_slice)
    }

    /// What the file tells of a case; None where there is no vector.
    pub(super) fn compare(&self, view: &View, address: DocAddress) -> Option<Comparison> {
        let places = view.vector_places(address.segment_ord as usize);
        let place = *places.get(address.doc_id as usize)?;
        view.vectors.as_ref()?.compare(self.meaning?, place)
    }
}

/// Which cases of a segment are in another language than the request; None where the request's is unknown.
pub(super) fn foreign(
    view: &View,
    request: &SimilarRequest,
    segment: &SegmentReader,
) -> tantivy::Result<Option<Vec<bool>>> {
    let language = analyzer::base_code(&request.language);
    if language.is_empty() {
        return Ok(None);
    }
    let mut foreign = vec![false; segment.max_doc() as usize];
    let inverted = segment.inverted_index(view.fields.exact)?;
    let term = |key: &str, value: &str| {
        Term::from_field_text(view.fields.exact, &schema::exact_term(key, value))
    };
    each_document(&inverted, &term("has", "language"), |document| {
        foreign[document] = true;
    })?;
    each_document(&inverted, &term("language", &language), |document| {
        foreign[document] = false;
    })?;
    Ok(Some(foreign))
}
