//! Live: our client and the whole program against real servers and hostile ones, on loopback.
//!
//! Tests with a real Dovecot are left out, with a line that says so, where none is installed
//! (`scripts/test` installs it).

mod account;
mod dovecot;
mod session;
