//! Mailboxes on IMAP servers.
//!
//! [`Session`] is a logged-in connection. It speaks over [`wire`], which takes a command as done only
//! after the tagged OK.

mod connect;
mod error;
mod flight;
mod folder_name;
mod idle;
mod login;
mod position;
mod pull;
mod session;
pub(crate) mod tls;
mod uid_set;
mod wire;

pub use error::{ImapError, Status};
pub use idle::Waited;
pub use position::{Missing, Position};
pub use pull::{Pull, PullError};
pub use session::{Appended, Folder, Selected, Session};
pub use tls::configuration as tls_configuration;
