//! Parts of `scripts/bench-imap`.
//!
//! - `imap_bench archive CONFIG`: fetches the folders of all accounts into the archive, durably, and does
//!   nothing else with the mails.
//! - `imap_bench latency CONFIG ROUNDS`: beside a running `precedent run`, appends mails to the first
//!   account and measures how long until each is found by a search; a second connection that idles tells
//!   how much of that the server itself takes.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use precedent::config::{AccountSettings, Settings};
use precedent::intake::imap::{Position, Pull, Session};
use precedent::store::sqlite::SqliteStore;
use precedent::store::{Arrival, Cursor, NewMail, Store, compress, hash};
use precedent_index::{Index, SearchRequest, Sort};
use rayon::prelude::*;
use tokio::sync::mpsc;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let settings =
        precedent::config::load(Path::new(arguments.get(1).context("which configuration?")?))?;
    match arguments[0].as_str() {
        "archive" => archive(&settings).await,
        "latency" => {
            let rounds = arguments.get(2).map_or(Ok(30), |text| text.parse())?;
            latency(&settings, rounds).await
        }
        other => anyhow::bail!("{other}: write archive or latency"),
    }
}

async fn archive(settings: &Settings) -> Result<()> {
    let store = SqliteStore::open(&settings.data).await?;
    let begun = Instant::now();
    let mut count = 0;
    for account in &settings.accounts {
        for folder in &account.folders {
            count += archive_folder(&store, account, folder).await?;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    store.close().await?;
    println!(
        "{count} mails in {took:.2} s, {:.0} a second",
        f64::from(count) / took
    );
    Ok(())
}

async fn archive_folder(store: &dyn Store, account: &AccountSettings, folder: &str) -> Result<u32> {
    let mut session = Session::connect(account).await?;
    let selected = session.examine(folder).await?;
    let uids = session.uids_from(1).await?;
    let source = format!("bench:{}/{folder}", account.name);
    let (sink, mut groups) = mpsc::channel(2);
    let pull = Pull {
        source: &source,
        max_bytes: account.max_bytes,
        position: Position::begin(selected.uid_validity, selected.uid_next.unwrap_or(1)),
        leave: true,
        cautious: false,
        sink,
    };
    let now = jiff::Timestamp::now();
    let pulling = async {
        pull.run(&mut session, uids, now)
            .await
            .map_err(|error| error.error)
    };
    let keeping = async {
        let mut count = 0;
        while let Some(group) = groups.recv().await {
            let source = source.clone();
            let (mails, position) = tokio::task::spawn_blocking(move || {
                let position = group
                    .iter()
                    .rev()
                    .find_map(|item| item.as_ref().ok()?.cursor.clone());
                let mails: Vec<NewMail> = group
                    .into_par_iter()
                    .filter_map(|item| {
                        let mail = item.ok()?;
                        Some(NewMail {
                            hash: hash(&mail.bytes),
                            raw_compressed: compress(&mail.bytes).ok()?,
                            size: mail.bytes.len() as u64,
                            source: source.clone(),
                            origin: mail.origin,
                            received_at: mail.received_at.unwrap_or(now),
                            arrival: Arrival::default(),
                        })
                    })
                    .collect();
                (mails, position)
            })
            .await?;
            count += u32::try_from(mails.len())?;
            let cursors: Vec<Cursor> = position
                .map(|position| Cursor {
                    source: "bench".to_owned(),
                    position,
                })
                .into_iter()
                .collect();
            store.archive(&mails, &cursors).await?;
        }
        anyhow::Ok(count)
    };
    let (pulled, kept) = tokio::join!(pulling, keeping);
    pulled?;
    kept
}

async fn latency(settings: &Settings, rounds: usize) -> Result<()> {
    let account = settings.accounts.first().context("no account")?;
    let folder = account.folders.first().context("no folder")?;
    let mut sender = Session::connect(account).await?;
    let index = Index::open_read_only(&settings.data.join("index"))?;
    let mut searchable = Vec::new();
    let mut told = Vec::new();
    let mut ours = Vec::new();
    for round in 0..rounds {
        let word = format!("latencyprobe{round}x{}", std::process::id());
        let mail = format!(
            "From: probe@customer.example\r\nTo: sp-api-support@desk.example\r\nSubject: {word}\r\nMessage-ID: <{word}@customer.example>\r\n\r\ngetOrders answers 403 since this morning, {word}.\r\n"
        );
        // A connection that idles, to know when the server speaks.
        let mut listener = Session::connect(account).await?;
        listener.examine(folder).await?;
        listener.uids_from(u32::MAX).await?;
        let begun = tokio::sync::oneshot::channel();
        let listening = tokio::spawn(async move {
            let _ = begun.0.send(());
            let news = listener
                .idle(Duration::from_secs(20), std::future::pending())
                .await;
            (Instant::now(), news)
        });
        begun.1.await?;
        // Until both connections idle.
        tokio::time::sleep(Duration::from_millis(700)).await;
        sender.append(folder, &[], None, mail.as_bytes()).await?;
        let sent = Instant::now();
        let found = tokio::task::block_in_place(|| {
            loop {
                index.reload()?;
                let response = index.search(&SearchRequest {
                    query: word.clone(),
                    limit: 1,
                    offset: 0,
                    sort: Sort::Newest,
                    facets: Vec::new(),
                })?;
                if !response.hits.is_empty() {
                    return anyhow::Ok(Instant::now());
                }
                ensure!(
                    sent.elapsed() < Duration::from_secs(20),
                    "{word} is not found"
                );
                std::thread::park_timeout(Duration::from_millis(1));
            }
        })?;
        searchable.push(found - sent);
        let (at, news) = listening.await?;
        news?;
        told.push(at.saturating_duration_since(sent));
        ours.push(found.saturating_duration_since(at));
    }
    for (name, mut times) in [
        ("server told after", told),
        ("searchable after", searchable),
        ("of that, ours", ours),
    ] {
        times.sort();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        println!(
            "{name:<18} median {:>4} ms, 90 % {:>4} ms, worst {:>4} ms ({} mails)",
            at(50).as_millis(),
            at(90).as_millis(),
            at(100).as_millis(),
            times.len()
        );
    }
    Ok(())
}
