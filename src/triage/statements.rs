//! What the sender says about the problem: it persists, steps were tried, what is wanted.

use super::condition::Circumstances;
use super::cues::{Reading, Vocabulary};
use super::fold::fold;
use super::signal::CompiledSignal;
use crate::case::Said;
use crate::extract::Extraction;
use crate::mail::{AttachmentRole, Message};

/// The statements of one mail.
pub(crate) fn said(
    signals: &[CompiledSignal],
    vocabulary: &Vocabulary,
    message: &Message,
    extraction: &Extraction,
    reading: &Reading,
    circumstances: &Circumstances<'_>,
) -> Said {
    let holds = |name: &str| {
        signals
            .iter()
            .any(|signal| signal.name == name && signal.holds(reading, circumstances))
    };
    let answered = |name: &str| extraction.answered.iter().any(|one| one == name);
    Said {
        persists: persists(signals, vocabulary, extraction, reading)
            .or_else(|| answered("persists").then_some(true)),
        steps_tried: holds("steps_tried")
            || answered("steps_tried")
            || answers_steps(vocabulary, reading),
        reproduction: reading.prose.has_request
            || holds("reproduction")
            || answered("reproduction"),
        goal: holds("goal") || answered("goal"),
        logs_attached: message.attachments.iter().any(is_log) || holds("logs_attached"),
        screenshot_attached: message
            .attachments
            .iter()
            .any(|attachment| attachment.role == AttachmentRole::Screenshot)
            || holds("screenshot_attached"),
    }
}

/// The last clear word on whether the problem persists counts.
fn persists(
    signals: &[CompiledSignal],
    vocabulary: &Vocabulary,
    extraction: &Extraction,
    reading: &Reading,
) -> Option<bool> {
    let given = extraction
        .fields
        .get("persists")
        .and_then(|values| values.last());
    if let Some(answer) = given.and_then(|value| yes_or_no(vocabulary, &fold(&value.value))) {
        return Some(answer);
    }
    if let Some(answer) = form_answer(vocabulary, reading) {
        return Some(answer);
    }
    let last = |name: &str| {
        signals
            .iter()
            .filter(|signal| signal.name == name)
            .filter_map(|signal| signal.last_place(reading))
            .max_by_key(|(place, _)| *place)
    };
    match (last("persists"), last("over")) {
        (None, None) => None,
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
        (Some((persists_at, persists)), Some((over_at, over))) => {
            // A strong word outweighs a weak one wherever it stands.
            Some(if (persists - over).abs() >= 1.0 {
                persists > over
            } else {
                persists_at > over_at
            })
        }
    }
}

fn yes_or_no(vocabulary: &Vocabulary, folded: &str) -> Option<bool> {
    let head: String = folded.chars().take(24).collect();
    let yes = vocabulary.mentions(&head, vocabulary.guards.yes);
    let no = vocabulary.mentions(&head, vocabulary.guards.no);
    (yes != no).then_some(yes)
}

/// "Does it still happen? Yes": the question is ours or a form's, the answer stands behind it.
fn form_answer(vocabulary: &Vocabulary, reading: &Reading) -> Option<bool> {
    let guards = &vocabulary.guards;
    let mut answer = None;
    for (index, sentence) in reading.sentences.iter().enumerate() {
        let start = sentence.sentence.range.start;
        let head = |hit_start: usize, from: usize| hit_start >= from && hit_start - from <= 3;
        let short_answer = |sentence: &super::cues::ReadSentence, from: usize| {
            let yes = sentence
                .hits_of(guards.yes)
                .any(|hit| head(hit.start, from));
            let no = sentence.hits_of(guards.no).any(|hit| head(hit.start, from));
            (yes != no).then_some(yes)
        };
        if let Some(place) = sentence.sentence.answers
            && vocabulary.mentions(&reading.prose.quoted[place], guards.asks_persists)
        {
            answer = short_answer(sentence, start).or(answer);
        }
        let Some(asked) = sentence
            .hits_of(guards.asks_persists)
            .map(|hit| hit.end)
            .max()
        else {
            continue;
        };
        let behind = &reading.prose.text[asked..sentence.sentence.range.end];
        if let Some(colon) = behind.find(':') {
            answer = short_answer(sentence, asked + colon + 1).or(answer);
        } else if let Some(next) = reading.sentences.get(index + 1) {
            answer = short_answer(next, next.sentence.range.start).or(answer);
        }
    }
    answer
}

/// Something of substance under our question what was tried.
fn answers_steps(vocabulary: &Vocabulary, reading: &Reading) -> bool {
    reading.sentences.iter().any(|sentence| {
        sentence.sentence.answers.is_some_and(|place| {
            vocabulary.mentions(&reading.prose.quoted[place], vocabulary.guards.asks_steps)
        }) && !sentence.has(vocabulary.guards.no)
            && sentence.sentence.range.len() >= 12
    })
}

/// A file of machine output.
fn is_log(attachment: &crate::mail::Attachment) -> bool {
    let readable = matches!(
        attachment.role,
        AttachmentRole::Text | AttachmentRole::Archive
    );
    let name = attachment.name.to_lowercase();
    readable
        && ([
            ".log", ".har", ".json", ".xml", ".csv", ".gz", ".zip", ".out", ".trace", ".ndjson",
        ]
        .iter()
        .any(|end| name.ends_with(end))
            || (name.ends_with(".txt")
                && attachment
                    .text
                    .as_deref()
                    .is_some_and(mostly_machine_written)))
}

/// More than half of the first lines are code or log.
fn mostly_machine_written(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(40)
        .collect();
    let code = lines
        .iter()
        .filter(|line| super::sentence::is_code(line))
        .count();
    code * 2 > lines.len()
}
