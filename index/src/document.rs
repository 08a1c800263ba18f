//! What is indexed: one solved or open case.

use std::collections::BTreeMap;

/// A case as the index sees it. Texts are plain, already freed of quoted mail, signatures and secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseDocument {
    /// The case id. A later document with the same id replaces the earlier one.
    pub id: u64,
    /// The number people say, such as `SP-1042`.
    pub number: String,
    /// The desk that owns the case.
    pub desk: String,
    /// One of `incomplete`, `waiting`, `complete`, `resolved`, `closed`.
    pub status: String,
    /// ISO 639-1 code of `subject` and `problem`, with or without a region (`de`, `zh-CN`). Empty when unknown.
    pub language: String,
    /// The subject line without reply prefixes.
    pub subject: String,
    /// The sender's own words.
    pub problem: String,
    /// What solved the case; empty while unsolved.
    pub resolution: String,
    /// `fixed`, `workaround`, `guidance`, `duplicate`, `not_reproducible`, `declined`.
    pub resolution_code: Option<String>,
    /// The sender's address.
    pub from: String,
    /// The issue type of the desk's profile.
    pub issue_type: Option<String>,
    /// When the case was opened, in seconds since 1970-01-01 UTC.
    pub opened_at: i64,
    /// When it was resolved, in seconds since 1970-01-01 UTC.
    pub resolved_at: Option<i64>,
    /// Facts by field name (`operation`, `error_code`, `http_status`, `api_section`, `marketplace`, ids and so on).
    /// Matched exactly, but without regard to case.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Flags of the case, found with `flag:NAME`.
    pub flags: Vec<String>,
}

impl CaseDocument {
    /// True when the case may serve as a precedent: it is `resolved`, and somebody wrote down how. A case
    /// that was only closed solves nothing.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.status == "resolved" && !self.resolution.trim().is_empty()
    }
}

/// The statuses a case can have, in the order of its life.
pub const STATUSES: [&str; 5] = ["incomplete", "waiting", "complete", "resolved", "closed"];

/// The statuses of a case that is neither resolved nor closed: what `status:open` stands for.
pub(crate) const OPEN_STATUSES: [&str; 3] = ["incomplete", "waiting", "complete"];
