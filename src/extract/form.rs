//! Answers in our own form: read with certainty, also where the form came back quoted.
//!
//! ```text
//! --- precedent form kq2n7c4yv3w6xtza ---
//! Händler-ID {#seller_or_developer_id}: A2...
//! --- end ---
//! ```

use std::ops::Range;

use super::Extractor;
use super::characters::{is_blank, skip};
use super::gather::{Candidate, Gathered};
use super::passage::Passage;
use crate::case::PartId;
use crate::mail::Message;
use crate::profile::Reader;

/// Begins the first line of a form.
pub(crate) const OPEN: &str = "--- precedent form";
/// The last line.
pub(crate) const CLOSE: &str = "--- end ---";
/// What the sender overwrites.
const PLACEHOLDER: &str = "...";

/// An answer of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    /// The requirement that was asked for.
    pub(crate) requirement: &'a str,
    /// The part that holds the form.
    pub(crate) part: PartId,
    /// The answer in the part's text.
    pub(crate) range: Range<usize>,
}

/// Answers of all forms of a mail, quoted ones too.
pub(crate) fn answers<'a>(message: &'a Message, labels: &'a Labels) -> Vec<Answer<'a>> {
    let mut answers = Vec::new();
    answers_of(&message.text, PartId::Body, labels, &mut answers);
    for (index, attachment) in message.attachments.iter().enumerate() {
        if let (Ok(index), Some(text)) = (u16::try_from(index), &attachment.text) {
            answers_of(text, PartId::Attachment(index), labels, &mut answers);
        }
    }
    answers
}

fn answers_of<'a>(text: &'a str, part: PartId, labels: &'a Labels, answers: &mut Vec<Answer<'a>>) {
    for open in memchr::memmem::find_iter(text.as_bytes(), OPEN) {
        let mut place = super::characters::line_end(text, open);
        // The answer may go on below its line.
        let mut pending: Option<(&str, Range<usize>, usize)> = None;
        while place < text.len() {
            let start = place + 1;
            let Some(end) = text
                .get(start..)
                .map(|_| super::characters::line_end(text, start))
            else {
                break;
            };
            place = end;
            let content = skip(text, start, |character| {
                is_blank(character) || character == '>' || character == '|'
            });
            let depth = text[start..content].matches('>').count();
            let line = text[content..end].trim_end();
            let closes = line.contains(CLOSE) || line.contains(OPEN) || end - open > 40_000;
            let tagged = tag(line).or_else(|| labels.of_line(line));
            if (closes || tagged.is_some())
                && let Some((requirement, range, _)) = pending.take()
            {
                keep(text, part, requirement, range, answers);
            }
            if closes {
                break;
            }
            match (tagged, &mut pending) {
                (Some((requirement, after)), _) => {
                    let from = content + after;
                    let from = skip(text, from, is_blank).min(content + line.len());
                    pending = Some((requirement, from..content + line.len(), depth));
                }
                (None, Some((_, range, form_depth))) if !line.is_empty() => {
                    let nothing_yet = is_placeholder(text[range.clone()].trim());
                    // Below a quoted line the answer is unquoted; below an unquoted one it just goes on.
                    if nothing_yet && depth <= *form_depth {
                        *range = content..content + line.len();
                    } else if depth <= *form_depth {
                        range.end = content + line.len();
                    }
                }
                _ => {}
            }
        }
        if let Some((requirement, range, _)) = pending {
            keep(text, part, requirement, range, answers);
        }
    }
}

/// What our forms print before the tags, in all languages: senders delete tags.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    requirements: std::collections::HashMap<String, String>,
    /// First lines of our mails.
    greetings: Vec<String>,
    /// How our sentence before the form begins.
    instructions: Vec<String>,
    /// For each requirement that is answered by a choice: words in lower case and the choice.
    choices: std::collections::HashMap<String, Vec<(String, String)>>,
}

impl Labels {
    pub(crate) fn new(profile: &crate::profile::Profile) -> Self {
        let mut labels = Self::default();
        let own = profile.wording.languages.keys();
        let languages: std::collections::BTreeSet<&String> =
            profile.languages.iter().chain(own).collect();
        for wording in languages
            .into_iter()
            .map(|language| profile.wording.resolve(language))
        {
            for (requirement, question) in &wording.ask {
                labels
                    .requirements
                    .entry(question.label.to_lowercase())
                    .or_insert_with(|| requirement.clone());
                for (choice, words) in &question.choices {
                    let known = labels.choices.entry(requirement.clone()).or_default();
                    let words = words.split('|').map(|word| word.trim().to_lowercase());
                    let words = words.filter(|word| !word.is_empty());
                    known.extend(words.map(|word| (word, choice.clone())));
                }
            }
            let greeting = wording.greeting.split("{{").next().unwrap_or("").trim();
            if !greeting.is_empty() {
                labels.greetings.push(greeting.to_owned());
            }
            let instruction: Vec<&str> = wording.how_to_answer.split_whitespace().take(4).collect();
            if !instruction.is_empty() {
                let shortened = instruction.join(" ").chars().take(24).collect();
                labels.instructions.push(shortened);
            }
        }
        labels
    }

