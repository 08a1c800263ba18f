//! `precedent similar`: solved cases like a case or a mail.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use precedent_index::{Precedent, SimilarRequest};
use serde_json::{Value, json};

use super::context::Context;
use super::output;
use crate::engine::{analyse, compared_by, similar_request};

pub(super) async fn run(context: &Context, what: &str, limit: usize) -> Result<()> {
    let store = context.read_store().await?;
    let (request, case) = if Path::new(what).is_file() {
        (request_of_file(context, Path::new(what), limit)?, None)
    } else {
        anyhow::ensure!(
            !what.contains(['/', '\\', '.']),
            "there is no file {what}; a case is named by its number, such as SP-1042"
        );
        let case = super::show::load(&*store, what).await?.case;
        (similar_request(&case, limit), Some(case.state.number))
    };
    let suggestions = super::mark::suggest(context, &store, case.as_ref(), request).await?;
    for suggestion in &suggestions {
        if context.json {
            output::object(&super::mark::as_json(suggestion));
        } else {
            output::line(&super::mark::as_text(suggestion));
        }
    }
    if suggestions.is_empty() {
        output::note(context, "no solved case is like this one");
    }
    context.note_no_encoder();
    Ok(())
}

fn request_of_file(context: &Context, path: &Path, limit: usize) -> Result<SimilarRequest> {
    let raw = std::fs::read(path).with_context(|| path.display().to_string())?;
    let desks = context.desks()?;
    // No state is touched, so no key is at hand; fingerprints do not matter for a question.
    let key = [0; 32];
    let analysis = analyse(
        &raw,
        jiff::Timestamp::now(),
        &desks,
        &context.parse_options(),
        &key,
    )
    .map_err(|rejected| anyhow::anyhow!("{}: {}", path.display(), rejected.detail))?;
    Ok(SimilarRequest {
        subject: analysis.subject().to_owned(),
        problem: analysis.problem().to_owned(),
        language: analysis
            .extraction
            .language
            .as_ref()
            .map(|guess| guess.language.clone())
            .unwrap_or_default(),
        fields: compared_by(
            &analysis.assessment.facts,
            analysis.subject(),
            analysis.problem(),
        ),
        issue_type: analysis.assessment.issue_type.clone(),
        desk: Some(analysis.desk.clone()),
        exclude_id: None,
        before: None,
        resolved_only: true,
        limit,
        concepts: Vec::new(),
    })
}

/// A precedent as JSON.
pub(super) fn as_json(precedent: &Precedent) -> Value {
    json!({
        "case": precedent.number,
        "probability": precedent.probability,
        "score": precedent.score,
        "reasons": precedent.reasons.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "duplicates": precedent.duplicates,
        "signals": {
            "facts": precedent.signals.facts, "words": precedent.signals.words,
            "nearness": precedent.signals.nearness,
        },
        "language": precedent.language,
        "subject": precedent.subject,
        "resolution": precedent.resolution,
        "resolution_code": precedent.resolution_code,
        "resolved_at": precedent.resolved_at.and_then(|second| jiff::Timestamp::from_second(second).ok()),
    })
}

/// What is shown of the probability: nobody is sure to the last percent.
pub(super) fn percent_sure(precedent: &Precedent) -> u8 {
    (precedent.probability * 100.0).round().clamp(1.0, 99.0) as u8
}

/// A precedent in a few lines.
pub(super) fn as_text(precedent: &Precedent) -> String {
    let mut out = String::new();
    let resolved = precedent
        .resolved_at
        .and_then(|second| jiff::Timestamp::from_second(second).ok())
        .map(|time| time.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default();
    let _ = writeln!(
        out,
        "  {:>2} % sure  {}  {} ({}, {}, {resolved})",
        percent_sure(precedent),
        precedent.number,
        precedent.subject,
        precedent.language,
        precedent.resolution_code.as_deref().unwrap_or("no code"),
    );
    let reasons: Vec<String> = precedent.reasons.iter().map(ToString::to_string).collect();
    let why = format!("why: {}", reasons.join("; "));
    let _ = writeln!(out, "{}", output::paragraphs(&why, 8));
    if !precedent.duplicates.is_empty() {
        let duplicates = format!("its duplicates: {}", precedent.duplicates.join(", "));
        let _ = writeln!(out, "{}", output::paragraphs(&duplicates, 8));
    }
    let _ = write!(out, "{}", output::paragraphs(&precedent.resolution, 8));
    out
}
