//! Places in text: words, lines and what stands around them.

/// The character before a place.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// The character at a place.
pub(crate) fn at(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// True for letters and digits of scripts that divide words by spaces.
pub(crate) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    character.is_alphanumeric() && !is_han(character)
}

/// True for Chinese characters.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// True when no word goes on over either end of the range.
pub(crate) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    starts_word(text, start) && ends_word(text, end)
}

/// True when no word runs into this place from the left.
pub(crate) fn starts_word(text: &str, start: usize) -> bool {
    match (before(text, start), at(text, start)) {
        (Some(left), Some(right)) => !(is_word(left) && is_word(right)),
        _ => true,
    }
}

/// True when the text ends with the word, whole. Words of Chinese need no boundary.
pub(crate) fn ends_with_word(text: &str, word: &str) -> bool {
    text.ends_with(word) && starts_word(text, text.len() - word.len())
}

/// True when a word of the text begins with these, which may be several words.
pub(crate) fn holds_beginning(text: &str, beginning: &str) -> bool {
    text.match_indices(beginning)
        .any(|(at, _)| starts_word(text, at))
}

/// True when they stand in the text as whole words. Those of Chinese need no boundary.
pub(crate) fn holds_word(text: &str, words: &str) -> bool {
    text.match_indices(words)
        .any(|(at, _)| stands_alone(text, at, at + words.len()))
}

/// True for `reportId` and `report_id`: words joined to one name.
pub(crate) fn is_joined(word: &str) -> bool {
    word.contains('_') || has_hump(word)
}

/// True for `reportId`: a capital letter behind a small one.
pub(crate) fn has_hump(word: &str) -> bool {
    let rises = |two: &[u8]| is(two[0], LOWER) && is(two[1], UPPER);
    word.as_bytes().windows(2).any(rises)
}

/// What a byte of text is, in bits: looked up where a whole text is gone through.
static BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        bytes[byte as usize] = ((byte.is_ascii_alphanumeric() || byte == b'_') as u8 * WORD)
            | (byte.is_ascii_whitespace() as u8 * SPACE)
            | (byte.is_ascii_lowercase() as u8 * LOWER)
            | (byte.is_ascii_uppercase() as u8 * UPPER);
        byte += 1;
    }
    bytes
};
/// A letter or digit of ASCII, or `_`.
pub(crate) const WORD: u8 = 1;
/// White space of ASCII.
pub(crate) const SPACE: u8 = 2;
/// A small letter of ASCII.
pub(crate) const LOWER: u8 = 4;
/// A capital letter of ASCII.
pub(crate) const UPPER: u8 = 8;

/// Whether a byte is one of the kinds, such as `LOWER | UPPER`.
#[inline]
pub(crate) fn is(byte: u8, kinds: u8) -> bool {
    BYTES[usize::from(byte)] & kinds != 0
}

/// The first place from this one on where a byte is none of the kinds: most bytes of a text are passed by so.
#[inline]
pub(crate) fn pass(bytes: &[u8], place: usize, kinds: u8) -> usize {
    let mut place = place;
    while bytes.get(place).is_some_and(|byte| is(*byte, kinds)) {
        place += 1;
    }
    place
}

/// Places where a word begins or a sign stands: no word runs into them from the left. White space is none.
pub(crate) fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut goes_on = false;
    let mut place = 0;
    std::iter::from_fn(move || {
        loop {
            if goes_on {
                place = pass(bytes, place, WORD);
            }
            let word_end = place;
            place = pass(bytes, place, SPACE);
            goes_on &= place == word_end;
            let &byte = bytes.get(place)?;
            let start = place;
            let inside = goes_on;
            if byte.is_ascii() {
                place += 1;
                goes_on = is(byte, WORD);
            } else {
                let character = at(text, start)?;
                place += character.len_utf8();
                goes_on = is_word(character);
            }
            if !(inside && goes_on) {
                return Some(start);
            }
        }
    })
}

/// True when no word goes on at this place.
pub(crate) fn ends_word(text: &str, end: usize) -> bool {
    match (before(text, end), at(text, end)) {
        (Some(left), Some(right)) => !(is_word(left) && is_word(right)),
        _ => true,
    }
}

/// Longest stretch of a line that is looked at: dumps of one line may be megabytes long. Bytes.
const LINE_BYTES: usize = 4_000;

/// Start of the line that holds the place, or of its last [`LINE_BYTES`].
pub(crate) fn line_start(text: &str, place: usize) -> usize {
    let from = text.ceil_char_boundary(place.saturating_sub(LINE_BYTES));
    let from = from.min(place);
    memchr::memrchr(b'\n', &text.as_bytes()[from..place]).map_or(from, |newline| from + newline + 1)
}

/// End of the line that holds the place, line break not included, or of its next [`LINE_BYTES`].
pub(crate) fn line_end(text: &str, place: usize) -> usize {
    let to = text.floor_char_boundary((place + LINE_BYTES).min(text.len()));
    memchr::memchr(b'\n', &text.as_bytes()[place..to]).map_or(to, |newline| place + newline)
}

/// The place after characters of the set.
pub(crate) fn skip(text: &str, place: usize, set: impl Fn(char) -> bool) -> usize {
    text[place..]
        .char_indices()
        .find(|(_, character)| !set(*character))
        .map_or(text.len(), |(offset, _)| place + offset)
}

/// The place after spaces and tabs, no-break and ideographic ones too.
pub(crate) fn skip_blanks(text: &str, place: usize) -> usize {
    skip(text, place, is_blank)
}

/// The first place of a sign of ASCII or of one of the characters outside of it.
pub(crate) fn find_either(text: &str, sign: u8, other: impl Fn(char) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while from < bytes.len() {
        let near = &bytes[from..bytes.len().min(from + NEAR_BYTES)];
        if near.is_ascii() {
            if let Some(place) = memchr::memchr(sign, near) {
                return Some(from + place);
            }
            from += near.len();
            continue;
        }
        let place = from
            + near
                .iter()
                .position(|byte| *byte == sign || !byte.is_ascii())?;
        if bytes[place] == sign {
            return Some(place);
        }
        let character = at(text, place)?;
        if other(character) {
            return Some(place);
        }
        from = place + character.len_utf8();
    }
    None
}

/// How much of a text is looked at in one step. Bytes.
const NEAR_BYTES: usize = 256;

/// True for spaces and tabs, no-break and ideographic ones too.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\u{a0}' | '\u{3000}' | '\u{202f}' | '\u{200b}'
    )
}

/// At most this many bytes from the place on, cut at a character.
pub(crate) fn window(text: &str, place: usize, bytes: usize) -> &str {
    &text[place..text.floor_char_boundary((place + bytes).min(text.len()))]
}

/// At most this many bytes before the place, cut at a character.
pub(crate) fn window_before(text: &str, place: usize, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(place.saturating_sub(bytes))..place]
}
