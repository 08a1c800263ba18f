//! Bytes to [`Message`]: puts the readers of this module in order.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::attachments::Collector;
use super::body::{Body, read_body};
use super::field::{self, FieldBlock};
use super::mime::{self, Parent, Part, Tree};
use super::zones::{self, Hints};
use super::{
    Address, Attachment, AttachmentRole, Authentication, Defect, Header, KindReason, MailKind,
    Message, ParseOptions, Zone, ZoneKind, address, authentication, bounce, charset, kind,
};
use crate::limits;

/// Bytes that are no mail. They go to quarantine with this reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMail {
    /// Nothing, or nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// No header field that a mail has (RFC 5322 section 3.6).
    #[error("not a mail: no header field was found")]
    NoHeader,
    /// More than [`limits::MAIL_BYTES_MAX`] bytes.
    #[error("the mail is larger than {} bytes", limits::MAIL_BYTES_MAX)]
    TooLarge,
    /// A reader panicked; the bytes are kept to find out why.
    #[error("reading the mail failed inside the program; its raw bytes are kept")]
    Panicked,
}

impl NotMail {
    /// Stable code: `empty`, `no_header`, `too_large`, `panicked`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoHeader => "no_header",
            Self::TooLarge => "too_large",
            Self::Panicked => "panicked",
        }
    }
}

/// Deepest nesting of mails in mails that is read.
const ATTACHED_MAIL_DEPTH: usize = 4;

/// Reads a mail (RFC 5322, RFC 2045 to 2049). Oddities become [`Message::defects`], never errors.
///
/// # Errors
///
/// [`NotMail`] where there is no mail in the bytes, or where a reader panicked: one bad mail costs one mail.
pub fn parse(raw: &[u8], options: &ParseOptions) -> Result<Message, NotMail> {
    if raw.len() > limits::MAIL_BYTES_MAX {
        return Err(NotMail::TooLarge);
    }
    if raw.iter().all(u8::is_ascii_whitespace) {
        return Err(NotMail::Empty);
    }
    let raw = in_lines(raw);
    catch_unwind(AssertUnwindSafe(|| parse_unguarded(&raw, options)))
        .unwrap_or(Err(NotMail::Panicked))
}

/// The mail without a byte order mark, and with lines that have ends: some programs save mails with a CR alone.
fn in_lines(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    if memchr::memchr(b'\n', raw).is_some() || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    let ends = |&byte: &u8| if byte == b'\r' { b'\n' } else { byte };
    raw.iter().map(ends).collect()
}

/// Message-ID, In-Reply-To and References of a mail that cannot be read otherwise, each once, without
/// angle brackets; nothing where not even its header can be read.
#[must_use]
pub fn thread(raw: &[u8]) -> Vec<String> {
    catch_unwind(AssertUnwindSafe(|| {
        let raw = in_lines(raw);
        let block = field::split(&raw);
        let mut ids: Vec<String> = Vec::new();
        for name in ["Message-ID", "In-Reply-To", "References"] {
            for id in block
                .first(name)
                .map(address::parse_identifiers)
                .unwrap_or_default()
            {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }))
    .unwrap_or_default()
}

/// Reads a bare text or HTML body, as `inspect` takes it: a person's words without any header.
#[must_use]
pub fn parse_text(body: &str, is_html: bool) -> Message {
    catch_unwind(AssertUnwindSafe(|| {
        let mut message = empty_message();
        let body = if is_html {
            Body::from_html(body, &mut message.defects)
        } else {
            Body::from_plain(body, &mut message.defects)
        };
        message.zones = zones::divide(
            &body.text,
            Hints {
                marks: &body.marks,
                forward: false,
                answer: false,
                opens: false,
                author: "",
            },
        );
        message.text_is_from_html = is_html;
        message.text = body.text;
        message
    }))
    .unwrap_or_else(|_| {
        let mut message = empty_message();
        message.text = body.to_owned();
        message.zones = whole(&message.text);
        message.defects.push(defect(
            "converter_failed",
            "a reader panicked; the text is shown as it is",
        ));
        message
    })
}

/// The same for bytes whose charset nobody declares.
#[must_use]
pub fn parse_body(body: &[u8], is_html: bool) -> Message {
    let named = charset::of_text(body, None, is_html);
    parse_text(&charset::decode(body, named.as_deref()).text, is_html)
}

fn whole(text: &str) -> Vec<Zone> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Zone {
            kind: ZoneKind::New,
            range: 0..text.len(),
            reason: "new",
        }]
    }
}

