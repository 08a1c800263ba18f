//! Maildir: `new` and `cur`, one mail a file; `tmp` is never looked at.

use std::io;
use std::path::{Path, PathBuf};

use super::{Item, RawMail, ReadFailure};

/// True when the folder has `cur` and `new`.
#[must_use]
pub fn is_maildir(folder: &Path) -> bool {
    folder.join("cur").is_dir() && folder.join("new").is_dir()
}

/// The mail folders within a Maildir, as Maildir++ has them: `.Archive`, `.Sent`. They are sources of their own.
///
/// # Errors
/// When the folder cannot be listed.
pub fn folders_within(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| is_maildir(path))
        .collect();
    folders.sort();
    Ok(folders)
}

/// The name of a mail without its flags: the part that stays when a client moves it from `new`
/// to `cur` or marks it as read.
pub(super) fn unique_name(path: &Path) -> String {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    name.split_once(":2,")
        .map_or(&*name, |(unique, _)| unique)
        .to_owned()
}

/// All mails in the order of their unique names, which begin with the time of delivery.
pub(super) fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut mails = Vec::new();
    for part in ["cur", "new"] {
        for entry in std::fs::read_dir(folder.join(part))? {
            let entry = entry?;
            let path = entry.path();
            if !super::is_file(&entry) {
                continue;
            }
            let hidden = path
                .file_name()
                .is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if !hidden {
                mails.push((unique_name(&path), path));
            }
        }
    }
    mails.sort();
    Ok(mails.into_iter().map(|(_, path)| path).collect())
}

/// Reads one mail. A file that has gone since it was listed was moved or deleted by a mail client:
/// when its flags changed it is looked for under its new name, otherwise it is passed over.
pub(super) fn read(path: &Path) -> Option<Item> {
    let result = super::read_file(path);
    let (path, result) = match result {
        Err(_) if !path.exists() => {
            let moved = moved_to(path)?;
            let result = super::read_file(&moved);
            (moved, result)
        }
        other => (path.to_owned(), other),
    };
    let origin = path.display().to_string();
    Some(match result {
        Ok((bytes, received_at)) => Ok(RawMail {
            bytes,
            origin,
            received_at,
            cursor: None,
            arrival: crate::store::Arrival::default(),
        }),
        Err(problem) => Err(ReadFailure { origin, problem }),
    })
}

fn moved_to(path: &Path) -> Option<PathBuf> {
    let unique = unique_name(path);
    let folder = path.parent()?.parent()?;
    list(folder)
        .ok()?
        .into_iter()
        .find(|other| unique_name(other) == unique)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maildir() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        folder
    }

    #[test]
    fn lists_new_and_cur_in_order_of_delivery_and_never_tmp() {
        let folder = maildir();
        std::fs::write(folder.path().join("new/3.a.host"), "c").unwrap();
        std::fs::write(folder.path().join("cur/1.a.host:2,S"), "a").unwrap();
        std::fs::write(folder.path().join("cur/2.a.host:2,"), "b").unwrap();
        std::fs::write(folder.path().join("tmp/0.a.host"), "half").unwrap();
        std::fs::write(folder.path().join("cur/.hidden"), "x").unwrap();
        let names: Vec<_> = list(folder.path())
            .unwrap()
            .iter()
            .map(|path| unique_name(path))
            .collect();
        assert_eq!(names, ["1.a.host", "2.a.host", "3.a.host"]);
    }

    #[test]
    fn follows_a_mail_that_was_marked_as_read_while_we_looked() {
        let folder = maildir();
        let listed = folder.path().join("new/1.a.host");
        std::fs::write(&listed, "text").unwrap();
        std::fs::rename(&listed, folder.path().join("cur/1.a.host:2,S")).unwrap();
        assert_eq!(read(&listed).unwrap().unwrap().bytes, b"text");
        std::fs::remove_file(folder.path().join("cur/1.a.host:2,S")).unwrap();
        assert!(read(&listed).is_none());
    }
}
