//! Times at the beginnings of lines that programs wrote.

use std::sync::LazyLock;

use super::combine::Composed;
use crate::case::PartId;
use crate::extract::characters::{line_end, line_start, window};
use crate::extract::passage::Passage;
use crate::lexicon::Lexicon;

/// True for a time that no person wrote: of an attachment, of a log line, `2026-03-02T11:20:05`.
pub(super) fn is_by_machine(passage: &Passage<'_>, time: &Composed) -> bool {
    let written = &passage.text.as_bytes()[time.start..time.end];
    let joined = written
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b'T' && three[2].is_ascii_digit());
    time.machine && (passage.part != PartId::Body || joined || in_log_line(passage.text, time))
}

/// True when some of the lines that begin with a time tell of failures: only those count then.
pub(super) fn failing_log(text: &str, times: &[Composed]) -> bool {
    times
        .iter()
        .filter(|time| in_log_line(text, time))
        .take(5_000)
        .any(|time| line_fails(text, time))
}

pub(super) fn in_log_line(text: &str, time: &Composed) -> bool {
    let start = line_start(text, time.start);
    time.machine
        && text[start..time.start]
            .trim_matches(['[', '(', ' ', '\t', '<', '"', '|', '>'])
            .len()
            < 3
}

/// Words of lines that tell of failures.
static FAILURES: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::new(&[
        "error",
        "warn",
        "fatal",
        "exception",
        "fail",
        "denied",
        "severe",
        "critical",
    ])
});

pub(super) fn line_fails(text: &str, time: &Composed) -> bool {
    let line = window(&text[..line_end(text, time.end)], time.end, 300);
    let lower = line.to_ascii_lowercase();
    FAILURES.stand_in(&lower)
        || lower
            .split(|character: char| !character.is_ascii_alphanumeric())
            .any(|word| {
                word.len() == 3
                    && word.starts_with(['4', '5'])
                    && word.bytes().all(|byte| byte.is_ascii_digit())
            })
}
