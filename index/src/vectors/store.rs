//! The file of vectors: what was computed once is not computed again.
//!
//! One file for each model, `vectors/<fingerprint>.bin` in the index folder, to which vectors are only ever appended. A vector
//! is known by the [key](passage_key) of the text that it was made of, not by a case: so it is right whatever the order in which
//! cases and vectors were written, it stays when the index beside it is built anew, and a change that leaves the text alone
//! needs none. A record that is cut short or whose checksum is wrong is as good as missing: its vector is computed again.
//!
//! A vector is kept as 8-bit codes, which are all held in memory and compared with each question, and 8 further bits of each
//! number, which are read from the file for the few best. So are the vectors of the first [sentences](super::sentences), in four
//! bits a number.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, RwLock};

use super::encoder::DIMENSIONS;
use super::kernel::{self, Product, Work};
use super::record::{RECORD_BYTES, TextVectors, parse, record};
use super::sentences::{self, Agreement};
use crate::error::IndexError;

/// Begins the file: name and version of its form.
const MAGIC: [u8; 16] = *b"precedent vec 2\n";
/// A record without which no file is written anew.
const FEWEST_UNUSED: usize = 1_000;

/// Characters of the problem that a vector is made of: what the problem is stands at the beginning.
const PROBLEM_CHARACTERS: usize = 500;

/// Stands for a case whose vector is not known.
pub(crate) const NO_VECTOR: u32 = u32::MAX;

/// The text of a case that its vector is made of: the subject, and the beginning of the problem.
pub(crate) fn passage(subject: &str, problem: &str) -> String {
    let mut passage =
        String::with_capacity(subject.len() + problem.len().min(PROBLEM_CHARACTERS) + 2);
    passage.push_str(subject.trim());
    passage.push('\n');
    let problem = problem.trim();
    let end = problem.char_indices().nth(PROBLEM_CHARACTERS);
    passage.push_str(end.map_or(problem, |(end, _)| &problem[..end]));
    passage
}

/// What a passage is known by. Two of 2^64: passages of a million cases meet by chance once in thirty million times.
pub(crate) fn passage_key(passage: &str) -> u64 {
    let hash = blake3::hash(passage.as_bytes());
    let (bytes, _) = hash
        .as_bytes()
        .split_first_chunk::<8>()
        .unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*bytes)
}

/// What the file tells of a question and one of its texts.
pub(crate) struct Comparison {
    /// Cosine of the whole texts, from all bits that are kept.
    pub(crate) cosine: f32,
    /// None where one of the two has no sentences.
    pub(crate) agreement: Option<Agreement>,
}

/// A question in the form in which codes are compared with it.
pub(crate) struct QueryVector {
    exact: Vec<f32>,
    sentences: Vec<Vec<f32>>,
    whole: Vec<i16>,
    step: f32,
}

impl QueryVector {
    pub(crate) fn new(vectors: TextVectors) -> Self {
        let vector = vectors.whole;
        let greatest = vector
            .iter()
            .fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
        // With 8-bit codes no sum of 512 products overflows.
        let step = greatest / f32::from(i16::MAX);
        let whole = vector
            .iter()
            .map(|value| (value / step).round() as i16)
            .collect();
        QueryVector {
            exact: vector,
            sentences: vectors.sentences,
            whole,
            step,
        }
    }
}

/// Vectors that are held in memory.
#[derive(Default)]
struct Held {
    places: HashMap<u64, u32>,
    scales: Vec<f32>,
    codes: Vec<i8>,
    /// Number of the record in the file, where it is not the place.
    records: Vec<u32>,
    /// Records in the file, broken ones among them.
    length: u32,
}

/// The file of one model.
pub(crate) struct VectorStore {
    path: PathBuf,
    /// Where both locks are needed, this one is taken first.
    file: Mutex<File>,
    held: RwLock<Held>,
    writable: bool,
}

