//! One mail, or one thread, judged without a store: for `inspect` and `eval`.

use jiff::Timestamp;

use super::{Analysis, Clock, Desk};
use crate::case::{CaseNumber, CaseState};
use crate::reply::{
    BounceRecord, CaseGateState, Composed, Counters, DeskGateSettings, GateFacts, Occasion,
    Outgoing, Verdict, VerdictKind,
};
use crate::triage::{Assessment, Assignment, Effect, OutgoingKind};

/// What would happen with a mail.
pub struct Alone {
    /// The judgement after the thread's earlier mails.
    pub assessment: Assessment,
    /// The mail that would be composed.
    pub reply: Option<Composed>,
    /// What the gate would say.
    pub verdict: Verdict,
    /// The case after this mail; none for automatic mail.
    pub case: Option<CaseState>,
}

/// Judges a mail as the next one of a thread, or as the first one.
#[must_use]
pub fn judge_alone(
    analysis: &Analysis,
    desk: &Desk,
    gate: &DeskGateSettings,
    prior: Option<&CaseState>,
) -> Alone {
    let message = &analysis.message;
    let now = Clock::OfTheMail.now(message.date);
    let assessment = match prior {
        Some(prior) => desk
            .assessor
            .assess(message, &analysis.extraction, Some(prior)),
        None => analysis.assessment.clone(),
    };
    let number = CaseNumber(format!("{}-0", desk.profile.case_prefix));
    let assignment = match prior {
        _ if message.kind != crate::mail::MailKind::Human => Assignment::NoCase,
        Some(_) => Assignment::FollowUp {
            number: number.clone(),
            reason: "message_id",
        },
        None => Assignment::Open { related: None },
    };
    let assignment = crate::triage::settle(assignment, &assessment);
    let decision = crate::triage::decide(
        &analysis.for_others(),
        &assignment,
        &assessment,
        prior.filter(|_| matches!(assignment, Assignment::FollowUp { .. })),
        &desk.policy,
        &desk.name,
        &number,
        now,
    );
    let mut case = None;
    let mut wanted = None;
    for effect in decision.effects {
        match effect {
            Effect::SetCase(state) => case = Some(*state),
            Effect::Reply { kind, ask, topic } => wanted = Some((kind, ask, topic)),
            Effect::Journal { .. } | Effect::Escalate { .. } => {}
        }
    }
    let (kind, ask, topic) =
        wanted
            .clone()
            .unwrap_or((OutgoingKind::RequestForInformation, Vec::new(), None));
    let reply = wanted.as_ref().zip(case.as_ref()).and_then(|(_, state)| {
        desk.composer
            .compose(&Outgoing {
                kind,
                language: &state.language,
                ask: &ask,
                topic: topic.as_deref(),
                case_number: &number.0,
                facts: &state.facts,
                flags: &state.flags,
                secret_kinds: &analysis.secret_kinds(),
                answered: &analysis.for_others(),
                recipient: crate::reply::recipient(message, &gate.gate.shared_domains)?,
                desk_address: gate
                    .desk_addresses
                    .first()
                    .map_or("desk@invalid", String::as_str),
                desk_name: &desk.display_name,
                token: "aaaaaaaaaaaaaaaa",
                ordinal: prior.map_or(0, |prior| prior.requests) + 1,
                date: now,
            })
            .ok()
    });
    let verdict = if wanted.is_none() && case.is_some() {
        Verdict {
            kind: VerdictKind::Withhold,
            rule: "nothing_to_send".to_owned(),
            detail: assessment.action.as_str().to_owned(),
        }
    } else {
        let facts = GateFacts::from_message(
            message,
            gate,
            fresh_counters(),
            CaseGateState {
                status: case
                    .as_ref()
                    .map_or(crate::case::CaseStatus::Waiting, |case| case.status),
                requests: Some(prior.map_or(0, |prior| prior.requests)),
                reminders: Some(0),
                asked: prior.map(|prior| prior.asked.clone()).unwrap_or_default(),
                ask,
                quarantined: None,
            },
            occasion(kind, analysis, gate, now),
        );
        crate::reply::gate(&facts)
    };
    Alone {
        assessment,
        reply,
        verdict,
        case,
    }
}

fn occasion(
    kind: OutgoingKind,
    analysis: &Analysis,
    gate: &DeskGateSettings,
    now: Timestamp,
) -> Occasion {
    let message = &analysis.message;
    Occasion {
        kind,
        recipient: crate::reply::recipient(message, &gate.gate.shared_domains)
            .unwrap_or(message.author())
            .to_owned(),
        now,
        read_at: now,
        received_at: None,
        imported: false,
        approved: false,
    }
}

/// Counters of an installation that never sent anything.
fn fresh_counters() -> Counters {
    Counters {
        stopped: Some(false),
        to_address: Some(0),
        to_domain: Some(0),
        same_body: Some(0),
        last_hour: Some(0),
        bounce: BounceRecord::Never,
    }
}
