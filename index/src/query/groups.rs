//! Cases with a term of each of some groups: a group holds the stems of a word in its languages and fields.
//!
//! The engine's own unions and intersections ask each of their parts for the next case, one by one; here the terms are read one
//! after the other into one number for each case, which is several times faster for words that thousands of cases have. Scores
//! are the same.

use tantivy::directory::OwnedBytes;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{
    Bm25Weight, BoostQuery, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};

use crate::view::length_ids;

/// Where one in so many cases or fewer can match, only these are written down.
const SPARSE: u64 = 32;
/// A term that so many times more cases have than can still match is looked up for each of these.
const FREQUENT: u64 = 16;

/// Terms with the factor of each for its BM25 score. A case needs one of each group; the scores of all that it has are summed.
#[derive(Debug, Clone)]
pub(super) struct Groups(pub(super) Vec<Vec<(Term, Score)>>);

impl Query for Groups {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        if let [group] = self.0.as_slice()
            && let [(term, boost)] = group.as_slice()
        {
            let only = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
            return BoostQuery::new(Box::new(only), *boost).weight(enable_scoring);
        }
        let mut groups = Vec::with_capacity(self.0.len());
        for group in &self.0 {
            let mut terms = Vec::with_capacity(group.len());
            for (term, boost) in group {
                terms.push((term.clone(), weight_of(term, *boost, &enable_scoring)?));
            }
            groups.push(terms);
        }
        Ok(Box::new(GroupsWeight(groups)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for (term, _) in self.0.iter().flatten() {
            visitor(term, false);
        }
    }
}

/// None where nothing is ranked.
fn weight_of(
    term: &Term,
    boost: Score,
    enable_scoring: &EnableScoring<'_>,
) -> tantivy::Result<Option<Bm25Weight>> {
    let EnableScoring::Enabled {
        statistics_provider,
        ..
    } = enable_scoring
    else {
        return Ok(None);
    };
    let tokens = statistics_provider.total_num_tokens(term.field())?;
    let cases = statistics_provider.total_num_docs()?;
    let weight = Bm25Weight::for_one_term_without_explain(
        statistics_provider.doc_freq(term)?,
        cases,
        tokens as Score / cases as Score,
    );
    Ok(Some(weight.boost_by(boost)))
}

struct GroupsWeight(Vec<Vec<(Term, Option<Bm25Weight>)>>);

impl GroupsWeight {
    fn matches(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Matches> {
        let mut groups = Vec::with_capacity(self.0.len());
        for terms in &self.0 {
            let mut lists = Vec::with_capacity(terms.len());
            let mut most = 0;
            for (term, weight) in terms {
                if let Some(list) = List::open(reader, term, weight.as_ref(), boost)? {
                    most += u64::from(list.postings.doc_freq());
                    lists.push(list);
                }
            }
            if lists.is_empty() {
                return Ok(Matches::Few(Vec::new()));
            }
            groups.push((most, lists));
        }
        // The rarest first: the others are looked at where it is.
        groups.sort_by_key(|(most, _)| *most);
        let size = reader.max_doc() as usize;
        let mut matches: Option<Matches> = None;
        for (most, lists) in groups {
            matches = Some(match matches {
                None if most * SPARSE < size as u64 => Matches::Few(few(lists, most)),
                None => Matches::Every(every(lists, size)),
                Some(Matches::Every(mut scores)) => {
                    for (score, more) in scores.iter_mut().zip(every(lists, size)) {
                        // Every score is greater than 0.
                        *score = if *score > 0.0 && more > 0.0 {
                            *score + more
                        } else {
                            0.0
                        };
                    }
                    Matches::Every(scores)
                }
                Some(Matches::Few(found)) => Matches::Few(among(found, lists)),
            });
        }
        Ok(matches.unwrap_or(Matches::Few(Vec::new())))
    }
}

impl Weight for GroupsWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.matches(reader, boost)? {
            Matches::Every(scores) => Box::new(Every::new(scores)),
            Matches::Few(found) => Box::new(Few { found, place: 0 }),
        })
    }

    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        match self.matches(reader, 1.0)? {
            Matches::Every(scores) => {
                for (document, score) in (0..).zip(scores) {
                    if score > 0.0 {
                        callback(document, score);
                    }
                }
            }
            Matches::Few(found) => {
                for (document, score) in found {
                    callback(document, score);
                }
            }
        }
        Ok(())
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

/// The cases of a segment that have one term.
struct List<'a> {
    postings: BlockSegmentPostings,
    weight: Option<&'a Bm25Weight>,
    /// Lengths of the field, where it has any.
    lengths: Option<OwnedBytes>,
    boost: Score,
}

