//! Lines of a width that people read, in any script.

/// True for characters that take two columns: Chinese, Japanese, Korean and their punctuation.
pub(super) fn is_wide(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{303E}' | '\u{3041}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}' | '\u{20000}'..='\u{3FFFD}')
}

/// Punctuation that must not begin a line.
fn closes(character: char) -> bool {
    "。，、；：！？）】》」』”’…".contains(character)
}

/// Columns that a text takes on a screen.
pub(crate) fn columns(text: &str) -> usize {
    text.chars()
        .map(|character| if is_wide(character) { 2 } else { 1 })
        .sum()
}

/// Breaks a paragraph into lines, between words and between Chinese characters. A word that is
/// longer than a line stays whole: a cut address or identifier helps nobody.
pub(crate) fn wrap(text: &str, first_indent: &str, indent: &str, most: usize) -> String {
    let mut wrapped = first_indent.to_owned();
    let mut width = columns(first_indent);
    let mut line_is_empty = true;
    for (unit, spaced) in units(text) {
        let unit_width = columns(&unit);
        let space = usize::from(spaced && !line_is_empty);
        if !line_is_empty && width + space + unit_width > most {
            wrapped.push('\n');
            wrapped.push_str(indent);
            width = columns(indent);
        } else if space == 1 {
            wrapped.push(' ');
            width += 1;
        }
        wrapped.push_str(&unit);
        width += unit_width;
        line_is_empty = false;
    }
    wrapped
}

/// Pieces between which a line may break, each with whether a space stands before it.
fn units(text: &str) -> Vec<(String, bool)> {
    let mut units: Vec<(String, bool)> = Vec::new();
    // Not at every white space: a no-break space keeps French punctuation at its word.
    for word in text
        .split([' ', '\n', '\t'])
        .filter(|word| !word.is_empty())
    {
        let mut spaced = true;
        let mut unit = String::new();
        for character in word.chars() {
            let joins = closes(character) || unit.ends_with(['（', '“', '《', '「', '【']);
            let breaks =
                (is_wide(character) || unit.ends_with(is_wide)) && !joins && !unit.is_empty();
            if breaks {
                units.push((std::mem::take(&mut unit), spaced));
                spaced = false;
            }
            unit.push(character);
        }
        units.push((unit, spaced));
    }
    units
}
