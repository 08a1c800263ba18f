//! Labels beside mails, compared key by key with what was found.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Scores;
use crate::triage::FLAGS;

/// A mail with its label.
pub struct LabelledMail {
    /// The mail's file.
    pub path: PathBuf,
    /// The label.
    pub label: Value,
    /// Message-ID of the mail, without angle brackets.
    pub message_id: Option<String>,
}

impl LabelledMail {
    /// True for a mail that only measures: nobody writes a rule from it.
    #[must_use]
    pub fn held_out(&self) -> bool {
        self.label.get("held_out").and_then(Value::as_bool) == Some(true)
    }
}

/// `NAME.eml` has its label in `NAME.label.json`.
#[must_use]
pub fn label_path(mail: &Path) -> PathBuf {
    mail.with_extension("label.json")
}

/// All mails of a folder that have a label, sorted by name.
///
/// # Errors
/// When the folder cannot be read, or a label is not JSON (with its place).
pub fn labelled_mails(folder: &Path) -> anyhow::Result<Vec<LabelledMail>> {
    use anyhow::Context;

    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .filter(|path| label_path(path).exists())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let label = label_path(&path);
            let text =
                std::fs::read_to_string(&label).with_context(|| label.display().to_string())?;
            let label = serde_json::from_str(&text).with_context(|| label.display().to_string())?;
            let raw = std::fs::read(&path).with_context(|| path.display().to_string())?;
            let message_id = crate::mail::parse(&raw, &crate::mail::ParseOptions::default())
                .ok()
                .and_then(|message| message.message_id);
            Ok(LabelledMail {
                path,
                label,
                message_id,
            })
        })
        .collect()
}

/// Places of the mails that a mail follows, oldest first, itself last.
#[must_use]
pub fn thread_of(mails: &[LabelledMail], place: usize) -> Vec<usize> {
    let by_id: HashMap<&str, usize> = mails
        .iter()
        .enumerate()
        .filter_map(|(place, mail)| Some((mail.message_id.as_deref()?, place)))
        .collect();
    let mut thread = vec![place];
    while let Some(earlier) = mails[thread[0]]
        .label
        .get("follow_up_to")
        .and_then(Value::as_str)
        .and_then(|id| by_id.get(id.trim_matches(['<', '>'])))
        .filter(|earlier| !thread.contains(earlier))
    {
        thread.insert(0, *earlier);
    }
    thread
}

/// Compares one mail's label with the object that `inspect --json` prints for it.
pub fn compare(scores: &mut Scores, name: &str, label: &Value, found: &Value) {
    scores.mails += 1;
    scores.judgement(name, "kind", &word(label, "kind"), &word(found, "kind"));
    if word(label, "kind") != "human" {
        // Automatic mail yields nothing; what counts is that nobody answers it.
        if found.pointer("/verdict/kind").and_then(Value::as_str) == Some("send") {
            scores.automatic_answered += 1;
            scores
                .differences
                .push(format!("{name}: an automatic mail would be answered"));
        }
        scores.judgement(
            name,
            "action",
            &word(label, "action"),
            &word(found, "action"),
        );
        return;
    }
    for key in [
        "language",
        "profile",
        "api_type",
        "issue_type",
        "urgent_criterion",
        "partner_status",
        "action",
        "questions",
    ] {
        if label.get(key).is_some() {
            scores.judgement(name, key, &word(label, key), &word(found, key));
        }
    }
    for (key, expected) in label
        .get("said")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let found = found
            .pointer(&format!("/said/{key}"))
            .unwrap_or(&Value::Null);
        scores.judgement(
            name,
            &format!("said.{key}"),
            &expected.to_string(),
            &found.to_string(),
        );
    }
    for key in ["missing", "may_ask"] {
        if label.get(key).is_none() {
            continue;
        }
        let [mut expected, mut found] = [strings(label, key), strings(found, key)];
        expected.sort();
        found.sort();
        scores.judgement(name, key, &expected.join(" "), &found.join(" "));
    }

    let empty = serde_json::Map::new();
    let expected_fields = label
        .get("fields")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let found_fields = found
        .get("fields")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut keys: Vec<&String> = expected_fields.keys().collect();
    keys.extend(
        found_fields
            .keys()
            .filter(|key| !expected_fields.contains_key(*key)),
    );
    for key in keys {
        if !comparable(key) {
            continue;
        }
        let expected = values(expected_fields.get(key), key);
        let found = values(found_fields.get(key), key);
        scores.values(name, key, &expected, &found);
    }
    scores.values(name, "times", &times(label), &times(found));
    scores.values(
        name,
        "secrets",
        &distinct(strings(label, "secrets")),
        &distinct(secret_kinds(found)),
    );
    let (expected, found_flags) = (strings(label, "flags"), strings(found, "flags"));
    for flag in FLAGS {
        let pick = |flags: &[String]| -> Vec<String> {
            flags
                .iter()
                .filter(|other| *other == flag)
                .cloned()
                .collect()
        };
        scores.values(
            name,
            &format!("flag:{flag}"),
            &pick(&expected),
            &pick(&found_flags),
        );
    }
    for distractor in strings(label, "distractors") {
        let taken = found_fields.iter().any(|(key, taken)| {
            comparable(key)
                && values(Some(taken), "").contains(&distractor)
                && !values(expected_fields.get(key), "").contains(&distractor)
        });
        if taken {
            scores.distractors_taken += 1;
            scores
                .differences
                .push(format!("{name}: distractor {distractor:?} was taken"));
        }
    }
}

/// Fields that the labels know; others are between the stages.
fn comparable(key: &str) -> bool {
    !key.starts_with("stated_") && key != "api_type" && key != "partner_status"
}

fn word(object: &Value, key: &str) -> String {
    match object.get(key) {
        None | Some(Value::Null) => "null".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn strings(object: &Value, key: &str) -> Vec<String> {
    object
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn secret_kinds(found: &Value) -> Vec<String> {
    found
        .get("secrets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|secret| secret.as_str().or_else(|| secret.get("kind")?.as_str()))
        .map(str::to_owned)
        .collect()
}

fn distinct(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

/// Values of a field; free text is compared without regard to spaces, case and final punctuation.
fn values(list: Option<&Value>, key: &str) -> Vec<String> {
    let free_text = matches!(key, "error_message" | "environment");
    distinct(
        list.and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|value| {
                if free_text {
                    value
                        .split_whitespace()
                        .collect::<Vec<_>>()
                        .join(" ")
                        .trim_end_matches(['.', '。', '!', ' '])
                        .to_lowercase()
                } else {
                    value.to_owned()
                }
            })
            .collect(),
    )
}

/// Times, right to the minute in UTC; those without a zone by whether one was given.
fn times(object: &Value) -> Vec<String> {
    distinct(
        object
            .get("times")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|time| match time.get("utc").and_then(Value::as_str) {
                Some(utc) => utc.chars().take(16).collect(),
                None => format!(
                    "no zone: {}",
                    time.get("text").and_then(Value::as_str).unwrap_or_default()
                ),
            })
            .collect(),
    )
}
