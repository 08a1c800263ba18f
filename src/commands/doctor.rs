//! `precedent doctor`: compares servers, archive, cases, quarantine, outbox and index, and says what needs
//! somebody.

mod clock;
pub(super) mod keys;
mod mailbox;
mod outbox;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use precedent_index::{Encoder, Index};
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::output;
use crate::deliver::recover_interrupted;
use crate::engine::Clock;
use crate::store::sqlite::SqliteStore;
use crate::store::{Consistency, Health, Store, StoreError};

/// Pending mails beside a running process are work in hand until then. Minutes.
const PENDING_MINUTES: i64 = 10;
/// A time in the store may lie so far ahead of the clock. Minutes.
const SKEW_MINUTES: i64 = 5;
/// Free space below which it is told, and below which it is a failure. Bytes.
const SPACE: (u64, u64) = (2 << 30, 256 << 20);
/// Cases by which the index of a running process may be behind.
const LAG_RUNNING: i64 = 20_000;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    Healthy,
    Attention,
    Failure,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "ok",
            Self::Attention => "look",
            Self::Failure => "FAIL",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: String,
    level: Level,
    /// What was found.
    text: String,
    /// What to do; empty when nothing.
    hint: String,
    /// Mails or cases that are not where they should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<u64>,
    /// Mailboxes of which nobody knows what is missing.
    #[serde(skip)]
    not_compared: usize,
    /// When it last worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    success_at: Option<Timestamp>,
}

impl Finding {
    fn new(check: impl Into<String>, level: Level, text: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            level,
            text: text.into(),
            hint: String::new(),
            gap: None,
            not_compared: 0,
            success_at: None,
        }
    }

    fn hint(mut self, hint: &str) -> Self {
        if self.level != Level::Healthy {
            hint.clone_into(&mut self.hint);
        }
        self
    }

    fn not_compared(mut self, mailboxes: usize) -> Self {
        self.not_compared = mailboxes;
        self
    }

    fn gap(mut self, gap: u64) -> Self {
        self.gap = Some(gap);
        self
    }
}

/// Looks at everything. True when nothing needs anybody.
pub(super) async fn run(context: &Context, fix: bool, offline: bool) -> Result<bool> {
    let fixed = if fix {
        repair(context).await?
    } else {
        Vec::new()
    };
    let store = context.read_store().await?;
    let running = SqliteStore::is_in_use(&context.settings.data)?;
    let now = Timestamp::now();
    let health = store.health().await?;
    let mut findings = archive(&*store, running, now).await?;
    findings.extend(mailbox::followed(context, &*store, &health, running, now).await?);
    if !offline {
        for account in &context.settings.accounts {
            findings.extend(mailbox::findings(&*store, account, now).await?);
        }
        findings.extend(clock::outgoing_server(context, now).await);
    }
    findings.extend(keys::findings(context, now));
    findings.extend(outbox::findings(&*store, running, now).await?);
    findings.push(index(context, &*store, running).await?);
    findings.push(vectors(context).await?);
    findings.extend(outside(&health, now));
    findings.extend(retention(context, &health, running, now));
    findings.extend(space(&context.settings.data));
    let worst = findings
        .iter()
        .map(|finding| finding.level)
        .max()
        .unwrap_or(Level::Healthy);
    let gap: u64 = findings.iter().filter_map(|finding| finding.gap).sum();
    // What could not be compared may lack anything.
    let unknown: usize = findings.iter().map(|finding| finding.not_compared).sum();
    let compared = !offline || context.settings.accounts.is_empty();
    if context.json {
        output::object(&json!({
            "healthy": worst == Level::Healthy,
            "gap": (unknown == 0).then_some(gap),
            "gap_at_least": gap,
            "compared_with_servers": compared && unknown == 0,
            "running": running,
            "fixed": fixed,
            "findings": findings,
        }));
    } else {
        for text in &fixed {
            output::line(&format!("fixed  {text}"));
        }
        for finding in &findings {
            output::line(&format!(
                "{:<5}  {:<22}  {}",
                finding.level.as_str(),
                finding.check,
                finding.text
            ));
            if !finding.hint.is_empty() {
                output::line(&format!("{:<31}  {}", "", finding.hint));
            }
        }
        output::line(&match (unknown, compared) {
            (0, true) => format!("gap: {gap}"),
            (0, false) => format!("gap: {gap}, the mailboxes aside: no server was asked"),
            _ => format!("gap: unknown, at least {gap}: {unknown} mailboxes could not be compared"),
        });
    }
    Ok(worst == Level::Healthy)
}

