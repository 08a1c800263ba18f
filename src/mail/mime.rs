//! The parts of a mail (RFC 2046), as slices of its raw bytes.
//!
//! Own walker instead of a parser crate's tree: nesting is bounded before anything is decoded (a
//! chain of 20,000 nested mails overflows the stack of a tree that drops itself recursively),
//! attachments nobody reads are never decoded, and the raw bytes of each part stay at hand for
//! charsets that were declared wrongly.

use super::field::{self, FieldBlock, Structured};
use super::transfer::{self, TransferEncoding};
use crate::limits;

/// A leaf of the tree of parts.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    /// Header fields of the part.
    pub(crate) block: FieldBlock<'a>,
    /// Content-Type; `text/plain` where none is given.
    pub(crate) content_type: Structured,
    /// Content-Disposition.
    pub(crate) disposition: Structured,
    /// Content-Transfer-Encoding.
    pub(crate) encoding: TransferEncoding,
    /// Bytes of the body, still encoded.
    pub(crate) body: &'a [u8],
    /// The innermost `multipart/alternative` around it, numbered, and which of its branches.
    pub(crate) alternative: Option<(u32, u32)>,
    /// The subtype of the multipart directly around it: `mixed`, `related`, `report` ...
    pub(crate) parent: Parent,
}

/// What stands around a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The mail itself.
    Root,
    /// `multipart/mixed` and unknown subtypes.
    Mixed,
    /// `multipart/alternative`.
    Alternative,
    /// `multipart/related`.
    Related,
    /// `multipart/report` (RFC 6522).
    Report,
    /// `multipart/signed` (RFC 1847).
    Signed,
    /// `multipart/encrypted` (RFC 1847).
    Encrypted,
    /// `multipart/digest`, whose parts are mails by default.
    Digest,
}

impl Part<'_> {
    /// Decoded bytes.
    pub(crate) fn bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        self.encoding.decode(self.body)
    }

    /// Decoded content of a part whose text is shown, and whether some of it was not encoded as declared: lists append
    /// plain lines to base64, and some programs declare base64 for what they send as it is.
    pub(crate) fn text_bytes(&self) -> (std::borrow::Cow<'_, [u8]>, bool) {
        if self.encoding == TransferEncoding::Base64
            && let Some(text) = transfer::base64_and_text(self.body)
        {
            return (text.into(), true);
        }
        (self.bytes(), false)
    }

    /// Media type, lower case.
    pub(crate) fn media_type(&self) -> &str {
        &self.content_type.value
    }

    /// File name from Content-Disposition or Content-Type.
    pub(crate) fn file_name(&self) -> Option<&str> {
        self.disposition
            .parameter("filename")
            .or_else(|| self.content_type.parameter("name"))
            .map(str::trim)
            .filter(|name| !name.is_empty())
    }

    /// Whether it is to be shown in the flow of the mail.
    pub(crate) fn is_body_text(&self) -> bool {
        matches!(
            self.media_type(),
            "text/plain" | "text/html" | "text/enriched" | "text/x-amp-html"
        ) && self.disposition.value != "attachment"
            && (self.file_name().is_none()
                || self.disposition.value == "inline" && self.parent == Parent::Alternative)
    }
}

/// The parts of a mail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree<'a> {
    /// Header of the mail.
    pub(crate) block: FieldBlock<'a>,
    /// Content-Type of the mail.
    pub(crate) content_type: Structured,
    /// Leaves in order.
    pub(crate) parts: Vec<Part<'a>>,
    /// True when nesting went past `limits::MIME_DEPTH_MAX`.
    pub(crate) too_deep: bool,
    /// True when there were more than `limits::MIME_PARTS_MAX` parts.
    pub(crate) too_many: bool,
}

struct Pending<'a> {
    raw: &'a [u8],
    depth: usize,
    parent: Parent,
    alternative: Option<(u32, u32)>,
}

