//! `precedent outbox`: what waits, what left, what was held back.

use std::io::Write;

use anyhow::{Result, anyhow};
use jiff::Timestamp;
use serde_json::json;

use super::arguments::OutboxCommand;
use super::context::Context;
use super::output;
use crate::deliver::deliver_waiting;
use crate::store::{OutboxChange, OutboxFilter, OutboxId, OutboxState};

pub(super) async fn run(context: &Context, command: &OutboxCommand) -> Result<()> {
    match command {
        OutboxCommand::List { state, limit } => list(context, state.as_deref(), *limit).await,
        OutboxCommand::Show { id } => show(context, *id).await,
        OutboxCommand::Approve { ids } => approve(context, ids).await,
        OutboxCommand::Discard { ids } => discard(context, ids).await,
    }
}

async fn list(context: &Context, state: Option<&str>, limit: u32) -> Result<()> {
    let states = state
        .map(|word| {
            OutboxState::from_word(word).ok_or_else(|| {
                let states: Vec<&str> = OutboxState::ALL
                    .iter()
                    .map(|state| state.as_str())
                    .collect();
                anyhow!(
                    "there is no state {word:?}; there are {}",
                    states.join(", ")
                )
            })
        })
        .transpose()?
        .into_iter()
        .collect();
    let store = context.read_store().await?;
    let records = store
        .outbox(&OutboxFilter {
            states,
            case: None,
            after: None,
            limit: limit as usize,
        })
        .await?;
    if context.json {
        for record in &records {
            output::object(&json!({
                "id": record.id, "case": record.case, "mail": record.mail, "kind": record.kind,
                "state": record.state, "recipient": record.recipient, "language": record.language,
                "subject": record.subject, "message_id": record.message_id, "verdict": record.verdict,
                "note": record.note, "created_at": record.created_at, "changed_at": record.changed_at,
            }));
        }
        return Ok(());
    }
    let mut table = output::table(&["id", "case", "state", "kind", "to", "lang", "gate"]);
    for record in &records {
        table.add_row([
            record.id.to_string(),
            record.case.to_string(),
            record.state.to_string(),
            record.kind.as_str().to_owned(),
            record.recipient.clone(),
            record.language.clone(),
            super::explain::verdict_words(&record.verdict),
        ]);
    }
    output::line(&table.trim_fmt());
    output::note(context, &format!("{} mails", records.len()));
    Ok(())
}

async fn show(context: &Context, id: i64) -> Result<()> {
    let store = context.read_store().await?;
    let bytes = store
        .outgoing_bytes(&[OutboxId(id)])
        .await?
        .remove(&OutboxId(id))
        .ok_or_else(|| {
            anyhow!(
                "there is no mail {id} in the outbox; `precedent outbox list` shows the numbers"
            )
        })?;
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}

async fn approve(context: &Context, ids: &[i64]) -> Result<()> {
    let store = context.open_store().await?;
    change(
        &*store,
        ids,
        OutboxState::Approved,
        "approved by an operator",
    )
    .await?;
    let carrier = context.carrier();
    let done = deliver_waiting(&*store, &*carrier, Timestamp::now).await?;
    store.close().await?;
    output::line(&format!(
        "{} approved: {} left, {} held back by the gate, {} wait",
        ids.len(),
        done.sent,
        done.withheld,
        done.later
    ));
    Ok(())
}

async fn discard(context: &Context, ids: &[i64]) -> Result<()> {
    let store = context.open_store().await?;
    change(
        &*store,
        ids,
        OutboxState::Discarded,
        "discarded by an operator",
    )
    .await?;
    store.close().await?;
    output::line(&format!("{} discarded", ids.len()));
    Ok(())
}

async fn change(
    store: &dyn crate::store::Store,
    ids: &[i64],
    to: OutboxState,
    note: &str,
) -> Result<()> {
    let changes: Vec<OutboxChange> = ids
        .iter()
        .map(|id| OutboxChange {
            id: OutboxId(*id),
            from: None,
            to,
            note: note.to_owned(),
        })
        .collect();
    store.change_outbox(&changes, &[], Timestamp::now()).await?;
    Ok(())
}
