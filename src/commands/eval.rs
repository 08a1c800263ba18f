//! `precedent eval`: measures against labelled data.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, ensure};
use precedent_index::Encoder;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::arguments::{EvalCommand, LabelPart};
use super::context::Context;
use super::output;
use crate::case::CaseState;
use crate::engine::{Desk, Desks, analyse, inspect_object, judge_alone};
use crate::eval::{LabelledMail, Scores, compare, evaluate_similar, labelled_mails, thread_of};
use crate::mail::ParseOptions;
use crate::reply::{AuthenticationDemand, DeskGateSettings};
use crate::triage::Mode;

pub(super) fn run(context: &Context, command: &EvalCommand) -> Result<ExitCode> {
    match command {
        EvalCommand::Triage {
            folder,
            diff,
            profile,
            part,
        } => triage(context, folder, *diff, profile.as_deref(), *part),
        EvalCommand::Similar {
            folder: Some(folder),
            model,
            no_vectors,
            ..
        } => similar(
            context,
            folder,
            encoder(context, model.as_deref(), *no_vectors)?,
        ),
        EvalCommand::Similar { folder: None, .. } | EvalCommand::Export { .. } => {
            unreachable!("these run on the store")
        }
    }
}

fn triage(
    context: &Context,
    folder: &Path,
    diff: bool,
    profile: Option<&str>,
    part: Option<LabelPart>,
) -> Result<ExitCode> {
    let desks = match profile {
        Some(name) => super::inspect::one_desk(context, name)?,
        None => context.desks()?,
    };
    let mails = labelled_mails(folder)?;
    ensure!(
        !mails.is_empty(),
        "{}: no mail with a label (NAME.eml beside NAME.label.json)",
        folder.display()
    );
    let options = context.parse_options();
    let chosen: Vec<usize> = (0..mails.len())
        .filter(|place| {
            part.is_none_or(|part| mails[*place].held_out() == (part == LabelPart::HeldOut))
        })
        .collect();
    ensure!(
        !chosen.is_empty(),
        "{}: no mail of this part; the label of a held-out mail says `\"held_out\": true`",
        folder.display()
    );
    let found: Vec<Result<Value>> = chosen
        .par_iter()
        .map(|place| found(&desks, &mails, *place, &options))
        .collect();
    let mut scores = Scores::default();
    for (place, found) in chosen.into_iter().zip(found) {
        let mail = &mails[place];
        let name = mail
            .path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        compare(&mut scores, &name, &mail.label, &found?);
    }
    if context.json {
        output::object(&as_json(&scores));
    } else {
        print(&scores);
    }
    if diff {
        for difference in &scores.differences {
            output::line(difference);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is found in a mail, after the mails that it follows.
fn found(
    desks: &Desks,
    mails: &[LabelledMail],
    place: usize,
    options: &ParseOptions,
) -> Result<Value> {
    let mut prior: Option<CaseState> = None;
    let mut object = Value::Null;
    for earlier in thread_of(mails, place) {
        let mail = &mails[earlier];
        let raw = std::fs::read(&mail.path)?;
        let date = crate::mail::parse(&raw, options)
            .ok()
            .and_then(|message| message.date);
        let received = date.unwrap_or_else(jiff::Timestamp::now);
        let analysis = analyse(&raw, received, desks, options, &[0; 32]);
        let name = mail.path.display().to_string();
        let analysis = match analysis {
            Ok(analysis) => analysis,
            Err(rejected) => {
                object = json!({"file": name, "kind": "rejected", "error": rejected.detail});
                continue;
            }
        };
        // One that was taken to another desk than its label says is compared as it was taken: the judgement `profile`
        // shows the mistake.
        let chosen = desks.by_name(&analysis.desk).unwrap_or(&desks.all()[0]);
        let alone = judge_alone(
            &analysis,
            chosen,
            &widest_gate(chosen, &analysis.message),
            prior.as_ref(),
        );
        object = inspect_object(&name, &analysis, &alone);
        prior = alone.case.or(prior);
    }
    Ok(object)
}

/// The gate with everything open that an operator can open: what it holds back now, it holds back
/// because of the mail itself.
fn widest_gate(desk: &Desk, message: &crate::mail::Message) -> DeskGateSettings {
    let mut addresses = desk.addresses.clone();
    addresses.extend(
        message
            .to
            .iter()
            .chain(&message.cc)
            .map(|to| to.address.clone()),
    );
    let gate = crate::reply::GateSettings {
        authentication: AuthenticationDemand::Off,
        ..crate::reply::GateSettings::default()
    };
    DeskGateSettings {
        mode: Mode::Send,
        desk_addresses: addresses,
        own_addresses: desk.addresses.clone(),
        own_message_id_domains: Vec::new(),
        gate,
    }
}

fn as_json(scores: &Scores) -> Value {
    let values: serde_json::Map<String, Value> = scores
        .values
        .iter()
        .map(|(key, counts)| {
            (
                key.clone(),
                json!({
                    "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(),
                    "right": counts.right, "wrong": counts.wrong, "missed": counts.missed,
                }),
            )
        })
        .collect();
    let judgements: serde_json::Map<String, Value> = scores
        .judgements
        .iter()
        .map(|(key, (right, all))| (key.clone(), json!({"right": right, "of": all})))
        .collect();
    json!({
        "mails": scores.mails,
        "values": values,
        "judgements": judgements,
        "distractors_taken": scores.distractors_taken,
        "automatic_answered": scores.automatic_answered,
    })
}

fn print(scores: &Scores) {
    let mut table = output::table(&[
        "value",
        "precision",
        "recall",
        "f1",
        "right",
        "wrong",
        "missed",
    ]);
    for (key, counts) in &scores.values {
        table.add_row([
            key.clone(),
            format!("{:.3}", counts.precision()),
            format!("{:.3}", counts.recall()),
            format!("{:.3}", counts.f1()),
            counts.right.to_string(),
            counts.wrong.to_string(),
            counts.missed.to_string(),
        ]);
    }
    output::line(&table.trim_fmt());
    output::line("");
    let mut table = output::table(&["judgement", "accuracy", "right", "of"]);
    for (key, (right, all)) in &scores.judgements {
        table.add_row([
            key.clone(),
            format!("{:.3}", f64::from(*right) / f64::from((*all).max(1))),
            right.to_string(),
            all.to_string(),
        ]);
    }
    output::line(&table.trim_fmt());
    output::line("");
    if let Some((field, f1)) = scores.lowest_field() {
        output::line(&format!("lowest field F1: {f1:.3} ({field})"));
    }
    output::line(&format!(
        "{} mails · {} distractors taken · {} automatic mails answered",
        scores.mails, scores.distractors_taken, scores.automatic_answered
    ));
}

/// The encoder to measure with, where there shall be one.
pub(super) fn encoder(
    context: &Context,
    model: Option<&Path>,
    no_vectors: bool,
) -> Result<Option<Arc<Encoder>>> {
    Ok(match model {
        Some(path) => Some(Arc::new(Encoder::open(path)?)),
        None if no_vectors => None,
        None => context.encoder(),
    })
}

pub(super) fn similar(
    context: &Context,
    folder: &Path,
    encoder: Option<Arc<Encoder>>,
) -> Result<ExitCode> {
    let evaluation = evaluate_similar(folder, context.desks().ok().as_ref(), encoder)?;
    if context.json {
        output::object(&serde_json::to_value(evaluation)?);
    } else {
        let mut table = output::table(&[
            "queries", "map", "mrr", "hit@1", "hit@3", "hit@5", "hit@10", "ndcg@10",
        ]);
        table.add_row([
            evaluation.queries.to_string(),
            format!("{:.3}", evaluation.map),
            format!("{:.3}", evaluation.mrr),
            format!("{:.3}", evaluation.hit1),
            format!("{:.3}", evaluation.hit3),
            format!("{:.3}", evaluation.hit5),
            format!("{:.3}", evaluation.hit10),
            format!("{:.3}", evaluation.ndcg10),
        ]);
        output::line(&table.trim_fmt());
        output::line(&format!(
            "probabilities: expected calibration error {:.3}; {} said to be at least 90 % sure, {:.0} % of them right",
            evaluation.calibration_error,
            evaluation.sure,
            evaluation.sure_right * 100.0
        ));
    }
    Ok(ExitCode::SUCCESS)
}
