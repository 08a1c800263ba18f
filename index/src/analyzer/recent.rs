//! Words met a short time ago, in a table that fits the processor's cache.
//!
//! Most words of a text are among a few thousand. The whole cache of stems is too large to stay near the processor: each
//! look into it waits three times for memory.

/// Bytes of the longest word that is kept.
const WORD_BYTES: usize = 23;
/// A word has one place, and the next one there takes it.
const PLACES: usize = 1 << 12;

type Key = [u64; 3];

/// Short words with how many of their first bytes are their term; none for a stop word.
#[derive(Default)]
pub(super) struct Recent {
    places: Vec<(Key, u8)>,
}

impl Recent {
    /// The place of a word, if it is short enough to have one.
    #[inline]
    pub(super) fn place(word: &str) -> Option<Place> {
        let length = word.len();
        if length == 0 || length > WORD_BYTES {
            return None;
        }
        let mut bytes = [0; 24];
        bytes[..length].copy_from_slice(word.as_bytes());
        // Words hold no zero byte, but a last byte tells words apart that do.
        bytes[WORD_BYTES] = u8::try_from(length).ok()?;
        let (parts, _) = bytes.as_chunks::<8>();
        let key = [0, 1, 2].map(|part: usize| u64::from_le_bytes(parts[part]));
        let mixed = key.iter().fold(0_u64, |hash, part| {
            (hash.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
        Some(Place {
            key,
            number: (mixed >> 52) as usize % PLACES,
        })
    }

    /// What was kept of the word.
    #[inline]
    pub(super) fn get(&self, place: &Place) -> Option<u8> {
        let (key, beginning) = self.places.get(place.number)?;
        (*key == place.key).then_some(*beginning)
    }

    /// Keeps it.
    pub(super) fn put(&mut self, place: &Place, beginning: u8) {
        if self.places.is_empty() {
            self.places = vec![(Key::default(), 0); PLACES];
        }
        self.places[place.number] = (place.key, beginning);
    }
}

/// Where a word is kept.
pub(super) struct Place {
    key: Key,
    number: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_until_another_takes_its_place() {
        let mut recent = Recent::default();
        let place = |word: &str| Recent::place(word).unwrap();
        assert_eq!(recent.get(&place("order")), None);
        recent.put(&place("order"), 5);
        recent.put(&place("the"), 0);
        assert_eq!(recent.get(&place("order")), Some(5));
        assert_eq!(recent.get(&place("the")), Some(0));
        assert_eq!(recent.get(&place("orders")), None);
        assert_eq!(recent.get(&place("order\0")), None);
        let mut number = 0;
        let other = loop {
            let other = place(&format!("word{number}"));
            if other.number == place("order").number {
                break other;
            }
            number += 1;
        };
        assert_eq!(recent.get(&other), None);
        recent.put(&other, 4);
        assert_eq!(recent.get(&place("order")), None);
        assert_eq!(recent.get(&other), Some(4));
    }

    #[test]
    fn long_words_have_no_place() {
        assert!(Recent::place("").is_none());
        assert!(Recent::place(&"a".repeat(23)).is_some());
        assert!(Recent::place(&"a".repeat(24)).is_none());
    }
}
