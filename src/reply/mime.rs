//! Writing mail: header fields and bodies as RFC 5322, 2045 and 2047 want them.
//!
//! Written by hand because a composed mail must be the same bytes for the same input: the builder
//! of our SMTP crate reads the clock for a date it cannot parse and takes random boundaries.

/// Longest line of a header and of an encoded body, without CRLF (RFC 5322 section 2.1.1, RFC 2045
/// section 6.7).
const LINE_BYTES: usize = 76;
/// Longest encoded word (RFC 2047 section 2).
const ENCODED_WORD_BYTES: usize = 75;

/// Header fields in the order in which they were added; every line ends in CRLF.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    bytes: String,
}

impl Headers {
    /// Adds a field of unstructured text (RFC 5322 section 2.2.1), encoded where it is not ASCII.
    pub fn text(&mut self, name: &str, value: &str) {
        let value = single_line(value);
        let needs_encoding = !value.is_ascii() || value.contains("=?");
        let words: Vec<String> = if needs_encoding {
            encoded_words(&value, ENCODED_WORD_BYTES.min(LINE_BYTES - name.len() - 2))
        } else {
            value.split(' ').map(str::to_owned).collect()
        };
        self.folded(name, &words);
    }

    /// Adds a field whose value is made of tokens that may be folded between, and that are ASCII.
    pub fn tokens(&mut self, name: &str, tokens: &[String]) {
        let tokens: Vec<String> = tokens.iter().map(|token| ascii_line(token)).collect();
        self.folded(name, &tokens);
    }

    /// Adds a field with one mailbox (RFC 5322 section 3.4).
    pub fn mailbox(&mut self, name: &str, display_name: &str, address: &str) {
        let mut tokens = phrase(&single_line(display_name), name.len() + 2);
        let address = ascii_line(address);
        tokens.push(if tokens.is_empty() {
            address
        } else {
            format!("<{address}>")
        });
        self.folded(name, &tokens);
    }

    /// Writes words with a space between, on a new line where the line would get too long.
    fn folded(&mut self, name: &str, words: &[String]) {
        self.bytes.push_str(name);
        self.bytes.push(':');
        let mut length = name.len() + 1;
        for (index, word) in words.iter().enumerate() {
            // A field's first line must not be blank, so the first word is never folded.
            if index > 0 && length + 1 + word.len() > LINE_BYTES && !word.is_empty() {
                self.bytes.push_str("\r\n");
                length = 0;
            }
            self.bytes.push(' ');
            self.bytes.push_str(word);
            length += 1 + word.len();
        }
        self.bytes.push_str("\r\n");
    }

    /// The fields written so far.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.bytes
    }
}

/// One line without controls: no value can start a field of its own.
fn single_line(value: &str) -> String {
    let spaced: String = value
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Printable ASCII only; anything else is dropped. Callers have checked their values: this is the
/// last line of defence.
fn ascii_line(value: &str) -> String {
    value
        .chars()
        .filter(|character| (' '..='~').contains(character))
        .collect()
}

/// A display name: atoms as they are, other ASCII quoted, anything else as encoded words.
fn phrase(name: &str, used: usize) -> Vec<String> {
    if name.is_empty() {
        return Vec::new();
    }
    if !name.is_ascii() || name.contains("=?") {
        return encoded_words(name, ENCODED_WORD_BYTES.min(LINE_BYTES - used));
    }
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" !#$%&'*+-/=?^_`{|}~".contains(&byte));
    if plain {
        name.split(' ').map(str::to_owned).collect()
    } else {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        vec![format!("\"{escaped}\"")]
    }
}

/// Encoded words (RFC 2047) in base64 UTF-8, each of whole characters.
fn encoded_words(text: &str, longest: usize) -> Vec<String> {
    const FRAME: usize = "=?utf-8?B?".len() + "?=".len();
    let payload = (longest.saturating_sub(FRAME) / 4 * 3).max(6);
    let mut words = Vec::new();
    let mut chunk = String::new();
    for character in text.chars() {
        if chunk.len() + character.len_utf8() > payload {
            words.push(encoded_word(&chunk));
            chunk.clear();
        }
        chunk.push(character);
    }
    if !chunk.is_empty() {
        words.push(encoded_word(&chunk));
    }
    words
}

fn encoded_word(text: &str) -> String {
    format!("=?utf-8?B?{}?=", base64(text.as_bytes()))
}

/// Base64 (RFC 4648 section 4) without line breaks.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                let index = (bits >> (18 - 6 * place) & 63) as usize;
                encoded.push(char::from(ALPHABET[index]));
            } else {
                encoded.push('=');
            }
        }
    }
    encoded
}

/// One part of a multipart body with its own header fields.
#[must_use]
pub fn text_part(media_type: &str, language: &str, text: &str) -> String {
    let transfer = TransferEncoding::choose(text);
    let mut headers = Headers::default();
    headers.tokens(
        "Content-Type",
        &[format!("{media_type};"), "charset=utf-8".to_owned()],
    );
    headers.tokens("Content-Transfer-Encoding", &[transfer.name().to_owned()]);
    if !language.is_empty() {
        headers.tokens("Content-Language", &[language.to_owned()]);
    }
    format!("{}\r\n{}", headers.as_str(), transfer.encode(text))
}

