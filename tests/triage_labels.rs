//! The judgements on the sample mails, fed with the facts of their labels: what is wrong here is
//! wrong in the judgements, not in the extraction.
//!
//! `PRECEDENT_TRIAGE_DIFF=1 cargo test --test triage_labels -- --nocapture` prints every difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use precedent::case::{
    CaseNumber, CaseState, CaseStatus, Evidence, FieldValue, PartId, TimeMention,
};
use precedent::eval::{Scores, compare};
use precedent::extract::{Extraction, LanguageGuess};
use precedent::mail::{Message, ParseOptions};
use precedent::profile::Profile;
use precedent::triage::{Assessment, Assessor};
use serde_json::Value;

struct Sample {
    name: String,
    message: Message,
    label: Value,
}

fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/inbox");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    paths.sort();
    let options = ParseOptions {
        trusted_authserv_ids: Vec::new(),
        own_addresses: [
            "sp-api-support@desk.example",
            "ordering-escalations@desk.example",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    paths
        .into_iter()
        .filter_map(|path| {
            let label = std::fs::read_to_string(path.with_extension("label.json")).ok()?;
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let message = precedent::mail::parse(&std::fs::read(&path).unwrap(), &options).ok()?;
            Some(Sample {
                name,
                message,
                label: serde_json::from_str(&label).unwrap(),
            })
        })
        // Held-out mails only measure: nobody tunes on them.
        .filter(|sample| sample.label["held_out"].as_bool() != Some(true))
        .collect()
}

fn evidence() -> Evidence {
    Evidence {
        part: PartId::Derived,
        start: 0,
        end: 0,
        rule: "label".to_owned(),
        confidence: 1.0,
        quoted: false,
    }
}

/// What a perfect extraction would give.
fn extraction(label: &Value) -> Extraction {
    let mut extraction = Extraction::default();
    let mut add = |field: &str, value: &str| {
        extraction
            .fields
            .entry(field.to_owned())
            .or_default()
            .push(FieldValue {
                value: value.to_owned(),
                evidence: evidence(),
            });
    };
    for (field, values) in label["fields"].as_object().into_iter().flatten() {
        for value in values.as_array().into_iter().flatten() {
            add(field, value.as_str().unwrap());
        }
    }
    if let Some(api_type) = label["api_type"].as_str() {
        add("api_type", api_type);
    }
    for time in label["times"].as_array().into_iter().flatten() {
        extraction.times.push(TimeMention {
            text: time["text"].as_str().unwrap().to_owned(),
            utc: time["utc"].as_str().map(|utc| utc.parse().unwrap()),
            zone_given: time["zone_given"].as_bool().unwrap(),
            local: None,
            evidence: evidence(),
        });
    }
    extraction.language = label["language"].as_str().map(|language| LanguageGuess {
        language: language.to_owned(),
        confidence: 1.0,
        alternative: None,
    });
    extraction
}

fn case_after(assessment: &Assessment, message: &Message) -> CaseState {
    let at = message.date.unwrap_or_default();
    CaseState {
        number: CaseNumber("SP-1".to_owned()),
        desk: "desk".to_owned(),
        status: CaseStatus::Waiting,
        subject: message.subject.clone(),
        submitter: message.author().to_owned(),
        participants: vec![message.author().to_owned()],
        language: assessment.language.clone(),
        issue_type: assessment.issue_type.clone(),
        facts: assessment.facts.clone(),
        missing: assessment.missing.clone(),
        flags: assessment.flags.clone(),
        asked: assessment.missing.clone(),
        requests: 1,
        opened_at: at,
        updated_at: at,
        resolution: None,
    }
}

/// What `inspect --json` would print for the mail: what its label says, with the judgements that were found.
fn found_in(label: &Value, found: &Assessment) -> Value {
    let Value::Object(mut merged) = label.clone() else {
        panic!("a label is an object");
    };
    let Value::Object(judgements) = serde_json::to_value(found).unwrap() else {
        panic!("an assessment is an object");
    };
    // Facts come from the label, so they are no judgements.
    let given = ["facts", "language"];
    merged.extend(
        judgements
            .into_iter()
            .filter(|(key, _)| !given.contains(&key.as_str())),
    );
    Value::Object(merged)
}

#[test]
fn judgements_agree_with_the_labels() {
    let assessors: BTreeMap<&str, Assessor> = Profile::builtin_names()
        .iter()
        .map(|name| {
            (
                *name,
                Assessor::new(Profile::builtin(name).unwrap()).unwrap(),
            )
        })
        .collect();
    let show = std::env::var_os("PRECEDENT_TRIAGE_DIFF").is_some();
    let samples = samples();
    // The samples that rules were tuned on and those set apart.
    let mut scores = [Scores::default(), Scores::default()];
    for sample in &samples {
        let profile = sample.label["profile"].as_str().unwrap_or("generic");
        let assessor = &assessors[profile];
        let first = sample.label["follow_up_to"].as_str().and_then(|id| {
            samples
                .iter()
                .find(|other| other.message.message_id.as_deref() == Some(id))
        });
        let facts_of = |sample: &Sample| {
            if std::env::var_os("PRECEDENT_TRIAGE_REAL").is_none() {
                return extraction(&sample.label);
            }
            let profile = Profile::builtin(profile).unwrap();
            let extractor = precedent::extract::Extractor::new(profile).unwrap();
            let context = precedent::extract::ExtractContext {
                received: sample.message.date.unwrap_or_default(),
                fingerprint_key: &[0; 32],
            };
            extractor.extract(&sample.message, &context)
        };
        let prior = first.map(|first| {
            let assessment = assessor.assess(&first.message, &facts_of(first), None);
            case_after(&assessment, &first.message)
        });
        let mut facts = facts_of(sample);
        if prior.is_some() {
            // Of a follow-up the label gives the type of the case, not what this mail says.
            facts.fields.remove("api_type");
        }
        let found = assessor.assess(&sample.message, &facts, prior.as_ref());
        let number: u32 = sample.name[..3].parse().unwrap_or_default();
        let part = usize::from(number.is_multiple_of(3));
        let found = found_in(&sample.label, &found);
        compare(&mut scores[part], &sample.name, &sample.label, &found);
        if std::env::var("PRECEDENT_TRIAGE_WHY").is_ok_and(|name| sample.name.starts_with(&name)) {
            for reason in assessor.reasons(&sample.message, &facts) {
                println!("WHY {reason:?}");
            }
        }
    }
    let mut weak = Vec::new();
    for (part, scores) in scores.iter().enumerate() {
        let judgements = scores
            .judgements
            .iter()
            .map(|(name, counts)| (name, *counts));
        let values = scores.values.iter().map(|(name, counts)| {
            let wrong = counts.wrong + counts.missed;
            (name, (scores.mails.saturating_sub(wrong), scores.mails))
        });
        for (name, (right, all)) in judgements.chain(values) {
            let share = f64::from(right) / f64::from(all.max(1));
            println!("part {part} {name:32} {share:.3}");
            if share < WANTED {
                weak.push(format!("{name} of part {part}"));
            }
        }
        if show && (part == 0 || std::env::var_os("PRECEDENT_TRIAGE_APART").is_some()) {
            println!("{}", scores.differences.join("\n"));
        }
    }
    println!("{} mails", samples.len());
    assert!(weak.is_empty(), "below {WANTED}: {weak:?}");
}

/// Least accuracy of every judgement on either part.
const WANTED: f64 = 0.8;
