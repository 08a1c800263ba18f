//! Old threads: which imported mails of a desk belong to which case, and what resolution they propose.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::desks::{Desk, DeskChoice};
use super::{Engine, Progress, analyse_message};
use crate::case::{CaseNumber, CaseStatus, FieldValue, ResolutionCode};
use crate::history::answer::{self, Answer, Side};
use crate::history::{Ticket, propose};
use crate::mail::{MailKind, Message};
use crate::store::{
    Candidate, CaseFilter, CaseHistory, CaseOrder, CaseUpsert, Commit, JournalEvent, MailId,
    MailState, Proposal, ProposalFilter, ProposalState, SolvedCase, StoreError, ThreadKey,
    ThreadLookup, again_on_conflict,
};
use crate::triage::Assignment;

/// Mails that are looked at at once.
const BATCH_MAILS: usize = 200;
/// Cases for which something is proposed in one transaction.
const BATCH_CASES: usize = 100;

/// What old threads gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proposed {
    /// Mails of the desk that found their case now.
    pub linked: u64,
    /// Mails of the desk for which there is no case.
    pub without_case: u64,
    /// Resolutions proposed, new or changed.
    pub proposed: u64,
    /// Cases that the desk answered, but with nothing that could be a resolution.
    pub nothing: u64,
}

/// The case that an imported mail of the desk was written about: one to whose people it is addressed.
pub(super) fn desk_mail_assignment<'a>(
    message: &Message,
    candidates: impl Iterator<Item = &'a crate::triage::CandidateCase>,
) -> Assignment {
    candidates
        .filter(|candidate| candidate.by_token || candidate.by_message_id)
        .filter(|candidate| {
            is_to(
                message,
                &candidate.case.submitter,
                &candidate.case.participants,
            )
        })
        .max_by_key(|candidate| candidate.case.updated_at)
        .map_or(Assignment::NoCase, |candidate| Assignment::Note {
            number: candidate.case.number.clone(),
            reason: MailKind::Own.as_str(),
        })
}

fn is_to(message: &Message, submitter: &str, participants: &[String]) -> bool {
    message.to.iter().chain(&message.cc).any(|to| {
        !to.address.is_empty() && (to.address == submitter || participants.contains(&to.address))
    })
}

impl Engine {
    /// The case that a ticket of another system gives, and what its messages propose as a resolution.
    #[must_use]
    pub fn case_of_ticket(&self, desk: &Desk, ticket: &Ticket) -> (SolvedCase, Option<Answer>) {
        let hide = |text: &str| crate::extract::hide(text, &self.key);
        let mut message = crate::mail::parse_text(&ticket.problem, false);
        message.subject.clone_from(&ticket.subject);
        let analysis =
            analyse_message(message, ticket.opened, desk, DeskChoice::Default, &self.key);
        let mut facts = analysis.assessment.facts.clone();
        for (name, values) in &ticket.fields {
            let values = values.iter().map(|value| FieldValue::imported(hide(value)));
            facts.fields.insert(name.clone(), values.collect());
        }
        let language = ticket
            .language
            .clone()
            .or_else(|| {
                let guess = analysis.extraction.language.as_ref();
                guess.map(|guess| guess.language.clone())
            })
            .unwrap_or_else(|| desk.profile.default_language.clone());
        let case = SolvedCase {
            prefix: format!("{}I", desk.profile.case_prefix),
            desk: desk.name.clone(),
            external: ticket.external.clone(),
            subject: hide(&ticket.subject),
            problem: hide(&ticket.problem),
            submitter: ticket.submitter.clone(),
            language,
            issue_type: analysis.assessment.issue_type.clone(),
            facts,
            flags: Vec::new(),
            opened_at: ticket.opened,
            resolution: None,
            updated_at: ticket.ended,
        };
        let answer = propose(&ticket.messages).map(|mut answer| {
            answer.text = hide(&answer.text);
            answer.at.get_or_insert(ticket.ended);
            answer.code = ticket.code.unwrap_or(answer.code);
            answer
        });
        (case, answer)
    }

