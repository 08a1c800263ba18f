//! An answer to a mail: the gate first, then composing, then the outbox.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::batch::{Batch, OpenRequest, RequestPlace};
use super::desks::Desk;
use super::pipeline::Analysed;
use super::{Analysis, Engine};
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::mail::Message;
use crate::reply::gate::Rule;
use crate::reply::{
    CaseGateState, ComposeError, Composed, DeskGateSettings, GateFacts, Occasion, Outgoing,
    Verdict, VerdictKind,
};
use crate::store::{NewOutgoing, OutboxState, ThreadKey};
use crate::triage::OutgoingKind;

/// Sender of the replies of a desk that has no address. They never leave: such a desk observes.
const NO_ADDRESS: &str = "desk@invalid";

/// A mail that was decided on.
pub(super) struct Wanted<'a> {
    pub(super) kind: OutgoingKind,
    pub(super) ask: Vec<String>,
    pub(super) topic: Option<String>,
    pub(super) prior: Option<&'a CaseState>,
}

/// What became of it.
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// The gate's facts where no row of the outbox keeps them.
    pub(super) facts: Option<GateFacts>,
}

impl Answer {
    fn withheld(rule: &str, detail: String) -> Self {
        Self {
            verdict: Verdict {
                kind: VerdictKind::Withhold,
                rule: rule.to_owned(),
                detail,
            },
            facts: None,
        }
    }
}

impl Engine {
    /// Asks the gate, and composes the mail where it may leave or where only the mode holds it back:
    /// then a person can read what would have left. What the gate holds back for any other reason is
    /// not composed; its facts are kept with the mail, for `explain`.
    #[expect(clippy::too_many_arguments, reason = "one call, all of them needed")]
    pub(super) fn answer(
        &self,
        mail: &Analysed,
        analysis: &Analysis,
        desk: &Desk,
        number: &CaseNumber,
        wanted: &Wanted<'_>,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Answer {
        let Some(status) = batch
            .cases
            .get(number)
            .map(|working| working.record.state.status)
        else {
            return Answer::withheld("no_case", number.to_string());
        };
        let facts = self.gate_facts(mail, analysis, desk, number, wanted, status, now, batch);
        let mut verdict = crate::reply::gate(&facts);
        let readable = verdict.kind != VerdictKind::Withhold || verdict.rule == Rule::Mode.as_str();
        let composed = readable
            .then(|| self.compose(analysis, desk, number, wanted, now, batch))
            .transpose()
            .unwrap_or_else(|error| {
                verdict = Answer::withheld("cannot_be_composed", error.to_string()).verdict;
                None
            });
        if verdict.kind == VerdictKind::Withhold {
            batch.not_asked(number, wanted);
        }
        let (state, event) = match verdict.kind {
            VerdictKind::Send => (OutboxState::Waiting, "reply_decided"),
            VerdictKind::Draft => (OutboxState::Draft, "reply_drafted"),
            VerdictKind::Withhold => (OutboxState::Withheld, "reply_withheld"),
        };
        batch.journal(
            number,
            mail.mail,
            now,
            event,
            json!({"kind": wanted.kind.as_str(), "ask": wanted.ask, "rule": verdict.rule, "detail": verdict.detail}),
        );
        *batch.summary.outgoing.entry(state.as_str()).or_default() += 1;
        let Some(composed) = composed else {
            return Answer {
                verdict,
                facts: Some(facts),
            };
        };
        if verdict.kind != VerdictKind::Withhold {
            batch.known.count(number, wanted.kind, &composed, analysis);
        }
        batch.keys.insert(
            ThreadKey::MessageId(composed.message_id.clone()),
            number.clone(),
        );
        let language = batch.cases.get_mut(number).map(|working| {
            working.record.outgoing += 1;
            working.record.state.language.clone()
        });
        if verdict.kind != VerdictKind::Withhold
            && wanted.kind == OutgoingKind::RequestForInformation
        {
            let open = batch.open_requests.entry(number.clone()).or_default();
            open.push(OpenRequest {
                place: RequestPlace::Written(batch.commit.outbox.len()),
                ask: wanted.ask.clone(),
            });
        }
        batch.commit.outbox.push(NewOutgoing {
            case: number.clone(),
            mail: Some(mail.mail),
            message_id: composed.message_id,
            recipient: composed.recipient,
            kind: wanted.kind,
            language: language.unwrap_or_default(),
            subject: composed.subject,
            bytes: composed.bytes,
            body_hash: analysis.body_hash,
            verdict: verdict.clone(),
            gate_facts: serde_json::to_string(&facts).unwrap_or_default(),
            state,
            created_at: now,
        });
        Answer {
            verdict,
            facts: None,
        }
    }

