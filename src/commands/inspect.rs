//! `precedent inspect`: what a mail yields, without touching any state.

use std::fmt::Write;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use rayon::prelude::*;

use super::context::{Context, compile_desk, load_profile};
use super::output;
use crate::case::CaseState;
use crate::engine::{
    Alone, Analysis, Clock, Desks, Rejected, analyse, inspect_object, judge_alone,
};
use crate::mail::Message;
use crate::triage::Policy;

/// Files read at once: enough to keep all cores busy, few enough to bound the memory.
const CHUNK: usize = 256;

/// Key of fingerprints where no store gives one. `inspect` shows that two secrets are the same; the
/// fingerprints of a store cannot be compared with them.
const NO_KEY: [u8; 32] = [0; 32];

/// What to show of the files.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    /// As one thread.
    pub(super) thread: bool,
    /// The sender's new text alone.
    pub(super) text: bool,
    /// With this profile.
    pub(super) profile: Option<&'a str>,
    /// The reasons of this field or judgement.
    pub(super) why: Option<&'a str>,
}

pub(super) fn run(context: &Context, files: &[PathBuf], how: How<'_>) -> Result<ExitCode> {
    if how.text {
        return new_text(context, files);
    }
    let desks = match how.profile {
        Some(name) => one_desk(context, name)?,
        None => context.desks()?,
    };
    if how.thread {
        return inspect_thread(context, &desks, files, how.why);
    }
    let mut all_read = true;
    for chunk in files.chunks(CHUNK) {
        let results: Vec<(String, Result<String>)> = chunk
            .par_iter()
            .map(|file| {
                let name = file.display().to_string();
                let shown = analyse_file(context, &desks, file)
                    .map(|analysis| show_one(context, &desks, &name, &analysis, None, how.why).0);
                (name, shown)
            })
            .collect();
        for (name, shown) in results {
            match shown {
                Ok(shown) => output::line(&shown),
                Err(error) => {
                    all_read = false;
                    if context.json {
                        output::object(
                            &serde_json::json!({"file": name, "error": format!("{error:#}")}),
                        );
                    }
                    output::note(context, &format!("{name}: {error:#}"));
                }
            }
        }
    }
    Ok(if all_read {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// An installation with this profile alone.
pub(super) fn one_desk(context: &Context, name: &str) -> Result<Desks> {
    let profile = load_profile(name)?;
    let known = context
        .settings
        .desks
        .iter()
        .find(|desk| desk.profile == name);
    let policy = Policy {
        mode: known.map_or_else(crate::triage::Mode::default, |desk| desk.mode),
        requests_max: known.map_or(2, |desk| desk.requests_max),
        acknowledge: known.is_some_and(|desk| desk.acknowledge),
    };
    let addresses = known.map(|desk| desk.addresses.clone()).unwrap_or_default();
    let title = profile
        .title
        .get(&profile.default_language)
        .cloned()
        .unwrap_or_default();
    let desk = compile_desk(&profile.name.clone(), profile, addresses, title, policy)?;
    Ok(Desks::new(vec![desk]))
}

/// Reads a file, or standard input for `-`.
fn read(file: &Path) -> Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("standard input")?;
        return Ok(bytes);
    }
    Ok(std::fs::read(file)?)
}

/// A bare body: `.txt`, or `.html` and `.htm`.
fn bare_body(file: &Path) -> Option<bool> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "txt" => Some(false),
        "html" | "htm" => Some(true),
        _ => None,
    }
}

fn message(context: &Context, file: &Path) -> Result<Message> {
    let bytes = read(file)?;
    match bare_body(file) {
        Some(is_html) => Ok(crate::mail::parse_body(&bytes, is_html)),
        None => Ok(crate::mail::parse(&bytes, &context.parse_options())?),
    }
}

fn analyse_file(context: &Context, desks: &Desks, file: &Path) -> Result<Analysis> {
    let received = Clock::System.now(None);
    if bare_body(file).is_some() {
        let message = message(context, file)?;
        let (desk, choice) = desks.choose(&message);
        return Ok(crate::engine::analyse_message(
            message, received, desk, choice, &NO_KEY,
        ));
    }
    let bytes = read(file)?;
    // A mail is judged as on the day on which it was written.
    let received = crate::mail::parse(&bytes, &context.parse_options())
        .ok()
        .and_then(|message| message.date)
        .unwrap_or(received);
    analyse(&bytes, received, desks, &context.parse_options(), &NO_KEY)
        .map_err(|Rejected { code, detail, .. }| anyhow!("{code}: {detail}"))
}

fn show_one(
    context: &Context,
    desks: &Desks,
    name: &str,
    analysis: &Analysis,
    prior: Option<&CaseState>,
    why: Option<&str>,
) -> (String, Option<CaseState>) {
    let desk = desks.by_name(&analysis.desk).unwrap_or(&desks.all()[0]);
    let gate = desk.gate_settings(
        &context.parse_options().own_addresses,
        &context.settings.trust.own_message_id_domains,
        &context.settings.gate,
    );
    let alone = judge_alone(analysis, desk, &gate, prior);
    let shown = if let Some(why) = why {
        super::why::shown(name, why, context.json, analysis, &alone, desk)
    } else if context.json {
        inspect_object(name, analysis, &alone).to_string()
    } else {
        let marked = match std::io::stdout().is_terminal() {
            true => super::marked::parts(analysis),
            false => String::new(),
        };
        marked + &as_text(name, analysis, &alone)
    };
    (shown, alone.case)
}

