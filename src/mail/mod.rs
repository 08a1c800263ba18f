//! Bytes to [`Message`]: headers, the sender's new text apart from quoted text and signature,
//! attachments, and the kind of mail. Pure: no clock, file, network or database.
//!
//! [`parse()`] puts the readers in order: `mime` walks the parts, `field` and `address` read the header, `transfer`
//! and `charset` decode, `html` converts, `body` chooses the text, `zones` divides it, `attachments` reads what is
//! attached, `kind` judges who wrote it, `bounce` and `authentication` read what servers say.

mod address;
mod attachments;
mod authentication;
mod body;
mod bounce;
mod charset;
mod field;
mod html;
mod kind;
mod message;
mod mime;
mod parse;
pub mod subject;
mod text;
mod transfer;
mod zones;

pub use message::{
    Address, Attachment, AttachmentRole, Authentication, AuthenticationResult, Bounce, Defect,
    Header, KindReason, MailKind, Message, ParseOptions, Zone, ZoneKind,
};
pub use parse::{NotMail, parse, parse_body, parse_text, thread};
