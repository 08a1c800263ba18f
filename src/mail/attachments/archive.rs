//! gzip (RFC 1952) and zip through one capped reader, in memory.

use std::io::{Cursor, Read};

use crate::limits;

/// What came out of an archive.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    /// Names and contents.
    pub(super) entries: Vec<(String, Vec<u8>)>,
    /// Bytes of all entries.
    pub(super) bytes: usize,
    /// Defect codes and details.
    pub(super) problems: Vec<(&'static str, String)>,
}

pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Unpacks what fits into `budget` bytes.
pub(super) fn unpack(bytes: &[u8], name: &str, budget: usize) -> Unpacked {
    let mut unpacked = Unpacked::default();
    if is_gzip(bytes) {
        let inner = name
            .strip_suffix(".gz")
            .or_else(|| name.strip_suffix(".GZ"))
            .or_else(|| name.strip_suffix(".gzip"))
            .unwrap_or("content")
            .to_owned();
        let mut reader = flate2::bufread::MultiGzDecoder::new(bytes);
        unpacked.take(&mut reader, inner, bytes.len(), budget);
        return unpacked;
    }
    let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            unpacked
                .problems
                .push(("archive_unreadable", format!("{name}: {error}")));
            return unpacked;
        }
    };
    if archive.len() > limits::ARCHIVE_ENTRIES_MAX {
        unpacked.problems.push((
            "archive_limit",
            format!(
                "{name}: {} entries, {} read",
                archive.len(),
                limits::ARCHIVE_ENTRIES_MAX
            ),
        ));
    }
    for index in 0..archive.len().min(limits::ARCHIVE_ENTRIES_MAX) {
        match archive.by_index(index) {
            Ok(mut entry) => {
                if entry.is_dir() {
                    continue;
                }
                let entry_name = String::from(entry.name().unwrap_or_default());
                let packed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX);
                let left = budget.saturating_sub(unpacked.bytes);
                if !unpacked.take(&mut entry, entry_name, packed.min(bytes.len()), left) {
                    break;
                }
            }
            Err(error) => {
                let code = if error.to_string().to_ascii_lowercase().contains("password") {
                    "encrypted"
                } else {
                    "archive_unreadable"
                };
                unpacked
                    .problems
                    .push((code, format!("{name}, entry {index}: {error}")));
            }
        }
    }
    unpacked
}

impl Unpacked {
    /// Reads one entry; false when nothing more should be read from this archive.
    fn take(&mut self, reader: &mut dyn Read, name: String, packed: usize, left: usize) -> bool {
        let ratio_cap = (packed as u64)
            .saturating_mul(limits::ARCHIVE_RATIO_MAX)
            .max(64 * 1024);
        let cap = limits::ARCHIVE_ENTRY_BYTES_MAX
            .min(left)
            .min(usize::try_from(ratio_cap).unwrap_or(usize::MAX));
        let mut content = Vec::new();
        let mut limited = reader.take(cap as u64 + 1);
        if let Err(error) = limited.read_to_end(&mut content) {
            self.problems
                .push(("archive_unreadable", format!("{name}: {error}")));
        }
        let over = content.len() > cap;
        content.truncate(cap);
        self.bytes += content.len();
        if over {
            self.problems
                .push(("archive_limit", format!("{name}: cut after {cap} bytes")));
            if cap as u64 == ratio_cap {
                // A bomb: what it holds is no log of anybody.
                self.problems.push((
                    "archive_bomb",
                    format!(
                        "{name}: unpacks to more than {} times its size",
                        limits::ARCHIVE_RATIO_MAX
                    ),
                ));
                return false;
            }
        }
        if !content.is_empty() {
            self.entries.push((name, content));
        }
        !(over && cap == left)
    }
}
