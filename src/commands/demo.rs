//! `precedent demo`: the main job on built-in samples. Nothing to set up; nothing leaves the folder.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use precedent_index::{Index, Precedent};

use super::context::Context;
use super::output::{self, Bar};
use crate::case::CaseNumber;
use crate::deliver::{Folder, deliver_waiting};
use crate::engine::{Clock, Engine, IndexFollower, Suggestion, similar_request};
use crate::intake::{Item, RawMail};
use crate::store::{MailKey, MailOutcome, MailState, OutboxState, Store, hash};

static SAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/samples");

/// Configuration of the demonstration, written beside its data.
const CONFIGURATION: &str = include_str!("../../samples/precedent.toml");

pub(super) async fn run(context: &Context, folder: Option<&Path>) -> Result<()> {
    let folder = folder.map_or_else(|| PathBuf::from("precedent-demo"), Path::to_owned);
    let file = folder.join("precedent.toml");
    if folder.exists() && !file.exists() && folder.read_dir()?.next().is_some() {
        bail!(
            "{} is there already and holds something else; name another folder with --folder",
            folder.display()
        );
    }
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    std::fs::write(&file, CONFIGURATION).with_context(|| file.display().to_string())?;
    let demo = Context {
        settings: crate::config::load(&file)?,
        config: Some(file.clone()),
        json: context.json,
        quiet: context.quiet,
        encoder: std::sync::OnceLock::new(),
    };
    let store = demo.open_store().await?;
    let engine = demo.engine(Arc::clone(&store), Clock::OfTheMail).await?;
    let mut follower = demo.follower(Arc::clone(&store)).await?;
    let mails = sample_mails()?;
    take_in(&demo, &engine, &mut follower, &mails).await?;
    let index = follower.index()?;
    let rows = rows(&*store, &index, &mails).await?;
    print_rows(&demo, &rows);
    if !demo.json {
        show_one(&*store, &index, &rows).await?;
        next_steps(&file, &folder, &rows);
    }
    store.close().await?;
    Ok(())
}

/// Imports the solved cases, takes the inbox in, and writes the replies to the folder.
async fn take_in(
    demo: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
    mails: &[(String, &'static [u8])],
) -> Result<()> {
    let solved = SAMPLES
        .get_file("solved.jsonl")
        .context("the samples lack solved.jsonl")?;
    let imported = super::import::import(
        engine,
        &*engine.store,
        Cursor::new(solved.contents()),
        "samples/solved.jsonl",
    )
    .await?;
    anyhow::ensure!(
        imported.problems.is_empty(),
        "{}",
        imported.problems.join("\n")
    );
    let items: Vec<Item> = mails
        .iter()
        .map(|(name, bytes)| {
            Ok(RawMail {
                bytes: bytes.to_vec(),
                origin: name.clone(),
                received_at: None,
                cursor: None,
                arrival: crate::store::Arrival::default(),
            })
        })
        .collect();
    let bar = Bar::new(demo, Some(items.len() as u64), None);
    let progress: Arc<dyn crate::engine::Progress> = bar.clone();
    engine.recover(Arc::new(())).await?;
    engine
        .ingest(items.into_iter(), "samples/inbox", progress)
        .await?;
    bar.clear();
    // The demonstration's clock stands at its mails: on today's they would be too old to be answered.
    let carrier = Folder::new(demo.outgoing_folder());
    let waiting = engine.store.due(Timestamp::MAX, None, usize::MAX).await?;
    if let Some(first) = waiting.iter().map(|record| record.created_at).min() {
        deliver_waiting(&*engine.store, &carrier, || first).await?;
    }
    follower.follow().await?;
    follower.commit().await?;
    super::reading::compute_vectors(demo, follower).await?;
    Ok(())
}

/// The samples in the order of their dates, as an inbox receives them.
fn sample_mails() -> Result<Vec<(String, &'static [u8])>> {
    let inbox = SAMPLES
        .get_dir("inbox")
        .context("the samples lack an inbox")?;
    let mut mails: Vec<(Option<Timestamp>, String, &'static [u8])> = inbox
        .files()
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "eml")
        })
        .map(|file| {
            let date = crate::mail::parse(file.contents(), &crate::mail::ParseOptions::default())
                .ok()
                .and_then(|message| message.date);
            let name = file
                .path()
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (date, name, file.contents())
        })
        .collect();
    mails.sort();
    Ok(mails
        .into_iter()
        .map(|(_, name, bytes)| (name, bytes))
        .collect())
}

