//! Names without a sign-off above them: `-Jane` at the end of a text, and a name alone below a note.

use super::contact::has_contact;
use super::line::{Line, previous_filled};
use super::sign_off;

/// A full name behind a dash (`-Jane Doe`) or a slash (`/Jane`) that ends `lines`, or a first name so with contacts below it. Items of lists
/// have a blank behind their dash, options of commands no capital.
pub(super) fn dashed(lines: &[Line<'_>], content: &[bool]) -> Option<usize> {
    let mut index = previous_filled(lines, lines.len())?;
    for _ in 0..3 {
        let line = &lines[index];
        if content[index] || line.depth > 0 {
            return None;
        }
        if is_dashed_name(line.text) {
            let contacts = previous_filled(lines, lines.len()).is_some_and(|last| last > index);
            // `/Jane` is how names are signed in Scandinavia; a file's path has a word before it or a second slash.
            let slash = line.text.starts_with('/') && index > 0 && lines[index - 1].is_blank();
            if line.words() < 2 && !contacts && !slash {
                return None;
            }
            let neighbour = index.checked_sub(1).map(|above| lines[above].text);
            let item = neighbour.is_some_and(|above| above.starts_with(['-', '–', '—', '*']));
            return (!item).then_some(index);
        }
        if !has_contact(line.text) || line.words() > 4 {
            return None;
        }
        index = previous_filled(lines, index)?;
    }
    None
}

fn is_dashed_name(text: &str) -> bool {
    let Some(name) = text
        .strip_prefix("--")
        .or_else(|| text.strip_prefix(['-', '–', '—', '~', '/']))
    else {
        return false;
    };
    let letters = name.chars().filter(|letter| letter.is_lowercase()).count();
    name.starts_with(char::is_uppercase)
        && letters >= 2
        && name.split_whitespace().count() <= 3
        && sign_off::is_name(name)
}

/// Most filled lines of a note.
const NOTE_LINES: usize = 6;

/// Columns beyond which no mail program wraps: the writer's own line breaks are the only ones.
const FLOWING_FROM: usize = 80;

/// Words that stand alone as an answer or a request.
#[rustfmt::skip]
const ANSWERS: &[&str] = &[
    "yes", "none", "done", "nothing", "please", "help", "urgent", "never", "always", "resolved", "solved", "fixed",
    "nein", "keine", "nichts", "bitte", "hilfe", "oui", "non", "rien", "aucun", "tak", "nie", "brak", "nada",
    "attached", "production", "sandbox", "test",
];

/// The name alone in the last paragraph of a note: at most two words, each with its capital, below a finished
/// sentence. Only where the lines are the writer's own: in a wrapped text a short last line may be the rest of a
/// sentence or of a list, and in a long one the last entry.
pub(super) fn alone(lines: &[Line<'_>], content: &[bool]) -> Option<usize> {
    let last = previous_filled(lines, lines.len())?;
    let line = &lines[last];
    let above = previous_filled(lines, last).filter(|above| last - above >= 2)?;
    if content[last] || line.depth > 0 || !is_short_name(line.text) {
        return None;
    }
    let above_it = &lines[..last];
    let filled = above_it.iter().filter(|line| !line.is_blank());
    if filled.take(NOTE_LINES + 1).count() > NOTE_LINES {
        return None;
    }
    let flowing = |line: &Line<'_>| line.text.chars().count() > FLOWING_FROM;
    let finished = lines[above].text.ends_with(['.', '!', '?', '…']);
    let name = line.text.to_lowercase();
    let mentions = |line: &Line<'_>| line.text.to_lowercase().contains(&name);
    (finished
        && above_it.iter().any(flowing)
        && above_it.iter().all(|line| line.depth == 0)
        && !above_it.iter().any(mentions))
    .then_some(last)
}

fn is_short_name(text: &str) -> bool {
    let text = text.trim_end_matches([',', '.']);
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=2).contains(&words.len())
        && words.iter().all(|word| {
            word.chars().count() >= 3
                && word.starts_with(char::is_uppercase)
                && word
                    .chars()
                    .all(|character| character.is_alphabetic() || character == '-')
                && !ANSWERS.contains(&word.to_lowercase().as_str())
        })
}
