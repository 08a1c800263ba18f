//! Header fields: splitting (RFC 5322 section 2.2), encoded words (RFC 2047) and parameters (RFC 2231).

use super::charset;
use super::transfer;
use crate::limits;

/// One header field as it stands in the raw bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawField<'a> {
    /// Field name.
    pub(crate) name: &'a str,
    /// Bytes after the colon, still folded.
    pub(crate) value: &'a [u8],
}

/// The header block of an entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldBlock<'a> {
    /// Fields in order.
    pub(crate) fields: Vec<RawField<'a>>,
    /// Where the body begins.
    pub(crate) body: usize,
    /// True when there were more fields than `limits::HEADERS_MAX`.
    pub(crate) cut: bool,
}

impl<'a> FieldBlock<'a> {
    /// The first field of that name.
    pub(crate) fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }
}

/// The field on a line: its name and where its value begins.
fn field_start(line: &[u8]) -> Option<(&str, usize)> {
    let colon = memchr::memchr(b':', &line[..line.len().min(200)])?;
    let name = line[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(|byte| (33..=126).contains(byte)) {
        return None;
    }
    Some((std::str::from_utf8(name).ok()?, colon + 1))
}

fn line_end(raw: &[u8], start: usize) -> usize {
    memchr::memchr(b'\n', &raw[start..]).map_or(raw.len(), |position| start + position + 1)
}

/// Splits the header block off `raw`. Leading empty lines and mbox `From ` lines are skipped, a junk
/// line between fields too; the first line that is neither begins the body.
pub(crate) fn split(raw: &[u8]) -> FieldBlock<'_> {
    let mut block = FieldBlock::default();
    let mut position = 0;
    let mut kept = 0;
    while position < raw.len() {
        let end = line_end(raw, position);
        let line = raw[position..end].trim_ascii_end();
        let leading = block.fields.is_empty();
        if line.is_empty() {
            if leading {
                position = end;
                continue;
            }
            block.body = end;
            return block;
        }
        if leading && (line.starts_with(b"From ") || line.starts_with(b">From ")) {
            position = end;
            continue;
        }
        let Some((name, value)) = field_start(line) else {
            // One line of junk inside a header block (a broken fold, an mbox line) is skipped.
            let next_end = line_end(raw, end);
            let next = raw[end..next_end].trim_ascii_end();
            if !leading && field_start(next).is_some_and(|(name, _)| is_known(name)) {
                position = end;
                continue;
            }
            block.body = if leading { 0 } else { position };
            return block;
        };
        let value_start = position + value;
        let mut value_end = end;
        while value_end < raw.len() && matches!(raw[value_end], b' ' | b'\t') {
            let next = line_end(raw, value_end);
            if raw[value_end..next].trim_ascii().is_empty() {
                // A line of blanks ends the header for most servers.
                if next < raw.len() && matches!(raw[next], b' ' | b'\t') || next >= raw.len() {
                    value_end = next;
                    continue;
                }
                if field_start(raw[next..line_end(raw, next)].trim_ascii_end()).is_none() {
                    break;
                }
            }
            value_end = next;
        }
        if block.fields.len() < limits::HEADERS_MAX && kept < limits::HEADERS_BYTES_MAX {
            kept += value_end - value_start;
            let bytes = &raw[value_start..value_end];
            block.fields.push(RawField {
                name,
                value: &bytes[..bytes.len().min(limits::HEADER_BYTES_MAX)],
            });
        } else {
            block.cut = true;
        }
        position = value_end;
    }
    block.body = raw.len();
    block
}

/// Names that only mail has; at least one makes bytes a mail.
pub(crate) fn is_known(name: &str) -> bool {
    #[rustfmt::skip]
    const KNOWN: &[&str] = &[
        "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "mime-version",
        "content-type", "content-transfer-encoding", "sender", "reply-to", "delivered-to", "in-reply-to",
        "references", "bcc", "resent-from", "dkim-signature", "content-disposition", "apparently-to",
        "x-original-to", "envelope-to", "content-description",
    ];
    KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known))
        || name
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("x-"))
}

/// Text of a raw value: unfolded, charset guessed where 8-bit stands raw. Encoded words stay.
pub(crate) fn unfold(value: &[u8]) -> String {
    let decoded = charset::decode(value, None);
    let blank = |character: char| character.is_whitespace() || character == '\0';
    let trimmed = decoded.text.trim_matches(blank);
    if memchr::memchr2(b'\r', b'\n', trimmed.as_bytes()).is_none() {
        return trimmed.to_owned();
    }
    let mut text = String::with_capacity(decoded.text.len());
    let mut rest = &*decoded.text;
    while !rest.is_empty() {
        let end = memchr::memchr2(b'\r', b'\n', rest.as_bytes());
        let piece = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or("", |end| &rest[end + 1..]);
        if piece.is_empty() {
            continue;
        }
        // RFC 5322: unfolding removes the line break and keeps the white space, tabs as one blank.
        if let Some(rest) = piece.strip_prefix('\t') {
            text.push(' ');
            text.push_str(rest.trim_start_matches('\t'));
        } else {
            text.push_str(piece);
        }
    }
    let trimmed = text.trim_matches(blank);
    if trimmed.len() == text.len() {
        text
    } else {
        trimmed.to_owned()
    }
}

