//! The batch in hand: cases as they are after its earlier mails, and what will be committed.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::json;

use super::Analysis;
use super::answer::Wanted;
use super::known::Known;
use super::pipeline::Summary;
use crate::case::{CaseNumber, CaseState};
use crate::mail::MailKind;
use crate::reply::gate::Rule;
use crate::reply::{DeskGateSettings, Verdict, VerdictKind};
use crate::store::{
    CaseRecord, Commit, JournalEvent, Letter, MailId, OutboxChange, OutboxId, OutboxState,
    ThreadKey,
};
use crate::triage::{Assignment, CandidateCase, OutgoingKind, SAME_TEXT, ThreadKeys};

/// Why a mail is only noted: its case has what it says.
pub(super) const COPY: &str = "copy";

/// A shorter text may be part of another one by chance. Characters.
const SAME_TEXT_MIN: usize = 30;

/// A case that a mail of the batch touches or may touch.
pub(super) struct Working {
    pub(super) record: CaseRecord,
    /// True when the store does not have it yet.
    pub(super) new: bool,
    /// Mails of the batch that changed it.
    pub(super) mails: Vec<MailId>,
    /// Problem text to be written.
    pub(super) problem: Option<String>,
}

/// A request for information that has not left yet.
pub(super) struct OpenRequest {
    pub(super) place: RequestPlace,
    /// Requirements that it asks for.
    pub(super) ask: Vec<String>,
}

/// Where a request stands.
pub(super) enum RequestPlace {
    /// In the store, in this state.
    Stored(OutboxId, OutboxState),
    /// Among what this batch will write: its place there.
    Written(usize),
}

/// The batch in hand.
pub(super) struct Batch {
    pub(super) commit: Commit,
    pub(super) summary: Summary,
    pub(super) cases: BTreeMap<CaseNumber, Working>,
    /// Keys of cases that mails of this batch added.
    pub(super) keys: HashMap<ThreadKey, CaseNumber>,
    /// Keys of cases that the store knows.
    pub(super) known_keys: HashMap<ThreadKey, Vec<CaseNumber>>,
    pub(super) next_numbers: BTreeMap<String, u64>,
    pub(super) known: Known,
    /// Requests that have not left yet, by case.
    pub(super) open_requests: BTreeMap<CaseNumber, Vec<OpenRequest>>,
    /// Each desk's part of the gate's facts, by its name.
    pub(super) desk_gates: BTreeMap<String, DeskGateSettings>,
}

impl Working {
    /// What the senders wrote so far.
    fn problem(&self) -> &str {
        self.problem.as_ref().unwrap_or(&self.record.problem)
    }

    /// True when a text says nothing that is not said. A short one may stand in another one by chance.
    fn says_all_of(&self, text: &str) -> bool {
        holds(self.problem(), text)
    }

    /// True when a text is what was said, whole or with more words.
    fn is_said_again_by(&self, text: &str) -> bool {
        self.says_all_of(text) || holds(text, self.problem())
    }
}

fn holds(whole: &str, part: &str) -> bool {
    whole == part || (part.chars().count() >= SAME_TEXT_MIN && whole.contains(part))
}

/// Under which author and subject a person's mail is known.
pub(super) fn letter(analysis: &Analysis) -> Option<Letter> {
    let author = analysis.message.author();
    (analysis.message.kind == MailKind::Human && !author.is_empty()).then(|| Letter {
        author: author.to_owned(),
        subject: analysis.subject().to_owned(),
    })
}

