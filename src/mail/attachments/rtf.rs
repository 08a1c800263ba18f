//! Rich text: the compressed body of `winmail.dat` ([MS-OXRTFCP]), what it says as text, and the HTML that
//! Outlook hides in it ([MS-OXRTFEX]).

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, IBM866, KOI8_R, MACINTOSH, SHIFT_JIS, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255,
    WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

use crate::limits;
use crate::mail::charset::dos;

/// What every dictionary begins with ([MS-OXRTFCP] section 2.1.2.1).
const DICTIONARY_START: &[u8; 207] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \
\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\
\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const DICTIONARY_BYTES: usize = 4096;
const COMPRESSED: u32 = 0x7546_5a4c;
const UNCOMPRESSED: u32 = 0x414c_454d;

/// Unpacks a compressed body; what a torn one still holds. None where it is none.
pub(super) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let word = |at: usize| {
        bytes
            .get(at..at + 4)
            .and_then(|word| word.try_into().ok())
            .map(u32::from_le_bytes)
    };
    let size = usize::try_from(word(4)?).ok()?.min(limits::TEXT_BYTES_MAX);
    let data = bytes.get(16..)?;
    match word(8)? {
        UNCOMPRESSED => return Some(data[..data.len().min(size)].to_vec()),
        COMPRESSED => {}
        _ => return None,
    }
    let mut dictionary = [b' '; DICTIONARY_BYTES];
    dictionary[..DICTIONARY_START.len()].copy_from_slice(DICTIONARY_START);
    let mut written = DICTIONARY_START.len();
    let mut output = Vec::with_capacity(size.min(data.len().saturating_mul(4)));
    let mut input = data.iter().copied();
    let mut put = |dictionary: &mut [u8; DICTIONARY_BYTES], output: &mut Vec<u8>, byte: u8| {
        output.push(byte);
        dictionary[written % DICTIONARY_BYTES] = byte;
        written = (written + 1) % DICTIONARY_BYTES;
        written
    };
    let mut position = DICTIONARY_START.len();
    'tokens: while let Some(control) = input.next() {
        for bit in 0..8 {
            if output.len() >= size {
                break 'tokens;
            }
            let Some(first) = input.next() else {
                break 'tokens;
            };
            if control & (1 << bit) == 0 {
                position = put(&mut dictionary, &mut output, first);
                continue;
            }
            let Some(second) = input.next() else {
                break 'tokens;
            };
            let token = u16::from_be_bytes([first, second]);
            let offset = usize::from(token >> 4);
            if offset == position {
                break 'tokens;
            }
            for step in 0..usize::from(token & 0xf) + 2 {
                let byte = dictionary[(offset + step) % DICTIONARY_BYTES];
                position = put(&mut dictionary, &mut output, byte);
            }
        }
    }
    output.truncate(size);
    Some(output)
}

/// What rich text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Its text.
    Text(String),
    /// The HTML it was made of.
    Html(String),
}

/// Whether the bytes are rich text.
pub(super) fn is_rtf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{\\rtf")
}

/// Groups nested deeper than this are read as if they were flat.
const GROUPS_MAX: usize = 256;
/// Fonts whose charset is remembered.
const FONTS_MAX: usize = 4_096;

