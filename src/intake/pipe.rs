//! Standard input, as a mail server's pipe target or by hand.

use std::io::{self, Read};

use super::{RAW_BYTES_MAX, RawMail};

/// Reads standard input to its end.
///
/// # Errors
/// When it cannot be read or is larger than the archive takes.
pub fn read_standard_input() -> io::Result<RawMail> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(RAW_BYTES_MAX + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > RAW_BYTES_MAX {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("more than {} bytes", RAW_BYTES_MAX),
        ));
    }
    // A mail server's pipe may put the mbox separator first; it is not part of the mail.
    if bytes.starts_with(b"From ")
        && let Some(end) = memchr::memchr(b'\n', &bytes)
    {
        bytes.drain(..=end);
    }
    Ok(RawMail {
        bytes,
        origin: "standard input".to_owned(),
        received_at: None,
        cursor: None,
        arrival: crate::store::Arrival::default(),
    })
}
