//! Answers right under our quoted questions.

use super::Extractor;
use super::characters::{is_blank, line_end, skip};
use super::gather::{Candidate, Gathered};
use super::names::Sense;
use super::passage::Passage;
use crate::case::PartId;
use crate::mail::{Message, ZoneKind};
use crate::profile::Reader;

/// Longest question that is looked at. Bytes.
const QUESTION_BYTES: usize = 400;

/// Reads the beginning of each new stretch behind a quoted question that names a field.
pub(crate) fn read(extractor: &Extractor, message: &Message, gathered: &mut Gathered) {
    for pair in message.zones.windows(2) {
        let [quoted, new] = pair else { continue };
        if quoted.kind != ZoneKind::Quoted || new.kind != ZoneKind::New {
            continue;
        }
        let question = last_question(&message.text[quoted.range.clone()]);
        let text = &message.text[new.range.clone()];
        let passage = Passage {
            part: PartId::Body,
            text,
            base: new.range.start,
        };
        let start = skip(text, 0, |character| {
            is_blank(character) || matches!(character, '\n' | '\r' | '-' | '*')
        });
        if start >= text.len() {
            continue;
        }
        // "Is your integration live?" - "Yes."
        for field in extractor.fields_reading(Reader::Choice) {
            read_answer(extractor, &passage, field, start, &question, gathered);
        }
        for hit in extractor.names.find(&question) {
            for meaning in extractor.names.meanings(&hit) {
                let field = usize::from(meaning.field);
                if meaning.sense == Sense::Label && extractor.fields[field].read != Reader::Choice {
                    read_answer(extractor, &passage, field, start, &question, gathered);
                }
            }
        }
    }
}

/// The last question of a quoted stretch: its last lines up to an empty one, without quote marks.
fn last_question(quoted: &str) -> String {
    let cut = quoted.ceil_char_boundary(quoted.len().saturating_sub(QUESTION_BYTES));
    let mut lines: Vec<&str> = Vec::new();
    for line in quoted[cut..].lines().rev() {
        let line = line.trim_start_matches(['>', ' ', '|']).trim();
        if line.is_empty() {
            if lines.is_empty() {
                continue;
            }
            break;
        }
        lines.push(line);
    }
    lines.reverse();
    lines.join(" ")
}

fn read_answer(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    start: usize,
    question: &str,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let line = &text[start..line_end(text, start)];
    match extractor.fields[field].read {
        Reader::Value => {
            if let Some(end) = extractor.match_at(text, field, start) {
                let mut candidate =
                    extractor.checked_candidate(passage, field, start..end, "inline", 0.94);
                // One word as the whole answer is a name where names may be words.
                let whole = end - start == line.trim_end_matches(['.', ' ', '\r']).len();
                if extractor.profile.fields[field].plain_words
                    && whole
                    && candidate.refused.as_deref() == Some("plain_word")
                    && !super::words::says_yes(line)
                    && super::checks::absence(line).is_none()
                    && !super::checks::is_denial(line)
                {
                    candidate.refused = None;
                }
                gathered.add(candidate);
            }
        }
        Reader::Place if line.len() < 120 => {
            for (row, range) in super::country_codes::all(extractor, line, field) {
                let country = extractor.list_cell(field, row, 0).to_owned();
                let range = start + range.start..start + range.end;
                gathered
                    .add(Candidate::new(passage, field, range, country, "inline", 0.93).shared());
            }
        }
        Reader::Choice => {
            let choices = &extractor.profile.fields[field].choices;
            // A choice by its name counts where a label of the field asks for it.
            let labelled = || {
                extractor.names.find(question).iter().any(|hit| {
                    extractor.names.meanings(hit).iter().any(|meaning| {
                        usize::from(meaning.field) == field && meaning.sense == Sense::Label
                    })
                })
            };
            let chosen = super::words::chosen(choices, line)
                .filter(|_| labelled())
                .or_else(|| {
                    let asked = super::words::asked_for(choices, question)?;
                    let says = super::words::says_yes(line)
                        || super::words::chosen(choices, line)
                            .is_some_and(|choice| choice.value == asked.value);
                    says.then_some(asked)
                });
            if let Some(choice) = chosen {
                let range = start..start + line.trim_end().len();
                let candidate =
                    Candidate::new(passage, field, range, choice.value.clone(), "inline", 0.94);
                gathered.add(candidate.shared());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_question_is_found() {
        assert_eq!(
            last_question("> Hello,\n>\n> 1. Your seller ID\n> or developer ID\n\n"),
            "1. Your seller ID or developer ID"
        );
    }
}
