//! Signatures of mails that leave (DKIM, RFC 6376; Ed25519 by RFC 8463), relaxed in header and body.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use super::{Carrier, Delivery};
use crate::store::OutboxRecord;

/// Header fields that are signed where a mail has them. `from` is named once more than it is there, so that nobody adds a
/// second one (RFC 6376 section 5.4.2).
const SIGNED: [&str; 13] = [
    "from",
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "reply-to",
    "auto-submitted",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];
/// Characters of a signature on one line.
const LINE: usize = 64;
/// `SEQUENCE { OID rsaEncryption, NULL }`, what stands before an RSA key in a key record (RFC 8017 appendix A.1).
const RSA_ALGORITHM: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

/// Where the key is found. It is read anew for each round of the deliverer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A PEM file.
    File(PathBuf),
    /// A systemd credential (`LoadCredential=`), by its name.
    Credential(String),
}

impl KeySource {
    fn read(&self) -> Result<Vec<u8>, String> {
        let path = match self {
            Self::File(path) => path.clone(),
            Self::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    format!(
                        "there is no systemd credential {name:?}: CREDENTIALS_DIRECTORY is not set; \
                         add LoadCredential={name}:FILE to the unit"
                    )
                })?;
                PathBuf::from(folder).join(name)
            }
        };
        std::fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    }
}

/// Who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DkimSettings {
    /// Domain that takes responsibility, `d=`.
    pub domain: String,
    /// Name of the key within the domain, `s=`.
    pub selector: String,
    /// The private key.
    pub key: KeySource,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key with its names.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

impl Signer {
    /// Reads the key: RSA of at least 2048 bits or Ed25519, PEM, PKCS #8 or PKCS #1.
    ///
    /// # Errors
    /// A sentence about what is wrong and what to do.
    pub fn load(settings: &DkimSettings) -> Result<Self, String> {
        let text = settings
            .key
            .read()
            .map_err(|error| format!("the DKIM key: {error}"))?;
        let key = key(&text).map_err(|error| {
            format!(
                "the DKIM key is of no use: {error}; `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048` makes one"
            )
        })?;
        Ok(Self {
            domain: settings.domain.clone(),
            selector: settings.selector.clone(),
            key,
        })
    }

    /// The name of the TXT record and its text, which the domain must have for the signatures to be believed.
    #[must_use]
    pub fn record(&self) -> (String, String) {
        let (kind, public) = match &self.key {
            Key::Rsa(key) => ("rsa", subject_public_key(key.public_key().as_ref())),
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
        };
        (
            format!("{}._domainkey.{}", self.selector, self.domain),
            format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(public)),
        )
    }

    /// The mail with its signature at the top.
    ///
    /// # Errors
    /// When the mail has no header or the system no random numbers.
    pub fn sign(&self, mail: &[u8], at: Timestamp) -> Result<Vec<u8>, String> {
        let (head, body) = divide(mail).ok_or("the mail has no end of its header")?;
        let fields = fields(head);
        let mut used = vec![false; fields.len()];
        let mut signed = Vec::new();
        let mut names = Vec::new();
        for wanted in SIGNED {
            // From the bottom up (RFC 6376 section 5.4.2).
            let place = (0..fields.len())
                .rev()
                .find(|place| !used[*place] && fields[*place].0.eq_ignore_ascii_case(wanted));
            match place {
                Some(place) => {
                    used[place] = true;
                    signed.extend(relaxed_field(fields[place].0, fields[place].1));
                    signed.extend(b"\r\n");
                    names.push(wanted);
                }
                None if wanted == "from" => names.push(wanted),
                None => {}
            }
        }
        let algorithm = match &self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let hash = STANDARD.encode(digest(&SHA256, &relaxed_body(body)));
        let value = format!(
            " v=1; a={algorithm}; c=relaxed/relaxed; d={};\r\n\ts={}; t={};\r\n\th={};\r\n\tbh={hash};\r\n\tb=",
            self.domain,
            self.selector,
            at.as_second(),
            names.join(":\r\n\t "),
        );
        signed.extend(relaxed_field("DKIM-Signature", value.as_bytes()));
        let signature = match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    &signed,
                    &mut signature,
                )
                .map_err(|_| "the mail could not be signed".to_owned())?;
                signature
            }
            Key::Ed25519(key) => key
                .sign(digest(&SHA256, &signed).as_ref())
                .as_ref()
                .to_vec(),
        };
        let signature = STANDARD.encode(signature);
        let mut out = format!("DKIM-Signature:{value}").into_bytes();
        for (place, piece) in signature.as_bytes().chunks(LINE).enumerate() {
            if place > 0 {
                out.extend(b"\r\n\t ");
            }
            out.extend(piece);
        }
        out.extend(b"\r\n");
        out.extend(mail);
        Ok(out)
    }
}

