//! The stretches of a mail that are read.

use crate::case::PartId;
use crate::mail::{Message, subject};

/// A stretch of one part. Places within it count from its own start; `base` leads back to the part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage<'a> {
    /// The part.
    pub(crate) part: PartId,
    /// Its text.
    pub(crate) text: &'a str,
    /// Where the text begins in the part's text.
    pub(crate) base: usize,
}

/// The new text: subject (unless it is a reply's), content zones of the body, readable attachments.
pub(crate) fn passages(message: &Message) -> Vec<Passage<'_>> {
    let mut passages = Vec::with_capacity(4);
    if !subject::is_answer(&message.subject) {
        passages.push(Passage {
            part: PartId::Subject,
            text: &message.subject,
            base: 0,
        });
    }
    passages.extend(body_passages(message));
    for (index, attachment) in message.attachments.iter().enumerate() {
        let Ok(index) = u16::try_from(index) else {
            break;
        };
        if let Some(text) = &attachment.text {
            passages.push(Passage {
                part: PartId::Attachment(index),
                text,
                base: 0,
            });
        }
    }
    passages
}

/// The passages without a stretch of the body.
pub(crate) fn without<'a>(
    passages: Vec<Passage<'a>>,
    cut: Option<&std::ops::Range<usize>>,
) -> Vec<Passage<'a>> {
    let Some(cut) = cut else {
        return passages;
    };
    let mut kept = Vec::with_capacity(passages.len() + 1);
    for passage in passages {
        let end = passage.base + passage.text.len();
        if passage.part != PartId::Body || end <= cut.start || passage.base >= cut.end {
            kept.push(passage);
            continue;
        }
        if passage.base < cut.start {
            kept.push(Passage {
                text: &passage.text[..cut.start - passage.base],
                ..passage
            });
        }
        if end > cut.end {
            kept.push(Passage {
                text: &passage.text[cut.end - passage.base..],
                base: cut.end,
                ..passage
            });
        }
    }
    kept
}

/// The content zones of the body; neighbours are one passage.
pub(crate) fn body_passages(message: &Message) -> Vec<Passage<'_>> {
    let mut passages: Vec<Passage<'_>> = Vec::new();
    for zone in message.content_zones() {
        if let Some(last) = passages.last_mut()
            && last.base + last.text.len() == zone.range.start
        {
            last.text = &message.text[last.base..zone.range.end];
            continue;
        }
        let text = &message.text[zone.range.clone()];
        passages.push(Passage {
            part: PartId::Body,
            text,
            base: zone.range.start,
        });
    }
    passages
}