    fn compose(
        &self,
        analysis: &Analysis,
        desk: &Desk,
        number: &CaseNumber,
        wanted: &Wanted<'_>,
        now: Timestamp,
        batch: &Batch,
    ) -> Result<Composed, ComposeError> {
        let record = &batch.cases[number].record;
        desk.composer.compose(&Outgoing {
            kind: wanted.kind,
            language: &record.state.language,
            ask: &wanted.ask,
            topic: wanted.topic.as_deref(),
            case_number: &number.0,
            facts: &record.state.facts,
            flags: &record.state.flags,
            secret_kinds: &analysis.secret_kinds(),
            answered: &analysis.for_others(),
            recipient: crate::reply::recipient(&analysis.message, &self.gate.shared_domains)
                .unwrap_or_default(),
            desk_address: desk.addresses.first().map_or(NO_ADDRESS, String::as_str),
            desk_name: &desk.display_name,
            token: &record.token,
            ordinal: record.outgoing + 1,
            date: now,
        })
    }

    /// What the gate says about answering a mail that gets no answer anyway: so that `explain` can
    /// tell for each automatic mail which rule would have held an answer back.
    pub(super) fn answer_to_nobody(
        &self,
        mail: &Analysed,
        analysis: &Analysis,
        desk: &Desk,
        number: &CaseNumber,
        now: Timestamp,
        batch: &Batch,
    ) -> Answer {
        let wanted = Wanted {
            kind: OutgoingKind::RequestForInformation,
            ask: Vec::new(),
            topic: None,
            prior: None,
        };
        let facts = self.gate_facts(
            mail,
            analysis,
            desk,
            number,
            &wanted,
            CaseStatus::Waiting,
            now,
            batch,
        );
        Answer {
            verdict: crate::reply::gate(&facts),
            facts: Some(facts),
        }
    }

    /// Each desk's part of the gate's facts: lists that are too long to be copied for each mail.
    pub(super) fn desk_gates(&self) -> BTreeMap<String, DeskGateSettings> {
        let settings = |desk: &Desk| {
            desk.gate_settings(
                &self.parse_options.own_addresses,
                &self.own_message_id_domains,
                &self.gate,
            )
        };
        let desks = self.desks.all().iter();
        desks
            .map(|desk| (desk.name.clone(), settings(desk)))
            .collect()
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the gate wants to know everything"
    )]
    fn gate_facts(
        &self,
        mail: &Analysed,
        analysis: &Analysis,
        desk: &Desk,
        number: &CaseNumber,
        wanted: &Wanted<'_>,
        status: CaseStatus,
        now: Timestamp,
        batch: &Batch,
    ) -> GateFacts {
        let recipient = recipient(&analysis.message, &self.gate.shared_domains);
        GateFacts::from_message(
            &analysis.message,
            &batch.desk_gates[&desk.name],
            batch.known.counters(&recipient, analysis),
            CaseGateState {
                status,
                requests: Some(wanted.prior.map_or(0, |prior| prior.requests)),
                reminders: batch.known.reminders(number),
                asked: wanted
                    .prior
                    .map(|prior| prior.asked.clone())
                    .unwrap_or_default(),
                ask: wanted.ask.clone(),
                quarantined: batch.known.quarantined(&analysis.message),
            },
            Occasion {
                kind: wanted.kind,
                recipient,
                now,
                read_at: now,
                received_at: matches!(self.clock, super::Clock::System).then(|| {
                    // A file that was copied today may hold a mail of last year.
                    let delivered = analysis.message.delivered_at();
                    delivered.map_or(mail.received_at, |at| at.min(mail.received_at))
                }),
                imported: mail.backlog,
                approved: false,
            },
        )
    }
}

/// Whom the gate asks about: the author too where nobody can be answered, so that its budgets and lists know them.
pub(super) fn recipient(message: &Message, shared_domains: &[String]) -> String {
    crate::reply::recipient(message, shared_domains)
        .unwrap_or(message.author())
        .to_owned()
}
