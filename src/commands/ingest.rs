//! `precedent ingest`.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::task::JoinSet;

use super::context::Context;
use super::output::{self, Bar};
use crate::config::AccountSettings;
use crate::deliver::{Delivered, deliver_waiting};
use crate::engine::{Activity, Clock, Engine, FollowFailure, IndexFollower, Summary, read_once};
use crate::intake::{Source, folders_within, is_maildir};
use crate::limits::PIPE_WORK_SECONDS;
use crate::mail::NotMail;
use crate::store::{OutboxState, StoreError};

/// Exit status of a pipe whose mail should be tried again later (`EX_TEMPFAIL`, sysexits.h).
pub(super) const TRY_AGAIN: u8 = 75;
/// Exit status of a pipe whose input is not a mail (`EX_DATAERR`).
const NOT_A_MAIL: u8 = 65;

/// True when one of the sources is standard input.
pub(super) fn has_pipe(sources: &[PathBuf]) -> bool {
    sources.iter().any(|source| source.as_os_str() == "-")
}

pub(super) async fn run(
    context: &Context,
    sources: &[PathBuf],
    accounts: &[String],
    watch: bool,
    import: bool,
) -> Result<ExitCode> {
    if has_pipe(sources) {
        anyhow::ensure!(
            !import,
            "standard input cannot be imported: name a file or a folder"
        );
        anyhow::ensure!(
            sources.len() == 1 && accounts.is_empty() && !watch,
            "standard input is one mail of a mail server and is read alone: take the other sources in by themselves"
        );
        return Ok(pipe(context).await);
    }
    let accounts = accounts
        .iter()
        .map(|name| named_account(context, name))
        .collect::<Result<Vec<_>>>()?;
    let stop = super::signals::stop_on_signals();
    let store = context.open_store().await?;
    let engine = Engine {
        stop,
        ..context.engine(Arc::clone(&store), Clock::System).await?
    };
    let mut follower = context.follower(store).await?;
    let mut summary = recover(context, &engine, &mut follower).await?;
    for path in sources {
        if engine.stop.asked() {
            summary.ended_early = true;
            break;
        }
        summary.add(ingest_one(context, &engine, &mut follower, path, import).await?);
        tell_folders_within(context, path);
    }
    for account in accounts {
        for folder in &account.folders {
            if engine.stop.asked() {
                summary.ended_early = true;
                break;
            }
            let bar = Bar::new(context, None, None);
            let progress: Arc<dyn crate::engine::Progress> = bar.clone();
            let read = read_once(&engine, account, folder, progress);
            let read = beside(&mut follower, read).await?;
            bar.clear();
            summary.add(read.map_err(|error| with_hint(account, error))?);
        }
    }
    let first_pass = watch.then(|| summary.is_clean());
    if watch {
        let folders = sources
            .iter()
            .map(|path| {
                anyhow::ensure!(
                    is_maildir(path),
                    "only a Maildir can be watched: it has the folders cur, new and tmp"
                );
                path.canonicalize()
                    .with_context(|| path.display().to_string())
            })
            .collect::<Result<Vec<_>>>()?;
        output::note(
            context,
            &format!(
                "watching {} Maildir(s); stop with Ctrl-C or SIGTERM",
                folders.len()
            ),
        );
        let activity = Arc::new(Activity::default());
        super::run::watch(
            context,
            &engine,
            &mut follower,
            &folders,
            JoinSet::new(),
            activity,
            &mut summary,
        )
        .await??;
    }
    finish(context, &engine, &mut follower, &mut summary).await?;
    let status = report(context, &summary);
    if !watch && summary.ended_early {
        super::output::note(
            context,
            "stopped as asked: nothing is lost, and the same command takes in the rest",
        );
        return Ok(ExitCode::FAILURE);
    }
    // What went to quarantine while it watched is told, and no failure of the service.
    Ok(match first_pass {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => status,
    })
}

/// Says which folders of a Maildir were not read with it: they may hold what nobody is to answer, such as `.Trash`.
fn tell_folders_within(context: &Context, path: &Path) {
    if !is_maildir(path) {
        return;
    }
    let folders = folders_within(path).unwrap_or_default();
    if !folders.is_empty() {
        let names: Vec<String> = folders
            .iter()
            .map(|folder| folder.display().to_string())
            .collect();
        output::note(
            context,
            &format!(
                "not read, as each folder of a Maildir is a source of its own: {}",
                names.join(", ")
            ),
        );
    }
}

pub(super) fn named_account<'a>(context: &'a Context, name: &str) -> Result<&'a AccountSettings> {
    let accounts = &context.settings.accounts;
    accounts
        .iter()
        .find(|account| account.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = accounts
                .iter()
                .map(|account| account.name.as_str())
                .collect();
            anyhow::anyhow!(
                "there is no account {name:?}; the configuration has: {}",
                if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                }
            )
        })
}

