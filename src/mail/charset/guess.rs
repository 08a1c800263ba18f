//! The charset of bytes of which nothing true is declared.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1252};

use super::{Decoded, is_single_byte};

/// Bytes on which an unknown charset is guessed; more does not make the guess better.
const GUESS_BYTES: usize = 64 * 1024;

/// Text of eight bits that is known to be Japanese: the charset in which it holds the most syllables.
pub(super) fn japanese(bytes: &[u8]) -> Option<Decoded<'_>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Decoded {
            text: Cow::Borrowed(text),
            replaced: false,
            corrected: Some("UTF-8"),
        });
    }
    let syllables = |text: &str| {
        text.chars()
            .filter(|letter| ('\u{3041}'..='\u{30ff}').contains(letter))
            .count()
    };
    [SHIFT_JIS, EUC_JP]
        .into_iter()
        .map(|encoding| (encoding, encoding.decode_without_bom_handling(bytes)))
        .filter(|(_, (_, failed))| !failed)
        .max_by_key(|(_, (text, _))| syllables(text))
        .map(|(encoding, (text, _))| Decoded {
            text,
            replaced: false,
            corrected: Some(encoding.name()),
        })
}

/// Guesses the charset of undeclared 8-bit text.
pub(crate) fn guess(bytes: &[u8]) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded::clean(Cow::Borrowed(text));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(GUESS_BYTES)], true);
    let mut encoding = detector.guess(None, Utf8Detection::Allow);
    if encoding.name() == "GBK"
        || encoding == EUC_KR && is_hardly_korean(bytes)
        || encoding == EUC_JP && is_hardly_japanese(bytes)
    {
        encoding = GB18030;
    }
    if is_western_sign(bytes, encoding) {
        encoding = WINDOWS_1252;
    }
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    if replaced {
        let (fallback, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        let (utf8, _) = UTF_8.decode_without_bom_handling(bytes);
        let few = utf8
            .chars()
            .filter(|character| *character == '\u{fffd}')
            .count()
            * 50
            < bytes.len();
        return if few {
            Decoded {
                text: utf8,
                replaced: true,
                corrected: None,
            }
        } else {
            Decoded {
                text: fallback,
                replaced: true,
                corrected: Some("windows-1252"),
            }
        };
    }
    Decoded {
        text,
        replaced: false,
        corrected: Some(encoding.name()),
    }
}

/// Most bytes beyond ASCII of a text in which they may be signs that came by themselves.
const SIGNS_MOST: usize = 6;

/// Whether the few bytes beyond ASCII are signs such as `£`, `½` and `±`, which stand outside words: a guess by letters says
/// nothing then. One letter with an accent in a text of English words ("naïve") is no more.
fn is_western_sign(bytes: &[u8], guessed: &'static Encoding) -> bool {
    if !is_single_byte(guessed) || guessed == WINDOWS_1252 {
        return false;
    }
    let high = || bytes.iter().enumerate().filter(|(_, byte)| **byte >= 0x80);
    if high().take(SIGNS_MOST + 1).count() > SIGNS_MOST {
        return false;
    }
    let letter = |place: usize| {
        bytes
            .get(place)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
    };
    let signs = high().all(|(place, byte)| {
        let before = place.checked_sub(1).is_some_and(letter);
        match byte {
            // Quotation marks and dashes stand at words.
            0x91..=0x97 => true,
            // "3 °C" and "5 µm" have their unit behind.
            0xb0 | 0xb5 => !before,
            0x80 | 0x85 | 0x99 | 0xa0..0xc0 => !before && !letter(place + 1),
            _ => false,
        }
    });
    let english = || {
        let words = bytes.split(|byte| !byte.is_ascii_alphabetic());
        words
            .filter(|word| {
                [
                    &b"the"[..],
                    b"is",
                    b"and",
                    b"of",
                    b"with",
                    b"for",
                    b"we",
                    b"I",
                    b"am",
                    b"not",
                ]
                .contains(word)
            })
            .count()
    };
    signs || high().count() <= 2 && high().all(|(_, byte)| *byte >= 0xc0) && english() >= 2
}

/// The syllables that Korean texts are mostly made of.
const SYLLABLES: &str = "이다는을가에의하고도로한지기사리어자니아해은를정대그나인시수일서요스입세문있습부보제전주안만여라장상들오과동되했것면러연신구조원마게았었까합결공번바";

/// Whether bytes that could be Japanese hold none of its syllables and are valid Chinese.
fn is_hardly_japanese(bytes: &[u8]) -> bool {
    let (text, _) = EUC_JP.decode_without_bom_handling(bytes);
    !text.contains(|letter: char| ('\u{3041}'..='\u{30ff}').contains(&letter))
        && !GB18030.decode_without_bom_handling(bytes).1
}

/// Whether bytes that could be Korean hold hardly a syllable that Koreans use: a few Chinese words are valid there too.
fn is_hardly_korean(bytes: &[u8]) -> bool {
    let (text, failed) = EUC_KR.decode_without_bom_handling(bytes);
    if failed || GB18030.decode_without_bom_handling(bytes).1 {
        return false;
    }
    let letters = || text.chars().filter(|letter| ('가'..='힣').contains(letter));
    let (all, known) = (
        letters().count(),
        letters()
            .filter(|letter| SYLLABLES.contains(*letter))
            .count(),
    );
    all > 0 && known * 5 < all
}
