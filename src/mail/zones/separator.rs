//! Dashes that separate parts of a text and sign nothing: entries of a list, statements of a program.

use super::code;
use super::contact;
use super::line::Line;
use super::sign_off;

/// Whether the text goes on below the dashes at line `index`: no line below says how to reach somebody, and code, a
/// question or, below the second of several such lines, a sentence stands there. The `strict` delimiter of RFC 3676
/// section 4.3 signs wherever a name follows it.
pub(super) fn goes_on(lines: &[Line<'_>], index: usize, strict: bool) -> bool {
    let below: Vec<&Line<'_>> = lines[index + 1..]
        .iter()
        .filter(|line| !line.is_blank())
        .collect();
    let (Some(first), Some(last)) = (below.first(), below.last()) else {
        return false;
    };
    let named = || sign_off::is_name(first.text) && first.text.starts_with(char::is_uppercase);
    if below
        .iter()
        .any(|line| contact::has_contact(line.text) || line.text.contains("://"))
    {
        return false;
    }
    // A comment of a query language without words.
    let above = index.checked_sub(1).map(|above| &lines[above]);
    if code::is_code(first.text)
        && above.is_some_and(|above| !above.is_blank() && code::is_code(above.text))
    {
        return true;
    }
    let several = lines
        .iter()
        .filter(|line| line.depth == 0 && matches!(line.text, "--" | "—" | "–" | "__" | "——"))
        .count()
        > 1;
    let ends = last.text.ends_with(['.', '?', '!', '。', '？', '！']);
    // Without a blank line above it the last line may be the motto of a signature.
    let apart = lines
        .iter()
        .rposition(|line| !line.is_blank())
        .is_some_and(|last| last > index + 1 && lines[last - 1].is_blank());
    if several && ends && apart && last.words() >= 2 {
        return true;
    }
    let asks = below
        .iter()
        .any(|line| line.text.ends_with('？') || line.text.ends_with('?') && line.words() >= 3);
    asks && !named() && (apart || !strict)
}
