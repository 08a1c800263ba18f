//! The search index for commands that only read. It is a cache: where it is missing, damaged or behind, it is made right
//! first, unless another process is just writing it.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use precedent_index::{Index, IndexError, SearchError};

use super::context::Context;
use super::output;
use crate::engine::{FollowError, IndexFollower};
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

/// Asks the index a question. One that fails over it is moved aside and built again, and asked once more.
pub(super) async fn ask<T, E: Failure>(
    context: &Context,
    store: &Arc<dyn Store>,
    question: impl Fn(&Index) -> Result<T, E>,
) -> Result<T> {
    let index = up_to_date(context, store).await?;
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
    let index = up_to_date(context, store).await?;
    question(&index).map_err(Into::into)
}

/// The index with everything that the store has, where that can be had.
async fn up_to_date(context: &Context, store: &Arc<dyn Store>) -> Result<Arc<Index>> {
    let folder = context.index_folder();
    let opened = Index::open_read_only(&folder);
    // Read after the index, which may be moving on.
    let last = store.last_sequence().await?;
    let (index, why) = match opened {
        Ok(index) if i64::try_from(index.sequence()) == Ok(last) => return Ok(Arc::new(index)),
        Ok(index) => (Some(Arc::new(index)), None),
        Err(error) if error.is_damage() => (None, Some(error)),
        Err(error) => return Err(error.into()),
    };
    match catch_up(&folder, store).await {
        Ok((caught_up, cases, rebuilt)) => {
            let missing = matches!(why, Some(IndexError::Missing { .. }));
            let text = match rebuilt {
                Some(reason) => {
                    format!("the search index is built again: {reason} ({cases} cases)")
                }
                None if missing => {
                    format!("the search index was missing and is built again ({cases} cases)")
                }
                None => format!("the search index has caught up ({cases} cases)"),
            };
            // Of nothing there was nothing to index.
            if cases > 0 {
                output::note(context, &text);
            }
            Ok(caught_up)
        }
        Err(error) => {
            let reason = if error.is_locked() {
                "another process is writing it".to_owned()
            } else {
                error.to_string()
            };
            match (index, why) {
                (Some(index), _) => {
                    output::note(
                        context,
                        &format!(
                            "the search index is behind the store ({reason}): what changed last may be missing"
                        ),
                    );
                    Ok(index)
                }
                (None, Some(why)) if error.is_locked() => {
                    // Whoever is building it may have come so far.
                    match Index::open_read_only(&folder) {
                        Ok(index) => {
                            output::note(context, "the search index is being built: some cases are missing");
                            Ok(Arc::new(index))
                        }
                        Err(_) => Err(anyhow!(why).context(
                            "the search index is being built by another process; try again in a moment",
                        )),
                    }
                }
                (None, why) => {
                    let error = anyhow::Error::from(error);
                    Err(match why {
                        Some(why) => error.context(why.to_string()),
                        None => error,
                    })
                }
            }
        }
    }
}

/// The index after the store's changes, how many cases they were, and why it had to be built anew.
async fn catch_up(
    folder: &std::path::Path,
    store: &Arc<dyn Store>,
) -> Result<(Arc<Index>, u64, Option<String>), FollowError> {
    let mut follower = IndexFollower::open(folder, Arc::clone(store)).await?;
    let cases = follower.follow().await?;
    follower.commit().await?;
    Ok((follower.index()?, cases, follower.rebuilt.take()))
}
