//! `precedent outbox`: what waits, what left, what was held back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::arguments::OutboxCommand;
use super::context::Context;
use super::output;
use crate::deliver::outgoing;
use crate::engine::Clock;
use crate::limits::HANDED_OVER_WAIT_SECONDS;
use crate::mail::ParseOptions;
use crate::reply::VerdictKind;
use crate::store::{
    JournalEvent, OutboxChange, OutboxId, OutboxRecord, OutboxState, Store, StoreError,
};

/// Header fields of a mail that a person who decides on it wants to see.
const SHOWN_HEADERS: [&str; 8] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
];

pub(super) async fn run(context: &Context, command: &OutboxCommand) -> Result<()> {
    match command {
        OutboxCommand::List { state, limit } => list(context, state.as_deref(), *limit).await,
        OutboxCommand::Show { id, raw } => show(context, *id, *raw).await,
        OutboxCommand::Approve { ids } => approve(context, &once(ids)).await,
        OutboxCommand::Settle { ids, resend, .. } => settle(context, &once(ids), *resend).await,
        OutboxCommand::Discard { ids } => discard(context, &once(ids)).await,
    }
}

async fn list(context: &Context, state: Option<&str>, limit: u32) -> Result<()> {
    let states = state
        .map(|word| {
            OutboxState::from_word(word).ok_or_else(|| {
                let states = OutboxState::ALL.iter().map(|state| state.as_str());
                anyhow!(super::words::unknown("state", word, states))
            })
        })
        .transpose()?
        .into_iter()
        .collect::<Vec<_>>();
    let store = context.read_store().await?;
    let records = store.latest_outbox(&states, limit as usize).await?;
    if context.json {
        for record in &records {
            output::object(&as_json(record));
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
    if states == [OutboxState::Withheld] {
        output::note(
            context,
            "what any other rule of the gate than `mode` held back at once was not composed and is not here: \
             `precedent explain MAIL` tells which rule",
        );
    }
    Ok(())
}

/// Each number once, in order.
fn once(ids: &[i64]) -> Vec<i64> {
    let mut once: Vec<i64> = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(id) {
            once.push(*id);
        }
    }
    once
}

/// A mail of the outbox as JSON.
fn as_json(record: &OutboxRecord) -> Value {
    json!({
        "id": record.id, "case": record.case, "mail": record.mail, "kind": record.kind,
        "state": record.state, "recipient": record.recipient, "language": record.language,
        "subject": record.subject, "message_id": record.message_id, "verdict": record.verdict,
        "note": record.note, "created_at": record.created_at, "changed_at": record.changed_at,
        "attempts": record.attempts, "next_attempt_at": record.next_attempt_at,
        "answer": record.answer,
    })
}

/// Why a mail is in its state: what a server said, or what the gate did.
fn why(record: &OutboxRecord) -> String {
    let waits = matches!(record.state, OutboxState::Waiting | OutboxState::Approved);
    // The verdict was to let it leave, and something came later: its note says what.
    let withheld_since = record.state == OutboxState::Withheld
        && record.verdict.kind != VerdictKind::Withhold
        && !record.note.is_empty();
    let said = matches!(record.state, OutboxState::Failed | OutboxState::Uncertain)
        || withheld_since
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

async fn show(context: &Context, id: i64, raw: bool) -> Result<()> {
    let store = context.read_store().await?;
    let record = outgoing(&*store, OutboxId(id)).await?;
    let bytes = store
        .outgoing_bytes(&[record.id])
        .await?
        .remove(&record.id)
        .unwrap_or_default();
    if raw && !context.json {
        output::bytes(&bytes);
        return Ok(());
    }
    if bytes.is_empty() {
        return Err(StoreError::Erased {
            what: format!("outgoing mail {id}"),
        }
        .into());
    }
    let message = crate::mail::parse(&bytes, &ParseOptions::default()).with_context(|| {
        format!("mail {id} of the outbox cannot be read; --raw prints its bytes")
    })?;
    if context.json {
        let mut object = as_json(&record);
        object["headers"] = message
            .headers
            .iter()
            .map(|header| json!([header.name, header.value]))
            .collect();
        object["text"] = json!(message.text);
        if raw {
            object["raw"] = json!(output::raw(&bytes));
        }
        output::object(&object);
        return Ok(());
    }
    for name in SHOWN_HEADERS {
        if let Some(value) = message.header(name) {
            output::line(&format!("{name}: {value}"));
        }
    }
    output::line("");
    output::line(message.text.trim_end());
    output::note(
        context,
        &format!(
            "\n#{id} of case {}: {}; {}",
            record.case,
            record.state,
            match why(&record) {
                said if record.verdict.kind == VerdictKind::Send => said,
                verdict => format!("gate: {verdict}"),
            }
        ),
    );
    Ok(())
}

async fn approve(context: &Context, ids: &[i64]) -> Result<()> {
    let store = context.open_store_beside().await?;
    let records = records(&*store, ids).await?;
    let uncertain: Vec<String> = records
        .iter()
        .filter(|record| record.state == OutboxState::Uncertain)
        .map(|record| record.id.to_string())
        .collect();
    anyhow::ensure!(
        uncertain.is_empty(),
        "nobody knows whether the server had mail {0}: look for it, then `precedent outbox settle {0} --sent` or `--resend`",
        uncertain.join(" ")
    );
    let note = "approved by an operator";
    let event = |_: &OutboxRecord| ("reply_approved", Value::Null);
    change(&*store, &records, OutboxState::Approved, note, event).await?;
    leave(context, store, ids, "approved").await
}

async fn settle(context: &Context, ids: &[i64], resend: bool) -> Result<()> {
    let store = context.open_store_beside().await?;
    let records = records(&*store, ids).await?;
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
    let (to, note) = if resend {
        (OutboxState::Approved, "an operator says it did not leave")
    } else {
        (OutboxState::Sent, "an operator says it left")
    };
    let event = |record: &OutboxRecord| {
        let detail = json!({"recipient": record.recipient, "as": to});
        ("reply_settled", detail)
    };
    change(&*store, &records, to, note, event).await?;
    if resend {
        return leave(context, store, ids, "settled").await;
    }
    let settled = self::records(&*store, ids).await?;
    store.close().await?;
    if context.json {
        for record in &settled {
            output::object(&as_json(record));
        }
    } else {
        output::line(&format!("{} settled as {to}", ids.len()));
    }
    Ok(())
}

/// Moves mails to a state by a person's word, all of them or none, with an event in the journal of each case.
async fn change(
    store: &dyn Store,
    records: &[OutboxRecord],
    to: OutboxState,
    note: &str,
    event: impl Fn(&OutboxRecord) -> (&'static str, Value),
) -> Result<()> {
    let at = Timestamp::now();
    let mut changes = Vec::new();
    let mut journal = Vec::new();
    for record in records {
        changes.push(OutboxChange {
            id: record.id,
            from: None,
            to,
            note: note.to_owned(),
        });
        let (event, mut detail) = event(record);
        detail["outbox"] = json!(record.id);
        journal.push(JournalEvent {
            case: record.case.clone(),
            mail: record.mail,
            at,
            event: event.to_owned(),
            detail,
        });
    }
    store.change_outbox(&changes, &journal, at).await?;
    Ok(())
}

/// Lets mails leave: here, or by the process at work. Says what became of them.
async fn leave(context: &Context, store: Arc<dyn Store>, ids: &[i64], what: &str) -> Result<()> {
    let engine = context.engine(Arc::clone(&store), Clock::System).await?;
    let until = Instant::now() + Duration::from_secs(HANDED_OVER_WAIT_SECONDS);
    let records = loop {
        let here = store.begin_work().await?;
        if here {
            super::ingest::work_off(context, &engine).await?;
        }
        let records = records(&*store, ids).await?;
        // Otherwise the process at work delivers them.
        let left = records.iter().filter(|record| is_open(record)).count();
        if here || left == 0 || Instant::now() > until {
            break records;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let stopped = store.reply_stop().await?.is_some();
    store.close().await?;
    if context.json {
        for record in &records {
            output::object(&as_json(record));
        }
    } else {
        let count = |state: OutboxState| {
            records
                .iter()
                .filter(|record| record.state == state)
                .count()
        };
        let mut text = format!(
            "{} {what}: {} left, {} held back by the gate, {} wait",
            ids.len(),
            count(OutboxState::Sent),
            count(OutboxState::Withheld),
            records.iter().filter(|record| is_open(record)).count(),
        );
        for (state, words) in [
            (OutboxState::Failed, "failed"),
            (OutboxState::Uncertain, "of unknown fate"),
        ] {
            match count(state) {
                0 => {}
                number => text += &format!(", {number} {words}"),
            }
        }
        output::line(&text);
    }
    for record in &records {
        if !record.note.is_empty() && record.state != OutboxState::Sent {
            output::note(
                context,
                &format!("#{} is {}: {}", record.id, record.state, record.note),
            );
        }
    }
    if stopped {
        output::note(
            context,
            "automatic mail is stopped: nothing leaves before `precedent resume-replies`",
        );
    }
    Ok(())
}

/// True while a mail is on its way out.
fn is_open(record: &OutboxRecord) -> bool {
    matches!(
        record.state,
        OutboxState::Waiting | OutboxState::Approved | OutboxState::Sending
    )
}

async fn discard(context: &Context, ids: &[i64]) -> Result<()> {
    let store = context.open_store_beside().await?;
    let numbers: Vec<OutboxId> = ids.iter().copied().map(OutboxId).collect();
    let at = Timestamp::now();
    crate::deliver::discard(&*store, &numbers, "discarded by an operator", at).await?;
    context.index_changes(Arc::clone(&store)).await?;
    let records = records(&*store, ids).await?;
    store.close().await?;
    if context.json {
        for record in &records {
            output::object(&as_json(record));
        }
    } else {
        output::line(&format!("{} discarded", ids.len()));
    }
    Ok(())
}

async fn records(store: &dyn Store, ids: &[i64]) -> Result<Vec<OutboxRecord>> {
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        records.push(outgoing(store, OutboxId(*id)).await?);
    }
    Ok(records)
}
