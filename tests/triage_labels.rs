//! The judgements on the sample mails, fed with the facts of their labels: what is wrong here is
//! wrong in the judgements, not in the extraction.
//!
//! `PRECEDENT_TRIAGE_DIFF=1 cargo test --test triage_labels -- --nocapture` prints every difference.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use precedent::case::{
    CaseNumber, CaseState, CaseStatus, Evidence, FieldValue, PartId, TimeMention,
};
use precedent::extract::{Extraction, LanguageGuess};
use precedent::mail::{Message, ParseOptions};
use precedent::profile::Profile;
use precedent::triage::{Assessment, Assessor, FLAGS};
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

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .map(|list| {
            list.iter()
                .map(|one| one.as_str().unwrap().to_owned())
                .collect()
        })
        .unwrap_or_default()
}

/// Judgement to (right, all), for the samples that rules were tuned on and those set apart.
type Scores = BTreeMap<String, [(u32, u32); 2]>;

fn compare(sample: &Sample, found: &Assessment, scores: &mut Scores, show: bool) {
    let label = &sample.label;
    let number: u32 = sample.name[..3].parse().unwrap_or_default();
    let apart = usize::from(number.is_multiple_of(3));
    let mut score = |judgement: &str, wanted: String, actual: String| {
        let cell = &mut scores.entry(judgement.to_owned()).or_default()[apart];
        cell.1 += 1;
        if wanted == actual {
            cell.0 += 1;
        } else if show && (apart == 0 || std::env::var_os("PRECEDENT_TRIAGE_APART").is_some()) {
            println!(
                "{}: {judgement}: wanted {wanted}, found {actual}",
                sample.name
            );
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    score(
        "issue_type",
        text(&label["issue_type"]),
        or_none(&found.issue_type),
    );
    score(
        "action",
        text(&label["action"]),
        found.action.as_str().to_owned(),
    );
    score(
        "questions",
        label["questions"].to_string(),
        found.questions.to_string(),
    );
    score(
        "urgent_criterion",
        text(&label["urgent_criterion"]),
        or_none(&found.urgent_criterion),
    );
    score(
        "partner_status",
        text(&label["partner_status"]),
        or_none(&found.partner_status),
    );
    let sorted = |list: Vec<String>| {
        let set: BTreeSet<String> = list.into_iter().collect();
        set.into_iter().collect::<Vec<_>>().join(" ")
    };
    score(
        "missing",
        sorted(strings(&label["missing"])),
        sorted(found.missing.clone()),
    );
    score(
        "may_ask",
        sorted(strings(&label["may_ask"])),
        sorted(found.may_ask.clone()),
    );
    let wanted: BTreeSet<String> = strings(&label["flags"]).into_iter().collect();
    let actual: BTreeSet<String> = found.flags.iter().cloned().collect();
    for flag in FLAGS {
        score(
            &format!("flag.{flag}"),
            wanted.contains(flag).to_string(),
            actual.contains(flag).to_string(),
        );
    }
    let said = &label["said"];
    let persists = said["persists"]
        .as_bool()
        .map_or("-".to_owned(), |one| one.to_string());
    score(
        "said.persists",
        persists,
        found
            .said
            .persists
            .map_or("-".to_owned(), |one| one.to_string()),
    );
    for (name, actual) in [
        ("steps_tried", found.said.steps_tried),
        ("reproduction", found.said.reproduction),
        ("goal", found.said.goal),
        ("logs_attached", found.said.logs_attached),
        ("screenshot_attached", found.said.screenshot_attached),
    ] {
        let wanted = said[name].as_bool().unwrap_or_default();
        score(
            &format!("said.{name}"),
            wanted.to_string(),
            actual.to_string(),
        );
    }
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
    let mut scores = Scores::new();
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
        compare(sample, &found, &mut scores, show);
        if std::env::var("PRECEDENT_TRIAGE_WHY").is_ok_and(|name| sample.name.starts_with(&name)) {
            for reason in assessor.reasons(&sample.message) {
                println!("WHY {reason:?}");
            }
        }
    }
    let mut weak = Vec::new();
    for (judgement, cells) in &scores {
        let part = |(right, all): (u32, u32)| f64::from(right) / f64::from(all.max(1));
        println!("{judgement:32} {:.3} {:.3}", part(cells[0]), part(cells[1]));
        if part(cells[0]).min(part(cells[1])) < WANTED {
            weak.push(judgement.clone());
        }
    }
    println!("{} mails", samples.len());
    assert!(weak.is_empty(), "below {WANTED}: {weak:?}");
}

/// Least accuracy of every judgement on either part.
const WANTED: f64 = 0.85;