/// Unfolded and decoded value.
pub(crate) fn decode(value: &[u8]) -> String {
    let text = unfold(value);
    if text.contains("=?") {
        decode_words(&text)
    } else {
        text
    }
}

/// The text without what shows nothing: controls, which a terminal would obey, and marks that turn the direction of what
/// follows.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .filter(|character| super::html::is_visible(*character))
        .collect()
}

struct EncodedWord<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    length: usize,
}

/// Longest encoded word that is looked for; RFC 2047 allows 75 bytes, senders write more.
const WORD_BYTES: usize = 2_000;

/// Reads `=?charset*language?encoding?text?=` at the beginning of `text`.
fn encoded_word(text: &str) -> Option<EncodedWord<'_>> {
    let rest = text.strip_prefix("=?")?;
    let charset_end = rest.find('?').filter(|end| *end > 0 && *end < 60)?;
    let charset = &rest[..charset_end];
    if !charset.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut after = rest[charset_end + 1..].char_indices();
    let (_, encoding) = after.next()?;
    let (mark, question) = after.next()?;
    if question != '?' {
        return None;
    }
    let content = &rest[charset_end + 1 + mark + 1..];
    // The Q encoding may hold a raw `?`: the end is `?=`, not preceded by the start of `=?`.
    let end = memchr::memmem::find(&content.as_bytes()[..content.len().min(WORD_BYTES)], b"?=")?;
    let body = &content[..end];
    let bytes = match encoding {
        'B' | 'b' => transfer::base64(body.as_bytes()),
        'Q' | 'q' => {
            let underscores: Vec<u8> = body
                .bytes()
                .map(|byte| if byte == b'_' { b' ' } else { byte })
                .collect();
            transfer::quoted_printable(&underscores)
        }
        _ => return None,
    };
    let length = text.len() - content.len() + end + 2;
    Some(EncodedWord {
        charset: charset.split('*').next().unwrap_or(charset),
        bytes,
        length,
    })
}

/// Decodes the encoded words of RFC 2047. Neighbouring words of one charset are joined as bytes first,
/// because senders cut multi-byte characters between words.
pub(crate) fn decode_words(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    let flush = |pending: &mut Option<(&str, Vec<u8>)>, decoded: &mut String| {
        if let Some((charset, bytes)) = pending.take() {
            decoded.push_str(&charset::decode(&bytes, Some(charset)).text);
        }
    };
    while !rest.is_empty() {
        let Some(start) = rest.find("=?") else { break };
        let between = &rest[..start];
        let Some(word) = encoded_word(&rest[start..]) else {
            flush(&mut pending, &mut decoded);
            decoded.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            continue;
        };
        let adjacent = pending.is_some() && between.trim().is_empty();
        if !adjacent {
            flush(&mut pending, &mut decoded);
            decoded.push_str(between);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => {
                // A stateful charset starts each word in ASCII, so joining bytes stays right.
                bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                flush(&mut pending, &mut decoded);
                pending = Some((word.charset, word.bytes));
            }
        }
        rest = &rest[start + word.length..];
    }
    flush(&mut pending, &mut decoded);
    decoded.push_str(rest);
    decoded.retain(|character| character != '\0' && character != '\r' && character != '\n');
    decoded
}

/// A structured value: `word; name=value; ...`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Structured {
    /// The word before the first semicolon, lower case.
    pub(crate) value: String,
    /// Parameters, names lower case, values decoded.
    pub(crate) parameters: Vec<(String, String)>,
}

impl Structured {
    /// A parameter's value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Reads a value such as that of Content-Type.
    pub(crate) fn parse(value: &[u8]) -> Self {
        let text = unfold(value);
        let mut pieces = split_quoted(&text, ';').into_iter();
        let word: String = pieces
            .next()
            .unwrap_or_default()
            .split('(')
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|character| !character.is_whitespace() && *character != '"')
            .collect();
        let mut raw = Vec::new();
        for piece in pieces.take(100) {
            if let Some((name, value)) = piece.split_once('=') {
                raw.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
            }
        }
        Self {
            value: word.to_ascii_lowercase(),
            parameters: join_parameters(raw),
        }
    }
}