    /// Looks for the cases of imported mails of a desk that none was known for, and proposes resolutions for all cases
    /// that have such mails and something new to judge by.
    ///
    /// # Errors
    /// When the store fails. What was written stays, and the next call goes on.
    pub async fn propose_from_mails(
        &self,
        progress: Arc<dyn Progress>,
    ) -> Result<Proposed, StoreError> {
        let mut done = Proposed::default();
        self.link_desk_mails(&mut done).await?;
        let cases: Vec<(CaseNumber, u64)> =
            self.store.answered_cases().await?.into_iter().collect();
        for batch in cases.chunks(BATCH_CASES) {
            if self.stop.asked() {
                break;
            }
            let mut proposals = Vec::with_capacity(batch.len());
            for (number, basis) in batch {
                let Some(history) = self.store.history(number).await? else {
                    continue;
                };
                proposals.push(self.proposal(&history, *basis).await?);
            }
            let open = again_on_conflict(|| self.write_proposals(&proposals)).await?;
            done.proposed += open as u64;
            done.nothing += (proposals.len() - open) as u64;
            progress.advance(batch.len() as u64, 0);
        }
        Ok(done)
    }

    async fn link_desk_mails(&self, done: &mut Proposed) -> Result<(), StoreError> {
        let marks = self.thread_marks();
        let mut after = None;
        loop {
            let mails = self.store.desk_mails(after, BATCH_MAILS).await?;
            let Some(last) = mails.last() else {
                return Ok(());
            };
            after = Some(*last);
            let mut parsed: Vec<(MailId, Message, Vec<String>, Vec<String>)> = Vec::new();
            for mail in &mails {
                let Some(message) = self.read(*mail).await? else {
                    continue;
                };
                let keys = crate::triage::thread_keys(&message, &marks);
                parsed.push((*mail, message, keys.message_ids, keys.tokens));
            }
            let lookup = ThreadLookup {
                message_ids: parsed.iter().flat_map(|mail| mail.2.clone()).collect(),
                tokens: parsed.iter().flat_map(|mail| mail.3.clone()).collect(),
                ..ThreadLookup::default()
            };
            let candidates = self.store.candidates(&lookup).await?;
            let mut links = Vec::new();
            for (mail, message, message_ids, tokens) in &parsed {
                let found = candidates
                    .iter()
                    .filter(|candidate| leads(candidate, message_ids, tokens))
                    .filter(|candidate| {
                        let state = &candidate.case.state;
                        is_to(message, &state.submitter, &state.participants)
                    })
                    .max_by_key(|candidate| candidate.case.state.updated_at);
                if let Some(candidate) = found {
                    links.push((*mail, candidate.case.state.number.clone()));
                }
            }
            self.store.link_desk_mails(&links).await?;
            done.linked += links.len() as u64;
            done.without_case += (mails.len() - links.len()) as u64;
        }
    }

    /// A mail parsed once more; none where it cannot be read any more.
    async fn read(&self, mail: MailId) -> Result<Option<Message>, StoreError> {
        let Some(bytes) = self.store.raw(mail).await? else {
            return Ok(None);
        };
        Ok(crate::mail::parse(&bytes, &self.parse_options).ok())
    }

    async fn proposal(&self, history: &CaseHistory, basis: u64) -> Result<Proposal, StoreError> {
        let state = &history.case.state;
        let mut messages: Vec<answer::Message> = Vec::with_capacity(history.mails.len());
        for mail in &history.mails {
            let MailState::Processed(outcome) = &mail.state else {
                continue;
            };
            let side = match outcome.kind {
                MailKind::Own => Side::Desk,
                MailKind::Human
                    if outcome.from == state.submitter
                        || state.participants.contains(&outcome.from) =>
                {
                    Side::Submitter
                }
                _ => continue,
            };
            let Some(message) = self.read(mail.mail).await? else {
                continue;
            };
            messages.push(answer::Message {
                at: Some(outcome.date.unwrap_or(mail.received_at)),
                side,
                automatic: says_automatic(&message),
                text: crate::extract::hide(&message.new_text(), &self.key),
            });
        }
        messages.sort_by_key(|message| message.at);
        let found = propose(&messages);
        Ok(proposal(
            state.number.clone(),
            found,
            state.updated_at,
            basis,
        ))
    }

