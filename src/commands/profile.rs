//! `precedent profile`: check, list, show.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use serde_json::json;

use super::arguments::ProfileCommand;
use super::context::{Context, compile_desk, load_profile};
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
                anyhow!(
                    "there is no built-in profile {name:?}; there are {}",
                    Profile::builtin_names().join(", ")
                )
            })?;
            output::line(source.trim_end());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(context: &Context, files: &[String]) -> Result<ExitCode> {
    let mut all_right = true;
    for file in files {
        let checked = load_profile(file).and_then(|profile| {
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
                output::object(&json!({"file": file, "right": true, "name": profile.name}));
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
                        &json!({"file": file, "right": false, "problem": format!("{error:#}")}),
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
