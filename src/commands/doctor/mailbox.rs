//! A mailbox beside the archive.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;

use super::clock::{self, Told};
use super::{Finding, Level, ago};
use crate::commands::context::Context;
use crate::config::AccountSettings;
use crate::engine::source_name;
use crate::intake::imap::{ImapError, Position, Session};
use crate::store::{Health, Store};

/// A folder that a running process follows is looked at every five minutes at least; so long ago, something is wrong.
const READ_MINUTES: i64 = 30;
/// Where none runs, a folder is read by hand or by a timer; after a day it was forgotten.
const READ_DAY_MINUTES: i64 = 24 * 60;

/// What a server has and the archive does not.
pub(super) async fn findings(
    store: &dyn Store,
    account: &AccountSettings,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    let name = |folder: &str| format!("mailbox {}/{folder}", account.name);
    let mut session = match Session::connect(account).await {
        Ok(session) => session,
        Err(error) => {
            let finding = Finding::new(
                format!("account {}", account.name),
                Level::Failure,
                error.to_string(),
            )
            .hint(error.hint())
            .not_compared(account.folders.len());
            return Ok(vec![finding]);
        }
    };
    let mut findings = Vec::new();
    let mut told = clock::time_in(session.greeting()).map(Told::Now);
    for (place, folder) in account.folders.iter().enumerate() {
        let source = source_name(&account.name, folder);
        let position = store.cursor(&source).await?;
        let position = position.as_deref().and_then(Position::read);
        let found = behind(&mut session, folder, position.as_ref()).await;
        findings.push(match found {
            Ok(0) => {
                Finding::new(name(folder), Level::Healthy, "everything is in the archive").gap(0)
            }
            Ok(gap) => {
                let missing = position.map_or(0, |position| position.missing.len());
                let mut text = format!("{gap} mails on the server are not in the archive");
                if missing > 0 {
                    text += &format!("; the server would not hand over {missing} of them");
                }
                Finding::new(name(folder), Level::Attention, text)
                    .hint(
                        "`precedent run` fetches them; new ones arrive all the time, so look again",
                    )
                    .gap(gap)
            }
            Err(error) => {
                // Without a connection those behind it are not compared either.
                let rest = account.folders.len() - place;
                let count = if session.is_broken() { rest } else { 1 };
                Finding::new(name(folder), Level::Failure, error.to_string())
                    .hint(error.hint())
                    .not_compared(count)
            }
        });
        if session.is_broken() {
            break;
        }
        if told.is_none() {
            // The folder is open; its latest mail was received by the clock of the server.
            let latest = session.latest_received_at().await.ok().flatten();
            told = latest.map(Told::NotBefore);
        }
    }
    findings.extend(told.and_then(|told| clock::skew(&account.host, told, now)));
    session.logout().await;
    Ok(findings)
}

/// When each folder was last read, by what `precedent run` and `ingest --account` wrote down: nobody is asked.
pub(super) async fn followed(
    context: &Context,
    store: &dyn Store,
    health: &BTreeMap<String, Health>,
    running: bool,
    now: Timestamp,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for account in &context.settings.accounts {
        for folder in &account.folders {
            let source = source_name(&account.name, folder);
            let known = health.get(&source).cloned().unwrap_or_default();
            let worked = known
                .success_at
                .map(|at| format!("last read {}", ago(at, now)));
            let begun = store.cursor(&source).await?.is_some();
            let longest = if running {
                READ_MINUTES
            } else {
                READ_DAY_MINUTES
            };
            let late = known
                .success_at
                .is_some_and(|at| now.duration_since(at).as_mins() >= longest);
            let (level, text, hint) = match (&worked, begun) {
                _ if known.failure_at > known.success_at => (
                    Level::Failure,
                    format!(
                        "{}; {}",
                        known.failure,
                        worked.as_deref().unwrap_or("never read")
                    ),
                    "see the configuration, and the log of `precedent run`",
                ),
                (Some(worked), _) if late => (
                    Level::Attention,
                    worked.clone(),
                    "is `precedent run` running, and what does its log say?",
                ),
                (Some(worked), _) => (Level::Healthy, worked.clone(), ""),
                (None, true) => (
                    Level::Healthy,
                    "it was read; when last is not known yet".to_owned(),
                    "",
                ),
                (None, false) => (
                    Level::Attention,
                    "never read".to_owned(),
                    "`precedent run` reads it",
                ),
            };
            let check = format!("account {}/{folder}", account.name);
            let mut finding = Finding::new(check, level, text).hint(hint);
            finding.success_at = known.success_at;
            findings.push(finding);
        }
    }
    Ok(findings)
}

/// Number of mails of a folder that were not read.
async fn behind(
    session: &mut Session,
    folder: &str,
    position: Option<&Position>,
) -> Result<u64, ImapError> {
    let selected = session.examine(folder).await?;
    let Some(position) = position.filter(|known| known.uid_validity == selected.uid_validity)
    else {
        return Ok(u64::from(selected.exists));
    };
    let new = session.uids_from(position.uid.saturating_add(1)).await?;
    Ok((new.len() + position.missing.len()) as u64)
}