fn key(text: &[u8]) -> Result<Key, String> {
    let der = PrivateKeyDer::from_pem_slice(text).map_err(|error| error.to_string())?;
    match der {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der())
            .map(Key::Rsa)
            .map_err(|error| error.to_string()),
        PrivateKeyDer::Pkcs8(key) => {
            let der = key.secret_pkcs8_der();
            RsaKeyPair::from_pkcs8(der).map(Key::Rsa).or_else(|error| {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
                    .map(Key::Ed25519)
                    // Of an RSA key that is too short the first error tells.
                    .map_err(|_| error.to_string())
            })
        }
        _ => Err("it is neither RSA nor Ed25519".to_owned()),
    }
}

/// `SubjectPublicKeyInfo` around an RSA key: what key records hold.
fn subject_public_key(key: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend(key);
    let mut inner = RSA_ALGORITHM.to_vec();
    inner.extend(element(0x03, &bits));
    element(0x30, &inner)
}

/// One element of DER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend(long);
        }
    }
    out.extend(content);
    out
}

/// Header and body of a mail.
fn divide(mail: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = mail.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((&mail[..end + 2], &mail[end + 4..]))
}

/// Names and values of header fields, folded as they are.
fn fields(head: &[u8]) -> Vec<(&str, &[u8])> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let end = start + line.len();
        match (line.first(), found.last_mut()) {
            (Some(b' ' | b'\t'), Some(last)) => last.1 = end,
            _ => found.push((start, end)),
        }
        start = end;
    }
    found
        .into_iter()
        .filter_map(|(start, end)| {
            let field = &head[start..end];
            let colon = field.iter().position(|byte| *byte == b':')?;
            Some((
                std::str::from_utf8(&field[..colon]).ok()?.trim_end(),
                &field[colon + 1..],
            ))
        })
        .collect()
}

/// A header field in relaxed form, without its end of line (RFC 6376 section 3.4.2).
fn relaxed_field(name: &str, value: &[u8]) -> Vec<u8> {
    let mut out = name.to_ascii_lowercase().into_bytes();
    out.push(b':');
    let unfolded: Vec<u8> = value
        .iter()
        .copied()
        .filter(|byte| !b"\r\n".contains(byte))
        .collect();
    out.extend(single_spaces(unfolded.trim_ascii()));
    out
}

/// A body in relaxed form (RFC 6376 section 3.4.4).
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut empty = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let text = single_spaces(text);
        let text = text.strip_suffix(b" ").unwrap_or(&text);
        if text.is_empty() {
            empty += 1;
            continue;
        }
        for _ in 0..empty {
            out.extend(b"\r\n");
        }
        empty = 0;
        out.extend(text);
        out.extend(b"\r\n");
    }
    out
}

/// Each run of spaces and tabs as one space.
fn single_spaces(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b' ' | b'\t' if out.last() == Some(&b' ') => {}
            b' ' | b'\t' => out.push(b' '),
            other => out.push(*other),
        }
    }
    out
}

/// Signs what another carrier takes away.
pub struct Signing {
    settings: DkimSettings,
    carrier: Arc<dyn Carrier>,
    signer: Mutex<Option<Arc<Signer>>>,
}

impl Signing {
    /// Mails get their signature when they are handed over, so that it is young whenever they leave.
    #[must_use]
    pub fn new(settings: DkimSettings, carrier: Arc<dyn Carrier>) -> Self {
        Self {
            settings,
            carrier,
            signer: Mutex::default(),
        }
    }

    fn load(&self) -> Result<Arc<Signer>, String> {
        let signer = Arc::new(Signer::load(&self.settings)?);
        *self.signer.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&signer));
        Ok(signer)
    }

    fn signed(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let known = self
            .signer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let signer = match known {
            Some(signer) => signer,
            None => self.load()?,
        };
        signer.sign(bytes, Timestamp::now())
    }
}

#[async_trait]
impl Carrier for Signing {
    async fn ready(&self) -> Result<(), String> {
        // Without its signature a mail does not leave: it waits until the key is there.
        self.load()?;
        self.carrier.ready().await
    }

    async fn carry(&self, record: &OutboxRecord, bytes: &[u8]) -> Delivery {
        match self.signed(bytes) {
            Ok(signed) => self.carrier.carry(record, &signed).await,
            Err(reason) => Delivery::Later { reason },
        }
    }

    fn retry_days(&self) -> Option<u32> {
        self.carrier.retry_days()
    }

    fn name(&self) -> &'static str {
        self.carrier.name()
    }

    async fn finish(&self) {
        self.carrier.finish().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6376 section 3.4.5, example 1.
    #[test]
    fn relaxed_forms_are_those_of_the_standard() {
        let mail = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (head, body) = divide(mail).unwrap();
        let fields = fields(head);
        assert_eq!(relaxed_field(fields[0].0, fields[0].1), b"a:X");
        assert_eq!(relaxed_field(fields[1].0, fields[1].1), b"b:Y Z");
        assert_eq!(relaxed_body(body), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"a"), b"a\r\n");
    }

    #[test]
    fn lengths_of_elements_are_those_of_der() {
        assert_eq!(element(3, &[7; 2]), [3, 2, 7, 7]);
        assert_eq!(element(3, &[7; 200])[..3], [3, 0x81, 200]);
        assert_eq!(element(3, &[7; 300])[..4], [3, 0x82, 1, 44]);
    }
}
