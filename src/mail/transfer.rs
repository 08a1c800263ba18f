//! Content-Transfer-Encoding (RFC 2045 section 6), decoded leniently: what can be read is read.

use std::borrow::Cow;

/// How the bytes of a part were packed for transport.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TransferEncoding {
    /// `7bit`, `8bit`, `binary`, anything unknown: bytes as they are.
    #[default]
    Identity,
    /// RFC 2045 section 6.7.
    QuotedPrintable,
    /// RFC 2045 section 6.8.
    Base64,
    /// `x-uuencode`, still sent by old gateways.
    Uuencode,
}

impl TransferEncoding {
    /// Reads the header value; comments and odd spellings (`"base64"`, `quoted printable`) included.
    pub(crate) fn from_value(value: &str) -> Self {
        let word: String = value
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|character| character.to_ascii_lowercase())
            .take(40)
            .collect();
        if word.starts_with("base64") {
            Self::Base64
        } else if word.starts_with("quotedprintable") {
            Self::QuotedPrintable
        } else if word.starts_with("xuu") || word.starts_with("uuencode") {
            Self::Uuencode
        } else {
            Self::Identity
        }
    }

    /// Decodes `bytes`.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Identity => Cow::Borrowed(bytes),
            Self::QuotedPrintable => Cow::Owned(quoted_printable(bytes)),
            Self::Base64 => Cow::Owned(base64(bytes)),
            Self::Uuencode => Cow::Owned(uuencode(bytes)),
        }
    }
}

const INVALID: u8 = 0xff;

static BASE64_VALUES: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut value = 0_u8;
    while value < 64 {
        let character = match value {
            0..=25 => b'A' + value,
            26..=51 => b'a' + value - 26,
            52..=61 => b'0' + value - 52,
            62 => b'+',
            _ => b'/',
        };
        table[character as usize] = value;
        value += 1;
    }
    // The URL-safe alphabet (RFC 4648 section 5) costs nothing and is seen in the wild.
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

/// Base64 that skips foreign bytes and takes up again after padding, as joined chunks need it.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let mut chunk = 0_u32;
    let mut count = 0_u8;
    let flush = |chunk: u32, count: u8, decoded: &mut Vec<u8>| match count {
        2 => decoded.push((chunk >> 4) as u8),
        3 => decoded.extend_from_slice(&[(chunk >> 10) as u8, (chunk >> 2) as u8]),
        _ => {}
    };
    for &byte in bytes {
        let value = BASE64_VALUES[byte as usize];
        if value != INVALID {
            chunk = (chunk << 6) | u32::from(value);
            count += 1;
            if count == 4 {
                decoded.extend_from_slice(&[(chunk >> 16) as u8, (chunk >> 8) as u8, chunk as u8]);
                chunk = 0;
                count = 0;
            }
        } else if byte == b'=' {
            flush(chunk, count, &mut decoded);
            chunk = 0;
            count = 0;
        }
    }
    flush(chunk, count, &mut decoded);
    decoded
}

/// Shortest word in a line of base64 that some gateway divided by blanks.
const BASE64_WORD: usize = 16;

/// Whether a line may be base64: one word of its alphabet, or long ones.
fn is_base64_line(line: &[u8]) -> bool {
    let foreign = line
        .iter()
        .filter(|byte| {
            BASE64_VALUES[**byte as usize] == INVALID
                && **byte != b'='
                && !byte.is_ascii_whitespace()
        })
        .count();
    // A damaged letter or two in a whole line of base64 is skipped.
    let damaged = foreign <= line.len() / 20;
    let says =
        line.iter().any(u8::is_ascii_alphanumeric) || line.contains(&b'=') && line.len() <= 4;
    let is_word = |word: &[u8]| word.is_empty() || word.len() >= BASE64_WORD;
    damaged
        && says
        && (!line.iter().any(u8::is_ascii_whitespace)
            || line.split(u8::is_ascii_whitespace).all(is_word))
}

