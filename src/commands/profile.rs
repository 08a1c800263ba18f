//! `precedent profile`: check, list, show.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use serde_json::{Value, json};

use super::arguments::ProfileCommand;
use super::context::{Context, ProfileInFile, compile_desk, load_profile};
use super::output;
use crate::profile::Profile;
use crate::triage::{Mode, Policy};

pub(super) fn run(context: &Context, command: &ProfileCommand) -> Result<ExitCode> {
    match command {
        ProfileCommand::Check { files } => check(context, files),
        ProfileCommand::List => {
            for name in Profile::builtin_names() {
                let profile = Profile::builtin(name).context("a built-in profile is missing")?;
                if context.json {
                    output::object(
                        &json!({"name": name, "title": profile.title, "languages": profile.languages}),
                    );
                } else {
                    let title = profile
                        .title
                        .get(&profile.default_language)
                        .map_or("", String::as_str);
                    output::line(&format!(
                        "{name:<16} {title} ({})",
                        profile.languages.join(", ")
                    ));
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        ProfileCommand::Show { name } => {
            let source = Profile::builtin_source(name).ok_or_else(|| {
                let names = Profile::builtin_names().iter().copied();
                anyhow!(super::words::unknown("built-in profile", name, names))
            })?;
            if context.json {
                let profile = Profile::builtin(name).context("a built-in profile is missing")?;
                output::object(&json!({
                    "name": name, "title": profile.title, "languages": profile.languages,
                    "source": source,
                }));
            } else {
                output::line(source.trim_end());
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(context: &Context, files: &[String]) -> Result<ExitCode> {
    let mut all_right = true;
    for file in files {
        let checked = load_profile(file).and_then(|profile| {
            let source = match Profile::builtin_source(file) {
                Some(source) => source.to_owned(),
                None => std::fs::read_to_string(file).with_context(|| file.clone())?,
            };
            let problems = profile.wording_problems(&source);
            if !problems.is_empty() {
                return Err(ProfileInFile::new(file, source, problems).into());
            }
            // Compiling finds what single checks cannot, such as patterns that are too large together.
            let policy = Policy {
                mode: Mode::Observe,
                requests_max: 0,
                acknowledge: false,
            };
            compile_desk(file, profile.clone(), Vec::new(), String::new(), policy)?;
            Ok(profile)
        });
        match checked {
            Ok(profile) if context.json => {
                output::object(&json!({
                    "file": file, "right": true, "name": profile.name, "problems": [],
                }));
            }
            Ok(profile) => output::line(&format!(
                "{file}: right ({} fields, {} languages)",
                profile.fields.len(),
                profile.languages.len()
            )),
            Err(error) => {
                all_right = false;
                if context.json {
                    output::object(
                        &json!({"file": file, "right": false, "problems": problems(&error)}),
                    );
                }
                super::report_error(&error);
            }
        }
    }
    Ok(if all_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// All problems with their places, where they have some.
fn problems(error: &anyhow::Error) -> Vec<Value> {
    match error.downcast_ref::<ProfileInFile>() {
        Some(wrong) => wrong
            .problems()
            .iter()
            .map(|problem| {
                json!({
                    "line": problem.line, "column": problem.column, "message": problem.message,
                    "hint": problem.hint,
                })
            })
            .collect(),
        None => vec![json!({"message": format!("{error:#}")})],
    }
}
