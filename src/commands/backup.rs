//! `precedent backup` and `precedent restore`: the store in one file, and back.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use precedent_index::Index;
use serde_json::json;

use super::context::Context;
use super::output;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

pub(super) async fn backup(context: &Context, to: &Path) -> Result<()> {
    let at = Timestamp::now();
    let file = if to.is_dir() {
        to.join(format!("precedent-{}.db", at.strftime("%Y%m%dT%H%M%SZ")))
    } else {
        to.to_owned()
    };
    let store = SqliteStore::open_read_only(&context.settings.data).await?;
    let backup = store.backup(&file, at).await?;
    store.close().await?;
    let bytes = std::fs::metadata(&file)
        .with_context(|| file.display().to_string())?
        .len();
    if context.json {
        output::object(&json!({
            "file": file, "at": at, "bytes": bytes, "mails": backup.mails, "cases": backup.cases,
        }));
    } else {
        output::line(&format!(
            "{}: {} mails and {} cases, {:.1} MiB; it was read through once",
            file.display(),
            backup.mails,
            backup.cases,
            bytes as f64 / f64::from(1 << 20),
        ));
        output::note(
            context,
            "it holds mail, not encrypted, and the secret key: keep it as safe as the mail; the configuration, secrets and \
             tokens of accounts are not in it",
        );
    }
    Ok(())
}

pub(super) async fn restore(context: &Context, file: &Path) -> Result<()> {
    let data = &context.settings.data;
    let index = context.index_folder();
    // An index that is there belongs to other data, whatever its sequence says.
    let discard = || anyhow::Ok(Index::discard(&index)?);
    let restored = SqliteStore::restore(data, file, Timestamp::now(), discard).await?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(data).await?);
    let mut follower = context.follower(Arc::clone(&store)).await?;
    follower.follow().await?;
    follower.commit().await?;
    drop(follower);
    store.close().await?;
    let backup = restored.backup;
    if context.json {
        output::object(&json!({
            "data": data, "backup_at": backup.at, "mails": backup.mails, "cases": backup.cases,
            "uncertain": restored.uncertain, "drafts": restored.drafts, "replies_stopped": true,
        }));
        return Ok(());
    }
    output::line(&format!(
        "{}: {} mails and {} cases{}",
        data.display(),
        backup.mails,
        backup.cases,
        backup
            .at
            .map_or_else(String::new, |at| format!(", as of {at:.0}")),
    ));
    if restored.uncertain > 0 {
        output::line(&format!(
            "{} mails waited then and may have left since: `precedent outbox list --state uncertain`, then `outbox settle`",
            restored.uncertain
        ));
    }
    if restored.drafts > 0 {
        output::line(&format!(
            "{} drafts may have been approved since: look before you approve them",
            restored.drafts
        ));
    }
    output::line(
        "automatic mail is stopped: let `precedent run` catch up, look, then `precedent resume-replies`",
    );
    Ok(())
}