/// How the bytes of a run are read.
#[derive(Clone, Copy)]
enum Page {
    /// A code page of Windows, the web or a Macintosh.
    Web(&'static Encoding),
    /// A code page of DOS: its characters from 0x80 on.
    Dos(&'static str),
}

/// What a group hands on to the groups inside it.
#[derive(Clone, Copy)]
struct Group {
    /// Content of a table, a picture or the like: not text.
    skipped: bool,
    /// Formatting that is no part of the hidden HTML (`\htmlrtf`).
    only_rtf: bool,
    /// A piece of HTML markup (`\*\htmltag`).
    tag: bool,
    /// The table of fonts.
    fonts: bool,
    /// Characters that stand in for one of `\u`.
    fallbacks: usize,
    page: Page,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Group>,
    too_deep: usize,
    group: Group,
    /// Bytes of `\'hh` that wait for the end of their run: characters of several bytes come one by one.
    run: Vec<u8>,
    /// High half of a character beyond the basic plane.
    surrogate: Option<u16>,
    to_skip: usize,
    starred: bool,
    page: Page,
    fonts: std::collections::BTreeMap<i64, Page>,
    font: i64,
    from_html: bool,
    text: String,
}

/// Reads rich text; never fails.
pub(super) fn read(bytes: &[u8]) -> Said {
    let group = Group {
        skipped: false,
        only_rtf: false,
        tag: false,
        fonts: false,
        fallbacks: 1,
        page: Page::Web(WINDOWS_1252),
    };
    let mut reader = Reader {
        bytes,
        at: 0,
        stack: Vec::new(),
        too_deep: 0,
        group,
        run: Vec::new(),
        surrogate: None,
        to_skip: 0,
        starred: false,
        page: Page::Web(WINDOWS_1252),
        fonts: std::collections::BTreeMap::new(),
        font: 0,
        from_html: false,
        text: String::new(),
    };
    while reader.step() {
        if reader.text.len() > limits::TEXT_BYTES_MAX {
            break;
        }
    }
    reader.flush();
    if reader.from_html {
        Said::Html(reader.text)
    } else {
        Said::Text(reader.text)
    }
}

/// Groups that hold no text of the body.
#[rustfmt::skip]
const NO_TEXT: &[&str] = &[
    "colortbl", "stylesheet", "info", "pict", "object", "header", "headerl", "headerr", "headerf", "footer", "footerl",
    "footerr", "footerf", "generator", "listtable", "listoverridetable", "rsidtbl", "themedata", "xmlnstbl", "fldinst",
    "datafield", "datastore", "nonshppict", "bkmkstart", "bkmkend", "filetbl", "revtbl", "pntext", "pn",
];

impl Reader<'_> {
    /// Reads one token; false at the end.
    fn step(&mut self) -> bool {
        let Some(&byte) = self.bytes.get(self.at) else {
            return false;
        };
        self.at += 1;
        match byte {
            b'{' => {
                self.flush();
                self.starred = false;
                self.to_skip = 0;
                if self.stack.len() < GROUPS_MAX {
                    self.stack.push(self.group);
                } else {
                    self.too_deep += 1;
                }
            }
            b'}' => {
                self.flush();
                self.starred = false;
                self.to_skip = 0;
                if self.too_deep > 0 {
                    self.too_deep -= 1;
                } else if let Some(outer) = self.stack.pop() {
                    self.group = outer;
                }
            }
            b'\\' => self.control(),
            b'\r' | b'\n' => {}
            _ => self.byte(byte),
        }
        true
    }

    fn control(&mut self) {
        let Some(&next) = self.bytes.get(self.at) else {
            return;
        };
        if next.is_ascii_alphabetic() {
            return self.word();
        }
        self.at += 1;
        match next {
            b'\'' => {
                let digits = self.bytes.get(self.at..self.at + 2).unwrap_or_default();
                let value = std::str::from_utf8(digits)
                    .ok()
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                if let Some(value) = value {
                    self.at += 2;
                    self.byte(value);
                }
            }
            b'\\' | b'{' | b'}' => self.byte(next),
            b'*' => self.starred = true,
            b'~' => self.character('\u{a0}'),
            b'_' => self.character('-'),
            b'\r' | b'\n' => self.character('\n'),
            _ => {}
        }
    }

    fn word(&mut self) {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_alphabetic) {
            self.at += 1;
        }
        let name = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        let number_start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        while self.at - number_start < 12 && self.bytes.get(self.at).is_some_and(u8::is_ascii_digit)
        {
            self.at += 1;
        }
        let number: Option<i64> = std::str::from_utf8(&self.bytes[number_start..self.at])
            .ok()
            .and_then(|digits| digits.parse().ok());
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if name == "bin" {
            let length = number.and_then(|length| usize::try_from(length).ok());
            self.at = self
                .at
                .saturating_add(length.unwrap_or(0))
                .min(self.bytes.len());
            return;
        }
        // What follows a `\u` in its place counts each control word as one character.
        if self.to_skip > 0 && !matches!(name, "u" | "uc") {
            self.to_skip -= 1;
            return;
        }
        let starred = std::mem::take(&mut self.starred);
        self.apply(name, number, starred);
    }

