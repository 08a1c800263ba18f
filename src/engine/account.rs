//! Following the folders of mail accounts: connect, catch up, tell the server, wait, and from the start
//! when anything fails. One broken account never stops another: each folder is a task of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, Notify, Semaphore, mpsc};
use tokio::time::Instant;

use super::pipeline::Summary;
use super::{Engine, Progress};
use crate::config::{AccountSettings, AfterArchive};
use crate::intake::Item;
use crate::intake::imap::{ImapError, Position, Pull, PullError, Selected, Session, Waited};
use crate::store::{Cursor, StoreError};

/// Most mails of one pass: between two passes the server is told and the search index follows.
const PASS_MAILS: usize = 20_000;
/// Groups of mails that wait between the connection and the archive.
const QUEUE: usize = 2;
/// Folders that catch up at once; more wait, so that a start with hundreds of mailboxes needs no more
/// memory than one with a few.
const CATCHING_UP_MAX: usize = 8;
/// Longest time without a look, however quiet the server is.
const IDLE_TIME: Duration = Duration::from_secs(300);
/// First and longest pause after a failure.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_LONGEST: Duration = Duration::from_secs(300);
/// Least pause when the server asks for patience.
const PAUSE_PATIENT: Duration = Duration::from_secs(60);
/// Pauses when a person must do something: accounts get locked by many wrong logins.
const PAUSE_PERSON: Duration = Duration::from_secs(120);
const PAUSE_PERSON_LONGEST: Duration = Duration::from_secs(1_800);
/// Failures at the same place until mails are asked for one by one.
const CAUTIOUS_AFTER: u32 = 2;

/// Where a folder of an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Not connected yet.
    Connecting,
    /// So many mails are to be fetched.
    CatchingUp(usize),
    /// Everything is there; the server tells of new mail.
    Idle,
    /// Everything is there; looked at again and again.
    Polling,
    /// A failure that may pass.
    Waiting(String),
    /// A failure that needs a person.
    AuthFailed(String),
}

/// What goes on, for whoever follows what the accounts bring.
#[derive(Debug)]
pub struct Activity {
    running: AtomicUsize,
    changed: Notify,
    places: Semaphore,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            running: AtomicUsize::new(0),
            changed: Notify::new(),
            places: Semaphore::new(CATCHING_UP_MAX),
        }
    }
}

impl Activity {
    /// Waits until mails were processed since the last call.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// True while mails are taken in.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.running.load(Ordering::SeqCst) > 0
    }

    /// Says that mails were processed.
    pub fn note_change(&self) {
        self.changed.notify_one();
    }

    /// Says that mails are being taken in, until the answer is dropped.
    pub fn begin(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::SeqCst);
        Running(self)
    }
}

/// Mails are being taken in.
pub struct Running<'a>(&'a Activity);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        self.0.note_change();
    }
}

impl Progress for Activity {
    fn advance(&self, _mails: u64, _bytes: u64) {
        self.note_change();
    }
}

/// One login at a time for an account, and none before its pause is over: its folders fail together.
#[derive(Debug, Default)]
pub struct LoginGate {
    not_before: Mutex<Option<Instant>>,
}

/// A folder of an account that is followed.
#[derive(Clone)]
pub struct Follow {
    /// Where mails go.
    pub engine: Engine,
    /// Account.
    pub account: Arc<AccountSettings>,
    /// Folder.
    pub folder: String,
    /// Shared by all sources.
    pub activity: Arc<Activity>,
    /// Shared by the folders of the account.
    pub gate: Arc<LoginGate>,
}

/// Why a round ended.
#[derive(Debug, thiserror::Error)]
pub enum FollowFailure {
    /// The server.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// Our own store: the account waits, and nothing is lost.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Failures since the last success.
#[derive(Default)]
struct Trouble {
    failures: u32,
    /// Failures at the same position, and where.
    stuck: u32,
    at: Option<u32>,
}

impl Follow {
    /// Name of the source in the store.
    #[must_use]
    pub fn source(&self) -> String {
        source_name(&self.account.name, &self.folder)
    }

