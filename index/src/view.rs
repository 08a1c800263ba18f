//! One committed state of the index, with what every question needs at hand.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;
use tantivy::error::DataCorruption;
use tantivy::index::SegmentId;
use tantivy::query::{Bm25StatisticsProvider, FuzzyTermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Searcher, SegmentReader, TantivyDocument, Term};

use crate::analyzer::{Language, WordHasher};
use crate::schema::{self, Fields, KEY_SEPARATOR, StoredCase};
use crate::vectors::{NO_VECTOR, VectorStore};

mod segment;

pub(crate) use segment::{SHORTEST_LONG_WORD, SegmentColumns, SegmentFacts, length_ids};

/// A snapshot of the index. Later commits do not change it.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    /// Analysis languages of the cases present, never empty.
    pub(crate) languages: Vec<Language>,
    /// Cases that are not deleted.
    pub(crate) count: u64,
    /// Sum of the text lengths in words, by field, of cases not deleted.
    lengths: BTreeMap<Field, u64>,
    /// When the newest case was opened, in seconds since 1970-01-01 UTC; 0 without cases.
    pub(crate) newest: i64,
    /// Sentence vectors, where there are any.
    pub(crate) vectors: Option<Arc<VectorStore>>,
    /// Place of each document's vector, by segment. Empty without vectors.
    places: Vec<(SegmentId, Arc<Vec<u32>>)>,
    frequencies: Arc<Mutex<Frequencies>>,
    /// By segment.
    pub(crate) segments: Arc<Vec<SegmentFacts>>,
}

/// In how many cases the terms occur that were asked for. Looking them up in each segment is most of the work of a question,
/// and questions share most of their words.
#[derive(Default)]
struct Frequencies {
    /// By field and text of the term.
    known: HashMap<Box<[u8]>, u64, BuildHasherDefault<WordHasher>>,
    /// The key that is looked for; kept for its memory.
    key: Vec<u8>,
}

impl Frequencies {
    fn get(&mut self, field: Field, text: &[u8]) -> Option<u64> {
        self.key.clear();
        self.key.extend_from_slice(&field.field_id().to_le_bytes());
        self.key.extend_from_slice(text);
        self.known.get(self.key.as_slice()).copied()
    }

    fn insert(&mut self, field: Field, text: &[u8], frequency: u64) {
        if self.known.len() >= REMEMBERED_TERMS {
            self.known.clear();
        }
        let key = [&field.field_id().to_le_bytes(), text].concat();
        self.known.insert(key.into(), frequency);
    }
}

/// Terms that are remembered.
const REMEMBERED_TERMS: usize = 50_000;

impl View {
    /// The state that the searcher sees. What does not change between states is taken from the previous one.
    pub(crate) fn new(
        searcher: Searcher,
        fields: Fields,
        vectors: Option<Arc<VectorStore>>,
        previous: Option<&View>,
    ) -> tantivy::Result<Self> {
        let places = match &vectors {
            Some(store) => vector_places(&searcher, store, previous)?,
            None => Vec::new(),
        };
        let languages = present_languages(&searcher, &fields)?;
        let count = searcher.num_docs();
        let mut segments = Vec::new();
        for segment in searcher.segment_readers() {
            let known = previous.and_then(|view| {
                let mut known = view.segments.iter();
                known.find(|known| known.id == segment.segment_id())
            });
            segments.push(SegmentFacts::of(segment, &fields, known)?);
        }
        let lengths = (0..)
            .zip(fields.texts())
            .map(|(place, field): (usize, Field)| {
                let total = segments.iter().map(|segment| segment.lengths[place]);
                (field, total.sum())
            });
        let lengths = lengths.collect();
        let newest = segments.iter().map(|segment| segment.newest);
        let newest = newest.max().unwrap_or_default().max(0);
        Ok(View {
            searcher,
            fields,
            languages,
            count,
            lengths,
            newest,
            vectors,
            places,
            frequencies: Arc::default(),
            segments: Arc::new(segments),
        })
    }

    /// A number that no other state has, except with other vectors.
    pub(crate) fn generation(&self) -> u64 {
        self.searcher.generation().generation_id()
    }

