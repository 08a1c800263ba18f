//! `precedent quarantine`: mails that could not be processed, with the reason, and another try.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};

use super::arguments::QuarantineCommand;
use super::context::Context;
use super::output;
use crate::engine::Clock;
use crate::limits::HANDED_OVER_WAIT_SECONDS;
use crate::store::{MailId, MailKey, MailState, QuarantineRecord, Store};

pub(super) async fn run(context: &Context, command: &QuarantineCommand) -> Result<()> {
    match command {
        QuarantineCommand::List => list(context).await,
        QuarantineCommand::Show { mail } => show(context, *mail).await,
        QuarantineCommand::Retry { mails } => retry(context, mails).await,
    }
}

async fn all(store: &dyn Store) -> Result<Vec<QuarantineRecord>> {
    let mut records: Vec<QuarantineRecord> = Vec::new();
    loop {
        let after = records.last().map(|record| record.entry.mail);
        let more = store.quarantine(after, 500).await?;
        if more.is_empty() {
            return Ok(records);
        }
        records.extend(more);
    }
}

async fn list(context: &Context) -> Result<()> {
    let mut records = all(&*context.read_store().await?).await?;
    records.reverse();
    if context.json {
        for record in &records {
            output::object(&as_json(record));
        }
        return Ok(());
    }
    let mut table = output::table(&["mail", "reason", "detail", "size", "origin"]);
    for record in &records {
        table.add_row([
            record.entry.mail.to_string(),
            record.entry.code.clone(),
            output::shorten(&record.entry.detail, 100),
            record.size.to_string(),
            record.origin.clone(),
        ]);
    }
    output::line(&table.trim_fmt());
    output::note(context, &format!("{} mails in quarantine", records.len()));
    Ok(())
}

fn as_json(record: &QuarantineRecord) -> Value {
    json!({
        "mail": record.entry.mail, "code": record.entry.code, "detail": record.entry.detail,
        "from": record.entry.from, "subject": record.entry.subject, "at": record.at,
        "origin": record.origin, "size": record.size,
    })
}

async fn show(context: &Context, mail: i64) -> Result<()> {
    let store = context.open_store_beside().await?;
    let record = store
        .mails(&MailKey::Id(MailId(mail)))
        .await?
        .into_iter()
        .find_map(|record| match record.state {
            MailState::Quarantined(entry) => Some(entry),
            _ => None,
        })
        .ok_or_else(|| {
            anyhow!("mail {mail} is not in quarantine; `precedent quarantine list` shows what is")
        })?;
    let raw = super::raw::read(context, &*store, MailId(mail), "quarantine show").await?;
    store.close().await?;
    if context.json {
        let mut object = as_json(&record);
        // Bytes that are no UTF-8 cannot stand in JSON; without --json they come as they are.
        object["raw"] = json!(output::raw(&raw));
        output::object(&object);
        return Ok(());
    }
    output::note(
        context,
        &format!(
            "{}: {}\nfrom {} at {}",
            record.entry.code, record.entry.detail, record.origin, record.at
        ),
    );
    output::bytes(&raw);
    Ok(())
}

/// What became of mails that were tried again.
#[derive(Default)]
struct Retried {
    processed: usize,
    quarantined: usize,
    /// The process at work has not come to them yet.
    pending: usize,
}

async fn retry(context: &Context, mails: &[i64]) -> Result<()> {
    let store = context.open_store_beside().await?;
    let ids: Vec<MailId> = if mails.is_empty() {
        all(&*store)
            .await?
            .into_iter()
            .map(|record| record.entry.mail)
            .collect()
    } else {
        mails.iter().copied().map(MailId).collect()
    };
    for id in &ids {
        let there = store.mails(&MailKey::Id(*id)).await?;
        ensure!(
            there
                .iter()
                .any(|mail| matches!(mail.state, MailState::Quarantined(_))),
            "mail {id} is not in quarantine; `precedent quarantine list` shows what is"
        );
    }
    store.retry_quarantined(&ids).await?;
    let engine = context.engine(Arc::clone(&store), Clock::System).await?;
    let until = Instant::now() + Duration::from_secs(HANDED_OVER_WAIT_SECONDS);
    let done = loop {
        if store.begin_work().await? {
            super::ingest::work_off(context, &engine).await?;
            break retried(&*store, &ids).await?;
        }
        // The process at work does it.
        let done = retried(&*store, &ids).await?;
        if done.pending == 0 || Instant::now() > until {
            break done;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    store.close().await?;
    if context.json {
        output::object(&json!({
            "retried": ids.len(), "processed": done.processed, "quarantined": done.quarantined,
            "pending": done.pending,
        }));
        return Ok(());
    }
    output::line(&format!(
        "{} tried again: {} processed, {} back in quarantine",
        ids.len(),
        done.processed,
        done.quarantined
    ));
    if done.pending > 0 {
        output::note(
            context,
            &format!("{} wait for the process that is at work", done.pending),
        );
    }
    Ok(())
}

async fn retried(store: &dyn Store, ids: &[MailId]) -> Result<Retried> {
    let mut done = Retried::default();
    for id in ids {
        for mail in store.mails(&MailKey::Id(*id)).await? {
            match mail.state {
                MailState::Pending { .. } => done.pending += 1,
                MailState::Processed(_) | MailState::Erased => done.processed += 1,
                MailState::Quarantined(_) => done.quarantined += 1,
            }
        }
    }
    Ok(done)
}