    /// Follows until asked to stop.
    pub async fn run(self) -> Summary {
        let mut summary = Summary::default();
        let mut trouble = Trouble::default();
        let mut state = AccountState::Connecting;
        self.set(&mut state, AccountState::Connecting);
        while !self.engine.stop.asked() {
            let ended = self.round(&mut summary, &mut trouble, &mut state).await;
            let Err(failure) = ended else {
                break;
            };
            trouble.failures += 1;
            let pause = self.pause(&failure, trouble.failures);
            let person = matches!(&failure, FollowFailure::Imap(error) if error.needs_a_person());
            let text = match &failure {
                FollowFailure::Imap(error) => format!("{error}; {}", error.hint()),
                FollowFailure::Store(error) => error.to_string(),
            };
            let login = matches!(
                &failure,
                FollowFailure::Imap(ImapError::LoginRefused { .. } | ImapError::Secret { .. })
            ) || matches!(&failure, FollowFailure::Imap(ImapError::Token(error)) if error.needs_a_person());
            let next = if login {
                AccountState::AuthFailed(text)
            } else {
                AccountState::Waiting(text)
            };
            self.set(&mut state, next);
            tracing::info!(account = %self.account.name, folder = %self.folder, seconds = pause.as_secs(), "next attempt");
            if person {
                *self.gate.not_before.lock().await = Some(Instant::now() + pause);
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.engine.stop.wait() => {}
            }
        }
        summary
    }

    fn set(&self, state: &mut AccountState, next: AccountState) {
        let (account, folder) = (&self.account.name, &self.folder);
        match &next {
            AccountState::AuthFailed(text) if *state != next => {
                tracing::error!(%account, %folder, "auth failed: {text}");
            }
            AccountState::Waiting(text) if *state != next => {
                tracing::warn!(%account, %folder, "waiting: {text}");
            }
            AccountState::Connecting => tracing::info!(%account, %folder, "connecting"),
            AccountState::CatchingUp(mails) => {
                tracing::info!(%account, %folder, mails, "catching up");
            }
            AccountState::Idle if *state != next => tracing::info!(%account, %folder, "idle"),
            AccountState::Polling if *state != next => tracing::info!(%account, %folder, "polling"),
            _ => {}
        }
        *state = next;
    }

    /// The pause doubles, and wanders so that many accounts do not come back at once.
    fn pause(&self, failure: &FollowFailure, failures: u32) -> Duration {
        let (first, longest) = match failure {
            FollowFailure::Imap(error) if error.needs_a_person() => {
                (PAUSE_PERSON, PAUSE_PERSON_LONGEST)
            }
            FollowFailure::Imap(error) if error.asks_for_patience() => {
                (PAUSE_PATIENT, PAUSE_PERSON_LONGEST)
            }
            _ => (PAUSE_FIRST, PAUSE_LONGEST),
        };
        let pause = first
            .saturating_mul(1 << failures.saturating_sub(1).min(10))
            .min(longest);
        pause.mul_f64(0.5 + wander() / 2.0)
    }

    /// One connection, until it fails or everything stops.
    async fn round(
        &self,
        summary: &mut Summary,
        trouble: &mut Trouble,
        state: &mut AccountState,
    ) -> Result<(), FollowFailure> {
        let mut session = {
            let gate = self.gate.not_before.lock().await;
            if let Some(until) = *gate {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = self.engine.stop.wait() => return Ok(()),
                }
            }
            if *state != AccountState::Connecting {
                self.set(state, AccountState::Connecting);
            }
            tokio::select! {
                session = Session::connect(&self.account) => session?,
                () = self.engine.stop.wait() => return Ok(()),
            }
        };
        let selected = open(&mut session, &self.account, &self.folder).await?;
        let mut idles = self.account.idle && session.has("IDLE");
        loop {
            let more = self
                .pass(&mut session, &selected, summary, trouble, state)
                .await?;
            trouble.failures = 0;
            if self.engine.stop.asked() {
                session.logout().await;
                return Ok(());
            }
            if more || session.has_news() {
                continue;
            }
            let due = self.due().await?;
            let poll = due.min(Duration::from_secs(self.account.poll_seconds));
            if idles {
                self.set(state, AccountState::Idle);
                match session.idle(due, self.engine.stop.wait()).await? {
                    Waited::News | Waited::TimeOver => {}
                    Waited::Refused => idles = false,
                    Waited::Stopped => return Ok(()),
                }
            } else {
                self.set(state, AccountState::Polling);
                tokio::select! {
                    () = tokio::time::sleep(poll) => {}
                    () = self.engine.stop.wait() => {
                        session.logout().await;
                        return Ok(());
                    }
                }
                session.noop().await?;
            }
        }
    }

