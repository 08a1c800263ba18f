//! Measures: what mails yield against their labels, and how well similar cases are ranked.

mod own;
mod score;
mod similar;
mod triage;

pub use own::{OwnHistory, QUERIES_ENOUGH};
pub use score::{Counts, Scores};
pub use similar::{SimilarEvaluation, evaluate_similar};
pub use triage::{LabelledMail, compare, label_path, labelled_mails, thread_of};
