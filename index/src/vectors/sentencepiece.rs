//! The SentencePiece model: from a text to the numbers of its pieces.
//!
//! The file is a protocol buffer (`sentencepiece_model.proto`): pieces with scores, and a map that normalises characters
//! (compatibility forms, full-width letters, spaces). Of all ways to cut the normalised text into pieces the one with the
//! highest sum of scores is taken.

use super::pieces::Pieces;
use super::protobuf::{Value, fields};

/// Written for a space, so that a space is a character of a piece like any other.
const SPACE_MARK: &str = "\u{2581}";
/// Pieces that stand for characters of a text; the others (unknown, start, end) never match.
const NORMAL: u64 = 1;
const USER_DEFINED: u64 = 4;
/// How much worse than the worst piece a character is that no piece has.
const UNKNOWN_PENALTY: f32 = 10.0;

/// The number of a character that no piece has.
const UNKNOWN: u32 = 0;
/// The numbers that stand before and after every text.
const START: u32 = 1;
const END: u32 = 2;

/// A model that was read.
#[derive(Debug)]
pub(super) struct SentencePiece {
    pieces: Pieces,
    scores: Vec<f32>,
    unknown_score: f32,
    normalizer: Normalizer,
}

impl SentencePiece {
    /// Reads the bytes of a model.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut pieces: Vec<(&[u8], u32)> = Vec::new();
        let mut scores = Vec::new();
        let mut normalizer = Normalizer::default();
        for field in fields(bytes) {
            match field? {
                (1, Value::Bytes(piece)) => {
                    let (text, score, kind) = piece_of(piece)?;
                    if kind == NORMAL || kind == USER_DEFINED {
                        pieces.push((text, scores.len() as u32));
                    }
                    scores.push(score);
                }
                (3, Value::Bytes(specification)) => {
                    for field in fields(specification) {
                        if let (2, Value::Bytes(map)) = field? {
                            normalizer = Normalizer::parse(map)?;
                        }
                    }
                }
                _ => {}
            }
        }
        if pieces.is_empty() {
            return Err("it has no pieces".to_owned());
        }
        let lowest = scores.iter().copied().fold(0.0, f32::min);
        Ok(SentencePiece {
            pieces: Pieces::new(pieces),
            scores,
            unknown_score: lowest - UNKNOWN_PENALTY,
            normalizer,
        })
    }

    /// Pieces that the model has, those for unknown characters, start and end among them.
    pub(super) fn count(&self) -> usize {
        self.scores.len()
    }

    /// Numbers of the pieces of a text, with those for its start and end.
    pub(super) fn encode(&self, text: &str) -> Vec<u32> {
        let text = self.normalizer.normalize(text);
        let mut ids = self.cut(text.as_bytes());
        if ids.is_empty() {
            ids.push(UNKNOWN);
        }
        ids.insert(0, START);
        ids.push(END);
        ids
    }

    fn cut(&self, text: &[u8]) -> Vec<u32> {
        #[derive(Clone, Copy)]
        struct Best {
            score: f32,
            start: u32,
            piece: u32,
        }
        let nothing = Best {
            score: f32::NEG_INFINITY,
            start: 0,
            piece: UNKNOWN,
        };
        let mut best = vec![nothing; text.len() + 1];
        best[0].score = 0.0;
        let mut at = 0;
        while at < text.len() {
            let width = width(text[at]).min(text.len() - at);
            let score = best[at].score;
            let mut whole_character = false;
            self.pieces.prefixes(&text[at..], |length, piece| {
                let score = score + self.scores[piece as usize];
                let end = &mut best[at + length];
                if score > end.score {
                    *end = Best {
                        score,
                        start: at as u32,
                        piece,
                    };
                }
                whole_character |= length == width;
            });
            if !whole_character {
                let score = score + self.unknown_score;
                let end = &mut best[at + width];
                if score > end.score {
                    *end = Best {
                        score,
                        start: at as u32,
                        piece: UNKNOWN,
                    };
                }
            }
            at += width;
        }
        let mut ids = Vec::new();
        let mut at = text.len();
        while at > 0 {
            ids.push(best[at].piece);
            at = best[at].start as usize;
        }
        ids.reverse();
        ids
    }
}

/// Text, score and kind of a piece.
fn piece_of(bytes: &[u8]) -> Result<(&[u8], f32, u64), String> {
    let (mut text, mut score, mut kind) = (&[][..], 0.0, NORMAL);
    for field in fields(bytes) {
        match field? {
            (1, Value::Bytes(bytes)) => text = bytes,
            (2, Value::Fixed32(bits)) => score = f32::from_bits(bits),
            (3, Value::Number(number)) => kind = number,
            _ => {}
        }
    }
    Ok((text, score, kind))
}