    /// The choice that an answer names first, by the longest words there: "not live" is not "live".
    fn choice(&self, requirement: &str, answer: &str) -> Option<&str> {
        let answer = answer.to_lowercase();
        let named = self.choices.get(requirement)?.iter();
        let named = named.filter_map(|(word, choice)| {
            let mut places = answer.match_indices(word.as_str());
            let whole = |at: usize| super::characters::stands_alone(&answer, at, at + word.len());
            let (at, _) = places.find(|(at, _)| whole(*at))?;
            Some((at, std::cmp::Reverse(word.len()), choice.as_str()))
        });
        named.min().map(|(.., choice)| choice)
    }

    /// The requirement of a line whose tag is gone and where its answer begins.
    fn of_line(&self, line: &str) -> Option<(&str, usize)> {
        let (colon, sign) = line.match_indices([':', '：']).next()?;
        let label = line[..colon].trim().trim_matches('*').to_lowercase();
        let requirement = self.requirements.get(&label)?;
        Some((requirement, colon + sign.len()))
    }

    /// Our own words around an unquoted form: from our greeting to the form, when both stand in the text.
    pub(crate) fn template(&self, text: &str) -> Option<Range<usize>> {
        let form = memchr::memmem::find_iter(text.as_bytes(), OPEN)
            .find(|at| *at == 0 || text[..*at].ends_with('\n'))?;
        let token = text[form + OPEN.len()..].trim_start();
        token
            .starts_with(|first: char| first.is_ascii_alphanumeric())
            .then_some(())?;
        let greeting = self
            .greetings
            .iter()
            .flat_map(|greeting| {
                text[..form]
                    .match_indices(greeting.as_str())
                    .map(|(at, _)| at)
                    .filter(|at| *at == 0 || text[..*at].ends_with('\n'))
            })
            .max()?;
        // People greet with the same words; the sentence before the form is ours alone.
        let words: Vec<&str> = text[greeting..form].split_whitespace().collect();
        let words = words.join(" ");
        self.instructions
            .iter()
            .any(|instruction| words.contains(instruction.as_str()))
            .then_some(greeting..form)
    }
}

/// The requirement of a form's line and where its answer begins.
fn tag(line: &str) -> Option<(&str, usize)> {
    let open = line.find("{#")?;
    let close = open + line[open..].find('}')?;
    let requirement = &line[open + 2..close];
    let named = !requirement.is_empty()
        && requirement
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let after = line[close + 1..].trim_start_matches(is_blank);
    let colon = after
        .strip_prefix(':')
        .or_else(|| after.strip_prefix('：'))?;
    named.then(|| (requirement, line.len() - colon.len()))
}

fn keep<'a>(
    text: &'a str,
    part: PartId,
    requirement: &'a str,
    range: Range<usize>,
    answers: &mut Vec<Answer<'a>>,
) {
    let answer = text[range.clone()].trim();
    let answer = answer.strip_prefix(PLACEHOLDER).unwrap_or(answer).trim();
    if is_placeholder(answer) {
        return;
    }
    let start = range.start + text[range.clone()].find(answer).unwrap_or(0);
    answers.push(Answer {
        requirement,
        part,
        range: start..start + answer.len(),
    });
}

/// Words that a message of an error has at least.
const MESSAGE_WORDS: usize = 2;

/// What begins an answer that points at a message elsewhere.
const POINTERS: [&str; 14] = [
    "see", "same", "as", "attached", "siehe", "wie", "anbei", "voir", "comme", "ci-joint", "zob",
    "patrz", "jak", "见",
];

/// "See above", "siehe Anhang".
fn points_elsewhere(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    POINTERS.iter().any(|pointer| {
        lower.starts_with(pointer) && super::characters::ends_word(&lower, pointer.len())
    })
}

fn is_placeholder(answer: &str) -> bool {
    answer
        .chars()
        .all(|character| matches!(character, '.' | '…' | '_' | ' ' | '-'))
}

