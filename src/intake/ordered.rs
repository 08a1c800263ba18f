//! Old mail of several sources in the order in which it was written: a thread whose halves lie in two folders is then read
//! as it went, and an answer finds the mail that it answers.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::mbox::MboxReader;
use super::{Item, OpenError, ReadFailure, Source, eml, is_maildir, maildir};
use crate::mail::ParseOptions;

/// Longest header that is looked at for a date. Bytes.
const HEADER_BYTES: usize = 64 * 1024;

/// Where a mail is found again.
enum Place {
    Maildir(PathBuf),
    File(PathBuf),
    /// In this mbox, at the position of this cursor; none is its start.
    Mbox(usize, Option<String>),
    Failure(ReadFailure),
}

impl Source {
    /// Opens several sources as one, oldest mail first. All of them are read through once for their dates; a mail without
    /// one stays behind the mail before it. Remembers no position: mails that are known are told by their bytes.
    ///
    /// # Errors
    /// When there is nothing readable in one of them.
    pub fn in_time_order(paths: &[&Path]) -> Result<Self, OpenError> {
        let mut names = Vec::with_capacity(paths.len());
        let mut entries: Vec<(Timestamp, Place)> = Vec::new();
        let mut boxes: Vec<PathBuf> = Vec::new();
        for path in paths {
            let source = Self::open(path, |_| None)?;
            let is_box = source.name.starts_with("mbox:");
            let in_maildir = is_maildir(path);
            if is_box {
                boxes.push((*path).to_owned());
            }
            names.push(source.name.clone());
            let mut cursor = None;
            let mut date = Timestamp::MIN;
            for item in source {
                let place = match item {
                    Ok(mail) => {
                        date = written(&mail.bytes).unwrap_or(date);
                        if is_box {
                            let here = std::mem::replace(&mut cursor, mail.cursor);
                            Place::Mbox(boxes.len() - 1, here)
                        } else if in_maildir {
                            Place::Maildir(PathBuf::from(mail.origin))
                        } else {
                            Place::File(PathBuf::from(mail.origin))
                        }
                    }
                    Err(failure) => Place::Failure(failure),
                };
                entries.push((date, place));
            }
        }
        // Stable: mails of one moment keep the order of the sources.
        entries.sort_by_key(|(date, _)| *date);
        let count = entries.len() as u64;
        let mut readers: HashMap<usize, (Option<String>, MboxReader)> = HashMap::new();
        let items = entries
            .into_iter()
            .filter_map(move |(_, place)| again(place, &boxes, &mut readers));
        Ok(Self {
            name: names.join(" + "),
            count: Some(count),
            bytes: None,
            items: Box::new(items),
        })
    }
}

/// Reads a mail once more.
fn again(
    place: Place,
    boxes: &[PathBuf],
    readers: &mut HashMap<usize, (Option<String>, MboxReader)>,
) -> Option<Item> {
    let (number, cursor) = match place {
        Place::Maildir(path) => return maildir::read(&path),
        Place::File(path) => return Some(eml::read(&path)),
        Place::Failure(failure) => return Some(Err(failure)),
        Place::Mbox(number, cursor) => (number, cursor),
    };
    let known = readers.remove(&number).filter(|(at, _)| *at == cursor);
    let mut reader = match known {
        Some((_, reader)) => reader,
        None => match MboxReader::open(&boxes[number], cursor.as_deref()) {
            Ok(reader) => reader,
            Err(error) => {
                return Some(Err(ReadFailure {
                    origin: boxes[number].display().to_string(),
                    problem: error.to_string(),
                }));
            }
        },
    };
    let mut item = reader.next()?;
    if let Ok(mail) = &mut item {
        readers.insert(number, (mail.cursor.take(), reader));
    }
    Some(item)
}

/// When a mail was written, as its header says.
fn written(bytes: &[u8]) -> Option<Timestamp> {
    let end = [&b"\n\n"[..], b"\r\n\r\n"]
        .into_iter()
        .filter_map(|end| memchr::memmem::find(bytes, end))
        .min()
        .unwrap_or(bytes.len())
        .min(HEADER_BYTES);
    crate::mail::parse(&bytes[..end], &ParseOptions::default())
        .ok()?
        .date
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(day: u32, name: &str) -> String {
        format!(
            "From: a@b.example\nSubject: {name}\nDate: {day} Mar 2023 10:00:00 +0000\n\n{name}\n"
        )
    }

    fn subjects(source: Source) -> Vec<String> {
        source
            .map(|item| {
                let bytes = item.unwrap().bytes;
                crate::mail::parse(&bytes, &ParseOptions::default())
                    .unwrap()
                    .subject
            })
            .collect()
    }

    #[test]
    fn mails_of_all_sources_come_in_the_order_of_their_dates() {
        let folder = tempfile::tempdir().unwrap();
        let separator = "From x@y.example Mon Mar  6 10:00:00 2023\n";
        let mbox = |name: &str, mails: &[(u32, &str)]| {
            let text: String = mails
                .iter()
                .map(|(day, name)| format!("{separator}{}\n", mail(*day, name)))
                .collect();
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let inbox = mbox("inbox", &[(1, "a"), (7, "g"), (3, "c"), (4, "d")]);
        let sent = mbox("sent", &[(2, "b"), (6, "f")]);
        let file = folder.path().join("one.eml");
        std::fs::write(&file, mail(5, "e")).unwrap();
        let source = Source::in_time_order(&[&inbox, &sent, &file]).unwrap();
        assert_eq!(source.count, Some(7));
        assert_eq!(subjects(source), ["a", "b", "c", "d", "e", "f", "g"]);
    }

    #[test]
    fn a_mail_without_a_date_stays_behind_the_one_before_it() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("1.eml", mail(1, "a")),
            ("2.eml", "From: a@b.example\nSubject: b\n\nb\n".to_owned()),
            ("3.eml", mail(9, "d")),
            ("4.eml", mail(5, "c")),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let source = Source::in_time_order(&[folder.path()]).unwrap();
        assert_eq!(subjects(source), ["a", "b", "c", "d"]);
    }
}
