//! `precedent explain`: why a mail was answered or not, replayed from the recorded facts.

use anyhow::{Result, anyhow};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::context::Context;
use super::output;
use crate::deliver::verdict_now;
use crate::reply::gate::Rule;
use crate::reply::{GateFacts, Verdict, VerdictKind, objections, replay};
use crate::store::{MailKey, MailRecord, MailState, OutboxRecord, Store};

pub(super) async fn run(context: &Context, key: &str) -> Result<()> {
    let store = context.read_store().await?;
    let mails = store.mails(&MailKey::parse(key)).await?;
    if mails.is_empty() {
        return Err(anyhow!(
            "there is no mail {key:?}; `precedent show CASE` lists the numbers of a case's mails"
        ));
    }
    for mail in &mails {
        explain(context, &*store, mail).await?;
    }
    Ok(())
}

/// The verdict in a few words: `withhold by auto_submitted (auto-replied)`.
pub(super) fn verdict_words(verdict: &Verdict) -> String {
    match verdict.kind {
        VerdictKind::Send => "send".to_owned(),
        kind => format!(
            "{} by {} ({})",
            kind.as_str(),
            verdict.rule,
            output::shorten(&verdict.detail, 80)
        ),
    }
}

async fn explain(context: &Context, store: &dyn Store, mail: &MailRecord) -> Result<()> {
    let answers: Vec<OutboxRecord> = match &mail.state {
        MailState::Processed(outcome) => match &outcome.case {
            Some(case) => store
                .history(case)
                .await?
                .map(|history| history.outbox)
                .unwrap_or_default()
                .into_iter()
                .filter(|record| record.mail == Some(mail.mail))
                .collect(),
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    if context.json {
        output::object(&as_json(mail, &answers));
        return Ok(());
    }
    output::line(&format!(
        "mail #{} ({}, {} bytes)",
        mail.mail, mail.origin, mail.size
    ));
    match &mail.state {
        MailState::Pending { attempts } => {
            output::line(&format!("  not processed yet; begun {attempts} times"));
        }
        MailState::Quarantined(entry) => {
            output::line(&format!(
                "  in quarantine: {} ({})",
                entry.entry.code, entry.entry.detail
            ));
        }
        MailState::Erased => output::line("  erased: its hash is all that is left"),
        MailState::Processed(outcome) => {
            output::line(&format!(
                "  kind: {} because of {} ({})",
                outcome.kind.as_str(),
                outcome.kind_reason.code,
                output::shorten(&outcome.kind_reason.detail, 80)
            ));
            let analysis: Value = serde_json::from_str(&outcome.analysis).unwrap_or_default();
            if let Some(action) = analysis.get("action").and_then(Value::as_str) {
                output::line(&format!("  action: {action}"));
            }
            match &outcome.case {
                Some(case) => output::line(&format!("  case: {case}")),
                None => output::line("  case: none"),
            }
            match &outcome.verdict {
                Some(verdict) => {
                    output::line(&format!("  gate: {}", verdict_words(verdict)));
                    if let Some(facts) = analysis.get("gate_facts") {
                        print_replay(&facts.to_string(), verdict);
                    }
                }
                None => output::line("  gate: not asked, because nothing was to be sent"),
            }
        }
    }
    for answer in &answers {
        if answer.gate_facts.is_empty() {
            output::line("    the answer was erased");
            continue;
        }
        print_replay(&answer.gate_facts, &answer.verdict);
        if let Some(now) = verdict_now(store, answer, Timestamp::now()).await? {
            output::line(&format!(
                "    {}; if it were delivered now: {}",
                answer.state,
                verdict_words(&now)
            ));
        }
    }
    Ok(())
}

/// The recorded verdict beside the one that the recorded facts give now, and every rule that objects.
fn print_replay(facts: &str, recorded: &Verdict) {
    let replayed = replay(facts);
    let same = if replayed == *recorded {
        "the same"
    } else {
        "DIFFERENT"
    };
    output::line(&format!("    recorded: {}", verdict_words(recorded)));
    output::line(&format!(
        "    replayed from the recorded facts: {} ({same})",
        verdict_words(&replayed)
    ));
    if let Ok(facts) = serde_json::from_str::<GateFacts>(facts) {
        for (rule, detail) in objections(&facts) {
            output::line(&format!(
                "    {}: {} ({detail})",
                rule.as_str(),
                rule.meaning()
            ));
        }
    }
    if replayed.rule == Rule::Mode.as_str() {
        output::line(&format!(
            "    {}: {} ({})",
            replayed.rule,
            Rule::Mode.meaning(),
            replayed.detail
        ));
    }
}

fn as_json(mail: &MailRecord, answers: &[OutboxRecord]) -> Value {
    let mut object = json!({
        "mail": mail.mail,
        "origin": mail.origin,
        "size": mail.size,
        "received_at": mail.received_at,
    });
    match &mail.state {
        MailState::Pending { attempts } => {
            object["state"] = json!("pending");
            object["attempts"] = json!(attempts);
        }
        MailState::Quarantined(entry) => {
            object["state"] = json!("quarantined");
            object["code"] = json!(entry.entry.code);
            object["detail"] = json!(entry.entry.detail);
        }
        MailState::Erased => object["state"] = json!("erased"),
        MailState::Processed(outcome) => {
            object["state"] = json!("processed");
            object["kind"] = json!(outcome.kind);
            object["kind_reason"] = json!(outcome.kind_reason);
            object["case"] = json!(outcome.case);
            object["verdict"] = json!(outcome.verdict);
            object["analysis"] = serde_json::from_str(&outcome.analysis).unwrap_or_default();
        }
    }
    object["answers"] = answers
        .iter()
        .map(|answer| {
            json!({
                "outbox": answer.id,
                "kind": answer.kind,
                "state": answer.state,
                "recipient": answer.recipient,
                "verdict": answer.verdict,
                "replayed": replay(&answer.gate_facts),
                "facts": serde_json::from_str::<Value>(&answer.gate_facts).unwrap_or_default(),
            })
        })
        .collect();
    object
}