impl Batch {
    /// Cases that a mail's keys lead to, as they are after the batch's earlier mails.
    pub(super) fn candidates(&self, keys: &ThreadKeys, analysis: &Analysis) -> Vec<CandidateCase> {
        type Hits = (bool, bool, bool, bool);
        let mut found: BTreeMap<&CaseNumber, Hits> = BTreeMap::new();
        let mut find = |key: &ThreadKey, place: fn(&mut Hits) -> &mut bool| {
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
        if let Some(letter) = letter(analysis) {
            find(&ThreadKey::Letter(letter), |hits| &mut hits.3);
        }
        found
            .into_iter()
            .filter_map(
                |(number, (by_message_id, by_token, by_number, by_letter))| {
                    let working = self.cases.get(number)?;
                    Some(CandidateCase {
                        case: working.record.state.clone(),
                        by_message_id,
                        by_token,
                        by_number,
                        by_text: by_letter && working.is_said_again_by(analysis.problem()),
                    })
                },
            )
            .collect()
    }

    /// A mail that was delivered through two inboxes, or sent twice by a program, differs in its trace
    /// fields only: another copy of what the case already says changes nothing and is not answered again.
    pub(super) fn or_copy(&self, assignment: Assignment, analysis: &Analysis) -> Assignment {
        let Assignment::FollowUp { number, reason } = &assignment else {
            return assignment;
        };
        let Some(working) = self.cases.get(number) else {
            return assignment;
        };
        let same_id = analysis.message.message_id.as_ref().is_some_and(|id| {
            let key = ThreadKey::MessageId(id.clone());
            self.keys.get(&key) == Some(number)
                || self
                    .known_keys
                    .get(&key)
                    .is_some_and(|numbers| numbers.contains(number))
        });
        let says_the_same = same_id && working.problem().contains(analysis.problem());
        // The file that was forgotten the first time comes with the same words.
        let sent_again = *reason == SAME_TEXT
            && analysis.message.attachments.is_empty()
            && working.says_all_of(analysis.problem());
        if says_the_same || sent_again {
            Assignment::Note {
                number: number.clone(),
                reason: COPY,
            }
        } else {
            assignment
        }
    }

    /// Takes back requests that have not left and of which a part is answered meanwhile: what is left to ask is asked
    /// anew, in answer to the latest mail. The case counts as not asked by them.
    pub(super) fn withdraw_partly_answered(
        &mut self,
        prior: &mut CaseState,
        missing: &[String],
        mail: MailId,
        now: Timestamp,
    ) {
        let number = prior.number.clone();
        let Some(open) = self.open_requests.get_mut(&number) else {
            return;
        };
        let mut kept = Vec::new();
        let mut withdrawn = Vec::new();
        for request in std::mem::take(open) {
            let answered = request.ask.iter().any(|name| !missing.contains(name));
            let left = request.ask.iter().any(|name| missing.contains(name));
            if answered && left {
                withdrawn.push(request);
            } else {
                kept.push(request);
            }
        }
        *open = kept;
        for request in withdrawn {
            let answered: Vec<&str> = request
                .ask
                .iter()
                .filter(|name| !missing.contains(name))
                .map(String::as_str)
                .collect();
            let detail = format!("answered before it left: {}", answered.join(", "));
            let rule = Rule::NotWaiting.as_str();
            let mut outbox = None;
            match request.place {
                RequestPlace::Stored(id, state) => {
                    outbox = Some(id);
                    self.commit.outbox_changes.push(OutboxChange {
                        id,
                        from: Some(state),
                        to: OutboxState::Withheld,
                        note: format!("{rule}: {detail}"),
                    });
                }
                RequestPlace::Written(place) => {
                    let outgoing = &mut self.commit.outbox[place];
                    let counted = self.summary.outgoing.entry(outgoing.state.as_str());
                    counted.and_modify(|count| *count = count.saturating_sub(1));
                    outgoing.state = OutboxState::Withheld;
                    outgoing.verdict = Verdict {
                        kind: VerdictKind::Withhold,
                        rule: rule.to_owned(),
                        detail: detail.clone(),
                    };
                    let withheld = OutboxState::Withheld.as_str();
                    *self.summary.outgoing.entry(withheld).or_default() += 1;
                }
            }
            crate::deliver::unask(prior, &request.ask);
            self.journal(
                &number,
                mail,
                now,
                "reply_withheld",
                json!({"outbox": outbox, "rule": rule, "detail": detail}),
            );
        }
    }

    pub(super) fn set_case(
        &mut self,
        key: &[u8; 32],
        mail: MailId,
        state: CaseState,
        analysis: &Analysis,
    ) {
        let number = state.number.clone();
        if let Some(working) = self.cases.get_mut(&number) {
            working.record.state = state;
            working.mails.push(mail);
            // What the sender adds belongs to the problem: it is searched and compared with others.
            let addition = analysis.problem();
            if !addition.is_empty() {
                working.problem = Some(format!("{}\n\n{addition}", working.problem()));
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
                problem: Some(analysis.problem().to_owned()),
            },
        );
    }

    pub(super) fn journal(
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
    pub(super) fn not_asked(&mut self, number: &CaseNumber, wanted: &Wanted<'_>) {
        let Some(working) = self.cases.get_mut(number) else {
            return;
        };
        if wanted.kind == OutgoingKind::RequestForInformation {
            crate::deliver::unask(&mut working.record.state, &wanted.ask);
        }
    }
}
