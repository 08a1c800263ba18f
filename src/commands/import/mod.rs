//! `precedent import`: the history of a desk, from files, mailboxes and other ticket systems. Never causes mail.

mod lines;
mod mails;
mod tickets;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use super::context::Context;
use super::output;
use crate::engine::{Desk, Engine};

pub(super) use lines::import;

/// Problems that are told one by one.
const PROBLEMS_SHOWN: usize = 20;
/// Bytes by which a file is told from others.
const LOOK_BYTES: usize = 512;

/// What is wrong with a record that is read alone: the line that the error names is not that of the file.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}

/// The same of a record that is no JSON.
fn not_json(error: &serde_json::Error) -> String {
    format!(
        "not JSON at column {}: {}",
        error.column(),
        what_is_wrong(error)
    )
}

/// What to import, as typed.
pub(super) struct What<'a> {
    pub(super) sources: &'a [PathBuf],
    pub(super) map: Option<&'a str>,
    pub(super) desk: Option<&'a str>,
    pub(super) account: Option<&'a str>,
    pub(super) folders: &'a [String],
    pub(super) desk_addresses: &'a [String],
}

/// What a source holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Solved cases, one JSON object a line.
    Lines,
    /// Mails.
    Mails,
}

pub(super) async fn run(context: &Context, what: &What<'_>) -> Result<ExitCode> {
    if let Some(map) = what.map {
        return tickets::run(context, what, map).await;
    }
    let kinds = what
        .sources
        .iter()
        .map(|source| kind(source))
        .collect::<Result<Vec<_>>>()?;
    let mut worst = ExitCode::SUCCESS;
    for (source, _) in what
        .sources
        .iter()
        .zip(&kinds)
        .filter(|(_, kind)| **kind == Kind::Lines)
    {
        let ended = lines::run(context, source).await?;
        if ended != ExitCode::SUCCESS {
            worst = ended;
        }
    }
    let mails: Vec<&PathBuf> = what
        .sources
        .iter()
        .zip(&kinds)
        .filter(|(_, kind)| **kind == Kind::Mails)
        .map(|(source, _)| source)
        .collect();
    if !mails.is_empty() || what.account.is_some() {
        let ended = mails::run(context, what, &mails).await?;
        if ended != ExitCode::SUCCESS {
            worst = ended;
        }
    }
    Ok(worst)
}

/// Tells what a source holds by looking at it.
fn kind(source: &Path) -> Result<Kind> {
    if source.as_os_str() == "-" {
        return Ok(Kind::Lines);
    }
    let named = || source.display().to_string();
    if std::fs::metadata(source).with_context(named)?.is_dir() {
        return Ok(Kind::Mails);
    }
    let mut start = Vec::with_capacity(LOOK_BYTES);
    std::fs::File::open(source)
        .with_context(named)?
        .take(LOOK_BYTES as u64)
        .read_to_end(&mut start)
        .with_context(named)?;
    let extension = source
        .extension()
        .map(|extension| extension.to_ascii_lowercase());
    if extension.is_some_and(|extension| extension == "eml") || start.starts_with(b"From ") {
        return Ok(Kind::Mails);
    }
    match start.trim_ascii_start().first() {
        Some(b'[') => bail!(
            "{}: an array is an export of another system; say which: --map zammad, zendesk, jira, github, or a file",
            source.display()
        ),
        // A header field ends with a colon before any space.
        Some(byte) if byte.is_ascii_alphabetic() => {
            let name = start.split(|byte| *byte == b':').next().unwrap_or_default();
            let is_field = name.len() < start.len()
                && name
                    .iter()
                    .all(|byte| byte.is_ascii_graphic() && *byte != b',');
            Ok(if is_field { Kind::Mails } else { Kind::Lines })
        }
        _ => Ok(Kind::Lines),
    }
}

/// A desk by name, or the first one.
fn desk<'a>(engine: &'a Engine, name: Option<&str>) -> Result<&'a Desk, String> {
    let Some(name) = name else {
        return Ok(&engine.desks.all()[0]);
    };
    engine.desks.by_name(name).ok_or_else(|| {
        let desks = engine.desks.all().iter().map(|desk| desk.name.as_str());
        super::words::unknown("desk", name, desks)
    })
}

/// Says what was left out: the first ones, and how many more.
fn tell_problems(context: &Context, problems: &[String]) {
    for problem in problems.iter().take(PROBLEMS_SHOWN) {
        output::note(context, &format!("left out: {problem}"));
    }
    if problems.len() > PROBLEMS_SHOWN {
        let more = problems.len() - PROBLEMS_SHOWN;
        output::note(
            context,
            &format!("left out: {more} more; `--json` names them all"),
        );
    }
}
