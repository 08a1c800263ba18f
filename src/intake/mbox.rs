//! mbox, read as a stream: a file of many gigabytes needs the memory of its largest mail.
//!
//! A mail begins at a line `From SENDER DATE` at the start of the file or after an empty line; where a header follows
//! also without that line, which some programs leave out, and behind a mail with a `Content-Length` only where a
//! header follows, because whoever writes that field (`mboxcl2`) does not quote such a line in a text. In the mail, `>From ` was quoted by whoever wrote the mbox (RFC 4155 leaves the variant open); one
//! `>` is taken away, as the `mboxrd` variant does.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::{Item, RAW_BYTES_MAX, RawMail, ReadFailure};

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 256 * 1024;
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
    /// When the mail to come was delivered, as its separator says.
    delivered_at: Option<Timestamp>,
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
            reader: BufReader::with_capacity(BUFFER_BYTES, file),
            origin: path.display().to_string(),
            head,
            offset,
            in_mail: false,
            delivered_at: None,
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

    /// True where the next line begins like a field of a header (RFC 5322 section 2.2). Some
    /// files have a second separator, quoted.
    fn header_follows(&mut self) -> io::Result<bool> {
        if let Some(follows) = begins_header(self.reader.fill_buf()?) {
            return Ok(follows);
        }
        // What is read so far ends within the name.
        self.reader.seek(SeekFrom::Start(self.offset))?;
        Ok(begins_header(self.reader.fill_buf()?) == Some(true))
    }

    fn next_mail(&mut self) -> io::Result<Option<Item>> {
        while !self.in_mail {
            if self.read_line()? == 0 {
                return Ok(None);
            }
            self.in_mail = is_separator(&self.line);
            self.delivered_at = delivered_at(&self.line);
        }
        let start = self.offset;
        let received_at = self.delivered_at.take();
        let mut bytes = Vec::new();
        let mut size = 0_u64;
        let mut after_empty_line = false;
        let mut in_header = true;
        let mut is_counted = false;
        loop {
            let line_start = self.offset;
            if self.read_line()? == 0 {
                self.in_mail = false;
                break;
            }
            if is_separator(&self.line)
                && (after_empty_line && !is_counted
                    || delivered_at(&self.line).is_some() && self.header_follows()?)
            {
                self.offset = line_start + self.line.len() as u64;
                self.delivered_at = delivered_at(&self.line);
                break;
            }
            after_empty_line = matches!(&self.line[..], b"\n" | b"\r\n");
            in_header &= !after_empty_line;
            is_counted |= in_header && begins_with_name(&self.line, b"content-length:");
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
            received_at,
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

/// The date of a separator as `asctime` writes it, with or without a zone: `Mon Mar  6 10:00:00 2023`. It is that of the
/// delivery (RFC 4155, appendix A).
fn delivered_at(line: &[u8]) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let line = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|word| MONTHS.contains(word))?;
    let month = MONTHS.iter().position(|month| *month == words[place])? + 1;
    let day: i8 = words.get(place + 1)?.parse().ok()?;
    let time: Time = words.get(place + 2)?.parse().ok()?;
    let rest = &words[place + 3..];
    let year: i16 = rest
        .iter()
        .find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()?;
    let date = Date::new(year, i8::try_from(month).ok()?, day).ok()?;
    let offset = rest.iter().find_map(|word| {
        let digits = word
            .strip_prefix(['+', '-'])
            .filter(|digits| digits.len() == 4)?;
        let minutes = digits[..2].parse::<i32>().ok()? * 60 + digits[2..].parse::<i32>().ok()?;
        let sign = if word.starts_with('-') { -1 } else { 1 };
        Offset::from_seconds(sign * minutes * 60).ok()
    });
    offset
        .unwrap_or(Offset::UTC)
        .to_timestamp(date.to_datetime(time))
        .ok()
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

/// Whether bytes begin like a field of a header; None where they are too few to tell.
fn begins_header(bytes: &[u8]) -> Option<bool> {
    if bytes.starts_with(b">From ") {
        return Some(true);
    }
    let length = bytes
        .iter()
        .position(|byte| !byte.is_ascii_graphic() || *byte == b':')?;
    Some(length > 0 && bytes[length] == b':')
}

fn begins_with_name(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(name))
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
    fn a_separator_without_an_empty_line_hid_its_mail_in_the_one_before() {
        let file = write(
            "From a@example.com Mon Mar  2 10:00:00 2026\nSubject: one\n\ntext\nFrom b@example.com Mon Mar  2 11:00:00 2026\nSubject: two\n\nlast\n",
        );
        let mails = mails(file.path(), None);
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].bytes, b"Subject: one\n\ntext\n");
        assert_eq!(mails[1].bytes, b"Subject: two\n\nlast\n");
    }

    #[test]
    fn a_separator_at_the_end_of_what_is_read_at_once_hid_its_mail() {
        let head =
            "From a@example.com Mon Mar  2 10:00:00 2026\nSubject: one\nContent-Length: 9\n\n";
        let separator = "\n\nFrom b@example.com Mon Mar  2 11:00:00 2026\n";
        for cut in [0, 1, 4] {
            let filled = BUFFER_BYTES - head.len() - separator.len() - cut;
            let text = "x".repeat(filled);
            let file = write(&format!("{head}{text}{separator}Subject: two\n\nlast\n"));
            assert_eq!(mails(file.path(), None).len(), 2, "{cut}");
        }
    }

    #[test]
    fn a_line_like_a_separator_in_a_text_cut_its_mail() {
        let file = write(
            "From a@example.com Mon Mar  2 10:00:00 2026\nSubject: one\nContent-Length: 69\n\nIt says\n\nFrom MAILER Mon Mar  2 10:00:00 2026\nthat is all\n\nFrom b@example.com Mon Mar  2 11:00:00 2026\nSubject: two\n\nlast\n",
        );
        let mails = mails(file.path(), None);
        assert_eq!(mails.len(), 2);
        assert!(mails[0].bytes.ends_with(b"that is all\n"));
    }

    #[test]
    fn the_separator_tells_the_time_of_delivery() {
        for (line, expected) in [
            (
                "From a@example.com Mon Mar  2 10:00:00 2026\n",
                "2026-03-02T10:00:00Z",
            ),
            (
                "From MAILER-DAEMON Fri Jan 05 23:59:01 2024 +0100\n",
                "2024-01-05T22:59:01Z",
            ),
            (
                "From a@b.example Fri Jan  5 23:59:01 UTC 2024\r\n",
                "2024-01-05T23:59:01Z",
            ),
        ] {
            let found = delivered_at(line.as_bytes()).map(|time| time.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{line}");
        }
        assert_eq!(delivered_at(b"From a@b.example 10:00 2024\n"), None);
        let file = write(MBOX);
        let times: Vec<String> = mails(file.path(), None)
            .iter()
            .filter_map(|mail| Some(mail.received_at?.to_string()))
            .collect();
        assert_eq!(times, ["2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"]);
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
