//! Raw mails at rest: sealed with a key that does not lie beside them (ChaCha20-Poly1305, RFC 8439).
//!
//! A sealed frame is `PSM1`, four bytes that name the key, a nonce of twelve bytes, and the ciphertext with its tag. The
//! mail's hash is authenticated with it, so that a frame counts for its own mail only. What was written before a key was
//! configured is a plain zstd frame, which begins otherwise, and is read as it is.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::StoreError;

const MAGIC: &[u8; 4] = b"PSM1";
const NAME_BYTES: usize = 4;
const HEAD_BYTES: usize = MAGIC.len() + NAME_BYTES + NONCE_LEN;
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Reads the keys as they are configured: one text a key, the one that seals first.
type Read = dyn Fn() -> Result<Vec<String>, String> + Send + Sync;

/// Keys of raw mails. Read when the first raw mail is kept or opened: who needs none needs no right to read them.
#[derive(Clone, Default)]
pub struct RawKeys {
    read: Option<Arc<Read>>,
    keys: Arc<OnceLock<Vec<RawKey>>>,
}

struct RawKey {
    name: [u8; NAME_BYTES],
    key: LessSafeKey,
}

impl fmt::Debug for RawKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let configured = if self.read.is_some() { "keys" } else { "none" };
        write!(formatter, "RawKeys({configured})")
    }
}

impl RawKeys {
    /// Keys from where `read` finds them: each is 32 bytes, written as 64 hexadecimal digits or as base64. The first one
    /// seals, all of them open.
    pub fn new(read: impl Fn() -> Result<Vec<String>, String> + Send + Sync + 'static) -> Self {
        Self {
            read: Some(Arc::new(read)),
            keys: Arc::default(),
        }
    }

    /// The keys; none where none are configured.
    ///
    /// # Errors
    /// [`StoreError::RawKey`] where they cannot be read.
    fn keys(&self) -> Result<&[RawKey], StoreError> {
        let Some(read) = &self.read else {
            return Ok(&[]);
        };
        if let Some(keys) = self.keys.get() {
            return Ok(keys);
        }
        let wrong = |detail: String| StoreError::RawKey { detail };
        let keys = read()
            .and_then(|texts| texts.iter().map(|text| key(text)).collect())
            .map_err(wrong)?;
        Ok(self.keys.get_or_init(|| keys))
    }

    /// Makes sure that a frame which is kept now would be sealed where keys are configured, and that `stored`, a frame
    /// kept earlier, can be opened.
    ///
    /// # Errors
    /// [`StoreError::RawKey`] with what is missing.
    pub fn check(&self, stored: Option<&[u8]>) -> Result<(), StoreError> {
        let keys = self.keys()?;
        match stored.and_then(name) {
            Some(name) if !keys.iter().any(|key| key.name == name) => Err(missing(name)),
            _ => Ok(()),
        }
    }

    /// True when a stored frame is as it would be written now.
    pub(super) fn is_current(&self, stored: &[u8]) -> Result<bool, StoreError> {
        let first = self.keys()?.first().map(|key| key.name);
        Ok(name(stored) == first)
    }

    /// Seals a frame with the first key. Without keys it stays as it is.
    pub(super) fn seal<'frame>(
        &self,
        frame: &'frame [u8],
        hash: &[u8; 32],
    ) -> Result<Cow<'frame, [u8]>, StoreError> {
        let Some(key) = self.keys()?.first() else {
            return Ok(Cow::Borrowed(frame));
        };
        let failed = |_| StoreError::RawKey {
            detail: "the system gives no random bytes".to_owned(),
        };
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(failed)?;
        let mut sealed = Vec::with_capacity(HEAD_BYTES + frame.len() + CHACHA20_POLY1305.tag_len());
        sealed.extend_from_slice(MAGIC);
        sealed.extend_from_slice(&key.name);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(frame);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = key
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(hash), &mut sealed[HEAD_BYTES..])
            .map_err(failed)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(Cow::Owned(sealed))
    }

    /// The frame inside a stored one.
    ///
    /// # Errors
    /// [`StoreError::RawKey`] where its key is not among ours, [`StoreError::Corrupt`] where it was changed.
    pub(super) fn open(&self, stored: Vec<u8>, hash: &[u8; 32]) -> Result<Vec<u8>, StoreError> {
        let Some(name) = name(&stored) else {
            return Ok(stored);
        };
        let key = self
            .keys()?
            .iter()
            .find(|key| key.name == name)
            .ok_or_else(|| missing(name))?;
        let corrupt = || StoreError::Corrupt {
            detail: "a sealed raw mail was changed".to_owned(),
        };
        let nonce = stored
            .get(MAGIC.len() + NAME_BYTES..HEAD_BYTES)
            .and_then(|nonce| Nonce::try_assume_unique_for_key(nonce).ok())
            .ok_or_else(corrupt)?;
        let mut sealed = stored;
        let frame = key
            .key
            .open_within(nonce, Aad::from(hash), &mut sealed, HEAD_BYTES..)
            .map_err(|_| corrupt())?
            .len();
        sealed.truncate(frame);
        Ok(sealed)
    }
}

