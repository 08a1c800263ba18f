//! Sentence vectors: texts of the same meaning are near each other, whatever their language.

mod encoder;
mod fill;
mod kernel;
mod npz;
mod pieces;
mod protobuf;
mod record;
mod sentencepiece;
mod sentences;
mod store;

pub use encoder::{DIMENSIONS, Encoder, EncoderError};

pub use fill::VectorProgress;
pub(crate) use fill::{Vectors, encode};
pub(crate) use sentences::Agreement;
pub(crate) use store::{Comparison, NO_VECTOR, QueryVector, VectorStore, passage, passage_key};
