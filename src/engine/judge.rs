//! A batch of analysed mails to one commit: assign, assess again where there is a history, decide,
//! answer. Reads what it needs from the store once for the whole batch; mails of the batch see the
//! cases that earlier mails of the batch opened or changed.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::json;

use super::answer::Wanted;
use super::batch::{Batch, COPY, OpenRequest, RequestPlace, Working, letter};
use super::history::desk_mail_assignment;
use super::pipeline::{Analysed, Summary};
use super::report::stored_analysis;
use super::{Analysis, Desk, Engine};
use crate::case::{CaseNumber, CaseState};
use crate::mail::{MailKind, Message};
use crate::reply::gate::address_key;
use crate::store::{
    CaseUpsert, Commit, HardBounce, MailId, MailOutcome, OutboxFilter, StoreError, ThreadKey,
    ThreadLookup,
};
use crate::triage::{Assessment, Assignment, Effect, ThreadKeys, ThreadMarks};

impl Engine {
    /// Decides on a batch. Nothing is written.
    pub(super) async fn judge(&self, mails: &[Analysed]) -> Result<(Commit, Summary), StoreError> {
        let marks = self.thread_marks();
        let keys: Vec<ThreadKeys> = mails
            .iter()
            .map(|mail| match &mail.result {
                Ok(analysis) => crate::triage::thread_keys(&analysis.message, &marks),
                Err(_) => ThreadKeys::default(),
            })
            .collect();
        let mut lookup = ThreadLookup::default();
        for keys in &keys {
            lookup.message_ids.extend(keys.message_ids.iter().cloned());
            lookup.tokens.extend(keys.tokens.iter().cloned());
            lookup.numbers.extend(keys.numbers.iter().cloned());
        }
        let analyses = mails.iter().filter_map(|mail| mail.result.as_ref().ok());
        lookup
            .letters
            .extend(analyses.filter_map(|analysis| letter(analysis)));
        let next_numbers = self.store.next_numbers(&marks.case_prefixes).await?;
        let at = self.clock.now(mails.iter().find_map(|mail| {
            mail.result
                .as_ref()
                .ok()
                .and_then(|analysis| analysis.message.date)
        }));
        let candidates = if lookup.is_empty() {
            Vec::new()
        } else {
            self.store.candidates(&lookup).await?
        };
        let known = self
            .known(
                mails,
                candidates
                    .iter()
                    .map(|candidate| candidate.case.state.number.clone())
                    .collect(),
                at,
            )
            .await?;
        let replied = candidates
            .iter()
            .filter(|candidate| candidate.case.outgoing > 0)
            .map(|candidate| candidate.case.state.number.clone())
            .collect();
        let mut batch = Batch {
            commit: Commit::new(at),
            summary: Summary::default(),
            cases: BTreeMap::new(),
            keys: HashMap::new(),
            known_keys: HashMap::new(),
            next_numbers: next_numbers.clone(),
            known,
            open_requests: self.open_requests(replied).await?,
            desk_gates: self.desk_gates(),
        };
        for candidate in candidates {
            let number = candidate.case.state.number.clone();
            for key in candidate.keys {
                batch
                    .known_keys
                    .entry(key)
                    .or_default()
                    .push(number.clone());
            }
            batch.cases.insert(
                number,
                Working {
                    record: candidate.case,
                    new: false,
                    mails: Vec::new(),
                    problem: None,
                },
            );
        }
        for (mail, keys) in mails.iter().zip(&keys) {
            match &mail.result {
                Ok(analysis) => self.judge_one(mail, analysis, keys, &mut batch),
                Err(rejected) => {
                    batch.known.set_aside(&rejected.thread, &rejected.code);
                    batch
                        .commit
                        .quarantined
                        .push(rejected.quarantine(mail.mail));
                }
            }
        }
        let mut commit = batch.commit;
        commit.expected_numbers = next_numbers
            .into_iter()
            .filter(|(prefix, number)| batch.next_numbers.get(prefix) != Some(number))
            .collect();
        commit.cases = batch
            .cases
            .into_values()
            .filter(|working| !working.mails.is_empty())
            .map(|working| CaseUpsert {
                revision: if working.new {
                    0
                } else {
                    working.record.revision
                },
                state: working.record.state,
                token: working.record.token,
                problem: working.problem,
                mails: working.mails,
            })
            .collect();
        // Numbers are given in the order in which cases were opened, not as text.
        commit
            .cases
            .sort_by_key(|case| (case.revision > 0, case.mails.first().copied()));
        Ok((commit, batch.summary))
    }

