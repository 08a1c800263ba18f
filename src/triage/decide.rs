//! What happens next: a list of effects. No effect happens here.

use serde_json::json;

use super::types::{
    Action, Assessment, Assignment, Decision, Effect, Now, OutgoingKind, Policy, status_for,
};
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::mail::{MailKind, Message, subject};

/// Decides on effects. `prior` is the case of a follow-up or note; `number` is the number that a
/// new case would get. Automatic mail never causes a reply.
#[must_use]
#[expect(
    clippy::too_many_arguments,
    reason = "each is a fact of its own from another stage; a struct would only rename them"
)]
pub fn decide(
    message: &Message,
    assignment: &Assignment,
    assessment: &Assessment,
    prior: Option<&CaseState>,
    policy: &Policy,
    desk: &str,
    number: &CaseNumber,
    now: Now,
) -> Decision {
    match assignment {
        Assignment::NoCase => Decision {
            effects: Vec::new(),
        },
        Assignment::Note { reason, .. } => Decision {
            effects: vec![note(message, reason)],
        },
        Assignment::Open { .. } | Assignment::FollowUp { .. }
            if message.kind != MailKind::Human =>
        {
            // Assigned by hand or by an older version: even so a machine gets no case and no answer.
            Decision {
                effects: vec![note(message, message.kind.as_str())],
            }
        }
        Assignment::Open { related } => {
            let case = open_case(message, assessment, desk, number, now);
            let opened = Effect::Journal {
                event: "opened",
                detail: json!({
                    "number": number.0,
                    "related": related.as_ref().map(|related| &related.0),
                    "action": assessment.action.as_str(),
                }),
            };
            conclude(case, vec![opened], assessment, policy, None)
        }
        Assignment::FollowUp { reason, .. } => match prior {
            Some(prior) => {
                let (case, journal) = continue_case(message, assessment, prior, reason, now);
                conclude(case, journal, assessment, policy, Some(prior))
            }
            None => Decision {
                effects: Vec::new(),
            },
        },
    }
}

fn note(message: &Message, reason: &str) -> Effect {
    if message.kind == MailKind::Human {
        return Effect::Journal {
            event: "copy",
            detail: json!({ "message_id": message.message_id }),
        };
    }
    let bounce = message.bounce.as_ref();
    Effect::Journal {
        event: "automatic_mail",
        detail: json!({
            "kind": reason,
            "reason": message.kind_reason.code,
            "failed": bounce.map(|bounce| &bounce.failed),
            "status": bounce.and_then(|bounce| bounce.status.as_ref()),
            "permanent": bounce.map(|bounce| bounce.permanent),
        }),
    }
}

fn open_case(
    message: &Message,
    assessment: &Assessment,
    desk: &str,
    number: &CaseNumber,
    now: Now,
) -> CaseState {
    let submitter = message.author().to_owned();
    CaseState {
        number: number.clone(),
        desk: desk.to_owned(),
        status: status_for(&assessment.missing, false),
        subject: bare_subject(&message.subject),
        participants: vec![submitter.clone()],
        submitter,
        language: assessment.language.clone(),
        issue_type: assessment.issue_type.clone(),
        facts: assessment.facts.clone(),
        missing: assessment.missing.clone(),
        flags: assessment.flags.clone(),
        asked: Vec::new(),
        requests: 0,
        opened_at: message.date.filter(|date| *date <= now).unwrap_or(now),
        updated_at: now,
        resolution: None,
    }
}

