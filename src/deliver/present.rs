//! The gate once more, over the case as it is now: a draft may have waited while its questions were
//! answered or the case was closed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::counting::Counts;
use super::unasked::{self, Ending};
use crate::case::{CaseNumber, CaseState};
use crate::reply::gate::Rule;
use crate::reply::{Counters, GateFacts, Verdict, VerdictKind};
use crate::store::{
    CaseRecord, OutboxFilter, OutboxRecord, OutboxState, Store, StoreError, again_on_conflict,
};

/// The gate over the recorded facts, as they are now: time has passed, a person may have approved,
/// the case may have gone on, other mails may have left.
pub(super) fn verdict(
    record: &OutboxRecord,
    case: Option<&CaseState>,
    approved: bool,
    counters: Option<Counters>,
    now: Timestamp,
) -> Verdict {
    let Ok(mut facts) = serde_json::from_str::<GateFacts>(&record.gate_facts) else {
        return crate::reply::replay(&record.gate_facts);
    };
    if let Some(counters) = counters {
        facts.counters = counters;
    }
    facts.occasion.approved = approved;
    facts.occasion.now = facts.occasion.now.max(now);
    let asked = facts.case.ask.join(", ");
    let mut answered = false;
    if let Some(case) = case {
        facts.case.status = case.status;
        facts.case.ask.retain(|name| case.missing.contains(name));
        answered = facts.case.ask.is_empty() && !asked.is_empty();
    }
    let mut verdict = crate::reply::gate(&facts);
    if answered && withdraws(&verdict) {
        verdict.detail = format!("what it asks for is known or wanted no more: {asked}");
        if let Some(case) = case {
            verdict.detail += &format!(" (the case is {})", case.status.as_str());
        }
    }
    verdict
}

/// What the gate would say if a mail that waits, or a draft that was approved, were delivered now: with
/// the counters, the case and the order to stop as they are. None for a mail that does not wait.
///
/// # Errors
/// When the store fails.
pub async fn verdict_now(
    store: &dyn Store,
    record: &OutboxRecord,
    now: Timestamp,
) -> Result<Option<Verdict>, StoreError> {
    let waits = matches!(
        record.state,
        OutboxState::Draft | OutboxState::Waiting | OutboxState::Approved
    );
    if !waits {
        return Ok(None);
    }
    let counts = Counts::read(store, std::slice::from_ref(record), now).await?;
    let mut counters = counts.counters(record);
    counters.stopped = Some(store.reply_stop().await?.is_some());
    let case = store.case(&record.case).await?;
    let state = case.as_ref().map(|case| &case.state);
    let approved = record.state == OutboxState::Approved;
    Ok(Some(verdict(record, state, approved, Some(counters), now)))
}

fn withdraws(verdict: &Verdict) -> bool {
    verdict.kind == VerdictKind::Withhold && verdict.rule == Rule::NotWaiting.as_str()
}

/// Withholds mails that wait or are drafts of these cases and ask for nothing that is still missing.
/// Gives how many there were.
///
/// # Errors
/// When the store fails.
pub async fn withdraw_answered(
    store: &dyn Store,
    cases: &[CaseNumber],
    now: Timestamp,
) -> Result<usize, StoreError> {
    if cases.is_empty() {
        return Ok(0);
    }
    // One of them may leave, or a person decide on it, between reading and writing.
    again_on_conflict(|| withdraw(store, cases, now)).await
}

async fn withdraw(
    store: &dyn Store,
    cases: &[CaseNumber],
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut ending = Vec::new();
    let mut known: BTreeMap<CaseNumber, Option<CaseRecord>> = BTreeMap::new();
    for record in store.outbox(&OutboxFilter::open(cases.to_vec())).await? {
        if !known.contains_key(&record.case) {
            let case = store.case(&record.case).await?;
            known.insert(record.case.clone(), case);
        }
        let Some(Some(case)) = known.get(&record.case) else {
            continue;
        };
        let verdict = verdict(&record, Some(&case.state), false, None, now);
        if withdraws(&verdict) {
            ending.push(withheld(record, &verdict));
        }
    }
    if !ending.is_empty() {
        let commit = unasked::ending(store, &ending, now).await?;
        store.commit(&commit).await?;
        crate::monitor::measures().withheld(Rule::NotWaiting.as_str(), ending.len() as u64);
    }
    Ok(ending.len())
}

/// A mail that leaves no more, and why.
pub(super) fn withheld(record: OutboxRecord, verdict: &Verdict) -> Ending {
    Ending {
        to: OutboxState::Withheld,
        note: format!("{}: {}", verdict.rule, verdict.detail),
        event: "reply_withheld",
        detail: json!({"outbox": record.id, "rule": verdict.rule, "detail": verdict.detail}),
        record,
    }
}
