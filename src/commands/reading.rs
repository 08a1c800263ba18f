//! The search index for commands that only read. It is a cache: where it is missing, damaged or behind, it is made right
//! first, unless another process is just writing it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use precedent_index::{Encoder, Index, IndexError, SearchError};

use super::context::Context;
use super::output;
use crate::engine::{FollowError, IndexFollower, Progress};
use crate::limits::{HANDED_OVER_WAIT_SECONDS, VECTORS_AT_ONCE};
use crate::store::Store;

/// What can be asked of an index, and whether the failure of an answer means that the index is damaged.
pub(super) trait Failure: Into<anyhow::Error> {
    /// The damage.
    fn damage(&self) -> Option<&IndexError>;
}

impl Failure for IndexError {
    fn damage(&self) -> Option<&IndexError> {
        Some(self).filter(|error| error.is_damage())
    }
}

impl Failure for SearchError {
    fn damage(&self) -> Option<&IndexError> {
        match self {
            SearchError::Index(error) => error.damage(),
            _ => None,
        }
    }
}

/// Asks the index for similar cases: with sentence vectors, where a model is configured.
pub(super) async fn ask_similar<T>(
    context: &Context,
    store: &Arc<dyn Store>,
    question: impl Fn(&Index) -> Result<T, IndexError>,
) -> Result<T> {
    ask_with(context, store, context.encoder(), question).await
}

/// Asks the index a question. One that fails over it is moved aside and built again, and asked once more.
pub(super) async fn ask<T, E: Failure>(
    context: &Context,
    store: &Arc<dyn Store>,
    question: impl Fn(&Index) -> Result<T, E>,
) -> Result<T> {
    ask_with(context, store, None, question).await
}

async fn ask_with<T, E: Failure>(
    context: &Context,
    store: &Arc<dyn Store>,
    encoder: Option<Arc<Encoder>>,
    question: impl Fn(&Index) -> Result<T, E>,
) -> Result<T> {
    let index = up_to_date(context, store, encoder.as_ref()).await?;
    let error = match question(&index) {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    if error.damage().is_none() {
        return Err(error.into());
    }
    // Its lock, where it is ours, goes with it.
    drop(index);
    if let Some(damage) = error.damage() {
        output::note(context, &damage.to_string());
    }
    match Index::discard(&context.index_folder()) {
        Ok(()) => {}
        // The process that writes it finds out by itself.
        Err(IndexError::Locked { .. }) => return Err(error.into()),
        Err(other) => return Err(other.into()),
    }
    let index = up_to_date(context, store, encoder.as_ref()).await?;
    question(&index).map_err(Into::into)
}

/// The index with everything that the store has, where that can be had.
async fn up_to_date(
    context: &Context,
    store: &Arc<dyn Store>,
    encoder: Option<&Arc<Encoder>>,
) -> Result<Arc<Index>> {
    let folder = context.index_folder();
    let until = Instant::now() + Duration::from_secs(HANDED_OVER_WAIT_SECONDS);
    loop {
        let opened = Index::open_read_only(&folder).and_then(|index| match encoder {
            Some(encoder) => index.with_encoder(Arc::clone(encoder)),
            None => Ok(index),
        });
        // Read after the index, which may be moving on.
        let last = store.last_sequence().await?;
        let opened = match opened {
            Ok(index)
                if i64::try_from(index.sequence()) == Ok(last)
                    && (encoder.is_none() || index.without_vector() == 0) =>
            {
                return Ok(Arc::new(index));
            }
            Err(error) if !error.is_damage() => return Err(error.into()),
            opened => opened,
        };
        let missing = matches!(opened, Err(IndexError::Missing { .. }));
        let error = match catch_up(context, &folder, store, encoder).await {
            Ok(caught_up) => return Ok(caught_up.tell(context, missing)),
            Err(error) => error,
        };
        match opened {
            Ok(index) => {
                // The process that writes it computes vectors too; words rank until then.
                if i64::try_from(index.sequence()) == Ok(last) {
                    return Ok(Arc::new(index));
                }
                let reason = if error.is_locked() {
                    "another process is writing it".to_owned()
                } else {
                    error.to_string()
                };
                output::note(
                    context,
                    &format!(
                        "the search index is behind the store ({reason}): what changed last may be missing"
                    ),
                );
                return Ok(Arc::new(index));
            }
            // Whoever is building it is soon so far that something can be read.
            Err(_) if error.is_locked() && Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(why) if error.is_locked() => {
                return Err(anyhow!(why).context(
                    "the search index is being built by another process; try again in a moment",
                ));
            }
            Err(why) => return Err(anyhow::Error::from(error).context(why.to_string())),
        }
    }
}

/// Computes the sentence vectors that are missing, with a bar where that takes long.
pub(super) async fn compute_vectors(
    context: &Context,
    follower: &IndexFollower,
) -> Result<(), FollowError> {
    let missing = follower.index()?.without_vector();
    if missing == 0 {
        return Ok(());
    }
    let bar = output::Bar::new(context, Some(missing), None);
    loop {
        let progress = follower.compute_vectors(VECTORS_AT_ONCE).await?;
        bar.advance(progress.computed as u64, 0);
        if progress.left == 0 {
            bar.clear();
            return Ok(());
        }
    }
}

/// An index that was brought up to date.
struct CaughtUp {
    index: Arc<Index>,
    cases: u64,
    /// Why it had to be built anew.
    rebuilt: Option<String>,
}

impl CaughtUp {
    /// Says what was done, in a line.
    fn tell(self, context: &Context, missing: bool) -> Arc<Index> {
        let count = output::counted(self.cases, "case");
        let text = match self.rebuilt {
            Some(reason) => format!("the search index is built again: {reason} ({count})"),
            None if missing => {
                format!("the search index was missing and is built again ({count})")
            }
            None => format!("the search index has caught up ({count})"),
        };
        // Of nothing there was nothing to index.
        if self.cases > 0 {
            output::note(context, &text);
        }
        self.index
    }
}

async fn catch_up(
    context: &Context,
    folder: &Path,
    store: &Arc<dyn Store>,
    encoder: Option<&Arc<Encoder>>,
) -> Result<CaughtUp, FollowError> {
    let mut follower = IndexFollower::open(folder, Arc::clone(store), encoder.cloned()).await?;
    let cases = follower.follow().await?;
    follower.commit().await?;
    compute_vectors(context, &follower).await?;
    Ok(CaughtUp {
        index: follower.index()?,
        cases,
        rebuilt: follower.rebuilt.take(),
    })
}
