//! The sentence encoder against vectors that another implementation of it gave.
//!
//! `encoder/reference.jsonl` holds texts, the numbers of their pieces and their vectors, rounded to four places. The model is
//! not part of the project: `PRECEDENT_MODEL=FOLDER cargo test` tells where it is, without that the tests are left out.

use std::path::PathBuf;

use precedent_index::{DIMENSIONS, Encoder, EncoderError};
use serde::Deserialize;

/// Least cosine to the reference.
const LEAST_COSINE: f64 = 0.9999;

#[derive(Deserialize)]
struct Reference {
    text: String,
    pieces: Vec<u32>,
    vector: Vec<f32>,
}

fn model() -> Option<Encoder> {
    let Some(path) = std::env::var_os("PRECEDENT_MODEL") else {
        println!("left out: PRECEDENT_MODEL does not name the folder of a sentence encoder");
        return None;
    };
    Some(Encoder::open(&PathBuf::from(path)).expect("PRECEDENT_MODEL names a model"))
}

fn references() -> Vec<Reference> {
    include_str!("encoder/reference.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("the fixture is JSON"))
        .collect()
}

fn cosine(left: &[f32], right: &[f32]) -> f64 {
    let product = |left: &[f32], right: &[f32]| -> f64 {
        left.iter()
            .zip(right)
            .map(|(left, right)| f64::from(*left) * f64::from(*right))
            .sum()
    };
    product(left, right) / (product(left, left) * product(right, right)).sqrt()
}

#[test]
fn pieces_and_vectors_are_those_of_the_reference() {
    let Some(encoder) = model() else { return };
    for reference in references() {
        assert_eq!(
            encoder.pieces(&reference.text),
            reference.pieces,
            "{:?}",
            reference.text
        );
        let vector = encoder.encode(&reference.text);
        assert_eq!(vector.len(), DIMENSIONS);
        let cosine = cosine(&vector, &reference.vector);
        assert!(
            cosine >= LEAST_COSINE,
            "{:?}: cosine {cosine}",
            reference.text
        );
    }
}

#[test]
fn many_texts_at_once_give_what_each_gives_alone() {
    let Some(encoder) = model() else { return };
    let references = references();
    let texts: Vec<&str> = references
        .iter()
        .map(|reference| reference.text.as_str())
        .collect();
    let together = encoder.encode_batch(&texts);
    for (text, vector) in texts.iter().zip(together) {
        assert_eq!(vector, encoder.encode(text), "{text:?}");
    }
}

#[test]
fn the_same_in_two_languages_is_nearer_than_something_else() {
    let Some(encoder) = model() else { return };
    let english = encoder.encode("The report stays in progress for hours and then fails");
    let german =
        encoder.encode("Der Bericht bleibt stundenlang in Bearbeitung und schlägt dann fehl");
    let other = encoder.encode("How do we change the address of our company?");
    assert!(cosine(&english, &german) > cosine(&english, &other) + 0.3);
}

#[test]
fn what_is_no_model_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Encoder::open(folder.path()).expect_err("nothing there");
    assert!(matches!(error, EncoderError::Missing { .. }), "{error}");
    std::fs::write(folder.path().join("weights.npz"), b"PK").expect("written");
    std::fs::write(folder.path().join("sp.model"), b"\x0a\x03\x0a\x01a").expect("written");
    let error = Encoder::open(folder.path()).expect_err("a broken archive");
    assert!(error.to_string().contains("weights.npz"), "{error}");
    std::fs::write(folder.path().join("sp.model"), b"\x0a\xff").expect("written");
    let error = Encoder::open(folder.path()).expect_err("broken pieces");
    assert!(error.to_string().contains("sp.model"), "{error}");
}
