//! Old mail: threads become cases, and the last answer of the desk in a thread is proposed as its resolution.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, ensure};
use serde_json::json;

use super::super::context::Context;
use super::super::ingest::{beside, finish, ingest_source, named_account, recover, with_hint};
use super::super::output::{self, Bar};
use super::What;
use crate::engine::{Clock, Engine, IndexFollower, Progress, Proposed, Summary, read_old};
use crate::intake::Source;
use crate::mail::ParseOptions;

pub(super) async fn run(
    context: &Context,
    what: &What<'_>,
    sources: &[&PathBuf],
) -> Result<ExitCode> {
    let options = options(context, what.desk_addresses)?;
    let account = what
        .account
        .map(|name| named_account(context, name))
        .transpose()?;
    let store = context.open_store().await?;
    let usual = Engine {
        stop: super::super::signals::stop_on_signals(),
        ..context.engine(Arc::clone(&store), Clock::System).await?
    };
    let mut follower = context.follower(store).await?;
    // New mail that waits is read by the configuration: who else was the desk once counts for old mail alone.
    let mut summary = recover(context, &usual, &mut follower).await?;
    let engine = Engine {
        parse_options: Arc::new(options),
        ..usual.clone()
    };
    if !sources.is_empty() && !engine.stop.asked() {
        let paths: Vec<&Path> = sources.iter().map(|path| path.as_path()).collect();
        output::note(context, "looking through the mails for their dates");
        let source = Source::in_time_order(&paths)?;
        summary.add(ingest_source(context, &engine, &mut follower, source, true).await?);
    }
    for folder in what.folders {
        let Some(account) = account.filter(|_| !engine.stop.asked()) else {
            break;
        };
        let bar = Bar::new(context, None, None);
        let progress: Arc<dyn Progress> = bar.clone();
        let read = beside(&mut follower, read_old(&engine, account, folder, progress)).await?;
        bar.clear();
        match read.map_err(|error| with_hint(account, error))? {
            Some(read) => summary.add(read),
            None => output::note(
                context,
                &format!(
                    "{folder:?} is followed and was read before: its old mail is in, and its new mail is no history"
                ),
            ),
        }
    }
    let proposed = propose(context, &engine, &mut follower).await?;
    finish(context, &usual, &mut follower, &mut summary).await?;
    tell(context, &summary, proposed);
    Ok(if summary.is_clean() && !engine.stop.asked() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn propose(
    context: &Context,
    engine: &Engine,
    follower: &mut IndexFollower,
) -> Result<Proposed> {
    let waiting = engine.store.answered_cases().await?.len();
    let bar = Bar::new(context, Some(waiting as u64), None);
    let progress: Arc<dyn Progress> = bar.clone();
    let proposed = engine.propose_from_mails(progress).await?;
    bar.clear();
    follower.follow().await?;
    follower.commit().await?;
    Ok(proposed)
}

/// Who the desk is, for old mail.
fn options(context: &Context, more: &[String]) -> Result<ParseOptions> {
    let mut options = context.parse_options();
    for address in more {
        let address = address.trim().to_lowercase();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        ensure!(
            domain
                .is_some_and(|domain| !domain.is_empty() && !domain.contains(char::is_whitespace)),
            "{address:?} is no address; write help@example.com, or @example.com for everybody there"
        );
        options.own_addresses.push(address);
    }
    ensure!(
        !options.own_addresses.is_empty(),
        "nobody knows which mails the desk wrote: no desk of the configuration has an address; add --desk-address help@example.com, or @example.com for everybody there"
    );
    Ok(options)
}

fn tell(context: &Context, summary: &Summary, proposed: Proposed) {
    if context.json {
        output::object(&json!({
            "read": summary.read,
            "known": summary.known,
            "quarantined": summary.quarantined,
            "opened": summary.opened,
            "follow_ups": summary.follow_ups,
            "automatic": summary.automatic,
            "failures": summary.failures,
            "proposed": proposed.proposed,
            "without_answer": proposed.nothing,
            "desk_mails_without_case": proposed.without_case,
        }));
    } else {
        output::line(&format!(
            "{} mails read: {} new, {} known before · {} opened, {} follow-ups · {} in quarantine",
            summary.read,
            summary.read - summary.known,
            summary.known,
            output::counted(summary.opened, "case"),
            summary.follow_ups,
            summary.quarantined,
        ));
        output::line(&format!(
            "{} proposed · {} where the desk wrote nothing that could be one · {} of the desk without a case",
            output::counted(proposed.proposed, "resolution"),
            output::counted(proposed.nothing, "thread"),
            output::counted(proposed.without_case, "mail"),
        ));
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
    if proposed.proposed > 0 {
        output::note(
            context,
            "`precedent proposals list` shows them; none is a precedent until somebody confirms it",
        );
    } else if summary.opened > 0 && proposed.without_case == 0 && proposed.nothing == 0 {
        output::note(
            context,
            "no mail of the desk was among them: import its folder of sent mail too, and name its other addresses with --desk-address",
        );
    }
}
