//! `.eml` files, alone or in a folder.

use std::io;
use std::path::{Path, PathBuf};

use super::{Item, RawMail, ReadFailure};

/// Every `.eml` file below the folder, sorted by path. Links to folders are not followed.
pub(super) fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path
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

/// Reads one file. Its time is that of a copy, not of a delivery, and is not used.
pub(super) fn read(path: &Path) -> Item {
    let origin = path.display().to_string();
    match super::read_file(path) {
        Ok((bytes, _)) => Ok(RawMail {
            bytes,
            origin,
            received_at: None,
            cursor: None,
            arrival: crate::store::Arrival::default(),
        }),
        Err(problem) => Err(ReadFailure { origin, problem }),
    }
}