impl<'a> List<'a> {
    fn open(
        reader: &SegmentReader,
        term: &Term,
        weight: Option<&'a Bm25Weight>,
        boost: Score,
    ) -> tantivy::Result<Option<Self>> {
        let option = if weight.is_some() {
            IndexRecordOption::WithFreqs
        } else {
            IndexRecordOption::Basic
        };
        let inverted = reader.inverted_index(term.field())?;
        let Some(postings) = inverted.read_block_postings(term, option)? else {
            return Ok(None);
        };
        Ok(Some(List {
            postings,
            weight,
            lengths: length_ids(reader, term.field())?,
            boost,
        }))
    }

    /// Gives each case with its score to `add`.
    #[inline]
    fn each(&mut self, mut add: impl FnMut(DocId, Score)) {
        while self.postings.block_len() > 0 {
            let (documents, frequencies) = (self.postings.docs(), self.postings.freqs());
            match (self.weight, &self.lengths) {
                (Some(weight), Some(lengths)) if frequencies.len() == documents.len() => {
                    let lengths = lengths.as_slice();
                    for (&document, &frequency) in documents.iter().zip(frequencies) {
                        let score = weight.score(lengths[document as usize], frequency);
                        add(document, self.boost * score);
                    }
                }
                _ => {
                    for (place, document) in documents.iter().enumerate() {
                        add(*document, self.score(place));
                    }
                }
            }
            self.postings.advance();
        }
    }

    /// The score of the case at this place of the block.
    fn score(&self, place: usize) -> Score {
        let Some(weight) = self.weight else {
            return 1.0;
        };
        let length = self.lengths.as_ref().map_or_else(
            || FieldNormReader::fieldnorm_to_id(1),
            |lengths| lengths.as_slice()[self.postings.docs()[place] as usize],
        );
        // Where the field has no frequencies, each is 1.
        let frequency = self.postings.freqs().get(place).copied().unwrap_or(1);
        self.boost * weight.score(length, frequency)
    }

    /// The score of one case, 0 where it has not the term. To be asked for in ascending order.
    fn of(&mut self, document: DocId) -> Score {
        let place = self.postings.seek(document);
        if self.postings.docs().get(place) == Some(&document) {
            self.score(place).max(Score::MIN_POSITIVE)
        } else {
            0.0
        }
    }
}

/// The sum of the scores of each case of a segment; 0 where no term is: every score is greater.
fn every(lists: Vec<List<'_>>, size: usize) -> Vec<Score> {
    let mut scores = vec![0.0; size];
    for mut list in lists {
        list.each(|document, score| {
            scores[document as usize] += score.max(Score::MIN_POSITIVE);
        });
    }
    scores
}

/// The cases that have a term, with the sum of their scores, ascending.
fn few(lists: Vec<List<'_>>, most: u64) -> Vec<(DocId, Score)> {
    let mut found = Vec::with_capacity(most as usize);
    for mut list in lists {
        list.each(|document, score| found.push((document, score.max(Score::MIN_POSITIVE))));
    }
    // Stable: the terms of a case are summed in their order.
    found.sort_by_key(|(document, _)| *document);
    found.dedup_by(|more, kept| {
        let same = more.0 == kept.0;
        if same {
            kept.1 += more.1;
        }
        same
    });
    found
}

/// Those of the cases that have one of the terms, too.
fn among(mut found: Vec<(DocId, Score)>, lists: Vec<List<'_>>) -> Vec<(DocId, Score)> {
    let mut scores = vec![0.0; found.len()];
    for mut list in lists {
        if found.len() as u64 * FREQUENT < u64::from(list.postings.doc_freq()) {
            for ((document, _), score) in found.iter().zip(&mut scores) {
                *score += list.of(*document);
            }
        } else {
            let mut place = 0;
            list.each(|document, score| {
                while found.get(place).is_some_and(|next| next.0 < document) {
                    place += 1;
                }
                if found.get(place).is_some_and(|next| next.0 == document) {
                    scores[place] += score.max(Score::MIN_POSITIVE);
                }
            });
        }
    }
    let mut scores = scores.into_iter();
    found.retain_mut(|(_, score)| {
        let more = scores.next().unwrap_or_default();
        *score += more;
        more > 0.0
    });
    found
}

/// What is found in a segment.
enum Matches {
    /// A number for each case, 0 where it does not match.
    Every(Vec<Score>),
    /// The matches, ascending.
    Few(Vec<(DocId, Score)>),
}

/// Goes through the numbers of all cases.
struct Every {
    scores: Vec<Score>,
    document: DocId,
    count: u32,
}

impl Every {
    fn new(scores: Vec<Score>) -> Self {
        let count = scores.iter().map(|score| u32::from(*score > 0.0)).sum();
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
        match self.scores.get(target as usize) {
            Some(score) if *score > 0.0 => {
                self.document = target;
                SeekDangerResult::Found
            }
            // Which is next need not be looked for: another part of the query may rule it out.
            Some(_) => SeekDangerResult::SeekLowerBound(target + 1),
            // Beyond the last case there is none: two of these would count up to the greatest number that there is.
            None => {
                self.document = TERMINATED;
                SeekDangerResult::SeekLowerBound(TERMINATED)
            }
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
