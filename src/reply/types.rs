//! What composing takes and gives.

use crate::mail::Message;
use crate::triage::OutgoingKind;

/// A mail to be composed.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Kind.
    pub kind: OutgoingKind,
    /// Language (ISO 639-1), one of the profile's; another one gives the default language.
    pub language: &'a str,
    /// Requirements to ask for, in the profile's order.
    pub ask: &'a [String],
    /// Key of the profile's wording for referrals and notices. A request may have one too: its text
    /// then stands before the questions.
    pub topic: Option<&'a str>,
    /// Number of the case.
    pub case_number: &'a str,
    /// Facts of the case (values asked about may be shown, nothing else is echoed).
    pub facts: &'a crate::case::Facts,
    /// Flags of the case: those that have a hint in the wording (`deleted_resource`) get it.
    pub flags: &'a [String],
    /// Kinds of secrets that stand in the sender's mail: told to rotate them.
    pub secret_kinds: &'a [String],
    /// The mail that is answered.
    pub answered: &'a Message,
    /// To whom: see [`super::recipient()`].
    pub recipient: &'a str,
    /// Address of the desk that sends.
    pub desk_address: &'a str,
    /// Display name of the desk.
    pub desk_name: &'a str,
    /// Keyed token of the case, for the plus-address and the Message-ID.
    pub token: &'a str,
    /// Number of this mail within the case, from 1: makes the Message-ID unique and repeatable.
    pub ordinal: u32,
    /// Date header.
    pub date: jiff::Timestamp,
}

/// A composed mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// Its Message-ID without angle brackets; the same input gives the same.
    pub message_id: String,
    /// The one recipient of the envelope. The envelope's sender is the deliverer's matter: the null
    /// sender `<>` (RFC 3834 section 3.3), or a configured bounce address of ours.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// The plain text, for screens.
    pub text: String,
    /// The whole mail as it leaves, CRLF.
    pub bytes: Vec<u8>,
}

/// Why a mail cannot be composed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The answered mail has no author, several, or one whose address cannot be used.
    #[error("the mail has no single usable author address")]
    NoRecipient,
    /// The desk's address or the token cannot stand in a header.
    #[error("`{0}` cannot be used as the desk's address or token")]
    Sender(String),
    /// A request without anything to ask for.
    #[error("there is nothing to ask for")]
    NothingToAsk,
    /// A referral without a topic.
    #[error("a {0} needs a topic")]
    NoTopic(&'static str),
    /// The wording lacks a text.
    #[error("the profile's wording has no `{path}`")]
    NoWording {
        /// `wording.de.ask.operation`.
        path: String,
    },
    /// A text of the wording does not render.
    #[error("`{path}` of the profile's wording does not render: {error}")]
    Template {
        /// `wording.de.opening`.
        path: String,
        /// What the template engine says.
        error: String,
    },
}
