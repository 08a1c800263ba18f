//! What was found, as JSON with the keys of the label format (docs/labels.md).

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Analysis;
use super::alone::Alone;
use crate::mail::ZoneKind;
use crate::reply::GateFacts;
use crate::triage::Assessment;

/// Everything about one mail, as `inspect --json` prints it.
#[must_use]
pub fn inspect_object(file: &str, analysis: &Analysis, alone: &Alone) -> Value {
    let mut object = judgement_keys(analysis, &alone.assessment);
    object.insert("file".to_owned(), json!(file));
    object.insert("subject".to_owned(), json!(analysis.subject()));
    object.insert("text".to_owned(), text_zones(analysis));
    object.insert("known".to_owned(), known(&alone.assessment.facts));
    object.insert("verdict".to_owned(), json!(alone.verdict));
    object.insert(
        "reply".to_owned(),
        json!(alone.reply.as_ref().map(|reply| json!({
            "recipient": reply.recipient,
            "subject": reply.subject,
            "text": reply.text,
        }))),
    );
    object.insert(
        "attachments".to_owned(),
        analysis
            .message
            .attachments
            .iter()
            .map(|attachment| {
                json!({
                    "name": attachment.name,
                    "media_type": attachment.media_type,
                    "size": attachment.size,
                    "role": attachment.role,
                    "read": attachment.text.is_some(),
                })
            })
            .collect(),
    );
    object.insert(
        "authentication".to_owned(),
        json!(analysis.message.authentication),
    );
    object.insert("bounce".to_owned(), json!(analysis.message.bounce));
    object.insert("defects".to_owned(), json!(analysis.message.defects));
    Value::Object(object)
}

/// What is known of the case after the mail: values without their evidence, times with the zone that a
/// later mail may have told.
fn known(facts: &crate::case::Facts) -> Value {
    let fields: Map<String, Value> = facts
        .fields
        .iter()
        .map(|(name, values)| {
            let values: Vec<&str> = values
                .iter()
                .filter(|value| !value.evidence.quoted)
                .map(|value| value.value.as_str())
                .collect();
            (name.clone(), json!(values))
        })
        .collect();
    let times: Vec<Value> = facts
        .times
        .iter()
        .map(|time| json!({"text": time.text, "utc": time.utc, "zone_given": time.zone_given}))
        .collect();
    json!({"fields": fields, "times": times, "said": facts.said})
}

/// What is kept of a mail in the store besides its fields, for `explain`: the judgement, what was
/// refused, and the gate's facts where no row of the outbox has them.
#[derive(Serialize)]
struct StoredAnalysis<'a> {
    action: crate::triage::Action,
    issue_type: &'a Option<String>,
    issue_type_also: &'a [String],
    issue_type_confidence: f32,
    said: &'a crate::case::Said,
    flags: &'a [String],
    questions: u32,
    urgent_criterion: &'a Option<String>,
    partner_status: &'a Option<String>,
    missing: &'a [String],
    may_ask: &'a [String],
    route: &'a Option<String>,
    times: &'a [crate::case::TimeMention],
    refused: &'a [crate::extract::Refused],
    secrets: &'a [crate::extract::Secret],
    defects: &'a [crate::mail::Defect],
    #[serde(skip_serializing_if = "Option::is_none")]
    gate_facts: Option<&'a GateFacts>,
}

/// See [`StoredAnalysis`]; as JSON text.
#[must_use]
pub fn stored_analysis(
    analysis: &Analysis,
    assessment: &Assessment,
    gate_facts: Option<&GateFacts>,
) -> String {
    serde_json::to_string(&StoredAnalysis {
        action: assessment.action,
        issue_type: &assessment.issue_type,
        issue_type_also: &assessment.issue_type_also,
        issue_type_confidence: assessment.issue_type_confidence,
        said: &assessment.said,
        flags: &assessment.flags,
        questions: assessment.questions,
        urgent_criterion: &assessment.urgent_criterion,
        partner_status: &assessment.partner_status,
        missing: &assessment.missing,
        may_ask: &assessment.may_ask,
        route: &assessment.route,
        times: &analysis.extraction.times,
        refused: &analysis.extraction.refused,
        secrets: &analysis.extraction.secrets,
        defects: &analysis.message.defects,
        gate_facts,
    })
    .unwrap_or_default()
}

