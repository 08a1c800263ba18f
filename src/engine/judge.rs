//! A batch of analysed mails to one commit: assign, assess again where there is a history, decide,
//! compose, ask the gate. Reads what it needs from the store once for the whole batch; mails of the
//! batch see the cases that earlier mails of the batch opened or changed.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::desks::Desk;
use super::pipeline::{Analysed, Summary};
use super::report::stored_analysis;
use super::{Analysis, Engine};
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::mail::{MailKind, Message};
use crate::reply::gate::{address_key, body_key, domain_key};
use crate::reply::{
    BounceRecord, CaseGateState, Composed, Counters, DeskGateSettings, GateFacts, Occasion,
    Outgoing, Verdict, VerdictKind,
};
use crate::store::{
    CaseRecord, CaseUpsert, Commit, HardBounce, JournalEvent, MailId, MailOutcome, NewOutgoing,
    OutboxState, OutgoingCounts, OutgoingQuery, StoreError, ThreadKey, ThreadLookup,
};
use crate::triage::{Assignment, CandidateCase, Effect, OutgoingKind, ThreadKeys, ThreadMarks};

/// A case that a mail of the batch touches or may touch.
struct Working {
    record: CaseRecord,
    /// True when the store does not have it yet.
    new: bool,
    /// Mails of the batch that changed it.
    mails: Vec<MailId>,
    /// Problem text to be written.
    problem: Option<String>,
}

