//! Bytes to text: declared, undeclared and wrongly declared charsets. Decoding never fails; what
//! had to be replaced is said.

pub(crate) mod dos;
mod guess;
mod html_meta;
mod seven_bit;
mod western;

pub(crate) use guess::guess;
use guess::japanese;
pub(crate) use html_meta::of_text;

use std::borrow::Cow;

use encoding_rs::{
    Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1257,
};

/// Decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded<'a> {
    /// The text.
    pub(crate) text: Cow<'a, str>,
    /// True when some bytes had no meaning and U+FFFD stands for them.
    pub(crate) replaced: bool,
    /// Name of the charset when it is not the declared one.
    pub(crate) corrected: Option<&'static str>,
}

impl<'a> Decoded<'a> {
    fn clean(text: Cow<'a, str>) -> Self {
        Self {
            text,
            replaced: false,
            corrected: None,
        }
    }
}

/// Decodes `bytes`, believing `declared` where the bytes allow it.
///
/// Declared names are those of the WHATWG registry, so `gb2312` is read as GBK's superset GB18030 and
/// `iso-8859-1` as windows-1252. A byte order mark wins over the declaration. Valid UTF-8 with
/// multi-byte characters is UTF-8 whatever was declared, unless a stateful charset was; beside a charset of two bytes a
/// letter it must hold longer characters, or letters with accents inside words.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Decoded<'a> {
    let declared = declared.map(str::trim).filter(|name| !name.is_empty());
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            return two_byte(&bytes[mark..], encoding, None);
        }
        let (text, replaced) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return Decoded {
            text,
            replaced,
            corrected: None,
        };
    }
    if let Some(charset) = declared.and_then(seven_bit::named) {
        // Declared so, and sent as something else.
        if bytes.is_ascii() {
            let (text, replaced) = seven_bit::decode(bytes, charset);
            return Decoded {
                text: Cow::Owned(text),
                replaced,
                corrected: None,
            };
        }
        return guess(bytes);
    }
    let encoding = declared.and_then(lookup);
    if let Some(encoding) = encoding
        && (encoding == UTF_16LE || encoding == UTF_16BE)
    {
        return utf16(bytes, encoding);
    }
    // The usual case costs one pass.
    if bytes.is_ascii() && memchr::memchr(0x1b, bytes).is_none() {
        if memchr::memchr(0, bytes).is_some()
            && let Some(decoded) = undeclared_utf16(bytes)
        {
            return decoded;
        }
        return Decoded::clean(
            std::str::from_utf8(bytes).map_or_else(|_| guess(bytes).text, Cow::Borrowed),
        );
    }
    if memchr::memchr(0, bytes).is_some()
        && let Some(decoded) = undeclared_utf16(bytes)
    {
        return decoded;
    }
    if encoding != Some(encoding_rs::ISO_2022_JP)
        && memchr::memmem::find(bytes, b"\x1b$").is_some()
        && bytes.is_ascii()
    {
        let (text, failed) = seven_bit::iso_2022_jp(bytes);
        if !failed {
            return Decoded {
                text: Cow::Owned(text),
                replaced: false,
                corrected: Some("ISO-2022-JP"),
            };
        }
    }
    let utf8 = std::str::from_utf8(bytes).ok();
    if utf8.is_none()
        && let Some(page) = declared
            .and_then(|name| dos::code_page(&name.trim_matches(['"', '\'']).to_ascii_lowercase()))
    {
        return Decoded::clean(Cow::Owned(dos::decode(bytes, page)));
    }
    let Some(encoding) = encoding else {
        return match utf8 {
            Some(text) => Decoded::clean(Cow::Borrowed(text)),
            None => guess(bytes),
        };
    };
    if encoding == encoding_rs::ISO_2022_JP {
        let (text, replaced) = seven_bit::iso_2022_jp(bytes);
        // Seven bits cannot declare the eighth.
        if replaced && !bytes.is_ascii() {
            return japanese(bytes).unwrap_or_else(|| guess(bytes));
        }
        return Decoded {
            text: Cow::Owned(text),
            replaced,
            corrected: None,
        };
    }
    if encoding == UTF_8 {
        return match utf8 {
            Some(text) => Decoded::clean(Cow::Borrowed(text)),
            None => broken_utf8(bytes),
        };
    }
    if let Some(text) = utf8
        && !bytes.is_ascii()
        && (is_single_byte(encoding) || is_surely_utf8(text))
    {
        return Decoded {
            text: Cow::Borrowed(text),
            replaced: false,
            corrected: Some("UTF-8"),
        };
    }
    if let Some(decoded) = wrongly_declared(bytes, encoding, declared.unwrap_or_default()) {
        return decoded;
    }
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    if replaced {
        // GB2312 and GBK declared for GB18030 text; EUC and Shift_JIS mixed up.
        let (wider, failed) = GB18030.decode_without_bom_handling(bytes);
        if encoding.name().starts_with("GB") && !failed {
            return Decoded {
                text: wider,
                replaced: false,
                corrected: Some("GB18030"),
            };
        }
        let guessed = guess(bytes);
        if !guessed.replaced {
            return guessed;
        }
    }
    Decoded {
        text,
        replaced,
        corrected: None,
    }
}

