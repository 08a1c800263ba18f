//! Collecting matches: the best of them in a stable order, their number, and facet counts, in one pass.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::Sort;
use crate::schema::{self, KEY_SEPARATOR};
use crate::view::{SegmentColumns, SegmentFacts};

/// Scores are compared in steps of one hundred-thousandth: the last digits of a sum depend on the order of its parts.
const STEPS: f64 = 1e5;

/// A match: the value to sort by, greatest first, then the smaller id.
pub(crate) type Place = (i64, Reverse<u64>);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) place: Place,
    pub(crate) address: DocAddress,
    pub(crate) score: f32,
}

impl PartialEq for Match {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Match {}

impl PartialOrd for Match {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Match {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place.cmp(&other.place)
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) total: u64,
    /// Best first.
    pub(crate) matches: Vec<Match>,
    /// Counts of `key` and value.
    pub(crate) facets: BTreeMap<String, u64>,
}

pub(crate) struct Best {
    pub(crate) most: usize,
    pub(crate) sort: Sort,
    /// Keys to count, empty for none.
    pub(crate) facets: Vec<String>,
    /// By segment.
    pub(crate) segments: Arc<Vec<SegmentFacts>>,
}

pub(crate) struct SegmentBest {
    ordinal: SegmentOrdinal,
    most: usize,
    sort: Sort,
    columns: SegmentColumns,
    best: BinaryHeap<Reverse<Match>>,
    /// Scores below it are not among the best.
    least: f64,
    total: u64,
    facets: Option<FacetCounts>,
}

struct FacetCounts {
    column: StrColumn,
    keys: Vec<String>,
    counts: Vec<u64>,
}

impl Collector for Best {
    type Fruit = Found;
    type Child = SegmentBest;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentBest> {
        let facets = if self.facets.is_empty() {
            None
        } else {
            segment
                .fast_fields()
                .str(schema::FACET)?
                .map(|column| FacetCounts {
                    counts: vec![0; column.num_terms()],
                    column,
                    keys: self.facets.clone(),
                })
        };
        Ok(SegmentBest {
            ordinal,
            most: self.most,
            sort: self.sort,
            columns: self.segments[ordinal as usize].columns.clone(),
            best: BinaryHeap::with_capacity(self.most + 1),
            least: f64::NEG_INFINITY,
            total: 0,
            facets,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        let mut merged = Found::default();
        for segment in segments {
            merged.total += segment.total;
            merged.matches.extend(segment.matches);
            for (facet, count) in segment.facets {
                *merged.facets.entry(facet).or_default() += count;
            }
        }
        merged.matches.sort_by(|left, right| right.cmp(left));
        merged.matches.truncate(self.most);
        Ok(merged)
    }
}

impl SegmentCollector for SegmentBest {
    type Fruit = Found;

    fn collect(&mut self, document: DocId, score: Score) {
        self.total += 1;
        // Most matches end here.
        if self.best.len() >= self.most && f64::from(score) < self.least && self.facets.is_none() {
            return;
        }
        if let Some(facets) = &mut self.facets {
            for ordinal in facets.column.term_ords(document) {
                facets.counts[ordinal as usize] += 1;
            }
        }
        let value = match self.sort {
            Sort::Relevance => (f64::from(score) * STEPS).round() as i64,
            Sort::Newest => self.columns.opened_at(document),
            Sort::Oldest => -self.columns.opened_at(document),
        };
        if self.best.len() >= self.most
            && self.best.peek().is_none_or(|worst| value < worst.0.place.0)
        {
            return;
        }
        let id = self.columns.id.first(document).unwrap_or_default();
        let address = DocAddress::new(self.ordinal, document);
        self.best.push(Reverse(Match {
            place: (value, Reverse(id)),
            address,
            score,
        }));
        if self.best.len() > self.most {
            self.best.pop();
        }
        if self.sort == Sort::Relevance
            && let Some(Reverse(worst)) = self.best.peek()
        {
            // A step less: a score that is rounded up to the same counts as equal.
            self.least = (worst.place.0 - 1) as f64 / STEPS;
        }
    }

    fn collect_block(&mut self, documents: &[DocId]) {
        // The last first: later cases are newer as a rule, and then the others of the block are none of the newest.
        for document in documents.iter().rev() {
            self.collect(*document, 0.0);
        }
    }

    fn harvest(self) -> Found {
        let mut counted = BTreeMap::new();
        if let Some(facets) = self.facets {
            let mut name = String::new();
            for (ordinal, &count) in facets.counts.iter().enumerate() {
                if count == 0 {
                    continue;
                }
                name.clear();
                if facets.column.ord_to_str(ordinal as u64, &mut name).is_ok()
                    && let Some((key, _)) = name.split_once(KEY_SEPARATOR)
                    && facets.keys.iter().any(|wanted| wanted == key)
                {
                    counted.insert(name.clone(), count);
                }
            }
        }
        Found {
            total: self.total,
            matches: self.best.into_iter().map(|Reverse(found)| found).collect(),
            facets: counted,
        }
    }
}