    /// What recognises our own marks in mails.
    pub(super) fn thread_marks(&self) -> ThreadMarks {
        let addresses = self.desks.own_addresses().to_vec();
        let mut case_prefixes: Vec<String> = self
            .desks
            .all()
            .iter()
            .map(|desk| desk.profile.case_prefix.clone())
            .collect();
        case_prefixes.sort();
        case_prefixes.dedup();
        ThreadMarks {
            message_id_domains: addresses
                .iter()
                .filter_map(|address| Some(address.rsplit_once('@')?.1.to_owned()))
                .collect(),
            addresses,
            case_prefixes,
        }
    }

    /// The requests of these cases that have not left yet.
    async fn open_requests(
        &self,
        cases: Vec<CaseNumber>,
    ) -> Result<BTreeMap<CaseNumber, Vec<OpenRequest>>, StoreError> {
        let mut requests: BTreeMap<CaseNumber, Vec<OpenRequest>> = BTreeMap::new();
        if cases.is_empty() {
            return Ok(requests);
        }
        for record in self.store.outbox(&OutboxFilter::open(cases)).await? {
            let request = OpenRequest {
                place: RequestPlace::Stored(record.id, record.state),
                ask: crate::deliver::asked_by(&record),
            };
            requests.entry(record.case).or_default().push(request);
        }
        Ok(requests)
    }

    fn judge_one(
        &self,
        mail: &Analysed,
        analysis: &Analysis,
        keys: &ThreadKeys,
        batch: &mut Batch,
    ) {
        let Some(desk) = self.desks.by_name(&analysis.desk) else {
            return;
        };
        let message = &analysis.message;
        let now = self.clock.now(message.date);
        let candidates = batch.candidates(keys, analysis);
        // Old mail of the desk is a part of its thread: what answers it is found by it.
        let assignment = if mail.backlog && message.kind == MailKind::Own {
            desk_mail_assignment(message, candidates.iter())
        } else {
            crate::triage::assign(message, &candidates, &self.gate.shared_domains)
        };
        let assignment = batch.or_copy(assignment, analysis);
        if matches!(assignment, Assignment::Note { reason: COPY, .. }) {
            batch.summary.copies += 1;
        }
        let mut prior = match &assignment {
            Assignment::FollowUp { number, .. } | Assignment::Note { number, .. } => batch
                .cases
                .get(number)
                .map(|working| working.record.state.clone()),
            Assignment::Open { .. } | Assignment::NoCase => None,
        };
        // Who answers in a thread may write to the address of another desk.
        let of_case = prior
            .as_ref()
            .filter(|prior| prior.desk != analysis.desk)
            .and_then(|prior| self.desks.by_name(&prior.desk))
            .and_then(|desk| Some((desk, analysis.for_desk(mail.received_at, desk, &self.key)?)));
        let own = (desk, analysis);
        let (mut desk, mut analysis) = match &of_case {
            Some((desk, as_its_mail)) => (*desk, as_its_mail),
            None => own,
        };
        let follows = prior
            .as_ref()
            .filter(|_| matches!(assignment, Assignment::FollowUp { .. }));
        let mut assessment = assessed(desk, analysis, follows);
        let assignment = crate::triage::settle(assignment, &assessment);
        if of_case.is_some() && matches!(assignment, Assignment::Open { .. }) {
            // Another problem is one of the desk that was written to.
            (desk, analysis) = own;
            let mut alone = analysis.assessment.clone();
            alone.flags.push("new_case_in_old_thread".to_owned());
            alone.flags.sort();
            alone.flags.dedup();
            assessment = Cow::Owned(alone);
        }
        if let (Assignment::FollowUp { .. }, Some(prior)) = (&assignment, &mut prior) {
            batch.withdraw_partly_answered(prior, &assessment.missing, mail.mail, now);
        }
        let (number, next) = match &assignment {
            Assignment::FollowUp { number, .. } | Assignment::Note { number, .. } => {
                (number.clone(), None)
            }
            Assignment::Open { .. } | Assignment::NoCase => {
                let prefix = &desk.profile.case_prefix;
                let next = batch
                    .next_numbers
                    .get(prefix)
                    .copied()
                    .unwrap_or(crate::store::FIRST_NUMBER);
                (
                    crate::store::case_number(prefix, next),
                    Some((prefix.clone(), next + 1)),
                )
            }
        };
        let prior = prior.filter(|_| next.is_none());
        let decision = crate::triage::decide(
            &analysis.for_others(),
            &assignment,
            &assessment,
            prior.as_ref(),
            &desk.policy,
            &desk.name,
            &number,
            now,
        );
        let mut case = None;
        let mut answer = None;
        for effect in decision.effects {
            match effect {
                Effect::SetCase(state) => {
                    case = Some(number.clone());
                    if let Some((prefix, next)) = &next {
                        batch.next_numbers.insert(prefix.clone(), *next);
                        batch.summary.opened += 1;
                    } else {
                        batch.summary.follow_ups += 1;
                    }
                    batch.set_case(&self.key, mail.mail, *state, analysis);
                }
                Effect::Journal { event, detail } => {
                    case.get_or_insert_with(|| number.clone());
                    batch.journal(&number, mail.mail, now, event, detail);
                }
                Effect::Escalate { route, criterion } => {
                    batch.journal(
                        &number,
                        mail.mail,
                        now,
                        "escalated",
                        json!({"route": route, "criterion": criterion}),
                    );
                }
                Effect::Reply { kind, ask, topic } => {
                    let wanted = Wanted {
                        kind,
                        ask,
                        topic,
                        prior: prior.as_ref(),
                    };
                    answer = Some(self.answer(mail, analysis, desk, &number, &wanted, now, batch));
                }
            }
        }
        if message.kind != MailKind::Human {
            batch.summary.automatic += 1;
            answer = Some(self.answer_to_nobody(mail, analysis, desk, &number, now, batch));
            self.note_bounce(mail.mail, message, &assignment, now, batch);
        }
        if let (Some(id), Some(case)) = (&message.message_id, &case) {
            batch
                .keys
                .insert(ThreadKey::MessageId(id.clone()), case.clone());
        }
        if let (Some(letter), Some(case)) = (letter(analysis), &case) {
            batch.keys.insert(ThreadKey::Letter(letter), case.clone());
        }
        batch.commit.outcomes.push(MailOutcome {
            mail: mail.mail,
            message_id: message.message_id.clone(),
            kind: message.kind,
            kind_reason: message.kind_reason.clone(),
            from: message.author().to_owned(),
            subject: analysis.subject().to_owned(),
            date: message.date,
            desk: desk.name.clone(),
            language: analysis
                .extraction
                .language
                .as_ref()
                .map(|guess| guess.language.clone()),
            case,
            analysis: stored_analysis(
                analysis,
                &assessment,
                answer.as_ref().and_then(|answer| answer.facts.as_ref()),
            ),
            verdict: answer.map(|answer| answer.verdict),
            fields: analysis.extraction.fields.clone(),
        });
    }

