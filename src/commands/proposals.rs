//! `precedent proposals`: resolutions that an import of history found, until somebody says that they are.

use std::fmt::Write;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};
use jiff::Timestamp;
use serde_json::json;

use super::arguments::ProposalsCommand;
use super::context::Context;
use super::output::{self, Bar};
use super::words;
use crate::case::{CaseNumber, CaseStatus, Resolution, ResolutionCode};
use crate::engine::Progress;
use crate::store::{
    CaseFilter, CaseOrder, CaseRecord, CaseUpsert, Commit, JournalEvent, ProposalFilter,
    ProposalRecord, ProposalState, Store, StoreError, again_on_conflict,
};

/// Cases that are confirmed in one transaction.
const BATCH: usize = 200;

pub(super) async fn run(context: &Context, command: &ProposalsCommand) -> Result<ExitCode> {
    match command {
        ProposalsCommand::List {
            state,
            above,
            desk,
            limit,
        } => {
            let filter = ProposalFilter {
                state: Some(state_of(state)?),
                cases: Vec::new(),
                above: above.map(checked).transpose()?,
                desk: desk
                    .as_deref()
                    .map(|desk| known_desk(context, desk))
                    .transpose()?,
                limit: Some(*limit),
            };
            list(context, &filter).await?;
        }
        ProposalsCommand::Show { case } => show(context, case).await?,
        ProposalsCommand::Confirm {
            cases,
            above,
            desk,
            code,
            resolution,
            by,
        } => {
            let filter = ProposalFilter {
                state: Some(ProposalState::Open),
                cases: numbers(cases),
                above: above.map(checked).transpose()?,
                desk: desk
                    .as_deref()
                    .map(|desk| known_desk(context, desk))
                    .transpose()?,
                limit: None,
            };
            ensure!(
                resolution.is_none() || cases.len() == 1,
                "--resolution is the text of one case; confirm the others without it"
            );
            let word = Word {
                code: code
                    .as_deref()
                    .map(super::words::resolution_code)
                    .transpose()?,
                text: resolution.as_deref().map(str::trim),
                by: super::mark::who(by.as_deref()),
            };
            ensure!(
                word.text.is_none_or(|text| !text.is_empty()),
                "the resolution is empty: write what solved the case, for whoever meets it next"
            );
            return confirm(context, &filter, &word).await;
        }
        ProposalsCommand::Reject { cases, by } => {
            return reject(context, &numbers(cases), &super::mark::who(by.as_deref())).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is said with a confirmation.
struct Word<'a> {
    code: Option<ResolutionCode>,
    text: Option<&'a str>,
    by: String,
}

fn state_of(word: &str) -> Result<ProposalState> {
    ProposalState::from_word(word).ok_or_else(|| {
        let states = ProposalState::ALL.iter().map(|state| state.as_str());
        anyhow!(words::unknown("state", word, states))
    })
}

fn checked(above: f64) -> Result<f64> {
    ensure!(
        (0.0..=1.0).contains(&above),
        "a confidence is between 0 and 1, and {above} is not: --above 0.8"
    );
    Ok(above)
}

fn known_desk(context: &Context, name: &str) -> Result<String> {
    words::check_desk(context, name)?;
    Ok(name.to_owned())
}

fn numbers(cases: &[String]) -> Vec<CaseNumber> {
    cases
        .iter()
        .map(|case| CaseNumber(case.trim().to_ascii_uppercase()))
        .collect()
}

async fn list(context: &Context, filter: &ProposalFilter) -> Result<()> {
    let store = context.read_store().await?;
    let proposals = store.proposals(filter).await?;
    if context.json {
        for proposal in &proposals {
            output::object(&json!(proposal));
        }
        return Ok(());
    }
    if proposals.is_empty() {
        output::note(
            context,
            "no such proposal; `precedent import` of old mail or an export makes them",
        );
        return Ok(());
    }
    let rows: Vec<[String; 5]> = proposals
        .iter()
        .map(|record| {
            let proposal = &record.proposal;
            [
                proposal.case.0.clone(),
                format!("{:.2}", proposal.confidence),
                proposal.signals.join(", "),
                record.subject.clone(),
                proposal.text.clone(),
            ]
        })
        .collect();
    let columns = [
        ("case", 8),
        ("sure", 4),
        ("because", 12),
        ("subject", 16),
        ("proposed resolution", 24),
    ];
    output::fitted(&columns, &rows, usize::from(output::terminal_width()));
    if filter.state == Some(ProposalState::Open) {
        output::note(
            context,
            "`precedent proposals confirm CASE...` or `confirm --above 0.8` makes precedents of them",
        );
    }
    Ok(())
}

/// The proposal of a case that nobody resolved.
pub(super) async fn of_case(
    store: &dyn Store,
    record: &CaseRecord,
) -> Result<Option<ProposalRecord>> {
    let filter = ProposalFilter {
        state: Some(ProposalState::Open),
        cases: vec![record.state.number.clone()],
        ..ProposalFilter::default()
    };
    Ok(store.proposals(&filter).await?.pop())
}

/// Adds it to the text of a case.
pub(super) fn append(text: &mut String, record: &ProposalRecord) {
    let proposal = &record.proposal;
    let _ = write!(
        text,
        "\n\nProposed resolution, not confirmed: {:.0} % ({})\n{}",
        proposal.confidence * 100.0,
        proposal.signals.join(", "),
        output::paragraphs(&proposal.text, 2)
    );
}

async fn show(context: &Context, case: &str) -> Result<()> {
    let store = context.read_store().await?;
    let history = super::show::load(&*store, case).await?;
    let filter = ProposalFilter {
        cases: vec![history.case.state.number.clone()],
        ..ProposalFilter::default()
    };
    let record = store.proposals(&filter).await?.pop().ok_or_else(|| {
        anyhow!(
            "{case} has no proposed resolution; `precedent proposals list` shows those that have"
        )
    })?;
    if context.json {
        let mut object = json!(record);
        object["problem"] = json!(history.case.problem);
        output::object(&object);
        return Ok(());
    }
    let proposal = &record.proposal;
    let mut out = format!(
        "{}  {}\n  {} · {} · {:.0} % ({}) · answered {}\n\nProblem\n{}\n\nProposed resolution\n{}",
        proposal.case,
        record.subject,
        proposal.state.as_str(),
        proposal.code.as_str(),
        proposal.confidence * 100.0,
        proposal.signals.join(", "),
        proposal.answered_at.strftime("%Y-%m-%d"),
        output::paragraphs(&history.case.problem, 2),
        output::paragraphs(&proposal.text, 2),
    );
    if let Some(at) = record.settled_at {
        let _ = write!(
            out,
            "\n\n{} by {}, {}",
            proposal.state.as_str(),
            record.settled_by,
            at.strftime("%Y-%m-%d %H:%M")
        );
    }
    output::line(&out);
    Ok(())
}

async fn confirm(context: &Context, filter: &ProposalFilter, word: &Word<'_>) -> Result<ExitCode> {
    let store = context.open_store_beside().await?;
    let found = store.proposals(filter).await?;
    let mut problems = missing(&*store, &filter.cases, &found).await?;
    let key = store.secret_key().await?;
    let chosen: Vec<(CaseNumber, Resolution)> = found
        .iter()
        .map(|record| {
            let proposal = &record.proposal;
            let text = word.text.unwrap_or(&proposal.text);
            let resolution = Resolution {
                code: word.code.unwrap_or(proposal.code),
                text: crate::extract::hide(text, &key),
                resolved_at: proposal.answered_at,
            };
            (proposal.case.clone(), resolution)
        })
        .collect();
    let bar = Bar::new(context, Some(chosen.len() as u64), None);
    let mut confirmed: Vec<CaseNumber> = Vec::with_capacity(chosen.len());
    for batch in chosen.chunks(BATCH) {
        let resolved = resolve(&*store, batch, &word.by).await?;
        let late = batch
            .iter()
            .filter(|(number, _)| !resolved.contains(number));
        problems.extend(late.map(|(number, _)| format!("{number}: it was resolved meanwhile")));
        confirmed.extend(resolved);
        bar.advance(batch.len() as u64, 0);
    }
    bar.clear();
    context.index_changes(Arc::clone(&store)).await?;
    store.close().await?;
    if context.json {
        output::object(&json!({"confirmed": confirmed, "problems": problems}));
    } else {
        output::line(&format!(
            "{} confirmed: what was proposed for them can be found as precedents now",
            output::counted(confirmed.len() as u64, "case")
        ));
    }
    Ok(ended(context, &problems))
}

/// Tells what was left out; the exit status says whether anything was.
fn ended(context: &Context, problems: &[String]) -> ExitCode {
    for problem in problems {
        output::note(context, &format!("left out: {problem}"));
    }
    ExitCode::from(u8::from(!problems.is_empty()))
}

/// Resolves cases in one transaction, then notes that their proposals are settled. A process that ends in between leaves
/// resolved cases, whose proposals nobody is asked about any more. Gives those that it resolved: somebody may have been
/// faster, with words of their own.
async fn resolve(
    store: &dyn Store,
    batch: &[(CaseNumber, Resolution)],
    by: &str,
) -> Result<Vec<CaseNumber>, StoreError> {
    let at = Timestamp::now();
    let resolved = again_on_conflict(|| async {
        let mut commit = Commit::new(at);
        let named = CaseFilter {
            numbers: batch.iter().map(|(number, _)| number.clone()).collect(),
            ..CaseFilter::all(CaseOrder::Oldest)
        };
        for mut record in store.cases(&named).await? {
            let number = record.state.number.clone();
            let Some((_, resolution)) = batch.iter().find(|(named, _)| *named == number) else {
                continue;
            };
            if record.state.resolution.is_some() {
                continue;
            }
            record.state.status = CaseStatus::Resolved;
            record.state.resolution = Some(resolution.clone());
            commit.journal.push(JournalEvent {
                case: number,
                mail: None,
                at,
                event: "resolved".to_owned(),
                detail: json!({
                    "code": resolution.code, "resolution": resolution.text, "proposed": true, "by": by,
                }),
            });
            commit.cases.push(CaseUpsert::changed(record));
        }
        store.commit(&commit).await?;
        let cases = commit.cases.into_iter();
        Ok(cases.map(|case| case.state.number).collect::<Vec<_>>())
    })
    .await?;
    crate::deliver::withdraw_answered(store, &resolved, at).await?;
    store
        .settle_proposals(&resolved, ProposalState::Confirmed, by, at, &[])
        .await?;
    Ok(resolved)
}

/// Why cases that were named have no open proposal.
async fn missing(
    store: &dyn Store,
    wanted: &[CaseNumber],
    found: &[ProposalRecord],
) -> Result<Vec<String>, StoreError> {
    let mut problems = Vec::new();
    for number in wanted {
        if found.iter().any(|record| record.proposal.case == *number) {
            continue;
        }
        let any = ProposalFilter {
            cases: vec![number.clone()],
            ..ProposalFilter::default()
        };
        let why = match (
            store.case(number).await?,
            store.proposals(&any).await?.pop(),
        ) {
            (None, _) => {
                "there is no such case; `precedent proposals list` shows those that wait".to_owned()
            }
            (Some(_), Some(record)) if record.proposal.state == ProposalState::Rejected => {
                format!(
                    "its proposal was rejected by {}; `precedent resolve {number}` writes what solved it",
                    record.settled_by
                )
            }
            (Some(record), _) if record.state.resolution.is_some() => {
                "it is resolved already".to_owned()
            }
            _ => format!(
                "nothing was proposed for it; `precedent resolve {number}` writes what solved it"
            ),
        };
        problems.push(format!("{number}: {why}"));
    }
    Ok(problems)
}

async fn reject(context: &Context, numbers: &[CaseNumber], by: &str) -> Result<ExitCode> {
    let store = context.open_store_beside().await?;
    let filter = ProposalFilter {
        state: Some(ProposalState::Open),
        cases: numbers.to_vec(),
        ..ProposalFilter::default()
    };
    let found = store.proposals(&filter).await?;
    let problems = missing(&*store, numbers, &found).await?;
    let at = Timestamp::now();
    let rejected: Vec<CaseNumber> = found
        .iter()
        .map(|record| record.proposal.case.clone())
        .collect();
    let journal: Vec<JournalEvent> = rejected
        .iter()
        .map(|number| JournalEvent {
            case: number.clone(),
            mail: None,
            at,
            event: "proposal_rejected".to_owned(),
            detail: json!({"by": by}),
        })
        .collect();
    store
        .settle_proposals(&rejected, ProposalState::Rejected, by, at, &journal)
        .await?;
    store.close().await?;
    if context.json {
        output::object(&json!({"rejected": rejected, "problems": problems}));
    } else {
        output::line(&format!(
            "{} rejected",
            output::counted(rejected.len() as u64, "proposal")
        ));
    }
    Ok(ended(context, &problems))
}