    fn apply(&mut self, name: &str, number: Option<i64>, starred: bool) {
        match name {
            "htmltag" if starred => self.group.tag = true,
            "mhtmltag" if starred => self.group.skipped = true,
            "fromhtml" => self.from_html = number != Some(0),
            "htmlrtf" => {
                self.flush();
                self.group.only_rtf = number != Some(0);
            }
            "fonttbl" => self.group.fonts = true,
            "ansicpg" => {
                self.page = page(number.unwrap_or_default());
                self.group.page = self.page;
            }
            // What a document is written in that names no code page: `\pc`, `\pca`, `\mac`.
            "pc" | "pca" | "mac" => {
                self.page = page(match name {
                    "pc" => 437,
                    "pca" => 850,
                    _ => 10_000,
                });
                self.group.page = self.page;
            }
            "f" => {
                self.flush();
                self.font = number.unwrap_or_default();
                if !self.group.fonts {
                    self.group.page = self.fonts.get(&self.font).copied().unwrap_or(self.page);
                }
            }
            "fcharset" if self.group.fonts => {
                if let Some(page) = number.and_then(charset)
                    && self.fonts.len() < FONTS_MAX
                {
                    self.fonts.insert(self.font, page);
                }
            }
            "plain" => {
                self.flush();
                self.group.page = self.page;
            }
            "uc" => self.group.fallbacks = usize::try_from(number.unwrap_or(1)).unwrap_or(1),
            "u" => {
                let unit = number.unwrap_or_default().rem_euclid(0x1_0000);
                self.flush();
                self.unit(u16::try_from(unit).unwrap_or_default());
                self.to_skip = self.group.fallbacks;
            }
            "par" | "line" | "sect" | "page" | "row" => self.character('\n'),
            "tab" | "cell" => self.character('\t'),
            "lquote" => self.character('\u{2018}'),
            "rquote" => self.character('\u{2019}'),
            "ldblquote" => self.character('\u{201c}'),
            "rdblquote" => self.character('\u{201d}'),
            "bullet" => self.character('\u{2022}'),
            "endash" => self.character('\u{2013}'),
            "emdash" => self.character('\u{2014}'),
            _ if NO_TEXT.contains(&name) => self.group.skipped = true,
            // A group that a reader may skip when it does not know it.
            _ if starred => self.group.skipped = true,
            _ => {}
        }
    }

    fn is_silent(&self) -> bool {
        let group = &self.group;
        group.skipped || group.fonts || self.from_html && group.only_rtf && !group.tag
    }

    fn byte(&mut self, byte: u8) {
        self.starred = false;
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.is_silent() {
            self.run.push(byte);
        }
    }

    fn character(&mut self, character: char) {
        self.flush();
        if self.to_skip > 0 {
            self.to_skip -= 1;
        } else if !self.is_silent() {
            self.text.push(character);
        }
    }

