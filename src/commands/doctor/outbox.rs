//! Mails that left, wait, or could not leave.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::{Finding, Level};
use crate::store::{OutboxFilter, OutboxRecord, OutboxState, Store, StoreError};

/// A mail that is due and waits longer than this is stuck. Minutes.
const STUCK_MINUTES: i64 = 60;
/// Days for which a failed mail is told.
const FAILED_DAYS: i64 = 7;

/// Mails that need a person, and mails that do not move.
pub(super) async fn findings(
    store: &dyn Store,
    running: bool,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    let stats = store.stats().await?;
    let count = |state: OutboxState| stats.outbox.get(state.as_str()).copied().unwrap_or(0);
    let mut findings = Vec::new();
    let sending = count(OutboxState::Sending);
    if sending > 0 && !running {
        findings.push(
            Finding::new(
                "outbox",
                Level::Failure,
                format!("{sending} mails were in hand when a process ended"),
            )
            .hint("`precedent doctor --fix` tells their fate, and so does the next start")
            .gap(sending),
        );
    }
    let uncertain = count(OutboxState::Uncertain);
    if uncertain > 0 {
        findings.push(
            Finding::new(
                "outbox",
                Level::Failure,
                format!("of {uncertain} mails nobody knows whether the server has them"),
            )
            .hint("look into the server's log, then `precedent outbox settle ID --sent` or `--resend`")
            .gap(uncertain),
        );
    }
    let of = async |state: OutboxState| -> Result<Vec<OutboxRecord>, StoreError> {
        let filter = OutboxFilter {
            states: vec![state],
            cases: Vec::new(),
            after: None,
            limit: usize::MAX,
        };
        store.outbox(&filter).await
    };
    let since = SignedDuration::from_hours(24 * FAILED_DAYS);
    let failed = of(OutboxState::Failed)
        .await?
        .iter()
        .filter(|record| now.duration_since(record.changed_at) < since)
        .count();
    if failed > 0 {
        findings.push(
            Finding::new(
                "outbox",
                Level::Attention,
                format!("{failed} mails were refused for good in the last {FAILED_DAYS} days"),
            )
            .hint("`precedent outbox list --state failed` tells why"),
        );
    }
    let stop = store.reply_stop().await?;
    let mut stuck = 0;
    for state in [OutboxState::Waiting, OutboxState::Approved] {
        stuck += of(state)
            .await?
            .iter()
            .filter(|record| {
                let due = record.next_attempt_at.unwrap_or(record.changed_at);
                now.duration_since(due) > SignedDuration::from_mins(STUCK_MINUTES)
            })
            .count() as u64;
    }
    if let Some(stop) = &stop {
        let reason = if stop.reason.is_empty() {
            String::new()
        } else {
            format!(": {}", stop.reason)
        };
        findings.push(
            Finding::new(
                "replies",
                Level::Attention,
                format!("automatic mail is stopped since {:.0}{reason}", stop.at),
            )
            .hint("`precedent resume-replies` lets it go on"),
        );
    } else if stuck > 0 {
        findings.push(
            Finding::new(
                "outbox",
                Level::Failure,
                format!("{stuck} mails are due for more than an hour and do not leave"),
            )
            .hint("is `precedent run` running? Its log and the line `smtp` tell why")
            .gap(stuck),
        );
    }
    if findings.is_empty() {
        let waiting = count(OutboxState::Waiting) + count(OutboxState::Approved);
        findings.push(
            Finding::new(
                "outbox",
                Level::Healthy,
                format!(
                    "{} sent, {waiting} wait, {} drafts",
                    count(OutboxState::Sent),
                    count(OutboxState::Draft)
                ),
            )
            .gap(0),
        );
    }
    Ok(findings)
}
