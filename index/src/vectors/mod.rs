//! Sentence vectors: texts of the same meaning are near each other, whatever their language.

mod encoder;
mod fill;
mod kernel;
mod npz;
mod pieces;
mod protobuf;
mod sentencepiece;
mod store;

pub use encoder::{DIMENSIONS, Encoder, EncoderError};

pub use fill::VectorProgress;
pub(crate) use fill::Vectors;
pub(crate) use store::{NO_VECTOR, QueryVector, VectorStore, passage, passage_key};