    fn unit(&mut self, unit: u16) {
        if self.is_silent() {
            return;
        }
        let units = match self.surrogate.take() {
            Some(high) => vec![high, unit],
            None if (0xd800..0xdc00).contains(&unit) => {
                self.surrogate = Some(unit);
                return;
            }
            None => vec![unit],
        };
        for character in char::decode_utf16(units) {
            self.text
                .push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }

    /// Decodes the bytes that wait.
    fn flush(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        match self.group.page {
            Page::Web(encoding) => {
                let (text, _) = encoding.decode_without_bom_handling(&run);
                self.text.push_str(&text);
            }
            Page::Dos(characters) => self.text.push_str(&dos::decode(&run, characters)),
        }
    }
}

/// A code page by its number. Those that no table here holds (the Nordic, Portuguese and Hebrew ones of DOS among
/// them) are read as Western European.
fn page(number: i64) -> Page {
    let name = number.to_string();
    if let Some(characters) = dos::code_page(&name) {
        return Page::Dos(characters);
    }
    Page::Web(match number {
        65001 => encoding_rs::UTF_8,
        866 => IBM866,
        932 => SHIFT_JIS,
        936 | 54936 => GB18030,
        949 => EUC_KR,
        950 => BIG5,
        874 => WINDOWS_874,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10_000 => MACINTOSH,
        20_866 => KOI8_R,
        _ => WINDOWS_1252,
    })
}

/// The code page of a font's charset; none where the font says nothing.
fn charset(number: i64) -> Option<Page> {
    Some(page(match number {
        0 => 1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        254 => 437,
        255 => 850,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of [MS-OXRTFCP] section 3.1.1.
    const HELLO: &[u8] = &[
        0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 3, 0, 0x0a,
        0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65,
        0x6c, 9, 0, 0x20, 0x62, 0x77, 5, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
    ];

    fn text(rtf: &str) -> String {
        match read(rtf.as_bytes()) {
            Said::Text(text) => text,
            Said::Html(html) => panic!("{html}"),
        }
    }

    #[test]
    fn compressed_text_is_unpacked() {
        let unpacked = decompress(HELLO).expect("compressed");
        assert_eq!(
            unpacked,
            b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
        assert_eq!(read(&unpacked), Said::Text("hello world".to_owned()));
        for end in 0..HELLO.len() {
            if let Some(torn) = decompress(&HELLO[..end]) {
                read(&torn);
            }
        }
        assert_eq!(decompress(b"no compressed text at all"), None);
    }

    #[test]
    fn paragraphs_characters_and_fonts() {
        assert_eq!(
            text(
                "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fnil Arial;}{\\f1\\fcharset134 SimSun;}}{\\colortbl;\\red0;}\
                 {\\*\\generator X;}\\f0 Gr\\'f6\\'dfe {\\b fett}\\par Zeile 2\\tab x\\{\\}\\par\\f1 \\'b6\\'a9\\'b5\\'a5\\f0 \\u8364? \\uc0\\u-10179\\u-9216}"
            ),
            "Größe fett\nZeile 2\tx{}\n订单€ \u{1f400}"
        );
    }

    #[test]
    fn code_pages_of_dos() {
        for (declared, expected) in [
            ("\\ansi\\ansicpg850", "Größe"),
            ("\\pca", "Größe"),
            ("\\pc", "Größe"),
            ("\\ansi\\ansicpg437", "Größe"),
            ("\\ansi\\ansicpg866", "GrФсe"),
        ] {
            assert_eq!(
                text(&format!("{{\\rtf1{declared} Gr\\'94\\'e1e}}")),
                expected,
                "{declared}"
            );
        }
        assert_eq!(text("{\\rtf1\\ansi\\ansicpg852 b\\'88\\'a5d}"), "błąd");
        assert_eq!(
            text("{\\rtf1\\ansi{\\fonttbl{\\f1\\fcharset255 Terminal;}}\\f1 \\'81}"),
            "ü"
        );
    }

    #[test]
    fn hidden_html_is_taken_out() {
        let rtf = "{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag19 <html>}{\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 \
                   Hello {\\*\\htmltag84 &amp;}\\htmlrtf &\\htmlrtf0  you\\htmlrtf\\par}\\htmlrtf0{\\*\\htmltag72 </p>}}";
        assert_eq!(
            read(rtf.as_bytes()),
            Said::Html("<html><p>Hello &amp; you</p>".to_owned())
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let rtf = format!(
            "{{\\rtf1 {}x{}y}}",
            "{".repeat(100_000),
            "}".repeat(100_000)
        );
        assert_eq!(text(&rtf), "xy");
    }
}