/// Splits at `separator` outside of quoted strings.
fn split_quoted(text: &str, separator: char) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut quoted = false;
    let mut escaped = false;
    let mut start = 0;
    for (index, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' && quoted {
            escaped = true;
        } else if character == '"' {
            quoted = !quoted;
        } else if character == separator && !quoted {
            pieces.push(&text[start..index]);
            start = index + 1;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// Removes quotation marks and backslashes of a quoted string; a value without them ends at a blank
/// only where a comment follows, because file names with unquoted blanks are common.
fn unquote(value: &str) -> String {
    let Some(rest) = value.strip_prefix('"') else {
        return value
            .split(" (")
            .next()
            .unwrap_or(value)
            .trim_end()
            .to_owned();
    };
    let mut text = String::with_capacity(rest.len());
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' if matches!(characters.peek(), Some('"' | '\\')) => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    text
}

/// Joins RFC 2231 continuations (`name*0*=`), decodes its charsets and stray RFC 2047 words.
fn join_parameters(raw: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut plain: Vec<(String, String)> = Vec::new();
    let mut sections: Vec<(String, u32, bool, String)> = Vec::new();
    for (name, value) in raw {
        let Some((base, suffix)) = name.split_once('*') else {
            let value = if value.contains("=?") {
                decode_words(&value)
            } else {
                value
            };
            plain.push((name, value));
            continue;
        };
        let encoded = name.ends_with('*');
        let number = suffix.trim_end_matches('*').parse().unwrap_or(0);
        sections.push((base.to_owned(), number, encoded, value));
    }
    sections.sort_by(|left, right| (&left.0, left.1).cmp(&(&right.0, right.1)));
    let mut joined: Vec<(String, String)> = Vec::new();
    let mut index = 0;
    while index < sections.len() {
        let base = sections[index].0.clone();
        let mut charset = None;
        let mut bytes = Vec::new();
        while index < sections.len() && sections[index].0 == base {
            let (_, number, encoded, value) = &sections[index];
            let mut value = value.as_str();
            if *encoded && *number == 0 {
                let mut parts = value.splitn(3, '\'');
                if let (Some(name), Some(_), Some(rest)) =
                    (parts.next(), parts.next(), parts.next())
                {
                    charset = Some(name.to_owned());
                    value = rest;
                }
            }
            if *encoded {
                percent_decode(value, &mut bytes)
            } else {
                bytes.extend_from_slice(value.as_bytes())
            }
            index += 1;
        }
        let mut text = charset::decode(&bytes, charset.as_deref())
            .text
            .into_owned();
        if text.contains("=?") {
            text = decode_words(&text);
        }
        joined.push((base, text));
    }
    // The extended form is the better one where both are there (RFC 6266 section 4.3).
    plain.retain(|(name, _)| !joined.iter().any(|(other, _)| other == name));
    joined.extend(plain);
    joined
}

fn percent_decode(value: &str, into: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == b'%'
            && let Some(byte) = transfer::hexadecimal_pair(&bytes[index + 1..])
        {
            into.push(byte);
            index += 3;
        } else {
            into.push(bytes[index]);
            index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_split_and_unfolded() {
        let block = split(
            b"\r\nFrom x@y Mon\nSubject: a\r\n\tb\r\nX-A:1\r\njunk line\r\nTo: c\r\n\r\nbody",
        );
        let names: Vec<_> = block.fields.iter().map(|field| field.name).collect();
        assert_eq!(names, ["Subject", "X-A", "To"]);
        assert_eq!(decode(block.fields[0].value), "a b");
        assert_eq!(block.body, 58);
    }

    #[test]
    fn words_cut_inside_a_character_are_joined() {
        assert_eq!(
            decode(b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?= da"),
            "Grüße da"
        );
        assert_eq!(decode(b"=?UTF-8*de?b?w6Q=?= =?x?="), "ä =?x?=");
        assert_eq!(decode(b"a =?iso-8859-2?Q?za=BF=F3=B3=E6?= b"), "a zażółć b");
        assert_eq!(decode(b"Gr\xfc\xdfe aus M\xfcnchen"), "Grüße aus München");
    }

    #[test]
    fn parameters_of_rfc_2231_are_joined() {
        let value = Structured::parse(
            b"attachment; filename*1*=%20b.log; filename*0*=utf-8'en'%C3%A4; filename=x.log",
        );
        assert_eq!(value.parameter("filename"), Some("ä b.log"));
        let value = Structured::parse(
            b"Text/Plain (x); charset = \"utf-8\"; name=\"=?utf-8?B?w6Q=?=.txt\"",
        );
        assert_eq!(value.value, "text/plain");
        assert_eq!(value.parameter("charset"), Some("utf-8"));
        assert_eq!(value.parameter("name"), Some("ä.txt"));
        let value = Structured::parse(b"application/octet-stream; name=my file.log");
        assert_eq!(value.parameter("name"), Some("my file.log"));
    }
}
