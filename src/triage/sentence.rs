//! The sender's words as sentences: without code, logs and quoted text.

use std::ops::Range;

use super::code_lines::{has_method_and_path, is_code, is_request};
use super::fold::{URL_MARK, fold_into, is_unspaced, is_word_character};
use crate::limits;
use crate::mail::{AttachmentRole, Message, ZoneKind, subject};

/// One sentence of the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// Bytes of [`Prose::text`], without the mark at its end.
    pub(crate) range: Range<usize>,
    /// It ends with a question mark.
    pub(crate) question: bool,
    /// It is the subject.
    pub(crate) subject: bool,
    /// It starts an item of a list.
    pub(crate) item: bool,
    /// It is the first one under a quoted line: that line's place in [`Prose::quoted`].
    pub(crate) answers: Option<usize>,
}

/// The sender's words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prose {
    /// Folded text of all sentences.
    pub(crate) text: String,
    /// Sentences in order; the subject first.
    pub(crate) sentences: Vec<Sentence>,
    /// Folded last lines of quoted stretches that the sender wrote under.
    pub(crate) quoted: Vec<String>,
    /// Lines of code, logs, headers and data.
    pub(crate) code_lines: usize,
    /// Some of them are a request or a call that can be repeated.
    pub(crate) has_request: bool,
}

/// Subject, body and small text attachments, as far as a person wrote them.
pub(crate) fn prose(message: &Message) -> Prose {
    let mut reader = Reader::default();
    let is_reply = !message.in_reply_to.is_empty() || subject::is_answer(&message.subject);
    if !is_reply {
        reader.subject(&message.subject);
    }
    let mut quoted_before: Option<&str> = None;
    let content: Vec<usize> = message
        .content_zones()
        .map(|zone| zone.range.start)
        .collect();
    for zone in &message.zones {
        let text = &message.text[zone.range.clone()];
        if content.contains(&zone.range.start) {
            reader.block(text, quoted_before.take());
        } else if zone.kind == ZoneKind::Quoted {
            quoted_before = text
                .lines()
                .rev()
                .map(strip_quote_marks)
                .find(|line| !line.is_empty());
        }
    }
    for attachment in &message.attachments {
        let readable = matches!(attachment.role, AttachmentRole::Text | AttachmentRole::Mail);
        let written = attachment.media_type == "text/plain"
            && [".txt", ".md", ".eml"]
                .iter()
                .any(|end| attachment.name.to_lowercase().ends_with(end));
        if let Some(text) = attachment.text.as_deref()
            && readable
            && (written || attachment.role == AttachmentRole::Mail)
            && text.len() <= limits::PROSE_ATTACHMENT_BYTES_MAX
        {
            reader.block(text, None);
        }
    }
    reader.prose
}

fn strip_quote_marks(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '|', '\t']).trim()
}

#[derive(Default)]
struct Reader {
    prose: Prose,
    /// Start of the sentence that is being read.
    start: usize,
    item: bool,
    answers: Option<usize>,
    subject: bool,
}

impl Reader {
    fn subject(&mut self, subject: &str) {
        self.subject = true;
        self.line(subject);
        self.end(false);
        self.subject = false;
    }

    fn block(&mut self, text: &str, quoted_before: Option<&str>) {
        if let Some(line) = quoted_before {
            let mut folded = String::new();
            fold_into(line, &mut folded);
            self.prose.quoted.push(folded);
            self.answers = Some(self.prose.quoted.len() - 1);
        }
        let mut previous_is_long = false;
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() {
                self.end(false);
                previous_is_long = false;
                continue;
            }
            if is_code(line) {
                self.end(false);
                self.prose.code_lines += 1;
                self.prose.has_request |= is_request(line);
                previous_is_long = false;
                continue;
            }
            self.prose.has_request |= has_method_and_path(line);
            let (item, rest) = list_item(line);
            let joins = previous_is_long && !item && !starts_with_label(rest);
            if !joins {
                self.end(false);
                self.item = item;
            } else if !self.prose.text.ends_with(' ')
                && !self.prose.text.chars().next_back().is_some_and(is_unspaced)
            {
                self.prose.text.push(' ');
            }
            self.line(rest);
            previous_is_long = is_wide(line) && !line.ends_with([':', '：']);
        }
        self.end(false);
    }

    /// Folds one line and cuts it into sentences.
    fn line(&mut self, line: &str) {
        let from = self.prose.text.len();
        fold_line(line, &mut self.prose.text);
        let mut position = from;
        while let Some((mark, length)) = next_mark(&self.prose.text, position, self.start) {
            let question = self.prose.text[mark..mark + length].contains('?');
            self.end_at(mark, question);
            position = mark + length;
            self.start = position;
        }
    }

    fn end(&mut self, question: bool) {
        self.end_at(self.prose.text.len(), question);
        self.start = self.prose.text.len();
    }

    fn end_at(&mut self, end: usize, question: bool) {
        let text = &self.prose.text[self.start..end];
        let lead = text.len() - text.trim_start().len();
        let range = self.start + lead..self.start + lead + text.trim().len();
        if text.chars().any(char::is_alphanumeric) {
            self.prose.sentences.push(Sentence {
                range,
                question,
                subject: self.subject,
                item: std::mem::take(&mut self.item),
                answers: self.answers.take(),
            });
        }
        if !self.prose.text.ends_with('\n') && end == self.prose.text.len() && end > 0 {
            // Keeps words of neighbouring sentences apart.
            self.prose.text.push('\n');
        }
    }
}

