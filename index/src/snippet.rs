//! The passage of a case that shows why it was found.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::analyzer::{self, Analyzer, Language, Terms};
use crate::schema::beginning;

/// Length of a snippet in bytes, ellipses not counted.
const SNIPPET_BYTES: usize = 240;

/// A passage with the matched words marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// One line of text; an ellipsis where something was cut off.
    pub text: String,
    /// Byte ranges of matched words in `text`, ascending, not overlapping, on character boundaries.
    pub highlights: Vec<Range<usize>>,
}

/// The passage of one of `texts` that holds most different matched terms; earlier texts and places win when equal.
pub(crate) fn best(
    analyzer: &mut Analyzer,
    texts: &[&str],
    language: Language,
    matched: &BTreeSet<String>,
) -> Snippet {
    let mut best: Option<(usize, &str, usize, Vec<Range<usize>>)> = None;
    for text in texts {
        let marks = marks(analyzer, text, language, matched);
        for (first, (range, _)) in marks.iter().enumerate() {
            let inside = || {
                marks[first..]
                    .iter()
                    .take_while(|(next, _)| next.end <= range.start + SNIPPET_BYTES)
            };
            let different: BTreeSet<&str> = inside().map(|(_, term)| term.as_str()).collect();
            if best
                .as_ref()
                .is_none_or(|(most, ..)| different.len() > *most)
            {
                let ranges = inside().map(|(range, _)| range.clone()).collect();
                best = Some((different.len(), text, range.start, ranges));
            }
        }
    }
    match best {
        Some((_, text, start, ranges)) => passage(text, start, &ranges),
        None => {
            let text = texts
                .iter()
                .find(|text| !text.trim().is_empty())
                .copied()
                .unwrap_or_default();
            Snippet {
                text: shortened(text, SNIPPET_BYTES),
                highlights: Vec::new(),
            }
        }
    }
}

/// Places of matched terms, ascending, each with its term.
fn marks(
    analyzer: &mut Analyzer,
    text: &str,
    language: Language,
    matched: &BTreeSet<String>,
) -> Vec<(Range<usize>, String)> {
    let mut marks: Vec<(Range<usize>, String)> = Vec::new();
    let mut terms = Terms::default();
    analyzer.analyze(text, language, &mut terms);
    for (term, span) in terms.iter() {
        if matched.contains(term) {
            marks.push((span.from as usize..span.to as usize, term.to_owned()));
        }
    }
    analyzer::identifiers(text, |name, from, to| {
        if matched.contains(name) {
            marks.push((from..to, name.to_owned()));
        }
    });
    marks.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    marks
}

fn passage(text: &str, first: usize, ranges: &[Range<usize>]) -> Snippet {
    // A little before the first match, at the beginning of a word.
    let mut start = text.floor_char_boundary(first.saturating_sub(60));
    if start > 0 {
        start = text[start..first]
            .find(char::is_whitespace)
            .map_or(first, |gap| start + gap);
    }
    let mut end = text.ceil_char_boundary((start + SNIPPET_BYTES).min(text.len()));
    let last = ranges.iter().map(|range| range.end).max().unwrap_or(first);
    end = end.max(last);
    if end < text.len()
        && let Some(gap) = text[last..end].rfind(char::is_whitespace)
    {
        end = last + gap;
    }

    let mut snippet = Snippet::default();
    if start > 0 {
        snippet.text.push('…');
    }
    let mut marks = ranges.iter().peekable();
    let mut open: Option<(usize, usize)> = None;
    let mut space = true;
    for (offset, character) in text[start..end].char_indices() {
        let place = start + offset;
        if let Some((from, until)) = open
            && place >= until
        {
            snippet.highlights.push(from..snippet.text.len());
            open = None;
        }
        while marks.peek().is_some_and(|range| range.start <= place) {
            if let Some(range) = marks.next() {
                open = match open {
                    None => Some((snippet.text.len(), range.end)),
                    Some((from, until)) => Some((from, until.max(range.end))),
                };
            }
        }
        if character.is_whitespace() || character.is_control() {
            if !space {
                snippet.text.push(' ');
            }
            space = true;
        } else {
            snippet.text.push(character);
            space = false;
        }
    }
    if let Some((from, _)) = open {
        snippet.highlights.push(from..snippet.text.len());
    }
    if end < text.len() {
        snippet.text.push('…');
    }
    snippet
}

/// The text on one line, cut after `bytes` at most, at a space where there is one.
pub(crate) fn shortened(text: &str, bytes: usize) -> String {
    let start = beginning(text.trim(), bytes);
    let cut = start.len() < text.trim().len();
    let kept = match start.rfind(char::is_whitespace) {
        Some(space) if cut && space > bytes / 2 => &start[..space],
        _ => start,
    };
    let mut line = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    if cut {
        line.push('…');
    }
    line
}