fn judgement_keys(analysis: &Analysis, assessment: &Assessment) -> Map<String, Value> {
    let message = &analysis.message;
    let extraction = &analysis.extraction;
    let mut fields = Map::new();
    let mut evidence = Map::new();
    let mut api_type = Value::Null;
    for (name, values) in &extraction.fields {
        let mut plain: Vec<&str> = Vec::new();
        for value in values.iter().filter(|value| !value.evidence.quoted) {
            if !plain.contains(&value.value.as_str()) {
                plain.push(&value.value);
            }
        }
        evidence.insert(
            name.clone(),
            values
                .iter()
                .map(|value| {
                    let mut entry = json!(value.evidence);
                    entry["value"] = json!(value.value);
                    entry
                })
                .collect(),
        );
        if !plain.is_empty() {
            fields.insert(name.clone(), json!(plain));
        }
    }
    // The API type of a case is what its mails say together.
    if let Some(known) = assessment
        .facts
        .fields
        .get("api_type")
        .and_then(|values| values.last())
    {
        api_type = json!(known.value);
    }
    fields.remove("api_type");
    let human = message.kind == crate::mail::MailKind::Human;
    let entries = [
        ("kind", json!(message.kind)),
        ("kind_reason", json!(message.kind_reason)),
        (
            "language",
            // A few words of a follow-up are in the language of its case.
            json!(
                extraction
                    .language
                    .as_ref()
                    .map(|guess| &guess.language)
                    .or_else(|| {
                        let known = assessment.flags.iter().any(|flag| flag == "follow_up");
                        known.then_some(&assessment.language)
                    })
            ),
        ),
        ("profile", json!(analysis.desk_profile)),
        ("desk", json!(analysis.desk)),
        ("api_type", api_type),
        ("issue_type", json!(assessment.issue_type)),
        ("issue_type_also", json!(assessment.issue_type_also)),
        (
            "issue_type_confidence",
            json!(assessment.issue_type_confidence),
        ),
        (
            "fields",
            Value::Object(if human { fields } else { Map::new() }),
        ),
        (
            "times",
            extraction
                .times
                .iter()
                .map(|time| {
                    json!({
                        "text": time.text,
                        "utc": time.utc,
                        "zone_given": time.zone_given,
                        "local": time.local,
                        "evidence": time.evidence,
                    })
                })
                .collect(),
        ),
        ("said", json!(assessment.said)),
        ("flags", json!(assessment.flags)),
        ("questions", json!(assessment.questions)),
        ("urgent_criterion", json!(assessment.urgent_criterion)),
        ("partner_status", json!(assessment.partner_status)),
        ("missing", json!(assessment.missing)),
        ("may_ask", json!(assessment.may_ask)),
        ("secrets", json!(analysis.secret_kinds())),
        ("action", json!(assessment.action)),
        ("route", json!(assessment.route)),
        ("evidence", Value::Object(evidence)),
        ("refused", json!(extraction.refused)),
        ("secret_evidence", json!(extraction.secrets)),
        ("language_confidence", json!(extraction.language)),
        ("answered", json!(extraction.answered)),
        ("contradictions", json!(assessment.contradictions)),
    ];
    entries
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// New text, quoted text and signature, each joined, with secrets replaced.
fn text_zones(analysis: &Analysis) -> Value {
    let message = &analysis.message;
    let secrets = analysis.body_secrets();
    // What is told as new is not told again.
    let new = message.new_zones();
    let joined = |kinds: &[ZoneKind]| {
        let mut text = String::new();
        for (zone, _) in message
            .zones
            .iter()
            .zip(&new)
            .filter(|(zone, new)| !**new && kinds.contains(&zone.kind))
        {
            text.push_str(&crate::extract::redact_range(
                &message.text,
                zone.range.clone(),
                &secrets,
            ));
        }
        text.trim().to_owned()
    };
    json!({
        "new": if secrets.is_empty() { message.new_text() } else { analysis.problem().to_owned() },
        "quoted": joined(&[ZoneKind::Quoted, ZoneKind::Forwarded]),
        "signature": joined(&[ZoneKind::Signature, ZoneKind::SignOff, ZoneKind::Disclaimer]),
    })
}