/// The text of a base64 body in which lines stand that are none: what precedes them is decoded, they are kept as they
/// are. None where all of it may be base64.
pub(crate) fn base64_and_text(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut position = 0;
    let mut plain = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii();
        if !trimmed.is_empty() && !is_base64_line(trimmed) {
            plain = Some(position);
            break;
        }
        position += line.len();
    }
    let plain = plain?;
    let (packed, rest) = bytes.split_at(plain);
    // Base64 that goes on below was only interrupted.
    let goes_on = rest
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .any(|line| line.len() >= 60 && is_base64_line(line) && !line.contains(&b' '));
    if goes_on {
        return None;
    }
    let mut text = base64(packed);
    // Words of letters alone that end in nonsense were no base64 either.
    let unpacked = std::str::from_utf8(&text).is_ok()
        || packed.trim_ascii().len() >= 60
        || packed.trim_ascii().ends_with(b"=");
    if !unpacked {
        text = packed.to_vec();
    }
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend_from_slice(rest);
    Some(text)
}

fn hexadecimal(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Two hexadecimal digits after `=` or `%`.
pub(crate) fn hexadecimal_pair(bytes: &[u8]) -> Option<u8> {
    let high = hexadecimal(*bytes.first()?)?;
    let low = hexadecimal(*bytes.get(1)?)?;
    Some(high << 4 | low)
}

/// Quoted-printable; an `=` that introduces nothing stays as written.
pub(crate) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(position) = memchr::memchr(b'=', rest) {
        decoded.extend_from_slice(&rest[..position]);
        rest = &rest[position + 1..];
        if let Some(byte) = hexadecimal_pair(rest) {
            decoded.push(byte);
            rest = &rest[2..];
            continue;
        }
        // A soft line break, possibly with white space that a gateway added.
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        match &rest[blanks..] {
            [b'\r', b'\n', ..] => rest = &rest[blanks + 2..],
            [b'\n', ..] | [b'\r', ..] => rest = &rest[blanks + 1..],
            [] => rest = &[],
            _ => decoded.push(b'='),
        }
    }
    decoded.extend_from_slice(rest);
    decoded
}

fn uuencode(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3);
    let mut inside = false;
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"begin ") {
            inside = true;
            continue;
        }
        if line == b"end" {
            break;
        }
        let Some((&first, data)) = line.split_first() else {
            continue;
        };
        if !inside {
            continue;
        }
        let length = usize::from(first.wrapping_sub(b' ') & 0x3f);
        let start = decoded.len();
        for group in data.chunks(4) {
            let value = |index: usize| {
                u32::from(group.get(index).copied().unwrap_or(b' ').wrapping_sub(b' ') & 0x3f)
            };
            let chunk = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
            decoded.extend_from_slice(&[(chunk >> 16) as u8, (chunk >> 8) as u8, chunk as u8]);
        }
        decoded.truncate(start + length);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_skips_foreign_bytes_and_joined_padding() {
        assert_eq!(base64(b"SGVs\r\nbG8="), b"Hello");
        assert_eq!(base64(b"SGk=SGk="), b"HiHi");
        assert_eq!(base64(b"SG!k"), b"Hi");
    }

    #[test]
    fn what_is_not_base64_in_base64_is_kept() {
        assert_eq!(
            base64_and_text(b"SGVsbG8gdGhlcmU=\r\n____\r\nshop list\r\n").as_deref(),
            Some(b"Hello there\n____\r\nshop list\r\n".as_slice())
        );
        let plain = b"Hello,\r\nthe order is late.\r\n";
        assert_eq!(base64_and_text(plain).as_deref(), Some(plain.as_slice()));
        assert_eq!(base64_and_text(b"SGVsbG8g\r\ndGhlcmU=\r\n"), None);
        assert_eq!(base64_and_text(b"SGVsbG8gdGhlcmUu SGVsbG8gdGhlcmUu"), None);
        assert_eq!(base64_and_text(b"SGVsbG8gdGhlcmUuSGVsbG8!dGhlcmUu"), None);
    }

    #[test]
    fn quoted_printable_keeps_what_is_not_an_escape() {
        assert_eq!(quoted_printable(b"a=3Db=\r\nc= \nd=zz="), b"a=bcd=zz");
    }

    #[test]
    fn uuencode_reads_a_file() {
        let packed = b"begin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n";
        assert_eq!(TransferEncoding::Uuencode.decode(packed).as_ref(), b"Cat");
    }

    #[test]
    fn names_are_read_leniently() {
        assert_eq!(
            TransferEncoding::from_value(" Base64 (rfc2045)"),
            TransferEncoding::Base64
        );
        assert_eq!(
            TransferEncoding::from_value("Quoted-Printable"),
            TransferEncoding::QuotedPrintable
        );
        assert_eq!(
            TransferEncoding::from_value("8bit"),
            TransferEncoding::Identity
        );
    }
}
