//! Opening, writing, committing and recovering the index folder.
//!
//! The folder is a cache of the caller's store. It holds one subfolder for each format version (`v1`), a lock file,
//! and at most one folder that was moved aside because it could not be read. Every commit carries the caller's
//! sequence number; after opening, the caller compares it with its own and replays what is missing.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tantivy::indexer::LogMergePolicy;
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError, Term};

use crate::analyzer::Analyzer;
use crate::directory::Folder;
use crate::document::CaseDocument;
use crate::error::IndexError;
use crate::integrity::{self, Opening, guarded};
use crate::pool::Pool;
use crate::schema::{self, FORMAT_VERSION, Fields};
use crate::vectors::Vectors;
use crate::view::View;

mod purge;

/// Held by the one process that writes, in the index folder.
const LOCK: &str = "writer.lock";
/// Cases are kept in compressed blocks of so many bytes. To show one its whole block is read: the engine's 16 KB hold seven.
const STORED_BLOCK_BYTES: usize = 8_192;
/// How often a reader looks again where a writer may have taken files away.
const READ_ROUNDS: u32 = 4;

/// Settings of a writer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IndexOptions {
    /// Memory for documents not yet written out, in bytes; at least 15,000,000. More means fewer, larger segments.
    pub memory_bytes: usize,
    /// A segment is rewritten when this share of its cases was replaced or deleted (0 to 1).
    pub deleted_share_before_merge: f32,
}

impl Default for IndexOptions {
    fn default() -> Self {
        IndexOptions {
            memory_bytes: 64_000_000,
            deleted_share_before_merge: 0.25,
        }
    }
}

/// What `open` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenOutcome {
    /// The index was there. Replay from this sequence number on.
    Opened {
        /// The number given with the last commit.
        sequence: u64,
    },
    /// There was none; an empty one was made. Replay everything.
    Created,
    /// What was there could not be used; an empty index was made. Replay everything.
    Rebuilt {
        /// Why, in words for a log line.
        reason: String,
        /// Where the old files are now. They can be deleted, and the next rebuild does so.
        moved_to: Option<PathBuf>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    format: u32,
    sequence: u64,
}

/// The index. Cheap to share between threads: reading never waits for writing.
pub struct Index {
    directory: PathBuf,
    engine: tantivy::Index,
    fields: Fields,
    reader: IndexReader,
    writer: Option<Mutex<IndexWriter>>,
    pub(crate) view: RwLock<Arc<View>>,
    sequence: AtomicU64,
    pub(crate) vectors: Option<Vectors>,
    /// Stemming costs most of a question, and questions share most of their words.
    pub(crate) analyzers: Pool<Analyzer>,
    /// Memory for scores: some numbers for every case of the index are more than an allocator gives at no cost.
    pub(crate) sheets: Pool<Vec<f32>>,
    /// The lock lasts as long as the file is open.
    lock: Option<File>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Index")
            .field("directory", &self.directory)
            .field("sequence", &self.sequence())
            .field("count", &self.count())
            .field("writable", &self.writer.is_some())
            .finish()
    }
}

impl Index {
    /// Opens the index for reading and writing, and makes it where it is missing.
    ///
    /// An index of another format version, or one that cannot be read, is moved aside and an empty one is made: see
    /// [`OpenOutcome`].
    ///
    /// # Errors
    /// [`IndexError::Locked`] while another process writes; [`IndexError::Io`] where the system refuses. Neither
    /// changes anything on disk.
    pub fn open(
        directory: &Path,
        options: &IndexOptions,
    ) -> Result<(Index, OpenOutcome), IndexError> {
        fs::create_dir_all(directory).map_err(|source| io_error(directory, source))?;
        let lock = take_lock(directory)?;
        let current = directory.join(folder_name(FORMAT_VERSION));
        let other = other_version(directory)?;

        let mut outcome = None;
        if exists(&current.join("meta.json"))? {
            match guarded(
                || Self::open_current(directory, &current, options),
                Opening::Damaged,
            ) {
                Ok((mut index, sequence)) => {
                    index.lock = Some(lock);
                    return Ok((index, OpenOutcome::Opened { sequence }));
                }
                Err(Opening::Damaged(reason)) => {
                    let moved_to = Some(move_aside(directory, &current)?);
                    outcome = Some(OpenOutcome::Rebuilt { reason, moved_to });
                }
                Err(Opening::Failed(error)) => return Err(error),
            }
        } else if exists(&current)? {
            let empty = fs::read_dir(&current)
                .map_err(|source| io_error(&current, source))?
                .next()
                .is_none();
            if !empty {
                let moved_to = Some(move_aside(directory, &current)?);
                let reason = "its list of segments (meta.json) is missing".to_owned();
                outcome = Some(OpenOutcome::Rebuilt { reason, moved_to });
            }
        } else if let Some((version, path)) = other {
            let moved_to = Some(move_aside(directory, &path)?);
            let reason = format!("format version {version} found, {FORMAT_VERSION} needed");
            outcome = Some(OpenOutcome::Rebuilt { reason, moved_to });
        }

        let mut index = Self::create(directory, &current, options)?;
        index.lock = Some(lock);
        Ok((index, outcome.unwrap_or(OpenOutcome::Created)))
    }

