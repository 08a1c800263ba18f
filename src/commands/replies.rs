//! `precedent stop-replies` and `resume-replies`: the switch that stops all automatic mail. It stands in
//! the store, so that a running process sees it before its next mail.

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::context::Context;
use super::output;
use crate::store::{OutboxFilter, OutboxState, ReplyStop, Store};

pub(super) async fn stop(context: &Context, reason: &str) -> Result<()> {
    let store = context.open_store_beside().await?;
    let stop = ReplyStop {
        at: Timestamp::now(),
        reason: reason.to_owned(),
    };
    store.set_reply_stop(Some(&stop)).await?;
    let waiting = waiting(&*store).await?;
    store.close().await?;
    if context.json {
        output::object(
            &json!({"stopped": true, "at": stop.at, "reason": reason, "waiting": waiting}),
        );
    } else {
        output::line(&format!(
            "automatic mail is stopped; {waiting} mails wait. `precedent resume-replies` lets it go on"
        ));
    }
    Ok(())
}

pub(super) async fn resume(context: &Context) -> Result<()> {
    let store = context.open_store_beside().await?;
    let before = store.reply_stop().await?;
    store.set_reply_stop(None).await?;
    let waiting = waiting(&*store).await?;
    store.close().await?;
    if context.json {
        output::object(&json!({"stopped": false, "waiting": waiting}));
    } else if let Some(stop) = before {
        let reason = if stop.reason.is_empty() {
            String::new()
        } else {
            format!(" ({})", stop.reason)
        };
        output::line(&format!(
            "automatic mail goes on; it was stopped at {}{reason}. {waiting} mails wait",
            stop.at
        ));
    } else {
        output::line("automatic mail was not stopped");
    }
    Ok(())
}

async fn waiting(store: &dyn Store) -> Result<u64> {
    let waiting = store
        .outbox(&OutboxFilter {
            states: vec![OutboxState::Waiting, OutboxState::Approved],
            cases: Vec::new(),
            after: None,
            limit: usize::MAX,
        })
        .await?;
    Ok(waiting.len() as u64)
}
