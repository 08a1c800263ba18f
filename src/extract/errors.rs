//! Errors: codes, messages and quotations of a passage, and which codes count.

use super::Extractor;
use super::codes::{known_code, read_code};
use super::gather::{Candidate, Gathered};
use super::lead::lead;
use super::messages::{known_message, read_behind_code, read_message};
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::quotations::read_quotations;
use super::thrown::{self, THROWN};
use super::tokens::TokenHit;
use crate::profile::Reader;

/// "Error: Invalid value. Marketplace Italy, seller A3...": a message that no quotation mark ends goes on to the
/// sentence in which other facts are named.
fn end_before_labels(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    candidate: &mut Candidate,
) {
    if &*candidate.rule != "label" {
        return;
    }
    let (start, end) = (candidate.start - passage.base, candidate.end - passage.base);
    let text = passage.text;
    let written = &text[start..end];
    if written != candidate.value {
        return;
    }
    let named = hits
        .iter()
        .filter(|hit| hit.start > start && hit.start < end)
        .filter(|hit| {
            extractor.names.meanings(hit).iter().any(|meaning| {
                let field = usize::from(meaning.field);
                extractor.fields[field].read == Reader::Value
                    && meaning.sense == Sense::Label
                    && lead(text, hit.start, hit.end)
                        .and_then(|lead| {
                            let end = extractor.match_at(text, field, lead.value)?;
                            Some(&text[lead.value..end])
                        })
                        .is_some_and(|value| value.bytes().any(|byte| byte.is_ascii_digit()))
            })
        });
    let cut = named
        .filter_map(|hit| {
            let before = &written[..hit.start - start];
            [". ", "。", "; ", "；"]
                .iter()
                .filter_map(|sign| before.rfind(sign))
                .max()
        })
        .min();
    if let Some(cut) = cut.filter(|cut| *cut > 0) {
        candidate.value.truncate(cut);
        candidate.end = candidate.start + cut;
    }
}

/// Reads codes and messages of a passage.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    tokens: &[TokenHit<'_>],
    gathered: &mut Gathered,
) {
    let text = passage.text;
    for hit in hits {
        for meaning in extractor.names.meanings(hit) {
            let field = usize::from(meaning.field);
            match (extractor.fields[field].read, meaning.sense) {
                (Reader::ErrorCode, Sense::Key | Sense::Header | Sense::Label) => {
                    if let Some(lead) = lead(text, hit.start, hit.end) {
                        read_code(
                            extractor,
                            passage,
                            field,
                            meaning.sense,
                            hit,
                            &lead,
                            gathered,
                        );
                    }
                }
                (Reader::ErrorMessage, Sense::Key | Sense::Label) => {
                    if let Some(lead) = lead(text, hit.start, hit.end) {
                        let known = gathered.candidates.len();
                        read_message(
                            extractor,
                            passage,
                            field,
                            meaning.sense,
                            hit,
                            &lead,
                            gathered,
                        );
                        for candidate in &mut gathered.candidates[known..] {
                            end_before_labels(extractor, passage, hits, candidate);
                        }
                    }
                }
                (Reader::ErrorMessage, Sense::Word(row)) => {
                    known_message(extractor, passage, field, row, hit, gathered)
                }
                _ => {}
            }
        }
    }
    thrown::read(extractor, passage, gathered);
    for field in extractor.fields_reading(Reader::ErrorMessage) {
        read_quotations(extractor, passage, field, gathered);
    }
    for token in tokens {
        for member in token.members {
            let field = usize::from(member.field);
            if extractor.fields[field].read == Reader::ErrorCode && !token.suffixed {
                known_code(extractor, passage, field, member.row, token, gathered);
                read_behind_code(extractor, passage, (token.start, token.end), gathered);
            }
        }
    }
}

/// `"message": "Unknown kind: GARDEN_CHAIR"` beside a code of its own: the word in capitals is what the message is about.
fn refuse_words_of_messages(extractor: &Extractor, field: usize, gathered: &mut Gathered) {
    if extractor.fields[field].read != Reader::ErrorCode {
        return;
    }
    let messages: Vec<_> = extractor
        .fields_reading(Reader::ErrorMessage)
        .flat_map(|message| gathered.of(message))
        .filter(|message| matches!(&*message.rule, "key" | "printed"))
        .map(|message| (message.part, message.start, message.end))
        .collect();
    let inside = |code: &Candidate| {
        messages.iter().any(|(part, start, end)| {
            code.part == *part && *start <= code.start && code.end <= *end
        })
    };
    if !gathered.of(field).any(|code| !inside(code)) {
        return;
    }
    for code in &mut gathered.candidates {
        if code.field == field && inside(code) && extractor.code_row(field, &code.value).is_none() {
            code.refused = Some("inside_message".into());
        }
    }
}

/// Codes of headers and plain states count only where the mail gives no better code.
pub(crate) fn decide(extractor: &Extractor, gathered: &mut Gathered) {
    for field in extractor
        .fields_reading(Reader::ErrorCode)
        .chain(extractor.fields_reading(Reader::ErrorMessage))
    {
        let best = gathered
            .of(field)
            .map(|candidate| candidate.confidence)
            .fold(0.0, f32::max);
        refuse_words_of_messages(extractor, field, gathered);
        if best > 0.45 {
            for candidate in &mut gathered.candidates {
                if candidate.field == field && candidate.rule == THROWN {
                    candidate.refused = Some("exception_type".into());
                }
            }
        }
    }
}
