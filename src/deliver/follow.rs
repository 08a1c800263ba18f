//! The deliverer at work beside intake: a server that does not answer must not hold up new mail.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::hand::Hand;
use super::round::round;
use super::{Carrier, Delivered, Filing, recover_interrupted};
use crate::monitor::{Stage, measures};
use crate::store::{Store, StoreError};

/// Longest time between two looks at the outbox: what a person approved beside the running process, and
/// what is due again.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long the mail in hand may take when everything else has ended.
const GRACE: Duration = Duration::from_secs(20);
/// Pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(10);
/// How often it is looked whether to end.
const STOP_INTERVAL: Duration = Duration::from_millis(100);

/// Tells the deliverer that there is something to deliver.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Tells it.
    pub fn now(&self) {
        self.0.notify_one();
    }
}

/// A deliverer at work.
pub struct Deliverer {
    /// Tells it that there is something to deliver.
    pub wake: Wake,
    task: JoinHandle<Result<Delivered, StoreError>>,
    filing: Option<JoinHandle<()>>,
}

impl Deliverer {
    /// Starts it. It ends when `stopped` says so, after the mail in hand.
    #[must_use]
    pub fn start(
        store: Arc<dyn Store>,
        carrier: Arc<dyn Carrier>,
        filing: Option<Filing>,
        now: impl Fn() -> Timestamp + Clone + Send + Sync + 'static,
        stopped: impl Fn() -> bool + Clone + Send + Sync + 'static,
    ) -> Self {
        let wake = Wake::default();
        let filing = filing.map(|filing| {
            tokio::spawn(filing.follow(Arc::clone(&store), now.clone(), stopped.clone()))
        });
        let task = tokio::spawn(work(store, carrier, now, stopped, wake.clone()));
        Self { wake, task, filing }
    }

    /// Waits for its end, and says what became of mails since its start. The mail in hand gets some time; after that its fate is for the next start to
    /// tell, which finds it marked.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn end(self) -> Result<Delivered, StoreError> {
        self.wake.now();
        // Filing is idempotent: it may be ended anywhere.
        if let Some(filing) = self.filing {
            filing.abort();
        }
        let mut task = self.task;
        match tokio::time::timeout(GRACE, &mut task).await {
            Ok(ended) => ended.unwrap_or_else(|error| {
                Err(StoreError::Backend {
                    source: Box::new(error),
                })
            }),
            Err(_) => {
                task.abort();
                tracing::warn!(
                    "the mail server does not answer; the mail in hand is of unknown fate"
                );
                Ok(Delivered::default())
            }
        }
    }
}

async fn work(
    store: Arc<dyn Store>,
    carrier: Arc<dyn Carrier>,
    now: impl Fn() -> Timestamp + Send + Sync,
    stopped: impl Fn() -> bool + Send + Sync,
    wake: Wake,
) -> Result<Delivered, StoreError> {
    recover_interrupted(&*store, &*carrier, &now).await?;
    let mut hand = Hand::new(&*store);
    let mut before = Delivered::default();
    let mut all = Delivered::default();
    while !stopped() {
        let began = std::time::Instant::now();
        let pause = match round(&*store, &*carrier, &mut hand, &now, &stopped).await {
            Ok(done) => {
                tell(&done, &before);
                measure(&done, began.elapsed());
                all.add(&done);
                before = done;
                INTERVAL
            }
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be worked on; trying again");
                STORE_PAUSE
            }
        };
        let until = tokio::time::Instant::now() + pause;
        while !stopped() && tokio::time::Instant::now() < until {
            let woken = tokio::time::timeout(STOP_INTERVAL, wake.0.notified()).await;
            if woken.is_ok() && pause == INTERVAL {
                break;
            }
        }
    }
    carrier.finish().await;
    Ok(all)
}

/// Counts what became of mails.
fn measure(done: &Delivered, took: Duration) {
    let ends = [
        ("sent", done.sent),
        ("withheld", done.withheld),
        ("later", done.later),
        ("failed", done.failed),
        ("uncertain", done.uncertain),
    ];
    for (end, count) in ends {
        measures().delivered(end, count);
    }
    if ends.iter().any(|(_, count)| *count > 0) {
        measures().stage(Stage::Deliver, took);
    }
}

/// Says what a person should know, when it changes.
fn tell(done: &Delivered, before: &Delivered) {
    if done.later + done.failed + done.uncertain > 0 {
        tracing::warn!(
            put_off = done.later,
            failed = done.failed,
            uncertain = done.uncertain,
            "mails that did not leave; `precedent outbox list` tells more"
        );
    }
    if done.stopped && !before.stopped {
        tracing::warn!("automatic mail is stopped; `precedent resume-replies` lets it go on");
    }
    if done.hour_spent && !before.hour_spent {
        tracing::warn!("the budget of the hour is spent; what waits goes on waiting");
    }
    if let Some(reason) = &done.unreachable
        && done.unreachable != before.unreachable
    {
        tracing::warn!(%reason, "mails cannot be handed over and wait");
    }
}
