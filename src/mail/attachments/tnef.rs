//! `winmail.dat`: Transport Neutral Encapsulation Format ([MS-OXTNEF]), as far as a reader of text needs it.

use super::rtf;

/// What a TNEF stream holds.
#[derive(Debug, Default)]
pub(super) struct Tnef {
    /// Names and contents of the attached files.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// The body.
    pub(super) body: Option<Body>,
    /// True when the stream ended early.
    pub(super) broken: bool,
}

/// The body of a TNEF stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Plain text.
    Text(String),
    /// HTML.
    Html(Vec<u8>),
}

impl Body {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Html(html) => html.is_empty(),
        }
    }
}

const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];
const ATTRIBUTE_BODY: u32 = 0x0002_800c;
const ATTRIBUTE_MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const ATTRIBUTE_ATTACHMENT_START: u32 = 0x0006_9002;
const ATTRIBUTE_ATTACHMENT_DATA: u32 = 0x0006_800f;
const ATTRIBUTE_ATTACHMENT_TITLE: u32 = 0x0001_8010;
const ATTRIBUTE_ATTACHMENT_PROPERTIES: u32 = 0x0006_9005;
const PROPERTY_BODY: u16 = 0x1000;
const PROPERTY_HTML: u16 = 0x1013;
const PROPERTY_RTF: u16 = 0x1009;
const PROPERTY_LONG_NAME: u16 = 0x3707;
const PROPERTIES_MAX: u32 = 2_000;

pub(super) fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

/// Reads a stream; what cannot be understood is skipped.
pub(super) fn read(bytes: &[u8]) -> Tnef {
    let mut tnef = Tnef::default();
    let mut reader = Reader { bytes, at: 6 };
    while reader.at < bytes.len() {
        if attribute(&mut reader, &mut tnef).is_none() {
            tnef.broken = true;
            break;
        }
    }
    for (index, (name, _)) in tnef.files.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("attachment-{}", index + 1);
        }
    }
    tnef
}

fn attribute(reader: &mut Reader<'_>, tnef: &mut Tnef) -> Option<()> {
    let _level = reader.byte()?;
    let identifier = reader.long()?;
    let length = usize::try_from(reader.long()?).ok()?;
    let data = reader.take(length)?;
    let _checksum = reader.short()?;
    match identifier {
        ATTRIBUTE_BODY if tnef.body.is_none() => tnef.body = Some(Body::Text(narrow(data))),
        ATTRIBUTE_MESSAGE_PROPERTIES => {
            let mut rich = None;
            properties(data, &mut |property, value| match property {
                PROPERTY_BODY => tnef.body = Some(Body::Text(value.text())),
                PROPERTY_HTML => tnef.body = Some(Body::Html(value.bytes.to_vec())),
                PROPERTY_RTF => rich = Some(value.bytes.to_vec()),
                _ => {}
            });
            // Rich text where no other form of the body is there.
            if tnef.body.as_ref().is_none_or(Body::is_empty)
                && let Some(rtf) = rich.and_then(|rich| rtf::decompress(&rich))
            {
                tnef.body = Some(match rtf::read(&rtf) {
                    rtf::Said::Text(text) => Body::Text(text),
                    rtf::Said::Html(html) => Body::Html(html.into_bytes()),
                });
            }
        }
        ATTRIBUTE_ATTACHMENT_START => tnef.files.push(Default::default()),
        ATTRIBUTE_ATTACHMENT_TITLE => {
            if let Some(file) = tnef.files.last_mut()
                && file.0.is_empty()
            {
                file.0 = narrow(data);
            }
        }
        ATTRIBUTE_ATTACHMENT_DATA => {
            if let Some(file) = tnef.files.last_mut() {
                file.1 = data.to_vec();
            }
        }
        ATTRIBUTE_ATTACHMENT_PROPERTIES => {
            properties(data, &mut |property, value| {
                if property == PROPERTY_LONG_NAME
                    && let Some(file) = tnef.files.last_mut()
                {
                    file.0 = value.text();
                }
            });
        }
        _ => {}
    }
    Some(())
}

struct Value<'a> {
    bytes: &'a [u8],
    wide: bool,
}

impl Value<'_> {
    fn text(&self) -> String {
        if self.wide {
            let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(self.bytes);
            text.trim_end_matches('\0').to_owned()
        } else {
            narrow(self.bytes)
        }
    }
}

fn narrow(bytes: &[u8]) -> String {
    super::charset::guess(bytes)
        .text
        .trim_end_matches('\0')
        .to_owned()
}

/// Walks a list of MAPI properties.
fn properties(data: &[u8], found: &mut dyn FnMut(u16, &Value<'_>)) -> Option<()> {
    let mut reader = Reader { bytes: data, at: 0 };
    let count = reader.long()?.min(PROPERTIES_MAX);
    for _ in 0..count {
        let kind = reader.short()?;
        let property = reader.short()?;
        if property >= 0x8000 {
            // A named property: its set, then a number or a padded name.
            reader.take(16)?;
            if reader.long()? == 0 {
                reader.long()?;
            } else {
                let length = usize::try_from(reader.long()?).ok()?;
                reader.take(length.checked_next_multiple_of(4)?)?;
            }
        }
        let multiple = kind & 0x1000 != 0;
        let base = kind & 0x0fff;
        let variable = matches!(base, 0x000d | 0x001e | 0x001f | 0x0102);
        let values = if multiple || variable {
            reader.long()?.min(PROPERTIES_MAX)
        } else {
            1
        };
        for _ in 0..values {
            let length = match base {
                0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => 4,
                0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => 8,
                0x0048 => 16,
                0x0001 => 0,
                _ if variable => usize::try_from(reader.long()?).ok()?,
                _ => return None,
            };
            let bytes = reader.take(length)?;
            let padding = length.checked_next_multiple_of(4)? - length;
            // The last value may lack its padding.
            if reader.take(padding).is_none() {
                reader.at = data.len();
            }
            found(
                property,
                &Value {
                    bytes,
                    wide: base == 0x001f,
                },
            );
        }
    }
    Some(())
}
