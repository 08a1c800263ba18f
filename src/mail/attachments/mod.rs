//! Attachments: what each one is, and the text of those that can be read.

mod archive;
mod image;
mod rtf;
mod tnef;

use super::charset;
use super::mime::{Parent, Part};
use super::{Attachment, AttachmentRole, Defect, field, html};
use crate::limits;

/// Budget and findings shared by all attachments of one mail, nested mails included.
#[derive(Debug)]
pub(crate) struct Collector {
    /// Attachments found so far.
    pub(crate) attachments: Vec<Attachment>,
    /// Oddities found so far.
    pub(crate) defects: Vec<Defect>,
    /// Pictures that only their measure makes logos: their place in `attachments`, and their Content-ID in lower case.
    pub(crate) small_pictures: Vec<(usize, String)>,
    unpacked_left: usize,
    texts_left: usize,
    archive_depth: usize,
}

/// Deepest nesting of archives in archives that is opened.
const ARCHIVE_DEPTH: usize = 2;

impl Default for Collector {
    fn default() -> Self {
        Self {
            attachments: Vec::new(),
            defects: Vec::new(),
            small_pictures: Vec::new(),
            unpacked_left: limits::ARCHIVE_TOTAL_BYTES_MAX,
            texts_left: limits::ATTACHMENTS_READ_MAX,
            archive_depth: 0,
        }
    }
}

/// A file in hand: attached directly or unpacked.
struct File<'a> {
    name: String,
    media_type: String,
    bytes: &'a [u8],
    charset: Option<&'a str>,
    inline: bool,
    /// Content-ID (RFC 2392), empty where there is none.
    content_id: String,
    /// Declared as signed, not encrypted (`smime-type`, RFC 8551 section 3.2.2).
    signed: bool,
}

impl Collector {
    pub(crate) fn defect(&mut self, code: &str, detail: impl Into<String>) {
        if self.defects.len() < 100 {
            self.defects.push(Defect {
                code: code.to_owned(),
                detail: detail.into(),
            });
        }
    }