/// Bytes of the character that begins with this byte.
fn width(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// The map of characters: a trie in a double array, as the library `darts-clone` lays it out, followed by the
/// replacements, each ended by a zero byte.
#[derive(Debug, Default)]
struct Normalizer {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl Normalizer {
    fn parse(map: &[u8]) -> Result<Self, String> {
        let broken = || "its map of characters is cut short".to_owned();
        let (length, rest) = map.split_first_chunk::<4>().ok_or_else(broken)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (units, replacements) = rest.split_at_checked(length).ok_or_else(broken)?;
        let (units, _) = units.as_chunks::<4>();
        Ok(Normalizer {
            units: units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
            replacements: replacements.to_vec(),
        })
    }

    /// The replacement of the longest entry that the text begins with, and the bytes that it replaces.
    fn longest<'a>(&'a self, text: &[u8]) -> Option<(&'a [u8], usize)> {
        // Of a unit: bits 0 to 7 the label, bit 8 whether a value hangs below, bit 9 whether the offset is in steps of
        // 256, bits 10 to 30 the offset to the children. Of a value: bits 0 to 30.
        let offset = |unit: u32| ((unit >> 10) << ((unit & 0x200) >> 6)) as usize;
        let mut place = offset(*self.units.first()?);
        let mut found = None;
        for (at, &byte) in text.iter().enumerate() {
            place ^= usize::from(byte);
            let unit = *self.units.get(place)?;
            if unit & 0x8000_00ff != u32::from(byte) {
                break;
            }
            place ^= offset(unit);
            if unit & 0x100 != 0 {
                found = Some(((self.units.get(place)? & 0x7fff_ffff) as usize, at + 1));
            }
        }
        let (value, length) = found?;
        let replacement = self.replacements.get(value..)?;
        let end = replacement.iter().position(|byte| *byte == 0)?;
        Some((&replacement[..end], length))
    }

    /// The text with characters replaced, runs of spaces made one, none at the ends, a mark before it and for each space.
    fn normalize(&self, text: &str) -> String {
        let mut normalized = String::with_capacity(text.len() + text.len() / 4 + 3);
        let mut rest = text;
        // A mark is owed and written before the next character that is none.
        let mut space = true;
        while let Some(first) = rest.chars().next() {
            let (replacement, length) = self
                .longest(rest.as_bytes())
                .and_then(|(replacement, length)| {
                    Some((std::str::from_utf8(replacement).ok()?, length))
                })
                .filter(|(_, length)| rest.is_char_boundary(*length))
                .unwrap_or((&rest[..first.len_utf8()], first.len_utf8()));
            for character in replacement.chars() {
                if character == ' ' {
                    space = true;
                    continue;
                }
                if space {
                    normalized.push_str(SPACE_MARK);
                    space = false;
                }
                normalized.push(character);
            }
            rest = &rest[length..];
        }
        normalized
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece as the model's file holds it.
    fn piece(text: &str, score: f32, kind: u8) -> Vec<u8> {
        let mut inner = vec![0x0a, text.len() as u8];
        inner.extend(text.as_bytes());
        inner.push(0x15);
        inner.extend(score.to_le_bytes());
        inner.extend([0x18, kind]);
        let mut field = vec![0x0a, inner.len() as u8];
        field.extend(inner);
        field
    }

    fn model() -> SentencePiece {
        let mut bytes = Vec::new();
        for (text, score, kind) in [
            ("<unk>", 0.0, 2),
            ("<s>", 0.0, 3),
            ("</s>", 0.0, 3),
            ("\u{2581}", -3.0, 1),
            ("a", -2.0, 1),
            ("ab", -2.5, 1),
            ("b", -2.0, 1),
            ("\u{2581}ab", -3.5, 1),
            ("\u{9650}\u{6d41}", -4.0, 1),
        ] {
            bytes.extend(piece(text, score, kind));
        }
        SentencePiece::parse(&bytes).expect("the model is whole")
    }

    #[test]
    fn the_best_cut_is_taken() {
        let model = model();
        assert_eq!(model.encode("ab"), [1, 7, 2]);
        assert_eq!(model.encode("  ab   a "), [1, 7, 3, 4, 2]);
        assert_eq!(model.encode("\u{9650}\u{6d41}"), [1, 3, 8, 2]);
        assert_eq!(model.encode("b<s>"), [1, 3, 6, 0, 0, 0, 2]);
        assert_eq!(model.encode("\u{9650}"), [1, 3, 0, 2]);
        assert_eq!(model.encode(""), [1, 0, 2]);
    }

    #[test]
    fn a_broken_model_is_refused() {
        assert!(SentencePiece::parse(b"").is_err());
        assert!(SentencePiece::parse(&piece("ab", 0.0, 1)[..5]).is_err());
        assert!(SentencePiece::parse(&[0xff; 40]).is_err());
    }
}
