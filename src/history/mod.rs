//! The history of a desk in other systems: tickets as they are exported, mapped by a small TOML file, and which message
//! of a thread is its answer. Pure: files are read, and cases are written, by who calls it.
//!
//! [`map`] is the format of the TOML file, [`ticket`] makes a [`Ticket`] of one record, [`text`] makes plain text of what
//! other systems write, and [`answer`] proposes a resolution with a confidence.

pub mod answer;
mod cues;
pub mod map;
pub mod text;
pub mod ticket;

pub use answer::{Answer, Message, Side, propose};
pub use map::{MapError, MissingColumn, TicketMap};
pub use ticket::{Left, Ticket};

#[cfg(test)]
mod tests;
