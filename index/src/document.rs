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
    /// One of `open`, `waiting`, `complete`, `resolved`, `closed`.
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
    /// True when the case counts as solved: its status is `resolved` or `closed`.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        is_resolved_status(&self.status)
    }
}

/// The statuses a case can have, in the order of its life.
pub const STATUSES: [&str; 5] = ["open", "waiting", "complete", "resolved", "closed"];

pub(crate) fn is_resolved_status(status: &str) -> bool {
    matches!(status, "resolved" | "closed")
}