fn defect(code: &str, detail: impl Into<String>) -> Defect {
    Defect {
        code: code.to_owned(),
        detail: detail.into(),
    }
}

fn empty_message() -> Message {
    Message {
        headers: Vec::new(),
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        from: Vec::new(),
        sender: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        return_path: None,
        subject: String::new(),
        date: None,
        date_offset_seconds: None,
        text: String::new(),
        zones: Vec::new(),
        text_is_from_html: false,
        attachments: Vec::new(),
        kind: MailKind::Human,
        kind_reason: KindReason {
            code: "no_sign_of_a_machine".to_owned(),
            detail: String::new(),
        },
        bounce: None,
        authentication: Authentication::default(),
        defects: Vec::new(),
    }
}

fn parse_unguarded(raw: &[u8], options: &ParseOptions) -> Result<Message, NotMail> {
    let in_utf8 = header_in_utf8(raw);
    let raw = in_utf8.as_deref().unwrap_or(raw);
    let tree = mime::walk(raw);
    if !tree
        .block
        .fields
        .iter()
        .any(|field| field::is_known(field.name))
    {
        return Err(NotMail::NoHeader);
    }
    let mut message = empty_message();
    read_header(&tree.block, &mut message);
    let mut collector = Collector::default();
    if tree.too_deep {
        collector.defect(
            "depth_limit",
            format!("parts nested deeper than {}", limits::MIME_DEPTH_MAX),
        );
    }
    if tree.too_many {
        collector.defect(
            "parts_limit",
            format!("more than {} parts", limits::MIME_PARTS_MAX),
        );
    }
    if tree.block.cut {
        collector.defect(
            "headers_limit",
            format!("more than {} header fields", limits::HEADERS_MAX),
        );
    }
    let (body, attached) = read_body(&tree, &mut collector);
    attach(&tree, &attached, "", 0, &mut collector);
    mark_repeated_pictures(&mut collector);
    let small_pictures = std::mem::take(&mut collector.small_pictures);
    message.attachments = collector.attachments;
    message.defects.append(&mut collector.defects);
    let forward = super::subject::is_forward(&message.subject);
    let author = message
        .from
        .first()
        .map_or_else(String::new, Address::names);
    let answer = !message.in_reply_to.is_empty() || !message.references.is_empty();
    message.zones = zones::divide(
        &body.text,
        Hints {
            marks: &body.marks,
            forward,
            answer,
            opens: !answer && super::subject::without_prefix(&message.subject).is_none(),
            author: &author,
        },
    );
    for (index, id) in small_pictures {
        let place = body.pictures.iter().find(|(_, name)| *name == id);
        if place.is_some_and(|(place, _)| is_shown_at(&body.text, &message.zones, *place)) {
            message.attachments[index].role = AttachmentRole::Screenshot;
        }
    }
    message.text_is_from_html = body.is_html;
    message.text = body.text;
    message.defects.extend(body.defects);
    judge(&tree, &mut message, options);
    let author = if message.from.len() == 1 {
        message.from[0].domain()
    } else {
        ""
    };
    message.authentication =
        authentication::read(&tree.block, &options.trusted_authserv_ids, author);
    Ok(message)
}