    /// Opens an existing index for searching only, beside a process that may be writing it. Sees the last commit; call
    /// [`Index::reload`] for later ones. Takes no lock, and costs a few milliseconds.
    ///
    /// # Errors
    /// [`IndexError::Missing`] where there is no index of this format version; [`IndexError::Unreadable`] where it is damaged.
    pub fn open_read_only(directory: &Path) -> Result<Index, IndexError> {
        let current = directory.join(folder_name(FORMAT_VERSION));
        let open = || {
            if !exists(&current.join("meta.json")).map_err(Opening::Failed)? {
                return Err(Opening::Failed(IndexError::Missing {
                    directory: directory.to_owned(),
                }));
            }
            let (engine, sequence) = open_engine(&current)?;
            integrity::verify(directory, &current, &engine)?;
            Self::assemble(directory, engine, None, sequence)
        };
        // Beside a writer a file may go between reading the list of files and opening them; the next list is without it.
        let mut rounds = 0;
        loop {
            rounds += 1;
            match guarded(open, Opening::Damaged) {
                Err(Opening::Damaged(_)) if rounds < READ_ROUNDS => {}
                opened => return opened.map_err(|error| error.explain(directory)),
            }
        }
    }

    /// Moves the index aside, so that the next [`Index::open`] makes an empty one: where its answers prove that it is damaged
    /// although it opens. Does nothing where there is none.
    ///
    /// # Errors
    /// [`IndexError::Locked`] while another process writes; [`IndexError::Io`] where the system refuses.
    pub fn discard(directory: &Path) -> Result<(), IndexError> {
        if !exists(directory)? {
            return Ok(());
        }
        let _lock = take_lock(directory)?;
        integrity::forget(directory);
        let current = directory.join(folder_name(FORMAT_VERSION));
        if exists(&current)? {
            move_aside(directory, &current)?;
        }
        Ok(())
    }

    fn open_current(
        directory: &Path,
        current: &Path,
        options: &IndexOptions,
    ) -> Result<(Index, u64), Opening> {
        let (engine, sequence) = open_engine(current)?;
        integrity::verify(directory, current, &engine)?;
        let writer = make_writer(directory, &engine, options)?;
        Ok((
            Self::assemble(directory, engine, Some(writer), sequence)?,
            sequence,
        ))
    }

    fn create(
        directory: &Path,
        current: &Path,
        options: &IndexOptions,
    ) -> Result<Index, IndexError> {
        fs::create_dir_all(current).map_err(|source| io_error(current, source))?;
        let (schema, _) = schema::build();
        let files = Folder::open(current)?;
        let settings = IndexSettings {
            docstore_blocksize: STORED_BLOCK_BYTES,
            ..IndexSettings::default()
        };
        let mut engine = tantivy::Index::create(files, schema, settings)?;
        engine.set_tokenizers(schema::tokenizers());
        let created = make_writer(directory, &engine, options)
            .and_then(|writer| Self::assemble(directory, engine, Some(writer), 0));
        created.map_err(|error| error.explain(directory))
    }

    fn assemble(
        directory: &Path,
        engine: tantivy::Index,
        writer: Option<IndexWriter>,
        sequence: u64,
    ) -> Result<Index, Opening> {
        let (_, fields) = schema::build();
        // By hand: the engine's own watching starts a thread, and a commit here knows when to reload.
        let reader: IndexReader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let view = Arc::new(View::new(reader.searcher(), fields, None, None)?);
        Ok(Index {
            directory: directory.to_owned(),
            engine,
            fields,
            reader,
            writer: writer.map(Mutex::new),
            view: RwLock::new(view),
            sequence: AtomicU64::new(sequence),
            vectors: None,
            analyzers: Pool::default(),
            sheets: Pool::default(),
            lock: None,
        })
    }