    /// The same state with the places of some more vectors.
    pub(crate) fn with_places(&self, found: &[(DocAddress, u32)]) -> Self {
        let mut all: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.places.len()];
        for (address, place) in found {
            if let Some(segment) = all.get_mut(address.segment_ord as usize) {
                segment.push((address.doc_id, *place));
            }
        }
        let places = self.places.iter().zip(all).map(|((id, places), found)| {
            if found.is_empty() {
                return (*id, Arc::clone(places));
            }
            let mut places = places.to_vec();
            for (document, place) in found {
                places[document as usize] = place;
            }
            (*id, Arc::new(places))
        });
        View {
            places: places.collect(),
            ..self.clone()
        }
    }

    /// Places of the vectors of a segment's documents; empty without vectors.
    pub(crate) fn vector_places(&self, ordinal: usize) -> &[u32] {
        self.places.get(ordinal).map_or(&[], |(_, places)| places)
    }

    /// Cases that are not deleted and have no vector.
    pub(crate) fn without_vector(&self) -> u64 {
        let with: usize = self
            .searcher
            .segment_readers()
            .iter()
            .zip(&self.places)
            .map(|(segment, (_, places))| {
                (0..)
                    .zip(places.iter())
                    .filter(|(document, place)| {
                        **place != NO_VECTOR
                            && segment
                                .alive_bitset()
                                .is_none_or(|alive| alive.is_alive(*document))
                    })
                    .count()
            })
            .sum();
        self.count - with as u64
    }

    /// The average length of a field in words, at least 1.
    pub(crate) fn average_length(&self, field: Field) -> f32 {
        let total = self.lengths.get(&field).copied().unwrap_or_default();
        (total as f32 / self.count.max(1) as f32).max(1.0)
    }

    /// In how many cases, not counting deleted ones, the term occurs.
    ///
    /// Deleted cases stay in the files until a merge. Counting them would make scores depend on the history of
    /// merges, and an index built anew would rank differently from the one it replaces.
    pub(crate) fn alive_frequency(&self, term: &Term) -> tantivy::Result<u64> {
        self.remembered_frequency(term.field(), term.serialized_value_bytes(), || {
            Cow::Borrowed(term)
        })
    }

    /// [`alive_frequency`](Self::alive_frequency) of a term of texts.
    pub(crate) fn text_frequency(&self, field: Field, text: &str) -> tantivy::Result<u64> {
        self.remembered_frequency(field, text.as_bytes(), || {
            Cow::Owned(Term::from_field_text(field, text))
        })
    }

    fn remembered_frequency<'a>(
        &self,
        field: Field,
        text: &[u8],
        term: impl FnOnce() -> Cow<'a, Term>,
    ) -> tantivy::Result<u64> {
        let known = || {
            self.frequencies
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(frequency) = known().get(field, text) {
            return Ok(frequency);
        }
        let frequency = self.count_alive(&term())?;
        known().insert(field, text, frequency);
        Ok(frequency)
    }

    fn count_alive(&self, term: &Term) -> tantivy::Result<u64> {
        let mut frequency = 0;
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(term.field())?;
            let Some(info) = inverted.get_term_info(term)? else {
                continue;
            };
            frequency += match segment.alive_bitset() {
                None => u64::from(info.doc_freq),
                Some(alive) => {
                    let mut postings = inverted
                        .read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                    let mut found = 0;
                    while postings.block_len() > 0 {
                        found += postings
                            .docs()
                            .iter()
                            .filter(|&&doc| alive.is_alive(doc))
                            .count();
                        postings.advance();
                    }
                    found as u64
                }
            };
        }
        Ok(frequency)
    }

    pub(crate) fn stored(&self, address: DocAddress) -> tantivy::Result<StoredCase> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let value = document.get_first(self.fields.stored);
        let text = value.as_ref().and_then(|value| value.as_str());
        serde_json::from_str(text.unwrap_or_default())
            .map_err(|error| DataCorruption::comment_only(format!("a stored case: {error}")).into())
    }

    /// In how many texts, not counting deleted cases, the term occurs.
    pub(crate) fn frequency_in_texts(&self, term: &str) -> tantivy::Result<u64> {
        let mut frequency = 0;
        for field in self.fields.texts() {
            frequency += self.text_frequency(field, term)?;
        }
        Ok(frequency)
    }

    /// Shows the terms of a field that begin with `prefix` and their frequency (deleted cases included): of each segment at most
    /// so many, in order.
    pub(crate) fn each_term(
        &self,
        field: Field,
        prefix: &str,
        at_most: usize,
        mut see: impl FnMut(&str, u64),
    ) -> tantivy::Result<()> {
        for segment in self.searcher.segment_readers() {
            each_term_of(segment, field, prefix, at_most, &mut see)?;
        }
        Ok(())
    }

    /// Shows the terms of some fields that a word with so many wrong letters can mean, the first letter being right. A swap of
    /// neighbours is one wrong letter.
    pub(crate) fn each_near_term(
        &self,
        fields: &[Field],
        word: &str,
        wrong: u8,
        mut see: impl FnMut(&str),
    ) -> tantivy::Result<()> {
        let (Some(field), Some(first)) = (fields.first(), word.chars().next()) else {
            return Ok(());
        };
        let beginning = &word[..first.len_utf8()];
        // Of the term only the text counts.
        let word = Term::from_field_text(*field, word);
        let automaton = FuzzyTermQuery::new(word, wrong, true).automaton()?;
        for segment in self.searcher.segment_readers() {
            for field in fields {
                let inverted = segment.inverted_index(*field)?;
                // It passes by all words that differ too much: what is streamed is near.
                let mut stream = inverted
                    .terms()
                    .search(&automaton)
                    .ge(beginning)
                    .into_stream()?;
                while stream.advance() && stream.key().starts_with(beginning.as_bytes()) {
                    if let Ok(term) = std::str::from_utf8(stream.key()) {
                        see(term);
                    }
                }
            }
        }
        Ok(())
    }

    /// Shows the words of the texts that begin or end with `part`, are of letters only and not [short](SHORTEST_LONG_WORD).
    ///
    /// What a word ends with is told by no order of the words: those of a segment are kept in one text, once the first such question
    /// has gone through all of them, and that text is searched.
    pub(crate) fn each_long_word(
        &self,
        part: &str,
        mut see: impl FnMut(&str),
    ) -> tantivy::Result<()> {
        let finder = memmem::Finder::new(part);
        for (reader, segment) in self.searcher.segment_readers().iter().zip(&*self.segments) {
            segment.each_long_word(reader, &self.fields, &finder, &mut see)?;
        }
        Ok(())
    }
}