/// The batch in hand.
struct Batch {
    commit: Commit,
    summary: Summary,
    cases: BTreeMap<CaseNumber, Working>,
    /// Keys of cases that mails of this batch added.
    keys: HashMap<ThreadKey, CaseNumber>,
    /// Keys of cases that the store knows.
    known_keys: HashMap<ThreadKey, Vec<CaseNumber>>,
    next_numbers: BTreeMap<String, u64>,
    counts: Option<OutgoingCounts>,
}

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
        let candidates = if lookup.message_ids.is_empty()
            && lookup.tokens.is_empty()
            && lookup.numbers.is_empty()
        {
            Vec::new()
        } else {
            self.store.candidates(&lookup).await?
        };
        let next_numbers = self.store.next_numbers(&marks.case_prefixes).await?;
        let at = self.clock.now(mails.iter().find_map(|mail| {
            mail.result
                .as_ref()
                .ok()
                .and_then(|analysis| analysis.message.date)
        }));
        let counts = self.counts(mails, at).await;
        let mut batch = Batch {
            commit: Commit::new(at),
            summary: Summary::default(),
            cases: BTreeMap::new(),
            keys: HashMap::new(),
            known_keys: HashMap::new(),
            next_numbers: next_numbers.clone(),
            counts,
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
                Err(rejected) => batch
                    .commit
                    .quarantined
                    .push(rejected.quarantine(mail.mail)),
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
    fn thread_marks(&self) -> ThreadMarks {
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

    /// Counters for the budgets of everybody who writes in this batch. None when they cannot be
    /// read, which withholds.
    async fn counts(&self, mails: &[Analysed], now: Timestamp) -> Option<OutgoingCounts> {
        let mut query = OutgoingQuery {
            addresses: Vec::new(),
            domains: Vec::new(),
            body_hashes: Vec::new(),
            address_since: self.window(now),
            domain_since: self.window(now),
            body_since: self.window(now),
            global_since: now
                .checked_sub(SignedDuration::from_hours(1))
                .unwrap_or(now),
            bounce_since: now
                .checked_sub(SignedDuration::from_hours(
                    24 * i64::from(self.gate.bounce_days),
                ))
                .unwrap_or(now),
        };
        for analysis in mails.iter().filter_map(|mail| mail.result.as_ref().ok()) {
            if analysis.message.kind == MailKind::Human {
                let recipient = recipient(&analysis.message);
                query.addresses.push(address_key(&recipient));
                query.domains.push(domain_key(&recipient));
                query.body_hashes.push(body_hash(&analysis.message));
            }
        }
        if query.addresses.is_empty() {
            return Some(OutgoingCounts::default());
        }
        self.store
            .outgoing(&query)
            .await
            .inspect_err(
                |error| tracing::error!(%error, "budgets cannot be read: replies are withheld"),
            )
            .ok()
    }

    fn window(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(SignedDuration::from_hours(i64::from(
            self.gate.budget_window_hours,
        )))
        .unwrap_or(now)
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
        let candidates = batch.candidates(keys);
        let assignment = crate::triage::assign(message, &candidates, &self.gate.shared_domains);
        let assignment = batch.or_copy(assignment, analysis);
        let prior = match &assignment {
            Assignment::FollowUp { number, .. } | Assignment::Note { number, .. } => batch
                .cases
                .get(number)
                .map(|working| working.record.state.clone()),
            Assignment::Open { .. } | Assignment::NoCase => None,
        };
        let again;
        let assessment = if let (Assignment::FollowUp { .. }, Some(prior)) = (&assignment, &prior) {
            again = desk
                .assessor
                .assess(message, &analysis.extraction, Some(prior));
            &again
        } else {
            &analysis.assessment
        };
        let assignment = crate::triage::settle(assignment, assessment);
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
            message,
            &assignment,
            assessment,
            prior.as_ref(),
            &desk.policy,
            &desk.name,
            &number,
            now,
        );
        let mut case = None;
        let mut verdict = None;
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
                    verdict = Some(self.reply(mail, analysis, desk, &number, &wanted, now, batch));
                }
            }
        }
        if message.kind != MailKind::Human {
            batch.summary.automatic += 1;
            verdict = Some(verdict_without_reply(
                self, mail, analysis, desk, now, batch,
            ));
            self.note_bounce(mail.mail, message, &assignment, now, batch);
        }
        if let (Some(id), Some(case)) = (&message.message_id, &case) {
            batch
                .keys
                .insert(ThreadKey::MessageId(id.clone()), case.clone());
        }
        batch.commit.outcomes.push(MailOutcome {
            mail: mail.mail,
            message_id: message.message_id.clone(),
            kind: message.kind,
            kind_reason: message.kind_reason.clone(),
            from: message.author().to_owned(),
            subject: analysis.subject(),
            date: message.date,
            desk: desk.name.clone(),
            language: analysis
                .extraction
                .language
                .as_ref()
                .map(|guess| guess.language.clone()),
            case,
            analysis: stored_analysis(analysis, assessment).to_string(),
            verdict,
            fields: analysis.extraction.fields.clone(),
        });
    }

    /// Composes a mail, asks the gate, and puts it into the outbox with the verdict.
    #[expect(clippy::too_many_arguments, reason = "one call, all of them needed")]
    fn reply(
        &self,
        mail: &Analysed,
        analysis: &Analysis,
        desk: &Desk,
        number: &CaseNumber,
        wanted: &Wanted<'_>,
        now: Timestamp,
        batch: &mut Batch,
    ) -> Verdict {
        let Some(working) = batch.cases.get(number) else {
            return withheld("no_case", number.to_string());
        };
        let state = &working.record.state;
        let secret_kinds = analysis.secret_kinds();
        let composed = desk.composer.compose(&Outgoing {
            kind: wanted.kind,
            language: &state.language,
            ask: &wanted.ask,
            topic: wanted.topic.as_deref(),
            case_number: &number.0,
            facts: &state.facts,
            flags: &state.flags,
            secret_kinds: &secret_kinds,
            answered: &analysis.message,
            desk_address: desk.addresses.first().map_or(NO_ADDRESS, String::as_str),
            desk_name: &desk.display_name,
            token: &working.record.token,
            ordinal: working.record.outgoing + 1,
            date: now,
        });
        let composed = match composed {
            Ok(composed) => composed,
            Err(error) => {
                let verdict = withheld("cannot_be_composed", error.to_string());
                batch.not_asked(number, wanted);
                batch.journal(
                    number,
                    mail.mail,
                    now,
                    "reply_withheld",
                    json!({"rule": verdict.rule, "detail": verdict.detail}),
                );
                return verdict;
            }
        };
        let facts = self.gate_facts(
            mail,
            analysis,
            desk,
            &composed.recipient,
            wanted,
            state,
            now,
            batch,
        );
        let verdict = crate::reply::gate(&facts);
        let state = match verdict.kind {
            VerdictKind::Send => OutboxState::Waiting,
            VerdictKind::Draft => OutboxState::Draft,
            VerdictKind::Withhold => OutboxState::Withheld,
        };
        if verdict.kind == VerdictKind::Withhold {
            batch.not_asked(number, wanted);
        } else {
            batch.count(&composed, &analysis.message);
        }
        let event = match state {
            OutboxState::Waiting => "reply_decided",
            OutboxState::Draft => "reply_drafted",
            _ => "reply_withheld",
        };
        batch.journal(
            number,
            mail.mail,
            now,
            event,
            json!({"kind": wanted.kind.as_str(), "ask": wanted.ask, "rule": verdict.rule, "detail": verdict.detail}),
        );
        *batch.summary.outgoing.entry(state.as_str()).or_default() += 1;
        batch.keys.insert(
            ThreadKey::MessageId(composed.message_id.clone()),
            number.clone(),
        );
        let body_hash = body_hash(&analysis.message);
        if let Some(working) = batch.cases.get_mut(number) {
            working.record.outgoing += 1;
        }
        batch.commit.outbox.push(NewOutgoing {
            case: number.clone(),
            mail: Some(mail.mail),
            message_id: composed.message_id,
            recipient: composed.recipient,
            kind: wanted.kind,
            language: batch.cases[number].record.state.language.clone(),
            subject: composed.subject,
            bytes: composed.bytes,
            body_hash,
            verdict: verdict.clone(),
            gate_facts: serde_json::to_string(&facts).unwrap_or_default(),
            state,
            created_at: now,
        });
        verdict
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
        recipient: &str,
        wanted: &Wanted<'_>,
        state: &CaseState,
        now: Timestamp,
        batch: &Batch,
    ) -> GateFacts {
        let requests = wanted.prior.map_or(0, |prior| prior.requests);
        GateFacts::from_message(
            &analysis.message,
            &self.desk_gate_settings(desk),
            batch.counters(recipient, &analysis.message),
            CaseGateState {
                status: state.status,
                requests: Some(requests),
                reminders: Some(0),
                asked: wanted
                    .prior
                    .map(|prior| prior.asked.clone())
                    .unwrap_or_default(),
                ask: wanted.ask.clone(),
                quarantined: None,
            },
            Occasion {
                kind: wanted.kind,
                recipient: recipient.to_owned(),
                now,
                read_at: now,
                received_at: matches!(self.clock, super::Clock::System).then_some(mail.received_at),
                imported: false,
                approved: false,
            },
        )
    }

    /// The desk's part of the gate's facts.
    pub(super) fn desk_gate_settings(&self, desk: &Desk) -> DeskGateSettings {
        DeskGateSettings {
            mode: desk.policy.mode,
            desk_addresses: desk.addresses.clone(),
            own_addresses: self.desks.own_addresses().to_vec(),
            own_message_id_domains: Vec::new(),
            gate: (*self.gate).clone(),
        }
    }

    /// A permanent failure of a mail that we wrote blocks its address for a while. A bounce of
    /// anything else proves nothing: it could be forged to silence somebody.
    fn note_bounce(
        &self,
        mail: MailId,
        message: &Message,
        assignment: &Assignment,
        now: Timestamp,
        batch: &mut Batch,
    ) {
        let (Some(bounce), Assignment::Note { number, .. }) = (&message.bounce, assignment) else {
            return;
        };
        let Some(case) = batch.cases.get(number) else {
            return;
        };
        if !bounce.permanent {
            return;
        }
        let participants = &case.record.state.participants;
        let known = bounce
            .failed
            .iter()
            .filter(|address| participants.contains(address));
        batch
            .commit
            .hard_bounces
            .extend(known.map(|address| HardBounce {
                mail,
                address: address_key(address),
                detail: bounce.status.clone().unwrap_or_default(),
                at: now,
            }));
    }
}

