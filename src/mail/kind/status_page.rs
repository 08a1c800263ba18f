//! What status pages send to those who subscribed to them: an incident, told in steps that have names.

use super::terms::{Text, first_of, first_start};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Names of the steps, as they stand before a dash, in small letters.
#[rustfmt::skip]
const STEPS: &[&str] = &[
    "investigating", "identified", "monitoring", "resolved", "update", "scheduled", "in progress", "completed", "verifying", "postmortem", "wird untersucht", "untersuchung", "identifiziert", "überwachung", "behoben", "geplant", "abgeschlossen",
    "en cours d'analyse", "identifié", "surveillance", "résolu", "planifié", "terminé", "badanie", "zidentyfikowano", "monitorowanie", "rozwiązano", "zaplanowano", "zakończono", "调查中", "已确认", "监控中", "已解决", "已恢复", "已完成",
];

/// Labels of the state of an incident, in small letters.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "new incident status:", "incident status:", "current status:", "status des vorfalls:", "aktueller status:", "statut de l'incident", "statut actuel", "status incydentu:", "aktualny status:", "事件状态", "当前状态",
];

/// Longest such mail in lines that is looked at.
const LINES_MAX: usize = 60;

/// Most words of a heading.
const HEADING_WORDS: usize = 6;

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    if text.answers_or_forwards()
        || facts.has_header("In-Reply-To")
        || facts.has_quote
        || first_of(&text.body, STEPS).is_none()
        || super::terms::speaks_of_self(&text.body)
        || super::terms::asks(&text.body)
    {
        return None;
    }
    let lines: Vec<String> = facts
        .new_text
        .lines()
        .map(|line| line.trim().to_lowercase())
        .filter(|line| !line.is_empty())
        .take(LINES_MAX)
        .collect();
    // Pages tell the time of each step, and where one finds more: people neither.
    let timed = lines.iter().any(|line| is_time(line));
    let linked = lines.iter().any(|line| line.contains("://"));
    let stepped = lines.iter().any(|line| is_step(line));
    let labelled = lines.iter().position(|line| {
        first_start(line, LABELS).is_some() && STEPS.iter().any(|step| line.ends_with(step))
    });
    // Below the label of a state one sentence or two tell what is known.
    let told = |place: usize| labelled.is_some_and(|label| place > label && place <= label + 2);
    let of_form = |place: usize, line: &str| {
        is_step(line)
            || is_time(line)
            || line.contains("://")
            || labelled == Some(place)
            || told(place)
            || line.split_whitespace().count() <= HEADING_WORDS
                && !line.contains([':', '.', '!', '：', '。'])
    };
    (stepped && timed || labelled.is_some() && linked)
        .then(|| {
            lines
                .iter()
                .enumerate()
                .all(|(place, line)| of_form(place, line))
                && !super::person::is_signed(facts.new_text)
        })
        .filter(|known| *known)
        .map(|_| {
            (
                MailKind::Notification,
                "status_page",
                facts.subject.to_owned(),
            )
        })
}

/// `Resolved - This incident has been resolved.`
fn is_step(line: &str) -> bool {
    first_start(line, STEPS).is_some_and(|step| {
        line[step.len()..].trim_start().starts_with(['-', '–', '—']) && line.ends_with(['.', '。'])
    })
}

/// `Nov 19, 08:00 UTC`
fn is_time(line: &str) -> bool {
    (line.ends_with("utc") || line.ends_with("gmt"))
        && line.split_whitespace().count() <= HEADING_WORDS
        && line.contains(|character: char| character.is_ascii_digit())
        && !line.contains(": ")
}
