//! Work that another process got in the way of.

use super::StoreResult;

/// Times that it is done again. Others work on a case for moments, so a few are plenty.
const ROUNDS: usize = 5;

/// Reads, decides and writes again while what was read was changed by another before it was written.
pub(crate) async fn again_on_conflict<T, F>(mut work: impl FnMut() -> F) -> StoreResult<T>
where
    F: Future<Output = StoreResult<T>>,
{
    for _ in 0..ROUNDS {
        match work().await {
            Err(error) if error.is_conflict() => {}
            done => return done,
        }
    }
    work().await
}