/// Values of the fields that meet the requirement. True when it need not be asked for again: a value
/// came of it, or the sender says that there is none.
pub(crate) fn read(
    extractor: &Extractor,
    message: &Message,
    answer: &Answer<'_>,
    gathered: &mut Gathered,
) -> bool {
    let text = match answer.part {
        PartId::Attachment(index) => message.attachments[usize::from(index)]
            .text
            .as_deref()
            .unwrap_or(""),
        _ => &message.text,
    };
    let passage = Passage {
        part: answer.part,
        text: &text[answer.range.clone()],
        base: answer.range.start,
    };
    let fields = extractor.fields_of_requirement(answer.requirement);
    let absence = super::checks::absence(passage.text);
    let chosen = extractor.labels.choice(answer.requirement, passage.text);
    if let (Some(choice), None) = (chosen, absence) {
        let requirement = answer.requirement.to_owned();
        gathered.chosen.insert(requirement, choice.to_owned());
        return true;
    }
    let refuse = |reason: &'static str, gathered: &mut Gathered| {
        if let Some(field) = fields.first() {
            let whole = 0..passage.text.len();
            let candidate = Candidate::new(&passage, *field, whole, passage.text, "form", 1.0);
            gathered.add(candidate.shared().refuse(reason));
        }
    };
    let known = gathered.candidates.len();
    // "Brak uprawnień" is a message, "brak" is none; a word for a value is read in any answer.
    let denied = super::checks::is_denial(passage.text);
    let message_denied = denied && denies_message(extractor, &fields, passage.text);
    if denied || absence.is_none() {
        for field in &fields {
            let readable = match extractor.profile.fields[*field].read {
                Reader::ErrorMessage => !message_denied,
                Reader::Text | Reader::Environment | Reader::Choice => !denied,
                _ => true,
            };
            if readable {
                read_field(extractor, &passage, *field, gathered);
            }
        }
    }
    let found = &gathered.candidates[known..];
    if found.iter().any(|candidate| candidate.refused.is_none()) {
        return true;
    }
    if denied {
        refuse("none", gathered);
        return true;
    }
    if let Some(reason) = absence {
        refuse(reason, gathered);
        return false;
    }
    // None of the choices: nobody knows what was meant.
    if fields.is_empty() && extractor.labels.choices.contains_key(answer.requirement) {
        return false;
    }
    // Only where every value has a shape does an answer without one of it say nothing.
    let shaped = !fields.is_empty()
        && fields
            .iter()
            .all(|field| extractor.profile.fields[*field].read == Reader::Value);
    if shaped && found.is_empty() {
        refuse("shape", gathered);
    }
    !shaped
}

/// Whether an answer says that there is no message: with words for a message, or with nothing but the denial.
fn denies_message(extractor: &Extractor, fields: &[usize], text: &str) -> bool {
    let labels = fields
        .iter()
        .map(|field| &extractor.profile.fields[*field])
        .filter(|field| field.read == Reader::ErrorMessage)
        .flat_map(|field| field.labels.values().flatten());
    super::checks::is_denial_of(text, labels.map(String::as_str))
}

