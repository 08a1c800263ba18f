//! `precedent quarantine`: mails that could not be processed, with the reason, and another try.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde_json::json;

use super::arguments::QuarantineCommand;
use super::context::Context;
use super::output;
use crate::engine::Clock;
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
    let records = all(&*context.read_store().await?).await?;
    if context.json {
        for record in &records {
            output::object(&json!({
                "mail": record.entry.mail, "code": record.entry.code, "detail": record.entry.detail,
                "from": record.entry.from, "subject": record.entry.subject, "at": record.at,
                "origin": record.origin, "size": record.size,
            }));
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

async fn show(context: &Context, mail: i64) -> Result<()> {
    use std::io::Write;

    let store = context.read_store().await?;
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
    output::note(
        context,
        &format!(
            "{}: {}\nfrom {} at {}",
            record.entry.code, record.entry.detail, record.origin, record.at
        ),
    );
    let raw = store.raw(MailId(mail)).await?.unwrap_or_default();
    std::io::stdout().write_all(&raw)?;
    Ok(())
}

async fn retry(context: &Context, mails: &[i64]) -> Result<()> {
    let store = context.open_store().await?;
    let ids: Vec<MailId> = if mails.is_empty() {
        all(&*store)
            .await?
            .into_iter()
            .map(|record| record.entry.mail)
            .collect()
    } else {
        mails.iter().copied().map(MailId).collect()
    };
    let count = store.retry_quarantined(&ids).await?;
    let engine = context.engine(Arc::clone(&store), Clock::System).await?;
    let mut follower = context.follower(store).await?;
    let summary = engine.recover(Arc::new(())).await?;
    super::ingest::finish(context, &engine, &mut follower).await?;
    output::line(&format!(
        "{count} tried again: {} processed, {} back in quarantine",
        summary.processed, summary.quarantined
    ));
    Ok(())
}
