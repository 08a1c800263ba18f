//! mbox, read as a stream: a file of many gigabytes needs the memory of its largest mail.
//!
//! A mail begins at a line `From SENDER DATE` at the start of the file or after an empty line. In
//! the mail, `>From ` was quoted by whoever wrote the mbox (RFC 4155 leaves the variant open); one
//! `>` is taken away, as the `mboxrd` variant does.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::{Item, RAW_BYTES_MAX, RawMail, ReadFailure};

/// Bytes at the head of the file by which a replaced file is told from one that grew.
const HEAD_BYTES: usize = 512;

/// True when the file begins with a separator.
pub(super) fn is_mbox(path: &Path) -> io::Result<bool> {
    let mut head = [0; 5];
    let mut file = File::open(path)?;
    let mut filled = 0;
    while filled < head.len() {
        match file.read(&mut head[filled..])? {
            0 => return Ok(false),
            count => filled += count,
        }
    }
    Ok(&head == b"From ")
}

/// The mails of an mbox, in order.
pub(super) struct MboxReader {
    reader: BufReader<File>,
    origin: String,
    head: String,
    /// Offset of the next byte to read.
    offset: u64,
    /// The separator of the mail to come has been read.
    in_mail: bool,
    line: Vec<u8>,
    failed: bool,
}

impl MboxReader {
    pub(super) fn open(path: &Path, cursor: Option<&str>) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        // A file that is still shorter than the head will have another one when it has grown.
        let head = format!("{}-{}", head.len(), blake3::hash(&head).to_hex());
        let length = file.metadata()?.len();
        // Another or a shortened file is read from its start: what is known already costs time only.
        let offset = cursor
            .and_then(|cursor| cursor.split_once(' '))
            .filter(|(_, known_head)| *known_head == head)
            .and_then(|(offset, _)| offset.parse::<u64>().ok())
            .filter(|offset| *offset <= length)
            .unwrap_or(0);
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self {
            reader: BufReader::with_capacity(256 * 1024, file),
            origin: path.display().to_string(),
            head,
            offset,
            in_mail: false,
            line: Vec::new(),
            failed: false,
        })
    }

    /// Reads one line with its end into `self.line`; 0 at the end of the file.
    fn read_line(&mut self) -> io::Result<usize> {
        self.line.clear();
        // A "line" beyond what a mail may have is read in pieces, so that it cannot fill the memory.
        let count = (&mut self.reader)
            .take(RAW_BYTES_MAX)
            .read_until(b'\n', &mut self.line)?;
        self.offset += count as u64;
        Ok(count)
    }

    fn next_mail(&mut self) -> io::Result<Option<Item>> {
        while !self.in_mail {
            if self.read_line()? == 0 {
                return Ok(None);
            }
            self.in_mail = is_separator(&self.line);
        }
        let start = self.offset;
        let mut bytes = Vec::new();
        let mut size = 0_u64;
        let mut after_empty_line = false;
        loop {
            let line_start = self.offset;
            if self.read_line()? == 0 {
                self.in_mail = false;
                break;
            }
            if after_empty_line && is_separator(&self.line) {
                self.offset = line_start + self.line.len() as u64;
                break;
            }
            after_empty_line = matches!(&self.line[..], b"\n" | b"\r\n");
            size += self.line.len() as u64;
            if size <= RAW_BYTES_MAX {
                bytes.extend_from_slice(unquote(&self.line));
            } else {
                bytes = Vec::new();
            }
        }
        let origin = format!("{}@{start}", self.origin);
        if size > RAW_BYTES_MAX {
            return Ok(Some(Err(ReadFailure {
                origin,
                problem: format!(
                    "{size} bytes are more than the {RAW_BYTES_MAX} that one mail may have; left where it is"
                ),
            })));
        }
        // The empty line before the next separator belongs to the mbox, not to the mail.
        let end = bytes.len();
        if bytes.ends_with(b"\r\n\r\n") {
            bytes.truncate(end - 2);
        } else if bytes.ends_with(b"\n\n") {
            bytes.truncate(end - 1);
        }
        // The cursor stands before the next separator, so that reading goes on with it.
        let next = if self.in_mail {
            self.offset - self.line.len() as u64
        } else {
            self.offset
        };
        Ok(Some(Ok(RawMail {
            bytes,
            origin,
            received_at: None,
            cursor: Some(format!("{next} {}", self.head)),
            arrival: crate::store::Arrival::default(),
        })))
    }
}

impl Iterator for MboxReader {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        if self.failed {
            return None;
        }
        match self.next_mail() {
            Ok(item) => item,
            Err(error) => {
                self.failed = true;
                Some(Err(ReadFailure {
                    origin: format!("{}@{}", self.origin, self.offset),
                    problem: error.to_string(),
                }))
            }
        }
    }
}

/// `From SENDER DATE`: a time of day must follow, so that a sentence beginning with "From " after
/// an empty line is not taken for a separator.
fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    rest.windows(5).any(|window| {
        window[2] == b':'
            && [0, 1, 3, 4]
                .iter()
                .all(|&index| window[index].is_ascii_digit())
    }) && rest
        .windows(4)
        .any(|window| window.iter().all(u8::is_ascii_digit))
}

/// `>From ` is `From `, `>>From ` is `>From `.
fn unquote(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|&&byte| byte == b'>').count();
    if quotes > 0 && line[quotes..].starts_with(b"From ") {
        &line[1..]
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MBOX: &str = "From a@example.com Mon Mar  2 10:00:00 2026\nSubject: one\n\ntext\n>From here on\n>>From there\n\nFrom the start it failed.\n\nFrom b@example.com Mon Mar  2 11:00:00 2026\nSubject: two\n\nlast line\n";

    fn write(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn mails(path: &Path, cursor: Option<&str>) -> Vec<RawMail> {
        MboxReader::open(path, cursor)
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn splits_at_separators_only_and_takes_one_quote_away() {
        let file = write(MBOX);
        let mails = mails(file.path(), None);
        assert_eq!(mails.len(), 2);
        assert_eq!(
            mails[0].bytes,
            b"Subject: one\n\ntext\nFrom here on\n>From there\n\nFrom the start it failed.\n"
        );
        assert_eq!(mails[1].bytes, b"Subject: two\n\nlast line\n");
    }

    #[test]
    fn goes_on_after_its_cursor_and_starts_again_when_the_file_was_replaced() {
        let file = write(MBOX);
        let all = mails(file.path(), None);
        let rest = mails(file.path(), all[0].cursor.as_deref());
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].bytes, all[1].bytes);
        assert!(mails(file.path(), all[1].cursor.as_deref()).is_empty());
        std::fs::write(file.path(), MBOX.replace("one", "another")).unwrap();
        assert_eq!(mails(file.path(), all[1].cursor.as_deref()).len(), 2);
    }

    #[test]
    fn a_mail_without_final_newline_is_whole() {
        let file = write("From a@example.com Mon Mar  2 10:00:00 2026\nSubject: x\n\nend");
        assert_eq!(mails(file.path(), None)[0].bytes, b"Subject: x\n\nend");
    }
}