    /// Adds a case, or replaces the one with the same id. Visible after the next [`Index::commit`].
    ///
    /// # Errors
    /// [`IndexError::ReadOnly`]; [`IndexError::Gone`]; otherwise only where the indexing thread died, for example on a full disk.
    pub fn upsert(&self, case: &CaseDocument) -> Result<(), IndexError> {
        let document = schema::engine_document(case, &self.fields);
        let writer = self.writer()?;
        writer.delete_term(Term::from_field_u64(self.fields.id, case.id));
        if let Err(error) = writer.add_document(document) {
            // The indexing thread dies where its folder is gone, and says nothing of that.
            self.check_lock()?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Removes a case. Visible after the next [`Index::commit`]. An unknown id is no error.
    ///
    /// # Errors
    /// [`IndexError::ReadOnly`].
    pub fn delete(&self, id: u64) -> Result<(), IndexError> {
        self.writer()?
            .delete_term(Term::from_field_u64(self.fields.id, id));
        Ok(())
    }

    /// Removes every case and sets the sequence number to 0, ready for a replay.
    ///
    /// # Errors
    /// As for [`Index::commit`].
    pub fn clear(&self) -> Result<(), IndexError> {
        self.writer()?.delete_all_documents()?;
        self.commit(0)
    }

    /// Makes everything written so far durable and visible, together with the caller's sequence number.
    ///
    /// Each call syncs files and makes a segment: call it for a thousand cases or every second under load, at once when idle.
    ///
    /// # Errors
    /// [`IndexError::ReadOnly`]; [`IndexError::Gone`] when the folder was removed or replaced meanwhile; or what the disk says.
    /// After an error the last commit still stands.
    pub fn commit(&self, sequence: u64) -> Result<(), IndexError> {
        {
            // Another process may have made a new index in the folder's place: its list of files must not be overwritten.
            self.check_lock()?;
            let mut writer = self.writer()?;
            let payload = Payload {
                format: FORMAT_VERSION,
                sequence,
            };
            let payload = serde_json::to_string(&payload).map_err(TantivyError::from)?;
            let mut commit = || {
                let mut prepared = writer.prepare_commit()?;
                prepared.set_payload(&payload);
                prepared.commit()
            };
            if let Err(error) = commit() {
                self.check_lock()?;
                return Err(error.into());
            }
            self.sequence.store(sequence, Ordering::Release);
        }
        self.reload()
    }

    /// Makes commits of another process visible. A writer does this by itself.
    ///
    /// # Errors
    /// Where files vanish or cannot be read.
    pub fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload()?;
        if self.writer.is_none()
            && let Ok(sequence) = read_sequence(&self.engine)
        {
            self.sequence.store(sequence, Ordering::Release);
        }
        self.reload_vectors()?;
        self.refresh_view()
    }

    /// Takes a new look at what is committed and at the vectors.
    pub(crate) fn refresh_view(&self) -> Result<(), IndexError> {
        let vectors = self.vectors.as_ref().and_then(Vectors::store);
        let view = View::new(
            self.reader.searcher(),
            self.fields,
            vectors,
            Some(&self.view()),
        )?;
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
        Ok(())
    }

    pub(crate) fn is_writable(&self) -> bool {
        self.writer.is_some()
    }

    /// The number given with the last commit; 0 for an empty index.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Cases visible to a search.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.view().count
    }

    /// The folder given to `open`.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Reads every file and compares its checksum. Takes as long as reading the disk does.
    ///
    /// # Errors
    /// [`IndexError::Unreadable`] naming the damaged files.
    pub fn verify(&self) -> Result<(), IndexError> {
        let damaged = self.engine.validate_checksum()?;
        if damaged.is_empty() {
            return Ok(());
        }
        let mut names: Vec<String> = damaged
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        names.sort();
        Err(IndexError::Unreadable {
            directory: self.directory.clone(),
            reason: format!("wrong checksum of {}", names.join(", ")),
        })
    }

    /// Waits until merges in the background have ended, and closes the writer. Without this a merge in progress is given up
    /// and done again later.
    ///
    /// # Errors
    /// What the merging thread met.
    pub fn finish(mut self) -> Result<(), IndexError> {
        if let Some(writer) = self.writer.take() {
            writer
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .wait_merging_threads()?;
        }
        Ok(())
    }

