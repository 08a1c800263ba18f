//! `.eml` files, alone or in a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::{Item, RawMail, ReadFailure};
use crate::limits::{FILE_QUIET_MILLISECONDS, FILE_WAIT_SECONDS};

/// Every `.eml` file below the folder, sorted by path. Links to folders are not followed; pipes and sockets are no mails.
pub(super) fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if super::is_file(&entry)
                && path
                    .extension()
                    .is_some_and(|extension| extension.eq_ignore_ascii_case("eml"))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads one file, whole: one that is still being copied is waited for. Its time is that of a copy, not of a delivery,
/// and is not used.
pub(super) fn read(path: &Path) -> Item {
    let origin = path.display().to_string();
    match read_settled(path) {
        Ok(bytes) => Ok(RawMail {
            bytes,
            origin,
            received_at: None,
            cursor: None,
            arrival: crate::store::Arrival::default(),
        }),
        Err(problem) => Err(ReadFailure { origin, problem }),
    }
}

/// The bytes of a file that nobody has changed for a moment and nobody changed meanwhile.
fn read_settled(path: &Path) -> Result<Vec<u8>, String> {
    let quiet = Duration::from_millis(FILE_QUIET_MILLISECONDS);
    let until = Instant::now() + Duration::from_secs(FILE_WAIT_SECONDS);
    loop {
        let before = stamp(path)?;
        // A time that lies ahead says nothing.
        let age = before.1.and_then(|time| time.elapsed().ok());
        let rest = age.and_then(|age| quiet.checked_sub(age));
        if rest.is_none() {
            let (bytes, _) = super::read_file(path)?;
            if stamp(path)? == before {
                return Ok(bytes);
            }
        }
        if Instant::now() > until {
            return Err(format!(
                "it is still being written after {FILE_WAIT_SECONDS} seconds; take it in again when it is whole"
            ));
        }
        // It may end early: the age is looked at again.
        std::thread::park_timeout(rest.unwrap_or(quiet));
    }
}

/// Size and time of the last change.
fn stamp(path: &Path) -> Result<(u64, Option<SystemTime>), String> {
    let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
    Ok((metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::mpsc;

    use super::*;

    /// A copy over a slow line: each part comes some time after the one before.
    #[test]
    fn a_file_that_is_still_growing_is_read_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.eml");
        std::fs::write(&path, "Subject: slow\n\n").unwrap();
        let whole = format!("Subject: slow\n\n{}", "a line of text\n".repeat(8));
        let mut file = std::fs::File::options().append(true).open(&path).unwrap();
        let writer = std::thread::spawn(move || {
            // Nobody ever sends: the channel only paces.
            let (_sender, pace) = mpsc::channel::<()>();
            for _ in 0..8 {
                let _ = pace.recv_timeout(Duration::from_millis(40));
                file.write_all(b"a line of text\n").unwrap();
            }
        });
        let mail = read(&path).unwrap();
        writer.join().unwrap();
        assert_eq!(String::from_utf8(mail.bytes).unwrap(), whole);
    }
}