/// From this width on a line may have been broken by the mail program.
const WRAPPED_LINE_WIDTH: usize = 56;

fn is_wide(line: &str) -> bool {
    if line.is_ascii() {
        return line.len() >= WRAPPED_LINE_WIDTH;
    }
    let width: usize = line
        .chars()
        .map(|character| 1 + usize::from(is_unspaced(character)))
        .sum();
    width >= WRAPPED_LINE_WIDTH
}

/// Folds a line; addresses of pages become one mark, cells of a table `name: value`.
fn fold_line(line: &str, folded: &mut String) {
    let mut cells = line
        .split('\t')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .peekable();
    let mut first = true;
    while let Some(cell) = cells.next() {
        let mut rest = cell;
        while let Some(place) = find_url(rest) {
            fold_into(&rest[..place.start], folded);
            folded.push_str(URL_MARK);
            rest = &rest[place.end..];
        }
        fold_into(rest, folded);
        if cells.peek().is_some() {
            folded.push_str(if first && !cell.ends_with([':', '：']) {
                ": "
            } else {
                " "
            });
        }
        first = false;
    }
}

pub(super) fn find_url(text: &str) -> Option<Range<usize>> {
    let find = |sign: &[u8]| memchr::memmem::find(text.as_bytes(), sign);
    let start = find(b"://").map(|colon| {
        text[..colon]
            .rfind(|character: char| !character.is_ascii_alphanumeric())
            .map_or(0, |before| {
                before + text[before..].chars().next().map_or(1, char::len_utf8)
            })
    });
    let start = match (start, find(b"www.")) {
        (Some(start), Some(www)) => start.min(www),
        (Some(start), None) => start,
        (None, Some(www)) => www,
        (None, None) => return None,
    };
    let end = text[start..]
        .find(|character: char| {
            character.is_whitespace()
                || is_unspaced(character)
                || matches!(character, '<' | '>' | '"' | ')' | '）' | '，' | '。' | '；')
        })
        .map_or(text.len(), |length| start + length);
    let trimmed = text[start..end].trim_end_matches(['.', ',', ';', '!', '?', ':']);
    // `://` alone must not keep the search at its place.
    Some(start..(start + trimmed.len()).max(start + 3).min(text.len()))
}

/// Where the first mark that may end a sentence stands.
fn first_mark(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let place = from
            + text.as_bytes()[from..]
                .iter()
                .position(|byte| matches!(byte, b'.' | b'!' | b'?' | 0x80..))?;
        if text.as_bytes()[place].is_ascii() {
            return Some(place);
        }
        let character = text[place..].chars().next()?;
        if matches!(character, '。' | '；' | '\u{61f}') {
            return Some(place);
        }
        from = place + character.len_utf8();
    }
}

/// The next end of a sentence from `position` on: its place and the length of its marks.
fn next_mark(text: &str, position: usize, start: usize) -> Option<(usize, usize)> {
    let mut from = position;
    loop {
        let place = from + first_mark(&text[from..])?;
        let marks: usize = text[place..]
            .chars()
            .take_while(|mark| matches!(mark, '.' | '!' | '?' | '。' | '；'))
            .map(char::len_utf8)
            .sum();
        // The first of them may be one that ends no run of others: `؟`.
        let first = text[place..].chars().next().map_or(1, char::len_utf8);
        let marks = marks.max(first);
        let after = text[place + marks..].chars().next();
        let closes = after.is_none_or(|next| {
            next.is_whitespace()
                || matches!(next, '"' | ')' | ']' | '\'' | ':' | '|')
                || is_unspaced(next)
        });
        // "The integration (live!) is down": the parenthesis ends, not the sentence.
        let exclaims_within = after == Some(')')
            && text[place..].starts_with('!')
            && text[start.min(place)..place].contains('(');
        let closes = closes && !exclaims_within;
        let wide = text[place..].starts_with(['。', '；']);
        if (closes
            && !(text[place..].starts_with('.') && is_abbreviation(&text[start.min(place)..place])))
            || wide
        {
            return Some((place, marks));
        }
        from = place + marks;
        if from >= text.len() {
            return None;
        }
    }
}

