//! `precedent list`.

use anyhow::{Result, anyhow};
use serde_json::json;

use super::context::Context;
use super::output;
use crate::case::CaseStatus;
use crate::engine::field_values;
use crate::store::{CaseFilter, CaseOrder, CaseRecord};

pub(super) async fn run(
    context: &Context,
    status: Option<&str>,
    desk: Option<String>,
    limit: u32,
) -> Result<()> {
    let statuses = status
        .map(|word| {
            CaseStatus::from_word(word).ok_or_else(|| {
                anyhow!("there is no status {word:?}; there are incomplete, waiting, complete, resolved, closed")
            })
        })
        .transpose()?
        .into_iter()
        .collect();
    let store = context.read_store().await?;
    let wanted = desk.clone();
    let mut cases = store
        .cases(&CaseFilter {
            statuses,
            desk,
            imported: Some(false),
            // One more tells whether there are more.
            limit: limit as usize + 1,
            ..CaseFilter::all(CaseOrder::Updated)
        })
        .await?;
    if let Some(desk) = &wanted
        && cases.is_empty()
    {
        super::words::check_desk(context, desk)?;
    }
    let more = cases.len() > limit as usize;
    cases.truncate(limit as usize);
    if context.json {
        for case in &cases {
            output::object(&summary(case));
        }
        return Ok(());
    }
    let mut table = output::table(&[
        "case", "status", "lang", "type", "subject", "missing", "from", "updated",
    ]);
    for record in &cases {
        let state = &record.state;
        table.add_row([
            state.number.to_string(),
            state.status.as_str().to_owned(),
            state.language.clone(),
            state.issue_type.clone().unwrap_or_default(),
            output::shorten(&state.subject, 44),
            state.missing.join(" "),
            state.submitter.clone(),
            state.updated_at.strftime("%Y-%m-%d %H:%M").to_string(),
        ]);
    }
    output::line(&table.trim_fmt());
    let more = if more {
        "; there are more: see --limit"
    } else {
        ""
    };
    output::note(
        context,
        &format!("{}{more}", output::counted(cases.len() as u64, "case")),
    );
    Ok(())
}

/// A case in short, as JSON.
pub(super) fn summary(record: &CaseRecord) -> serde_json::Value {
    let state = &record.state;
    json!({
        "case": state.number,
        "desk": state.desk,
        "status": state.status,
        "language": state.language,
        "issue_type": state.issue_type,
        "subject": state.subject,
        "submitter": state.submitter,
        "fields": field_values(&state.facts),
        "missing": state.missing,
        "flags": state.flags,
        "asked": state.asked,
        "requests": state.requests,
        "opened_at": state.opened_at,
        "updated_at": state.updated_at,
        "resolution": state.resolution,
    })
}
