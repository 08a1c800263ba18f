//! `precedent inspect --why NAME`: the reasons of one field or judgement.

use std::fmt::Write;

use serde_json::{Value, json};

use super::output;
use crate::case::{Evidence, PartId};
use crate::engine::{Alone, Analysis, Desk};
use crate::extract::{Secret, text_of};
use crate::mail::Message;
use crate::profile::Requirement;
use crate::triage::Reason;

/// What is asked for: everything.
const ALL: &str = "all";

/// One answer: what was decided, and a line for each reason.
struct Explained {
    name: String,
    decided: String,
    reasons: Vec<String>,
}

/// The explanation as text, or as a JSON object.
pub(super) fn shown(
    file: &str,
    name: &str,
    as_json: bool,
    analysis: &Analysis,
    alone: &Alone,
    desk: &Desk,
) -> String {
    let explained = explain(name, analysis, alone, desk);
    if as_json {
        let reasons: Vec<Value> = explained
            .iter()
            .map(|one| json!({"name": one.name, "decided": one.decided, "reasons": one.reasons}))
            .collect();
        return json!({"file": file, "why": reasons}).to_string();
    }
    let mut out = format!("{file}\n");
    if explained.is_empty() {
        let _ = writeln!(
            out,
            "  nothing is known of `{name}`: a field of the profile, a requirement, a flag, a key of the labels, `times`, or `all`"
        );
    }
    for one in &explained {
        let _ = writeln!(out, "  {}: {}", one.name, one.decided);
        for reason in &one.reasons {
            let _ = writeln!(out, "    {reason}");
        }
    }
    out.trim_end().to_owned()
}

fn explain(name: &str, analysis: &Analysis, alone: &Alone, desk: &Desk) -> Vec<Explained> {
    let wanted = |candidate: &str| {
        name == ALL
            || candidate == name
            || candidate
                .rsplit_once('.')
                .is_some_and(|(kind, last)| last == name || kind == name)
    };
    let mut found: Vec<Explained> = desk
        .profile
        .fields
        .iter()
        .filter(|field| wanted(field.name()))
        .map(|field| of_field(field.name(), analysis))
        .filter(|one| name != ALL || !one.reasons.is_empty())
        .collect();
    if wanted("times") {
        found.push(of_times(analysis));
    }
    if wanted("language") {
        found.push(Explained {
            name: "language".to_owned(),
            decided: alone.assessment.language.clone(),
            reasons: analysis
                .extraction
                .language
                .iter()
                .map(|guess| format!("{guess:?}"))
                .collect(),
        });
    }
    if wanted("kind") {
        let reason = &analysis.message.kind_reason;
        found.push(Explained {
            name: "kind".to_owned(),
            decided: analysis.message.kind.as_str().to_owned(),
            reasons: vec![
                format!("{} {}", reason.code, reason.detail)
                    .trim()
                    .to_owned(),
            ],
        });
    }
    found.extend(of_judgements(&wanted, name == ALL, analysis, alone, desk));
    found.extend(
        desk.profile
            .judgements
            .requirement
            .iter()
            .filter(|requirement| wanted(&requirement.name))
            .filter(|requirement| {
                name != ALL || alone.assessment.missing.contains(&requirement.name)
            })
            .map(|requirement| of_requirement(requirement, alone)),
    );
    found
}

fn of_field(name: &str, analysis: &Analysis) -> Explained {
    let extraction = &analysis.extraction;
    let values = extraction.fields.get(name).map_or(&[][..], Vec::as_slice);
    let mut reasons: Vec<String> = values
        .iter()
        .map(|value| {
            format!(
                "taken    {}  by {}, confidence {:.2}{}: {}",
                value.value,
                value.evidence.rule,
                value.evidence.confidence,
                if value.evidence.quoted {
                    ", quoted"
                } else {
                    ""
                },
                place(analysis, &value.evidence),
            )
        })
        .collect();
    reasons.extend(
        extraction
            .refused
            .iter()
            .filter(|refused| refused.field == name)
            .map(|refused| {
                format!(
                    "refused  {}  because {}, proposed by {}: {}",
                    output::shorten(&refused.text, 60),
                    refused.reason,
                    refused.evidence.rule,
                    place(analysis, &refused.evidence),
                )
            }),
    );
    let given: Vec<&str> = values
        .iter()
        .filter(|value| !value.evidence.quoted)
        .map(|value| value.value.as_str())
        .collect();
    Explained {
        name: name.to_owned(),
        decided: or_none(given.join(", ")),
        reasons,
    }
}

