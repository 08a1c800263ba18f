//! Raw mails on their way in.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Number of a mail in the archive. Later mails have higher numbers; a number is never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailId(pub i64);

impl fmt::Display for MailId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What the door knows of a mail's arrival that its bytes do not say. Kept, because it decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// It lay in its mailbox before the mailbox was first read: never answered automatically.
    pub backlog: bool,
    /// The door did not take it whole: it goes to quarantine.
    pub refused: Option<Refused>,
}

/// Why a door did not take a mail whole. What is archived is what it took, usually the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Stable name: `oversize`, `unreadable`.
    pub code: String,
    /// What exactly, and what to do.
    pub detail: String,
}

/// A mail to be archived.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// [`super::hash`] of the raw bytes: the same bytes are the same mail.
    pub hash: [u8; 32],
    /// The raw bytes through [`super::compress`].
    pub raw_compressed: Vec<u8>,
    /// Size of the raw bytes.
    pub size: u64,
    /// Where it was read: the folder of a Maildir, the path of an mbox, `stdin`.
    pub source: String,
    /// The place in the source: a file name, a byte offset, a UID.
    pub origin: String,
    /// When it was received, as far as the source knows, otherwise when it was read.
    pub received_at: Timestamp,
    /// What else the door knows.
    pub arrival: Arrival,
}

/// How far a source was read. The text means something to its reader only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The source, as in [`NewMail::source`].
    pub source: String,
    /// The place.
    pub position: String,
}

/// What the archive made of a [`NewMail`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Its number, old or new.
    pub mail: MailId,
    /// False when the same bytes were archived before (also earlier in the same call).
    pub fresh: bool,
    /// [`Arrival::backlog`], also set for a mail that was received before the store was restored from a backup: the lost
    /// store may have answered it.
    pub backlog: bool,
}

/// An archived mail that was not processed yet, or is to be processed again.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// Number.
    pub mail: MailId,
    /// Hash of the raw bytes.
    pub hash: [u8; 32],
    /// When it was received.
    pub received_at: Timestamp,
    /// How often processing was begun, see [`super::Store::count_attempts`].
    pub attempts: u32,
    /// Where it was read.
    pub source: String,
    /// What else the door knew.
    pub arrival: Arrival,
    /// The raw bytes for [`super::decompress`], which the caller does on many threads.
    pub raw_compressed: Vec<u8>,
}
