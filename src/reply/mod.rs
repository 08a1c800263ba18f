//! Mails that leave: the [`Composer`] writes them, the [`gate`](gate()) lets them pass or not. Pure.

mod composer;
pub mod form;
pub mod gate;
mod layout;
mod lines;
mod mime;
mod recipient;
mod subject;
pub mod token;
mod types;

pub use composer::{Composer, LOOP_HEADER};
pub use gate::{
    AuthenticationDemand, BounceRecord, CaseGateState, Counters, DeskGateSettings, GateFacts,
    GateSettings, Occasion, Rule, Verdict, VerdictKind, gate, objections, replay,
};
pub(crate) use lines::{columns, wrap};
pub use recipient::{is_plain, recipient};
pub use token::{token, verify};
pub use types::{ComposeError, Composed, Outgoing};

#[cfg(test)]
mod tests;