fn of_times(analysis: &Analysis) -> Explained {
    let times = &analysis.extraction.times;
    let mut reasons: Vec<String> = times
        .iter()
        .map(|time| {
            let utc = time.utc.map_or_else(
                || "no instant: the zone or the day is not known".to_owned(),
                |utc| utc.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            );
            format!(
                "taken    {}  = {utc}, by {}: {}",
                time.text,
                time.evidence.rule,
                place(analysis, &time.evidence)
            )
        })
        .collect();
    reasons.extend(
        analysis
            .extraction
            .zone_answer
            .iter()
            .map(|answer| format!("zone     {}  by \"{}\"", answer.zone, answer.text)),
    );
    Explained {
        name: "times".to_owned(),
        decided: or_none(
            times
                .iter()
                .map(|time| time.text.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        ),
        reasons,
    }
}

/// Judgements with the words of the sender that speak for them. Words may speak for what was not decided:
/// a judgement needs a weight of 1, and conditions of the profile may stand against it.
fn of_judgements(
    wanted: &dyn Fn(&str) -> bool,
    all: bool,
    analysis: &Analysis,
    alone: &Alone,
    desk: &Desk,
) -> Vec<Explained> {
    let assessment = &alone.assessment;
    let said = &assessment.said;
    let spoken = desk
        .assessor
        .reasons(&without_secrets(analysis), &analysis.extraction);
    let mut decided: Vec<(String, String)> = vec![
        ("issue_type".to_owned(), {
            let also = assessment.issue_type_also.join(", ");
            let confidence = assessment.issue_type_confidence;
            match &assessment.issue_type {
                Some(kind) if also.is_empty() => format!("{kind}, confidence {confidence:.2}"),
                Some(kind) => format!("{kind}, confidence {confidence:.2}, also {also}"),
                None => "none".to_owned(),
            }
        }),
        (
            "urgent_criterion".to_owned(),
            or_none(assessment.urgent_criterion.clone().unwrap_or_default()),
        ),
        (
            "partner_status".to_owned(),
            or_none(assessment.partner_status.clone().unwrap_or_default()),
        ),
        ("action".to_owned(), assessment.action.as_str().to_owned()),
        (
            "said.persists".to_owned(),
            said.persists
                .map_or_else(|| "nothing said".to_owned(), |value| value.to_string()),
        ),
        ("said.steps_tried".to_owned(), said.steps_tried.to_string()),
        (
            "said.reproduction".to_owned(),
            said.reproduction.to_string(),
        ),
        ("said.goal".to_owned(), said.goal.to_string()),
        (
            "said.logs_attached".to_owned(),
            said.logs_attached.to_string(),
        ),
        (
            "said.screenshot_attached".to_owned(),
            said.screenshot_attached.to_string(),
        ),
    ];
    let mut flags: Vec<String> = assessment.flags.clone();
    flags.extend(
        spoken
            .iter()
            .filter_map(|reason| reason.judgement.strip_prefix("flag."))
            .map(str::to_owned),
    );
    flags.sort();
    flags.dedup();
    decided.extend(flags.into_iter().map(|flag| {
        let holds = assessment.flags.contains(&flag).to_string();
        (format!("flag.{flag}"), holds)
    }));
    decided
        .into_iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, decided)| {
            let reasons = spoken
                .iter()
                .filter(|reason| speaks_for(&reason.judgement, &name))
                .map(in_words)
                .collect();
            Explained {
                name,
                decided,
                reasons,
            }
        })
        .filter(|one| !all || !one.reasons.is_empty() || one.name == "action")
        .collect()
}

/// `issue_type.throttling` speaks for `issue_type`, `said.over` for `said.persists`.
fn speaks_for(judgement: &str, name: &str) -> bool {
    judgement == name
        || judgement
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('.'))
        || (name == "said.persists" && judgement == "said.over")
}

fn in_words(reason: &Reason) -> String {
    let mut words = reason.words.clone();
    words.sort();
    words.dedup();
    format!(
        "{} +{:.1}  \"{}\" in: {}",
        reason.judgement,
        reason.weight,
        words.join("\", \""),
        output::shorten(reason.sentence.trim(), 110)
    )
}

fn of_requirement(requirement: &Requirement, alone: &Alone) -> Explained {
    let missing = alone.assessment.missing.contains(&requirement.name);
    let declined = alone.assessment.declined.contains(&requirement.name);
    let mut reasons = Vec::new();
    if !requirement.any_of.is_empty() {
        reasons.push(format!("met by one of: {}", requirement.any_of.join(", ")));
    }
    for stand_in in &requirement.stand_in {
        reasons.push(format!(
            "in circumstances that the profile names also by one of: {}",
            stand_in.any_of.join(", ")
        ));
    }
    Explained {
        name: format!("requirement {}", requirement.name),
        decided: match (missing, declined) {
            (true, _) => "missing".to_owned(),
            (_, true) => "not asked: the sender says that it cannot be given".to_owned(),
            _ => "met, or not required here".to_owned(),
        },
        reasons,
    }
}

/// The mail with stars in the place of its secrets: sentences end within some of them, and are shown folded.
fn without_secrets(analysis: &Analysis) -> Message {
    let mut message = analysis.message.clone();
    for secret in &analysis.extraction.secrets {
        let Evidence {
            part, start, end, ..
        } = secret.evidence;
        let text = match part {
            PartId::Subject => &mut message.subject,
            PartId::Body => &mut message.text,
            _ => continue,
        };
        if text.get(start..end).is_some() {
            text.replace_range(start..end, &"*".repeat(end - start));
        }
    }
    message
}

/// Part and bytes of a piece of evidence, with the line around it.
fn place(analysis: &Analysis, evidence: &Evidence) -> String {
    if evidence.part == PartId::Derived {
        return "follows from another field".to_owned();
    }
    let text = text_of(&analysis.message, evidence.part);
    let secrets: Vec<Secret> = analysis
        .extraction
        .secrets
        .iter()
        .filter(|secret| secret.evidence.part == evidence.part)
        .cloned()
        .collect();
    let line = text.get(evidence.start..evidence.end).map(|_| {
        let start = text[..evidence.start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1)
            .max(text.ceil_char_boundary(evidence.start.saturating_sub(60)));
        let end = text[evidence.end..]
            .find('\n')
            .map_or(text.len(), |newline| evidence.end + newline)
            .min(text.floor_char_boundary((evidence.end + 40).min(text.len())));
        crate::extract::redact_range(text, start..end, &secrets)
            .trim()
            .replace('\n', " ")
    });
    format!(
        "{} {}..{} \"{}\"",
        evidence.part,
        evidence.start,
        evidence.end,
        line.unwrap_or_default()
    )
}

fn or_none(text: String) -> String {
    if text.is_empty() {
        "none".to_owned()
    } else {
        text
    }
}