/// Sender of the replies of a desk that has no address. They never leave: such a desk observes.
const NO_ADDRESS: &str = "desk@invalid";

/// A mail that was decided on.
struct Wanted<'a> {
    kind: OutgoingKind,
    ask: Vec<String>,
    topic: Option<String>,
    prior: Option<&'a CaseState>,
}

impl Batch {
    /// Cases that a mail's keys lead to, as they are after the batch's earlier mails.
    fn candidates(&self, keys: &ThreadKeys) -> Vec<CandidateCase> {
        let mut found: BTreeMap<&CaseNumber, (bool, bool, bool)> = BTreeMap::new();
        let mut find = |key: &ThreadKey, place: fn(&mut (bool, bool, bool)) -> &mut bool| {
            let numbers = self
                .known_keys
                .get(key)
                .into_iter()
                .flatten()
                .chain(self.keys.get(key));
            for number in numbers {
                *place(found.entry(number).or_default()) = true;
            }
        };
        for id in &keys.message_ids {
            find(&ThreadKey::MessageId(id.clone()), |hits| &mut hits.0);
        }
        for token in &keys.tokens {
            find(&ThreadKey::Token(token.clone()), |hits| &mut hits.1);
        }
        for number in &keys.numbers {
            find(&ThreadKey::Number(number.clone()), |hits| &mut hits.2);
        }
        found
            .into_iter()
            .filter_map(|(number, (by_message_id, by_token, by_number))| {
                Some(CandidateCase {
                    case: self.cases.get(number)?.record.state.clone(),
                    by_message_id,
                    by_token,
                    by_number,
                })
            })
            .collect()
    }

