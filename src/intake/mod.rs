//! Doors through which raw mail comes in: IMAP folders, LMTP, Maildir, mbox, `.eml` files and folders, standard input.
//!
//! A door yields bytes with their origin and knows nothing of what they mean. The same bytes read
//! twice are the same mail (the store knows them by hash), so that every door may read again after
//! a crash what it is not sure about.

mod eml;
pub mod imap;
pub mod lmtp;
mod maildir;
mod mbox;
mod ordered;
mod pipe;
mod watch;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use crate::store::Arrival;

pub use maildir::{folders_within, is_maildir};
pub use pipe::read_standard_input;
pub use watch::MaildirWatch;

/// [`crate::limits::RAW_BYTES_MAX`] as file sizes are counted.
const RAW_BYTES_MAX: u64 = crate::limits::RAW_BYTES_MAX as u64;

/// One mail as it came.
#[derive(Clone, Debug)]
pub struct RawMail {
    /// The bytes, unchanged.
    pub bytes: Vec<u8>,
    /// Where it was: a path, a path with a byte offset, `standard input`.
    pub origin: String,
    /// When the door got it (file time, `From ` line), where that is known.
    pub received_at: Option<Timestamp>,
    /// Where to go on after this mail, for doors that remember a position.
    pub cursor: Option<String>,
    /// What else the door knows.
    pub arrival: Arrival,
}

/// One mail could not be read; the others can.
#[derive(Debug, Error)]
#[error("{origin}: {problem}")]
pub struct ReadFailure {
    /// Where it was.
    pub origin: String,
    /// What went wrong and what to do.
    pub problem: String,
}

/// What a door yields.
pub type Item = Result<RawMail, ReadFailure>;

/// A source cannot be opened at all.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Nothing there, or not allowed.
    #[error("{path}: {error}")]
    Io {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There, but nothing that mails can be read from.
    #[error(
        "{path}: neither a Maildir (cur, new, tmp), an mbox (begins with \"From \"), a mail, nor a folder of .eml files"
    )]
    Unknown {
        /// The path as given.
        path: PathBuf,
    },
}

/// A source that has been opened: an iterator over its mails in a stable order.
pub struct Source {
    /// Name under which the store keeps its cursor: kind and canonical path.
    pub name: String,
    /// Number of mails, where it is known without reading them.
    pub count: Option<u64>,
    /// Bytes in all, where the number is not known.
    pub bytes: Option<u64>,
    items: Box<dyn Iterator<Item = Item> + Send>,
}

impl Iterator for Source {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.items.next()
    }
}

impl Source {
    /// Opens what is at `path`; `cursor` tells where an earlier reading of a source of this name
    /// had come to.
    ///
    /// # Errors
    /// When nothing readable is there.
    pub fn open(
        path: &Path,
        cursor: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, OpenError> {
        let io_error = |error| OpenError::Io {
            path: path.to_owned(),
            error,
        };
        let canonical = path.canonicalize().map_err(io_error)?;
        let metadata = std::fs::metadata(&canonical).map_err(io_error)?;
        if metadata.is_dir() {
            if is_maildir(&canonical) {
                let paths = maildir::list(&canonical).map_err(io_error)?;
                return Ok(Self {
                    name: format!("maildir:{}", canonical.display()),
                    count: Some(paths.len() as u64),
                    bytes: None,
                    items: Box::new(paths.into_iter().filter_map(|path| maildir::read(&path))),
                });
            }
            let paths = eml::list(&canonical).map_err(io_error)?;
            if paths.is_empty() {
                return Err(OpenError::Unknown {
                    path: path.to_owned(),
                });
            }
            return Ok(Self {
                name: format!("folder:{}", canonical.display()),
                count: Some(paths.len() as u64),
                bytes: None,
                items: Box::new(paths.into_iter().map(|path| eml::read(&path))),
            });
        }
        if mbox::is_mbox(&canonical).map_err(io_error)? {
            let name = format!("mbox:{}", canonical.display());
            let reader =
                mbox::MboxReader::open(&canonical, cursor(&name).as_deref()).map_err(io_error)?;
            return Ok(Self {
                name,
                count: None,
                bytes: Some(metadata.len()),
                items: Box::new(reader),
            });
        }
        Ok(Self {
            name: format!("file:{}", canonical.display()),
            count: Some(1),
            bytes: Some(metadata.len()),
            items: Box::new(std::iter::once(eml::read(&canonical))),
        })
    }
}

/// True for a file, also behind a link. A pipe would be waited for, a folder is no mail, and what has gone meanwhile was
/// moved or deleted by a mail client.
fn is_file(entry: &std::fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_file()) || entry.path().is_file()
}

/// Reads one file whole, unless it is larger than the archive takes.
fn read_file(path: &Path) -> Result<(Vec<u8>, Option<Timestamp>), String> {
    use std::io::Read;

    let mut file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    if metadata.len() > RAW_BYTES_MAX {
        return Err(format!(
            "{} bytes are more than the {} that one mail may have; left where it is",
            metadata.len(),
            RAW_BYTES_MAX
        ));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let received_at = metadata
        .modified()
        .ok()
        .and_then(|time| Timestamp::try_from(time).ok());
    Ok((bytes, received_at))
}