    /// Time until the folder is to be looked at again without being told.
    async fn due(&self) -> Result<Duration, StoreError> {
        let position = current(&self.engine, &self.source()).await?;
        let wait = position
            .and_then(|position| position.next_attempt())
            .map(|at| at - self.engine.clock.now(None).as_second())
            .map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0).max(1)));
        Ok(wait.map_or(IDLE_TIME, |wait| wait.min(IDLE_TIME)))
    }

    /// Takes in what is new, and tells the server. True when there is more.
    async fn pass(
        &self,
        session: &mut Session,
        selected: &Selected,
        summary: &mut Summary,
        trouble: &mut Trouble,
        state: &mut AccountState,
    ) -> Result<bool, FollowFailure> {
        let source = self.source();
        let position = position(&self.engine, &source, selected, session).await?;
        let mut uids = match position.uid.checked_add(1) {
            Some(first) => session.uids_from(first).await?,
            None => Vec::new(),
        };
        let more = uids.len() > PASS_MAILS;
        if !uids.is_empty() {
            self.set(state, AccountState::CatchingUp(uids.len()));
        }
        uids.truncate(PASS_MAILS);
        if !uids.is_empty() || !position.missing.is_empty() {
            let before = position.uid;
            let pulled = self
                .pull(session, &source, position, uids, trouble, summary)
                .await;
            let after = current(&self.engine, &source).await?;
            let reached = after.as_ref().map_or(before, |position| position.uid);
            if let Err(failure) = pulled {
                if reached == before && trouble.at == Some(before) {
                    trouble.stuck += 1;
                } else {
                    *trouble = Trouble {
                        failures: 0,
                        stuck: 1,
                        at: Some(reached),
                    };
                }
                return Err(failure);
            }
            trouble.stuck = 0;
        }
        let late = tell(&self.engine, session, &self.account, &source).await?;
        Ok(more || late)
    }

    async fn pull(
        &self,
        session: &mut Session,
        source: &str,
        position: Position,
        uids: Vec<u32>,
        trouble: &Trouble,
        summary: &mut Summary,
    ) -> Result<(), FollowFailure> {
        let _running = self.activity.begin();
        let place = self.activity.places.acquire().await;
        let cautious = trouble.stuck >= CAUTIOUS_AFTER;
        let progress: Arc<dyn Progress> = self.activity.clone();
        let pulled = take_in(
            &self.engine,
            session,
            &self.account,
            source,
            position,
            uids,
            cautious,
            progress,
        )
        .await;
        drop(place);
        let (taken, error) = pulled?;
        summary.add(taken);
        error.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// Name of a folder as a source in the store.
#[must_use]
pub fn source_name(account: &str, folder: &str) -> String {
    format!("imap:{account}/{folder}")
}

/// Opens a folder as it will be used: where nothing is told to the server, so that nothing can change.
///
/// # Errors
/// When the server refuses, or lets us change nothing where something shall change.
pub async fn open(
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

async fn current(engine: &Engine, source: &str) -> Result<Option<Position>, StoreError> {
    let position = engine.store.cursor(source).await?;
    Ok(position.as_deref().and_then(Position::read))
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
async fn position(
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
async fn take_in(
    engine: &Engine,
    session: &mut Session,
    account: &AccountSettings,
    source: &str,
    position: Position,
    uids: Vec<u32>,
    cautious: bool,
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
    let ingest = engine.ingest(Groups::new(groups), source, progress);
    let stop = engine.stop.clone();
    let pull = async {
        // A stop must not wait for a server that keeps silent.
        tokio::select! {
            pulled = pull.run(session, uids, now) => Some(pulled),
            () = stop.wait() => None,
        }
    };
    let (pulled, taken) = tokio::join!(pull, ingest);
    let taken = taken?;
    match pulled {
        None => Ok((taken, None)),
        Some(Ok(position)) => {
            // Mails that have gone from the folder leave no trace in the archive.
            if current(engine, source).await?.as_ref() != Some(&position) {
                write(engine, source, &position).await?;
            }
            Ok((taken, None))
        }
        Some(Err(PullError { error, uid })) => {
            if let Some(uid) = uid.filter(|_| cautious && !error.connection_lives()) {
                // Alone and still the end of the connection: the others go first.
                if let Some(mut position) = current(engine, source).await? {
                    tracing::warn!(%source, uid, %error, "the connection ended at this mail: asked again later");
                    position.note_missing(uid, &error.to_string(), now_of(engine));
                    position.uid = position.uid.max(uid);
                    write(engine, source, &position).await?;
                }
            }
            Ok((taken, Some(error)))
        }
    }
}

fn now_of(engine: &Engine) -> Timestamp {
    engine.clock.now(None)
}

/// Tells the server which mails are safe, as the account wants it. What was archived in an earlier run
/// and not told is told now. True when mails have come that were not read yet.
async fn tell(
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

/// A number between 0 and 1 that nobody can foresee well; enough to scatter attempts.
fn wander() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = RandomState::new().hash_one(Instant::now());
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
