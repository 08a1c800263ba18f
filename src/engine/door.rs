//! Mails that somebody waits for: those that come while a batch is written make the next one, so that
//! many senders at once cost hardly more than one.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Activity, Engine, Summary};
use crate::intake::lmtp::Waiting;
use crate::limits::BATCH_MAILS;

/// Keeps mails and tells who waits, until nobody can send any more.
pub async fn keep(
    engine: Engine,
    source: String,
    mut waiting: mpsc::Receiver<Waiting>,
    activity: Arc<Activity>,
) -> Summary {
    let mut summary = Summary::default();
    while let Some(first) = waiting.recv().await {
        let _running = activity.begin();
        let mut batch = vec![first];
        while batch.len() < BATCH_MAILS
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        let (mails, senders): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (Ok(waiting.mail), waiting.safe))
            .unzip();
        let kept = engine
            .ingest(mails.into_iter(), &source, Arc::new(()))
            .await;
        let safe = match kept {
            Ok(more) => {
                // Nobody is told that a mail is kept which a stop left lying. Those that were kept all the same
                // come again, and will be known.
                let all = !more.ended_early;
                summary.add(more);
                all
            }
            Err(error) => {
                tracing::error!(%error, "mails cannot be kept: their senders shall try again");
                false
            }
        };
        for sender in senders {
            // Who has gone meanwhile sends the mail again, and it will be known.
            let _ = sender.send(safe);
        }
    }
    summary
}