fn each_term_of(
    segment: &SegmentReader,
    field: Field,
    prefix: &str,
    at_most: usize,
    see: &mut impl FnMut(&str, u64),
) -> tantivy::Result<()> {
    let inverted = segment.inverted_index(field)?;
    let mut stream = inverted
        .terms()
        .range()
        .ge(prefix.as_bytes())
        .into_stream()?;
    let mut seen = 0;
    while seen < at_most && stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
        seen += 1;
        if let Ok(term) = std::str::from_utf8(stream.key()) {
            see(term, u64::from(stream.value().doc_freq));
        }
    }
    Ok(())
}

impl Bm25StatisticsProvider for View {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Ok(self.lengths.get(&field).copied().unwrap_or(self.count))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.count)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.alive_frequency(term)
    }
}

/// Where the vectors of each segment's documents are. Segments do not change: one whose vectors were all there is not looked
/// up again.
fn vector_places(
    searcher: &Searcher,
    store: &Arc<VectorStore>,
    previous: Option<&View>,
) -> tantivy::Result<Vec<(SegmentId, Arc<Vec<u32>>)>> {
    let known = previous.filter(|view| {
        view.vectors
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, store))
    });
    let mut all = Vec::new();
    for segment in searcher.segment_readers() {
        let id = segment.segment_id();
        let complete = known
            .and_then(|view| view.places.iter().find(|(known, _)| *known == id))
            .filter(|(_, places)| !places.contains(&NO_VECTOR));
        let places = match complete {
            Some((_, places)) => Arc::clone(places),
            None => {
                let column = segment.fast_fields().u64(schema::PASSAGE)?;
                let keys = (0..segment.max_doc())
                    .map(|document| column.first(document).unwrap_or_default());
                Arc::new(store.places(keys))
            }
        };
        all.push((id, places));
    }
    Ok(all)
}

fn present_languages(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<Language>> {
    let prefix = format!("language{KEY_SEPARATOR}");
    let mut present = Vec::new();
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.exact)?;
        let mut stream = inverted
            .terms()
            .range()
            .ge(prefix.as_bytes())
            .into_stream()?;
        while stream.advance() {
            let Some(code) = stream.key().strip_prefix(prefix.as_bytes()) else {
                break;
            };
            if let Ok(code) = std::str::from_utf8(code) {
                present.push(Language::from_code(code));
            }
        }
    }
    // Identifiers split into words are English.
    present.push(Language::English);
    let with_language = Term::from_field_text(fields.exact, &schema::exact_term("has", "language"));
    if searcher.doc_freq(&with_language)?
        < searcher
            .segment_readers()
            .iter()
            .map(|segment| u64::from(segment.max_doc()))
            .sum()
    {
        present.push(Language::Plain);
    }
    present.sort_unstable();
    present.dedup();
    Ok(present)
}