    /// A mail that was delivered through two inboxes, or sent twice by a program, differs in its trace
    /// fields only: another copy of what the case already says changes nothing and is not answered again.
    fn or_copy(&self, assignment: Assignment, analysis: &Analysis) -> Assignment {
        let (Assignment::FollowUp { number, .. }, Some(id)) =
            (&assignment, &analysis.message.message_id)
        else {
            return assignment;
        };
        let key = ThreadKey::MessageId(id.clone());
        let same_id = self.keys.get(&key) == Some(number)
            || self
                .known_keys
                .get(&key)
                .is_some_and(|numbers| numbers.contains(number));
        let says_the_same = self.cases.get(number).is_some_and(|working| {
            let problem = working.problem.as_ref().unwrap_or(&working.record.problem);
            problem.contains(&analysis.problem())
        });
        if same_id && says_the_same {
            Assignment::Note {
                number: number.clone(),
                reason: "copy",
            }
        } else {
            assignment
        }
    }

    fn set_case(&mut self, key: &[u8; 32], mail: MailId, state: CaseState, analysis: &Analysis) {
        let number = state.number.clone();
        if let Some(working) = self.cases.get_mut(&number) {
            working.record.state = state;
            working.mails.push(mail);
            // What the sender adds belongs to the problem: it is searched and compared with others.
            let addition = analysis.problem();
            if !addition.is_empty() {
                let known = working
                    .problem
                    .as_deref()
                    .unwrap_or(&working.record.problem);
                working.problem = Some(format!("{known}\n\n{addition}"));
            }
            return;
        }
        let token = crate::reply::token::token(key, &number.0);
        self.keys
            .insert(ThreadKey::Token(token.clone()), number.clone());
        self.keys
            .insert(ThreadKey::Number(number.clone()), number.clone());
        self.cases.insert(
            number,
            Working {
                record: CaseRecord {
                    state,
                    revision: 0,
                    token,
                    problem: String::new(),
                    outgoing: 0,
                    external: None,
                },
                new: true,
                mails: vec![mail],
                problem: Some(analysis.problem()),
            },
        );
    }

