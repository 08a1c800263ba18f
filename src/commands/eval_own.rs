//! `precedent eval export` and `precedent eval similar --own`: the desk's own history as an evaluation set.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, ensure};
use precedent_index::Encoder;
use serde_json::json;

use super::arguments::EvalCommand;
use super::context::Context;
use super::output;
use crate::eval::{OwnHistory, QUERIES_ENOUGH};
use crate::store::{CaseFilter, CaseOrder, MarkQuery};

/// True for what is measured on the store.
pub(super) fn needs_store(command: &EvalCommand) -> bool {
    matches!(
        command,
        EvalCommand::Export { .. } | EvalCommand::Similar { own: true, .. }
    )
}

pub(super) async fn run(context: &Context, command: &EvalCommand) -> Result<ExitCode> {
    let history = read(context).await?;
    match command {
        EvalCommand::Export { folder } => export(context, &history, folder),
        EvalCommand::Similar {
            model, no_vectors, ..
        } => {
            let encoder = super::eval::encoder(context, model.as_deref(), *no_vectors)?;
            measure(context, &history, encoder)
        }
        EvalCommand::Triage { .. } => unreachable!("this needs no store"),
    }
}

async fn read(context: &Context) -> Result<OwnHistory> {
    let store = context.read_store().await?;
    let cases = store.cases(&CaseFilter::all(CaseOrder::Oldest)).await?;
    let marks = store.marks(&MarkQuery::All).await?;
    Ok(OwnHistory::new(&cases, &marks))
}

fn export(context: &Context, history: &OwnHistory, folder: &Path) -> Result<ExitCode> {
    history.write(folder)?;
    if context.json {
        output::object(&json!({
            "folder": folder,
            "documents": history.documents(),
            "queries": history.queries(),
            "too_late": history.too_late,
            "without_precedent": history.without_precedent,
        }));
    } else {
        output::line(&format!(
            "{} and {} that they answer are in {}; `precedent eval similar {}` measures on them",
            output::counted(history.documents() as u64, "solved case"),
            output::counted(history.queries() as u64, "case"),
            folder.display(),
            folder.display()
        ));
    }
    tell(context, history);
    Ok(ExitCode::SUCCESS)
}

fn measure(
    context: &Context,
    history: &OwnHistory,
    encoder: Option<Arc<Encoder>>,
) -> Result<ExitCode> {
    ensure!(
        history.queries() > 0,
        "there is nothing to measure on: no case has an answer that was known before it was opened ({} too late, {} without a precedent). Say what solved a case with `precedent mark CASE PRECEDENT --solved`, or resolve it as a duplicate and name the other case",
        history.too_late,
        history.without_precedent
    );
    let folder = Temporary::new();
    history.write(&folder.0)?;
    let ended = super::eval::similar(context, &folder.0, encoder)?;
    tell(context, history);
    Ok(ended)
}

/// What the figures rest on.
fn tell(context: &Context, history: &OwnHistory) {
    let queries = history.queries();
    if queries < QUERIES_ENOUGH {
        let step = 100.0 / queries.max(1) as f64;
        output::note(
            context,
            &format!(
                "{} with a known answer are too few to judge a ranking by: one more or less moves hit@1 by {step:.0} points; {QUERIES_ENOUGH} or more say something",
                output::counted(queries as u64, "case")
            ),
        );
    }
    if history.too_late > 0 {
        output::note(
            context,
            &format!(
                "{} left out: the resolution was not known yet when the case was opened",
                output::counted(history.too_late as u64, "answer")
            ),
        );
    }
    if history.without_precedent > 0 {
        output::note(
            context,
            &format!(
                "{} left out: the case that was named has no resolution",
                output::counted(history.without_precedent as u64, "answer")
            ),
        );
    }
}

/// A folder that goes when the measuring ends.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("precedent-own-{}", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
