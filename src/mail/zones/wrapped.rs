//! Lines that a mail program or an archive wrapped: scraps of quotes without their mark, names torn off an attribution,
//! and quotes that stand inside a sentence.

use super::Judge;
use super::line;
use crate::mail::text::is_wide_letter;

/// Lists and mail programs wrap at 72 columns or more; a line that the next word would have carried beyond is full.
const WRAPPED_AT: usize = 75;

/// Characters of a name in Chinese or Japanese that stands above its rest, at most.
const TORN_NAME: usize = 8;

impl Judge<'_> {
    /// Whether the sentence above marked lines goes on below them: then they are shown, not answered.
    pub(super) fn is_inside_sentence(&self, start: usize, end: usize) -> bool {
        let run = &self.lines[start..end.min(start + 6)];
        let alone = end - start <= 5
            && run.iter().all(|line| line.depth <= 1)
            && run.iter().filter(|line| line.depth > 0).count() == self.marked;
        let Some(above) =
            line::previous_filled(self.lines, start).filter(|above| alone && self.is_new(*above))
        else {
            return false;
        };
        let Some(below) = line::next_filled(self.lines, end).filter(|below| *below > end) else {
            return false;
        };
        let open = self.lines[above]
            .text
            .ends_with(|last: char| last.is_alphanumeric() || last == ',');
        open && self.lines[below].text.starts_with(char::is_lowercase)
    }

    /// A line without a mark right below a marked one that a mail program wrapped: it goes on in lower case in the
    /// middle of a sentence, or the line above was full.
    pub(super) fn is_wrapped_rest(&self, index: usize) -> bool {
        let Some(above) = index.checked_sub(1).map(|above| &self.lines[above]) else {
            return false;
        };
        let line = &self.lines[index];
        if line.raw.starts_with([' ', '\t']) || above.is_blank() || self.content[index] {
            return false;
        }
        let first_word = line
            .text
            .split(' ')
            .next()
            .map_or(0, |word| word.chars().count());
        let full = above.raw.chars().count() + first_word >= 68;
        if above.depth >= 2 && self.is_wrapped_scrap(index) {
            return true;
        }
        // Below a question stands its answer, however long its first word is: only a link is carried over.
        let asks = above.text.ends_with(['?', ':', '？', '：']);
        if asks && !line.text.starts_with(['<', '(']) && !line.text.starts_with("http") {
            return false;
        }
        let open_end = !above.text.ends_with(['.', '!', '?', ':']) && !above.inner().is_empty();
        let goes_on = line.text.starts_with(|character: char| {
            character.is_lowercase() || matches!(character, '<' | '(' | '*')
        });
        let marked_below = self.lines.get(index + 1).is_some_and(|next| next.depth > 0);
        full && (open_end || goes_on)
            || open_end
                && marked_below
                && (goes_on || (line.words() <= 4 && !line.text.ends_with(['.', '!', '?'])))
    }

    /// A few words without an end between two marked lines, of which the lower one goes on: what an archive or a mail
    /// program wrapped out of a deep quote.
    fn is_wrapped_scrap(&self, index: usize) -> bool {
        let scrap = &self.lines[index];
        scrap.words() <= 4
            && !scrap.text.ends_with(['.', '!', '?', ':', ','])
            && self.lines.get(index + 1).is_some_and(|below| {
                below.depth > 0
                    && (below.inner().starts_with(char::is_lowercase) || below.inner().len() == 1)
            })
    }

    /// Lines without a mark between two marked ones, wrapped out of the upper one: it and all of them but the last are
    /// full. Returns the next marked line. A blank line, which an answer has above or below it, ends them.
    pub(super) fn wrapped_paragraph(&self, start: usize) -> Option<usize> {
        let mut index = start;
        let mut above = &self.lines[start.checked_sub(1)?];
        while let Some(line) = self.lines.get(index) {
            if line.depth > 0 && !self.content[index] {
                return (index > start).then_some(index);
            }
            let first_word = line
                .text
                .split(' ')
                .next()
                .map_or(0, |word| word.chars().count());
            let full = above.raw.chars().count() + first_word >= WRAPPED_AT;
            if line.is_blank()
                || self.content[index]
                || index - start >= 3
                || !full
                || above.text.ends_with(['?', ':'])
            {
                return None;
            }
            above = line;
            index += 1;
        }
        None
    }

    /// Where an attribution begins of which a mail program wrapped the name off its address: `Jane Doe` in a paragraph's
    /// first line, `<jane@shop.example> ...` in the next.
    pub(super) fn wrapped_name(&self, first: usize) -> usize {
        let Some(above) = first.checked_sub(1).map(|above| &self.lines[above]) else {
            return first;
        };
        let begins = first < 2 || self.lines[first - 2].is_blank();
        let text = self.lines[first].text;
        // `支持 <jane@shop.example>`, below it `于2026年…写道：`.
        let dated = text.starts_with(['于', '在'])
            && text
                .chars()
                .nth(1)
                .is_some_and(|next| next.is_ascii_digit());
        if dated && above.text.ends_with('>') && above.text.contains('@') && above.words() <= 6 {
            return first - 1;
        }
        // `支持部`, below it `国际组 <jane@shop.example> 于2026年…`.
        let torn = text.contains("> 于")
            && begins
            && !above.is_blank()
            && above.text.chars().count() <= TORN_NAME
            && above.text.chars().all(is_wide_letter)
            && line::previous_filled(self.lines, first - 1).is_some();
        if torn {
            return first - 1;
        }
        let name = text.starts_with('<')
            && begins
            && !above.is_blank()
            && above.depth == 0
            && above.words() <= 4
            && !above
                .text
                .ends_with(['.', '!', '?', ':', ',', '。', '！', '？']);
        if name { first - 1 } else { first }
    }
}
