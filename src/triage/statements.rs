//! What the sender says about the problem: it persists, steps were tried, what is wanted.

use super::code_lines;
use super::condition::Circumstances;
use super::cues::{ReadSentence, Reading, Vocabulary};
use super::fold::fold;
use super::signal::CompiledSignal;
use crate::case::Said;
use crate::extract::Extraction;
use crate::mail::{Attachment, AttachmentRole, Message};
use crate::reply::form::{PLACEHOLDER, TAG_CLOSE, TAG_OPEN};

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
        persists: extraction
            .chosen
            .get("persists")
            .map(|choice| choice == "yes")
            .or_else(|| persists(signals, vocabulary, reading, circumstances))
            .or_else(|| answered("persists").then_some(true)),
        steps_tried: holds("steps_tried")
            || answered("steps_tried")
            || form_line(message, "steps_tried").is_some_and(|answer| answer.len() >= 12)
            || answers_steps(vocabulary, reading)
            || lists_steps(vocabulary, reading),
        reproduction: reading.prose.has_request
            || message.attachments.iter().any(is_request_file)
            || holds("reproduction")
            || answered("reproduction"),
        goal: holds("goal") || answered("goal"),
        logs_attached: message.attachments.iter().any(is_log)
            // A log may be kept as JSON; what is said counts where there is a file it can be said of.
            || message.attachments.iter().any(may_be_log) && holds("logs_attached"),
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
    reading: &Reading,
    circumstances: &Circumstances<'_>,
) -> Option<bool> {
    if let Some(answer) = form_answer(vocabulary, reading) {
        return Some(answer);
    }
    let last = |name: &str| {
        signals
            .iter()
            .filter(|signal| signal.name == name && signal.may_hold(circumstances))
            .filter_map(|signal| signal.last_place(reading))
            .max_by_key(|(place, _)| *place)
    };
    // What is over before the sender turns to another problem says nothing about that one.
    let turned = last("another_problem").map_or(0, |(place, _)| place);
    let over = last("over").filter(|(place, _)| *place >= turned);
    match (last("persists"), over) {
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

/// The answer in a line of our own form, wherever the sender's program put it; folded.
fn form_line(message: &Message, requirement: &str) -> Option<String> {
    let tag = format!("{TAG_OPEN}{requirement}{TAG_CLOSE}");
    message.text.match_indices(&tag).find_map(|(place, _)| {
        let line = message.text[place + tag.len()..].lines().next()?;
        let answer = line.trim_start().trim_start_matches([':', '：']).trim();
        let given = answer != PLACEHOLDER && answer.chars().any(char::is_alphanumeric);
        given.then(|| fold(answer))
    })
}

/// "Does it still happen? Yes": the question is ours or a form's, the answer stands behind it.
fn form_answer(vocabulary: &Vocabulary, reading: &Reading) -> Option<bool> {
    let guards = &vocabulary.guards;
    let mut answer = None;
    for (index, sentence) in reading.sentences.iter().enumerate() {
        let start = sentence.sentence.range.start;
        let head =
            |hit_start: usize, from: usize| hit_start >= from && hit_start - from <= ANSWER_HEAD;
        let short_answer = |sentence: &ReadSentence, from: usize| {
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

/// "Already done: restart of the feed job": steps behind their label, or in the list under it.
fn lists_steps(vocabulary: &Vocabulary, reading: &Reading) -> bool {
    let guards = &vocabulary.guards;
    let says_steps = |sentence: &ReadSentence, from: usize| {
        let text = reading.prose.text[from..sentence.sentence.range.end].trim();
        let refused = sentence
            .hits_of(guards.no)
            .chain(sentence.hits_of(guards.negation))
            .any(|hit| hit.start >= from && hit.start - from <= ANSWER_HEAD);
        text.len() >= STEP_BYTES && !sentence.question && !refused
    };
    let lists = |index: usize, sentence: &ReadSentence, label_end: usize| {
        // The colon may be part of the label.
        let label_end = label_end - usize::from(reading.prose.text[..label_end].ends_with(':'));
        let behind = &reading.prose.text[label_end..sentence.sentence.range.end];
        let Some(colon) = behind.find(':').filter(|colon| *colon <= LABEL_BYTES) else {
            return false;
        };
        if !behind[colon + 1..].trim().is_empty() {
            return says_steps(sentence, label_end + colon + 1);
        }
        reading
            .sentences
            .get(index + 1)
            .is_some_and(|next| next.sentence.item && says_steps(next, next.sentence.range.start))
    };
    reading
        .sentences
        .iter()
        .enumerate()
        .any(|(index, sentence)| {
            sentence
                .hits_of(guards.asks_steps)
                .chain(sentence.hits_of(guards.steps_label))
                .any(|hit| lists(index, sentence, hit.end))
        })
}

/// Bytes of folded text that name a step, at least: `restart`.
const STEP_BYTES: usize = 6;
/// More words of a label before its colon, in bytes: `so far on our side`.
const LABEL_BYTES: usize = 20;
/// A short answer begins within so many bytes.
const ANSWER_HEAD: usize = 3;

/// A file of machine output.
fn is_log(attachment: &Attachment) -> bool {
    if !matches!(
        attachment.role,
        AttachmentRole::Text | AttachmentRole::Archive
    ) {
        return false;
    }
    let name = attachment.name.to_lowercase();
    let named = [
        ".log", ".har", ".out", ".trace", ".log.gz", ".log.zip", ".err",
    ]
    .iter()
    .any(|end| name.ends_with(end))
        || ["log", "trace", "日志", "journal", "protokoll", "dziennik"]
            .iter()
            .any(|word| name.contains(word));
    named
        || attachment
            .text
            .as_deref()
            .is_some_and(|text| is_machine_written(&name, text))
}

/// A file that the sender may call a log.
fn may_be_log(attachment: &Attachment) -> bool {
    matches!(
        attachment.role,
        AttachmentRole::Text | AttachmentRole::Archive
    )
}

/// Text that reads like a log: lines of a log, or rows with times and errors.
fn is_machine_written(name: &str, text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(LOG_LINES)
        .collect();
    if name.ends_with(".csv") || name.ends_with(".tsv") {
        let head = lines
            .first()
            .map(|line| line.to_lowercase())
            .unwrap_or_default();
        return head.contains("error") || head.contains("message") || head.contains("status_code");
    }
    let logged = lines
        .iter()
        .filter(|line| code_lines::is_log_line(line))
        .count();
    let coded = lines
        .iter()
        .filter(|line| code_lines::is_code(line))
        .count();
    let structured = [".json", ".xml", ".ndjson"]
        .iter()
        .any(|end| name.ends_with(end));
    logged * 2 > lines.len() || (!structured && logged > 0 && coded * 2 > lines.len())
}

/// Lines of a file that are looked at.
const LOG_LINES: usize = 60;

/// A file that holds the request itself.
fn is_request_file(attachment: &Attachment) -> bool {
    if attachment.role != AttachmentRole::Text {
        return false;
    }
    let name = attachment.name.to_lowercase();
    let Some(text) = attachment.text.as_deref() else {
        return false;
    };
    if name.ends_with(".har") {
        return true;
    }
    if [
        ".py", ".php", ".java", ".js", ".ts", ".cs", ".rb", ".go", ".sh", ".http",
    ]
    .iter()
    .any(|end| name.ends_with(end))
    {
        return true;
    }
    let head: String = text.chars().take(REQUEST_CHARACTERS).collect();
    [
        "request",
        "anfrage",
        "requete",
        "zadanie",
        "żądanie",
        "请求",
    ]
    .iter()
    .any(|word| name.contains(word))
        || ([".json", ".xml"].iter().any(|end| name.ends_with(end))
            && [
                "\"request\"",
                "\"Request\"",
                "<Request>",
                "<Request ",
                "\"intent\"",
                "\"inputs\"",
            ]
            .iter()
            .any(|key| head.contains(key)))
        || (!name.ends_with(".log") && head.lines().any(|line| code_lines::is_request(line.trim())))
}

/// Characters of a file that are searched for a request.
const REQUEST_CHARACTERS: usize = 16_384;
