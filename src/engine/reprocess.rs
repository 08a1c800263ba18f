//! Derive everything again from the raw mails, with this version and these profiles. Causes no mail.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::pipeline::{Archived, Progress};
use super::report::stored_analysis;
use crate::case::{CaseNumber, CaseState, CaseStatus};
use crate::limits::BATCH_MAILS;
use crate::mail::MailKind;
use crate::store::{
    CaseRecord, CaseUpsert, Commit, JournalEvent, MailKey, MailOutcome, MailState, StoreError,
};
use crate::triage::status_for;

/// What was derived again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reprocessed {
    /// Mails read again.
    pub mails: u64,
    /// Cases whose facts, type or missing requirements changed.
    pub cases: u64,
}

impl Engine {
    /// Reads the mails of these cases again, or of all. What a person decided (a resolution, a closed
    /// case) and what was asked stays; facts, issue type, flags and missing requirements are derived
    /// anew, mail by mail in their order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reprocess(
        &self,
        cases: &[String],
        progress: Arc<dyn Progress>,
    ) -> Result<Reprocessed, StoreError> {
        let wanted: Vec<CaseNumber> = cases
            .iter()
            .map(|number| CaseNumber(number.trim().to_ascii_uppercase()))
            .collect();
        for number in &wanted {
            if self.store.case(number).await?.is_none() {
                return Err(StoreError::NotFound {
                    what: format!("case {number}"),
                });
            }
        }
        let mut done = Reprocessed::default();
        let mut states: BTreeMap<CaseNumber, (CaseRecord, Option<CaseState>, Vec<String>)> =
            BTreeMap::new();
        let mut after = None;
        loop {
            let mails = self.store.processed(after, BATCH_MAILS).await?;
            let Some(last) = mails.last() else { break };
            after = Some(last.mail);
            let mut archived = Vec::new();
            let mut owners = BTreeMap::new();
            for mail in mails {
                let Some(MailState::Processed(outcome)) = self
                    .store
                    .mails(&MailKey::Id(mail.mail))
                    .await?
                    .into_iter()
                    .next()
                    .map(|record| record.state)
                else {
                    continue;
                };
                let mine = wanted.is_empty()
                    || outcome
                        .case
                        .as_ref()
                        .is_some_and(|case| wanted.contains(case));
                if mine {
                    owners.insert(mail.mail, outcome);
                    archived.push(Archived {
                        mail: mail.mail,
                        received_at: mail.received_at,
                        arrival: mail.arrival.clone(),
                        bytes: crate::store::decompress(&mail.raw_compressed)?,
                    });
                }
            }
            let count = archived.len() as u64;
            let engine = self.clone();
            let analysed = tokio::task::spawn_blocking(move || engine.analyse_all(archived))
                .await
                .map_err(super::pipeline::joined)?;
            let mut commit = Commit::new(self.clock.now(None));
            for mail in analysed {
                let (Ok(analysis), Some(outcome)) = (&mail.result, owners.remove(&mail.mail))
                else {
                    continue;
                };
                let Some(desk) = self
                    .desks
                    .by_name(&outcome.desk)
                    .or_else(|| self.desks.by_name(&analysis.desk))
                else {
                    continue;
                };
                let mut assessment = analysis.assessment.clone();
                if let Some(number) = outcome
                    .case
                    .clone()
                    .filter(|_| analysis.message.kind == MailKind::Human)
                {
                    if !states.contains_key(&number)
                        && let Some(record) = self.store.case(&number).await?
                    {
                        states.insert(number.clone(), (record, None, Vec::new()));
                    }
                    if let Some((record, state, problems)) = states.get_mut(&number) {
                        assessment = desk.assessor.assess(
                            &analysis.message,
                            &analysis.extraction,
                            state.as_ref(),
                        );
                        problems.push(analysis.problem().to_owned());
                        *state = Some(derived(&record.state, state.as_ref(), &assessment));
                    }
                }
                commit.revised.push(MailOutcome {
                    kind: analysis.message.kind,
                    kind_reason: analysis.message.kind_reason.clone(),
                    subject: analysis.subject().to_owned(),
                    language: analysis
                        .extraction
                        .language
                        .as_ref()
                        .map(|guess| guess.language.clone()),
                    analysis: stored_analysis(analysis, &assessment, None),
                    fields: analysis.extraction.fields.clone(),
                    ..*outcome
                });
            }
            done.mails += count;
            self.store.commit(&commit).await?;
            progress.advance(count, 0);
            if self.stop.asked() {
                break;
            }
        }
        done.cases = self.write_derived(states).await?;
        Ok(done)
    }

    async fn write_derived(
        &self,
        states: BTreeMap<CaseNumber, (CaseRecord, Option<CaseState>, Vec<String>)>,
    ) -> Result<u64, StoreError> {
        let at = self.clock.now(None);
        let mut changed = 0;
        for (number, (record, state, problems)) in states {
            let problem = problems.join("\n\n");
            let Some(state) =
                state.filter(|state| *state != record.state || problem != record.problem)
            else {
                continue;
            };
            let mut commit = Commit::new(at);
            commit.journal.push(JournalEvent {
                case: number,
                mail: None,
                at,
                event: "reprocessed".to_owned(),
                detail: serde_json::json!({"missing": state.missing, "issue_type": state.issue_type}),
            });
            commit.cases.push(CaseUpsert {
                problem: Some(problem),
                ..CaseUpsert::changed(CaseRecord { state, ..record })
            });
            self.store.commit(&commit).await?;
            changed += 1;
        }
        Ok(changed)
    }
}

/// The case with facts derived anew; what people and time decided stays.
fn derived(
    stored: &CaseState,
    so_far: Option<&CaseState>,
    assessment: &crate::triage::Assessment,
) -> CaseState {
    let mut state = so_far.unwrap_or(stored).clone();
    if so_far.is_none() {
        state.flags.clear();
    }
    state.language.clone_from(&assessment.language);
    state.issue_type.clone_from(&assessment.issue_type);
    state.facts = assessment.facts.clone();
    state.missing.clone_from(&assessment.missing);
    for flag in &assessment.flags {
        if !state.flags.contains(flag) {
            state.flags.push(flag.clone());
        }
    }
    if !matches!(stored.status, CaseStatus::Resolved | CaseStatus::Closed) {
        state.status = status_for(&state.missing, stored.requests > 0);
    }
    state
}