    /// Takes in a part that is not body text and not a mail of its own.
    pub(crate) fn part(&mut self, part: &Part<'_>, prefix: &str) {
        let name = part
            .file_name()
            .map_or_else(|| default_name(part.media_type()), clean_name);
        let name = format!("{prefix}{name}");
        let media_type = part.media_type().to_owned();
        let inline = part.disposition.value != "attachment"
            && (part.disposition.value == "inline"
                || part.block.first("Content-ID").is_some()
                || part.parent == Parent::Related);
        if is_opaque(&media_type, &name) {
            // Decoding what nobody reads is half the cost of a mail with attachments.
            let size = encoded_size(part);
            self.attachments.push(Attachment {
                name,
                media_type,
                size,
                role: AttachmentRole::Other,
                text: None,
            });
            return;
        }
        let bytes = part.bytes();
        let charset = part.content_type.parameter("charset");
        self.file(&File {
            name,
            media_type,
            bytes: &bytes,
            charset,
            inline,
            content_id: part
                .block
                .first("Content-ID")
                .map(|id| {
                    let id = field::decode(id).to_lowercase();
                    id.trim().trim_matches(['<', '>']).to_owned()
                })
                .unwrap_or_default(),
            signed: part
                .content_type
                .parameter("smime-type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("signed-data")),
        });
    }

    fn push(&mut self, file: &File<'_>, role: AttachmentRole, text: Option<String>) {
        self.attachments.push(Attachment {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.bytes.len(),
            role,
            text,
        });
    }

    fn file(&mut self, file: &File<'_>) {
        let kind = file.media_type.as_str();
        if let Some((code, reason)) = unreadable_reason(file) {
            self.defect(code, format!("{}: {reason}", file.name));
            return self.push(file, AttachmentRole::Unreadable, None);
        }
        if kind == "application/ms-tnef"
            || kind == "application/vnd.ms-tnef"
            || tnef::is_tnef(file.bytes)
        {
            return self.tnef(file);
        }
        if let Some(size) = image::size(file.bytes).or_else(|| {
            kind.starts_with("image/")
                .then(|| image::svg_size(file.bytes).unwrap_or((0, 0)))
        }) {
            let role = if image::is_logo(size, file.bytes.len(), file.inline, &file.name) {
                if !file.content_id.is_empty() && image::may_be_cropped(size, &file.name) {
                    self.small_pictures
                        .push((self.attachments.len(), file.content_id.clone()));
                }
                AttachmentRole::Logo
            } else {
                AttachmentRole::Screenshot
            };
            return self.push(file, role, None);
        }
        if archive::is_zip(file.bytes) && !is_document(&file.name) || archive::is_gzip(file.bytes) {
            return self.archive(file);
        }
        let calendar =
            kind == "text/calendar" || kind == "application/ics" || extension(&file.name) == "ics";
        if calendar || looks_like_text(file) {
            if self.texts_left == 0 {
                self.defect("attachments_limit", format!("{} was not read", file.name));
                return self.push(file, AttachmentRole::Other, None);
            }
            self.texts_left -= 1;
            let text = self.text(file);
            let role = if calendar {
                AttachmentRole::Calendar
            } else {
                AttachmentRole::Text
            };
            return self.push(file, role, Some(text));
        }
        self.push(file, AttachmentRole::Other, None);
    }

    fn text(&mut self, file: &File<'_>) -> String {
        let mut bytes = file.bytes;
        if bytes.len() > limits::TEXT_BYTES_MAX {
            self.defect(
                "text_cut",
                format!(
                    "{}: longer than {} bytes",
                    file.name,
                    limits::TEXT_BYTES_MAX
                ),
            );
            bytes = &bytes[..limits::TEXT_BYTES_MAX];
        }
        if rtf::is_rtf(bytes) {
            return match rtf::read(bytes) {
                rtf::Said::Text(text) => super::text::clean(&text).0,
                rtf::Said::Html(html) => html::convert(&html).text,
            };
        }
        let is_html = file.media_type == "text/html"
            || matches!(extension(&file.name).as_str(), "html" | "htm");
        let declared = charset::of_text(bytes, file.charset, is_html);
        let decoded = charset::decode(bytes, declared.as_deref());
        if decoded.replaced {
            self.defect("charset_replaced", file.name.clone());
        }
        if is_html {
            return html::convert(&decoded.text).text;
        }
        super::text::clean(&decoded.text).0
    }

    fn archive(&mut self, file: &File<'_>) {
        self.push(file, AttachmentRole::Archive, None);
        if self.archive_depth >= ARCHIVE_DEPTH {
            return self.defect(
                "archive_limit",
                format!("{}: archives nested too deep", file.name),
            );
        }
        let unpacked = archive::unpack(file.bytes, &file.name, self.unpacked_left);
        self.unpacked_left = self.unpacked_left.saturating_sub(unpacked.bytes);
        for (code, detail) in unpacked.problems {
            self.defect(code, detail);
        }
        self.archive_depth += 1;
        for (name, bytes) in &unpacked.entries {
            let name = format!("{}/{}", file.name, clean_name(name));
            let media_type = media_type_of(&name).to_owned();
            if extension(&name) == "eml" {
                self.mail(&name, bytes, 1);
            } else {
                self.file(&File {
                    name,
                    media_type,
                    bytes,
                    charset: None,
                    inline: false,
                    content_id: String::new(),
                    signed: false,
                });
            }
        }
        self.archive_depth -= 1;
    }

    fn tnef(&mut self, file: &File<'_>) {
        let unpacked = tnef::read(file.bytes);
        self.push(file, AttachmentRole::Archive, None);
        for (name, bytes) in unpacked.files.iter().take(limits::ARCHIVE_ENTRIES_MAX) {
            let name = format!("{}/{}", file.name, clean_name(name));
            let media_type = media_type_of(&name).to_owned();
            self.file(&File {
                name,
                media_type,
                bytes,
                charset: None,
                inline: false,
                content_id: String::new(),
                signed: false,
            });
        }
        if unpacked.broken {
            self.defect("tnef_broken", file.name.clone());
        }
    }

    /// Takes in an attached mail (RFC 2046 section 5.2.1) as text, its own attachments behind it.
    pub(crate) fn mail(&mut self, name: &str, raw: &[u8], depth: usize) {
        let text = super::parse::attached_mail(raw, name, depth, self);
        self.attachments.push(Attachment {
            name: name.to_owned(),
            media_type: "message/rfc822".to_owned(),
            size: raw.len(),
            role: AttachmentRole::Mail,
            text: Some(text),
        });
    }
}

/// The body of a `winmail.dat` for mails that hold nothing else.
pub(crate) fn tnef_body(bytes: &[u8]) -> Option<tnef::Body> {
    tnef::is_tnef(bytes)
        .then(|| tnef::read(bytes).body)
        .flatten()
}

pub(crate) use tnef::Body as TnefBody;

fn encoded_size(part: &Part<'_>) -> usize {
    if part.encoding == super::transfer::TransferEncoding::Base64 {
        let data = part.body.len() - memchr::memchr_iter(b'\n', part.body).count();
        let padding = part
            .body
            .iter()
            .rev()
            .take(8)
            .filter(|byte| **byte == b'=')
            .count();
        (data / 4 * 3).saturating_sub(padding)
    } else {
        part.body.len()
    }
}

/// Media types whose content is never looked into.
fn is_opaque(media_type: &str, name: &str) -> bool {
    let opaque = media_type.starts_with("video/")
        || media_type.starts_with("audio/")
        || media_type.starts_with("font/")
        || media_type == "application/pdf"
        || media_type.starts_with("application/vnd.openxmlformats")
        || media_type.starts_with("application/vnd.ms-")
            && !matches!(media_type, "application/vnd.ms-tnef")
        || media_type == "application/msword";
    opaque
        && !matches!(
            extension(name).as_str(),
            "csv" | "txt" | "log" | "json" | "xml" | "gz" | "zip" | "dat"
        )
}

/// The object identifier of signed data (RFC 5652 section 5.1), as it stands near the beginning of such a file.
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// A stable code and the reason where a file holds words that cannot be read.
fn unreadable_reason(file: &File<'_>) -> Option<(&'static str, &'static str)> {
    let start = &file.bytes[..file.bytes.len().min(40)];
    // Some programs leave it in base64, where the identifier of signed data has this shape at its usual places.
    let signed = file.signed
        || memchr::memmem::find(start, SIGNED_DATA).is_some()
        || [&b"qGSIb3DQEHAq"[..], b"KoZIhvcNAQcC"]
            .iter()
            .any(|shape| memchr::memmem::find(start, shape).is_some());
    // Some programs send every file as octets.
    let ending = extension(&file.name);
    let smime = matches!(
        file.media_type.as_str(),
        "application/pkcs7-mime" | "application/x-pkcs7-mime"
    ) || ending == "p7m";
    match file.media_type.as_str() {
        _ if smime && signed => {
            return Some((
                "signed_opaquely",
                "S/MIME signed data (RFC 8551 section 3.5.2): the text stands inside the signature and is not read",
            ));
        }
        _ if smime => {
            return Some(("encrypted", "S/MIME (RFC 8551) cannot be read here"));
        }
        "application/pgp-encrypted" => {
            return Some(("encrypted", "PGP/MIME (RFC 3156) cannot be read here"));
        }
        _ => {}
    }
    let start = &file.bytes[..file.bytes.len().min(200)];
    // A public key begins with its tag (RFC 9580 section 4.2).
    let key = matches!(file.bytes.first(), Some(0x98 | 0x99 | 0xc6))
        || file.media_type == "application/pgp-keys";
    let pgp = matches!(ending.as_str(), "gpg" | "pgp") && !key && !looks_like_text(file);
    if pgp || memchr::memmem::find(start, b"-----BEGIN PGP MESSAGE-----").is_some() {
        return Some(("encrypted", "PGP (RFC 9580) cannot be read here"));
    }
    None
}

fn extension(name: &str) -> String {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default()
}

fn is_document(name: &str) -> bool {
    matches!(
        extension(name).as_str(),
        "docx"
            | "xlsx"
            | "pptx"
            | "odt"
            | "ods"
            | "odp"
            | "jar"
            | "apk"
            | "epub"
            | "xlsm"
            | "docm"
            | "vsdx"
            | "key"
            | "pages"
            | "numbers"
    )
}

fn media_type_of(name: &str) -> &'static str {
    match extension(name).as_str() {
        "txt" | "log" | "out" | "err" | "conf" | "cfg" | "ini" | "md" | "yml" | "yaml"
        | "properties" | "curl" => "text/plain",
        "json" | "har" | "ndjson" | "jsonl" => "application/json",
        "xml" | "xsd" | "wsdl" => "application/xml",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "html" | "htm" => "text/html",
        "rtf" => "application/rtf",
        "eml" => "message/rfc822",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "pdf" => "application/pdf",
        "ics" => "text/calendar",
        _ => "application/octet-stream",
    }
}