fn continue_case(
    message: &Message,
    assessment: &Assessment,
    prior: &CaseState,
    reason: &str,
    now: Now,
) -> (CaseState, Vec<Effect>) {
    let mut journal = vec![Effect::Journal {
        event: "follow_up",
        detail: json!({ "by": reason, "action": assessment.action.as_str() }),
    }];
    let mut case = prior.clone();
    let author = message.author();
    if !author.is_empty() && !case.participants.iter().any(|one| one == author) {
        case.participants.push(author.to_owned());
        journal.push(Effect::Journal {
            event: "participant",
            detail: json!({ "address": author }),
        });
    }
    changed_fields(prior, assessment, &mut journal);
    for contradiction in &assessment.contradictions {
        journal.push(Effect::Journal {
            event: "contradiction",
            detail: json!({
                "field": contradiction.field,
                "older": contradiction.older,
                "newer": contradiction.newer,
            }),
        });
    }
    let ended = is_over(prior);
    if ended && assessment.action != Action::CloseResolved && says_something(assessment) {
        journal.push(Effect::Journal {
            event: "reopened",
            detail: json!({ "was": prior.status.as_str() }),
        });
        case.resolution = None;
        case.status = status_for(&assessment.missing, false);
    } else if !ended {
        case.status = status_for(&assessment.missing, false);
    }
    case.language.clone_from(&assessment.language);
    case.issue_type = assessment.issue_type.clone().or(case.issue_type);
    case.facts = assessment.facts.clone();
    case.missing.clone_from(&assessment.missing);
    for flag in &assessment.flags {
        if !case.flags.contains(flag) {
            case.flags.push(flag.clone());
        }
    }
    case.updated_at = now;
    (case, journal)
}

fn is_over(case: &CaseState) -> bool {
    matches!(case.status, CaseStatus::Resolved | CaseStatus::Closed)
}

/// A closed case is opened again by news, not by a mere word of thanks.
fn says_something(assessment: &Assessment) -> bool {
    assessment.questions > 0 && assessment.said.persists != Some(false)
}

fn changed_fields(prior: &CaseState, assessment: &Assessment, journal: &mut Vec<Effect>) {
    for (field, values) in &assessment.facts.fields {
        let known = prior.facts.fields.get(field).map_or(&[][..], Vec::as_slice);
        let older: Vec<&str> = known.iter().map(|value| value.value.as_str()).collect();
        let newer: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
        if older != newer {
            journal.push(Effect::Journal {
                event: "field_changed",
                detail: json!({ "field": field, "older": older, "newer": newer }),
            });
        }
    }
}

/// Sets the case and adds what leaves: at most one mail. `prior` is the known case of a follow-up.
fn conclude(
    mut case: CaseState,
    mut journal: Vec<Effect>,
    assessment: &Assessment,
    policy: &Policy,
    prior: Option<&CaseState>,
) -> Decision {
    note_declined(prior, assessment, &mut journal);
    let mut after = Vec::new();
    match assessment.action {
        Action::None | Action::AnswerDocumentation | Action::AnswerOrSplit => {}
        Action::AskMissing | Action::MergeFollowup if is_over(&case) => {}
        Action::AskMissing | Action::MergeFollowup if says_nothing_new(prior, assessment) => {
            // Thanks and "any news?" are no answer: the rest is not asked because of them.
            case.status = status_for(&assessment.missing, case.requests > 0);
        }
        Action::AskMissing | Action::MergeFollowup => {
            ask(&mut case, assessment, policy, &mut after)
        }
        Action::CompleteToEngineer => {
            if policy.acknowledge {
                after.push(mail(OutgoingKind::Acknowledgement, Vec::new(), None));
            }
        }
        Action::UrgentEscalation => {
            after.push(Effect::Escalate {
                route: assessment
                    .route
                    .clone()
                    .unwrap_or_else(|| "default".to_owned()),
                criterion: assessment.urgent_criterion.clone().unwrap_or_default(),
            });
            ask(&mut case, assessment, policy, &mut after);
        }
        Action::CloseResolved => {
            // Thanks for an answer to a case that is over need no further notice, and a stranger who
            // begins with "it is solved" has no case that a notice could speak of.
            if prior.is_some() && !is_over(&case) {
                after.push(mail(
                    OutgoingKind::CloseNotice,
                    Vec::new(),
                    Some(assessment.action.as_str().to_owned()),
                ));
            }
            case.status = match prior {
                Some(_) => CaseStatus::Resolved,
                None => CaseStatus::Closed,
            };
        }
        Action::ForwardFeatureRequest
        | Action::OutagePolicy
        | Action::ReferRegistration
        | Action::MaintenanceSelfService
        | Action::ReferConsultant
        | Action::ReferDocsInterest => {
            case.status = CaseStatus::Closed;
            after.push(mail(
                OutgoingKind::Referral,
                Vec::new(),
                Some(assessment.action.as_str().to_owned()),
            ));
        }
    }
    if is_over(&case) {
        case.missing.clear();
    }
    let mut effects = vec![Effect::SetCase(Box::new(case))];
    effects.extend(journal);
    effects.extend(after);
    Decision { effects }
}

