//! One record of the file of vectors.

use super::encoder::DIMENSIONS;
use super::sentences::{self, SENTENCE_BYTES, SENTENCES};

/// Key, scale, codes, further bits, number of sentences, sentences, checksum.
pub(super) const RECORD_BYTES: usize = SENTENCES_AT + 1 + SENTENCES * SENTENCE_BYTES + 4;
/// Where the codes of a record begin.
const CODES: usize = 12;
/// Where its sentences begin.
const SENTENCES_AT: usize = CODES + DIMENSIONS + DIMENSIONS;

/// The vectors of a text.
pub(crate) struct TextVectors {
    /// Of the whole.
    pub(crate) whole: Vec<f32>,
    /// Of each of its sentences.
    pub(crate) sentences: Vec<Vec<f32>>,
}

/// A record of the file.
pub(super) struct Record<'a> {
    /// What the text is known by.
    pub(super) key: u64,
    pub(super) scale: f32,
    pub(super) codes: &'a [u8],
    pub(super) rest: &'a [u8],
    /// [`SENTENCE_BYTES`] for each.
    pub(super) sentences: &'a [u8],
}

/// The parts of a record, where the checksum is right.
pub(super) fn parse(record: &[u8; RECORD_BYTES]) -> Option<Record<'_>> {
    let (body, checksum) = record.split_last_chunk::<4>()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let (key, body) = body.split_first_chunk::<8>()?;
    let (scale, body) = body.split_first_chunk::<4>()?;
    let (codes, body) = body.split_at(DIMENSIONS);
    let (rest, body) = body.split_at(DIMENSIONS);
    let (count, sentences) = body.split_first()?;
    Some(Record {
        key: u64::from_le_bytes(*key),
        scale: f32::from_le_bytes(*scale),
        codes,
        rest,
        sentences: sentences.get(..usize::from(*count) * SENTENCE_BYTES)?,
    })
}

pub(super) fn record(key: u64, text: &TextVectors) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    let vector = &text.whole;
    let greatest = vector
        .iter()
        .fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
    let scale = greatest / 127.0;
    record[..8].copy_from_slice(&key.to_le_bytes());
    record[8..CODES].copy_from_slice(&scale.to_le_bytes());
    for (place, value) in vector.iter().take(DIMENSIONS).enumerate() {
        let units = value / scale;
        let code = units.round();
        let rest = ((units - code) * 256.0).round().clamp(-128.0, 127.0);
        record[CODES + place] = code as i8 as u8;
        record[CODES + DIMENSIONS + place] = rest as i8 as u8;
    }
    let sentences = &text.sentences[..text.sentences.len().min(SENTENCES)];
    record[SENTENCES_AT] = sentences.len() as u8;
    let places = record[SENTENCES_AT + 1..].chunks_exact_mut(SENTENCE_BYTES);
    for (place, sentence) in places.zip(sentences) {
        place.copy_from_slice(&sentences::pack(sentence));
    }
    let end = RECORD_BYTES - 4;
    let checksum = crc32fast::hash(&record[..end]);
    record[end..].copy_from_slice(&checksum.to_le_bytes());
    record
}
