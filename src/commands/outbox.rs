//! `precedent outbox`: what waits, what left, what was held back.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use jiff::Timestamp;
use serde_json::json;

use super::arguments::OutboxCommand;
use super::context::Context;
use super::output;
use crate::deliver::deliver_waiting;
use crate::store::{
    JournalEvent, OutboxChange, OutboxFilter, OutboxId, OutboxRecord, OutboxState, Store,
    StoreError,
};

pub(super) async fn run(context: &Context, command: &OutboxCommand) -> Result<()> {
    match command {
        OutboxCommand::List { state, limit } => list(context, state.as_deref(), *limit).await,
        OutboxCommand::Show { id } => show(context, *id).await,
        OutboxCommand::Approve { ids } => approve(context, ids).await,
        OutboxCommand::Settle { ids, resend, .. } => settle(context, ids, *resend).await,
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
                "attempts": record.attempts, "next_attempt_at": record.next_attempt_at,
                "answer": record.answer,
            }));
        }
        return Ok(());
    }
    let mut table = output::table(&["id", "case", "state", "kind", "to", "lang", "why"]);
    for record in &records {
        table.add_row([
            record.id.to_string(),
            record.case.to_string(),
            record.state.to_string(),
            record.kind.as_str().to_owned(),
            record.recipient.clone(),
            record.language.clone(),
            why(record),
        ]);
    }
    output::line(&table.trim_fmt());
    output::note(context, &format!("{} mails", records.len()));
    Ok(())
}

/// Why a mail is in its state: what a server said, or what the gate did.
fn why(record: &OutboxRecord) -> String {
    let waits = matches!(record.state, OutboxState::Waiting | OutboxState::Approved);
    let said = matches!(record.state, OutboxState::Failed | OutboxState::Uncertain)
        || (waits && record.attempts > 0);
    if !said {
        return super::explain::verdict_words(&record.verdict);
    }
    let mut text = output::shorten(&record.note, 80);
    if let Some(next) = record.next_attempt_at {
        text += &format!("; attempt {} at {next:.0}", record.attempts + 1);
    }
    text
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
    let (store, alone) = order_store(context).await?;
    let uncertain: Vec<String> = find(&*store, ids)
        .await?
        .into_iter()
        .filter(|record| record.state == OutboxState::Uncertain)
        .map(|record| record.id.to_string())
        .collect();
    anyhow::ensure!(
        uncertain.is_empty(),
        "nobody knows whether the server had mail {0}: look for it, then `precedent outbox settle {0} --sent` or `--resend`",
        uncertain.join(" ")
    );
    change(
        &*store,
        ids,
        OutboxState::Approved,
        "approved by an operator",
        &[],
    )
    .await?;
    if alone {
        deliver_now(context, &*store, ids.len(), "approved").await?;
    } else {
        output::line(&format!(
            "{} approved: the running process delivers",
            ids.len()
        ));
    }
    store.close().await?;
    Ok(())
}

/// Delivers what waits, and says what became of it.
async fn deliver_now(context: &Context, store: &dyn Store, count: usize, what: &str) -> Result<()> {
    let carrier = context.carrier();
    let done = deliver_waiting(store, &*carrier, Timestamp::now).await?;
    let mut text = format!(
        "{count} {what}: {} left, {} held back by the gate, {} wait",
        done.sent, done.withheld, done.later
    );
    if done.failed > 0 {
        text += &format!(", {} failed", done.failed);
    }
    if done.uncertain > 0 {
        text += &format!(", {} of unknown fate", done.uncertain);
    }
    output::line(&text);
    context.file_copies(store).await;
    if done.stopped {
        output::note(
            context,
            "automatic mail is stopped: nothing leaves before `precedent resume-replies`",
        );
    }
    if done.hour_spent {
        output::note(
            context,
            "the budget of the hour is spent: the rest waits for `precedent run`",
        );
    }
    if let Some(reason) = done.unreachable {
        output::note(
            context,
            &format!("nobody takes mails now, they wait: {reason}"),
        );
    }
    Ok(())
}

async fn settle(context: &Context, ids: &[i64], resend: bool) -> Result<()> {
    let (store, alone) = order_store(context).await?;
    let records = find(&*store, ids).await?;
    if let Some(record) = records
        .iter()
        .find(|record| record.state != OutboxState::Uncertain)
    {
        return Err(anyhow!(
            "mail {} is {}: only mails of unknown fate are settled",
            record.id,
            record.state
        ));
    }
    let at = Timestamp::now();
    let (to, note) = if resend {
        (OutboxState::Approved, "an operator says it did not leave")
    } else {
        (OutboxState::Sent, "an operator says it left")
    };
    let journal: Vec<JournalEvent> = records
        .iter()
        .map(|record| JournalEvent {
            case: record.case.clone(),
            mail: record.mail,
            at,
            event: "reply_settled".to_owned(),
            detail: json!({"outbox": record.id, "recipient": record.recipient, "as": to}),
        })
        .collect();
    change(&*store, ids, to, note, &journal).await?;
    if resend && alone {
        deliver_now(context, &*store, ids.len(), "settled").await?;
    } else {
        output::line(&format!("{} settled as {to}", ids.len()));
    }
    store.close().await?;
    Ok(())
}

async fn discard(context: &Context, ids: &[i64]) -> Result<()> {
    let (store, _) = order_store(context).await?;
    change(
        &*store,
        ids,
        OutboxState::Discarded,
        "discarded by an operator",
        &[],
    )
    .await?;
    store.close().await?;
    output::line(&format!("{} discarded", ids.len()));
    Ok(())
}

/// The store, and whether nobody else works on it. Beside a running process the order is written down
/// and the process does the rest.
async fn order_store(context: &Context) -> Result<(Arc<dyn Store>, bool)> {
    match context.open_store().await {
        Ok(store) => Ok((store, true)),
        Err(error)
            if matches!(
                error.downcast_ref::<StoreError>(),
                Some(StoreError::Locked { .. })
            ) =>
        {
            Ok((context.order_store().await?, false))
        }
        Err(error) => Err(error),
    }
}

/// The mails with these numbers.
async fn find(store: &dyn Store, ids: &[i64]) -> Result<Vec<OutboxRecord>> {
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        let filter = OutboxFilter {
            states: Vec::new(),
            case: None,
            after: Some(OutboxId(id - 1)),
            limit: 1,
        };
        let found = store.outbox(&filter).await?;
        records.extend(found.into_iter().filter(|record| record.id.0 == *id));
    }
    Ok(records)
}

async fn change(
    store: &dyn Store,
    ids: &[i64],
    to: OutboxState,
    note: &str,
    journal: &[JournalEvent],
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
    store
        .change_outbox(&changes, journal, Timestamp::now())
        .await?;
    Ok(())
}
