//! Which of the mails marked as in hand were begun, and which the server took: notes in a file that is
//! never synced.
//!
//! Each mail is marked durably before a server hears of it, and marking costs a sync of the disk. So mails
//! are marked in groups, and the notes tell the mails of a group apart. What a process wrote to a file
//! outlives the process, however it ends; it does not outlive the machine. The notes therefore carry the
//! identity of the running system: after a power cut they say nothing, and every mail that is still marked
//! is of unknown fate. Where they cannot be kept, a group is one mail.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;

use jiff::Timestamp;

use crate::store::{OutboxId, OutboxRecord};

/// Name of the file in the data folder.
const FILE: &str = "delivery.notes";
/// Changes with every start of the machine (Linux, random(4)).
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// Size above which notes about mails that are settled are thrown away.
const BYTES_MAX: u64 = 64 * 1024;

/// What the notes say of a mail that is marked as in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    /// No server heard of it.
    NotBegun,
    /// The server took it, and said this.
    Taken(String),
    /// It was begun, or nothing is noted.
    Unknown,
}

/// The notes of the process that delivers.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// None where none can be kept.
    file: Option<File>,
    boot: String,
    bytes: u64,
    /// Written with the next note: one call for both.
    waiting: String,
}

impl Notes {
    /// Begins anew. What was noted before must have been used.
    pub(super) fn begin(folder: Option<&Path>) -> Self {
        let mut notes = Self::default();
        let (Some(folder), Some(boot)) = (folder, boot()) else {
            return notes;
        };
        notes.boot = boot;
        let opened = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .open(folder.join(FILE));
        match opened {
            Ok(file) => notes.file = Some(file),
            Err(error) => tracing::debug!(%error, "no notes of delivery: mails leave one by one"),
        }
        notes
    }

    /// True where mails of a group can be told apart.
    pub(super) fn are_kept(&self) -> bool {
        self.file.is_some()
    }

    /// True when it is time to settle everything and begin anew.
    pub(super) fn are_long(&self) -> bool {
        self.bytes > BYTES_MAX
    }

    /// Throws everything away; for when no mail is marked. Receipts may name people.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        if self.bytes == 0 {
            return;
        }
        self.bytes = 0;
        if let Some(file) = &mut self.file
            && file.set_len(0).and_then(|()| file.rewind()).is_err()
        {
            self.file = None;
        }
    }

    /// Notes mails that are to be marked at this time as tried so often, before they are. False where that
    /// cannot be noted: then of these mails nothing is known after a crash.
    pub(super) fn mark(&mut self, mails: &[(OutboxId, u32)], at: Timestamp) -> bool {
        let mut line = String::new();
        if self.bytes == 0 {
            let _ = writeln!(line, "boot {}", self.boot);
        }
        let _ = write!(line, "marked {}", at.as_microsecond());
        for (id, attempts) in mails {
            let _ = write!(line, " {id}:{attempts}");
        }
        line.push('\n');
        self.write(&line)
    }

    /// Notes that a marked mail is begun. False where that cannot be noted: then it must not be begun.
    pub(super) fn begun(&mut self, id: OutboxId) -> bool {
        self.file.is_none() || self.write(&format!("begun {id}\n"))
    }

    /// Notes that the server took a mail; written with the next note, or by [`Notes::flush`].
    pub(super) fn taken(&mut self, id: OutboxId, receipt: &str) {
        if self.file.is_some() {
            let receipt = serde_json::Value::from(receipt);
            let _ = writeln!(self.waiting, "taken {id} {receipt}");
        }
    }

    /// Writes what is to be written with the next note.
    pub(super) fn flush(&mut self) {
        if !self.waiting.is_empty() {
            self.write("");
        }
    }

    fn write(&mut self, line: &str) -> bool {
        let Some(file) = &mut self.file else {
            return false;
        };
        let text = std::mem::take(&mut self.waiting) + line;
        match file.write_all(text.as_bytes()) {
            Ok(()) => {
                self.bytes += text.len() as u64;
                true
            }
            Err(error) => {
                tracing::debug!(%error, "no more notes of delivery: mails leave one by one");
                // What stands there already would be old before it is read.
                let _ = file.set_len(0);
                self.file = None;
                false
            }
        }
    }
}

/// What a process that ended had noted.
#[derive(Debug, Default)]
pub(super) struct Earlier(BTreeMap<OutboxId, Entry>);

#[derive(Debug)]
struct Entry {
    attempts: u32,
    at: i64,
    noted: Noted,
}

impl Earlier {
    /// Reads the notes of a data folder. Notes of an earlier start of the machine are none.
    pub(super) fn read(folder: Option<&Path>) -> Self {
        let (Some(folder), Some(boot)) = (folder, boot()) else {
            return Self::default();
        };
        match std::fs::read_to_string(folder.join(FILE)) {
            Ok(text) => Self::parse(&text, &boot),
            Err(_) => Self::default(),
        }
    }

