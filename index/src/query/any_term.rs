//! Cases with any of some terms: the stems of a word in its languages and fields.
//!
//! The engine's own union asks each of its parts for the next case, one by one; here the terms are read one after the other into
//! one number for each case, which is several times faster for words that thousands of cases have. Scores are the same.

use std::iter::repeat;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{
    Bm25Weight, BoostQuery, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};

/// Where one in so many cases or fewer can match, only these are written down.
const SPARSE: u64 = 32;

/// Terms with the factor of each for its BM25 score; the scores of the terms that a case has are summed.
#[derive(Debug, Clone)]
pub(super) struct AnyTerm {
    pub(super) terms: Vec<(Term, Score)>,
}

impl Query for AnyTerm {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        if let [(term, boost)] = self.terms.as_slice() {
            let only = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
            return BoostQuery::new(Box::new(only), *boost).weight(enable_scoring);
        }
        let mut terms = Vec::with_capacity(self.terms.len());
        for (term, boost) in &self.terms {
            let weight = match enable_scoring {
                EnableScoring::Enabled {
                    statistics_provider,
                    ..
                } => {
                    let tokens = statistics_provider.total_num_tokens(term.field())?;
                    let cases = statistics_provider.total_num_docs()?;
                    let weight = Bm25Weight::for_one_term_without_explain(
                        statistics_provider.doc_freq(term)?,
                        cases,
                        tokens as Score / cases as Score,
                    );
                    Some(weight.boost_by(*boost))
                }
                EnableScoring::Disabled { .. } => None,
            };
            terms.push((term.clone(), weight));
        }
        Ok(Box::new(AnyTermWeight { terms }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for (term, _) in &self.terms {
            visitor(term, false);
        }
    }
}

struct AnyTermWeight {
    /// Without a weight where nothing is ranked.
    terms: Vec<(Term, Option<Bm25Weight>)>,
}

impl Weight for AnyTermWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut lists = Vec::new();
        let mut matches = 0;
        for (term, weight) in &self.terms {
            let option = if weight.is_some() {
                IndexRecordOption::WithFreqs
            } else {
                IndexRecordOption::Basic
            };
            let inverted = reader.inverted_index(term.field())?;
            let Some(postings) = inverted.read_block_postings(term, option)? else {
                continue;
            };
            matches += u64::from(postings.doc_freq());
            let norms = reader.fieldnorms_readers().get_field(term.field())?;
            lists.push((postings, weight.as_ref(), norms));
        }
        let size = reader.max_doc();
        let mut found = Found::new(size, matches * SPARSE < u64::from(size), matches);
        let without_length = FieldNormReader::fieldnorm_to_id(1);
        for (mut postings, weight, norms) in lists {
            while postings.block_len() > 0 {
                match weight {
                    None => {
                        for &document in postings.docs() {
                            found.add(document, 1.0);
                        }
                    }
                    Some(weight) => {
                        // Where the field has no frequencies, each is 1.
                        let frequencies = postings.freqs().iter().copied().chain(repeat(1));
                        for (&document, frequency) in postings.docs().iter().zip(frequencies) {
                            let length = norms
                                .as_ref()
                                .map_or(without_length, |norms| norms.fieldnorm_id(document));
                            found.add(document, boost * weight.score(length, frequency));
                        }
                    }
                }
                postings.advance();
            }
        }
        Ok(match found {
            Found::Every { scores, count } => Box::new(Every::new(scores, count)),
            Found::Few(found) => Box::new(Few::new(found)),
        })
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let score = if scorer.doc() <= document && scorer.seek(document) == document {
            scorer.score()
        } else {
            0.0
        };
        Ok(Explanation::new("sum over the terms that it has", score))
    }
}

/// Scores of a segment's cases while they are summed.
enum Found {
    /// A number for each case, 0 where no term is: every score is greater.
    Every {
        scores: Vec<Score>,
        count: u32,
    },
    Few(Vec<(DocId, Score)>),
}

impl Found {
    fn new(size: u32, sparse: bool, matches: u64) -> Self {
        if sparse {
            Found::Few(Vec::with_capacity(matches as usize))
        } else {
            Found::Every {
                scores: vec![0.0; size as usize],
                count: 0,
            }
        }
    }

    #[inline]
    fn add(&mut self, document: DocId, score: Score) {
        match self {
            Found::Every { scores, count } => {
                let sum = &mut scores[document as usize];
                *count += u32::from(*sum == 0.0);
                *sum += score.max(Score::MIN_POSITIVE);
            }
            Found::Few(found) => found.push((document, score)),
        }
    }
}

/// Goes through the numbers of all cases.
struct Every {
    scores: Vec<Score>,
    document: DocId,
    count: u32,
}

impl Every {
    fn new(scores: Vec<Score>, count: u32) -> Self {
        let mut every = Every {
            scores,
            document: 0,
            count,
        };
        every.document = every.from(0);
        every
    }

    /// The first match from this case on.
    fn from(&self, document: DocId) -> DocId {
        let rest = self.scores.get(document as usize..).unwrap_or_default();
        rest.iter()
            .position(|score| *score > 0.0)
            .map_or(TERMINATED, |more| document + more as DocId)
    }
}

impl DocSet for Every {
    fn advance(&mut self) -> DocId {
        if self.document != TERMINATED {
            self.document = self.from(self.document + 1);
        }
        self.document
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.document < target {
            self.document = self.from(target);
        }
        self.document
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        let found = self
            .scores
            .get(target as usize)
            .is_some_and(|score| *score > 0.0);
        if found {
            self.document = target;
            SeekDangerResult::Found
        } else {
            // Which is next need not be looked for: another part of the query may rule it out.
            SeekDangerResult::SeekLowerBound(target.saturating_add(1).min(TERMINATED))
        }
    }

    fn doc(&self) -> DocId {
        self.document
    }

    fn size_hint(&self) -> u32 {
        self.count
    }
}

impl Scorer for Every {
    fn score(&mut self) -> Score {
        self.scores
            .get(self.document as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// Goes through the few matches.
struct Few {
    found: Vec<(DocId, Score)>,
    place: usize,
}

impl Few {
    fn new(mut found: Vec<(DocId, Score)>) -> Self {
        // Stable: the terms of a case are summed in their order.
        found.sort_by_key(|(document, _)| *document);
        found.dedup_by(|more, kept| {
            let same = more.0 == kept.0;
            if same {
                kept.1 += more.1;
            }
            same
        });
        Few { found, place: 0 }
    }
}

impl DocSet for Few {
    fn advance(&mut self) -> DocId {
        self.place = (self.place + 1).min(self.found.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = &self.found[self.place..];
        self.place += rest.partition_point(|(document, _)| *document < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.found
            .get(self.place)
            .map_or(TERMINATED, |(document, _)| *document)
    }

    fn size_hint(&self) -> u32 {
        self.found.len() as u32
    }
}

impl Scorer for Few {
    fn score(&mut self) -> Score {
        self.found.get(self.place).map_or(0.0, |(_, score)| *score)
    }
}
