//! Delivery over SMTP: a server that does the wrong thing at every step, the whole program against it, two
//! copies of the program against each other.

#[path = "../live/account.rs"]
mod account;
mod asked;
mod carrier;
mod copy;
#[path = "../live/dovecot.rs"]
#[expect(dead_code, reason = "the live tests use more of it")]
mod dovecot;
mod filing;
mod gate;
mod groups;
#[path = "../scenarios/house.rs"]
#[expect(dead_code, reason = "the scenarios use more of it")]
mod house;
#[path = "../scenarios/letter.rs"]
mod letter;
mod loops;
mod outbox;
mod server;
mod sink;
mod tls;
