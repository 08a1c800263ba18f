//! `precedent reindex`, `precedent reprocess`: what is derived can be derived again.

use std::sync::Arc;

use anyhow::Result;
use precedent_index::Index;
use serde_json::json;

use super::context::Context;
use super::output::{self, Bar};
use crate::engine::{Clock, Engine};

pub(super) async fn run(context: &Context) -> Result<()> {
    let store = context.read_store().await?;
    let folder = context.index_folder();
    Index::discard(&folder)?;
    let mut follower = context.follower(store).await?;
    let cases = follower.follow().await?;
    follower.commit().await?;
    super::reading::compute_vectors(context, &follower).await?;
    if context.json {
        output::object(&json!({ "cases": cases }));
    } else {
        output::line(&format!("{cases} cases indexed"));
    }
    Ok(())
}

/// Derives facts and judgements again from the raw mails. Causes no mail: nothing reaches the outbox.
pub(super) async fn reprocess(context: &Context, cases: &[String]) -> Result<()> {
    let store = context.open_store().await?;
    let engine = Engine {
        stop: super::signals::stop_on_signals(),
        ..context.engine(Arc::clone(&store), Clock::System).await?
    };
    let stats = store.stats().await?;
    let bar = Bar::new(context, Some(stats.processed), None);
    let progress: Arc<dyn crate::engine::Progress> = bar.clone();
    let done = engine.reprocess(cases, progress).await?;
    bar.clear();
    let mut follower = context.follower(Arc::clone(&store)).await?;
    follower.follow().await?;
    follower.commit().await?;
    drop(follower);
    store.end_work().await?;
    // Handed over by a pipe that found this process at work.
    if !store.pending(None, 1).await?.is_empty() {
        super::ingest::work_off(context, &engine).await?;
    }
    store.close().await?;
    if context.json {
        output::object(&json!({ "mails": done.mails, "cases": done.cases }));
    } else {
        output::line(&format!(
            "{} mails read again, {} cases changed",
            done.mails, done.cases
        ));
    }
    Ok(())
}
