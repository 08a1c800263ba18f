//! Search over solved cases: per-language analysis, a query language for people, and similar-case ranking.
//!
//! This crate knows cases as plain [documents](CaseDocument) and nothing of mail, databases or the network. It is
//! synchronous; run it on a thread that may block.
//!
//! ```
//! use precedent_index::{CaseDocument, Index, IndexOptions, SearchRequest, SimilarRequest};
//!
//! let folder = tempfile::tempdir()?;
//! let (index, _) = Index::open(folder.path(), &IndexOptions::default())?;
//! index.upsert(&CaseDocument {
//!     id: 7,
//!     number: "SP-7".to_owned(),
//!     status: "resolved".to_owned(),
//!     language: "de".to_owned(),
//!     subject: "Anfragen werden gedrosselt".to_owned(),
//!     problem: "Seit heute antwortet getOrders mit 429 QuotaExceeded.".to_owned(),
//!     resolution: "Use the rate limit header and wait between calls.".to_owned(),
//!     fields: [("operation".to_owned(), vec!["getOrders".to_owned()])].into(),
//!     ..CaseDocument::default()
//! })?;
//! index.commit(1)?;
//!
//! let found = index.search(&SearchRequest { query: "Anfrage operation:getOrders".to_owned(), limit: 10, ..SearchRequest::default() })?;
//! assert_eq!(found.hits[0].number, "SP-7");
//!
//! let similar = index.similar(&SimilarRequest {
//!     subject: "getOrders throttled".to_owned(),
//!     fields: [("operation".to_owned(), vec!["getOrders".to_owned()])].into(),
//!     resolved_only: true,
//!     limit: 3,
//!     ..SimilarRequest::default()
//! })?;
//! assert_eq!(similar[0].reasons[0].to_string(), "same operation getOrders");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sentence vectors
//! With an [`Encoder`], [`Index::with_encoder`] lets [`Index::similar`] compare cases by what they mean, whatever their language. Vectors
//! are computed by [`Index::compute_vectors`] and kept beside the index, also when that is built anew. Without, words and facts rank.
//!
//! # The index is a cache
//! Everything in it comes from the caller's store. Each [commit](Index::commit) carries the store's sequence number; after
//! [opening](Index::open) compare [`Index::sequence`] with the store and replay the difference. A folder of another
//! [format](FORMAT_VERSION), or one that cannot be read, is moved aside and rebuilt; a held lock, a missing permission or a full disk is
//! an error and changes nothing. Answers do not depend on how the index came about: replaying the same cases gives the same
//! order and the same scores.
//!
//! # Not supported
//! Sentence vectors in [`Index::search`], other models than the one that [`Encoder`] describes, searching in more than the first 64 KiB of a text, snippets from beyond the first 1,500 bytes of a
//! problem, spelling correction of a word's first letter.

mod analyzer;
mod directory;
mod document;
mod error;
mod index;
mod integrity;
mod pool;
mod query;
mod schema;
mod similar;
mod snippet;
mod vectors;
mod view;

pub use analyzer::Language;
pub use document::{CaseDocument, STATUSES};
pub use error::{IndexError, SearchError, SyntaxError};
pub use index::{Index, IndexOptions, OpenOutcome};
pub use query::{SearchHit, SearchRequest, SearchResponse, Sort, query_keys};
pub use schema::FORMAT_VERSION;
pub use similar::{Precedent, Reason, Signals, SimilarRequest};
pub use snippet::Snippet;
pub use vectors::{DIMENSIONS, Encoder, EncoderError, VectorProgress};