fn default_name(media_type: &str) -> String {
    match media_type {
        "message/delivery-status" => "delivery-status.txt".to_owned(),
        "message/disposition-notification" => "disposition-notification.txt".to_owned(),
        "message/feedback-report" => "feedback-report.txt".to_owned(),
        "text/rfc822-headers" | "message/rfc822-headers" => "headers.txt".to_owned(),
        "text/calendar" => "invitation.ics".to_owned(),
        "text/html" => "part.html".to_owned(),
        _ if media_type.starts_with("text/") => "part.txt".to_owned(),
        _ => format!("unnamed.{}", media_type.rsplit('/').next().unwrap_or("bin")),
    }
}

/// A name without path, control characters or excess length.
fn clean_name(name: &str) -> String {
    let base = name
        .rsplit(['/', '\\'])
        .find(|piece| !piece.is_empty())
        .unwrap_or(name);
    let cleaned: String = base
        .chars()
        .filter(|character| !character.is_control())
        .take(200)
        .collect();
    if cleaned.trim().is_empty() {
        "unnamed".to_owned()
    } else {
        cleaned.trim().to_owned()
    }
}

fn looks_like_text(file: &File<'_>) -> bool {
    let kind = file.media_type.as_str();
    let declared = kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind,
            "application/json"
                | "application/xml"
                | "application/x-ndjson"
                | "application/javascript"
                | "application/x-yaml"
                | "application/har+json"
                | "application/csv"
                | "application/x-sh"
                | "message/delivery-status"
                | "message/disposition-notification"
                | "message/feedback-report"
                | "message/rfc822-headers"
                | "message/global-delivery-status"
                | "application/rtf"
                | "application/x-rtf"
                | "application/graphql"
                | "application/sql"
        )
        || matches!(
            media_type_of(&file.name),
            "text/plain"
                | "application/json"
                | "application/xml"
                | "application/rtf"
                | "text/csv"
                | "text/tab-separated-values"
        );
    let sample = &file.bytes[..file.bytes.len().min(2_048)];
    if declared {
        // A picture called .txt is no text; UTF-16 has zero bytes and is.
        let zeros = sample.iter().filter(|byte| **byte == 0).count();
        return zeros == 0
            || zeros * 3 >= sample.len()
            || charset::decode(sample, file.charset).corrected.is_some();
    }
    // `syslog`, `app.log.1`: where type and name say nothing, the bytes do.
    let unknown = matches!(
        kind,
        "" | "application/octet-stream"
            | "binary/octet-stream"
            | "application/unknown"
            | "application/x-unknown"
            | "application/log"
            | "application/x-log"
            | "application/x-download"
            | "application/force-download"
    );
    let other = [b"%PDF".as_slice(), b"%!PS", b"-----BEGIN "]
        .iter()
        .any(|start| sample.starts_with(start));
    unknown
        && !other
        && !sample.is_empty()
        && sample
            .iter()
            .all(|byte| *byte >= 0x20 || matches!(byte, b'\n' | b'\r' | b'\t' | 0x1b))
        && match std::str::from_utf8(sample) {
            Ok(_) => true,
            // The sample may end in the middle of a character.
            Err(error) => error.error_len().is_none(),
        }
}

#[cfg(test)]
mod tests;
