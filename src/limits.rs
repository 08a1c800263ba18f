//! Every size, depth, count and time limit of the program, in one place.
//!
//! A limit is there so that one bad mail costs one mail. Where a mail exceeds one, the message
//! carries a [`crate::mail::Defect`] or goes to quarantine with the limit's name.

/// Largest raw mail that is parsed; a larger one is archived and quarantined. Bytes.
pub const MAIL_BYTES_MAX: usize = 50 * 1024 * 1024;
/// Largest raw mail that is read at all; a larger one stays where it is and is reported. Larger than
/// [`MAIL_BYTES_MAX`], because what is too large to be parsed is still kept for a person. Bytes.
pub const RAW_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Deepest nesting of MIME parts that is followed.
pub const MIME_DEPTH_MAX: usize = 32;
/// Most MIME parts of one mail that are looked at.
pub const MIME_PARTS_MAX: usize = 1_000;
/// Longest text of one part that is read; the rest is cut and said. Bytes.
pub const TEXT_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Longest HTML of one part that is converted. Bytes.
pub const HTML_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Deepest nesting of HTML elements that is tracked; deeper ones are read as flat text.
pub const HTML_DEPTH_MAX: usize = 256;
/// Lines of a text at whose beginning an attribution (`On Monday, Jane wrote:`) is looked for.
pub const ATTRIBUTION_LINES_MAX: usize = 10_000;
/// Most header fields that are kept of one mail.
pub const HEADERS_MAX: usize = 1_000;
/// Most bytes of all header values of one entity that are kept.
pub const HEADERS_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Longest header value that is kept. Bytes.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Most addresses read from one header field.
pub const ADDRESSES_MAX: usize = 500;
/// Most entries read from one archive.
pub const ARCHIVE_ENTRIES_MAX: usize = 64;
/// Most unpacked bytes of one archive entry.
pub const ARCHIVE_ENTRY_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Most unpacked bytes of all archives of one mail.
pub const ARCHIVE_TOTAL_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Highest ratio of unpacked to packed bytes before an archive counts as a bomb.
pub const ARCHIVE_RATIO_MAX: u64 = 200;
/// Most attachments whose text is read.
pub const ATTACHMENTS_READ_MAX: usize = 50;
/// Most values kept of one field of one mail.
pub const FIELD_VALUES_MAX: usize = 50;
/// Longest value of a field. Bytes.
pub const FIELD_VALUE_BYTES_MAX: usize = 1_000;
/// Most times of occurrence kept of one mail.
pub const TIMES_MAX: usize = 50;
/// Longest text attachment that is read as the sender's own words. Bytes.
pub const PROSE_ATTACHMENT_BYTES_MAX: usize = 16 * 1024;
/// Longest text on which the language is judged. Bytes.
pub const LANGUAGE_TEXT_BYTES: usize = 2_000;
/// Longest pattern in a profile. Bytes.
pub const PATTERN_BYTES_MAX: usize = 4_000;
/// Largest compiled pattern of a profile. Bytes.
pub const PATTERN_COMPILED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest subject of an outgoing mail. Bytes.
pub const REPLY_SUBJECT_BYTES_MAX: usize = 200;
/// Most Message-IDs in the References of an outgoing mail.
pub const REPLY_REFERENCES_MAX: usize = 20;
/// Longest Message-ID of another system that an outgoing mail repeats. Bytes.
pub const REPLY_MESSAGE_ID_BYTES_MAX: usize = 250;
/// Longest value of the sender that an outgoing mail repeats. Characters.
pub const REPLY_GIVEN_CHARACTERS_MAX: usize = 60;
/// Steps that one template of wording may take.
pub const TEMPLATE_FUEL: u64 = 20_000;
/// Longest text that one template of wording may give. Bytes.
pub const TEMPLATE_OUTPUT_BYTES_MAX: usize = 16 * 1024;
/// Header fields of one mail that the gate records. Counted over those that it looks at.
pub const GATE_HEADERS_MAX: usize = 100;
/// Addresses of one header field that the gate records.
pub const GATE_ADDRESSES_MAX: usize = 20;
/// Longest header value that the gate records. Characters.
pub const GATE_VALUE_CHARACTERS_MAX: usize = 300;
/// Case numbers of each prefix that a restored store leaves out: the lost one may have given them to somebody.
pub const RESTORED_NUMBERS_SKIPPED: i64 = 1_000;
/// Attempts to process one mail before it goes to quarantine, where trying it in a process of its own has found nothing.
/// More than a few: a process that is ended from outside again and again (no memory, a service manager's time limit) always
/// has the same mail in hand, the first one that is pending, and that mail is not to blame.
pub const MAIL_ATTEMPTS_MAX: u32 = 10;
/// Mails archived and committed in one transaction.
pub const BATCH_MAILS: usize = 256;
/// Raw bytes archived in one transaction, whichever of the two is reached first.
pub const BATCH_BYTES: usize = 32 * 1024 * 1024;
/// Longest line of an SMTP server's answer that is read; RFC 5321 section 4.5.3.1.5 allows 512. Bytes.
pub const SMTP_LINE_BYTES_MAX: u64 = 4_096;
/// Most lines of one answer of an SMTP server.
pub const SMTP_LINES_MAX: usize = 100;
/// How long a process that begins to work waits for a command that builds the search index again. Seconds.
pub const INDEX_WAIT_SECONDS: u64 = 60;
/// Time until a process at work tries a search index again that cannot be written. Seconds.
pub const INDEX_PAUSE_SECONDS: u64 = 5;
/// How long a command waits for what it left to the process at work (an approved mail, a mail to be processed again) before
/// it ends without having seen the outcome. Seconds.
pub const HANDED_OVER_WAIT_SECONDS: u64 = 3;
/// How long a mail server's pipe goes on processing what further ones archived meanwhile. Seconds.
pub const PIPE_WORK_SECONDS: u64 = 20;
/// How far the Date of a mail may lie ahead of our clock for it to be answered: zones that are wrong by some hours are
/// common, wrong days are not. Hours.
pub const DATE_AHEAD_HOURS_MAX: i64 = 24;
/// How long a file must have been left alone before it is read: one that a program is still writing is not read half.
/// Milliseconds.
pub const FILE_QUIET_MILLISECONDS: u64 = 250;
/// How long is waited for a file that goes on changing. Seconds.
pub const FILE_WAIT_SECONDS: u64 = 10;
/// Longest time that reading one mail may take after a crash, in a process of its own, before it counts as the one that
/// caused it. Seconds.
pub const PROBE_SECONDS_MAX: u64 = 60;

/// Cases whose sentence vectors are computed before other work has its turn: each has one for its text and for up to six sentences,
/// some 7 milliseconds of processor time, so that this is well below a second.
pub const VECTORS_AT_ONCE: usize = 96;
