//! Wires the stages: takes mails from intake to the store, lets the index follow, delivers.
//!
//! Everything that waits, runs in parallel or talks to the outside is here, in `intake`, `store`
//! and `deliver`; what a mail means is decided by the pure stages.

mod account;
mod alone;
mod analysis;
mod answer;
mod batch;
mod desks;
mod door;
mod erase;
mod feedback;
mod folder;
mod follow;
mod history;
mod judge;
mod known;
mod pipeline;
mod probe;
mod report;
mod reprocess;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, Notify};

use crate::mail::ParseOptions;
use crate::reply::GateSettings;
use crate::store::Store;

pub use account::{AccountState, Activity, Follow, FollowFailure, LoginGate};
pub use alone::{Alone, judge_alone};
pub use analysis::{Analysis, Rejected, analyse, analyse_message};
pub use desks::{Desk, DeskChoice, Desks};
pub use door::keep;
pub use erase::Retention;
pub use feedback::{Identity, Suggestion, weigh, with_spare};
pub use folder::{read_old, read_once, source_name};
pub(crate) use follow::add_scope;
pub use follow::{
    FollowError, IndexFollower, case_document, compared_by, field_values, similar_request,
};
pub use history::{Proposed, proposal};
pub use pipeline::{Progress, Summary};
pub use probe::{Probe, Suspect};
pub use report::{inspect_object, stored_analysis};
pub use reprocess::Reprocessed;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Each mail is processed one minute after it was written: for demonstrations and tests.
    OfTheMail,
}

impl Clock {
    /// The time at which a mail is processed that was written then.
    #[must_use]
    pub fn now(self, written: Option<Timestamp>) -> Timestamp {
        match (self, written) {
            (Self::OfTheMail, Some(written)) => written
                .checked_add(SignedDuration::from_mins(1))
                .unwrap_or(written),
            _ => crate::fault::now(),
        }
    }
}

/// Asks everything that runs to end after the mail in hand.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<StopState>);

#[derive(Debug, Default)]
struct StopState {
    asked: AtomicBool,
    waiting: Notify,
}

impl Stop {
    /// Asks.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.waiting.notify_waiters();
    }

    /// True when asked.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Waits until asked.
    pub async fn wait(&self) {
        let notified = self.0.waiting.notified();
        tokio::pin!(notified);
        // Listening first, so that asking between the look and the wait is not missed.
        notified.as_mut().enable();
        if !self.asked() {
            notified.await;
        }
    }
}

/// An installation at work.
#[derive(Clone)]
pub struct Engine {
    /// Where everything lasts.
    pub store: Arc<dyn Store>,
    /// Who gets mail.
    pub desks: Arc<Desks>,
    /// Whose word counts about the origin of mail.
    pub parse_options: Arc<ParseOptions>,
    /// When a mail may leave.
    pub gate: Arc<GateSettings>,
    /// Domains of Message-IDs that only programs of ours write.
    pub own_message_id_domains: Arc<Vec<String>>,
    /// Key of fingerprints and reply tokens.
    pub key: [u8; 32],
    /// Clock.
    pub clock: Clock,
    /// Tries mails that were in hand when the process ended. None leaves it to the count of attempts.
    pub probe: Option<Arc<dyn Probe>>,
    /// Set to end.
    pub stop: Stop,
    /// Held while a batch is judged and committed: sources that are read at once would decide on the same
    /// numbers and make each other decide again.
    pub judging: Arc<Mutex<()>>,
}
