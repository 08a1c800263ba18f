//! `precedent run`: all configured sources at once, until stopped.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::context::Context;
use super::ingest::{finish, recover, report, tally};
use super::output;
use crate::config::LmtpSettings;
use crate::deliver::Folder;
use crate::engine::{
    Activity, Clock, Engine, Follow, IndexFollower, LoginGate, Summary, keep, source_name,
};
use crate::intake::lmtp::{Lmtp, LmtpRules};
use crate::intake::{MaildirWatch, is_maildir};
use crate::limits::BATCH_MAILS;
use crate::monitor::{Listener, ServiceManager};
use crate::store::Store;

/// Longest time until the search index follows what another process changed.
const INTERVAL: Duration = Duration::from_millis(700);

pub(super) async fn run(context: &Context) -> Result<ExitCode> {
    let settings = &context.settings;
    let mut maildirs = Vec::new();
    for source in &settings.sources {
        let folder = &source.maildir;
        anyhow::ensure!(
            is_maildir(folder),
            "{}: not a Maildir (it has no folders cur and new)",
            folder.display()
        );
        maildirs.push(
            folder
                .canonicalize()
                .with_context(|| folder.display().to_string())?,
        );
    }
    anyhow::ensure!(
        !maildirs.is_empty() || !settings.accounts.is_empty() || settings.lmtp.is_some(),
        "the configuration names no source; add [[source]] with maildir = \"...\", [[account]] with host = \"...\" or [lmtp]"
    );
    let manager = ServiceManager::from_environment();
    crate::monitor::beat();
    let telling = tokio::spawn(manager.clone().keep_telling());
    let stop = super::signals::stop_on_signals();
    let store = context.open_store().await?;
    let ready = Arc::new(AtomicBool::new(false));
    let door = open_metrics(context, &store, &ready).await?;
    let engine = Engine {
        stop,
        ..context.engine(Arc::clone(&store), Clock::System).await?
    };
    let mut follower = context.follower(store).await?;
    let mut summary = recover(context, &engine, &mut follower).await?;

    let activity = Arc::new(Activity::default());
    let mut tasks: JoinSet<Result<Summary>> = JoinSet::new();
    let mut folders = 0;
    for account in &settings.accounts {
        let account = Arc::new(account.clone());
        let gate = Arc::new(LoginGate::default());
        for folder in &account.folders {
            folders += 1;
            let follow = Follow {
                engine: engine.clone(),
                account: Arc::clone(&account),
                folder: folder.clone(),
                activity: Arc::clone(&activity),
                gate: Arc::clone(&gate),
            };
            tasks.spawn(async move { Ok(follow.run().await) });
        }
    }
    if let Some(lmtp) = &settings.lmtp {
        open_door(context, lmtp, &engine, &activity, &mut tasks).await?;
    }
    if let Some(retention) = settings.retention.wanted() {
        tasks.spawn(super::retention::follow(
            engine.clone(),
            retention,
            Folder::new(context.outgoing_folder()),
        ));
    }
    output::note(
        context,
        &format!(
            "watching {} Maildir(s) and {folders} folder(s) of {} account(s); stop with Ctrl-C or SIGTERM",
            maildirs.len(),
            settings.accounts.len(),
        ),
    );
    context.note_no_encoder();
    ready.store(true, Ordering::SeqCst);
    manager.ready();
    {
        let (stop, ready, manager) = (engine.stop.clone(), Arc::clone(&ready), manager.clone());
        tokio::spawn(async move {
            stop.wait().await;
            ready.store(false, Ordering::SeqCst);
            manager.stopping();
        });
    }
    let ended = watch(
        context,
        &engine,
        &mut follower,
        &maildirs,
        tasks,
        activity,
        &mut summary,
    )
    .await?;
    finish(context, &engine, &mut follower, &mut summary).await?;
    // Ended as asked: what went to quarantine meanwhile is told, and no failure of the service.
    report(context, &summary);
    telling.abort();
    if let Some(door) = door {
        door.abort();
    }
    ended.map(|()| ExitCode::SUCCESS)
}