/// The mail with the lines of its header in UTF-8 that hold other bytes beyond ASCII, which RFC 5322 forbids; none where
/// there are none. They are in the charset that the text declares, or the one in which both are guessed to be.
fn header_in_utf8(raw: &[u8]) -> Option<Vec<u8>> {
    // Nearly every mail is dismissed here.
    let begun = raw.trim_ascii_start();
    let blank = [&b"\n\n"[..], b"\n\r\n"]
        .iter()
        .filter_map(|blank| memchr::memmem::find(begun, blank))
        .min();
    if begun[..blank.unwrap_or(begun.len())].is_ascii() {
        return None;
    }
    let block = field::split(raw);
    let header = &raw[..block.body];
    if header.is_ascii() || std::str::from_utf8(header).is_ok() {
        return None;
    }
    let foreign = |line: &&[u8]| std::str::from_utf8(line).is_err();
    let lines: Vec<&[u8]> = header.split_inclusive(|byte| *byte == b'\n').collect();
    let mut sample: Vec<u8> = lines
        .iter()
        .copied()
        .filter(foreign)
        .flatten()
        .copied()
        .collect();
    let tree = mime::walk(raw);
    let text = tree
        .parts
        .iter()
        .find(|part| part.media_type().starts_with("text/"));
    let declared = text
        .and_then(|part| part.content_type.parameter("charset"))
        .filter(|name| charset::explains(&sample, name));
    if declared.is_none()
        && let Some(part) = text
    {
        let body = part.bytes();
        sample.extend_from_slice(&body[..body.len().min(limits::HEADER_BYTES_MAX)]);
    }
    let name = declared.or_else(|| charset::guess(&sample).corrected);
    let mut mail = Vec::with_capacity(raw.len() + header.len());
    for line in lines {
        if foreign(&line) {
            mail.extend_from_slice(charset::decode(line, name).text.as_bytes());
        } else {
            mail.extend_from_slice(line);
        }
    }
    mail.extend_from_slice(&raw[block.body..]);
    Some(mail)
}

fn read_header(block: &FieldBlock<'_>, message: &mut Message) {
    let mut from_fields = 0;
    for raw in &block.fields {
        let name = raw.name;
        message.headers.push(Header {
            name: name.to_owned(),
            value: field::decode(raw.value),
        });
        let list = |message_list: &mut Vec<Address>| {
            if message_list.is_empty() {
                *message_list = address::parse_list(raw.value);
            } else if message_list.len() < limits::ADDRESSES_MAX {
                message_list.extend(address::parse_list(raw.value));
            }
        };
        match name.to_ascii_lowercase().as_str() {
            "from" => {
                from_fields += 1;
                list(&mut message.from);
            }
            "to" => list(&mut message.to),
            "cc" => list(&mut message.cc),
            "reply-to" => list(&mut message.reply_to),
            "sender" if message.sender.is_none() => {
                message.sender = address::parse_list(raw.value).into_iter().next()
            }
            "return-path" if message.return_path.is_none() => {
                message.return_path = Some(
                    address::parse_list(raw.value)
                        .into_iter()
                        .next()
                        .unwrap_or_default(),
                );
            }
            "message-id" if message.message_id.is_none() => {
                message.message_id = address::parse_identifiers(raw.value).into_iter().next()
            }
            "in-reply-to" => message
                .in_reply_to
                .extend(address::parse_identifiers(raw.value)),
            "references" => message
                .references
                .extend(address::parse_identifiers(raw.value)),
            "subject" if message.subject.is_empty() => {
                message.subject = field::visible(&field::decode(raw.value));
            }
            "date" if message.date.is_none() => read_date(raw.value, message),
            _ => {}
        }
    }
    message.in_reply_to.truncate(limits::ADDRESSES_MAX);
    message.references.truncate(limits::ADDRESSES_MAX);
    if message.from.iter().all(|from| from.address.is_empty()) {
        message.defects.push(defect("no_from", "no author address"));
    } else if from_fields > 1 || message.from.len() > 1 {
        message.defects.push(defect(
            "several_from",
            format!("{} authors in {from_fields} fields", message.from.len()),
        ));
    }
}

