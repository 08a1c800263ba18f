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

/// Places where a word begins or a sign stands: no word runs into them from the left. White space is none.
pub(crate) fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let mut goes_on = false;
    let mut place = 0;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(place) {
            let start = place;
            let inside = goes_on;
            if byte.is_ascii() {
                place += 1;
                goes_on = byte.is_ascii_alphanumeric() || byte == b'_';
                if byte.is_ascii_whitespace() {
                    continue;
                }
            } else {
                let character = at(text, start)?;
                place += character.len_utf8();
                goes_on = is_word(character);
            }
            if !(inside && goes_on) {
                return Some(start);
            }
        }
        None
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