/// Walks the parts of `raw`.
pub(crate) fn walk(raw: &[u8]) -> Tree<'_> {
    let mut tree = Tree::default();
    let mut alternatives = 0;
    let mut entities = 0;
    let mut stack = vec![Pending {
        raw,
        depth: 0,
        parent: Parent::Root,
        alternative: None,
    }];
    while let Some(pending) = stack.pop() {
        entities += 1;
        if entities > limits::MIME_PARTS_MAX {
            tree.too_many = true;
            break;
        }
        let block = if pending.depth > 0 && matches!(pending.raw, [b'\n', ..] | [b'\r', b'\n', ..])
        {
            // A part without any header begins with the empty line.
            FieldBlock {
                body: 0,
                ..FieldBlock::default()
            }
        } else {
            field::split(pending.raw)
        };
        let body = &pending.raw[block.body.min(pending.raw.len())..];
        let mut content_type = block
            .first("Content-Type")
            .map(Structured::parse)
            .unwrap_or_default();
        if content_type.value.is_empty() || !content_type.value.contains('/') {
            content_type.value = match (pending.parent, content_type.value.as_str()) {
                (Parent::Digest, "") => "message/rfc822",
                (_, "html") => "text/html",
                _ => "text/plain",
            }
            .to_owned();
        }
        if pending.depth == 0 {
            tree.content_type = content_type.clone();
        }
        let encoding = block
            .first("Content-Transfer-Encoding")
            .map(|value| TransferEncoding::from_value(&field::unfold(value)))
            .unwrap_or_default();
        let boundary = content_type
            .value
            .strip_prefix("multipart/")
            .and_then(|subtype| {
                Some((
                    subtype.to_owned(),
                    content_type.parameter("boundary")?.to_owned(),
                ))
            });
        if let Some((subtype, boundary)) = boundary
            && !boundary.is_empty()
        {
            if pending.depth >= limits::MIME_DEPTH_MAX {
                // What stands so deep is kept as an attachment that nobody opens.
                tree.too_deep = true;
                content_type.value = "application/octet-stream".to_owned();
            } else {
                let children = split_parts(body, boundary.as_bytes());
                if !children.is_empty() {
                    let parent = match subtype.as_str() {
                        "alternative" => Parent::Alternative,
                        "related" => Parent::Related,
                        "report" => Parent::Report,
                        "signed" => Parent::Signed,
                        "encrypted" => Parent::Encrypted,
                        "digest" => Parent::Digest,
                        _ => Parent::Mixed,
                    };
                    let group = (parent == Parent::Alternative).then(|| {
                        alternatives += 1;
                        alternatives
                    });
                    if pending.depth == 0 {
                        tree.block = block;
                    }
                    for (index, child) in children.iter().enumerate().rev() {
                        let branch = u32::try_from(index).unwrap_or(u32::MAX);
                        stack.push(Pending {
                            raw: child,
                            depth: pending.depth + 1,
                            parent,
                            alternative: group.map(|group| (group, branch)).or(pending.alternative),
                        });
                    }
                    continue;
                }
            }
            if !tree.too_deep {
                content_type.value = "text/plain".to_owned();
            }
        } else if content_type.value.starts_with("multipart/") {
            // No boundary: what is there can only be shown.
            content_type.value = "text/plain".to_owned();
        }
        let disposition = block
            .first("Content-Disposition")
            .map(Structured::parse)
            .unwrap_or_default();
        if pending.depth == 0 {
            tree.block = block.clone();
        }
        tree.parts.push(Part {
            block,
            content_type,
            disposition,
            encoding,
            body,
            alternative: pending.alternative,
            parent: pending.parent,
        });
    }
    tree
}

/// Splits a multipart body at its boundary lines (RFC 2046 section 5.1.1). A missing end is forgiven.
fn split_parts<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut needle = Vec::with_capacity(boundary.len() + 2);
    needle.extend_from_slice(b"--");
    needle.extend_from_slice(boundary);
    let finder = memchr::memmem::Finder::new(&needle);
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut position = 0;
    while let Some(found) = finder.find(&body[position..]) {
        let start = position + found;
        let after = start + needle.len();
        position = after;
        if start > 0 && body[start - 1] != b'\n' && body[start - 1] != b'\r' {
            continue;
        }
        let end_of_line =
            memchr::memchr(b'\n', &body[after..]).map_or(body.len(), |offset| after + offset + 1);
        let tail = body[after..end_of_line].trim_ascii();
        let closes = tail == b"--" || tail.starts_with(b"--") && tail.len() < 6;
        if !tail.is_empty() && !closes {
            continue;
        }
        if let Some(open) = open {
            let mut end = start;
            if end > open && body[end - 1] == b'\n' {
                end -= 1;
            }
            if end > open && body[end - 1] == b'\r' {
                end -= 1;
            }
            parts.push(&body[open.min(end)..end]);
        }
        open = if closes { None } else { Some(end_of_line) };
        position = end_of_line.max(after);
        if parts.len() > limits::MIME_PARTS_MAX || closes {
            open = None;
            break;
        }
    }
    if let Some(open) = open
        && open < body.len()
    {
        parts.push(&body[open..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_nested_multiparts() {
        let raw = b"Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\nContent-Type: multipart/alternative; \
            boundary=\"a1\"\n\n--a1\n\nplain\n--a1\nContent-Type: text/html\n\n<p>html\n--a1--\n\n--a\n\
            Content-Type: text/csv; name=x.csv\n\n1,2\n--a--\nepilogue";
        let tree = walk(raw);
        let types: Vec<_> = tree
            .parts
            .iter()
            .map(|part| (part.media_type(), part.body))
            .collect();
        assert_eq!(
            types,
            [
                ("text/plain", &b"\nplain"[..]),
                ("text/html", b"<p>html"),
                ("text/csv", b"1,2")
            ]
        );
        assert_eq!(tree.parts[0].alternative, Some((1, 0)));
        assert_eq!(tree.parts[2].alternative, None);
    }

    #[test]
    fn a_missing_end_is_forgiven() {
        let tree = walk(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\ntwo");
        assert_eq!(tree.parts.len(), 2);
    }

    #[test]
    fn nesting_is_bounded() {
        let mut raw = Vec::new();
        for level in 0..20_000 {
            raw.extend_from_slice(
                format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")
                    .as_bytes(),
            );
        }
        let tree = walk(&raw);
        assert!(tree.too_deep);
        assert_eq!(tree.parts.len(), 1);
    }
}
