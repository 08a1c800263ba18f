//! `precedent retention`, and the same once a day within `precedent run`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::context::Context;
use super::output;
use crate::deliver::Folder;
use crate::engine::{Clock, Engine, Retention, Summary};
use crate::store::StoreError;

/// Under which name it is noted that it was done.
const NAME: &str = "retention";
/// Time between two rounds of a running process.
const INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// Time between two looks whether a round is due.
const LOOK: Duration = Duration::from_secs(60);

pub(super) async fn run(context: &Context, dry_run: bool) -> Result<()> {
    let Some(retention) = context.settings.retention.wanted() else {
        bail!(
            "the configuration keeps everything for ever; add [retention] with mail_days or case_days"
        );
    };
    if dry_run {
        let store = context.read_store().await?;
        let expired = store
            .expired(&retention.query(Timestamp::now(), usize::MAX))
            .await?;
        let mails = expired.of_cases.len() + expired.of_none.len();
        if context.json {
            output::object(&json!({"dry_run": true, "mails": mails, "cases": expired.cases}));
        } else {
            output::line(&format!(
                "the bytes of {mails} mails and the people of {} cases are old enough to go",
                expired.cases.len()
            ));
        }
        return Ok(());
    }
    let store = context.open_store_beside().await?;
    let engine = context.engine(Arc::clone(&store), Clock::System).await?;
    let letters = Folder::new(context.outgoing_folder());
    let erased = apply(&engine, retention, &letters).await?;
    context.index_changes(Arc::clone(&store)).await?;
    store.close().await?;
    if context.json {
        output::object(&json!({
            "mails": erased.mails, "cases": erased.cases, "outgoing": erased.outgoing,
        }));
    } else {
        output::line(&format!(
            "removed the bytes of {} mails; {} cases and {} outgoing mails are without their people",
            erased.mails, erased.cases, erased.outgoing
        ));
    }
    Ok(())
}

async fn apply(
    engine: &Engine,
    retention: Retention,
    letters: &Folder,
) -> Result<crate::store::Erased, StoreError> {
    let now = Timestamp::now();
    let done = engine.retain(retention, letters, now).await;
    let failure = done.as_ref().err().map(ToString::to_string);
    engine
        .store
        .note_health(NAME, failure.as_deref(), now)
        .await?;
    done
}

/// Once a day until asked to stop. The day is counted in the store, so that a restart begins no new one.
pub(super) async fn follow(
    engine: Engine,
    retention: Retention,
    letters: Folder,
) -> Result<Summary> {
    while !engine.stop.asked() {
        let last = engine
            .store
            .health()
            .await?
            .get(NAME)
            .and_then(|health| health.success_at);
        let now = Timestamp::now();
        if last.is_none_or(|last| now.duration_since(last) >= INTERVAL) {
            match apply(&engine, retention, &letters).await {
                Ok(erased) => tracing::info!(
                    mails = erased.mails,
                    cases = erased.cases,
                    outgoing = erased.outgoing,
                    "what was old enough was removed"
                ),
                Err(error) if error.stops_intake() => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "retention: trying again later"),
            }
        }
        let _ = tokio::time::timeout(LOOK, engine.stop.wait()).await;
    }
    Ok(Summary::default())
}
