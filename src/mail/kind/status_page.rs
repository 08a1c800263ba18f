//! What status pages send to those who subscribed to them: an incident, told in steps that have names.

use super::alert::{COURTESIES, is_of_form};
use super::terms::{Text, first_start};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Names of the steps, as they stand before a dash or behind a label, in small letters.
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

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    if text.answers_or_forwards() || facts.has_header("In-Reply-To") || facts.has_quote {
        return None;
    }
    let lines: Vec<String> = facts
        .new_text
        .lines()
        .map(|line| line.trim().to_lowercase())
        .filter(|line| !line.is_empty())
        .take(LINES_MAX)
        .collect();
    let steps = lines.iter().filter(|line| is_step(line)).count();
    let labelled = lines.iter().position(|line| {
        first_start(line, LABELS).is_some() && STEPS.iter().any(|step| line.ends_with(step))
    });
    // Below the label of a state one sentence tells what is known.
    let told = |place: usize, line: &str| {
        labelled.is_some_and(|label| place > label && place <= label + 2)
            && first_start(line, COURTESIES).is_none()
    };
    let timed = || {
        lines
            .iter()
            .any(|line| line.ends_with("utc") || line.ends_with("gmt"))
    };
    let known = steps >= 2 || labelled.is_some() || steps == 1 && timed();
    (known
        && lines
            .iter()
            .enumerate()
            .all(|(place, line)| is_step(line) || told(place, line) || is_of_form(line))
        && !super::terms::speaks_of_self(&text.body)
        && !super::terms::asks(&text.body)
        && !super::person::is_signed(facts.new_text))
    .then(|| {
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
        let rest = line[step.len()..].trim_start();
        rest.is_empty() || rest.starts_with(['-', '–', '—'])
    })
}
