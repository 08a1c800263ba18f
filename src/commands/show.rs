//! `precedent show`: a case in full.

use std::fmt::Write;

use anyhow::{Result, anyhow};
use serde_json::json;

use super::context::Context;
use super::output::{self, indent, shorten};
use crate::case::CaseNumber;
use crate::engine::{Suggestion, similar_request};
use crate::store::{CaseHistory, MailState, Store};

pub(super) async fn run(context: &Context, number: &str) -> Result<()> {
    let store = context.read_store().await?;
    let history = load(&*store, number).await?;
    // A case can be shown without the index; it then has no precedents.
    let request = similar_request(&history.case, 3);
    let precedents =
        super::mark::suggest(context, &store, Some(&history.case.state.number), request)
            .await
            .unwrap_or_else(|error| {
                output::note(context, &format!("no precedents: {error:#}"));
                Vec::new()
            });
    let texts = reply_texts(&*store, &history).await?;
    let marks = super::mark::about(&*store, &history.case.state.number).await?;
    let proposal = super::proposals::of_case(&*store, &history.case).await?;
    if context.json {
        let mut object = as_json(&history, &precedents, &texts);
        object["marks"] = json!(marks);
        object["proposal"] = json!(proposal);
        output::object(&object);
    } else {
        let mut text = as_text(&history, &precedents, &texts);
        super::mark::append(&mut text, &history.case.state.number, &marks);
        if let Some(proposal) = &proposal {
            super::proposals::append(&mut text, proposal);
        }
        output::line(&text);
    }
    Ok(())
}

pub(super) async fn load(store: &dyn Store, number: &str) -> Result<CaseHistory> {
    let number = CaseNumber(number.trim().to_ascii_uppercase());
    store
        .history(&number)
        .await?
        .ok_or_else(|| anyhow!("there is no case {number}; `precedent list` shows the cases"))
}

/// The plain text of each mail in a case's outbox.
pub(super) async fn reply_texts(store: &dyn Store, history: &CaseHistory) -> Result<Vec<String>> {
    let ids: Vec<_> = history.outbox.iter().map(|record| record.id).collect();
    let bytes = store.outgoing_bytes(&ids).await?;
    Ok(ids
        .iter()
        .map(|id| {
            bytes
                .get(id)
                .and_then(|bytes| {
                    crate::mail::parse(bytes, &crate::mail::ParseOptions::default()).ok()
                })
                .map(|message| message.text)
                .unwrap_or_default()
        })
        .collect())
}

fn as_json(
    history: &CaseHistory,
    precedents: &[Suggestion],
    texts: &[String],
) -> serde_json::Value {
    let mut object = super::list::summary(&history.case);
    object["facts"] = json!(history.case.state.facts);
    object["problem"] = json!(history.case.problem);
    object["mails"] = history
        .mails
        .iter()
        .map(|mail| {
            let mut object = json!({
                "mail": mail.mail,
                "received_at": mail.received_at,
                "source": mail.source,
                "origin": mail.origin,
                "size": mail.size,
            });
            if let MailState::Processed(outcome) = &mail.state {
                object["from"] = json!(outcome.from);
                object["subject"] = json!(outcome.subject);
                object["kind"] = json!(outcome.kind);
                object["message_id"] = json!(outcome.message_id);
                object["verdict"] = json!(outcome.verdict);
            }
            object
        })
        .collect();
    object["journal"] = history
        .journal
        .iter()
        .map(|event| json!({"at": event.at, "event": event.event, "mail": event.mail, "detail": event.detail}))
        .collect();
    object["outbox"] = history
        .outbox
        .iter()
        .zip(texts)
        .map(|(record, text)| {
            json!({
                "id": record.id,
                "kind": record.kind,
                "state": record.state,
                "recipient": record.recipient,
                "subject": record.subject,
                "verdict": record.verdict,
                "created_at": record.created_at,
                "text": text,
            })
        })
        .collect();
    object["precedents"] = precedents.iter().map(super::mark::as_json).collect();
    object
}

