//! Sentence vectors of the cases of an index: which are there, and computing those that are not.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::DocAddress;

use super::encoder::Encoder;
use super::record::TextVectors;
use super::sentences::sentences;
use super::store::{NO_VECTOR, VectorStore};
use crate::error::IndexError;
use crate::index::Index;
use crate::schema;
use crate::view::View;

/// Texts whose vectors are computed and written together.
const BATCH: usize = 256;

/// What an index needs for vectors.
pub(crate) struct Vectors {
    pub(crate) encoder: Arc<Encoder>,
    /// None where it may only be read and nobody has written it.
    store: RwLock<Option<Arc<VectorStore>>>,
    /// Held while vectors are computed and while their file is replaced: what is appended to a file that was just replaced would
    /// be lost, and what is computed from a state before a purge would bring back what was purged.
    missing: Mutex<Missing>,
}

/// Texts without a vector. Gathered once for each state of the index, however often it is asked for a few of them.
#[derive(Default)]
struct Missing {
    /// The state that they were gathered from; none where that must be done anew.
    generation: Option<u64>,
    /// Key of each text and where it stands; equal ones together.
    texts: Vec<(u64, DocAddress)>,
}

impl Missing {
    fn gather(&mut self, view: &View) -> Result<(), IndexError> {
        if self.generation == Some(view.generation()) {
            return Ok(());
        }
        self.generation = None;
        self.texts.clear();
        for (ordinal, segment) in view.searcher.segment_readers().iter().enumerate() {
            let column = segment.fast_fields().u64(schema::PASSAGE)?;
            for (document, place) in (0..).zip(view.vector_places(ordinal)) {
                let alive = segment
                    .alive_bitset()
                    .is_none_or(|alive| alive.is_alive(document));
                if alive && *place == NO_VECTOR {
                    let key = column.first(document).unwrap_or_default();
                    let address = DocAddress::new(ordinal as u32, document);
                    self.texts.push((key, address));
                }
            }
        }
        self.texts.sort_unstable();
        self.generation = Some(view.generation());
        Ok(())
    }

    /// The places of the last so many different texts, equal ones together.
    fn last(&self, texts: usize) -> &[(u64, DocAddress)] {
        let groups = self.texts.chunk_by(|left, right| left.0 == right.0);
        let count: usize = groups.rev().take(texts).map(<[_]>::len).sum();
        &self.texts[self.texts.len() - count..]
    }
}

/// The vectors of [passages](super::passage) and of their sentences.
pub(crate) fn encode(encoder: &Encoder, passages: &[String]) -> Vec<TextVectors> {
    let sentences: Vec<Vec<&str>> = passages.iter().map(|text| sentences(text)).collect();
    let wholes = passages.iter().map(String::as_str);
    let texts: Vec<&str> = wholes.chain(sentences.iter().flatten().copied()).collect();
    let mut wholes = encoder.encode_batch(&texts);
    let mut rest = wholes.split_off(passages.len()).into_iter();
    wholes
        .into_iter()
        .zip(sentences)
        .map(|(whole, sentences)| TextVectors {
            whole,
            sentences: rest.by_ref().take(sentences.len()).collect(),
        })
        .collect()
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

    /// Computes and writes the vectors of texts, and says of how many different ones.
    fn compute(
        &self,
        store: &VectorStore,
        view: &View,
        places: &[(u64, DocAddress)],
    ) -> Result<usize, IndexError> {
        let mut keys = Vec::new();
        let mut texts = Vec::new();
        for equal in places.chunk_by(|left, right| left.0 == right.0) {
            keys.push(equal[0].0);
            texts.push(view.stored(equal[0].1)?.passage());
        }
        let vectors = encode(&self.encoder, &texts);
        let batch: Vec<(u64, TextVectors)> = keys.into_iter().zip(vectors).collect();
        store.append(&batch)?;
        Ok(batch.len())
    }

    fn missing(&self) -> MutexGuard<'_, Missing> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
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
            missing: Mutex::default(),
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
        if !self.is_writable() {
            return Err(IndexError::ReadOnly);
        }
        let mut missing = vectors.missing();
        let Some(store) = vectors.store() else {
            return Err(IndexError::ReadOnly);
        };
        let view = self.view();
        missing.gather(&view)?;
        let mut progress = VectorProgress::default();
        let mut found: Vec<(DocAddress, u32)> = Vec::new();
        let mut outcome = Ok(());
        while progress.computed < at_most && outcome.is_ok() {
            let places = missing.last(BATCH.min(at_most - progress.computed));
            if places.is_empty() {
                break;
            }
            match vectors.compute(&store, &view, places) {
                Ok(computed) => {
                    progress.computed += computed;
                    let stored = store.places(places.iter().map(|(key, _)| *key));
                    found.extend(places.iter().map(|(_, address)| *address).zip(stored));
                    let left = missing.texts.len() - places.len();
                    missing.texts.truncate(left);
                }
                Err(error) => outcome = Err(error),
            }
        }
        // What was written before a failure counts all the same: it is missing no more.
        if !found.is_empty() {
            self.place_vectors(&view, &found)?;
        }
        progress.left = missing.texts.len();
        outcome.map(|()| progress)
    }

    /// Lets vectors count that were just written, of cases of this state of the index.
    fn place_vectors(&self, view: &View, found: &[(DocAddress, u32)]) -> Result<(), IndexError> {
        let placed = view.with_places(found);
        {
            let mut current = self.view.write().unwrap_or_else(PoisonError::into_inner);
            if current.generation() == view.generation() {
                *current = Arc::new(placed);
                return Ok(());
            }
        }
        // A commit came in between, and may have looked for them before they were there.
        self.refresh_view()
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
        let mut missing = vectors.missing();
        missing.generation = None;
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

    /// Drops the vectors of texts that no case has any more, of all models: a vector tells something of its text.
    pub(crate) fn purge_vectors(&self) -> Result<(), IndexError> {
        // Nothing is appended meanwhile to the file that is in use.
        let own = self.vectors.as_ref().map(|own| (own, own.missing()));
        let view = self.view();
        let mut keys = BTreeSet::new();
        for segment in view.searcher.segment_readers() {
            let column = segment.fast_fields().u64(schema::PASSAGE)?;
            keys.extend(
                segment
                    .doc_ids_alive()
                    .map(|document| column.first(document).unwrap_or_default()),
            );
        }
        let in_use = own.as_ref().map(|(own, _)| own.encoder.fingerprint());
        for fingerprint in VectorStore::fingerprints(self.directory()) {
            // The one that is in use by its own handle: a second one would cut off what it takes for a broken end.
            let own = own
                .as_ref()
                .filter(|_| in_use == Some(fingerprint.as_str()));
            let store = match own.and_then(|(own, _)| own.store()) {
                Some(store) => store,
                None => match VectorStore::open(self.directory(), &fingerprint, true)? {
                    Some(store) => Arc::new(store),
                    None => continue,
                },
            };
            let used: Vec<u32> = store
                .places(keys.iter().copied())
                .into_iter()
                .filter(|place| *place != NO_VECTOR)
                .collect();
            if store.length() as usize > used.len() {
                store.rewrite(&used)?;
                if let Some((own, _)) = own {
                    own.replace(VectorStore::open(self.directory(), &fingerprint, true)?);
                }
            }
        }
        if let Some((_, mut missing)) = own {
            missing.generation = None;
        }
        self.refresh_view()
    }
}