pub(super) fn with_hint(account: &AccountSettings, failure: FollowFailure) -> anyhow::Error {
    let hint = match &failure {
        FollowFailure::Imap(error) => format!(" ({})", error.hint()),
        FollowFailure::Store(_) => String::new(),
    };
    anyhow::Error::from(failure).context(format!("account {:?}{hint}", account.name))
}

/// Ends what an earlier run left unfinished.
pub(super) async fn recover(
    context: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
) -> Result<Summary> {
    let bar = Bar::new(context, None, None);
    let summary = engine.recover(bar).await?;
    if summary.processed + summary.quarantined > 0 {
        output::note(
            context,
            &format!(
                "{} mails of an interrupted run were processed",
                summary.processed + summary.quarantined
            ),
        );
    }
    follower.follow().await?;
    Ok(summary)
}

/// Takes in one source while the index follows.
pub(super) async fn ingest_one(
    context: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
    path: &Path,
    import: bool,
) -> Result<Summary> {
    let source = open_source(engine, path).await?;
    ingest_source(context, engine, follower, source, import).await
}

/// The same with a source that is open.
pub(super) async fn ingest_source(
    context: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
    source: Source,
    import: bool,
) -> Result<Summary> {
    let bar = Bar::new(context, source.count, source.bytes);
    let name = source.name.clone();
    let source = source.map(move |item| {
        item.map(|mut mail| {
            mail.arrival.backlog |= import;
            mail
        })
    });
    let progress: Arc<dyn crate::engine::Progress> = bar.clone();
    let ingest = engine.ingest(source, &name, progress);
    let summary = beside(follower, ingest).await??;
    bar.clear();
    follower.follow().await?;
    follower.commit().await?;
    Ok(summary)
}

/// Lets the index follow while something is taken in.
pub(super) async fn beside<T>(
    follower: &mut IndexFollower,
    work: impl Future<Output = T>,
) -> Result<T> {
    tokio::pin!(work);
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            _ = pace.tick() => {}
        }
        // Follow without stopping the pipeline: both run until one of them has something to say.
        let follow = follower.follow();
        tokio::pin!(follow);
        tokio::select! {
            done = &mut work => {
                follow.await?;
                return Ok(done);
            }
            followed = &mut follow => { followed?; }
        }
    }
}

async fn open_source(engine: &Engine, path: &Path) -> Result<Source> {
    // The cursor must be known before the source is opened; its name is told by a first look.
    let named = Source::open(path, |_| None)?;
    let cursor = engine.store.cursor(&named.name).await?;
    match cursor {
        Some(position) => Ok(Source::open(path, |_| Some(position))?),
        None => Ok(named),
    }
}

async fn deliver(
    context: &Context,
    engine: &Engine,
    summary: &mut Summary,
) -> Result<(), StoreError> {
    let clock = engine.clock;
    let carrier = context.carrier();
    // Asked to end: what waits may wait for the next start, and a server may not answer for minutes.
    if engine.stop.asked() && carrier.retry_days().is_some() {
        return Ok(());
    }
    let done = deliver_waiting(&*engine.store, &*carrier, move || clock.now(None)).await?;
    if done.later > 0 {
        tracing::warn!(
            mails = done.later,
            "mails could not be handed over and wait"
        );
    }
    if let Some(reason) = &done.unreachable {
        tracing::warn!(%reason, "mails cannot be handed over and wait");
    }
    context.file_copies(&*engine.store).await;
    tally(summary, &done);
    Ok(())
}

/// What waited when it was decided on has left since.
pub(super) fn tally(summary: &mut Summary, done: &Delivered) {
    let waiting = OutboxState::Waiting.as_str();
    for (state, count) in [
        (OutboxState::Sent, done.sent),
        (OutboxState::Withheld, done.withheld),
        (OutboxState::Failed, done.failed),
        (OutboxState::Uncertain, done.uncertain),
    ] {
        let left = summary.outgoing.entry(waiting).or_default();
        let moved = count.min(*left);
        *left -= moved;
        if moved > 0 {
            *summary.outgoing.entry(state.as_str()).or_default() += moved;
        }
    }
    summary.outgoing.retain(|_, count| *count > 0);
}

/// Indexes, delivers, and ends the work when nothing is left that other processes handed over.
pub(super) async fn finish(
    context: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
    summary: &mut Summary,
) -> Result<()> {
    let indexed = loop {
        let mut indexed = follower.follow().await;
        if indexed.is_ok() {
            indexed = follower.commit().await.and(indexed);
        }
        // Answers leave also where the index fails, which the next process makes right.
        deliver(context, engine, summary).await?;
        engine.store.end_work().await?;
        // Another process may have handed a mail over just before, and gone away.
        let left = !engine.store.pending(None, 1).await?.is_empty();
        if !left || engine.stop.asked() || !engine.store.begin_work().await? {
            break indexed;
        }
        summary.add(engine.recover(Arc::new(())).await?);
    };
    engine.store.close().await?;
    indexed?;
    Ok(())
}

