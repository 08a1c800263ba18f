//! Live: our client and the whole program against real servers and hostile ones, on loopback.
//!
//! Tests with a real Dovecot are left out, with a line that says so, where none is installed
//! (`scripts/test` installs it).

mod account;
mod courier;
mod cyrus;
mod dovecot;
mod history;
mod hostile;
#[expect(dead_code, reason = "the scenarios use more of it")]
#[path = "../scenarios/house.rs"]
mod house;
mod inbox;
#[expect(dead_code, reason = "the scenarios use more of it")]
#[path = "../scenarios/letter.rs"]
mod letter;
mod lmtp;
mod mailbox;
mod oauth;
mod postfix;
mod scripted;
mod session;
