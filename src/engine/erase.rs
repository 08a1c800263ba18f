//! Forgetting a person, and what is old enough: what of a case goes and what stays.
//!
//! The person goes: bytes and texts of mails, addresses, names, identifiers. The symptom stays: judgements, facts of closed
//! lists, the resolution. So a solved case goes on answering others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Engine, analyse};
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::deliver::{Folder, outgoing};
use crate::limits::BATCH_MAILS;
use crate::mail::MailKind;
use crate::profile::Reader;
use crate::reply::gate::address_key;
use crate::store::{
    BYTES_REMOVED, CaseErasure, CaseHistory, Erased, Erasure, JournalEvent, MailId, MailRecord,
    MailState, OutboxId, OutboxRecord, OutboxState, Person, RetentionQuery, StoreError,
    again_on_conflict, without_words,
};

/// Cases and mails that one round of retention takes.
const ROUND: usize = 200;
/// A shorter subject says nothing of who wrote it. Characters.
const TEXT_MIN: usize = 12;

/// How long things are kept. Days; `None` keeps for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Bytes of mails that no open case needs.
    pub mail_days: Option<u32>,
    /// People and texts of cases that are over.
    pub case_days: Option<u32>,
}

impl Retention {
    /// What is old enough by now, at most so many of each.
    #[must_use]
    pub fn query(&self, now: Timestamp, limit: usize) -> RetentionQuery {
        let before = |days: Option<u32>| {
            let days = SignedDuration::from_hours(24 * i64::from(days?));
            now.checked_sub(days).ok()
        };
        RetentionQuery {
            mails_before: before(self.mail_days),
            cases_before: before(self.case_days),
            limit,
        }
    }
}

/// What an erasure takes, put together case by case.
#[derive(Default)]
struct Plan {
    mails: BTreeSet<MailId>,
    outgoing: BTreeSet<OutboxId>,
    cases: Vec<CaseErasure>,
    /// Addresses and names: they go wherever they stand.
    names: BTreeSet<String>,
    /// Identifiers that only these people gave: they stay where they are a fact of a closed list.
    values: BTreeSet<String>,
    /// Subjects and Message-IDs: a subject may be the plain name of an operation, so only events lose them.
    texts: BTreeSet<String>,
    journal: Vec<JournalEvent>,
}

