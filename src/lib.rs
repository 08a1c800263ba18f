//! `precedent` reads a support inbox, turns each mail into a case with checked facts, shows the
//! engineer the solved cases that answer it, and asks the sender for exactly what is missing.
//!
//! # The way of a mail: one direction
//!
//! ```text
//! intake -> archive -> parse -> extract -> assign -> assess -> decide -> commit -> index -> deliver
//! bytes     raw first  Message  Extraction case      Assessment Decision  one txn   tantivy  outbox
//! ```
//!
//! 1. [`intake`] yields raw bytes and an origin, from IMAP folders, an LMTP door, a Maildir, mbox, `.eml` files or
//!    standard input.
//! 2. [`store`] archives the raw bytes under their hash together with the source's cursor.
//! 3. [`mail`] turns bytes into a [`mail::Message`].
//! 4. [`extract`] finds facts with evidence.
//! 5. [`triage`] assigns the message to a case or opens one.
//! 6. [`triage`] assesses them: issue type, what is missing, flags, action.
//! 7. [`triage`] decides on effects; [`reply`] composes the mail and its gate judges it.
//! 8. [`store`] commits case, fields, journal, outbox and index sequence in one transaction.
//! 9. [`engine`] lets the search index follow that sequence.
//! 10. [`deliver`] writes or sends what the gate let pass.
//!
//! `case`, `mail`, `profile`, `extract`, `triage`, `reply` and [`history`], which reads what other ticket systems wrote, are
//! pure: no clock, file, network or database. `tests/purity.rs` holds them to it.

pub mod case;
pub mod commands;
pub mod config;
pub mod deliver;
pub mod engine;
pub mod eval;
pub mod extract;
mod fault;
pub mod history;
pub mod intake;
mod lexicon;
pub mod limits;
mod lower_case;
pub mod mail;
pub mod monitor;
pub mod oauth;
pub mod profile;
pub mod reply;
pub mod store;
pub mod triage;