/// Whether bytes that are valid UTF-8 are so by no accident: "联通" in GBK is valid UTF-8 of two letters, but three
/// bytes in a row, or a letter with an accent beside others, are no characters of two bytes each.
fn is_surely_utf8(text: &str) -> bool {
    let mut before = ' ';
    let mut long = 0;
    for (place, character) in text.char_indices() {
        if character.len_utf8() >= 3 {
            long += 1;
        } else if matches!(character, '\u{c0}'..='\u{24f}') {
            let behind = text[place + character.len_utf8()..].chars().next();
            let inside = before.is_ascii_alphabetic()
                || behind.is_some_and(|behind| behind.is_ascii_alphabetic());
            if inside {
                return true;
            }
        }
        before = character;
    }
    long >= 2
}

/// Text in a charset of one byte a letter whose bytes say that another one was meant.
fn wrongly_declared<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    declared: &str,
) -> Option<Decoded<'a>> {
    if !is_single_byte(encoding) {
        return None;
    }
    // Seven bits cannot declare the eighth.
    if is_seven_bits(declared) {
        return Some(guess(bytes));
    }
    if western::is_hardly(bytes, encoding) {
        let guessed = guess(bytes);
        if !guessed.replaced && guessed.corrected != Some(WINDOWS_1252.name()) {
            return Some(guessed);
        }
    }
    // No letter of ISO 8859 stands where Windows has its own; mail has no control characters there.
    let windows = match encoding.name() {
        "ISO-8859-2" => Some(WINDOWS_1250),
        "ISO-8859-5" => Some(WINDOWS_1251),
        "ISO-8859-7" => Some(WINDOWS_1253),
        "ISO-8859-4" | "ISO-8859-13" => Some(WINDOWS_1257),
        "ISO-8859-15" => Some(WINDOWS_1252),
        _ => None,
    };
    if let Some(windows) = windows
        && bytes.iter().any(|byte| (0x80..0xa0).contains(byte))
    {
        let (text, replaced) = windows.decode_without_bom_handling(bytes);
        return (!replaced).then_some(Decoded {
            text,
            replaced: false,
            corrected: Some(windows.name()),
        });
    }
    if in_pairs(bytes) {
        let guessed = guess(bytes);
        let wide = matches!(
            guessed.corrected,
            Some("gb18030" | "Big5" | "EUC-JP" | "EUC-KR" | "Shift_JIS")
        );
        return (wide && !guessed.replaced).then_some(guessed);
    }
    None
}

/// Fewest bytes beyond ASCII that say something about how they stand.
const PAIRED_BYTES_LEAST: usize = 8;

/// Whether bytes beyond ASCII stand in pairs and in rows, as they do in Chinese and Korean. Letters with accents stand
/// alone between others.
fn in_pairs(bytes: &[u8]) -> bool {
    let (mut high, mut runs, mut start) = (0, 0, None);
    for (place, byte) in bytes.iter().chain(b" ").enumerate() {
        match (*byte >= 0xa1 || start.is_some() && *byte >= 0x80, start) {
            (true, None) => start = Some(place),
            (false, Some(from)) => {
                let length = place - from;
                if length % 2 == 1 {
                    return false;
                }
                high += length;
                runs += 1;
                start = None;
            }
            _ => {}
        }
    }
    high >= PAIRED_BYTES_LEAST && high >= runs * 4
}