impl VectorStore {
    /// Opens the file, for reading and writing where `writable`. One that is missing or of another form is begun anew; where it
    /// may only be read and is not there, there are no vectors.
    pub(crate) fn open(
        directory: &Path,
        fingerprint: &str,
        writable: bool,
    ) -> Result<Option<Self>, IndexError> {
        let folder = directory.join("vectors");
        let path = folder.join(format!("{fingerprint}.bin"));
        let at = |source| IndexError::Io {
            path: path.clone(),
            source,
        };
        if writable {
            fs::create_dir_all(&folder).map_err(at)?;
        }
        let opened = File::options()
            .read(true)
            .write(writable)
            .create(writable)
            .truncate(false)
            .open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if !writable && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(at(error)),
        };
        let mut start = [0; MAGIC.len()];
        let known = file.read_exact(&mut start).is_ok() && start == MAGIC;
        if !known {
            if !writable {
                return Ok(None);
            }
            file.set_len(0).map_err(at)?;
            file.seek(SeekFrom::Start(0)).map_err(at)?;
            file.write_all(&MAGIC).map_err(at)?;
        }
        let store = VectorStore {
            path: path.clone(),
            file: Mutex::new(file),
            held: RwLock::new(Held::default()),
            writable,
        };
        store.read_on().map_err(at)?;
        if writable {
            // A record that was cut short is overwritten.
            let length = store.length();
            let file = store.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.set_len(position(length)).map_err(at)?;
        }
        Ok(Some(store))
    }

    /// Reads the records that another process has appended since.
    pub(crate) fn read_on(&self) -> std::io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let from = self.length();
        file.seek(SeekFrom::Start(position(from)))?;
        let left = file.metadata()?.len().saturating_sub(position(from));
        let count = left as usize / RECORD_BYTES;
        let mut reader = BufReader::with_capacity(1 << 20, &mut *file);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.codes.reserve_exact(count * DIMENSIONS);
        held.places.reserve(count);
        let mut record = [0; RECORD_BYTES];
        for _ in 0..count {
            if reader.read_exact(&mut record).is_err() {
                break;
            }
            held.take(&record);
        }
        Ok(())
    }

    /// Places of the vectors of these keys, [`NO_VECTOR`] where there is none.
    pub(crate) fn places(&self, keys: impl Iterator<Item = u64>) -> Vec<u32> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        keys.map(|key| held.places.get(&key).copied().unwrap_or(NO_VECTOR))
            .collect()
    }

    /// Appends vectors. They are there from then on; after a crash some of the last may have to be computed again.
    pub(crate) fn append(&self, vectors: &[(u64, TextVectors)]) -> Result<(), IndexError> {
        if !self.writable {
            return Err(IndexError::ReadOnly);
        }
        let mut bytes = Vec::with_capacity(vectors.len() * RECORD_BYTES);
        for (key, text) in vectors {
            bytes.extend(record(*key, text));
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let end = position(held.length);
        let written = file
            .seek(SeekFrom::Start(end))
            .and_then(|_| file.write_all(&bytes));
        if let Err(source) = written {
            // What was written of it would be taken for records.
            let _ = file.set_len(end);
            return Err(IndexError::Io {
                path: self.path.clone(),
                source,
            });
        }
        let (records, _) = bytes.as_chunks::<RECORD_BYTES>();
        for record in records {
            held.take(record);
        }
        Ok(())
    }

    /// Cosines of the vectors at these places with the question; 0 where there is none.
    pub(crate) fn cosines(&self, query: &QueryVector, places: &[u32]) -> Vec<f32> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        kernel::dispatch(Cosines {
            held: &held,
            query,
            places,
        })
    }

    /// Compares with all that is kept. None where the file cannot be read there any more.
    pub(crate) fn compare(&self, query: &QueryVector, place: u32) -> Option<Comparison> {
        let record = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            *held.records.get(place as usize)?
        };
        let mut bytes = [0; RECORD_BYTES];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(position(record))).ok()?;
            file.read_exact(&mut bytes).ok()?;
        }
        let record = parse(&bytes)?;
        let mut sum = 0.0;
        for ((query, code), rest) in query.exact.iter().zip(record.codes).zip(record.rest) {
            sum += query * (f32::from(*code as i8) + f32::from(*rest as i8) / 256.0);
        }
        Some(Comparison {
            cosine: sum * record.scale,
            agreement: sentences::agreement(&query.sentences, record.sentences),
        })
    }

    /// Fingerprints of the models that the folder has vectors of.
    pub(crate) fn fingerprints(directory: &Path) -> Vec<String> {
        let Ok(entries) = fs::read_dir(directory.join("vectors")) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                Some(name.to_str()?.strip_suffix(".bin")?.to_owned())
            })
            .collect()
    }

    /// Whether so many of the records are of no use that the file should be [written anew](VectorStore::rewrite).
    pub(crate) fn is_wasteful(&self, used: usize) -> bool {
        self.length() as usize > 2 * used + FEWEST_UNUSED
    }

    /// Writes a file with the vectors at these places only, and puts it in the place of this one, which must then be opened
    /// again. Processes that read the old file go on with it.
    pub(crate) fn rewrite(&self, places: &[u32]) -> Result<(), IndexError> {
        let at = |source| IndexError::Io {
            path: self.path.clone(),
            source,
        };
        // The file first, as everywhere: in the other order this and an appending thread would wait for each other.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let mut records: Vec<u32> = places
            .iter()
            .filter_map(|place| held.records.get(*place as usize).copied())
            .collect();
        records.sort_unstable();
        records.dedup();
        let temporary = self.path.with_extension("tmp");
        let mut copy = std::io::BufWriter::new(File::create(&temporary).map_err(at)?);
        copy.write_all(&MAGIC).map_err(at)?;
        let mut bytes = [0; RECORD_BYTES];
        for record in records {
            file.seek(SeekFrom::Start(position(record))).map_err(at)?;
            file.read_exact(&mut bytes).map_err(at)?;
            copy.write_all(&bytes).map_err(at)?;
        }
        let copy = copy.into_inner().map_err(|error| at(error.into_error()))?;
        // Its bytes before its name, and its name before anybody relies on what is gone.
        copy.sync_all().map_err(at)?;
        drop(copy);
        fs::rename(&temporary, &self.path).map_err(at)?;
        #[cfg(unix)]
        if let Some(folder) = self.path.parent() {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(at)?;
        }
        Ok(())
    }

    /// Whether another file has taken the place of this one.
    pub(crate) fn is_replaced(&self) -> bool {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        match (file.metadata(), fs::metadata(&self.path)) {
            (Ok(held), Ok(there)) => !crate::integrity::same_file(&held, &there),
            _ => true,
        }
    }

    /// Records of the file, broken ones among them.
    pub(crate) fn length(&self) -> u32 {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .length
    }
}

