//! `precedent mark`: what an engineer says of a precedent; and how that is shown.

use std::fmt::Write;
use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};
use jiff::Timestamp;
use precedent_index::SimilarRequest;
use serde_json::{Value, json};

use super::context::Context;
use super::output;
use crate::case::{CaseNumber, CaseStatus};
use crate::engine::{Identity, Suggestion, weigh, with_spare};
use crate::store::{CaseRecord, JournalEvent, Mark, MarkQuery, MarkVerdict, Store};

/// What is said, as typed.
pub(super) struct Word<'a> {
    pub(super) case: &'a str,
    pub(super) precedent: &'a str,
    pub(super) verdict: MarkVerdict,
    pub(super) note: &'a str,
    pub(super) by: Option<&'a str>,
}

pub(super) async fn run(context: &Context, word: &Word<'_>) -> Result<()> {
    let store = context.open_store_beside().await?;
    check(&*store, word.case, word.precedent, word.verdict).await?;
    let (mark, changed) = write(&*store, word).await?;
    store.close().await?;
    if context.json {
        let mut object = json!(mark);
        object["changed"] = json!(changed);
        output::object(&object);
    } else if changed {
        output::line(&format!(
            "{}: {} said of {}: {}",
            mark.case,
            mark.by,
            mark.precedent,
            mark.verdict.words()
        ));
    } else {
        output::line(&format!(
            "{}: {} had said so of {} before; nothing changed",
            mark.case, mark.by, mark.precedent
        ));
    }
    Ok(())
}

/// Writes a word that was checked. False when it had been said before.
pub(super) async fn write(store: &dyn Store, word: &Word<'_>) -> Result<(Mark, bool)> {
    let at = Timestamp::now();
    let mark = Mark {
        case: number(word.case),
        precedent: number(word.precedent),
        verdict: word.verdict,
        note: crate::extract::hide(word.note.trim(), &store.secret_key().await?),
        by: who(word.by),
        at,
    };
    let event = JournalEvent {
        case: mark.case.clone(),
        mail: None,
        at,
        event: "marked".to_owned(),
        detail: json!({
            "precedent": mark.precedent, "verdict": mark.verdict, "by": mark.by, "note": mark.note,
        }),
    };
    let changed = store.mark(&mark, &event).await?;
    Ok((mark, changed))
}

/// Refuses what cannot be meant.
pub(super) async fn check(
    store: &dyn Store,
    case: &str,
    precedent: &str,
    verdict: MarkVerdict,
) -> Result<()> {
    let (case, precedent) = (number(case), number(precedent));
    ensure!(
        case != precedent,
        "{case} cannot be a precedent for itself; name the case first and then the solved case that was shown for it"
    );
    known(store, &case).await?;
    let record = known(store, &precedent).await?;
    ensure!(
        verdict != MarkVerdict::Solved || is_precedent(&record),
        "{precedent} is {} and says nowhere what solved it, so it cannot have solved {case}; write that down first: precedent resolve {precedent} --code fixed --resolution TEXT",
        record.state.status.as_str()
    );
    Ok(())
}

fn is_precedent(record: &CaseRecord) -> bool {
    record.state.status == CaseStatus::Resolved && record.state.resolution.is_some()
}

async fn known(store: &dyn Store, number: &CaseNumber) -> Result<CaseRecord> {
    store
        .case(number)
        .await?
        .ok_or_else(|| anyhow!("there is no case {number}; `precedent list` shows the cases"))
}

fn number(text: &str) -> CaseNumber {
    CaseNumber(text.trim().to_ascii_uppercase())
}

/// Who speaks: as given, else who runs the program.
pub(super) fn who(given: Option<&str>) -> String {
    given
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(super::words::person)
}

/// Precedents for a case or a question, in the order that marks give them.
pub(super) async fn suggest(
    context: &Context,
    store: &Arc<dyn Store>,
    case: Option<&CaseNumber>,
    mut request: SimilarRequest,
) -> Result<Vec<Suggestion>> {
    let limit = request.limit;
    request.limit = with_spare(limit);
    request.concepts = context.concepts(request.desk.as_deref());
    let identity = Identity::of(&request);
    let found =
        super::reading::ask_similar(context, store, |index| index.similar(&request)).await?;
    Ok(weigh(&**store, case, &identity, found, limit).await?)
}

/// A precedent as JSON, with what engineers said.
pub(super) fn as_json(suggestion: &Suggestion) -> Value {
    let mut object = super::similar::as_json(&suggestion.precedent);
    if let Some(reasons) = object["reasons"].as_array_mut() {
        reasons.extend(suggestion.words().into_iter().map(Value::String));
    }
    object["mark"] = json!(suggestion.mark);
    object["solved_alike"] = json!(suggestion.solved_alike);
    object
}

/// A precedent in a few lines; what engineers said comes before why the index found it.
pub(super) fn as_text(suggestion: &Suggestion) -> String {
    let text = super::similar::as_text(&suggestion.precedent);
    let words = suggestion.words();
    if words.is_empty() {
        return text;
    }
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    format!(
        "{first}\n{}\n{rest}",
        output::paragraphs(&words.join("\n"), 8)
    )
}

/// Every mark that a case has to do with.
pub(super) async fn about(store: &dyn Store, number: &CaseNumber) -> Result<Vec<Mark>> {
    let mut marks = store.marks(&MarkQuery::OfCase(number.clone())).await?;
    marks.extend(
        store
            .marks(&MarkQuery::OnPrecedents(vec![number.clone()]))
            .await?,
    );
    Ok(marks)
}

/// Adds them to the text of a case.
pub(super) fn append(text: &mut String, number: &CaseNumber, marks: &[Mark]) {
    if marks.is_empty() {
        return;
    }
    text.push_str("\n\nWhat engineers said");
    for mark in marks {
        let what = match (&mark.case == number, mark.verdict) {
            (true, verdict) => format!("of {}: {}", mark.precedent, verdict.words()),
            (false, MarkVerdict::Solved) => format!("it solved {}", mark.case),
            (false, MarkVerdict::NotRelated) => format!("not related to {}", mark.case),
        };
        let note = if mark.note.is_empty() {
            String::new()
        } else {
            format!(": {}", mark.note)
        };
        let _ = write!(
            text,
            "\n  {}  {what} ({}){note}",
            mark.at.strftime("%Y-%m-%d %H:%M"),
            mark.by,
        );
    }
}
