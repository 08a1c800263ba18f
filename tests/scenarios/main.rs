//! Scenarios: the real program on real files, from outside, as a person or a mail server runs it.
//!
//! One module for each kind, numbered over all of them; each test is named after what it proves.

mod authors;
mod backup;
mod bad_input;
mod beside;
mod commands;
mod crash;
mod forget;
#[path = "../../benches/generator.rs"]
mod generator;
mod history;
mod house;
mod ingest;
mod learning;
mod letter;
mod logs;
mod outbox;
mod replies;
mod requests;
mod sealed;
mod secrets;
mod settings;
mod signed;
mod unwritable;
mod watched;
