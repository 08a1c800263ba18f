//! Mails that leave: [`compose`](Composed) and the gate that lets them pass or not. Pure.

mod types;

pub use types::{Composed, GateFacts, Outgoing, Verdict, VerdictKind};
