//! What `precedent check` sees without any server: folders, files and keys that are not there, and settings with which
//! nothing would ever leave.

use crate::commands::context::Context;
use crate::commands::output;
use crate::intake::lmtp::LmtpAddress;
use crate::reply::AuthenticationDemand;
use crate::triage::Mode;

/// Looks, and tells. True when nothing is wrong.
pub(super) fn look(context: &Context) -> bool {
    let problems = problems(context);
    for (what, problem, hint) in &problems {
        if context.json {
            output::object(&serde_json::json!({
                "setting": what, "problems": [problem], "hint": hint,
            }));
        } else {
            output::line(what);
            output::line(&format!("  problem: {problem}"));
            output::line(&format!("  hint: {hint}"));
        }
    }
    problems.is_empty()
}

/// What is wrong: the setting, what, and what to do.
fn problems(context: &Context) -> Vec<(&'static str, String, &'static str)> {
    let settings = &context.settings;
    let mut problems = Vec::new();
    if let Some(LmtpAddress::Unix { path, .. }) = settings.lmtp.as_ref().map(|lmtp| lmtp.address())
    {
        let folder = path.parent().unwrap_or(&path);
        if !folder.is_dir() {
            problems.push((
                "[lmtp]",
                format!("there is no folder {} for the socket", folder.display()),
                "make it, and let the mail server into it",
            ));
        }
    }
    if let Some(model) = &settings.similar.model
        && !model.exists()
    {
        problems.push((
            "[similar]",
            format!("there is no model {}", model.display()),
            "scripts/fetch-model makes one; without it leave `model` out",
        ));
    }
    if settings.archive.seals()
        && let Err(error) = settings.archive.keys().check(None)
    {
        problems.push((
            "[archive]",
            error.to_string(),
            "until the key can be read no mail can be kept",
        ));
    }
    let answers = settings.desks.iter().any(|desk| desk.mode != Mode::Observe);
    if answers
        && settings.gate.authentication == AuthenticationDemand::Required
        && settings.trust.authserv_ids.is_empty()
    {
        problems.push((
            "[trust]",
            "a desk shall answer, and no server is trusted to vouch for authors: every reply would be withheld".to_owned(),
            "name the authserv-id of your own server in authserv_ids ([gate] authentication says what is demanded)",
        ));
    }
    problems
}