impl Engine {
    /// Where a person stands.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn person(&self, address: &str) -> Result<Person, StoreError> {
        self.store.person(address).await
    }

    /// Forgets everything that belongs to an address, plus-tags apart. Doing so again finds nothing more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] while a mail of this person is still to be processed, or one to them is being handed over;
    /// otherwise when the store fails.
    pub async fn erase_person(
        &self,
        address: &str,
        letters: &Folder,
    ) -> Result<Erased, StoreError> {
        let key = address_key(address);
        let is = |candidate: &str| !candidate.is_empty() && address_key(candidate) == key;
        again_on_conflict(|| async {
            let person = self.store.person(address).await?;
            let in_hand = person.in_hand.first();
            let in_the_way = match in_hand {
                Some(id) => Some(format!("outgoing mail {id} is being handed over")),
                None => self.pending_of(&is).await?,
            };
            // That is a refusal: doing it again at once would not help.
            if let Some(what) = in_the_way {
                return Ok(Err(StoreError::Conflict { what }));
            }
            let mut plan = Plan {
                mails: person.mails.iter().copied().collect(),
                outgoing: person.outgoing.iter().copied().collect(),
                ..Plan::default()
            };
            plan.names.insert(address.to_owned());
            plan.names.insert(key.clone());
            for mail in &person.mails {
                self.note_names(*mail, &mut plan).await?;
            }
            // Cases that mails of the person belong to, also where an import or a person took them from its participants.
            let mut numbers: BTreeSet<CaseNumber> = person.cases.iter().cloned().collect();
            for mail in &person.mails {
                if let Some(MailState::Processed(outcome)) = self.mail(*mail).await? {
                    numbers.extend(outcome.case);
                }
            }
            for number in &numbers {
                if let Some(history) = self.store.history(number).await? {
                    self.plan_case(&history, &is, "erased", &mut plan).await?;
                }
            }
            let erasure = self.erasure(plan, vec![key.clone()]);
            self.forget(&erasure, letters).await.map(Ok)
        })
        .await?
    }

    /// The files of mails that left go first: they are named after what the store is about to lose, and whoever is
    /// interrupted in between does it again.
    async fn forget(&self, erasure: &Erasure, letters: &Folder) -> Result<Erased, StoreError> {
        for id in &erasure.outgoing {
            match outgoing(&*self.store, *id).await {
                Ok(record) => letters.remove(&record)?,
                Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        crate::fault::point("erase.letters");
        self.store.erase(erasure).await
    }

    /// Forgets what is older than it shall be kept. What an open case, a waiting mail or the quarantine needs stays.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn retain(
        &self,
        retention: Retention,
        letters: &Folder,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let mut all = Erased::default();
        loop {
            let expired = self.store.expired(&retention.query(now, ROUND)).await?;
            let mut done = Erased::default();
            for number in &expired.cases {
                done.add(self.forget_case(number, letters).await?);
            }
            let mut erasure = self.erasure(Plan::default(), Vec::new());
            erasure.mails.clone_from(&expired.of_none);
            erasure.bytes = expired.of_cases.iter().map(|(mail, _)| *mail).collect();
            let mut mails: BTreeMap<&CaseNumber, u64> = BTreeMap::new();
            for (_, number) in &expired.of_cases {
                *mails.entry(number).or_default() += 1;
            }
            erasure.journal = mails
                .into_iter()
                .map(|(number, mails)| JournalEvent {
                    case: number.clone(),
                    mail: None,
                    at: erasure.at,
                    event: BYTES_REMOVED.to_owned(),
                    detail: json!({ "mails": mails }),
                })
                .collect();
            if !erasure.mails.is_empty() || !erasure.bytes.is_empty() {
                done.add(self.store.erase(&erasure).await?);
            }
            if done == Erased::default() || self.stop.asked() {
                return Ok(all);
            }
            all.add(done);
        }
    }

    /// Forgets the people of a case that is over.
    async fn forget_case(
        &self,
        number: &CaseNumber,
        letters: &Folder,
    ) -> Result<Erased, StoreError> {
        again_on_conflict(|| async {
            let Some(history) = self.store.history(number).await? else {
                return Ok(Erased::default());
            };
            let mut plan = Plan::default();
            for mail in &history.mails {
                self.note_names(mail.mail, &mut plan).await?;
            }
            self.plan_case(&history, &|_| true, "retention", &mut plan)
                .await?;
            let state = &history.case.state;
            let recipients = history.outbox.iter().map(|outgoing| &outgoing.recipient);
            let addresses: BTreeSet<String> = state
                .participants
                .iter()
                .chain([&state.submitter])
                .chain(recipients)
                .filter(|address| !address.is_empty())
                .map(|address| address_key(address))
                .collect();
            let erasure = self.erasure(plan, addresses.into_iter().collect());
            self.forget(&erasure, letters).await
        })
        .await
    }

    fn erasure(&self, plan: Plan, addresses: Vec<String>) -> Erasure {
        let texts = plan
            .texts
            .into_iter()
            .filter(|text| text.chars().count() >= TEXT_MIN);
        let mut words: Vec<String> = plan
            .names
            .into_iter()
            .chain(plan.values)
            .chain(texts)
            .collect();
        // A word that holds another one goes first, or a part of it would stay.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Erasure {
            at: self.clock.now(None),
            mails: plan.mails.into_iter().collect(),
            bytes: Vec::new(),
            kept_fields: self.symptom_fields().into_iter().collect(),
            cases: plan.cases,
            outgoing: plan.outgoing.into_iter().collect(),
            addresses,
            words,
            journal: plan.journal,
        }
    }

    /// Fields whose values say nothing of who wrote them: members of closed lists, codes, messages of a server.
    fn symptom_fields(&self) -> BTreeSet<String> {
        self.desks
            .all()
            .iter()
            .flat_map(|desk| &desk.profile.fields)
            .filter(|field| !matches!(field.read, Reader::Value | Reader::Text | Reader::Url))
            .map(|field| field.name().to_owned())
            .collect()
    }

    /// A mail of this person that waits for its processing, which would bring them back.
    async fn pending_of(
        &self,
        is: &(impl Fn(&str) -> bool + Sync),
    ) -> Result<Option<String>, StoreError> {
        let mut after = None;
        loop {
            let pending = self.store.pending(after, BATCH_MAILS).await?;
            let Some(last) = pending.last() else {
                return Ok(None);
            };
            after = Some(last.mail);
            for mail in &pending {
                let bytes = crate::store::decompress(&mail.raw_compressed)?;
                let theirs = crate::mail::parse(&bytes, &self.parse_options)
                    .is_ok_and(|message| is(message.author()));
                if theirs {
                    let what = format!("mail {} of this address is not processed yet", mail.mail);
                    return Ok(Some(what));
                }
            }
        }
    }

    async fn mail(&self, mail: MailId) -> Result<Option<MailState>, StoreError> {
        let key = crate::store::MailKey::Id(mail);
        Ok(self.store.mails(&key).await?.pop().map(|found| found.state))
    }

    /// Names that the author of a mail gives, and the addresses: words that may stand elsewhere.
    async fn note_names(&self, mail: MailId, plan: &mut Plan) -> Result<(), StoreError> {
        let Some(bytes) = self.store.raw(mail).await? else {
            return Ok(());
        };
        let Ok(message) = crate::mail::parse(&bytes, &self.parse_options) else {
            return Ok(());
        };
        let authors = message.from.iter().chain(&message.sender);
        for author in authors.chain(&message.reply_to) {
            let own = self
                .desks
                .own_addresses()
                .iter()
                .any(|own| address_key(own) == address_key(&author.address));
            if own {
                continue;
            }
            plan.names.insert(author.address.clone());
            plan.names.insert(author.name.trim().to_owned());
        }
        Ok(())
    }

    async fn plan_case(
        &self,
        history: &CaseHistory,
        is: &(impl Fn(&str) -> bool + Sync),
        event: &str,
        plan: &mut Plan,
    ) -> Result<(), StoreError> {
        let record = &history.case;
        let mut state = record.state.clone();
        state.participants.retain(|participant| !is(participant));
        let nobody_left = state.participants.is_empty();
        let gone = |mail: &MailRecord| match &mail.state {
            // What servers and robots wrote of the case speaks of its last person.
            MailState::Processed(outcome) => is(&outcome.from) || nobody_left,
            _ => false,
        };
        let mut dropped: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut kept: BTreeSet<(&str, &str)> = BTreeSet::new();
        let symptom = self.symptom_fields();
        let mut said_by_others = Vec::new();
        let mut theirs = 0;
        for mail in &history.mails {
            let MailState::Processed(outcome) = &mail.state else {
                continue;
            };
            let values = outcome.fields.iter().flat_map(|(name, values)| {
                values
                    .iter()
                    .map(move |value| (name.as_str(), value.value.as_str()))
            });
            if gone(mail) {
                theirs += 1;
                plan.mails.insert(mail.mail);
                plan.texts.insert(outcome.subject.clone());
                plan.texts.extend(outcome.message_id.clone());
                dropped.extend(values.filter(|(name, _)| !symptom.contains(*name)));
            } else {
                kept.extend(values);
                if outcome.kind == MailKind::Human {
                    said_by_others.push(mail);
                }
            }
        }
        let opened = is(&state.submitter);
        let goes = |name: &str, value: &str| {
            !symptom.contains(name)
                && !kept.contains(&(name, value))
                && (nobody_left || dropped.contains(&(name, value)))
        };
        for (name, values) in &mut state.facts.fields {
            values.retain(|value| {
                let goes = goes(name, &value.value);
                if goes {
                    plan.values.insert(value.value.clone());
                }
                !goes
            });
        }
        state.facts.fields.retain(|_, values| !values.is_empty());
        plan.values.extend(
            dropped
                .iter()
                .filter(|pair| !kept.contains(*pair))
                .map(|(_, value)| (*value).to_owned()),
        );
        if opened {
            plan.names.insert(state.submitter.clone());
            plan.texts.insert(state.subject.clone());
            state.submitter = state.participants.first().cloned().unwrap_or_default();
            state.subject = symptom_subject(&state);
            if nobody_left && !matches!(state.status, CaseStatus::Resolved | CaseStatus::Closed) {
                // Nobody is there to be asked or answered.
                state.status = CaseStatus::Closed;
                state.missing.clear();
            }
        }
        if theirs > 0 || opened {
            for time in &mut state.facts.times {
                time.text = time
                    .utc
                    .map(|utc| utc.to_string())
                    .or_else(|| time.local.clone())
                    .unwrap_or_default();
            }
        }
        let names: Vec<String> = plan.names.iter().cloned().collect();
        let words: Vec<String> = plan.names.iter().chain(&plan.values).cloned().collect();
        for value in state.facts.fields.values_mut().flatten() {
            value.value = without_words(&value.value, &names);
        }
        if let Some(resolution) = &mut state.resolution {
            resolution.text = without_words(&resolution.text, &words);
        }
        let problem = if theirs > 0 || opened {
            Some(self.problem_of(&said_by_others, &words).await?)
        } else {
            None
        };
        let goes = |outgoing: &&OutboxRecord| {
            nobody_left
                || is(&outgoing.recipient)
                || outgoing.mail.is_some_and(|mail| plan.mails.contains(&mail))
        };
        // What never left has asked nobody.
        for outgoing in history.outbox.iter().filter(goes) {
            if matches!(
                outgoing.state,
                OutboxState::Draft | OutboxState::Waiting | OutboxState::Approved
            ) {
                crate::deliver::unask(&mut state, &crate::deliver::asked_by(outgoing));
            }
        }
        let outgoing: Vec<OutboxId> = history
            .outbox
            .iter()
            .filter(goes)
            .map(|outgoing| outgoing.id)
            .collect();
        plan.journal.push(JournalEvent {
            case: state.number.clone(),
            mail: None,
            at: self.clock.now(None),
            event: event.to_owned(),
            detail: json!({"mails": theirs, "outgoing": outgoing.len()}),
        });
        plan.outgoing.extend(outgoing);
        plan.cases.push(CaseErasure {
            state,
            revision: record.revision,
            problem,
        });
        Ok(())
    }

    /// What those who stay said, without the words that go.
    async fn problem_of(
        &self,
        mails: &[&MailRecord],
        words: &[String],
    ) -> Result<String, StoreError> {
        let mut problems = Vec::new();
        for mail in mails {
            let Some(bytes) = self.store.raw(mail.mail).await? else {
                continue;
            };
            let analysis = analyse(
                &bytes,
                mail.received_at,
                &self.desks,
                &self.parse_options,
                &self.key,
            );
            if let Ok(analysis) = analysis {
                problems.push(without_words(analysis.problem(), words));
            }
        }
        Ok(problems.join("\n\n"))
    }
}

/// A subject made of what the case is about: `api_error: createInboundPlan, BadRequest`.
fn symptom_subject(state: &CaseState) -> String {
    let mut values: Vec<&str> = Vec::new();
    for value in state.facts.fields.values().flatten() {
        if !value.evidence.quoted && !values.contains(&value.value.as_str()) && values.len() < 4 {
            values.push(&value.value);
        }
    }
    let kind = state.issue_type.as_deref().unwrap_or("case");
    if values.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}: {}", values.join(", "))
    }
}