/// Notes what the sender cannot give; the case's facts keep it, so that no later mail asks for it.
fn note_declined(prior: Option<&CaseState>, assessment: &Assessment, journal: &mut Vec<Effect>) {
    let known = |name: &&String| prior.is_some_and(|case| case.facts.answered.contains(*name));
    let news: Vec<&String> = assessment
        .declined
        .iter()
        .filter(|name| !known(name))
        .collect();
    if !news.is_empty() {
        journal.push(Effect::Journal {
            event: "declined",
            detail: json!({ "requirements": news }),
        });
    }
}

/// A follow-up that answers nothing of what is missing in a case that was asked already.
fn says_nothing_new(prior: Option<&CaseState>, assessment: &Assessment) -> bool {
    prior.is_some_and(|prior| {
        prior.requests > 0 && !is_over(prior) && prior.missing == assessment.missing
    })
}

/// Questions in one mail, at most: a longer list is answered by few.
const QUESTIONS_MAX: usize = 6;

/// What of the missing is asked now, in the profile's order. The rest stays missing and is asked
/// later.
fn questions(case: &CaseState, assessment: &Assessment) -> Vec<String> {
    let missing = &assessment.missing;
    let operation_is_missing = missing.iter().any(|name| name == "operation");
    let mut ask: Vec<(usize, &String)> = missing
        .iter()
        .enumerate()
        .filter(|(_, name)| !case.asked.contains(name))
        // The section follows from the operation.
        .filter(|(_, name)| !(operation_is_missing && *name == "api_section"))
        .collect();
    // Stable: those of equal weight keep their order.
    ask.sort_by_key(|(_, name)| !assessment.essential.contains(name));
    ask.truncate(QUESTIONS_MAX);
    ask.sort_by_key(|(place, _)| *place);
    ask.into_iter().map(|(_, name)| name.clone()).collect()
}

/// Asks for what is missing and was never asked, as long as the desk may ask at all.
fn ask(case: &mut CaseState, assessment: &Assessment, policy: &Policy, after: &mut Vec<Effect>) {
    let ask = questions(case, assessment);
    let may_ask = case.requests < policy.requests_max;
    if ask.is_empty() || !may_ask {
        // The sender was asked for all of it and still owes the answer.
        let waits = !assessment.missing.is_empty() && case.requests > 0;
        case.status = status_for(&assessment.missing, waits);
        return;
    }
    case.asked.extend(ask.iter().cloned());
    case.requests += 1;
    case.status = status_for(&assessment.missing, true);
    after.push(mail(OutgoingKind::RequestForInformation, ask, None));
}

fn mail(kind: OutgoingKind, ask: Vec<String>, topic: Option<String>) -> Effect {
    Effect::Reply { kind, ask, topic }
}

/// A subject without reply and forward prefixes and without a case number in brackets.
#[must_use]
pub(crate) fn bare_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let before = rest;
        rest = subject::without_prefixes(rest);
        if rest.starts_with('[')
            && let Some(end) = rest.find(']')
            && is_number(&rest[1..end])
        {
            rest = rest[end + 1..].trim_start();
        }
        if let Some(inside) = rest.strip_suffix(']')
            && let Some(start) = inside.rfind('[')
            && is_number(&inside[start + 1..])
        {
            rest = rest[..start].trim_end();
        }
        if rest == before {
            return rest.to_owned();
        }
    }
}

/// `SP-1001`.
fn is_number(inside: &str) -> bool {
    inside.rsplit_once('-').is_some_and(|(prefix, digits)| {
        !prefix.is_empty()
            && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