/// The files as one thread, in the order of their dates; the state after the last.
fn inspect_thread(
    context: &Context,
    desks: &Desks,
    files: &[PathBuf],
    why: Option<&str>,
) -> Result<ExitCode> {
    let mut analyses = files
        .iter()
        .map(|file| {
            let name = file.display().to_string();
            let analysis = analyse_file(context, desks, file).with_context(|| name.clone())?;
            Ok((name, analysis))
        })
        .collect::<Result<Vec<_>>>()?;
    analyses.sort_by_key(|(_, analysis)| analysis.message.date);
    let mut prior: Option<CaseState> = None;
    let mut last = String::new();
    for (name, analysis) in &analyses {
        let (shown, case) = show_one(context, desks, name, analysis, prior.as_ref(), why);
        last = shown;
        prior = case.or(prior);
    }
    output::line(&last);
    Ok(ExitCode::SUCCESS)
}

fn new_text(context: &Context, files: &[PathBuf]) -> Result<ExitCode> {
    let mut all_read = true;
    for chunk in files.chunks(CHUNK) {
        let texts: Vec<Result<String>> = chunk
            .par_iter()
            .map(|file| {
                Ok(crate::extract::hide(
                    &message(context, file)?.new_text(),
                    &NO_KEY,
                ))
            })
            .collect();
        for (file, text) in chunk.iter().zip(texts) {
            match text {
                Ok(text) if context.json => output::object(
                    &serde_json::json!({"file": file.display().to_string(), "text": {"new": text}}),
                ),
                Ok(text) => output::line(&text),
                Err(error) => {
                    all_read = false;
                    output::note(context, &format!("{}: {error:#}", file.display()));
                }
            }
        }
    }
    Ok(if all_read {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn as_text(name: &str, analysis: &Analysis, alone: &Alone) -> String {
    let message = &analysis.message;
    let assessment = &alone.assessment;
    let mut out = String::new();
    let _ = writeln!(out, "{name}");
    let _ = writeln!(
        out,
        "  {} · from {} · {}",
        analysis.subject(),
        message.author(),
        message
            .date
            .map(|date| date.to_string())
            .unwrap_or_else(|| "no date".to_owned())
    );
    let _ = writeln!(
        out,
        "  kind: {} because of {} ({})",
        message.kind.as_str(),
        message.kind_reason.code,
        output::shorten(&message.kind_reason.detail, 70)
    );
    let _ = writeln!(
        out,
        "  desk: {} · language: {} · issue type: {} · action: {}",
        analysis.desk,
        analysis
            .extraction
            .language
            .as_ref()
            .map_or("unknown", |guess| guess.language.as_str()),
        assessment.issue_type.as_deref().unwrap_or("none"),
        assessment.action.as_str(),
    );
    for (field, values) in &analysis.extraction.fields {
        for value in values {
            let _ = writeln!(
                out,
                "  {field:<18} {}   [{} {}..{}, {}{}]",
                output::shorten(&value.value, 70),
                value.evidence.part,
                value.evidence.start,
                value.evidence.end,
                value.evidence.rule,
                if value.evidence.quoted {
                    ", quoted: not taken"
                } else {
                    ""
                },
            );
        }
    }
    for time in &analysis.extraction.times {
        let meaning = time
            .utc
            .map(|utc| utc.strftime("%Y-%m-%d %H:%M UTC").to_string());
        let _ = writeln!(
            out,
            "  {:<18} {} = {}",
            "time",
            time.text,
            meaning.unwrap_or_else(|| "zone unknown".to_owned())
        );
    }
    for refused in &analysis.extraction.refused {
        let _ = writeln!(
            out,
            "  refused            {} for {}: {}",
            output::shorten(&refused.text, 50),
            refused.field,
            refused.reason
        );
    }
    for secret in &analysis.extraction.secrets {
        let _ = writeln!(
            out,
            "  secret             {} #{}",
            secret.kind, secret.fingerprint
        );
    }
    for attachment in &message.attachments {
        let _ = writeln!(
            out,
            "  attachment         {} ({}, {} bytes)",
            attachment.name, attachment.media_type, attachment.size
        );
    }
    for defect in &message.defects {
        let _ = writeln!(
            out,
            "  defect             {}: {}",
            defect.code, defect.detail
        );
    }
    if !assessment.flags.is_empty() {
        let _ = writeln!(out, "  flags: {}", assessment.flags.join(", "));
    }
    let missing = if assessment.missing.is_empty() {
        "nothing".to_owned()
    } else {
        assessment.missing.join(", ")
    };
    let _ = writeln!(out, "  missing: {missing}");
    let _ = writeln!(
        out,
        "  gate: {}",
        super::explain::verdict_words(&alone.verdict)
    );
    if let Some(reply) = &alone.reply {
        let _ = writeln!(
            out,
            "  would write to {}: {}\n",
            reply.recipient, reply.subject
        );
        let _ = writeln!(out, "{}", output::indent(&reply.text, 4));
    }
    out.trim_end().to_owned()
}
