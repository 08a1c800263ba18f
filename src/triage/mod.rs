//! Judgements over facts: which case ([`assign`]), what is missing ([`Assessor`]), what happens
//! next ([`decide`]). Pure.

mod action;
mod assess;
mod assign;
mod clauses;
mod code_lines;
mod condition;
mod cues;
mod decide;
mod flags;
mod fold;
mod issue_type;
mod merge;
mod questions;
mod requirements;
mod scope;
mod sentence;
mod signal;
mod statements;
mod types;
mod urgency;

pub use assess::{Assessor, AssessorError, PARTNER_STATUS};
pub use assign::{SAME_TEXT, assign, settle, thread_keys};
pub use decide::decide;
pub use flags::FLAGS;
pub use scope::{SCOPE, scope};
pub use types::{
    Action, Assessment, Assignment, CandidateCase, Decision, Effect, Mode, Now, OutgoingKind,
    Policy, Reason, ThreadKeys, ThreadMarks, status_for,
};
