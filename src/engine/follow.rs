//! The search index follows the store's sequence. It holds nothing that the store does not have:
//! deleted or unreadable, it is built again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use precedent_index::{CaseDocument, Index, IndexError, IndexOptions, OpenOutcome, SimilarRequest};

use crate::case::Facts;
use crate::store::{CaseRecord, Store, StoreError};

/// Cases read from the store at once.
const READ_CASES: usize = 500;
/// Cases between two commits of the index under load: each commit syncs and makes a segment.
const COMMIT_CASES: u64 = 20_000;
/// Time between two commits of the index under load.
const COMMIT_INTERVAL: Duration = Duration::from_secs(2);

/// Why the index could not follow.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The indexing thread panicked.
    #[error("indexing ended unexpectedly: {0}")]
    Ended(#[from] tokio::task::JoinError),
}

/// The one writer of the index.
pub struct IndexFollower {
    store: Arc<dyn Store>,
    index: Arc<Index>,
    /// Sequence up to which cases were handed to the index.
    position: i64,
    uncommitted: u64,
    committed_at: Instant,
    /// Set when the index had to be built anew, with the reason.
    pub rebuilt: Option<String>,
}

impl IndexFollower {
    /// Opens the index for writing. One that is ahead of the store belongs to other data (the store
    /// was restored or deleted) and is built again.
    ///
    /// # Errors
    /// When the index is locked by another process or the disk fails.
    pub async fn open(folder: &Path, store: Arc<dyn Store>) -> Result<Self, FollowError> {
        let last = store.last_sequence().await?;
        let folder = folder.to_owned();
        let (index, outcome) = tokio::task::spawn_blocking(move || {
            let (index, outcome) = Index::open(&folder, &IndexOptions::default())?;
            if i64::try_from(index.sequence()).unwrap_or(i64::MAX) > last {
                drop(index);
                std::fs::remove_dir_all(&folder).map_err(|source| IndexError::Io {
                    path: folder.clone(),
                    source,
                })?;
                let (index, _) = Index::open(&folder, &IndexOptions::default())?;
                let reason = "it was ahead of the store".to_owned();
                return Ok((
                    index,
                    OpenOutcome::Rebuilt {
                        reason,
                        moved_to: None,
                    },
                ));
            }
            Ok::<_, IndexError>((index, outcome))
        })
        .await??;
        let rebuilt = match outcome {
            OpenOutcome::Rebuilt { reason, .. } => Some(reason),
            _ => None,
        };
        Ok(Self {
            store,
            position: i64::try_from(index.sequence()).unwrap_or(0),
            index: Arc::new(index),
            uncommitted: 0,
            committed_at: Instant::now(),
            rebuilt,
        })
    }

    /// The index, for searching.
    #[must_use]
    pub fn index(&self) -> Arc<Index> {
        Arc::clone(&self.index)
    }

    /// Takes over what changed since the last call; commits now and then.
    ///
    /// # Errors
    /// When the store or the index fails.
    pub async fn follow(&mut self) -> Result<u64, FollowError> {
        let mut taken = 0;
        loop {
            let changes = self.store.changes(self.position, READ_CASES).await?;
            let Some(last) = changes.last() else {
                return Ok(taken);
            };
            let position = last.sequence;
            let count = changes.len() as u64;
            let index = Arc::clone(&self.index);
            tokio::task::spawn_blocking(move || {
                changes
                    .iter()
                    .try_for_each(|change| index.upsert(&case_document(&change.case)))
            })
            .await??;
            self.position = position;
            self.uncommitted += count;
            taken += count;
            if self.uncommitted >= COMMIT_CASES || self.committed_at.elapsed() >= COMMIT_INTERVAL {
                self.commit().await?;
            }
        }
    }

    /// Makes everything taken over findable.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn commit(&mut self) -> Result<(), FollowError> {
        if self.uncommitted > 0 {
            let index = Arc::clone(&self.index);
            let position = u64::try_from(self.position).unwrap_or(0);
            tokio::task::spawn_blocking(move || index.commit(position)).await??;
            self.uncommitted = 0;
        }
        self.committed_at = Instant::now();
        Ok(())
    }
}

/// Values of all fields, without evidence.
#[must_use]
pub fn field_values(facts: &Facts) -> BTreeMap<String, Vec<String>> {
    facts
        .fields
        .iter()
        .map(|(name, values)| {
            let mut plain: Vec<String> = Vec::with_capacity(values.len());
            for value in values.iter().filter(|value| !value.evidence.quoted) {
                if !plain.contains(&value.value) {
                    plain.push(value.value.clone());
                }
            }
            (name.clone(), plain)
        })
        .filter(|(_, values)| !values.is_empty())
        .collect()
}

/// A number that stays the same for a case and differs between cases: the index knows no text ids.
fn document_id(number: &str) -> u64 {
    let hash = blake3::hash(number.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

/// A case as the index knows it.
#[must_use]
pub fn case_document(record: &CaseRecord) -> CaseDocument {
    let state = &record.state;
    let resolution = state.resolution.as_ref();
    CaseDocument {
        id: document_id(&state.number.0),
        number: state.number.0.clone(),
        desk: state.desk.clone(),
        status: state.status.as_str().to_owned(),
        language: state.language.clone(),
        subject: state.subject.clone(),
        problem: record.problem.clone(),
        resolution: resolution
            .map(|resolution| resolution.text.clone())
            .unwrap_or_default(),
        resolution_code: resolution.map(|resolution| resolution.code.as_str().to_owned()),
        from: state.submitter.clone(),
        issue_type: state.issue_type.clone(),
        opened_at: state.opened_at.as_second(),
        resolved_at: resolution.map(|resolution| resolution.resolved_at.as_second()),
        fields: field_values(&state.facts),
        flags: state.flags.clone(),
    }
}

/// The question for cases like this one.
#[must_use]
pub fn similar_request(record: &CaseRecord, limit: usize) -> SimilarRequest {
    let document = case_document(record);
    SimilarRequest {
        subject: document.subject,
        problem: document.problem,
        language: document.language,
        fields: document.fields,
        issue_type: document.issue_type,
        desk: Some(document.desk),
        exclude_id: Some(document.id),
        before: None,
        resolved_only: true,
        limit,
    }
}
