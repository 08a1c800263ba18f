//! One pass over a folder: what is new into the archive and through the stages, then the word to the server.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::account::FollowFailure;
use super::pipeline::Summary;
use super::{Engine, Progress};
use crate::config::{AccountSettings, AfterArchive};
use crate::intake::Item;
use crate::intake::imap::{ImapError, Position, Pull, PullError, Selected, Session};
use crate::store::{Cursor, StoreError};

/// Most mails of one pass: between two passes the server is told and the search index follows.
pub(super) const PASS_MAILS: usize = 20_000;
/// Groups of mails that wait between the connection and the archive.
const QUEUE: usize = 2;

/// Name of a folder as a source in the store.
#[must_use]
pub fn source_name(account: &str, folder: &str) -> String {
    format!("imap:{account}/{folder}")
}

/// Opens a folder as it will be used: where nothing is told to the server, so that nothing can change.
///
/// # Errors
/// When the server refuses, or lets us change nothing where something shall change.
pub(super) async fn open(
    session: &mut Session,
    account: &AccountSettings,
    folder: &str,
) -> Result<Selected, ImapError> {
    match account.after_archive {
        AfterArchive::Leave => session.examine(folder).await,
        AfterArchive::Keyword | AfterArchive::Move => {
            let selected = session.select(folder).await?;
            if selected.read_only {
                return Err(ImapError::Lacking {
                    server: account.host.clone(),
                    what: format!("the right to change {folder:?}: set after_archive = \"leave\""),
                });
            }
            Ok(selected)
        }
    }
}

pub(super) async fn current(engine: &Engine, source: &str) -> Result<Option<Position>, StoreError> {
    let position = engine.store.cursor(source).await?;
    Ok(position.as_deref().and_then(Position::read))
}

/// Writes down that a folder could be read, or why not. A store that cannot write says so elsewhere.
pub(super) async fn note_health(engine: &Engine, source: &str, failure: Option<&str>) {
    let now = engine.clock.now(None);
    let failure = failure.map(|text| text.chars().take(300).collect::<String>());
    let noted = engine.store.note_health(source, failure.as_deref(), now);
    if let Err(error) = noted.await {
        tracing::debug!(%source, %error, "the state of a folder was not written down");
    }
}

async fn write(engine: &Engine, source: &str, position: &Position) -> Result<(), StoreError> {
    let cursor = Cursor {
        source: source.to_owned(),
        position: position.write(),
    };
    engine.store.archive(&[], &[cursor]).await?;
    Ok(())
}

/// How far the folder was read in this epoch. What is there when an epoch begins is backlog: that is
/// written down before anything is fetched.
pub(super) async fn position(
    engine: &Engine,
    source: &str,
    selected: &Selected,
    session: &mut Session,
) -> Result<Position, FollowFailure> {
    let known = current(engine, source).await?;
    match known {
        Some(position) if position.uid_validity == selected.uid_validity => Ok(position),
        earlier => {
            let next = match selected.uid_next {
                Some(next) => next,
                None => session
                    .uids_from(1)
                    .await?
                    .last()
                    .map_or(1, |last| last.saturating_add(1)),
            };
            if let Some(earlier) = earlier {
                tracing::warn!(
                    %source,
                    before = earlier.uid_validity,
                    now = selected.uid_validity,
                    "the server has numbered the folder anew: all of it is compared with the archive"
                );
            }
            let position = Position::begin(selected.uid_validity, next);
            write(engine, source, &position).await?;
            Ok(position)
        }
    }
}

/// Fetches mails into the archive and through the stages. What was taken in until an error counts.
///
/// # Errors
/// When the store fails.
#[expect(clippy::too_many_arguments, reason = "one call, all of them needed")]
pub(super) async fn take_in(
    engine: &Engine,
    session: &mut Session,
    account: &AccountSettings,
    source: &str,
    position: Position,
    uids: Vec<u32>,
    cautious: bool,
    old: bool,
    progress: Arc<dyn Progress>,
) -> Result<(Summary, Option<ImapError>), FollowFailure> {
    let (sink, groups) = mpsc::channel(QUEUE);
    let pull = Pull {
        source,
        max_bytes: account.max_bytes,
        position,
        leave: account.after_archive == AfterArchive::Leave,
        cautious,
        sink,
    };
    let now = engine.clock.now(None);
    let mails = Groups::new(groups).map(move |item| {
        item.map(|mut mail| {
            mail.arrival.backlog |= old;
            mail
        })
    });
    let ingest = engine.ingest(mails, source, progress);
    let stop = engine.stop.clone();
    let pull = async {
        // A stop must not wait for a server that keeps silent.
        tokio::select! {
            pulled = pull.run(session, uids, now) => Some(pulled),
            () = stop.wait() => None,
        }
    };
    let (pulled, taken) = tokio::join!(pull, ingest);
    let mut taken = taken?;
    let Some(pulled) = pulled else {
        // The stop left the rest with the server.
        taken.ended_early = true;
        return Ok((taken, None));
    };
    if taken.ended_early {
        // Mails that were fetched were left lying: the position in the archive is the truth, and stays.
        return Ok((taken, None));
    }
    match pulled {
        Ok(position) => {
            // Mails that have gone from the folder leave no trace in the archive.
            if current(engine, source).await?.as_ref() != Some(&position) {
                write(engine, source, &position).await?;
            }
            Ok((taken, None))
        }
        Err(PullError { error, uid }) => {
            if let Some(uid) = uid.filter(|_| !error.connection_lives()) {
                // Alone and still the end of the connection: the others go first. Without caution once may be
                // chance, unless it is a mail that was found out before.
                if let Some(mut position) = current(engine, source).await?
                    && (cautious || position.missing.contains_key(&uid))
                {
                    tracing::warn!(%source, uid, %error, "the connection ended at this mail: asked again later");
                    position.note_missing(uid, &error.to_string(), now);
                    position.uid = position.uid.max(uid);
                    write(engine, source, &position).await?;
                }
            }
            Ok((taken, Some(error)))
        }
    }
}

