//! Raw mails as the store keeps them: zstd frames.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use super::StoreError;
use crate::limits::RAW_BYTES_MAX;

/// Higher levels take twice as long and save a few percent of a mail's size.
const LEVEL: i32 = 1;

thread_local! {
    // Making a zstd context costs more than compressing a median mail with it.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The identity of a mail: BLAKE3 over its raw bytes.
#[must_use]
pub fn hash(raw: &[u8]) -> [u8; 32] {
    *blake3::hash(raw).as_bytes()
}

/// Compresses raw bytes for [`super::NewMail`].
///
/// # Errors
/// [`StoreError::TooLarge`] above [`RAW_BYTES_MAX`].
pub fn compress(raw: &[u8]) -> Result<Vec<u8>, StoreError> {
    check_size(raw.len() as u64)?;
    COMPRESSOR.with_borrow_mut(|slot| {
        let mut compressor = match slot.take() {
            Some(compressor) => compressor,
            None => Compressor::new(LEVEL).map_err(backend)?,
        };
        let frame = compressor.compress(raw).map_err(backend)?;
        *slot = Some(compressor);
        Ok(frame)
    })
}

/// Gives raw bytes back.
///
/// # Errors
/// [`StoreError::Corrupt`] when `frame` was not made by [`compress`].
pub fn decompress(frame: &[u8]) -> Result<Vec<u8>, StoreError> {
    let size = match zstd::zstd_safe::get_frame_content_size(frame) {
        Ok(Some(size)) => size,
        Ok(None) | Err(_) => return Err(corrupt("a raw mail is not a zstd frame with a size")),
    };
    check_size(size)?;
    let capacity = usize::try_from(size).map_err(|_| corrupt("a raw mail is too large"))?;
    DECOMPRESSOR.with_borrow_mut(|slot| {
        let mut decompressor = match slot.take() {
            Some(decompressor) => decompressor,
            None => Decompressor::new().map_err(backend)?,
        };
        let raw = decompressor
            .decompress(frame, capacity)
            .map_err(|error| corrupt(&format!("a raw mail cannot be unpacked: {error}")))?;
        *slot = Some(decompressor);
        Ok(raw)
    })
}

fn check_size(size: u64) -> Result<(), StoreError> {
    let limit = RAW_BYTES_MAX as u64;
    if size > limit {
        return Err(StoreError::TooLarge { size, limit });
    }
    Ok(())
}

fn corrupt(detail: &str) -> StoreError {
    StoreError::Corrupt {
        detail: detail.to_owned(),
    }
}

fn backend(error: std::io::Error) -> StoreError {
    StoreError::Backend {
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_took() {
        for raw in [&b""[..], b"From: a\r\n\r\n\0\xff", &[b'x'; 100_000]] {
            assert_eq!(decompress(&compress(raw).unwrap()).unwrap(), raw);
        }
    }

    #[test]
    fn refuses_what_is_no_frame() {
        assert!(matches!(
            decompress(b"From: a"),
            Err(StoreError::Corrupt { .. })
        ));
        let mut cut = compress(&[b'x'; 1_000]).unwrap();
        cut.truncate(cut.len() - 3);
        assert!(matches!(decompress(&cut), Err(StoreError::Corrupt { .. })));
    }
}