/// True when a dot after `before` belongs to an abbreviation, an ordinal or an initial.
fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rfind(|character: char| !is_word_character(character) && character != '.')
        .map_or(before, |place| {
            &before[place + before[place..].chars().next().map_or(1, char::len_utf8)..]
        });
    if word.is_empty() || word.chars().any(is_unspaced) {
        return false;
    }
    word.chars().count() == 1
        || (word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()))
        || ABBREVIATIONS.contains(&word)
}

/// Words before a dot that ends no sentence, folded.
const ABBREVIATIONS: [&str; 79] = [
    "e.g", "i.e", "etc", "vs", "approx", "resp", "incl", "mr", "mrs", "dr", "no", "fig", "z.b",
    "bzw", "usw", "ca", "nr", "ggf", "evtl", "inkl", "d.h", "u.a", "o.g", "sog", "zzt", "vgl",
    "str", "tel", "np", "m.in", "tj", "tzn", "ok", "godz", "itp", "itd", "ul", "p.ex", "env", "cf",
    "mme", "art", "n.b", "st", "a.m", "p.m", "tys", "mln", "mld", "tsd", "mio", "mrd", "sek",
    "bspw", "exkl", "zzgl", "gem", "tzw", "wg", "dot", "pkt", "zob", "szt", "pn", "wt", "czw",
    "pt", "niedz", "pn.-pt", "ust", "prof", "inz", "mgr", "allg", "entspr", "sept", "aug", "okt",
    "dez",
];

/// Splits the mark of a list off: `1.`, `2)`, `-`, `•`, `（一）`.
fn list_item(line: &str) -> (bool, &str) {
    if let Some(rest) = line.strip_prefix(['-', '*', '•', '·', '–', '—', '▪', '●', '→'])
        && rest.starts_with([' ', '\t', '\u{a0}'])
    {
        return (true, rest.trim_start());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits) {
        let rest = &line[digits..];
        for mark in [". ", ") ", "、", "）", "．", "。", ".\t", ")\t"] {
            if let Some(rest) = rest.strip_prefix(mark) {
                return (true, rest.trim_start());
            }
        }
    }
    let letter = line.as_bytes();
    if letter.len() > 3 && letter[0].is_ascii_lowercase() && letter[1] == b')' && letter[2] == b' '
    {
        return (true, &line[3..]);
    }
    (false, line)
}

/// `Seller ID: …` starts a line of its own.
fn starts_with_label(line: &str) -> bool {
    let head = line
        .char_indices()
        .find(|(_, character)| matches!(character, ':' | '：'))
        .map(|(place, _)| &line[..place]);
    head.is_some_and(|head| head.chars().count() <= 32 && head.split_whitespace().count() <= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<(String, bool)> {
        let mut reader = Reader::default();
        reader.block(text, None);
        let Prose {
            text, sentences, ..
        } = reader.prose;
        sentences
            .into_iter()
            .map(|sentence| (text[sentence.range].to_owned(), sentence.question))
            .collect()
    }

    #[test]
    fn an_arabic_question_mark_ended_the_reading_with_a_panic() {
        assert_eq!(sentences("متى؟ شكرا").len(), 2);
        assert_eq!(sentences("متى؟").len(), 1);
    }

    #[test]
    fn sentences_end_at_marks_of_every_script() {
        assert_eq!(
            sentences("还是不行。请问怎么办？谢谢！"),
            [
                ("还是不行".to_owned(), false),
                ("请问怎么办".to_owned(), true),
                ("谢谢".to_owned(), false)
            ]
        );
        assert_eq!(
            sentences("Seit dem 2. März geht z.B. getOrders nicht. Warum?"),
            [
                (
                    "seit dem 2. marz geht z.b. getorders nicht".to_owned(),
                    false
                ),
                ("warum".to_owned(), true)
            ]
        );
    }

    #[test]
    fn broken_lines_are_joined_and_labels_are_not() {
        let text = "We have been calling the operation once a minute since the\nupdate and it fails.\nSeller ID: A1\nRegion: EU";
        let found: Vec<String> = sentences(text).into_iter().map(|(text, _)| text).collect();
        assert_eq!(
            found,
            [
                "we have been calling the operation once a minute since the update and it fails",
                "seller id: a1",
                "region: eu"
            ]
        );
    }

    #[test]
    fn code_and_addresses_ask_nothing() {
        let text = "GET /orders/v0/orders?MarketplaceIds=A1\n{\"a\": \"why?\"}\nSee https://x.example/a?b=c please.";
        assert_eq!(sentences(text), [("see <url> please".to_owned(), false)]);
    }
}