/// Encoding of a declared name, with the names that mail uses and the web does not.
fn lookup(name: &str) -> Option<&'static Encoding> {
    let name = name.trim_matches(|character: char| {
        character == '"' || character == '\'' || character.is_whitespace()
    });
    if let Some(encoding) = Encoding::for_label(name.as_bytes()) {
        return Some(encoding);
    }
    let lower = name.to_ascii_lowercase().replace(['_', ' '], "-");
    let known = match lower.as_str() {
        "utf8mb4" | "utf-8-mac" | "unicode-1-1-utf-8" | "uft-8" | "utf" => "utf-8",
        "gb-18030" | "cp936" | "ms936" | "gb2312-80" => "gb18030",
        "cp932" | "ms932" | "windows-932" => "shift_jis",
        "cp949" | "ks-c-5601" | "ms949" | "uhc" => "euc-kr",
        "cp950" | "ms950" => "big5",
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220"
        | "cp50221" => "iso-2022-jp",
        "latin-1" | "8859-1" | "iso8859-1-windows-3.1-latin-1" | "ansi" | "x-unknown-latin1" => {
            "windows-1252"
        }
        "latin-2" | "8859-2" => "iso-8859-2",
        "iso-8859-15-euro" | "latin-9" | "8859-15" => "iso-8859-15",
        "cp1250" | "windows1250" | "win-1250" => "windows-1250",
        "cp1252" | "windows1252" | "win-1252" => "windows-1252",
        "macintosh-roman" | "x-mac-roman" | "macroman" => "macintosh",
        _ => {
            return lower
                .strip_prefix("x-")
                .and_then(|rest| Encoding::for_label(rest.as_bytes()));
        }
    };
    Encoding::for_label(known.as_bytes())
}

/// Declared UTF-16 whose byte order is told by where the zero bytes of ASCII characters stand.
fn utf16<'a>(bytes: &'a [u8], declared: &'static Encoding) -> Decoded<'a> {
    if let Some(decoded) = undeclared_utf16(bytes) {
        return decoded;
    }
    if !bytes.contains(&0)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        // Declared UTF-16, sent as something else.
        return Decoded {
            text: Cow::Borrowed(text),
            replaced: false,
            corrected: Some("UTF-8"),
        };
    }
    two_byte(bytes, declared, None)
}

/// UTF-16 without the line break of one byte a letter that a server put behind it.
fn two_byte<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    corrected: Option<&'static str>,
) -> Decoded<'a> {
    let zero_before_end = bytes.len() >= 2 && bytes[bytes.len() - 2] == 0;
    let end = match bytes {
        [rest @ .., b'\r', b'\n'] if rest.len().is_multiple_of(2) && !rest.is_empty() => rest.len(),
        [rest @ .., b'\n' | b'\r' | 0]
            if rest.len().is_multiple_of(2) && (!zero_before_end || bytes.len() % 2 == 1) =>
        {
            rest.len()
        }
        _ => bytes.len(),
    };
    let (text, replaced) = encoding.decode_without_bom_handling(&bytes[..end]);
    Decoded {
        text,
        replaced,
        corrected,
    }
}

fn undeclared_utf16(bytes: &[u8]) -> Option<Decoded<'_>> {
    let sample = &bytes[..bytes.len().min(4096)];
    let pairs = sample.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |offset: usize| {
        sample
            .iter()
            .skip(offset)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let encoding = if odd * 10 >= pairs * 6 && even * 10 < pairs {
        UTF_16LE
    } else if even * 10 >= pairs * 6 && odd * 10 < pairs {
        UTF_16BE
    } else {
        return None;
    };
    Some(two_byte(bytes, encoding, Some(encoding.name())))
}

fn is_single_byte(encoding: &'static Encoding) -> bool {
    encoding.is_single_byte()
}

