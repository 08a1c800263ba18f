//! A folder that gets one `.eml` file for each mail.

use std::io::Write;
use std::path::PathBuf;

use async_trait::async_trait;

use super::{Carrier, Delivery};
use crate::store::{OutboxRecord, StoreError};

/// Writes mails to a folder. The name of the file is made of the Message-ID: the same mail written
/// twice is one file.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A folder, made when the first mail is written.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file of a mail.
    #[must_use]
    pub fn file(&self, record: &OutboxRecord) -> PathBuf {
        let name: String = record
            .message_id
            .chars()
            .map(|character| {
                if character.is_ascii_alphanumeric() || ".-".contains(character) {
                    character
                } else {
                    '_'
                }
            })
            .collect();
        self.path.join(format!("{}-{name}.eml", record.case))
    }

    /// Takes the file of a mail away, if it is there.
    ///
    /// # Errors
    /// [`StoreError::File`] when it cannot be removed.
    pub fn remove(&self, record: &OutboxRecord) -> Result<(), StoreError> {
        let path = self.file(record);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::File { path, source })
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Carrier for Folder {
    /// The same mail written twice is one file: after a crash it is written again, and where it cannot
    /// be written now it can be at any time.
    fn retry_days(&self) -> Option<u32> {
        None
    }

    fn name(&self) -> &'static str {
        "folder"
    }

    async fn carry(&self, record: &OutboxRecord, bytes: &[u8]) -> Delivery {
        let path = self.file(record);
        let temporary = path.with_extension("tmp");
        let written = std::fs::create_dir_all(&self.path).and_then(|()| {
            let mut file = std::fs::File::create(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&temporary, &path)
        });
        match written {
            Ok(()) => Delivery::Delivered {
                receipt: path.display().to_string(),
            },
            Err(error) => Delivery::Later {
                reason: format!("{}: {error}", path.display()),
            },
        }
    }
}