/// The whole case as text.
pub(super) fn as_text(
    history: &CaseHistory,
    precedents: &[Suggestion],
    texts: &[String],
) -> String {
    let record = &history.case;
    let state = &record.state;
    let mut out = String::new();
    let width = usize::from(output::terminal_width());
    let _ = writeln!(out, "{}  {}", state.number, state.subject);
    let _ = writeln!(
        out,
        "  {} · {} · {} · {} · from {} · {}",
        state.status.as_str(),
        state.desk,
        state.language,
        state.issue_type.as_deref().unwrap_or("no issue type"),
        if state.submitter.is_empty() {
            "nobody"
        } else {
            &state.submitter
        },
        state.opened_at.strftime("%Y-%m-%d %H:%M UTC"),
    );
    if !state.flags.is_empty() {
        let _ = writeln!(out, "  flags: {}", state.flags.join(", "));
    }
    heading(&mut out, "Problem");
    let problem: String = record
        .problem
        .lines()
        .take(14)
        .collect::<Vec<_>>()
        .join("\n");
    let _ = writeln!(out, "{}", output::paragraphs(&problem, 2));
    if record.problem.lines().count() > 14 {
        let _ = writeln!(out, "  […]");
    }
    heading(&mut out, "Facts, each with its evidence");
    let values = state
        .facts
        .fields
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    for (name, value) in values {
        let quoted = if value.evidence.quoted {
            ", quoted"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "  {name:<16} {}   [{} {}..{}, {}, {:.0} %{quoted}]",
            shorten(&value.value, width.saturating_sub(70).max(40)),
            value.evidence.part,
            value.evidence.start,
            value.evidence.end,
            value.evidence.rule,
            value.evidence.confidence * 100.0,
        );
    }
    for time in &state.facts.times {
        let meaning = match (&time.utc, &time.local) {
            (Some(utc), _) => utc.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            (None, Some(local)) => format!("{local}, zone unknown"),
            (None, None) => "ambiguous".to_owned(),
        };
        let _ = writeln!(
            out,
            "  {:<16} {} = {meaning}   [{}]",
            "time", time.text, time.evidence.part
        );
    }
    let said = &state.facts.said;
    let mut statements = Vec::new();
    match said.persists {
        Some(true) => statements.push("it persists"),
        Some(false) => statements.push("it is over"),
        None => {}
    }
    for (holds, words) in [
        (said.steps_tried, "steps tried"),
        (said.reproduction, "can be reproduced"),
        (said.goal, "goal"),
        (said.logs_attached, "logs"),
        (said.screenshot_attached, "screenshot"),
    ] {
        if holds {
            statements.push(words);
        }
    }
    if !statements.is_empty() {
        let _ = writeln!(out, "  {:<16} {}", "said", statements.join(", "));
    }
    heading(&mut out, "Missing");
    let missing = if state.missing.is_empty() {
        "nothing".to_owned()
    } else {
        state.missing.join(", ")
    };
    let _ = writeln!(out, "  {missing}");
    if let Some(resolution) = &state.resolution {
        heading(&mut out, "Resolution");
        let _ = writeln!(
            out,
            "  {} ({})",
            resolution.code.as_str(),
            resolution.resolved_at.strftime("%Y-%m-%d")
        );
        let _ = writeln!(out, "{}", output::paragraphs(&resolution.text, 2));
    }
    heading(&mut out, "Precedents: solved cases like this one");
    if precedents.is_empty() {
        let _ = writeln!(out, "  none");
    }
    for precedent in precedents {
        let _ = writeln!(out, "{}", super::mark::as_text(precedent));
    }
    heading(&mut out, "Mails");
    for mail in &history.mails {
        let what = match &mail.state {
            MailState::Processed(outcome) if !outcome.from.is_empty() => {
                format!(
                    "{} from {}: {}",
                    outcome.kind.as_str(),
                    outcome.from,
                    shorten(&outcome.subject, 60)
                )
            }
            MailState::Processed(_) => "erased".to_owned(),
            MailState::Erased => "erased".to_owned(),
            MailState::Pending { .. } => "not processed yet".to_owned(),
            MailState::Quarantined(entry) => format!("in quarantine: {}", entry.entry.detail),
        };
        let _ = writeln!(
            out,
            "  #{:<5} {}  {what}",
            mail.mail,
            mail.received_at.strftime("%Y-%m-%d %H:%M")
        );
    }
    heading(&mut out, "Journal");
    for event in &history.journal {
        let detail = if event.detail.is_null() {
            String::new()
        } else {
            shorten(&event.detail.to_string(), width.saturating_sub(40))
        };
        let _ = writeln!(
            out,
            "  {}  {:<14} {detail}",
            event.at.strftime("%Y-%m-%d %H:%M"),
            event.event
        );
    }
    for (record, text) in history.outbox.iter().zip(texts) {
        heading(
            &mut out,
            &format!(
                "Outbox #{} · {} · {} · to {} · gate: {}{}",
                record.id,
                record.kind.as_str(),
                record.state,
                record.recipient,
                super::explain::verdict_words(&record.verdict),
                // What came after the verdict.
                if record.note.is_empty() {
                    String::new()
                } else {
                    format!(" · {}", record.note)
                },
            ),
        );
        let _ = writeln!(out, "  Subject: {}\n", record.subject);
        let _ = writeln!(out, "{}", indent(text, 2));
    }
    out.trim_end().to_owned()
}

fn heading(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n{title}");
}
