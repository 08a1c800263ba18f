//! A reader of digits and signs.

use crate::extract::characters::{is_word, skip_blanks};

pub(super) fn digits_end(bytes: &[u8], start: usize) -> usize {
    bytes[start..]
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .map_or(bytes.len(), |length| start + length)
}

/// A reader of digits and signs from a place on.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) place: usize,
}

impl Cursor<'_> {
    pub(super) fn number(&mut self, shortest: usize, longest: usize) -> Option<i64> {
        let end = digits_end(self.text.as_bytes(), self.place);
        let length = end - self.place;
        if length < shortest || length > longest {
            return None;
        }
        let value = self.text[self.place..end].parse().ok()?;
        self.place = end;
        Some(value)
    }

    pub(super) fn small(
        &mut self,
        shortest: usize,
        longest: usize,
        range: std::ops::RangeInclusive<i8>,
    ) -> Option<i8> {
        let value = i8::try_from(self.number(shortest, longest)?).ok()?;
        range.contains(&value).then_some(value)
    }

    pub(super) fn sign(&mut self, signs: &[char]) -> Option<char> {
        let character = self.text[self.place..].chars().next()?;
        signs.contains(&character).then(|| {
            self.place += character.len_utf8();
            character
        })
    }

    pub(super) fn blanks(&mut self) -> &mut Self {
        self.place = skip_blanks(self.text, self.place);
        self
    }

    pub(super) fn literal(&mut self, literal: &str) -> bool {
        let found = self.text[self.place..]
            .get(..literal.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(literal));
        if found {
            self.place += literal.len();
        }
        found
    }

    /// True when neither a digit nor a letter goes on here.
    pub(super) fn free(&self) -> bool {
        self.text[self.place..]
            .chars()
            .next()
            .is_none_or(|next| !is_word(next))
    }
}