    /// A permanent failure of a mail that we wrote blocks its address for a while. A bounce of
    /// anything else proves nothing: it could be forged to silence somebody. That it is ours shows its
    /// Message-ID, which holds the case's keyed token and which only its recipient and the servers on
    /// the way have seen.
    fn note_bounce(
        &self,
        mail: MailId,
        message: &Message,
        assignment: &Assignment,
        now: Timestamp,
        batch: &mut Batch,
    ) {
        let Some(bounce) = &message.bounce else {
            return;
        };
        if bounce.delivered {
            return;
        }
        let returned = bounce
            .original_message_id
            .as_ref()
            .and_then(|id| batch.known.returned.get(id));
        let (number, refused) = match (returned, assignment) {
            (Some(record), _) => {
                // A forwarded address bounces under another name; the one that we wrote to does not work.
                (record.case.clone(), vec![address_key(&record.recipient)])
            }
            (None, Assignment::Note { number, .. }) => {
                let Some(case) = batch.cases.get(number) else {
                    return;
                };
                let participants = &case.record.state.participants;
                let known = bounce
                    .failed
                    .iter()
                    .filter(|address| participants.contains(address))
                    .map(|address| address_key(address));
                (number.clone(), known.collect())
            }
            _ => return,
        };
        if let Some(record) = returned {
            let detail = json!({
                "outbox": record.id,
                "recipient": record.recipient,
                "status": bounce.status,
                "permanent": bounce.permanent,
            });
            batch.journal(&number, mail, now, "reply_bounced", detail);
        }
        if !bounce.permanent {
            return;
        }
        batch
            .commit
            .hard_bounces
            .extend(refused.into_iter().map(|address| HardBounce {
                mail,
                address,
                detail: bounce.status.clone().unwrap_or_default(),
                at: now,
            }));
    }
}

/// A mail on top of what is known of its case, where it follows up on one.
fn assessed<'m>(
    desk: &Desk,
    analysis: &'m Analysis,
    prior: Option<&CaseState>,
) -> Cow<'m, Assessment> {
    if prior.is_none() {
        return Cow::Borrowed(&analysis.assessment);
    }
    let (message, extraction) = (&analysis.message, &analysis.extraction);
    Cow::Owned(desk.assessor.assess(message, extraction, prior))
}