    /// Writes proposals. Cases whose thread ended with the answer, or with a word that it helped, are closed with them:
    /// nobody waits for anything. Gives how many there are; what a person settled meanwhile stays as it is.
    async fn write_proposals(&self, proposals: &[Proposal]) -> Result<usize, StoreError> {
        let at = self.clock.now(None);
        let mut commit = Commit::new(at);
        let mut open: BTreeMap<&CaseNumber, &Proposal> = proposals
            .iter()
            .filter(|proposal| proposal.state == ProposalState::Open)
            .map(|proposal| (&proposal.case, proposal))
            .collect();
        let known = ProposalFilter {
            cases: open.keys().copied().cloned().collect(),
            ..ProposalFilter::default()
        };
        // Of no case would be of all.
        let known = match open.is_empty() {
            true => Vec::new(),
            false => self.store.proposals(&known).await?,
        };
        for known in known {
            if known.settled_at.is_some() {
                open.remove(&known.proposal.case);
            }
        }
        commit.proposals = proposals.to_vec();
        let filter = CaseFilter {
            numbers: open.keys().copied().cloned().collect(),
            ..CaseFilter::all(CaseOrder::Oldest)
        };
        let cases = match open.is_empty() {
            true => Vec::new(),
            false => self.store.cases(&filter).await?,
        };
        for mut record in cases {
            let Some(proposal) = open.get(&record.state.number) else {
                continue;
            };
            commit.journal.push(JournalEvent {
                    case: proposal.case.clone(),
                    mail: None,
                    at,
                    event: "resolution_proposed".to_owned(),
                    detail: json!({
                        "confidence": proposal.confidence, "signals": proposal.signals, "code": proposal.code,
                    }),
                });
            let waits = proposal
                .signals
                .iter()
                .any(|signal| signal == "still_fails" || signal == "answered_back");
            if waits
                || matches!(
                    record.state.status,
                    CaseStatus::Closed | CaseStatus::Resolved
                )
            {
                continue;
            }
            record.state.status = CaseStatus::Closed;
            commit.cases.push(CaseUpsert::changed(record));
        }
        self.store.commit(&commit).await?;
        Ok(open.len())
    }
}

/// What is written down about a case: an open proposal, or that there is nothing to propose.
#[must_use]
pub fn proposal(
    case: CaseNumber,
    answer: Option<Answer>,
    otherwise_at: Timestamp,
    basis: u64,
) -> Proposal {
    match answer {
        Some(answer) => Proposal {
            case,
            state: ProposalState::Open,
            code: answer.code,
            text: answer.text,
            confidence: answer.confidence,
            signals: answer.signals.into_iter().map(str::to_owned).collect(),
            answered_at: answer.at.unwrap_or(otherwise_at),
            basis,
        },
        None => Proposal {
            case,
            state: ProposalState::Nothing,
            code: ResolutionCode::Guidance,
            text: String::new(),
            confidence: 0.0,
            signals: Vec::new(),
            answered_at: otherwise_at,
            basis,
        },
    }
}

/// True for mail that a program of the desk sent (RFC 3834, section 5).
fn says_automatic(message: &Message) -> bool {
    message
        .header("Auto-Submitted")
        .is_some_and(|value| !value.trim().to_ascii_lowercase().starts_with("no"))
        || message.header("X-Auto-Response-Suppress").is_some_and(|_| {
            message
                .header("Precedence")
                .is_some_and(|value| value.trim().eq_ignore_ascii_case("bulk"))
        })
}

fn leads(candidate: &Candidate, message_ids: &[String], tokens: &[String]) -> bool {
    candidate.keys.iter().any(|key| match key {
        ThreadKey::MessageId(id) => message_ids.contains(id),
        ThreadKey::Token(token) => tokens.contains(token),
        ThreadKey::Number(_) | ThreadKey::Letter(_) => false,
    })
}
