//! Pictures: their size from the first bytes, and whether they show something or decorate.

/// Width and height of a PNG, JPEG, GIF, BMP or WebP.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let big = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let little = |at: usize| {
        Some(u32::from(u16::from_le_bytes(
            bytes.get(at..at + 2)?.try_into().ok()?,
        )))
    };
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((big(16)?, big(20)?));
    }
    if bytes.starts_with(b"GIF8") {
        return Some((little(6)?, little(8)?));
    }
    if bytes.starts_with(b"BM") && bytes.len() > 30 && bytes.get(14..18) == Some(&[40, 0, 0, 0]) {
        return Some((little(18)?, little(22)?));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        if bytes.get(12..16) == Some(b"VP8X") {
            let three = |at: usize| {
                Some(
                    u32::from_le_bytes([
                        *bytes.get(at)?,
                        *bytes.get(at + 1)?,
                        *bytes.get(at + 2)?,
                        0,
                    ]) + 1,
                )
            };
            return Some((three(24)?, three(27)?));
        }
        return Some((0, 0));
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return jpeg_size(bytes).or(Some((0, 0)));
    }
    None
}

/// Bytes in which the element of a drawing begins.
const SVG_HEAD_BYTES: usize = 2_000;

/// Width and height of an SVG: of its element, or of its view box.
pub(super) fn svg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes[..bytes.len().min(SVG_HEAD_BYTES)]
        .utf8_chunks()
        .next()?
        .valid();
    let element = &head[head.find("<svg")?..];
    let element = &element[..element.find('>').unwrap_or(element.len())];
    let value = |name: &str| {
        let rest = element.split_once(name)?.1.trim_start_matches(['\'', '"']);
        Some(rest.split(['\'', '"']).next().unwrap_or_default())
    };
    let number = |text: &str| {
        let text = text.trim();
        let unit = text
            .trim_start_matches(|character: char| character.is_ascii_digit() || character == '.');
        let pixels = match unit {
            "" | "px" => 1.0,
            "pt" => 1.33,
            "mm" => 3.78,
            "cm" => 37.8,
            "in" => 96.0,
            _ => return None,
        };
        let number = text[..text.len() - unit.len()].parse::<f32>().ok()?;
        Some((number * pixels) as u32)
    };
    let sized = value(" width=")
        .and_then(number)
        .zip(value(" height=").and_then(number));
    sized.or_else(|| {
        let sides: Vec<u32> = value("viewBox=")?
            .split([' ', ','])
            .filter(|side| !side.is_empty())
            .filter_map(number)
            .collect();
        match sides[..] {
            [_, _, width, height] => Some((width, height)),
            _ => None,
        }
    })
}

/// Walks the segments up to the frame header (ITU-T T.81 section B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    for _ in 0..200 {
        while bytes.get(at) == Some(&0xff) && bytes.get(at + 1) == Some(&0xff) {
            at += 1;
        }
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        let length = usize::from(u16::from_be_bytes([
            *bytes.get(at + 2)?,
            *bytes.get(at + 3)?,
        ]));
        if (0xc0..=0xcf).contains(&marker) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let height = u16::from_be_bytes([*bytes.get(at + 5)?, *bytes.get(at + 6)?]);
            let width = u16::from_be_bytes([*bytes.get(at + 7)?, *bytes.get(at + 8)?]);
            return Some((u32::from(width), u32::from(height)));
        }
        at += 2 + length.max(2);
    }
    None
}

/// Words in the names of pictures that decorate.
const LOGO_NAMES: [&str; 8] = [
    "logo",
    "banner",
    "icon",
    "signature",
    "signatur",
    "facebook",
    "linkedin",
    "twitter",
];

/// Whether a picture that is small for a screenshot may be a cropped one: text can be read on it. Pixels.
pub(super) fn may_be_cropped((width, height): (u32, u32), name: &str) -> bool {
    let name = name.to_lowercase();
    width >= 160 && height >= 30 && !LOGO_NAMES.iter().any(|word| name.contains(word))
}

/// Whether a picture decorates a signature or counts readers, rather than showing something.
pub(super) fn is_logo((width, height): (u32, u32), bytes: usize, inline: bool, name: &str) -> bool {
    let name = name.to_lowercase();
    let said = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if said(&[
        "screenshot",
        "screen shot",
        "bildschirm",
        "capture",
        "zrzut",
        "captura",
        "截图",
        "截屏",
        "屏幕",
        "snip",
    ]) {
        return false;
    }
    if said(&LOGO_NAMES) {
        return true;
    }
    if width == 0 || height == 0 {
        return inline && bytes < 15_000;
    }
    let (long, short) = (width.max(height), width.min(height));
    if long <= 64 || short <= 8 {
        return true;
    }
    // Attached on purpose, even small, means shown on purpose.
    if !inline {
        return long <= 120 && bytes < 10_000;
    }
    // Signatures: a strip or a small picture; screenshots are larger than a third of a window.
    u64::from(width) * u64::from(height) < 60_000 || short <= 100 || long / 6 > short
}
