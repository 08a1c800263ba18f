//! What is told about copies of a store.

use jiff::Timestamp;

/// A copy of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Mails in it.
    pub mails: u64,
    /// Cases in it, imported ones too.
    pub cases: u64,
    /// When it was made, where it says so.
    pub at: Option<Timestamp>,
}

/// What was made of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The copy.
    pub backup: Backup,
    /// Outgoing mails that waited or were in hand then: of unknown fate now.
    pub uncertain: u64,
    /// Drafts, which a person may have approved since.
    pub drafts: u64,
}
