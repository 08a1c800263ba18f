//! Following the folders of mail accounts: connect, catch up, tell the server, wait, and from the start
//! when anything fails. One broken account never stops another: each folder is a task of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::time::Instant;

use super::folder::{PASS_MAILS, current, note_health, open, position, source_name, take_in, tell};
use super::pipeline::Summary;
use super::{Engine, Progress};
use crate::config::AccountSettings;
use crate::intake::imap::{ImapError, Position, Selected, Session, Waited};
use crate::store::StoreError;

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
/// A success is written down so often at most: a mailbox is looked at every few seconds.
const NOTE_EVERY: Duration = Duration::from_secs(60);
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
    /// When the last success was written down.
    noted: Option<Instant>,
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
            self.note_health(Some(&text)).await;
            trouble.noted = None;
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

    /// Writes down that the folder could be read, or why not, for `doctor` and the metrics.
    async fn note_health(&self, failure: Option<&str>) {
        note_health(&self.engine, &self.source(), failure).await;
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
        let word = match &next {
            AccountState::Connecting => "connecting",
            AccountState::CatchingUp(_) => "catching_up",
            AccountState::Idle => "idle",
            AccountState::Polling => "polling",
            AccountState::Waiting(_) => "waiting",
            AccountState::AuthFailed(_) => "auth_failed",
        };
        crate::monitor::measures().account(account, folder, word);
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
        scattered(first, longest, failures, wander())
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
            if trouble.noted.is_none_or(|at| at.elapsed() >= NOTE_EVERY) {
                self.note_health(None).await;
                trouble.noted = Some(Instant::now());
            }
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
                        noted: None,
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
            false,
            progress,
        )
        .await;
        drop(place);
        let (taken, error) = pulled?;
        summary.add(taken);
        error.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// The pause after so many failures: never shorter than the first one where that was promised to a server or keeps
/// an account from being locked, and longer by up to a half so that many accounts do not come back at once.
fn scattered(first: Duration, longest: Duration, failures: u32, wander: f64) -> Duration {
    first
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(longest)
        .mul_f64(1.0 + wander / 2.0)
        .min(longest.max(first))
}

/// A number between 0 and 1 that nobody can foresee well; enough to scatter attempts.
fn wander() -> f64 {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = RandomState::new().hash_one(Instant::now());
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_asked_for_patience_was_asked_again_within_the_minute() {
        for wander in [0.0, 0.4, 1.0] {
            for failures in 1..40 {
                let pause = scattered(PAUSE_PATIENT, PAUSE_PERSON_LONGEST, failures, wander);
                assert!(pause >= PAUSE_PATIENT && pause <= PAUSE_PERSON_LONGEST);
            }
        }
        let second = scattered(PAUSE_PATIENT, PAUSE_PERSON_LONGEST, 2, 0.0);
        assert_eq!(second, PAUSE_PATIENT * 2);
        assert!(scattered(PAUSE_FIRST, PAUSE_LONGEST, 1, 1.0) < PAUSE_FIRST * 2);
    }
}
