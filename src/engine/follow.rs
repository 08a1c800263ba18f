//! The search index follows the store's sequence. It holds nothing that the store does not have:
//! deleted or unreadable, it is built again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use precedent_index::{
    CaseDocument, Encoder, Index, IndexError, IndexOptions, OpenOutcome, SimilarRequest,
    VectorProgress,
};

use crate::case::Facts;
use crate::limits::{INDEX_PAUSE_SECONDS, INDEX_WAIT_SECONDS, VECTORS_AT_ONCE};
use crate::monitor::{Stage, measures};
use crate::store::{CaseRecord, Store, StoreError};
use crate::triage::SCOPE;

/// Cases read from the store at once.
const READ_CASES: usize = 500;
/// Cases between two commits of the index under load: each commit syncs and makes a segment.
const COMMIT_CASES: u64 = 20_000;
/// Time between two commits of the index under load.
const COMMIT_INTERVAL: Duration = Duration::from_secs(2);

/// Time between two looks whether another process has let the index go.
const LOCK_INTERVAL: Duration = Duration::from_millis(50);

/// Times that an index which somebody takes away is opened again before that is an error.
const TIMES_OPENED: usize = 5;

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

impl FollowError {
    /// True when another process writes the index: it follows in our place.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Index(IndexError::Locked { .. }))
    }

    /// True when files of the index went away while it was opened.
    fn is_gone(&self) -> bool {
        match self {
            Self::Index(IndexError::Io { source, .. }) => {
                source.kind() == std::io::ErrorKind::NotFound
            }
            Self::Index(error) => error.is_damage(),
            _ => false,
        }
    }

    /// What opening the index again may help against: opening tells damaged files from others, and
    /// keeps those that are whole.
    fn opens_again(&self) -> Option<String> {
        match self {
            Self::Index(error) if error.is_damage() => Some(error.to_string()),
            // The engine does not say why a thread of its own ended.
            Self::Index(error @ IndexError::Engine(_)) => Some(error.to_string()),
            _ => None,
        }
    }
}

/// What is tried again some time after it failed.
struct Patience {
    /// What it does, in words.
    what: &'static str,
    failed: Option<(Instant, String)>,
}

impl Patience {
    /// True while it is too early to try again.
    fn rests(&self) -> bool {
        let pause = Duration::from_secs(INDEX_PAUSE_SECONDS);
        let failed = self.failed.as_ref();
        failed.is_some_and(|(at, _)| at.elapsed() < pause)
    }

    const fn new(what: &'static str) -> Self {
        Self { what, failed: None }
    }

    /// Notes how it went, and tells of each error once. What the store says is passed on.
    fn after(&mut self, result: Result<(), FollowError>) -> Result<(), StoreError> {
        let error = match result {
            Ok(()) => {
                if self.failed.take().is_some() {
                    tracing::warn!("{} again", self.what);
                }
                return Ok(());
            }
            Err(FollowError::Store(error)) => return Err(error),
            Err(error) => error.to_string(),
        };
        let before = self.failed.replace((Instant::now(), error.clone()));
        if before.is_none_or(|(_, before)| before != error) {
            tracing::error!(
                error,
                "{} no more; mail goes on, and it is tried again",
                self.what
            );
        }
        Ok(())
    }
}

/// The one writer of the index.
pub struct IndexFollower {
    store: Arc<dyn Store>,
    folder: PathBuf,
    /// None only while it is opened again.
    index: Option<Arc<Index>>,
    /// Sequence up to which cases were handed to the index.
    position: i64,
    uncommitted: u64,
    /// Cases were erased: the words of what they replace must go from the files.
    purge: bool,
    /// Whether it can follow, and whether vectors can be computed: one may fail without the other.
    following: Patience,
    encoding: Patience,
    committed_at: Instant,
    /// Computes sentence vectors, where a model is configured.
    encoder: Option<Arc<Encoder>>,
    /// Set when the index had to be built anew, with the reason.
    pub rebuilt: Option<String>,
}

impl IndexFollower {
    /// Opens the index for writing. One that is ahead of the store belongs to other data (the store
    /// was restored or deleted) and is built again.
    ///
    /// # Errors
    /// When the index is locked by another process or the disk fails.
    pub async fn open(
        folder: &Path,
        store: Arc<dyn Store>,
        encoder: Option<Arc<Encoder>>,
    ) -> Result<Self, FollowError> {
        let (index, outcome) = open(folder, &*store, encoder.as_ref()).await?;
        Ok(Self::new(folder, store, encoder, index, outcome))
    }