fn read_date(value: &[u8], message: &mut Message) {
    let text = field::unfold(value);
    let parsed = mail_parser::DateTime::parse_rfc822(&text).filter(mail_parser::DateTime::is_valid);
    let timestamp = parsed
        .as_ref()
        .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    match (parsed, timestamp) {
        (Some(date), Some(timestamp)) if date.year >= 1970 && date.year < 2200 => {
            let seconds = i32::from(date.tz_hour) * 3600 + i32::from(date.tz_minute) * 60;
            message.date_offset_seconds = (seconds <= 15 * 3600).then_some(if date.tz_before_gmt {
                -seconds
            } else {
                seconds
            });
            message.date = Some(timestamp);
        }
        _ => message.defects.push(defect(
            "impossible_date",
            text.chars().take(100).collect::<String>(),
        )),
    }
}

fn attach(
    tree: &Tree<'_>,
    indices: &[usize],
    prefix: &str,
    depth: usize,
    collector: &mut Collector,
) {
    for &index in indices {
        let part = &tree.parts[index];
        let is_mail = matches!(part.media_type(), "message/rfc822" | "message/global")
            || part
                .file_name()
                .is_some_and(|name| name.to_ascii_lowercase().ends_with(".eml"));
        if is_mail {
            let name = part
                .file_name()
                .map_or_else(|| "mail.eml".to_owned(), str::to_owned);
            collector.mail(&format!("{prefix}{name}"), &part.bytes(), depth + 1);
        } else {
            collector.part(part, prefix);
        }
    }
}

/// The text of an attached mail: who, when, what about, and its words. Its attachments go to `collector`.
pub(super) fn attached_mail(
    raw: &[u8],
    name: &str,
    depth: usize,
    collector: &mut Collector,
) -> String {
    if depth > ATTACHED_MAIL_DEPTH {
        collector.defect(
            "depth_limit",
            format!("{name}: mails nested deeper than {ATTACHED_MAIL_DEPTH}"),
        );
        return String::new();
    }
    let tree = mime::walk(raw);
    let mut text = String::new();
    for wanted in ["From", "To", "Date", "Subject"] {
        if let Some(value) = tree.block.first(wanted) {
            text.push_str(wanted);
            text.push_str(": ");
            text.push_str(&field::decode(value));
            text.push('\n');
        }
    }
    let (body, attached) = read_body(&tree, collector);
    if !body.text.is_empty() {
        text.push('\n');
        text.push_str(&body.text);
    }
    attach(&tree, &attached, &format!("{name}/"), depth, collector);
    text
}

/// Whether a picture at a place of the text is shown to the reader by the words around it: new text leads up to it with a colon,
/// or goes on below it with a sentence.
fn is_shown_at(text: &str, zones: &[Zone], place: usize) -> bool {
    let is_new = |at: usize| {
        zones
            .iter()
            .any(|zone| zone.kind == ZoneKind::New && zone.range.contains(&at))
    };
    let (Some(before), Some(behind)) = (text.get(..place), text.get(place..)) else {
        return false;
    };
    let before = before.trim_end();
    if before.is_empty() || !is_new(before.len() - 1) {
        return false;
    }
    let above = before.lines().next_back().unwrap_or("").to_lowercase();
    if FOLLOWED.iter().any(|word| above.contains(word)) {
        return false;
    }
    let next = behind.trim_start();
    let goes_on = next.lines().next().is_some_and(|line| {
        let line = line.trim_end();
        line.ends_with(['.', '?', '!', '。', '？', '！'])
            && (line.split_whitespace().count() >= 3 || line.contains(super::text::is_wide_letter))
    });
    before.ends_with([':', '：'])
        || goes_on
            && is_new(text.len() - next.len())
            && (above.split_whitespace().count() >= 3
                || above.contains(super::text::is_wide_letter))
}

/// Words above the pictures of networks, in small letters.
const FOLLOWED: [&str; 6] = [
    "follow us",
    "folgen sie",
    "folge uns",
    "suivez",
    "obserwuj",
    "关注",
];

/// The same picture twice is decoration, however large.
fn mark_repeated_pictures(collector: &mut Collector) {
    let sizes: Vec<(usize, String)> = collector
        .attachments
        .iter()
        .filter(|attachment| attachment.role == AttachmentRole::Screenshot)
        .map(|attachment| (attachment.size, attachment.media_type.clone()))
        .collect();
    for attachment in &mut collector.attachments {
        let repeated = sizes
            .iter()
            .filter(|(size, media_type)| {
                *size == attachment.size && *media_type == attachment.media_type
            })
            .count()
            > 1;
        if attachment.role == AttachmentRole::Screenshot && repeated && attachment.size < 60_000 {
            attachment.role = AttachmentRole::Logo;
        }
    }
}