/// The name of the key that a stored frame is sealed with; none for a plain one.
fn name(stored: &[u8]) -> Option<[u8; NAME_BYTES]> {
    let rest = stored.strip_prefix(MAGIC)?;
    rest.first_chunk().copied()
}

fn missing(name: [u8; NAME_BYTES]) -> StoreError {
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    StoreError::RawKey {
        detail: format!("raw mails are sealed with the key {name}, which is not configured"),
    }
}

fn key(text: &str) -> Result<RawKey, String> {
    use base64::Engine as _;

    let text = text.trim();
    let wrong = || {
        format!(
            "a key of raw mails is {KEY_BYTES} bytes as 64 hexadecimal digits or as base64; this text is neither"
        )
    };
    let hexadecimal =
        text.len() == 2 * KEY_BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if hexadecimal {
        (0..KEY_BYTES)
            .map(|place| u8::from_str_radix(&text[2 * place..2 * place + 2], 16))
            .collect::<Result<Vec<u8>, _>>()
            .map_err(|_| wrong())?
    } else {
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|_| wrong())?
    };
    if bytes.len() != KEY_BYTES {
        return Err(wrong());
    }
    let mut name = [0; NAME_BYTES];
    let digest = blake3::derive_key("precedent 2026 name of a key of raw mails", &bytes);
    name.copy_from_slice(&digest[..NAME_BYTES]);
    let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| wrong())?;
    Ok(RawKey {
        name,
        key: LessSafeKey::new(key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &[&str]) -> RawKeys {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        RawKeys::new(move || Ok(texts.clone()))
    }

    const ONE: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const OTHER: &str = "IB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE=";

    #[test]
    fn what_was_sealed_is_opened_by_its_key_and_for_its_mail_only() {
        let (hash, other_hash) = ([1; 32], [2; 32]);
        let sealed = keys(&[ONE]).seal(b"frame", &hash).unwrap().into_owned();
        assert!(!sealed.windows(5).any(|window| window == b"frame"));
        for readers in [keys(&[ONE]), keys(&[OTHER, ONE])] {
            assert_eq!(readers.open(sealed.clone(), &hash).unwrap(), b"frame");
        }
        let corrupt = keys(&[ONE]).open(sealed.clone(), &other_hash).unwrap_err();
        assert!(matches!(corrupt, StoreError::Corrupt { .. }), "{corrupt}");
        for readers in [keys(&[OTHER]), RawKeys::default()] {
            let missing = readers.open(sealed.clone(), &hash).unwrap_err();
            assert!(matches!(missing, StoreError::RawKey { .. }), "{missing}");
            assert!(readers.check(Some(&sealed)).is_err());
        }
    }

    #[test]
    fn each_changed_byte_and_each_cut_is_noticed() {
        let keys = keys(&[ONE]);
        let sealed = keys.seal(b"frame", &[1; 32]).unwrap().into_owned();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            let opened = keys.open(changed, &[1; 32]);
            // Without its first bytes it is no sealed frame at all, and no zstd frame either.
            assert!(place < MAGIC.len() || opened.is_err(), "byte {place}");
            if place >= MAGIC.len() {
                assert!(keys.open(sealed[..place].to_vec(), &[1; 32]).is_err() || place < 8);
            }
        }
    }

    #[test]
    fn frames_of_before_stay_readable_and_are_not_current() {
        let plain = super::super::compress(b"From: a").unwrap();
        assert_eq!(keys(&[ONE]).open(plain.clone(), &[1; 32]).unwrap(), plain);
        assert!(!keys(&[ONE]).is_current(&plain).unwrap());
        assert!(RawKeys::default().is_current(&plain).unwrap());
        let old = keys(&[ONE]).seal(&plain, &[1; 32]).unwrap();
        assert!(!keys(&[OTHER, ONE]).is_current(&old).unwrap());
    }

    #[test]
    fn a_wrong_key_is_told_and_never_shown() {
        for text in ["", "secret", &ONE[1..], "c2hvcnQ="] {
            let error = keys(&[text]).check(None).unwrap_err().to_string();
            assert!(error.contains("32 bytes"), "{error}");
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