    /// Like [`IndexFollower::open`], and waits so long for another process to let the index go: one
    /// that only catches up before it searches is soon done.
    ///
    /// # Errors
    /// As [`IndexFollower::open`].
    pub async fn open_within(
        patience: Duration,
        folder: &Path,
        store: Arc<dyn Store>,
        encoder: Option<Arc<Encoder>>,
    ) -> Result<Self, FollowError> {
        let (index, outcome) = open_within(patience, folder, &*store, encoder.as_ref()).await?;
        Ok(Self::new(folder, store, encoder, index, outcome))
    }

    fn new(
        folder: &Path,
        store: Arc<dyn Store>,
        encoder: Option<Arc<Encoder>>,
        index: Index,
        outcome: OpenOutcome,
    ) -> Self {
        measures().indexed(index.sequence());
        Self {
            store,
            folder: folder.to_owned(),
            position: position(&index),
            index: Some(Arc::new(index)),
            uncommitted: 0,
            purge: false,
            following: Patience::new("the search index follows"),
            encoding: Patience::new("sentence vectors are computed"),
            committed_at: Instant::now(),
            encoder,
            rebuilt: reason(outcome),
        }
    }

    /// The index, for searching.
    ///
    /// # Errors
    /// When it could not be opened again after damage.
    pub fn index(&self) -> Result<Arc<Index>, FollowError> {
        self.index.clone().ok_or_else(|| {
            FollowError::Index(IndexError::Missing {
                directory: self.folder.clone(),
            })
        })
    }

    /// Takes over what changed since the last call; commits now and then. An index that was deleted
    /// or damaged meanwhile is built again.
    ///
    /// # Errors
    /// When the store or the index fails.
    pub async fn follow(&mut self) -> Result<u64, FollowError> {
        self.advance(false).await
    }

    /// Takes over, and commits where asked for, with an index that may be opened again meanwhile.
    async fn advance(&mut self, commit: bool) -> Result<u64, FollowError> {
        let mut opened = 0;
        loop {
            let mut result = self.take_over().await;
            if commit && result.is_ok() {
                result = self.write().await.and(result);
            }
            match result {
                Err(error) if opened < TIMES_OPENED => self.open_again(error).await?,
                result => return result,
            }
            opened += 1;
        }
    }

    async fn take_over(&mut self) -> Result<u64, FollowError> {
        let mut taken = 0;
        loop {
            let changes = self.store.changes(self.position, READ_CASES).await?;
            let Some(last) = changes.last() else {
                return Ok(taken);
            };
            let position = last.sequence;
            let count = changes.len() as u64;
            let index = self.index()?;
            tokio::task::spawn_blocking(move || {
                changes
                    .iter()
                    .try_for_each(|change| index.upsert(&case_document(&change.case)))
            })
            .await??;
            crate::monitor::beat();
            let erased = self.store.erased_sequence().await?;
            self.purge |= self.position < erased;
            self.position = position;
            self.uncommitted += count;
            taken += count;
            if self.uncommitted >= COMMIT_CASES || self.committed_at.elapsed() >= COMMIT_INTERVAL {
                self.write().await?;
            }
        }
    }