/// METHOD of an invitation or an answer to one (RFC 5546): a calendar part that stands for the text or beside it. A file
/// that a person attached below words of his own is a file.
fn calendar_method(tree: &Tree<'_>, own_words: &str) -> Option<String> {
    let part = tree.parts.iter().find(|part| {
        let calendar =
            part.media_type() == "text/calendar" || part.media_type() == "application/ics";
        let stands_for_text =
            part.parent == Parent::Alternative || part.content_type.parameter("method").is_some();
        calendar
            && (stands_for_text && part.disposition.value != "attachment"
                || own_words.trim().is_empty())
    })?;
    if let Some(method) = part.content_type.parameter("method") {
        return Some(method.to_ascii_uppercase());
    }
    let bytes = part.bytes();
    let decoded = charset::decode(&bytes, part.content_type.parameter("charset"));
    let line = decoded
        .text
        .lines()
        .take(50)
        .find_map(|line| line.strip_prefix("METHOD:"))?;
    Some(line.trim().to_ascii_uppercase())
}

/// Whether a file is one that somebody wants to be looked at: cards and signatures of mails come of themselves.
fn hands_over(attachment: &Attachment) -> bool {
    #[rustfmt::skip]
    const OF_THEMSELVES: &[&str] = &[
        "vcard", "x-vcard", "pkcs7", "pgp-signature", "pgp-keys", "ms-tnef", "directory",
    ];
    let file = matches!(
        attachment.role,
        AttachmentRole::Text
            | AttachmentRole::Screenshot
            | AttachmentRole::Archive
            | AttachmentRole::Unreadable
            | AttachmentRole::Other
    );
    file && !attachment.name.is_empty()
        && !OF_THEMSELVES
            .iter()
            .any(|kind| attachment.media_type.contains(kind))
}

fn judge(tree: &Tree<'_>, message: &mut Message, options: &ParseOptions) {
    let of = |wanted: fn(ZoneKind) -> bool| -> Cow<'_, str> {
        match message.zones.as_slice() {
            [] => Cow::Borrowed(""),
            [only] if only.kind == ZoneKind::New => Cow::Borrowed(&message.text),
            zones => Cow::Owned(
                zones
                    .iter()
                    .filter(|zone| wanted(zone.kind))
                    .map(|zone| &message.text[zone.range.clone()])
                    .collect(),
            ),
        }
    };
    let new_text = of(|kind| !matches!(kind, ZoneKind::Quoted | ZoneKind::Forwarded));
    let own_words = of(|kind| kind == ZoneKind::New);
    let (found, reason) = kind::judge(&kind::Facts {
        block: &tree.block,
        content_type: &tree.content_type.value,
        report_type: tree
            .content_type
            .parameter("report-type")
            .unwrap_or_default(),
        part_types: tree.parts.iter().map(Part::media_type).collect(),
        calendar_method: calendar_method(tree, &own_words),
        from: &message.from,
        sender: message.sender.as_ref(),
        return_path: message.return_path.as_ref(),
        subject: &message.subject,
        new_text: &new_text,
        own_words: &own_words,
        text: &message.text,
        has_quote: zones::has_quote(&message.zones),
        hands_over: message.attachments.iter().any(hands_over),
        to_author_only: !message.to.is_empty()
            && message.to.iter().all(|to| to.address == message.author()),
        options,
    });
    if found == MailKind::Bounce {
        let own: Vec<&str> = message
            .to
            .iter()
            .map(|to| to.address.as_str())
            .chain(options.own_addresses.iter().map(String::as_str))
            .collect();
        message.bounce = Some(bounce::read(tree, &message.text, &own));
    }
    message.kind = found;
    message.kind_reason = reason;
}

#[cfg(test)]
mod tests;