    fn journal(
        &mut self,
        case: &CaseNumber,
        mail: MailId,
        at: Timestamp,
        event: &str,
        detail: serde_json::Value,
    ) {
        self.commit.journal.push(JournalEvent {
            case: case.clone(),
            mail: Some(mail),
            at,
            event: event.to_owned(),
            detail,
        });
    }

    /// A request that was withheld has not asked for anything.
    fn not_asked(&mut self, number: &CaseNumber, wanted: &Wanted<'_>) {
        let Some(working) = self.cases.get_mut(number) else {
            return;
        };
        if wanted.kind != OutgoingKind::RequestForInformation {
            return;
        }
        let state = &mut working.record.state;
        state.requests = wanted.prior.map_or(0, |prior| prior.requests);
        state.asked = wanted
            .prior
            .map(|prior| prior.asked.clone())
            .unwrap_or_default();
        if state.status == CaseStatus::Waiting && state.requests == 0 {
            state.status = CaseStatus::Incomplete;
        }
    }

    fn counters(&self, recipient: &str, message: &Message) -> Counters {
        let Some(counts) = &self.counts else {
            return Counters::default();
        };
        let small = |count: Option<&u64>| {
            Some(u32::try_from(count.copied().unwrap_or(0)).unwrap_or(u32::MAX))
        };
        let address = address_key(recipient);
        Counters {
            stopped: Some(false),
            to_address: small(counts.addresses.get(&address)),
            to_domain: small(counts.domains.get(&domain_key(recipient))),
            same_body: small(counts.body_hashes.get(&body_hash(message))),
            last_hour: small(Some(&counts.global)),
            bounce: counts
                .hard_bounces
                .get(&address)
                .map_or(BounceRecord::Never, |at| BounceRecord::At(*at)),
        }
    }

    /// Counts a mail that may leave, so that the rest of the batch sees it.
    fn count(&mut self, composed: &Composed, message: &Message) {
        if let Some(counts) = &mut self.counts {
            *counts
                .addresses
                .entry(address_key(&composed.recipient))
                .or_default() += 1;
            *counts
                .domains
                .entry(domain_key(&composed.recipient))
                .or_default() += 1;
            *counts.body_hashes.entry(body_hash(message)).or_default() += 1;
            counts.global += 1;
        }
    }
}

/// What the gate says about answering a mail that gets no answer anyway: so that `explain` can
/// tell for each automatic mail which rule would have held an answer back.
fn verdict_without_reply(
    engine: &Engine,
    mail: &Analysed,
    analysis: &Analysis,
    desk: &Desk,
    now: Timestamp,
    batch: &Batch,
) -> Verdict {
    let recipient = recipient(&analysis.message);
    let facts = GateFacts::from_message(
        &analysis.message,
        &engine.desk_gate_settings(desk),
        batch.counters(&recipient, &analysis.message),
        CaseGateState {
            status: CaseStatus::Waiting,
            requests: Some(0),
            reminders: Some(0),
            asked: Vec::new(),
            ask: Vec::new(),
            quarantined: None,
        },
        Occasion {
            kind: OutgoingKind::RequestForInformation,
            recipient,
            now,
            read_at: now,
            received_at: matches!(engine.clock, super::Clock::System).then_some(mail.received_at),
            imported: false,
            approved: false,
        },
    );
    crate::reply::gate(&facts)
}

fn recipient(message: &Message) -> String {
    crate::reply::recipient(message)
        .unwrap_or(message.author())
        .to_owned()
}

fn body_hash(message: &Message) -> [u8; 32] {
    *blake3::hash(body_key(message).as_bytes()).as_bytes()
}

fn withheld(rule: &str, detail: String) -> Verdict {
    Verdict {
        kind: VerdictKind::Withhold,
        rule: rule.to_owned(),
        detail,
    }
}