    /// Makes everything taken over findable.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn commit(&mut self) -> Result<(), FollowError> {
        match self.write().await {
            Err(error) => {
                self.open_again(error).await?;
                self.advance(true).await.map(drop)
            }
            written => written,
        }
    }

    /// Follows while other work goes on, which an index that fails does not end: it is built from the store at any time. It is
    /// told, and tried again after a pause.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_up(&mut self, commit: bool) -> Result<(), StoreError> {
        if !self.following.rests() {
            let result = match self.follow().await {
                Ok(_) if commit => self.commit().await,
                followed => followed.map(drop),
            };
            self.following.after(result)?;
        }
        // What is new goes first: the rest of the vectors has its turn the next time.
        if commit && !self.following.rests() && !self.encoding.rests() {
            let result = self.compute_vectors(VECTORS_AT_ONCE).await.map(drop);
            self.encoding.after(result)?;
        }
        Ok(())
    }

    /// Computes sentence vectors of committed cases that have none, at most so many. Nothing without a model.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn compute_vectors(&self, at_most: usize) -> Result<VectorProgress, FollowError> {
        if self.encoder.is_none() {
            return Ok(VectorProgress::default());
        }
        let index = self.index()?;
        Ok(tokio::task::spawn_blocking(move || index.compute_vectors(at_most)).await??)
    }

    async fn write(&mut self) -> Result<(), FollowError> {
        if self.uncommitted > 0 {
            let index = self.index()?;
            let position = u64::try_from(self.position).unwrap_or(0);
            let began = Instant::now();
            let purge = self.purge;
            tokio::task::spawn_blocking(move || {
                if purge {
                    // Under the old number first: a crash in between makes the follower come here again.
                    index.commit(index.sequence())?;
                    index.purge()?;
                }
                index.commit(position)
            })
            .await??;
            crate::fault::point("index.commit");
            self.purge = false;
            measures().indexed(u64::try_from(self.position).unwrap_or(0));
            measures().stage(Stage::Index, began.elapsed());
            self.uncommitted = 0;
        }
        self.committed_at = Instant::now();
        Ok(())
    }

    /// What is in the folder now, or a new index where that is damaged, from where it stands. An error that this does not
    /// help against is passed on.
    async fn open_again(&mut self, error: FollowError) -> Result<(), FollowError> {
        let Some(damage) = error.opens_again() else {
            return Err(error);
        };
        tracing::warn!(reason = damage, "the search index is opened again");
        // Its lock must go first.
        self.index = None;
        let patience = Duration::from_secs(INDEX_WAIT_SECONDS);
        let (index, outcome) =
            open_within(patience, &self.folder, &*self.store, self.encoder.as_ref()).await?;
        self.position = position(&index);
        self.index = Some(Arc::new(index));
        self.uncommitted = 0;
        self.rebuilt = reason(outcome);
        Ok(())
    }
}

async fn open_within(
    patience: Duration,
    folder: &Path,
    store: &dyn Store,
    encoder: Option<&Arc<Encoder>>,
) -> Result<(Index, OpenOutcome), FollowError> {
    let until = Instant::now() + patience;
    loop {
        match open(folder, store, encoder).await {
            Err(error) if (error.is_locked() || error.is_gone()) && Instant::now() < until => {
                tokio::time::sleep(LOCK_INTERVAL).await;
            }
            opened => return opened,
        }
    }
}

async fn open(
    folder: &Path,
    store: &dyn Store,
    encoder: Option<&Arc<Encoder>>,
) -> Result<(Index, OpenOutcome), FollowError> {
    let (index, outcome) = open_blocking(folder, encoder).await?;
    // Read after the index was opened: while it is open nobody else moves it on.
    if position(&index) <= store.last_sequence().await? {
        return Ok((index, outcome));
    }
    drop(index);
    let discarded = folder.to_owned();
    tokio::task::spawn_blocking(move || Index::discard(&discarded)).await??;
    let (index, _) = open_blocking(folder, encoder).await?;
    let reason = "it was ahead of the store".to_owned();
    Ok((
        index,
        OpenOutcome::Rebuilt {
            reason,
            moved_to: None,
        },
    ))
}

async fn open_blocking(
    folder: &Path,
    encoder: Option<&Arc<Encoder>>,
) -> Result<(Index, OpenOutcome), FollowError> {
    let folder = folder.to_owned();
    let encoder = encoder.cloned();
    let opened = tokio::task::spawn_blocking(move || {
        let (index, outcome) = Index::open(&folder, &IndexOptions::default())?;
        let index = match encoder {
            Some(encoder) => index.with_encoder(encoder)?,
            None => index,
        };
        Ok::<_, IndexError>((index, outcome))
    });
    Ok(opened.await??)
}

fn position(index: &Index) -> i64 {
    i64::try_from(index.sequence()).unwrap_or(i64::MAX)
}

fn reason(outcome: OpenOutcome) -> Option<String> {
    match outcome {
        OpenOutcome::Rebuilt { reason, .. } => Some(reason),
        _ => None,
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
        fields: compared_by(&state.facts, &state.subject, &record.problem),
        flags: state.flags.clone(),
    }
}

/// What a case is compared by: its facts, and whom its text says the problem hits.
#[must_use]
pub fn compared_by(facts: &Facts, subject: &str, problem: &str) -> BTreeMap<String, Vec<String>> {
    let mut fields = field_values(facts);
    add_scope(&mut fields, subject, problem);
    fields
}

/// Adds whom a text says the problem hits.
pub(crate) fn add_scope(fields: &mut BTreeMap<String, Vec<String>>, subject: &str, problem: &str) {
    if let Some(scope) = crate::triage::scope(subject, problem) {
        fields.insert(SCOPE.to_owned(), vec![scope.to_owned()]);
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
        concepts: Vec::new(),
    }
}