/// Declared UTF-8 that is not: mostly right with a few broken bytes, or another charset altogether.
fn broken_utf8(bytes: &[u8]) -> Decoded<'_> {
    let (text, _) = UTF_8.decode_without_bom_handling(bytes);
    let broken = text
        .chars()
        .filter(|character| *character == '\u{fffd}')
        .count();
    let whole = text
        .chars()
        .filter(|character| !character.is_ascii() && *character != '\u{fffd}')
        .count();
    // Never detect again where the declaration is mostly right: a cut character is no other charset.
    if whole >= broken {
        return Decoded {
            text,
            replaced: true,
            corrected: None,
        };
    }
    let guessed = guess(bytes);
    if guessed.replaced {
        Decoded {
            text,
            replaced: true,
            corrected: None,
        }
    } else {
        guessed
    }
}

fn is_seven_bits(declared: &str) -> bool {
    let declared = declared.trim().trim_matches(['"', '\'']);
    ["us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(declared))
}

/// Whether a declared charset gives bytes beyond ASCII a meaning, and is none of seven bits or UTF-8.
pub(crate) fn explains(bytes: &[u8], declared: &str) -> bool {
    lookup(declared).is_some_and(|encoding| {
        let wide = !is_single_byte(encoding);
        let named = encoding != UTF_8 && !encoding.name().starts_with("UTF-16");
        named
            && !is_seven_bits(declared)
            && (wide || !in_pairs(bytes))
            && !encoding.decode_without_bom_handling(bytes).1
    })
}

#[cfg(test)]
mod tests {
    use encoding_rs::{EUC_JP, EUC_KR, SHIFT_JIS};

    use super::*;

    fn text(bytes: &[u8], declared: Option<&str>) -> String {
        decode(bytes, declared).text.into_owned()
    }

    #[test]
    fn declared_names_are_read_as_their_supersets() {
        // U+20AC in windows-1252, not in ISO-8859-1; a GB18030 four-byte sequence under `gb2312`.
        assert_eq!(text(b"10 \x80", Some("iso-8859-1")), "10 \u{20ac}");
        let (wide, _, _) = GB18030.encode("\u{9555}\u{20bb7} 订单");
        assert_eq!(text(&wide, Some("gb2312")), "\u{9555}\u{20bb7} 订单");
    }

    #[test]
    fn wrong_declarations_are_corrected() {
        assert_eq!(
            text("Zażółć gęślą".as_bytes(), Some("iso-8859-1")),
            "Zażółć gęślą"
        );
        assert_eq!(text("Größe".as_bytes(), Some("us-ascii")), "Größe");
        let (bytes, _, _) = encoding_rs::ISO_8859_2
            .encode("Dzień dobry, proszę o pomoc w sprawie zamówień, dziękuję");
        assert_eq!(
            text(&bytes, Some("utf-8")),
            "Dzień dobry, proszę o pomoc w sprawie zamówień, dziękuję"
        );
    }

    #[test]
    fn eight_bits_under_a_name_of_others() {
        let chinese = "您好，标签打印出来是空白的，请帮忙查一下。";
        let (bytes, _, _) = GB18030.encode(chinese);
        for declared in ["us-ascii", "iso-8859-1", "windows-1252"] {
            assert_eq!(text(&bytes, Some(declared)), chinese, "{declared}");
        }
        let polish = "Zażółć gęślą jaźń, śpiewać";
        let (bytes, _, _) = WINDOWS_1250.encode(polish);
        assert_eq!(text(&bytes, Some("iso-8859-2")), polish);
        let german = "Größe über Maß: 5 €, öfter fällt es auf";
        let (bytes, _, _) = WINDOWS_1252.encode(german);
        assert_eq!(text(&bytes, Some("iso-8859-1")), german);
        assert_eq!(text(&bytes, Some("us-ascii")), german);
    }

    #[test]
    fn utf8_under_a_charset_of_two_bytes_a_letter() {
        for charset in ["gb2312", "gbk", "gb18030", "shift_jis", "euc-kr", "big5"] {
            for written in ["Die Wärme fällt aus, schöne Grüße.", "łącze gubi dane"] {
                assert_eq!(
                    text(written.as_bytes(), Some(charset)),
                    written,
                    "{charset}"
                );
            }
        }
        assert_eq!(text("阀门漏水了".as_bytes(), Some("gb2312")), "阀门漏水了");
        let (chinese, _, _) = GB18030.encode("联通的阀门");
        assert_eq!(text(&chinese, Some("gb2312")), "联通的阀门");
        let (short, _, _) = GB18030.encode("联通");
        assert_eq!(text(&short, Some("gb2312")), "联通");
    }

    #[test]
    fn signs_in_english_texts_are_those_of_windows_1252() {
        for written in [
            "The part costs 5 £ or 6 € with 2 ½ turns",
            "Keep it at 30 °C ±5 %.",
            "We are a naïve user of the valve and of the pump.",
        ] {
            let (bytes, _, _) = WINDOWS_1252.encode(written);
            assert_eq!(text(&bytes, None), written);
            assert_eq!(text(&bytes, Some("us-ascii")), written);
        }
        let (polish, _, _) =
            WINDOWS_1250.encode("Proszę o pomoc, pompa ciągle gubi wodę i łączność.");
        assert_eq!(
            text(&polish, None),
            "Proszę o pomoc, pompa ciągle gubi wodę i łączność."
        );
    }

    #[test]
    fn a_line_break_of_one_byte_a_letter_below_utf16() {
        assert_eq!(text(b"\xff\xfeH\0i\0\r\n", None), "Hi");
        assert_eq!(text(b"H\0i\0 \0y\0o\0u\0\n", Some("utf-16le")), "Hi you");
        assert_eq!(text(b"\xfe\xff\0H\0i\0\r\0\n", None), "Hi\r\n");
        assert_eq!(text(b"\xff\xfeH\0i\0\r\0\n\0", None), "Hi\r\n");
    }

    #[test]
    fn a_few_chinese_words_are_not_korean() {
        let (bytes, _, _) = GB18030.encode("帮助：标签空白");
        assert_eq!(text(&bytes, None), "帮助：标签空白");
        let (bytes, _, _) = EUC_KR.encode("주문 오류가 발생합니다");
        assert_eq!(text(&bytes, None), "주문 오류가 발생합니다");
    }

    #[test]
    fn mostly_right_utf8_is_never_detected_again() {
        let decoded = decode(b"Gr\xc3\xb6\xc3\x9fe und \xc3\xa4 \xff", Some("utf-8"));
        assert_eq!(decoded.text, "Größe und ä \u{fffd}");
        assert!(decoded.replaced);
    }

    #[test]
    fn seven_bit_and_two_byte_charsets() {
        assert_eq!(text(b"Hi Mom +Jjo-!", Some("utf-7")), "Hi Mom \u{263a}!");
        assert_eq!(text(b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp")), "こん");
        assert_eq!(text(b"\x1b$B$3$s\x1b(B", None), "こん");
        assert_eq!(text(b"\x1b$B$3$s\x1b(B", Some("us-ascii")), "こん");
        assert_eq!(text(b"\xff\xfeH\0i\0", None), "Hi");
        assert_eq!(text(b"\0H\0i\0 \0y\0o\0u", Some("utf-16")), "Hi you");
        assert_eq!(text(b"H\0i\0 \0y\0o\0u\0", None), "Hi you");
    }

    #[test]
    fn eight_bits_under_the_japanese_name_of_seven_were_lost() {
        let japanese = "画面が白いままです。シリアル番号は４７１１です。";
        for encoding in [SHIFT_JIS, EUC_JP, UTF_8] {
            let (bytes, _, _) = encoding.encode(japanese);
            let decoded = decode(&bytes, Some("iso-2022-jp"));
            assert_eq!(decoded.text, japanese, "{}", encoding.name());
            assert!(!decoded.replaced);
        }
    }

    #[test]
    fn unknown_names_fall_back_to_a_guess() {
        let (bytes, _, _) =
            GB18030.encode("您好，我们的订单接口返回错误，请帮助我们检查一下，谢谢。");
        assert_eq!(
            text(&bytes, Some("x-unknown")),
            "您好，我们的订单接口返回错误，请帮助我们检查一下，谢谢。"
        );
    }
}