/// `multipart/alternative` (RFC 2046 section 5.1.4), plainest part first: the header field's value
/// tokens and the body. The boundary holds `=_`, which no encoded body can.
#[must_use]
pub fn alternative(parts: &[String], seed: &str) -> (Vec<String>, String) {
    let mut boundary = format!("=_precedent_{seed}");
    while parts.iter().any(|part| part.contains(&boundary)) {
        boundary.push('_');
    }
    let mut body = String::new();
    for part in parts {
        body.push_str("--");
        body.push_str(&boundary);
        body.push_str("\r\n");
        body.push_str(part);
        if !part.ends_with("\r\n") {
            body.push_str("\r\n");
        }
    }
    body.push_str("--");
    body.push_str(&boundary);
    body.push_str("--\r\n");
    let value = vec![
        "multipart/alternative;".to_owned(),
        format!("boundary=\"{boundary}\""),
    ];
    (value, body)
}

/// How a body is written (RFC 2045 section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransferEncoding {
    SevenBit,
    QuotedPrintable,
    Base64,
}

impl TransferEncoding {
    /// The plainest that carries the text: as it is, readable with a few marks, or base64 where most
    /// of it is not ASCII.
    fn choose(text: &str) -> Self {
        let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
        let fits = text
            .lines()
            .all(|line| line.len() <= LINE_BYTES && !line.ends_with([' ', '\t']));
        let controls = text
            .chars()
            .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'));
        if foreign == 0 && fits && !controls {
            Self::SevenBit
        } else if foreign * 6 <= text.len() {
            Self::QuotedPrintable
        } else {
            Self::Base64
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    /// The body with CRLF line ends.
    fn encode(self, text: &str) -> String {
        match self {
            Self::SevenBit => text.lines().fold(String::new(), |mut body, line| {
                body.push_str(line);
                body.push_str("\r\n");
                body
            }),
            Self::QuotedPrintable => text.lines().map(quoted_printable_line).collect::<String>(),
            Self::Base64 => {
                let crlf = text.lines().collect::<Vec<_>>().join("\r\n") + "\r\n";
                let mut body = String::new();
                let encoded = base64(crlf.as_bytes());
                let mut rest = encoded.as_str();
                while !rest.is_empty() {
                    let (line, next) = rest.split_at(rest.len().min(LINE_BYTES));
                    body.push_str(line);
                    body.push_str("\r\n");
                    rest = next;
                }
                body
            }
        }
    }
}

/// One line in quoted-printable (RFC 2045 section 6.7), soft breaks between characters only, so that
/// no reader ever meets half a character at a line's end.
fn quoted_printable_line(line: &str) -> String {
    let mut encoded = String::with_capacity(line.len() + 8);
    let mut length = 0;
    let last = line.chars().count().saturating_sub(1);
    for (index, character) in line.chars().enumerate() {
        let plain = matches!(character, '!'..='<' | '>'..='~')
            || (matches!(character, ' ' | '\t') && index != last);
        let mut buffer = [0; 4];
        let unit: String = if plain {
            character.to_string()
        } else {
            character
                .encode_utf8(&mut buffer)
                .bytes()
                .map(|byte| format!("={byte:02X}"))
                .collect()
        };
        // One place is kept for the soft break's own sign.
        if length + unit.len() > LINE_BYTES - 1 {
            encoded.push_str("=\r\n");
            length = 0;
        }
        length += unit.len();
        encoded.push_str(&unit);
    }
    encoded.push_str("\r\n");
    encoded
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::{Headers, alternative, base64, text_part};

    fn mail(subject: &str, name: &str, text: &str) -> Vec<u8> {
        let mut headers = Headers::default();
        headers.mailbox("From", name, "desk@example.com");
        headers.text("Subject", subject);
        headers.tokens("MIME-Version", &["1.0".to_owned()]);
        let parts = [text_part("text/plain", "en", text)];
        let (value, body) = alternative(&parts, "seed");
        headers.tokens("Content-Type", &value);
        format!("{}\r\n{body}", headers.as_str()).into_bytes()
    }

    fn assert_wire_format(bytes: &[u8]) {
        assert!(bytes.is_ascii());
        let text = std::str::from_utf8(bytes).expect("ASCII");
        for line in text.split("\r\n") {
            assert!(!line.contains(['\r', '\n']), "bare line break in {line:?}");
            assert!(line.len() <= 998, "long line {line:?}");
        }
    }

    #[test]
    fn base64_is_the_standard_one() {
        for (plain, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v")] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn a_value_cannot_start_another_field() {
        let mut headers = Headers::default();
        headers.text("Subject", "a\r\nBcc: victim@example.com");
        headers.mailbox("To", "b\nBcc: x", "c@example.com\r\nBcc: y@example.com");
        headers.tokens("References", &["<a@b>\r\nBcc: z".to_owned()]);
        let fields: Vec<&str> = headers
            .as_str()
            .lines()
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split(':').next().unwrap_or_default())
            .collect();
        assert_eq!(fields, ["Subject", "To", "References"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            subject in "[a-zäößéèżł回复错误=?_ ]{0,120}",
            name in "[a-zA-Zäł回 \",.\\\\()]{1,60}",
            text in "([ -~äößżł回复错误=\t]{0,120}\n){0,12}",
        ) {
            let bytes = mail(&subject, &name, &text);
            assert_wire_format(&bytes);
            let parsed = MessageParser::default().parse(&bytes).expect("a mail");
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(parsed.subject().unwrap_or_default()), words(&subject));
            let from = parsed.from().and_then(|from| from.first()).expect("an author");
            prop_assert_eq!(from.address(), Some("desk@example.com"));
            prop_assert_eq!(words(from.name().unwrap_or_default()), words(&name));
            let part = parsed.part(1).expect("a part");
            let joined = |text: &str| text.lines().collect::<Vec<_>>().join("\n");
            let read = joined(part.text_contents().unwrap_or_default());
            let written = joined(&text);
            prop_assert_eq!(read.trim_end(), written.trim_end());
        }
    }
}
