//! A mail's text with its evidence underlined and named, for a terminal.

use crate::case::{Evidence, PartId};
use crate::engine::Analysis;
use crate::extract::text_of;

const UNDERLINE: &str = "\u{1b}[4m";
const UNDERLINE_END: &str = "\u{1b}[24m";
const DIM: &str = "\u{1b}[2m";
const DIM_END: &str = "\u{1b}[22m";

/// Longest text of a part that is shown. Bytes.
const SHOWN_BYTES: usize = 20_000;

/// A stretch of a text with the names of what was taken from it.
struct Mark {
    start: usize,
    end: usize,
    names: Vec<String>,
}

/// The parts that hold evidence, each with a line that names it.
pub(super) fn parts(analysis: &Analysis) -> String {
    let message = &analysis.message;
    let mut shown = String::new();
    let attachments = (0..message.attachments.len()).filter_map(|index| u16::try_from(index).ok());
    for part in [PartId::Subject, PartId::Body]
        .into_iter()
        .chain(attachments.map(PartId::Attachment))
    {
        let marks = marks_of(analysis, part);
        if marks.is_empty() && part != PartId::Body {
            continue;
        }
        let text = text_of(message, part);
        shown.push_str(&format!("── {part}\n"));
        shown.push_str(underlined(text, &marks).trim_end());
        shown.push_str("\n\n");
    }
    shown
}

fn marks_of(analysis: &Analysis, part: PartId) -> Vec<Mark> {
    let extraction = &analysis.extraction;
    let fields = extraction.fields.iter().flat_map(|(name, values)| {
        values
            .iter()
            .map(move |value| (name.as_str(), &value.evidence))
    });
    let times = extraction.times.iter().map(|time| ("time", &time.evidence));
    let secrets = extraction
        .secrets
        .iter()
        .map(|secret| (secret.kind.as_str(), &secret.evidence));
    let mut found: Vec<(&str, &Evidence)> = fields
        .chain(times)
        .chain(secrets)
        .filter(|(_, evidence)| evidence.part == part && evidence.start < evidence.end)
        .collect();
    found.sort_by_key(|(name, evidence)| (evidence.start, std::cmp::Reverse(evidence.end), *name));
    let mut marks: Vec<Mark> = Vec::new();
    for (name, evidence) in found {
        match marks.last_mut() {
            // What lies inside of a longer stretch is named with it.
            Some(last) if evidence.start < last.end => {
                last.end = last.end.max(evidence.end);
                if !last.names.iter().any(|known| known == name) {
                    last.names.push(name.to_owned());
                }
            }
            _ => marks.push(Mark {
                start: evidence.start,
                end: evidence.end,
                names: vec![name.to_owned()],
            }),
        }
    }
    marks
}

/// The text, its marks underlined and followed by their names. Control characters of the mail are left
/// out: they could do to the terminal what they like.
fn underlined(text: &str, marks: &[Mark]) -> String {
    let limit = text.floor_char_boundary(SHOWN_BYTES.min(text.len()));
    let mut shown = String::with_capacity(limit + marks.len() * 32);
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|character| !character.is_control() || matches!(character, '\n' | '\t'))
            .collect()
    };
    let mut place = 0;
    for mark in marks.iter().filter(|mark| mark.end <= limit) {
        let (Some(before), Some(inside)) =
            (text.get(place..mark.start), text.get(mark.start..mark.end))
        else {
            continue;
        };
        shown.push_str(&plain(before));
        shown.push_str(UNDERLINE);
        shown.push_str(&plain(inside));
        shown.push_str(UNDERLINE_END);
        shown.push_str(&format!("{DIM}‹{}›{DIM_END}", mark.names.join(", ")));
        place = mark.end;
    }
    shown.push_str(&plain(text.get(place..limit).unwrap_or("")));
    if limit < text.len() {
        shown.push_str(&format!("\n… {} more bytes", text.len() - limit));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_underlined_and_named() {
        let mark = |start, end, name: &str| Mark {
            start,
            end,
            names: vec![name.to_owned()],
        };
        let text = "卖家 A2 on DE\u{1b}[2J";
        let shown = underlined(
            text,
            &[mark(7, 9, "seller_id"), mark(13, 15, "marketplace")],
        );
        assert_eq!(
            shown,
            "卖家 \u{1b}[4mA2\u{1b}[24m\u{1b}[2m‹seller_id›\u{1b}[22m on \u{1b}[4mDE\u{1b}[24m\u{1b}[2m‹marketplace›\u{1b}[22m[2J"
        );
    }
}