    fn parse(text: &str, boot: &str) -> Self {
        let mut entries: BTreeMap<OutboxId, Entry> = BTreeMap::new();
        let mut lines = text.split_inclusive('\n');
        if lines.next() != Some(&format!("boot {boot}\n")) {
            return Self::default();
        }
        let id = |word: &str| word.parse().ok().map(OutboxId);
        for line in lines {
            // The process ended while it wrote this line: nothing followed from it.
            let Some(line) = line.strip_suffix('\n') else {
                break;
            };
            let read = match line.split_once(' ') {
                Some(("marked", rest)) => marked(rest, &mut entries),
                Some(("begun", mail)) => {
                    let entry = id(mail).and_then(|id| entries.get_mut(&id));
                    entry.map(|entry| entry.noted = Noted::Unknown)
                }
                Some(("taken", rest)) => rest.split_once(' ').and_then(|(mail, receipt)| {
                    let receipt: String = serde_json::from_str(receipt).ok()?;
                    let entry = entries.get_mut(&id(mail)?)?;
                    entry.noted = Noted::Taken(receipt);
                    Some(())
                }),
                _ => None,
            };
            // Not written by us: it is not known what else is wrong.
            if read.is_none() {
                return Self::default();
            }
        }
        Self(entries)
    }

    /// What is noted of a mail that is marked in the store. Only of just this attempt.
    pub(super) fn of(&self, record: &OutboxRecord) -> Noted {
        self.0
            .get(&record.id)
            .filter(|entry| {
                entry.attempts == record.attempts && entry.at == record.changed_at.as_microsecond()
            })
            .map_or(Noted::Unknown, |entry| entry.noted.clone())
    }
}

fn marked(rest: &str, entries: &mut BTreeMap<OutboxId, Entry>) -> Option<()> {
    let mut words = rest.split(' ');
    let at = words.next()?.parse().ok()?;
    for word in words {
        let (id, attempts) = word.split_once(':')?;
        let entry = Entry {
            attempts: attempts.parse().ok()?,
            at,
            noted: Noted::NotBegun,
        };
        entries.insert(OutboxId(id.parse().ok()?), entry);
    }
    Some(())
}

/// The identity of the running system. None where there is none: a file may then have lost what was
/// written to it last.
fn boot() -> Option<String> {
    let text = std::fs::read_to_string(BOOT).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTED: &str = "11111111-2222-3333-4444-555555555555";

    fn noted(text: &str, id: i64) -> Option<Noted> {
        let entries = Earlier::parse(text, BOOTED).0;
        entries.get(&OutboxId(id)).map(|entry| entry.noted.clone())
    }

    fn notes(lines: &str) -> String {
        format!("boot {BOOTED}\n{lines}")
    }

    #[test]
    fn mails_of_a_group_are_told_apart() {
        let text = notes(
            "marked 5 1:1 2:3 4:1\nbegun 1\ntaken 1 \"250 ok\"\nbegun 2\nmarked 9 7:1\nbegun 7\n",
        );
        assert_eq!(noted(&text, 1), Some(Noted::Taken("250 ok".to_owned())));
        assert_eq!(noted(&text, 2), Some(Noted::Unknown));
        assert_eq!(noted(&text, 4), Some(Noted::NotBegun));
        assert_eq!(noted(&text, 7), Some(Noted::Unknown));
        assert_eq!(noted(&text, 3), None);
    }

    #[test]
    fn a_line_that_was_not_finished_says_nothing() {
        for cut in ["begun 2", "begun ", "begu", "taken 1 \"250 o"] {
            let text = notes(&format!("marked 5 1:1 2:1\nbegun 1\n{cut}"));
            assert_eq!(noted(&text, 1), Some(Noted::Unknown), "{cut}");
            assert_eq!(noted(&text, 2), Some(Noted::NotBegun), "{cut}");
        }
        // A group that was not wholly noted was not marked either.
        assert_eq!(noted(&notes("marked 5 1:1 2:1"), 1), None);
    }

    #[test]
    fn notes_of_another_start_of_the_machine_and_damaged_ones_are_none() {
        let other = "boot 99999999-2222-3333-4444-555555555555\nmarked 5 1:1\n";
        assert_eq!(noted(other, 1), None);
        assert_eq!(noted("", 1), None);
        for damage in ["\0\0\0\n", "begun 9\n", "taken 1 250\n", "marked x 1:1\n"] {
            let text = notes(&format!("marked 5 1:1\n{damage}"));
            assert_eq!(noted(&text, 1), None, "{damage:?}");
        }
    }
}