/// One mail of the demonstration with what became of it.
struct Row {
    name: String,
    outcome: Option<MailOutcome>,
    quarantined: Option<String>,
    found: usize,
    missing: Vec<String>,
    precedent: Option<Precedent>,
    sent: bool,
}

async fn rows(
    store: &dyn Store,
    index: &Index,
    mails: &[(String, &'static [u8])],
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, bytes) in mails {
        let hash: String = hash(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let record = store
            .mails(&MailKey::HashPrefix(hash))
            .await?
            .into_iter()
            .next();
        let mut row = Row {
            name: name.clone(),
            outcome: None,
            quarantined: None,
            found: 0,
            missing: Vec::new(),
            precedent: None,
            sent: false,
        };
        match record.map(|record| record.state) {
            Some(MailState::Processed(outcome)) => {
                row.found = outcome.fields.len();
                if let Some(number) = outcome
                    .case
                    .as_ref()
                    .filter(|_| outcome.kind == crate::mail::MailKind::Human)
                    && let Some(history) = store.history(number).await?
                {
                    row.precedent = index
                        .similar(&similar_request(&history.case, 1))?
                        .into_iter()
                        .next();
                    row.sent = history
                        .outbox
                        .iter()
                        .any(|record| record.state == OutboxState::Sent);
                }
                // As this mail left it: later ones of the case have rows of their own.
                row.missing = missing_then(&outcome);
                row.outcome = Some(*outcome);
            }
            Some(MailState::Quarantined(entry)) => row.quarantined = Some(entry.entry.detail),
            _ => {}
        }
        rows.push(row);
    }
    Ok(rows)
}

fn print_rows(context: &Context, rows: &[Row]) {
    if context.json {
        for row in rows {
            let outcome = row.outcome.as_ref();
            output::object(&serde_json::json!({
                "mail": row.name,
                "case": outcome.and_then(|outcome| outcome.case.as_ref()),
                "kind": outcome.map(|outcome| outcome.kind),
                "language": outcome.and_then(|outcome| outcome.language.as_ref()),
                "issue_type": issue_type(outcome),
                "found": row.found,
                "missing": row.missing,
                "precedent": row.precedent.as_ref().map(super::similar::as_json),
                "verdict": outcome.and_then(|outcome| outcome.verdict.as_ref()),
                "quarantined": row.quarantined,
            }));
        }
        return;
    }
    let cells: Vec<[String; 8]> = rows.iter().map(cells).collect();
    output::fitted(&COLUMNS, &cells, usize::from(output::terminal_width()));
}

/// Columns of the table, each with the fewest characters to which it may be cut.
const COLUMNS: [(&str, usize); 8] = [
    ("mail", 8),
    ("case", 12),
    ("lang", 4),
    ("type", 8),
    ("found", 5),
    ("missing", 9),
    ("precedent", 14),
    ("verdict", 8),
];

fn cells(row: &Row) -> [String; 8] {
    let none = String::new;
    let Some(outcome) = &row.outcome else {
        return [
            row.name.clone(),
            "–".to_owned(),
            none(),
            "quarantine".to_owned(),
            none(),
            none(),
            none(),
            row.quarantined.clone().unwrap_or_default(),
        ];
    };
    let human = outcome.kind == crate::mail::MailKind::Human;
    [
        row.name.clone(),
        outcome
            .case
            .as_ref()
            .map_or_else(|| "–".to_owned(), ToString::to_string),
        outcome
            .language
            .clone()
            .filter(|_| human)
            .unwrap_or_default(),
        if human {
            issue_type(Some(outcome)).unwrap_or_default()
        } else {
            outcome.kind.as_str().to_owned()
        },
        if human { row.found.to_string() } else { none() },
        missing_words(row, human),
        row.precedent
            .as_ref()
            .map(|precedent| {
                let percent = super::similar::percent_sure(precedent);
                format!("{} {percent} %", precedent.number)
            })
            .unwrap_or_default(),
        verdict_words(outcome),
    ]
}

/// What was missing after this mail.
fn missing_then(outcome: &MailOutcome) -> Vec<String> {
    serde_json::from_str::<serde_json::Value>(&outcome.analysis)
        .ok()
        .and_then(|analysis| serde_json::from_value(analysis.get("missing")?.clone()).ok())
        .unwrap_or_default()
}

fn missing_words(row: &Row, human: bool) -> String {
    match (&row.missing[..], human) {
        (_, false) => String::new(),
        ([], true) => "nothing".to_owned(),
        ([one], true) => one.clone(),
        ([first, rest @ ..], true) => format!("{first} +{}", rest.len()),
    }
}

fn issue_type(outcome: Option<&MailOutcome>) -> Option<String> {
    let analysis: serde_json::Value = serde_json::from_str(&outcome?.analysis).ok()?;
    Some(analysis.get("issue_type")?.as_str()?.to_owned())
}

fn verdict_words(outcome: &MailOutcome) -> String {
    match &outcome.verdict {
        Some(verdict) if verdict.kind == crate::reply::VerdictKind::Send => "send".to_owned(),
        Some(verdict) => format!("{}: {}", verdict.kind.as_str(), verdict.rule),
        None => "nothing to send".to_owned(),
    }
}

/// The most telling case: something was asked for, and a precedent fits well.
fn telling(rows: &[Row]) -> Option<&Row> {
    rows.iter()
        .filter(|row| row.sent && !row.missing.is_empty() && row.found >= 4)
        .max_by(|left, right| {
            let score = |row: &Row| {
                row.precedent
                    .as_ref()
                    .map_or(0.0, |precedent| precedent.probability)
            };
            score(left)
                .total_cmp(&score(right))
                .then_with(|| right.name.cmp(&left.name))
        })
}

fn case_of(row: &Row) -> Option<&CaseNumber> {
    row.outcome.as_ref()?.case.as_ref()
}

async fn show_one(store: &dyn Store, index: &Index, rows: &[Row]) -> Result<()> {
    let Some(number) = telling(rows).and_then(case_of) else {
        return Ok(());
    };
    let history = super::show::load(store, &number.0).await?;
    let precedents: Vec<Suggestion> = index
        .similar(&similar_request(&history.case, 2))?
        .into_iter()
        .map(Into::into)
        .collect();
    let texts = super::show::reply_texts(store, &history).await?;
    output::line("");
    output::line(&"─".repeat(usize::from(output::terminal_width()).min(100)));
    output::line(&format!("One case in full (precedent show {number}):\n"));
    output::line(&super::show::as_text(&history, &precedents, &texts));
    Ok(())
}

fn next_steps(file: &Path, folder: &Path, rows: &[Row]) {
    let program = std::env::args()
        .next()
        .unwrap_or_else(|| "precedent".to_owned());
    let with = format!("{program} --config {}", file.display());
    let number = telling(rows)
        .and_then(case_of)
        .map_or("SP-1001", |number| number.0.as_str());
    let cases = rows
        .iter()
        .filter_map(case_of)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    output::line(&"─".repeat(usize::from(output::terminal_width()).min(100)));
    output::line(&format!(
        "{} mails became {cases} cases. The replies that the gate let pass are files in {}.\n\nTry next:\n  {with} list\n  {with} show {number}\n  {with} search 'error:429 -status:resolved'\n  {with} similar {number}\n  {with} outbox list --state withheld\n  {with} explain 1\n  {with} resolve {number} --code fixed --resolution 'What solved it'\n  {program} init          # a configuration of your own",
        rows.len(),
        folder.join("data/outgoing").display(),
    ));
}
