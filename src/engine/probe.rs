//! Mails that end the process: a stack overflow, a failed allocation and an abort cannot be caught. After a crash the
//! mails that were in hand are tried in a process of their own, where only the guilty one dies.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::store::MailId;

/// A mail to be tried.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// The mail.
    pub mail: MailId,
    /// When it came.
    pub received_at: Timestamp,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Tries mails where they can do no harm.
pub trait Probe: Send + Sync {
    /// The mails that end a process, each with how it ended. Blocks. Where nothing can be tried the answer is empty: then
    /// the count of attempts decides.
    fn guilty(&self, suspects: &[Suspect]) -> BTreeMap<MailId, String>;
}
