//! Judgements over facts: which case ([`assign`]), what is missing ([`assess`]), what happens
//! next ([`decide`]). Pure.

mod types;

pub use types::{
    Action, Assessment, Assignment, CandidateCase, Decision, Effect, Mode, OutgoingKind, Policy,
    ThreadKeys,
};
