//! Charsets of seven bits that no web library reads any more: UTF-7, HZ and ISO-2022-KR.

use encoding_rs::{EUC_KR, Encoding, GB18030, ISO_2022_JP};

/// A seven-bit charset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SevenBit {
    /// RFC 2152.
    Utf7,
    /// RFC 1843: GB 2312 between `~{` and `~}`.
    Hz,
    /// RFC 1557: KS X 1001 between shift out and shift in.
    Iso2022Kr,
}

/// The charset of a declared name.
pub(super) fn named(name: &str) -> Option<SevenBit> {
    match name
        .trim_matches(['"', '\'', ' '])
        .to_ascii_lowercase()
        .as_str()
    {
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "unicode-2-0-utf-7" | "x-unicode-2-0-utf-7" => {
            Some(SevenBit::Utf7)
        }
        "hz-gb-2312" | "hz" | "hz-gb2312" => Some(SevenBit::Hz),
        "iso-2022-kr" | "csiso2022kr" => Some(SevenBit::Iso2022Kr),
        _ => None,
    }
}

/// Decodes; true where something had no meaning and U+FFFD stands for it.
pub(super) fn decode(bytes: &[u8], charset: SevenBit) -> (String, bool) {
    match charset {
        SevenBit::Utf7 => utf7(bytes),
        SevenBit::Hz => shifted(&hz_to_runs(bytes), GB18030),
        SevenBit::Iso2022Kr => shifted(&kr_to_runs(bytes), EUC_KR),
    }
}

/// ISO-2022-JP (RFC 1468) with the irregularities of mail programs: escape sequences that switch to nothing, lines that
/// end without switching back, a torn end. True where something had no meaning and U+FFFD stands for it.
pub(super) fn iso_2022_jp(bytes: &[u8]) -> (String, bool) {
    let clean = without_idle_escapes(bytes);
    let (whole, failed) = ISO_2022_JP.decode_without_bom_handling(&clean);
    if !failed {
        return (whole.into_owned(), false);
    }
    // A line begins in ASCII, whatever the one before forgot.
    let mut by_lines = String::with_capacity(whole.len());
    for line in clean.split_inclusive(|byte| *byte == b'\n') {
        let words = line.trim_ascii_end();
        by_lines.push_str(&ISO_2022_JP.decode_without_bom_handling(words).0);
        by_lines.extend(line[words.len()..].iter().copied().map(char::from));
    }
    let lost = |text: &str| text.matches(char::REPLACEMENT_CHARACTER).count();
    let text = if lost(&by_lines) < lost(&whole) {
        by_lines
    } else {
        whole.into_owned()
    };
    let replaced = lost(&text) > 0;
    (text, replaced)
}

/// Without escape sequences that another one follows at once.
fn without_idle_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let length = match rest {
            [0x1b, b'$', b'(', _, ..] => 4,
            [0x1b, b'$' | b'(', _, ..] => 3,
            _ => {
                clean.push(*first);
                rest = &rest[1..];
                continue;
            }
        };
        let (escape, after) = rest.split_at(length);
        if after.first() != Some(&0x1b) {
            clean.extend_from_slice(escape);
        }
        rest = after;
    }
    clean
}

fn base64_value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

fn utf7(bytes: &[u8]) -> (String, bool) {
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = false;
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        index += 1;
        if byte != b'+' {
            // Bytes of eight bits do not belong here; Latin 1 is what sent them.
            text.push(char::from(byte));
            continue;
        }
        if bytes.get(index) == Some(&b'-') {
            text.push('+');
            index += 1;
            continue;
        }
        let (mut held, mut bits) = (0_u32, 0);
        let mut units: Vec<u16> = Vec::new();
        let start = index;
        while let Some(value) = bytes.get(index).and_then(|byte| base64_value(*byte)) {
            held = (held << 6) | value;
            bits += 6;
            if bits >= 16 {
                bits -= 16;
                units.push(u16::try_from((held >> bits) & 0xffff).unwrap_or_default());
                held &= (1 << bits) - 1;
            }
            index += 1;
        }
        if index == start {
            // A bare plus is what somebody typed.
            text.push('+');
            continue;
        }
        if bytes.get(index) == Some(&b'-') {
            index += 1;
        }
        for unit in char::decode_utf16(units) {
            replaced |= unit.is_err();
            text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    (text, replaced)
}

/// Stretches of bytes, and whether each holds two-byte characters without their high bits.
type Runs<'a> = Vec<(&'a [u8], bool)>;

