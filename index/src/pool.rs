//! What is kept between two questions, because making it anew costs more than the question.

use std::sync::{Mutex, PoisonError};

/// So many are kept, however many questions come at once.
const KEPT: usize = 2;

/// Values that one question at a time uses.
#[derive(Default)]
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// One that was used before, or a new one.
    pub(crate) fn take(&self) -> T {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pop().unwrap_or_default()
    }

    /// Keeps it for the next question.
    pub(crate) fn give_back(&self, value: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push(value);
        }
    }
}