    /// Whether the lock that is held is still the folder's.
    fn check_lock(&self) -> Result<(), IndexError> {
        let Some(lock) = &self.lock else {
            return Ok(());
        };
        let path = self.directory.join(LOCK);
        let ours = lock.metadata().and_then(|held| {
            let there = fs::metadata(&path)?;
            Ok(integrity::same_file(&held, &there))
        });
        match ours {
            Ok(true) => Ok(()),
            Ok(false) => Err(IndexError::Gone {
                directory: self.directory.clone(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(IndexError::Gone {
                directory: self.directory.clone(),
            }),
            Err(source) => Err(io_error(&path, source)),
        }
    }

    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn writer(&self) -> Result<std::sync::MutexGuard<'_, IndexWriter>, IndexError> {
        let writer = self.writer.as_ref().ok_or(IndexError::ReadOnly)?;
        Ok(writer.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn open_engine(current: &Path) -> Result<(tantivy::Index, u64), Opening> {
    let files = Folder::open(current).map_err(|error| Opening::Failed(error.into()))?;
    let mut engine = tantivy::Index::open(files)?;
    let (schema, _) = schema::build();
    if engine.schema() != schema {
        return Err(Opening::Damaged(
            "its fields differ from those of this version".to_owned(),
        ));
    }
    engine.set_tokenizers(schema::tokenizers());
    let sequence = read_sequence(&engine)?;
    Ok((engine, sequence))
}

fn read_sequence(engine: &tantivy::Index) -> Result<u64, Opening> {
    let metas = engine.load_metas()?;
    let Some(payload) = metas.payload else {
        // Created, never committed.
        return Ok(0);
    };
    let payload: Payload = serde_json::from_str(&payload).map_err(|error| {
        Opening::Damaged(format!("its sequence number cannot be read: {error}"))
    })?;
    if payload.format == FORMAT_VERSION {
        Ok(payload.sequence)
    } else {
        Err(Opening::Damaged(format!(
            "format version {} found, {FORMAT_VERSION} needed",
            payload.format
        )))
    }
}

fn make_writer(
    directory: &Path,
    engine: &tantivy::Index,
    options: &IndexOptions,
) -> Result<IndexWriter, Opening> {
    // One thread: a second one helps only with rare commits, and makes twice the segments.
    let writer: IndexWriter = engine
        .writer_with_num_threads(1, options.memory_bytes.max(15_000_000))
        .map_err(|error| match error {
            TantivyError::LockFailure(..) => Opening::Failed(IndexError::Locked {
                directory: directory.to_owned(),
            }),
            error => Opening::from(error),
        })?;
    let mut policy = LogMergePolicy::default();
    policy.set_del_docs_ratio_before_merge(options.deleted_share_before_merge.clamp(0.01, 1.0));
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// Takes the folder's own lock before anything in it is judged or moved.
fn take_lock(directory: &Path) -> Result<File, IndexError> {
    let path = directory.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| io_error(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Locked {
            directory: directory.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(io_error(&path, source)),
    }
}

/// Like [`Path::exists`], except that a folder which may not be read is not taken for an empty one.
fn exists(path: &Path) -> Result<bool, IndexError> {
    path.try_exists().map_err(|source| io_error(path, source))
}

fn folder_name(version: u32) -> String {
    format!("v{version}")
}

fn other_version(directory: &Path) -> Result<Option<(u32, PathBuf)>, IndexError> {
    let mut found = None;
    for entry in fs::read_dir(directory).map_err(|source| io_error(directory, source))? {
        let entry = entry.map_err(|source| io_error(directory, source))?;
        let version = entry
            .file_name()
            .to_str()
            .and_then(|name| name.strip_prefix('v')?.parse::<u32>().ok())
            .filter(|&version| version != FORMAT_VERSION);
        if let Some(version) = version {
            found = found.max(Some((version, entry.path())));
        }
    }
    Ok(found)
}

/// Renames a folder out of the way. Only the last such folder is kept: it is a cache, and disks fill up.
fn move_aside(directory: &Path, folder: &Path) -> Result<PathBuf, IndexError> {
    let target = directory.join("moved-aside");
    if target.exists() {
        fs::remove_dir_all(&target).map_err(|source| io_error(&target, source))?;
    }
    fs::rename(folder, &target).map_err(|source| io_error(folder, source))?;
    tracing::warn!(from = %folder.display(), to = %target.display(), "index moved aside");
    Ok(target)
}

fn io_error(path: &Path, source: std::io::Error) -> IndexError {
    IndexError::Io {
        path: path.to_owned(),
        source,
    }
}
