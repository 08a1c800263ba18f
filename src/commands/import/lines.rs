//! Solved cases as JSON Lines.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::output;
use crate::case::{Facts, FieldValue, Resolution, ResolutionCode};
use crate::engine::Engine;
use crate::profile::{Profile, nearest};
use crate::store::{ImportChange, SolvedCase, Store};
use crate::triage::PARTNER_STATUS;

/// Cases written in one transaction.
const BATCH: usize = 500;

/// One line of the format. Unknown keys are refused, so that none is silently lost.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    desk: Option<String>,
    #[serde(default)]
    language: Option<String>,
    subject: String,
    text: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    opened: Option<Timestamp>,
    #[serde(default)]
    resolved: Option<Timestamp>,
    #[serde(default)]
    issue_type: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    flags: Vec<String>,
    resolution: String,
    #[serde(default)]
    resolution_code: Option<String>,
}

/// What an import did.
#[derive(Debug, Default)]
pub(in crate::commands) struct Imported {
    pub(in crate::commands) added: u64,
    pub(in crate::commands) updated: u64,
    pub(in crate::commands) unchanged: u64,
    pub(in crate::commands) problems: Vec<String>,
}

pub(super) async fn run(context: &Context, file: &Path) -> Result<ExitCode> {
    let reader: Box<dyn BufRead + Send> = if file.as_os_str() == "-" {
        Box::new(std::io::BufReader::new(std::io::stdin()))
    } else {
        let opened = std::fs::File::open(file).with_context(|| file.display().to_string())?;
        Box::new(std::io::BufReader::new(opened))
    };
    let store = context.open_store_beside().await?;
    let engine = context
        .engine(Arc::clone(&store), crate::engine::Clock::System)
        .await?;
    let done = import(&engine, &*store, reader, &file.display().to_string()).await?;
    context.index_changes(Arc::clone(&store)).await?;
    store.close().await?;
    if context.json {
        output::object(&json!({
            "added": done.added, "updated": done.updated, "unchanged": done.unchanged, "problems": done.problems,
        }));
    } else {
        output::line(&format!(
            "{} solved cases added, {} updated, {} known before",
            done.added, done.updated, done.unchanged
        ));
    }
    super::tell_problems(context, &done.problems);
    if done.added + done.updated + done.unchanged == 0 && !done.problems.is_empty() {
        output::note(
            context,
            "hint: an import reads one JSON object a line, as `docs/operations.md` shows",
        );
    }
    Ok(if done.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Reads and writes all lines; a wrong line costs itself only.
pub(in crate::commands) async fn import(
    engine: &Engine,
    store: &dyn Store,
    reader: impl BufRead,
    name: &str,
) -> Result<Imported> {
    let mut done = Imported::default();
    let mut batch = Vec::new();
    for (place, line) in reader.split(b'\n').enumerate() {
        let line = line.with_context(|| name.to_owned())?;
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        match solved_case(engine, line) {
            Ok(case) => batch.push(case),
            Err(problem) => done
                .problems
                .push(format!("{name}:{}: {problem}", place + 1)),
        }
        if batch.len() == BATCH {
            write(store, &mut batch, &mut done).await?;
        }
    }
    write(store, &mut batch, &mut done).await?;
    Ok(done)
}

async fn write(store: &dyn Store, batch: &mut Vec<SolvedCase>, done: &mut Imported) -> Result<()> {
    for imported in store.import(batch).await? {
        match imported.change {
            ImportChange::Added => done.added += 1,
            ImportChange::Updated => done.updated += 1,
            ImportChange::Unchanged => done.unchanged += 1,
        }
    }
    batch.clear();
    Ok(())
}

fn solved_case(engine: &Engine, line: &[u8]) -> Result<SolvedCase, String> {
    let read: Line = serde_json::from_slice(line).map_err(|error| wrong_line(line, &error))?;
    let desk = super::desk(engine, read.desk.as_deref())?;
    if read.resolution.trim().is_empty() {
        return Err("the resolution is empty: what solved the case?".to_owned());
    }
    check(&read, &desk.profile)?;
    let code = match &read.resolution_code {
        None => ResolutionCode::Fixed,
        Some(word) => {
            super::super::words::resolution_code(word).map_err(|error| error.to_string())?
        }
    };
    // What was written years ago may hold secrets all the same: the same door as for mail.
    let hide = |text: &str| crate::extract::hide(text, &engine.key);
    let mut facts = Facts::default();
    for (name, values) in read.fields {
        let values = values
            .into_iter()
            .map(|value| FieldValue::imported(hide(&value)))
            .collect();
        facts.fields.insert(name, values);
    }
    let opened_at = read
        .opened
        .or(read.resolved)
        .unwrap_or(Timestamp::UNIX_EPOCH);
    let external = read.number.unwrap_or_else(|| {
        let hash = blake3::hash(format!("{}\n{}", read.subject, read.text).as_bytes()).to_hex();
        format!("content:{}", &hash[..24])
    });
    Ok(SolvedCase {
        prefix: format!("{}I", desk.profile.case_prefix),
        desk: desk.name.clone(),
        external,
        subject: hide(&read.subject),
        problem: hide(&read.text),
        submitter: read.from.to_lowercase(),
        language: read
            .language
            .unwrap_or_else(|| desk.profile.default_language.clone()),
        issue_type: read.issue_type,
        facts,
        flags: read.flags,
        opened_at,
        resolution: Some(Resolution {
            code,
            text: hide(&read.resolution),
            resolved_at: read.resolved.unwrap_or(opened_at),
        }),
        updated_at: read.resolved.unwrap_or(opened_at),
    })
}

/// What is wrong with a line, and at which key where it is JSON.
fn wrong_line(line: &[u8], error: &serde_json::Error) -> String {
    let read: Option<Value> = serde_json::from_slice(line).ok();
    match read {
        None => super::not_json(error),
        Some(Value::Object(keys)) => match wrong_key(keys) {
            Some(key) => format!("at `{key}`: {}", super::what_is_wrong(error)),
            None => super::what_is_wrong(error),
        },
        Some(_) => "a line must be one JSON object".to_owned(),
    }
}

/// The first key that a line may not have, or not with this value. None where one is missing.
fn wrong_key(keys: Map<String, Value>) -> Option<String> {
    // A line with this key alone, besides those that none can be without.
    let is_wrong = |key: &str, value: Value| {
        let mut line = json!({"subject": "", "text": "", "resolution": ""});
        line[key] = value;
        serde_json::from_value::<Line>(line).is_err()
    };
    for (key, value) in keys {
        if let ("fields", Value::Object(fields)) = (key.as_str(), &value) {
            let mut fields = fields.iter();
            let wrong = fields.find(|(name, values)| is_wrong("fields", json!({*name: values})));
            if let Some((name, _)) = wrong {
                return Some(format!("fields.{name}"));
            }
        }
        if is_wrong(&key, value) {
            return Some(key);
        }
    }
    None
}

/// Names that the desk does not know would make a case that nothing finds.
fn check(read: &Line, profile: &Profile) -> Result<(), String> {
    for (name, text) in [("subject", &read.subject), ("text", &read.text)] {
        if text.trim().is_empty() {
            return Err(format!("`{name}` is empty"));
        }
    }
    let near = |wrong: &str, right: &[&str]| {
        nearest(wrong, right.iter().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
    };
    let mut fields: Vec<&str> = profile.fields.iter().map(|field| field.name()).collect();
    if !profile.judgements.partner_status.is_empty() {
        fields.push(PARTNER_STATUS);
    }
    let mut names = read.fields.keys();
    if let Some(unknown) = names.find(|name| !fields.contains(&name.as_str())) {
        let near = near(unknown, &fields);
        return Err(format!(
            "the profile {} has no field `{unknown}`{near}",
            profile.name
        ));
    }
    let types: Vec<&str> = profile
        .judgements
        .issue_type
        .iter()
        .map(|issue| issue.name.as_str())
        .collect();
    if let Some(unknown) = read
        .issue_type
        .as_deref()
        .filter(|wanted| !types.is_empty() && !types.contains(wanted))
    {
        let near = near(unknown, &types);
        return Err(format!(
            "the profile {} has no issue type `{unknown}`{near}",
            profile.name
        ));
    }
    if let Some(language) = read.language.as_deref().filter(|code| !is_language(code)) {
        return Err(format!(
            "`language` is {language:?}; write a code such as `en` or `pt-BR`"
        ));
    }
    if !read.from.is_empty() && !read.from.contains('@') {
        return Err(format!("`from` is {:?}, which is no address", read.from));
    }
    match (read.opened, read.resolved) {
        (Some(opened), Some(resolved)) if resolved < opened => Err(format!(
            "it was resolved at {resolved}, before it was opened at {opened}"
        )),
        _ => Ok(()),
    }
}

/// Of the form of a language tag (RFC 5646): two or three letters, and more behind a hyphen.
fn is_language(code: &str) -> bool {
    let first = code.split(['-', '_']).next().unwrap_or("");
    (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic())
}
