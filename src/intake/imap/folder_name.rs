//! Names of folders on the wire: modified UTF-7 (RFC 3501 section 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A name as the protocol wants it.
#[must_use]
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut beyond: Vec<u8> = Vec::new();
    let flush = |beyond: &mut Vec<u8>, out: &mut String| {
        if !beyond.is_empty() {
            out.push('&');
            BASE64.encode_string(&*beyond, out);
            out.push('-');
            beyond.clear();
        }
    };
    for character in name.chars() {
        if (' '..='~').contains(&character) {
            flush(&mut beyond, &mut out);
            out.push(character);
            if character == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                beyond.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut beyond, &mut out);
    out
}

/// A name from the wire. One that is not encoded as it should be is taken as UTF-8, and where that fails
/// too, shown with question marks.
#[must_use]
pub fn decode(wire: &[u8]) -> String {
    let text = std::str::from_utf8(wire).map_or_else(
        |_| {
            wire.iter()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(*byte)
                    } else {
                        '?'
                    }
                })
                .collect()
        },
        str::to_owned,
    );
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((encoded, behind)) = after.split_once('-') else {
            out.push('&');
            rest = after;
            break;
        };
        if encoded.is_empty() {
            out.push('&');
        } else {
            match decoded(encoded) {
                Some(text) => out.push_str(&text),
                None => {
                    out.push('&');
                    out.push_str(encoded);
                    out.push('-');
                }
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn decoded(encoded: &str) -> Option<String> {
    let bytes = BASE64.decode(encoded).ok()?;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    (bytes.len() % 2 == 0)
        .then(|| String::from_utf16(&units).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_out_and_come_back() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("R&D", "R&-D"),
            ("台北", "&U,BTFw-"),
            ("日本語", "&ZeVnLIqe-"),
            ("😀 x", "&2D3eAA- x"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire.as_bytes()), name);
        }
        for wire in ["&", "a&b", "&A-", "&&&-", "&2D3-x"] {
            assert!(!decode(wire.as_bytes()).is_empty());
        }
        assert_eq!(decode("Entwürfe".as_bytes()), "Entwürfe");
    }
}
