//! Exports of other ticket systems: each solved ticket becomes a closed case, with a proposed resolution where the desk gave
//! one.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::output::{self, Bar};
use super::What;
use crate::engine::{Clock, Desk, Engine, Progress, proposal};
use crate::history::map::Shape;
use crate::history::{Answer, Left, TicketMap, ticket};
use crate::profile::nearest;
use crate::store::{Commit, ImportChange, SolvedCase, Store};

/// Cases written in one transaction.
const BATCH: usize = 200;

/// A record with its place in the file.
struct Record {
    line: usize,
    /// Its number in a list, from 1; a list can stand on one line. None where a line is a record.
    item: Option<usize>,
    value: Result<Value, String>,
}

impl Record {
    fn place(&self, source: &Path) -> String {
        let item = self
            .item
            .map_or_else(String::new, |item| format!(" (record {item})"));
        format!("{}:{}{item}", source.display(), self.line)
    }
}

/// What an import of an export did.
#[derive(Default)]
struct Done {
    tickets: u64,
    added: u64,
    updated: u64,
    unchanged: u64,
    proposed: u64,
    without_answer: u64,
    skipped: BTreeMap<String, u64>,
    problems: Vec<String>,
}

pub(super) async fn run(context: &Context, what: &What<'_>, name: &str) -> Result<ExitCode> {
    let map = read_map(name)?;
    let desks = &context.settings.desks;
    ensure!(
        what.desk.is_some() || desks.len() == 1,
        "an export does not say which desk its tickets belong to; add --desk with one of {}",
        desks
            .iter()
            .map(|desk| desk.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    );
    let mut files = Vec::new();
    for source in what.sources {
        files.push((source, records(context, source, &map)?));
    }
    let store = context.open_store_beside().await?;
    let engine = context.engine(Arc::clone(&store), Clock::System).await?;
    let desk = super::desk(&engine, what.desk).map_err(|problem| anyhow!(problem))?;
    let mut done = Done::default();
    let count: usize = files.iter().map(|(_, records)| records.len()).sum();
    let bar = Bar::new(context, Some(count as u64), None);
    for (source, records) in files {
        for batch in records.chunks(BATCH) {
            import(&engine, &*store, desk, &map, source, batch, &mut done).await?;
            bar.advance(batch.len() as u64, 0);
        }
    }
    bar.clear();
    context.index_changes(Arc::clone(&store)).await?;
    store.close().await?;
    Ok(tell(context, &map, &done))
}

fn read_map(name: &str) -> Result<TicketMap> {
    let (place, toml) = match TicketMap::built_in(name) {
        Some(toml) => (name.to_owned(), toml.to_owned()),
        None => {
            let text = std::fs::read_to_string(name).map_err(|error| {
                anyhow!(
                    "the map {name:?} is neither built in ({}) nor a readable file: {error}",
                    TicketMap::built_in_names().join(", ")
                )
            })?;
            (name.to_owned(), text)
        }
    };
    TicketMap::parse(&toml).map_err(|error| anyhow!("{place}: {error}"))
}

async fn import(
    engine: &Engine,
    store: &dyn Store,
    desk: &Desk,
    map: &TicketMap,
    source: &Path,
    batch: &[Record],
    done: &mut Done,
) -> Result<()> {
    let mut cases: Vec<SolvedCase> = Vec::with_capacity(batch.len());
    let mut answers: Vec<(Option<Answer>, u64)> = Vec::with_capacity(batch.len());
    for record in batch {
        done.tickets += 1;
        let place = || record.place(source);
        let value = match &record.value {
            Ok(value) => value,
            Err(problem) => {
                done.problems.push(format!("{}: {problem}", place()));
                continue;
            }
        };
        match ticket::read(map, value) {
            Ok(ticket) => {
                let (case, answer) = engine.case_of_ticket(desk, &ticket);
                cases.push(case);
                answers.push((answer, ticket.messages.len() as u64));
            }
            Err(Left::Skipped(_, because)) => *done.skipped.entry(because).or_default() += 1,
            Err(Left::Wrong(problem)) => done.problems.push(format!("{}: {problem}", place())),
        }
    }
    let imported = store.import(&cases).await?;
    let mut proposals = Vec::new();
    for ((imported, case), (answer, messages)) in imported.iter().zip(&cases).zip(answers) {
        match imported.change {
            ImportChange::Added => done.added += 1,
            ImportChange::Updated => done.updated += 1,
            ImportChange::Unchanged => done.unchanged += 1,
        }
        if answer.is_none() {
            done.without_answer += 1;
            continue;
        }
        proposals.push(proposal(
            imported.number.clone(),
            answer,
            case.updated_at,
            messages,
        ));
    }
    let mut commit = Commit::new(Timestamp::now());
    commit.proposals = proposals;
    done.proposed += store.commit(&commit).await?.proposed as u64;
    Ok(())
}

fn tell(context: &Context, map: &TicketMap, done: &Done) -> ExitCode {
    if context.json {
        output::object(&json!({
            "tickets": done.tickets, "added": done.added, "updated": done.updated,
            "unchanged": done.unchanged, "proposed": done.proposed,
            "without_answer": done.without_answer, "skipped": done.skipped, "problems": done.problems,
        }));
    } else {
        output::line(&format!(
            "{} of {}: {} added, {} updated, {} known before · {} proposed, {} without an answer of the desk",
            output::counted(done.tickets, "ticket"),
            map.name,
            output::counted(done.added, "case"),
            done.updated,
            done.unchanged,
            output::counted(done.proposed, "resolution"),
            done.without_answer,
        ));
        for (because, count) in &done.skipped {
            output::line(&format!("not taken: {count}, because {because}"));
        }
    }
    if done.proposed > 0 {
        output::note(
            context,
            "`precedent proposals list` shows them; none is a precedent until somebody confirms it",
        );
    }
    super::tell_problems(context, &done.problems);
    if done.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// All records of a file.
fn records(context: &Context, path: &Path, map: &TicketMap) -> Result<Vec<Record>> {
    let named = || path.display().to_string();
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).context("standard input")?;
        bytes
    } else {
        std::fs::read(path).with_context(named)?
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        anyhow!(
            "{}:{line}: not UTF-8; convert it first, for instance with `iconv -f windows-1252 -t utf-8`",
            path.display()
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match map.shape {
        Shape::Csv => rows(context, text, map).with_context(named),
        Shape::Json => objects(text, map).with_context(named),
    }
}

fn rows(context: &Context, text: &str, map: &TicketMap) -> Result<Vec<Record>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let names = reader.headers()?.clone();
    if names.iter().all(str::is_empty) {
        bail!("line 1: it is empty; it must name the columns");
    }
    let missing = map.missing_columns(&names.iter().collect::<Vec<_>>());
    let (needed, others): (Vec<_>, Vec<_>) = missing.iter().partition(|column| column.needed);
    if !needed.is_empty() {
        let found: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        bail!(
            "line 1: {}; it names {}",
            needed
                .iter()
                .map(|column| column.to_string())
                .collect::<Vec<_>>()
                .join("; "),
            found.join(", ")
        );
    }
    for column in others {
        output::note(context, &format!("line 1: {column}"));
    }
    let mut records = Vec::new();
    for row in reader.records() {
        match row {
            Ok(row) => {
                let line = row.position().map_or(0, |place| place.line());
                let value = if row.len() == names.len() {
                    Ok(ticket::of_row(names.iter(), row.iter()))
                } else {
                    Err(format!(
                        "{} cells where the first line names {}",
                        row.len(),
                        names.len()
                    ))
                };
                records.push(Record {
                    line: usize::try_from(line).unwrap_or(0),
                    item: None,
                    value,
                });
            }
            Err(error) => {
                let line = error.position().map_or(0, |place| place.line());
                records.push(Record {
                    line: usize::try_from(line).unwrap_or(0),
                    item: None,
                    value: Err(error.to_string()),
                });
            }
        }
    }
    Ok(records)
}

fn objects(text: &str, map: &TicketMap) -> Result<Vec<Record>> {
    if !text.trim_start().starts_with('[') && lines_are_objects(text) {
        return Ok(text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(place, line)| Record {
                line: place + 1,
                item: None,
                value: serde_json::from_str(line).map_err(|error| super::not_json(&error)),
            })
            .collect());
    }
    let mut whole: &RawValue = serde_json::from_str(text)
        .map_err(|error| anyhow!("not JSON: {error}; is the file whole?"))?;
    if !whole.get().starts_with('[') {
        let Some(rows) = &map.rows else {
            bail!(
                "it is one object and no list of tickets; `rows` of the map says where the list is"
            );
        };
        let mut at = String::new();
        for key in rows.split('.') {
            let object: BTreeMap<String, &RawValue> =
                serde_json::from_str(whole.get()).map_err(|_| {
                    anyhow!("what stands at {at:?} is no object, and `rows` of the map looks for {key:?} in it")
                })?;
            whole = object.get(key).copied().ok_or_else(|| {
                let near = nearest(key, object.keys().map(String::as_str))
                    .map_or_else(String::new, |near| format!("; did you mean {near:?}?"));
                anyhow!(
                    "there is no {key:?} in it, where `rows` of the map looks for the tickets{near}"
                )
            })?;
            if !at.is_empty() {
                at.push('.');
            }
            at.push_str(key);
        }
    }
    let items: Vec<&RawValue> = serde_json::from_str(whole.get()).map_err(|_| match &map.rows {
        Some(rows) => anyhow!("what stands at {rows:?} is no list of tickets"),
        None => anyhow!("it is no list of tickets"),
    })?;
    let mut counted = 0;
    let mut line = 1;
    Ok(items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            let at = (item.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            line += text.as_bytes()[counted..at]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            counted = at;
            Record {
                line,
                item: Some(place + 1),
                value: serde_json::from_str(item.get()).map_err(|error| super::not_json(&error)),
            }
        })
        .collect())
}

/// True for one object on each line: the first line is whole.
fn lines_are_objects(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| serde_json::from_str::<BTreeMap<String, &RawValue>>(line).is_ok())
        && text.lines().filter(|line| !line.trim().is_empty()).count() > 1
}