/// Follows Maildirs and what else is on its way until asked to stop, or until the store fails: the index follows,
/// what may leave is delivered, and what other processes left is taken over. What was done is added to the summary; the inner
/// result is what ended it.
pub(super) async fn watch(
    context: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
    maildirs: &[PathBuf],
    mut tasks: JoinSet<Result<Summary>>,
    activity: Arc<Activity>,
    summary: &mut Summary,
) -> Result<Result<()>> {
    for folder in maildirs {
        tasks.spawn(follow_maildir(
            engine.clone(),
            folder.clone(),
            Arc::clone(&activity),
        ));
    }
    let deliverer = context.deliverer(engine);
    let mut failure = None;
    loop {
        crate::monitor::beat();
        tokio::select! {
            () = activity.changed() => {}
            () = tokio::time::sleep(INTERVAL) => {}
            ended = tasks.join_next() => match ended {
                None => break,
                Some(ended) => match ended.map_err(anyhow::Error::from).and_then(|ended| ended) {
                    Ok(more) => summary.add(more),
                    Err(error) => {
                        // The store failed: a service manager starts us again.
                        engine.stop.ask();
                        failure.get_or_insert(error);
                    }
                },
            },
        }
        // What other processes left for this one: a mail server's pipe, a person who tries a mail again. What is in hand is
        // pending as well and must not be taken for that.
        if !activity.is_busy() && failure.is_none() {
            match engine.recover(Arc::new(())).await {
                Ok(more) => summary.add(more),
                Err(error) => {
                    engine.stop.ask();
                    failure.get_or_insert(error.into());
                }
            }
        }
        follower.keep_up(!activity.is_busy()).await?;
        deliverer.wake.now();
    }
    tally(summary, &deliverer.end().await?);
    Ok(failure.map_or(Ok(()), Err))
}

/// Opens the door for whoever watches.
async fn open_metrics(
    context: &Context,
    store: &Arc<dyn Store>,
    ready: &Arc<AtomicBool>,
) -> Result<Option<JoinHandle<()>>> {
    let Some(settings) = &context.settings.metrics else {
        return Ok(None);
    };
    let address = settings
        .address()
        .with_context(|| format!("[metrics] {:?} is no address", settings.listen))?;
    let accounts = context.settings.accounts.iter();
    let sources = accounts.flat_map(|account| {
        let folders = account.folders.iter();
        folders.map(|folder| source_name(&account.name, folder))
    });
    let door = Listener::open(
        address,
        Arc::clone(store),
        Arc::clone(ready),
        sources.collect(),
    )
    .await
    .with_context(|| format!("[metrics] cannot listen on {}", settings.listen))?;
    output::note(
        context,
        &format!("metrics on http://{}/metrics", door.address()?),
    );
    Ok(Some(tokio::spawn(door.serve())))
}

/// Opens the door for a mail server.
async fn open_door(
    context: &Context,
    settings: &LmtpSettings,
    engine: &Engine,
    activity: &Arc<Activity>,
    tasks: &mut JoinSet<Result<Summary>>,
) -> Result<()> {
    let door = Lmtp::open(&settings.address())
        .await
        .with_context(|| format!("[lmtp] cannot listen on {}", settings.listen))?;
    let place = door.place();
    output::note(context, &format!("LMTP on {place}"));
    let rules = LmtpRules {
        max_bytes: settings.max_bytes,
        recipients: (!settings.any_recipient).then(|| context.settings.own_addresses()),
        name: "precedent.invalid".to_owned(),
    };
    let (keeper, waiting) = mpsc::channel(BATCH_MAILS);
    let stop = engine.stop.clone();
    let serving = door.serve(rules, keeper, move || {
        let stop = stop.clone();
        async move { stop.wait().await }
    });
    let keeping = keep(
        engine.clone(),
        format!("lmtp:{place}"),
        waiting,
        Arc::clone(activity),
    );
    tasks.spawn(async move {
        let ((), summary) = tokio::join!(serving, keeping);
        Ok(summary)
    });
    Ok(())
}

/// Follows one Maildir.
async fn follow_maildir(
    engine: Engine,
    folder: PathBuf,
    activity: Arc<Activity>,
) -> Result<Summary> {
    let name = format!("maildir:{}", folder.display());
    let mut watch = MaildirWatch::new(&folder);
    let mut summary = Summary::default();
    while !engine.stop.asked() {
        let items;
        (watch, items) = tokio::task::spawn_blocking(move || {
            let items = watch.arrived(BATCH_MAILS);
            (watch, items)
        })
        .await?;
        match items {
            Ok(items) if items.is_empty() => {}
            Ok(items) => {
                let _running = activity.begin();
                let batch = engine
                    .ingest(items.into_iter(), &name, Arc::new(()))
                    .await?;
                tracing::info!(
                    source = %name,
                    read = batch.read,
                    known = batch.known,
                    opened = batch.opened,
                    follow_ups = batch.follow_ups,
                    automatic = batch.automatic,
                    quarantined = batch.quarantined,
                    "a batch of mails"
                );
                summary.add(batch);
                continue;
            }
            // The folder may come back: a network file system, a mailbox being moved.
            Err(error) => tracing::warn!(source = %name, %error, "the folder cannot be listed"),
        }
        watch = tokio::task::spawn_blocking(move || {
            watch.wait();
            watch
        })
        .await?;
    }
    Ok(summary)
}
