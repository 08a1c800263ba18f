//! Where a value stands in a mail.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One readable part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartId {
    /// The decoded subject.
    Subject,
    /// The text of the body: `Message::text`.
    Body,
    /// The text of an attachment, by its place in `Message::attachments`.
    Attachment(u16),
    /// Not in the text: a header, or derived from another value (section from operation).
    Derived,
}

impl fmt::Display for PartId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject => formatter.write_str("subject"),
            Self::Body => formatter.write_str("body"),
            Self::Attachment(index) => write!(formatter, "attachment:{index}"),
            Self::Derived => formatter.write_str("derived"),
        }
    }
}

impl FromStr for PartId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "subject" => Ok(Self::Subject),
            "body" => Ok(Self::Body),
            "derived" => Ok(Self::Derived),
            _ => text
                .strip_prefix("attachment:")
                .and_then(|index| index.parse().ok())
                .map(Self::Attachment)
                .ok_or_else(|| format!("not a part: {text}")),
        }
    }
}

impl Serialize for PartId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// Where a value stands and why it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The part that holds the value.
    pub part: PartId,
    /// First byte of the value in the part's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The rule that took it: `seller_id.label`, `request_id.header`, `operation.path`.
    pub rule: String,
    /// 0 to 1.
    pub confidence: f32,
    /// True when it stands in quoted text. Such values are shown but never count as given anew.
    #[serde(default)]
    pub quoted: bool,
}
