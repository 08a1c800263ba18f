//! Sentence vectors: texts of the same meaning are near each other, whatever their language.

mod encoder;
mod kernel;
mod npz;
mod pieces;
mod protobuf;
mod sentencepiece;

pub use encoder::{DIMENSIONS, Encoder, EncoderError};