/// Tells the server which mails are safe, as the account wants it. What was archived in an earlier run
/// and not told is told now. True when mails have come that were not read yet.
pub(super) async fn tell(
    engine: &Engine,
    session: &mut Session,
    account: &AccountSettings,
    source: &str,
) -> Result<bool, FollowFailure> {
    let Some(mut position) = current(engine, source).await? else {
        return Ok(false);
    };
    if position.told >= position.uid {
        return Ok(false);
    }
    let mut late = false;
    if account.after_archive != AfterArchive::Leave {
        let uids: Vec<u32> = session
            .uids_from(position.told.saturating_add(1))
            .await?
            .into_iter()
            .inspect(|uid| late |= *uid > position.uid)
            .filter(|uid| {
                *uid <= position.uid
                    && !position.missing.contains_key(uid)
                    && !position.refused.contains(uid)
            })
            .collect();
        match (account.after_archive, account.move_to.as_deref()) {
            (AfterArchive::Move, Some(folder)) => session.move_to(&uids, folder).await?,
            _ => session.add_flags(&uids, &account.keyword).await?,
        }
    }
    position.told = position.uid;
    position.refused.clear();
    write(engine, source, &position).await?;
    Ok(late)
}

/// Reads what is new in a folder once, tells the server, and ends.
///
/// # Errors
/// As for the server and the store.
pub async fn read_once(
    engine: &Engine,
    account: &AccountSettings,
    folder: &str,
    progress: Arc<dyn Progress>,
) -> Result<Summary, FollowFailure> {
    let read = read(engine, account, folder, false, progress).await;
    let failure = match &read {
        Err(FollowFailure::Imap(error)) => Some(error.to_string()),
        _ => None,
    };
    if !matches!(read, Err(FollowFailure::Store(_))) {
        note_health(
            engine,
            &source_name(&account.name, folder),
            failure.as_deref(),
        )
        .await;
    }
    read
}

/// Reads a folder of old mail: all of it counts as having lain there before, and the server is told nothing. Gives none for
/// a folder that the account follows and that was read before: its old mail is in, and its new mail is no history.
///
/// # Errors
/// As for the server and the store.
pub async fn read_old(
    engine: &Engine,
    account: &AccountSettings,
    folder: &str,
    progress: Arc<dyn Progress>,
) -> Result<Option<Summary>, FollowFailure> {
    let known = current(engine, &source_name(&account.name, folder)).await?;
    if known.is_some() && account.folders.iter().any(|followed| followed == folder) {
        return Ok(None);
    }
    let account = AccountSettings {
        after_archive: AfterArchive::Leave,
        ..account.clone()
    };
    read(engine, &account, folder, true, progress)
        .await
        .map(Some)
}

async fn read(
    engine: &Engine,
    account: &AccountSettings,
    folder: &str,
    old: bool,
    progress: Arc<dyn Progress>,
) -> Result<Summary, FollowFailure> {
    let source = source_name(&account.name, folder);
    let mut session = Session::connect(account).await?;
    let selected = open(&mut session, account, folder).await?;
    let mut summary = Summary::default();
    loop {
        let position = position(engine, &source, &selected, &mut session).await?;
        let Some(first) = position.uid.checked_add(1) else {
            break;
        };
        let mut uids = session.uids_from(first).await?;
        let more = uids.len() > PASS_MAILS;
        uids.truncate(PASS_MAILS);
        let (taken, error) = take_in(
            engine,
            &mut session,
            account,
            &source,
            position,
            uids,
            false,
            old,
            Arc::clone(&progress),
        )
        .await?;
        summary.add(taken);
        if let Some(error) = error {
            return Err(error.into());
        }
        if engine.stop.asked() {
            break;
        }
        tell(engine, &mut session, account, &source).await?;
        if !more {
            break;
        }
    }
    session.logout().await;
    Ok(summary)
}

/// Mails from a connection as the pipeline reads them.
struct Groups {
    groups: mpsc::Receiver<Vec<Item>>,
    current: std::vec::IntoIter<Item>,
}

impl Groups {
    fn new(groups: mpsc::Receiver<Vec<Item>>) -> Self {
        Self {
            groups,
            current: Vec::new().into_iter(),
        }
    }
}

impl Iterator for Groups {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.current.next() {
                return Some(item);
            }
            self.current = self.groups.blocking_recv()?.into_iter();
        }
    }
}