/// Does what is safe: processes what was archived, lets the index follow, and says of mails in hand when a
/// process ended that their fate is unknown. Sends nothing.
async fn repair(context: &Context) -> Result<Vec<String>> {
    let store = match context.open_store().await {
        Ok(store) => store,
        Err(error)
            if matches!(
                error.downcast_ref::<StoreError>(),
                Some(StoreError::Locked { .. })
            ) =>
        {
            output::note(
                context,
                "another process works on the data: it repairs by itself what can be repaired",
            );
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut fixed = Vec::new();
    let engine = context.engine(Arc::clone(&store), Clock::System).await?;
    let recovered = engine.recover(Arc::new(())).await?;
    let mails = recovered.processed + recovered.quarantined;
    if mails > 0 {
        fixed.push(format!("{mails} archived mails were processed"));
    }
    let interrupted = recover_interrupted(&*store, &*context.carrier(), &Timestamp::now).await?;
    if interrupted > 0 {
        fixed.push(format!(
            "{interrupted} outgoing mails were in hand when a process ended: see `precedent outbox list`"
        ));
    }
    let before = Index::open_read_only(&context.index_folder())
        .ok()
        .map(|index| index.sequence());
    let mut follower = context.follower(Arc::clone(&store)).await?;
    follower.follow().await?;
    follower.commit().await?;
    drop(follower);
    let after = u64::try_from(store.last_sequence().await?).unwrap_or(0);
    if before != Some(after) {
        fixed.push("the search index follows the store again".to_owned());
    }
    store.close().await?;
    Ok(fixed)
}

/// Every mail in exactly one place, and nothing that points nowhere.
async fn archive(store: &dyn Store, running: bool, now: Timestamp) -> Result<Vec<Finding>> {
    let stats = store.stats().await?;
    let Consistency {
        nowhere,
        twice,
        without_raw,
        outcomes_without_case,
        outgoing_without_case,
        oldest_pending,
        latest_processed,
    } = store.consistency().await?;
    let wrong = nowhere + twice + without_raw + outcomes_without_case + outgoing_without_case;
    let mut findings = Vec::new();
    let (level, text) = if wrong == 0 {
        let cases: u64 = stats.cases.values().sum();
        (
            Level::Healthy,
            format!(
                "{} mails: {} processed, {} pending, {} in quarantine; {cases} cases",
                stats.mails, stats.processed, stats.pending, stats.quarantined
            ),
        )
    } else {
        (
            Level::Failure,
            format!(
                "{nowhere} mails are nowhere, {twice} in two places, {without_raw} without their bytes; \
                 {outcomes_without_case} mails and {outgoing_without_case} outgoing mails point at cases that are not there"
            ),
        )
    };
    findings.push(
        Finding::new("archive", level, text)
            .hint("restore a backup, or keep the data folder and ask: this is a fault of the program or the disk")
            .gap(wrong),
    );
    if let Some(oldest) = oldest_pending {
        let waits = now.duration_since(oldest) > SignedDuration::from_mins(PENDING_MINUTES);
        let stuck = !running || waits;
        let level = if stuck {
            Level::Attention
        } else {
            Level::Healthy
        };
        findings.push(
            Finding::new(
                "pending",
                level,
                format!(
                    "{} mails are archived and not processed, the oldest of {oldest:.0}",
                    stats.pending
                ),
            )
            .hint("`precedent doctor --fix` processes them, and so does every start")
            .gap(if stuck { stats.pending } else { 0 }),
        );
    }
    if stats.quarantined > 0 {
        findings.push(
            Finding::new(
                "quarantine",
                Level::Attention,
                format!("{} mails could not be processed", stats.quarantined),
            )
            .hint("`precedent quarantine list` tells why; `retry` processes them again"),
        );
    }
    if let Some(latest) = latest_processed
        && latest.duration_since(now) > SignedDuration::from_mins(SKEW_MINUTES)
    {
        findings.push(
            Finding::new(
                "clock",
                Level::Failure,
                format!("the clock says {now:.0}, and a mail was processed at {latest:.0}"),
            )
            .hint("set the clock: budgets and ages are counted by it"),
        );
    }
    Ok(findings)
}

async fn index(context: &Context, store: &dyn Store, running: bool) -> Result<Finding> {
    let last = store.last_sequence().await?;
    let folder = context.index_folder();
    let opened = tokio::task::spawn_blocking(move || Index::open_read_only(&folder)).await?;
    let hint = "`precedent doctor --fix` lets it follow; `precedent reindex` builds it anew";
    let index = match opened {
        Ok(index) => index,
        Err(_) if last == 0 => {
            return Ok(Finding::new(
                "index",
                Level::Healthy,
                "nothing to index yet",
            ));
        }
        Err(error) => {
            return Ok(Finding::new("index", Level::Attention, error.to_string()).hint(hint));
        }
    };
    let lag = last - i64::try_from(index.sequence()).unwrap_or(i64::MAX);
    // While a process runs its index is written every few seconds.
    let allowed = if running { LAG_RUNNING } else { 0 };
    let level = if (0..=allowed).contains(&lag) {
        Level::Healthy
    } else {
        Level::Attention
    };
    Ok(Finding::new("index", level, format!("{lag} changes behind the store")).hint(hint))
}

/// Whether similar cases are found by what they mean too.
async fn vectors(context: &Context) -> Result<Finding> {
    let finding = |level, text: String| Finding::new("sentence vectors", level, text);
    let Some(path) = &context.settings.similar.model else {
        let text =
            "off: similar cases are found by facts and words (scripts/fetch-model gets a model)";
        return Ok(finding(Level::Healthy, text.to_owned()));
    };
    let (path, folder) = (path.clone(), context.index_folder());
    let looked = tokio::task::spawn_blocking(move || {
        let encoder = Encoder::open(&path).map_err(|error| error.to_string())?;
        // What is wrong with the index itself is told above.
        let Ok(index) = Index::open_read_only(&folder) else {
            return Ok((0, 0));
        };
        let index = index
            .with_encoder(Arc::new(encoder))
            .map_err(|error| error.to_string())?;
        Ok::<_, String>((index.count() - index.without_vector(), index.count()))
    });
    Ok(match looked.await? {
        Ok((with, all)) => finding(Level::Healthy, format!("{with} of {all} cases have theirs")),
        Err(error) => finding(Level::Attention, error)
            .hint("similar cases are found without; `[similar] model` names what scripts/fetch-model made"),
    })
}

/// How long ago something was, in words.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    match minutes {
        ..2 => "just now".to_owned(),
        2..120 => format!("{minutes} minutes ago"),
        120..2_880 => format!("{} hours ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

/// What talks to the outside: the last time it worked and the last time it did not.
fn outside(health: &BTreeMap<String, Health>, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, health) in health {
        // Told account by account: one that the configuration no longer names is nobody's concern.
        if name.starts_with("imap:") {
            continue;
        }
        let Health {
            success_at,
            failure_at,
            failure,
        } = health;
        let worked = success_at.map_or_else(
            || "never worked".to_owned(),
            |at| format!("last worked {}", ago(at, now)),
        );
        let mut finding = if failure_at > success_at {
            Finding::new(name, Level::Failure, format!("{failure}; {worked}"))
                .hint("see the configuration, and the log of `precedent run`")
        } else {
            Finding::new(name, Level::Healthy, worked)
        };
        finding.success_at = *success_at;
        findings.push(finding);
    }
    findings
}

/// What should have gone by now: `run` removes old mail once a day.
fn retention(
    context: &Context,
    health: &BTreeMap<String, Health>,
    running: bool,
    now: Timestamp,
) -> Option<Finding> {
    if !running || context.settings.retention.wanted().is_none() {
        return None;
    }
    let last = health.get("retention").and_then(|health| health.success_at);
    let late = SignedDuration::from_hours(2 * 24);
    if last.is_some_and(|last| now.duration_since(last) <= late) {
        return None;
    }
    Some(
        Finding::new(
            "retention",
            Level::Attention,
            "old mail was not removed for two days",
        )
        .hint("its log tells why; `precedent retention` removes it now"),
    )
}

/// Free space where the data are.
#[cfg(unix)]
fn space(folder: &Path) -> Option<Finding> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let level = if free < SPACE.1 {
        Level::Failure
    } else if free < SPACE.0 {
        Level::Attention
    } else {
        Level::Healthy
    };
    let text = format!("{:.1} GiB free", free as f64 / f64::from(1 << 30));
    Some(
        Finding::new("disk", level, text)
            .hint("make room: without it intake stops and mail stays on the server"),
    )
}

#[cfg(not(unix))]
fn space(_folder: &Path) -> Option<Finding> {
    None
}
