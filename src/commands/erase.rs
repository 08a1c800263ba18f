//! `precedent erase`: a person goes, what their cases were about stays.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::context::Context;
use super::output;
use crate::deliver::Folder;
use crate::engine::{Clock, Engine, Summary};
use crate::reply::gate::address_key;
use crate::store::sqlite::SqliteStore;
use crate::store::{Person, Store};

/// True when nothing is left to be done.
pub(super) async fn run(context: &Context, address: &str, yes: bool) -> Result<bool> {
    let address = address.trim().to_lowercase();
    if !address
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
    {
        bail!("{address:?} is not an address; write it as person@example.com");
    }
    let own = context.settings.own_addresses();
    if own
        .iter()
        .any(|own| address_key(own) == address_key(&address))
    {
        bail!("{address} is an address of a desk: every mail is to it");
    }
    let store = SqliteStore::open_beside(&context.settings.data).await?;
    let store = Arc::new(store.with_raw_keys(context.settings.archive.keys()));
    let shared: Arc<dyn Store> = Arc::clone(&store) as Arc<dyn Store>;
    let engine = context.engine(Arc::clone(&shared), Clock::System).await?;
    let person = engine.person(&address).await?;
    if person == Person::default() {
        // Idempotent: asking again is no error. An erasure that was ended after it had written left its words in the
        // index and in unused parts of the file.
        if yes {
            clear(context, &store, &engine).await?;
        } else {
            store.close().await?;
        }
        say(
            context,
            &json!({"address": address, "found": false}),
            || format!("nothing is stored of {address}"),
        );
        return Ok(true);
    }
    if !yes {
        let object = json!({
            "address": address, "found": true, "erased": false, "mails": person.mails.len(),
            "cases": person.cases, "outgoing": person.outgoing.len(),
        });
        say(context, &object, || {
            format!(
                "{} mails of {address}, {} mails to them, and the person in {} cases would be erased; what the cases were \
                 about and what solved them stays. It cannot be undone: say --yes",
                person.mails.len(),
                person.outgoing.len(),
                person.cases.len(),
            )
        });
        store.close().await?;
        return Ok(false);
    }
    let letters = Folder::new(context.outgoing_folder());
    let erased = engine
        .erase_person(&address, &letters)
        .await
        .context("it is not erased")?;
    let alone = clear(context, &store, &engine).await?;
    let object = json!({
        "address": address, "found": true, "erased": true, "mails": erased.mails,
        "outgoing": erased.outgoing, "cases": erased.cases, "compacted": alone,
    });
    say(context, &object, || {
        format!(
            "erased: {} mails, {} outgoing mails, the person in {} cases",
            erased.mails, erased.outgoing, erased.cases
        )
    });
    if !alone {
        output::note(
            context,
            "another process works on the data: what was deleted was overwritten, and older traces in unused parts of the \
             file go when `precedent erase` is run once while it is stopped",
        );
    }
    output::note(
        context,
        "backups, mailboxes on servers, and what others wrote or quoted are as they were",
    );
    Ok(true)
}

/// Takes what was erased out of the index and out of unused parts of the file. False where another process works on
/// the data, which does the first and not the second.
async fn clear(context: &Context, store: &Arc<SqliteStore>, engine: &Engine) -> Result<bool> {
    let shared: Arc<dyn Store> = Arc::clone(store) as Arc<dyn Store>;
    context.index_changes(Arc::clone(&shared)).await?;
    let aside = context.index_folder().join("moved-aside");
    if aside.exists() {
        std::fs::remove_dir_all(&aside).with_context(|| aside.display().to_string())?;
    }
    let alone = store.begin_work().await?;
    if alone {
        store.compact().await.context(
            "everything was erased, and unused parts of the file may hold traces; make room and run it again",
        )?;
        let mut follower = context.follower(Arc::clone(&shared)).await?;
        let mut summary = Summary::default();
        super::ingest::finish(context, engine, &mut follower, &mut summary).await?;
    } else {
        store.close().await?;
    }
    Ok(alone)
}

fn say(context: &Context, object: &serde_json::Value, text: impl Fn() -> String) {
    if context.json {
        output::object(object);
    } else {
        output::line(&text());
    }
}
