//! Bytes to [`Message`]: headers, the sender's new text apart from quoted text and signature,
//! attachments, and the kind of mail. Pure: no clock, file, network or database.

mod message;

pub use message::{
    Address, Attachment, AttachmentRole, Authentication, AuthenticationResult, Bounce, Defect,
    Header, KindReason, MailKind, Message, ParseOptions, Zone, ZoneKind,
};
