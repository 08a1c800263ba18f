//! `precedent resolve`: close a case with what solved it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;

use super::context::Context;
use super::output;
use crate::case::{CaseNumber, Resolution};
use crate::store::{JournalEvent, MarkVerdict};

pub(super) async fn run(
    context: &Context,
    number: &str,
    code: &str,
    text: &str,
    precedent: Option<&str>,
) -> Result<()> {
    let code = super::words::resolution_code(code)?;
    ensure!(
        !text.trim().is_empty(),
        "the resolution is empty: write what solved the case, for whoever meets it next"
    );
    let number = CaseNumber(number.trim().to_ascii_uppercase());
    let store = context.open_store_beside().await?;
    if let Some(precedent) = precedent {
        super::mark::check(&*store, &number.0, precedent, MarkVerdict::Solved).await?;
    }
    let at = Timestamp::now();
    // An engineer may paste what a mail may not bring either.
    let text = crate::extract::hide(text.trim(), &store.secret_key().await?);
    let resolution = Resolution {
        code,
        text,
        resolved_at: at,
    };
    let event = JournalEvent {
        case: number.clone(),
        mail: None,
        at,
        event: "resolved".to_owned(),
        detail: json!({"code": code, "resolution": resolution.text}),
    };
    let record = store.resolve(&number, &resolution, &[event]).await?;
    let marked = match precedent {
        Some(precedent) => {
            let word = super::mark::Word {
                case: &number.0,
                precedent,
                verdict: MarkVerdict::Solved,
                note: "",
                by: None,
            };
            Some(super::mark::write(&*store, &word).await?.0)
        }
        None => None,
    };
    crate::deliver::withdraw_answered(&*store, std::slice::from_ref(&number), at).await?;
    context.index_changes(Arc::clone(&store)).await?;
    store.close().await?;
    if context.json {
        let mut object = super::list::summary(&record);
        object["mark"] = json!(marked);
        output::object(&object);
    } else {
        output::line(&format!(
            "{number} is resolved ({}): it is a precedent now",
            code.as_str()
        ));
        if let Some(mark) = marked {
            output::line(&format!("{}: {}", mark.precedent, mark.verdict.words()));
        }
    }
    Ok(())
}
