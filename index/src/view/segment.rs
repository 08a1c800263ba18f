//! What does not change of a segment but for deletions, and is taken over from one state of the index to the next.

use std::sync::{Arc, OnceLock};

use memchr::memmem;
use tantivy::SegmentReader;
use tantivy::columnar::Column;
use tantivy::directory::OwnedBytes;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::schema::Field;

use super::each_term_of;
use crate::schema::{self, Fields};

/// What is known of a segment.
#[derive(Clone)]
pub(crate) struct SegmentFacts {
    pub(super) id: SegmentId,
    deleted: u32,
    /// Sum of the text lengths in words, by field, of cases not deleted.
    pub(super) lengths: [u64; 3],
    /// When the newest of them was opened.
    pub(super) newest: i64,
    pub(crate) columns: SegmentColumns,
    /// Made when it is first asked for.
    long_words: Arc<OnceLock<String>>,
}

impl SegmentFacts {
    pub(super) fn of(
        segment: &SegmentReader,
        fields: &Fields,
        known: Option<&SegmentFacts>,
    ) -> tantivy::Result<Self> {
        let deleted = segment.num_deleted_docs();
        if let Some(known) = known.filter(|known| known.deleted == deleted) {
            return Ok(known.clone());
        }
        let (columns, long_words) = match known {
            Some(known) => (known.columns.clone(), Arc::clone(&known.long_words)),
            None => (SegmentColumns::open(segment)?, Arc::default()),
        };
        let mut lengths = [0; 3];
        for (length, field) in lengths.iter_mut().zip(fields.texts()) {
            *length = alive_length(segment, field)?;
        }
        let opened = segment.doc_ids_alive();
        let newest = opened.map(|document| columns.opened_at(document)).max();
        Ok(SegmentFacts {
            id: segment.segment_id(),
            deleted,
            lengths,
            newest: newest.unwrap_or_default(),
            columns,
            long_words,
        })
    }

    /// Shows the long words that begin or end with what is looked for.
    pub(super) fn each_long_word(
        &self,
        segment: &SegmentReader,
        fields: &Fields,
        part: &memmem::Finder<'_>,
        see: &mut impl FnMut(&str),
    ) -> tantivy::Result<()> {
        let words = match self.long_words.get() {
            Some(words) => words,
            None => {
                let words = long_words(segment, fields)?;
                self.long_words.get_or_init(|| words)
            }
        };
        for place in part.find_iter(words.as_bytes()) {
            let (before, after) = (&words[..place], &words[place..]);
            let begins = before.ends_with(BETWEEN_WORDS);
            let ends = after[part.needle().len()..].starts_with(BETWEEN_WORDS);
            if begins || ends {
                let start = before.rfind(BETWEEN_WORDS).map_or(0, |between| between + 1);
                let length = after.find(BETWEEN_WORDS).unwrap_or(after.len());
                see(&words[start..place + length]);
            }
        }
        Ok(())
    }
}

/// A shorter word is no compound. Bytes.
pub(crate) const SHORTEST_LONG_WORD: usize = 9;
/// Between the long words of a segment.
const BETWEEN_WORDS: char = '\n';

/// Columns of one segment.
#[derive(Clone)]
pub(crate) struct SegmentColumns {
    pub(crate) id: Column<u64>,
    pub(crate) state: Column<u64>,
    /// By document, unpacked: what has no words is ordered by it, however much that is.
    opened_at: Arc<Vec<i64>>,
}

impl SegmentColumns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let opened_at = columns.i64(schema::OPENED_AT)?;
        let opened_at = (0..segment.max_doc()).map(|document| opened_at.first(document));
        let opened_at = opened_at.map(Option::unwrap_or_default).collect();
        Ok(SegmentColumns {
            id: columns.u64(schema::ID)?,
            state: columns.u64(schema::STATE)?,
            opened_at: Arc::new(opened_at),
        })
    }

    /// When the case was opened.
    #[inline]
    pub(crate) fn opened_at(&self, document: u32) -> i64 {
        self.opened_at
            .get(document as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// The long words of a segment's texts, each between two [separators](BETWEEN_WORDS).
fn long_words(segment: &SegmentReader, fields: &Fields) -> tantivy::Result<String> {
    let mut words = String::from(BETWEEN_WORDS);
    for field in fields.texts() {
        each_term_of(segment, field, "", usize::MAX, &mut |term: &str, _| {
            if term.len() >= SHORTEST_LONG_WORD && term.chars().all(char::is_alphabetic) {
                words.push_str(term);
                words.push(BETWEEN_WORDS);
            }
        })?;
    }
    Ok(words)
}

/// The length of each document's field, as the engine's number for it: its own reader asks for each again how it is kept.
pub(crate) fn length_ids(
    segment: &SegmentReader,
    field: Field,
) -> tantivy::Result<Option<OwnedBytes>> {
    let file = segment.fieldnorms_readers().get_inner_file();
    let bytes = file.open_read(field).map(|part| part.read_bytes());
    Ok(bytes.transpose()?)
}

/// The sum of lengths as the engine rounds them, so that it does not depend on how cases lie in segments.
fn alive_length(segment: &SegmentReader, field: Field) -> tantivy::Result<u64> {
    let Some(lengths) = length_ids(segment, field)? else {
        return Ok(0);
    };
    let mut histogram = [0u64; 256];
    for (document, id) in (0..).zip(lengths.as_slice()) {
        if segment
            .alive_bitset()
            .is_none_or(|alive| alive.is_alive(document))
        {
            histogram[usize::from(*id)] += 1;
        }
    }
    Ok((0..=255u8)
        .map(|id| u64::from(FieldNormReader::id_to_fieldnorm(id)) * histogram[usize::from(id)])
        .sum())
}