fn read_field(extractor: &Extractor, passage: &Passage<'_>, field: usize, gathered: &mut Gathered) {
    let text = passage.text;
    let mut add = |range: Range<usize>, value: &str| {
        let candidate = Candidate::new(passage, field, range, value, "form", 1.0);
        gathered.add(candidate.shared());
    };
    let definition = &extractor.profile.fields[field];
    match definition.read {
        Reader::Value => {
            let mut place = 0;
            while let Some(found) = extractor.fields[field]
                .find
                .as_ref()
                .and_then(|regex| regex.find_at(text, place))
            {
                place = found.end().max(place + 1);
                let Some(end) = extractor.match_at(text, field, found.start()) else {
                    continue;
                };
                let candidate =
                    extractor.checked_candidate(passage, field, found.start()..end, "form", 1.0);
                let example = definition.example.as_ref().is_some_and(|example| {
                    let example = super::checks::normalise(example, &definition.normalise);
                    candidate.value.eq_ignore_ascii_case(&example)
                });
                let candidate = candidate.shared();
                gathered.add(if example {
                    candidate.refuse("example")
                } else {
                    candidate
                });
                if !extractor.fields[field].strict {
                    break;
                }
            }
        }
        Reader::Choice => {
            if let Some(choice) = super::words::chosen(&definition.choices, text) {
                add(0..text.len(), &choice.value);
            }
        }
        Reader::Operation => {
            for token in extractor.tokens.find(text) {
                let members = token
                    .members
                    .iter()
                    .filter(|member| usize::from(member.field) == field);
                let row = members.min_by_key(|member| member.also);
                if let Some(member) = row {
                    add(
                        token.start..token.end,
                        extractor.operation_name(field, member.also, member.row),
                    );
                }
            }
            for route in extractor.routes.find(text) {
                let method = super::requests::method_near(text, route.start, route.end);
                // Without a method a plain read is meant.
                let rows = extractor.rows_of(field, &route, method.unwrap_or("GET"));
                if let Some(row) = rows.first() {
                    let name = extractor.operation_name(field, false, *row).to_owned();
                    add(route.start..route.end, &name);
                }
            }
        }
        Reader::Section => {
            let names = extractor
                .list(field, false)
                .map(|list| list.rows.len())
                .unwrap_or(0);
            let lower = text.to_lowercase();
            let spelled = |row: usize| {
                let cells = [
                    extractor.list_cell(field, row, 0),
                    extractor.list_cell(field, row, 1),
                ];
                let longest = cells
                    .iter()
                    .flat_map(|cell| cell.split('|'))
                    .filter(|name| !name.is_empty() && lower.contains(&name.to_lowercase()));
                longest.map(str::len).max()
            };
            let best = (0..names)
                .filter_map(|row| spelled(row).map(|length| (length, row)))
                .max_by_key(|(length, row)| (*length, std::cmp::Reverse(*row)));
            if let Some((_, row)) = best {
                add(0..text.len(), extractor.list_cell(field, row, 0));
            }
        }
        Reader::Place => {
            for (row, range) in super::country_codes::all(extractor, text, field) {
                add(range, extractor.list_cell(field, row, 0));
            }
        }
        Reader::HttpStatus => {
            let mut statuses = text.match_indices(['2', '4', '5']).filter_map(|(at, _)| {
                let status = text.get(at..at + 3)?;
                let alone = super::characters::stands_alone(text, at, at + 3);
                (alone && status.bytes().all(|byte| byte.is_ascii_digit())).then_some(at..at + 3)
            });
            if let Some(range) = statuses.next() {
                add(range.clone(), &text[range]);
            }
        }
        Reader::ErrorCode => {
            for token in extractor.tokens.find(text) {
                if let Some(member) = token
                    .members
                    .iter()
                    .find(|member| usize::from(member.field) == field)
                {
                    let code = extractor.list_cell(field, usize::from(member.row), 0);
                    let written = &text[token.start..token.end];
                    add(
                        token.start..token.end,
                        if written.eq_ignore_ascii_case(code) {
                            code
                        } else {
                            written
                        },
                    );
                }
            }
        }
        Reader::ErrorMessage => {
            // What is left behind status and code is the message.
            let start = super::messages::behind_code(extractor, text).unwrap_or(text.len());
            let words = text[start..].split_whitespace().count();
            if words > MESSAGE_WORDS || words == MESSAGE_WORDS && !points_elsewhere(&text[start..])
            {
                add(
                    start..text.len(),
                    text[start..].trim_matches(['"', '“', '”']),
                );
            }
        }
        Reader::Text | Reader::Environment => add(0..text.len(), text),
        Reader::Url | Reader::List => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut labels = Labels::default();
        for (label, requirement) in [("Händler-ID", "seller_id"), ("申请编号", "request_id")] {
            labels
                .requirements
                .insert(label.to_lowercase(), requirement.to_owned());
        }
        answers_of(text, PartId::Body, &labels, &mut found);
        found
            .iter()
            .map(|answer| {
                (
                    answer.requirement.to_owned(),
                    text[answer.range.clone()].to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn answers_are_read_quoted_below_and_beside() {
        let text = "> --- precedent form abc ---\n> API operation {#operation}: getOrders\n> Request ID {#request_id}: ...\n1234\n> Steps {#steps_tried}: ...\n> Time {#timestamp}： 14:05\n> --- end ---\n";
        let expected = [
            ("operation", "getOrders"),
            ("request_id", "1234"),
            ("timestamp", "14:05"),
        ];
        let expected: Vec<(String, String)> = expected
            .map(|(name, answer)| (name.to_owned(), answer.to_owned()))
            .to_vec();
        assert_eq!(answered(text), expected);
        assert_eq!(answered("no form"), []);
        let text =
            "--- precedent form abc ---\nHändler-ID: A2\n申请编号：B3\nAnderes: C4\n--- end ---\n";
        let found = answered(text);
        assert_eq!(found[0], ("seller_id".to_owned(), "A2".to_owned()));
        assert_eq!(found[1].0, "request_id");
    }
}
