//! Arrays of numbers in the form of NumPy: `.npy` files within a zip archive.
//!
//! Read by hand, because two kinds of array in one order of bytes are all that a model has; the format is described in
//! NumPy's `numpy.lib.format`.

use std::io::{Read, Seek};

use zip::ZipArchive;

/// No array of a model is longer.
const MOST_BYTES: u64 = 64_000_000;

/// The archive of a model's arrays.
pub(super) struct Arrays<R> {
    archive: ZipArchive<R>,
}

/// An array as it lies in the file.
pub(super) struct Array {
    /// Lengths of its dimensions.
    pub(super) shape: Vec<usize>,
    /// The numbers, in the order of rows.
    pub(super) bytes: Vec<u8>,
}

impl<R: Read + Seek> Arrays<R> {
    pub(super) fn open(reader: R) -> Result<Self, String> {
        let archive = ZipArchive::new(reader).map_err(|error| error.to_string())?;
        Ok(Arrays { archive })
    }

    /// A number that differs where any array differs: the checksums of all entries.
    pub(super) fn checksum(&mut self) -> Result<u32, String> {
        let mut hasher = crc32fast::Hasher::new();
        for place in 0..self.archive.len() {
            let entry = self
                .archive
                .by_index_raw(place)
                .map_err(|error| error.to_string())?;
            hasher.update(entry.name_raw());
            hasher.update(&entry.crc32().to_le_bytes());
        }
        Ok(hasher.finalize())
    }

    /// Bytes of an array whose elements are described so: `<f4` or `|u1`.
    pub(super) fn read(&mut self, name: &str, description: &str) -> Result<Array, String> {
        let mut entry = self
            .archive
            .by_name(&format!("{name}.npy"))
            .map_err(|error| format!("{name}: {error}"))?;
        if entry.size() > MOST_BYTES {
            return Err(format!("{name}: too large"));
        }
        let shape =
            header(&mut entry, description).map_err(|reason| format!("{name}: {reason}"))?;
        let width = if description.ends_with('4') { 4 } else { 1 };
        let size = shape
            .iter()
            .try_fold(width, |size: usize, length| size.checked_mul(*length))
            .filter(|size| *size as u64 <= MOST_BYTES)
            .ok_or_else(|| format!("{name}: too large"))?;
        let mut bytes = vec![0; size];
        entry
            .read_exact(&mut bytes)
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Array { shape, bytes })
    }

    /// Numbers of an array of this shape.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let array = self.read(name, "<f4")?;
        if array.shape != shape {
            return Err(format!(
                "{name}: shape {:?}, expected {shape:?}",
                array.shape
            ));
        }
        let (numbers, _) = array.bytes.as_chunks::<4>();
        Ok(numbers
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect())
    }
}

/// Reads the header and gives the shape.
fn header(reader: &mut impl Read, description: &str) -> Result<Vec<usize>, String> {
    let broken = |_| "its header is cut short".to_owned();
    let mut start = [0; 8];
    reader.read_exact(&mut start).map_err(broken)?;
    if &start[..6] != b"\x93NUMPY" {
        return Err("it is no array of NumPy".to_owned());
    }
    let length = if start[6] == 1 {
        let mut length = [0; 2];
        reader.read_exact(&mut length).map_err(broken)?;
        usize::from(u16::from_le_bytes(length))
    } else {
        let mut length = [0; 4];
        reader.read_exact(&mut length).map_err(broken)?;
        u32::from_le_bytes(length) as usize
    };
    if length > 65_536 {
        return Err("its header is too long".to_owned());
    }
    let mut text = vec![0; length];
    reader.read_exact(&mut text).map_err(broken)?;
    let text = String::from_utf8(text).map_err(|_| "its header is no text".to_owned())?;
    if !text.contains(&format!("'{description}'")) || text.contains("'fortran_order': True") {
        return Err(format!(
            "expected elements {description} in the order of rows: {text}"
        ));
    }
    let (_, shape) = text.split_once("'shape': (").ok_or("it has no shape")?;
    let (shape, _) = shape.split_once(')').ok_or("it has no shape")?;
    shape
        .split(',')
        .map(str::trim)
        .filter(|length| !length.is_empty())
        .map(|length| length.parse().map_err(|_| format!("its shape is {shape}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn headers_are_read_or_refused() {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        assert_eq!(header(&mut &file(good, &[])[..], "<f4"), Ok(vec![2, 3]));
        let flat = "{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }";
        assert_eq!(header(&mut &file(flat, &[])[..], "<f4"), Ok(vec![7]));
        let columns = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }";
        assert!(header(&mut &file(columns, &[])[..], "<f4").is_err());
        assert!(header(&mut &file(good, &[])[..], "|u1").is_err());
        assert!(header(&mut &b"\x93NUMPY\x01\x00\xff"[..], "<f4").is_err());
        assert!(header(&mut &b"PK"[..], "<f4").is_err());
    }
}