impl Held {
    /// Takes a record in. A broken one keeps its place in the file only.
    fn take(&mut self, record: &[u8; RECORD_BYTES]) {
        let number = self.length;
        self.length += 1;
        let Some(record) = parse(record) else {
            return;
        };
        if self.places.contains_key(&record.key) {
            return;
        }
        self.places.insert(record.key, self.scales.len() as u32);
        self.scales.push(record.scale);
        self.records.push(number);
        let codes = record.codes.iter();
        self.codes.extend(codes.map(|code| *code as i8));
    }
}

fn position(record: u32) -> u64 {
    MAGIC.len() as u64 + u64::from(record) * RECORD_BYTES as u64
}

struct Cosines<'a> {
    held: &'a Held,
    query: &'a QueryVector,
    places: &'a [u32],
}

impl Work for Cosines<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run(self, product: impl Product) -> Vec<f32> {
        let mut cosines = Vec::with_capacity(self.places.len());
        for &place in self.places {
            let at = place as usize * DIMENSIONS;
            let cosine = match self.held.codes.get(at..at + DIMENSIONS) {
                Some(codes) if place != NO_VECTOR => {
                    let sum = product.dot(codes, &self.query.whole);
                    sum as f32 * self.query.step * self.held.scales[place as usize]
                }
                _ => 0.0,
            };
            cosines.push(cosine);
        }
        cosines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vector of length 1 that differs with the seed.
    fn vector(seed: u64) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut vector: Vec<f32> = (0..DIMENSIONS)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 40) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect();
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        for value in &mut vector {
            *value /= length;
        }
        vector
    }

    fn text(seed: u64) -> TextVectors {
        TextVectors {
            whole: vector(seed),
            sentences: vec![vector(seed + 1), vector(seed + 2)],
        }
    }

    fn product(left: &[f32], right: &[f32]) -> f32 {
        left.iter()
            .zip(right)
            .map(|(left, right)| left * right)
            .sum()
    }

    fn filled(folder: &Path, keys: std::ops::Range<u64>) -> VectorStore {
        let store = VectorStore::open(folder, "model", true)
            .expect("opens")
            .expect("is there");
        let vectors: Vec<(u64, TextVectors)> = keys.map(|key| (key, text(key))).collect();
        store.append(&vectors).expect("is written");
        store
    }

    #[test]
    fn cosines_are_near_and_exact_ones_nearer() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(folder.path(), 1..50);
        let question = vector(1000);
        let query = QueryVector::new(text(1000));
        let places = store.places((1..51).chain([9999]));
        assert_eq!(places.last(), Some(&NO_VECTOR));
        let cosines = store.cosines(&query, &places);
        for key in 1..50 {
            let expected = product(&question, &vector(key));
            let found = cosines[key as usize - 1];
            assert!((expected - found).abs() < 3e-3, "{expected} {found}");
            let exact = store
                .compare(&query, places[key as usize - 1])
                .expect("is there")
                .cosine;
            assert!((expected - exact).abs() < 2e-5, "{expected} {exact}");
        }
        assert_eq!(cosines[49], 0.0);
    }

    #[test]
    fn what_was_cut_short_or_damaged_is_missing_and_the_rest_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = filled(folder.path(), 1..6).path.clone();
        let whole = fs::read(&path).expect("is there");
        // At every kind of place: within the header, at borders of records, within records.
        for length in [
            0,
            7,
            16,
            17,
            16 + RECORD_BYTES,
            16 + 3 * RECORD_BYTES - 1,
            whole.len(),
        ] {
            fs::write(&path, &whole[..length]).expect("is written");
            let store = filled(folder.path(), 3..4);
            let places = store.places(1..6);
            let kept = length.saturating_sub(16) / RECORD_BYTES;
            for (key, place) in (1..6).zip(places) {
                assert_eq!(
                    place != NO_VECTOR,
                    key <= kept as u64 || key == 3,
                    "{length} {key}"
                );
            }
        }
        let mut damaged = whole.clone();
        damaged[16 + RECORD_BYTES + 40] ^= 1;
        fs::write(&path, &damaged).expect("is written");
        let store = VectorStore::open(folder.path(), "model", false)
            .expect("opens")
            .expect("is there");
        let missing: Vec<bool> = store
            .places(1..6)
            .iter()
            .map(|place| *place == NO_VECTOR)
            .collect();
        assert_eq!(missing, [false, true, false, false, false]);
        let query = QueryVector::new(text(3));
        let exact = store.compare(&query, store.places([3].into_iter())[0]);
        assert!((exact.expect("is there").cosine - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_reader_sees_what_a_writer_appends_and_writes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(
            VectorStore::open(folder.path(), "model", false)
                .expect("no error")
                .is_none()
        );
        assert!(!folder.path().join("vectors").exists());
        let writer = filled(folder.path(), 1..3);
        let reader = VectorStore::open(folder.path(), "model", false)
            .expect("opens")
            .expect("is there");
        assert!(reader.append(&[(9, text(9))]).is_err());
        writer.append(&[(7, text(7))]).expect("is written");
        assert_eq!(reader.places([7].into_iter()), [NO_VECTOR]);
        reader.read_on().expect("is read");
        assert_eq!(reader.places([1, 7].into_iter()), [0, 2]);
    }

    #[test]
    fn a_rewritten_file_holds_what_is_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(folder.path(), 1..2_100);
        assert!(store.is_wasteful(500) && !store.is_wasteful(1_000));
        store
            .rewrite(&store.places([5, 900].into_iter()))
            .expect("is written");
        assert!(store.is_replaced());
        let store = VectorStore::open(folder.path(), "model", true)
            .expect("opens")
            .expect("is there");
        assert_eq!(store.places([900, 5, 6].into_iter()), [1, 0, NO_VECTOR]);
    }

    #[test]
    fn appending_and_rewriting_at_once_do_not_wait_for_each_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = std::sync::Arc::new(filled(folder.path(), 1..20));
        let (done, ended) = std::sync::mpsc::channel();
        let appending = (std::sync::Arc::clone(&store), done.clone());
        std::thread::spawn(move || {
            for key in 100..1_100 {
                appending.0.append(&[(key, text(key))]).expect("written");
            }
            let _ = appending.1.send(());
        });
        let rewriting = std::sync::Arc::clone(&store);
        std::thread::spawn(move || {
            for _ in 0..100 {
                rewriting.rewrite(&[0, 1, 2]).expect("written");
            }
            let _ = done.send(());
        });
        for _ in 0..2 {
            ended
                .recv_timeout(std::time::Duration::from_secs(60))
                .expect("neither waits for the other");
        }
        let places = store.places(100..1_100);
        assert!(!places.contains(&NO_VECTOR));
    }
}
