//! Requests that never leave have asked nothing: the case must not wait for an answer to them.

use jiff::Timestamp;
use serde_json::json;

use crate::case::{CaseState, CaseStatus};
use crate::reply::GateFacts;
use crate::store::{
    CaseUpsert, Commit, JournalEvent, OutboxChange, OutboxFilter, OutboxId, OutboxRecord,
    OutboxState, Store, StoreError, again_on_conflict,
};
use crate::triage::OutgoingKind;

/// Requirements that a request asks for; none for any other mail.
#[must_use]
pub fn asked_by(record: &OutboxRecord) -> Vec<String> {
    if record.kind != OutgoingKind::RequestForInformation {
        return Vec::new();
    }
    serde_json::from_str::<GateFacts>(&record.gate_facts)
        .map(|facts| facts.case.ask)
        .unwrap_or_default()
}

/// Takes a request that does not leave out of what the case was asked. A requirement is asked at most
/// once, so no other request asked for these.
pub fn unask(state: &mut CaseState, ask: &[String]) {
    if ask.is_empty() {
        return;
    }
    state.requests = state.requests.saturating_sub(1);
    state.asked.retain(|name| !ask.contains(name));
    if state.status == CaseStatus::Waiting && state.requests == 0 {
        state.status = CaseStatus::Incomplete;
    }
}

/// Throws mails away by a person's word, all of them or none. The cases count as not asked.
///
/// # Errors
/// [`StoreError::NotFound`], [`StoreError::Transition`] for a mail that has left, or when the store fails.
pub async fn discard(
    store: &dyn Store,
    ids: &[OutboxId],
    note: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    // The case may go on, or one of them leave, between reading and writing.
    again_on_conflict(|| async {
        let commit = discarding(store, ids, note, at).await?;
        store.commit(&commit).await.map(drop)
    })
    .await
}

async fn discarding(
    store: &dyn Store,
    ids: &[OutboxId],
    note: &str,
    at: Timestamp,
) -> Result<Commit, StoreError> {
    let mut endings = Vec::new();
    for id in ids {
        let record = outgoing(store, *id).await?;
        if !record.state.can_become(OutboxState::Discarded) {
            return Err(StoreError::Transition {
                from: record.state,
                to: OutboxState::Discarded,
            });
        }
        endings.push(Ending {
            to: OutboxState::Discarded,
            note: note.to_owned(),
            event: "reply_discarded",
            detail: json!({"outbox": id, "kind": record.kind.as_str(), "ask": unasked_with(&record)}),
            record,
        });
    }
    ending(store, &endings, at).await
}

/// An outgoing mail that leaves no more.
pub(super) struct Ending {
    /// The mail as it was read.
    pub(super) record: OutboxRecord,
    /// [`OutboxState::Withheld`] or [`OutboxState::Discarded`].
    pub(super) to: OutboxState,
    /// Why, for the outbox.
    pub(super) note: String,
    /// Name of the event in the journal.
    pub(super) event: &'static str,
    /// What the journal says about it.
    pub(super) detail: serde_json::Value,
}

/// What the case counts as asked by this mail and will not once it has ended. What the gate withheld counts
/// as asked no more.
fn unasked_with(record: &OutboxRecord) -> Vec<String> {
    match record.state {
        OutboxState::Withheld => Vec::new(),
        _ => asked_by(record),
    }
}

/// The end of these mails in one transaction, with what it means for their cases.
///
/// # Errors
/// When the store fails.
pub(super) async fn ending(
    store: &dyn Store,
    endings: &[Ending],
    at: Timestamp,
) -> Result<Commit, StoreError> {
    let mut commit = Commit::new(at);
    for ending in endings {
        let record = &ending.record;
        commit.outbox_changes.push(OutboxChange {
            id: record.id,
            from: Some(record.state),
            to: ending.to,
            note: ending.note.clone(),
        });
        commit.journal.push(JournalEvent {
            case: record.case.clone(),
            mail: record.mail,
            at,
            event: ending.event.to_owned(),
            detail: ending.detail.clone(),
        });
        let ask = unasked_with(record);
        if ask.is_empty() {
            continue;
        }
        let place = commit
            .cases
            .iter()
            .position(|case| case.state.number == record.case);
        let place = match place {
            Some(place) => place,
            None => {
                let Some(case) = store.case(&record.case).await? else {
                    continue;
                };
                commit.cases.push(CaseUpsert::changed(case));
                commit.cases.len() - 1
            }
        };
        unask(&mut commit.cases[place].state, &ask);
    }
    Ok(commit)
}

/// One outgoing mail.
///
/// # Errors
/// [`StoreError::NotFound`], or when the store fails.
pub async fn outgoing(store: &dyn Store, id: OutboxId) -> Result<OutboxRecord, StoreError> {
    store
        .outbox(&OutboxFilter {
            states: Vec::new(),
            cases: Vec::new(),
            after: Some(OutboxId(id.0 - 1)),
            limit: 1,
        })
        .await?
        .into_iter()
        .find(|record| record.id == id)
        .ok_or_else(|| StoreError::NotFound {
            what: format!("mail {id} in the outbox"),
        })
}