fn shifted(runs: &Runs<'_>, encoding: &'static Encoding) -> (String, bool) {
    let mut text = String::new();
    let mut replaced = false;
    for (run, wide) in runs {
        if *wide {
            let raised: Vec<u8> = run
                .iter()
                .map(|byte| if *byte > b' ' { *byte | 0x80 } else { *byte })
                .collect();
            let (decoded, failed) = encoding.decode_without_bom_handling(&raised);
            replaced |= failed;
            text.push_str(&decoded);
        } else {
            text.extend(run.iter().copied().map(char::from));
        }
    }
    (text, replaced)
}

fn hz_to_runs(bytes: &[u8]) -> Runs<'_> {
    let mut runs = Vec::new();
    let (mut start, mut index, mut wide) = (0, 0, false);
    while index + 1 < bytes.len() {
        let escape = match (&bytes[index..index + 2], wide) {
            (b"~{", false) => Some(true),
            (b"~}", true) => Some(false),
            (b"~~" | b"~\n", false) => Some(false),
            _ => None,
        };
        let Some(next) = escape else {
            // A line ends every shift.
            if wide && bytes[index] == b'\n' {
                runs.push((&bytes[start..index], true));
                (start, wide) = (index, false);
            }
            index += if wide && bytes[index] > b' ' { 2 } else { 1 };
            continue;
        };
        runs.push((&bytes[start..index], wide));
        if bytes[index + 1] == b'~' {
            runs.push((&bytes[index..=index], false));
        }
        wide = next;
        index += 2;
        start = index;
    }
    runs.push((&bytes[start.min(bytes.len())..], wide));
    runs
}

fn kr_to_runs(bytes: &[u8]) -> Runs<'_> {
    const DESIGNATION: &[u8] = b"\x1b$)C";
    let mut runs = Vec::new();
    let mut wide = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_prefix(DESIGNATION).unwrap_or(line);
        let mut start = 0;
        for (index, byte) in line.iter().enumerate() {
            let next = match byte {
                0x0e => true,
                0x0f => false,
                _ => continue,
            };
            runs.push((&line[start..index], wide));
            (start, wide) = (index + 1, next);
        }
        runs.push((&line[start..], wide));
        wide = false;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf7_of_rfc_2152() {
        let text = |bytes: &[u8]| decode(bytes, SevenBit::Utf7).0;
        assert_eq!(text(b"Gr+APYA3w-e +- 5 +IKw-"), "Größe + 5 €");
        assert_eq!(text(b"Hi Mom +Jjo-!"), "Hi Mom \u{263a}!");
        assert_eq!(text(b"+ZeVnLIqe-"), "日本語");
        assert_eq!(text(b"1 + 1"), "1 + 1");
        assert_eq!(text(b"+2D3cAA-"), "\u{1f400}");
    }

    #[test]
    fn hz_of_rfc_1843() {
        let text = |bytes: &[u8]| decode(bytes, SevenBit::Hz).0;
        assert_eq!(text(b"a ~{6)5%~} b ~~"), "a 订单 b ~");
        assert_eq!(text(b"~{6)5%\nnext"), "订单\nnext");
    }

    #[test]
    fn one_irregularity_of_iso_2022_jp_lost_the_whole_text() {
        for (bytes, text) in [
            (&b"\x1b$B$3$s\x1b(B\x1b$B\x1b(B ok"[..], "こん ok"),
            (b"\x1b$B$3$s\x1b(B\x1b(J ok", "こん ok"),
            (
                b"\x1b$B$3$s\r\n\x1b$B$3$s\x1b(B\r\nok",
                "こん\r\nこん\r\nok",
            ),
            (b"\x1b$B$3$s$", "こん\u{fffd}"),
            (b"\x1b$B$3\x7e\x7e$s\x1b(B ok", "こ\u{fffd}ん ok"),
        ] {
            assert_eq!(iso_2022_jp(bytes).0, text);
        }
    }

    #[test]
    fn iso_2022_kr_of_rfc_1557() {
        let bytes = b"\x1b$)Ca \x0eAV9.\x0f b\n";
        assert_eq!(decode(bytes, SevenBit::Iso2022Kr).0, "a 주문 b\n");
    }
}
