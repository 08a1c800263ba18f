//! Sentence vectors of the cases of an index: which are there, and computing those that are not.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use super::encoder::Encoder;
use super::store::{NO_VECTOR, VectorStore};
use crate::error::IndexError;
use crate::index::Index;
use crate::schema;

/// Texts whose vectors are computed and written together.
const BATCH: usize = 256;

/// What an index needs for vectors.
pub(crate) struct Vectors {
    pub(crate) encoder: Arc<Encoder>,
    /// None where it may only be read and nobody has written it.
    store: RwLock<Option<Arc<VectorStore>>>,
}

/// How far the vectors of an index are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VectorProgress {
    /// Computed by this call.
    pub computed: usize,
    /// Cases whose vector is not yet known. They are found by their words meanwhile.
    pub left: usize,
}

impl Vectors {
    pub(crate) fn store(&self) -> Option<Arc<VectorStore>> {
        self.store
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn replace(&self, store: Option<VectorStore>) {
        *self.store.write().unwrap_or_else(PoisonError::into_inner) = store.map(Arc::new);
    }
}

impl Index {
    /// Lets the index rank by sentence vectors too. Those of cases that it has already, or gets later, are computed by
    /// [`Index::compute_vectors`]; what was computed before with the same model is read from the folder.
    ///
    /// # Errors
    /// [`IndexError::Io`] where the file of vectors cannot be read or made. A damaged one is no error: what is missing is
    /// computed again.
    pub fn with_encoder(mut self, encoder: Arc<Encoder>) -> Result<Self, IndexError> {
        let store = VectorStore::open(self.directory(), encoder.fingerprint(), self.is_writable())?;
        self.vectors = Some(Vectors {
            encoder,
            store: RwLock::new(store.map(Arc::new)),
        });
        self.refresh_view()?;
        if self.is_writable() {
            self.drop_unused_vectors()?;
        }
        Ok(self)
    }

    /// Computes vectors of visible cases that have none, at most so many, on all processors, and makes them count at once. Call
    /// it after a commit until nothing is left; searching goes on meanwhile. A model takes one to three milliseconds for a case
    /// on one processor.
    ///
    /// # Errors
    /// [`IndexError::ReadOnly`]; [`IndexError::Io`] where the file cannot be written.
    pub fn compute_vectors(&self, at_most: usize) -> Result<VectorProgress, IndexError> {
        let Some(vectors) = &self.vectors else {
            return Ok(VectorProgress::default());
        };
        let Some(store) = vectors.store().filter(|_| self.is_writable()) else {
            return Err(IndexError::ReadOnly);
        };
        let view = self.view();
        let mut missing = Vec::new();
        let mut keys = BTreeSet::new();
        for (ordinal, segment) in view.searcher.segment_readers().iter().enumerate() {
            let column = segment.fast_fields().u64(schema::PASSAGE)?;
            for (document, place) in (0..).zip(view.vector_places(ordinal)) {
                let alive = segment
                    .alive_bitset()
                    .is_none_or(|alive| alive.is_alive(document));
                if alive && *place == NO_VECTOR {
                    let key = column.first(document).unwrap_or_default();
                    if keys.insert(key) && missing.len() < at_most {
                        missing.push((key, tantivy::DocAddress::new(ordinal as u32, document)));
                    }
                }
            }
        }
        let left = keys.len() - missing.len();
        let computed = missing.len();
        for batch in missing.chunks(BATCH) {
            let texts = batch
                .iter()
                .map(|(_, address)| Ok(view.stored(*address)?.passage()))
                .collect::<tantivy::Result<Vec<String>>>()?;
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let batch: Vec<(u64, Vec<f32>)> = batch
                .iter()
                .map(|(key, _)| *key)
                .zip(vectors.encoder.encode_batch(&texts))
                .collect();
            store.append(&batch)?;
        }
        if computed > 0 {
            self.refresh_view()?;
        }
        Ok(VectorProgress { computed, left })
    }

    /// Visible cases whose vector is not known; all of them without an encoder.
    #[must_use]
    pub fn without_vector(&self) -> u64 {
        self.view().without_vector()
    }

    /// Takes over vectors that another process has written.
    pub(crate) fn reload_vectors(&self) -> Result<(), IndexError> {
        let Some(vectors) = &self.vectors else {
            return Ok(());
        };
        if self.is_writable() {
            return Ok(());
        }
        match vectors.store() {
            Some(store) if !store.is_replaced() => {
                // What cannot be read now is read the next time; words rank meanwhile.
                if let Err(error) = store.read_on() {
                    tracing::warn!(%error, "sentence vectors cannot be read");
                }
            }
            _ => {
                let fingerprint = vectors.encoder.fingerprint();
                vectors.replace(VectorStore::open(self.directory(), fingerprint, false)?);
            }
        }
        Ok(())
    }

    /// Writes the file anew where most of it belongs to texts that no case has any more.
    fn drop_unused_vectors(&self) -> Result<(), IndexError> {
        let Some(vectors) = &self.vectors else {
            return Ok(());
        };
        let Some(store) = vectors.store() else {
            return Ok(());
        };
        let view = self.view();
        // An index that is just being built again has no cases yet.
        if view.count == 0 || !store.is_wasteful(view.count as usize) {
            return Ok(());
        }
        let used: Vec<u32> = (0..view.searcher.segment_readers().len())
            .flat_map(|ordinal| view.vector_places(ordinal).iter().copied())
            .filter(|place| *place != NO_VECTOR)
            .collect();
        store.rewrite(&used)?;
        let fingerprint = vectors.encoder.fingerprint();
        vectors.replace(VectorStore::open(self.directory(), fingerprint, true)?);
        self.refresh_view()
    }
}
