//! The domain types that the stages hand to each other: facts with evidence, cases, effects.

mod evidence;
mod facts;
mod state;

pub use evidence::{Evidence, PartId};
pub use facts::{Contradiction, Facts, FieldValue, Fields, Said, TimeMention};
pub use state::{CaseNumber, CaseState, CaseStatus, Resolution, ResolutionCode};