/// Tells what was done; the exit status is 1 when a mail could not be read or was put aside.
pub(super) fn report(context: &Context, summary: &Summary) -> ExitCode {
    if context.json {
        output::object(&json!({
            "read": summary.read,
            "bytes": summary.bytes,
            "known": summary.known,
            "processed": summary.processed,
            "quarantined": summary.quarantined,
            "opened": summary.opened,
            "follow_ups": summary.follow_ups,
            "automatic": summary.automatic,
            "copies": summary.copies,
            "ended_early": summary.ended_early,
            "outgoing": summary.outgoing,
            "failures": summary.failures,
        }));
    } else {
        let copies = match summary.copies {
            0 => String::new(),
            copies => format!(", {copies} copies of mails of their cases"),
        };
        output::line(&format!(
            "{} mails read: {} new, {} known before · {} cases opened, {} follow-ups, {} automatic{} · {} in quarantine",
            summary.read,
            summary.read - summary.known,
            summary.known,
            summary.opened,
            summary.follow_ups,
            summary.automatic,
            copies,
            summary.quarantined,
        ));
        if !summary.outgoing.is_empty() {
            let states: Vec<String> = summary
                .outgoing
                .iter()
                .map(|(state, count)| format!("{count} {state}"))
                .collect();
            output::line(&format!("replies: {}", states.join(", ")));
        }
    }
    for failure in &summary.failures {
        output::note(context, &format!("not read: {failure}"));
    }
    if summary.quarantined > 0 {
        output::note(
            context,
            "`precedent quarantine list` shows what was put aside and why",
        );
    }
    if summary.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A mail on standard input. The mail server keeps it unless we say that it is stored.
async fn pipe(context: &Context) -> ExitCode {
    let mail = match crate::intake::read_standard_input() {
        Ok(mail) => mail,
        Err(error) => {
            output::note(context, &format!("standard input cannot be read: {error}"));
            return ExitCode::from(TRY_AGAIN);
        }
    };
    if let Err(error) = refused(&mail.bytes, &context.parse_options()) {
        let text = error.to_string();
        let text = text.strip_prefix("not a mail: ").unwrap_or(&text);
        output::note(context, &format!("not a mail: {text}"));
        return ExitCode::from(NOT_A_MAIL);
    }
    let stored = async {
        let store = context.open_store_beside().await?;
        let engine = context.engine(store, Clock::System).await?;
        let summary = engine.keep(vec![mail], "standard input").await?;
        anyhow::Ok((engine, summary))
    };
    let (engine, mut summary) = match stored.await {
        Ok(stored) => stored,
        Err(error) => {
            super::report_error(&error);
            return ExitCode::from(TRY_AGAIN);
        }
    };
    // The mail is safe. What fails from here on is told, and done by the next process at work.
    let worked = async {
        let worked = work_off(context, &engine).await?;
        engine.store.close().await?;
        anyhow::Ok(worked)
    };
    match worked.await {
        Ok(worked) => summary.add(worked),
        Err(error) => super::report_error(&error),
    }
    if context.json {
        report(context, &summary);
    }
    ExitCode::SUCCESS
}

/// Processes and delivers what waits, unless another process does. That one looks for more before it ends.
pub(super) async fn work_off(context: &Context, engine: &Engine) -> Result<Summary> {
    let until = Instant::now() + Duration::from_secs(PIPE_WORK_SECONDS);
    let mut summary = Summary::default();
    while engine.store.begin_work().await? {
        summary.add(engine.recover(Arc::new(())).await?);
        let indexed = context.index_changes(Arc::clone(&engine.store)).await;
        deliver(context, engine, &mut summary).await?;
        engine.store.end_work().await?;
        // An index that cannot be written now follows later.
        indexed?;
        // Handed over by a pipe that found this one at work, just before it ended.
        if engine.store.pending(None, 1).await?.is_empty() || Instant::now() > until {
            break;
        }
    }
    Ok(summary)
}

/// Only what has neither header nor text is refused: everything else is archived, and what cannot
/// be read is put into quarantine.
fn refused(bytes: &[u8], options: &crate::mail::ParseOptions) -> Result<(), NotMail> {
    let parsed = std::panic::catch_unwind(AssertUnwindSafe(|| crate::mail::parse(bytes, options)));
    match parsed {
        Ok(Err(error @ (NotMail::Empty | NotMail::NoHeader))) => Err(error),
        _ => Ok(()),
    }
}
