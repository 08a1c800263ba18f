//! Tables whose first row names the columns: tabs, `|`, `;`, commas or wide gaps between cells.

use std::ops::Range;

use super::Extractor;
use super::characters::is_joined;
use super::codes::is_capitals;
use super::country_codes;
use super::gather::{Candidate, Gathered};
use super::passage::Passage;
use crate::profile::Reader;

/// Most rows of one table that are read.
const ROWS_MAX: usize = 500;

/// Reads the cells below header cells that are labels or keys.
pub(crate) fn read(extractor: &Extractor, passage: &Passage<'_>, gathered: &mut Gathered) {
    let text = passage.text;
    let mut lines = lines(text).peekable();
    while let Some(line) = lines.next() {
        let Some(separator) = separator_of(&text[line.clone()]) else {
            continue;
        };
        let header = cells(text, &line, separator);
        let columns: Vec<Vec<usize>> = header
            .iter()
            .map(|cell| fields_of(extractor, &text[cell.clone()]))
            .collect();
        if columns.iter().filter(|fields| !fields.is_empty()).count() < 2 {
            continue;
        }
        for _ in 0..ROWS_MAX {
            let Some(row) = lines.peek() else { break };
            let row_text = text[row.clone()].trim();
            let ruled = !row_text.is_empty()
                && row_text
                    .chars()
                    .all(|character| "-=|+: \t".contains(character));
            if !ruled {
                let values = cells(text, row, separator);
                if values.len() < 2
                    || values.len() + 1 < header.len()
                    || values.len() > header.len() + 1
                {
                    break;
                }
                for (fields, cell) in columns.iter().zip(values) {
                    for field in fields {
                        read_cell(extractor, passage, *field, cell.clone(), gathered);
                    }
                }
            }
            lines.next();
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start > text.len() {
            return None;
        }
        let rest = &text.as_bytes()[start..];
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |newline| start + newline);
        let line = start..end;
        start = end + 1;
        (line.start < text.len()).then_some(line)
    })
}

fn separator_of(line: &str) -> Option<char> {
    if line.len() > 1_000 {
        return None;
    }
    let sign = ['\t', '|', ';', ',']
        .into_iter()
        .find(|separator| line.contains(*separator));
    sign.or_else(|| {
        let line = line.trim();
        if has_gap(line) {
            Some(WIDE)
        } else {
            (line.contains(' ') && is_header_of_keys(line)).then_some(' ')
        }
    })
}

/// Stands for two blanks or more: what is left of tabs and columns in many mails.
const WIDE: char = '\u{2003}';

fn is_gap(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\t' | '\u{3000}')
}

fn has_gap(line: &str) -> bool {
    if line.is_ascii() {
        // Blanks and tabs are all the gaps of ASCII.
        let gap = |byte: u8| matches!(byte, b' ' | b'\t');
        return line
            .as_bytes()
            .windows(2)
            .any(|two| gap(two[0]) && gap(two[1]));
    }
    let mut blanks = 0;
    line.chars().any(|character| {
        blanks = if is_gap(character) { blanks + 1 } else { 0 };
        blanks > 1
    })
}

/// `reportId reportType processingStatus`: nothing but keys, with one blank between.
fn is_header_of_keys(line: &str) -> bool {
    line.split(' ').all(|word| {
        word.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }) && line.split(' ').filter(|word| is_joined(word)).count() > 1
}

/// The cells of a line between wide gaps.
fn cells_between_gaps(text: &str, line: &Range<usize>) -> Vec<Range<usize>> {
    let mut cells: Vec<Range<usize>> = Vec::new();
    let mut blanks = 2;
    for (offset, character) in text[line.clone()].char_indices() {
        let place = line.start + offset;
        if is_gap(character) || character == '\r' {
            blanks += 1;
            continue;
        }
        let end = place + character.len_utf8();
        match cells.last_mut() {
            Some(cell) if blanks < 2 => cell.end = end,
            _ => cells.push(place..end),
        }
        blanks = 0;
    }
    cells
}

fn cells(text: &str, line: &Range<usize>, separator: char) -> Vec<Range<usize>> {
    if separator == WIDE {
        return cells_between_gaps(text, line);
    }
    let mut start = line.start;
    let mut cells = Vec::new();
    let line_text = text[line.clone()].trim_end_matches('\r');
    let outer = separator == '|' && line_text.trim_start().starts_with('|');
    for piece in line_text.split(separator) {
        let around = [' ', '"', '\'', '\t', '*', '\u{feff}'];
        let trimmed = piece.trim_end_matches(around);
        let offset = trimmed.len() - trimmed.trim_start_matches(around).len();
        let trimmed = &trimmed[offset..];
        cells.push(start + offset..start + offset + trimmed.len());
        start += piece.len() + separator.len_utf8();
    }
    if outer && cells.first().is_some_and(Range::is_empty) {
        cells.remove(0);
        if cells.last().is_some_and(Range::is_empty) {
            cells.pop();
        }
    }
    cells
}

fn fields_of(extractor: &Extractor, cell: &str) -> Vec<usize> {
    let mut fields: Vec<usize> = extractor
        .names
        .cell(cell)
        .iter()
        .filter(|meaning| meaning.sense.names_a_field())
        .map(|meaning| usize::from(meaning.field))
        .collect();
    fields.dedup();
    fields
}

fn read_cell(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    cell: Range<usize>,
    gathered: &mut Gathered,
) {
    let text = &passage.text[cell.clone()];
    if text.is_empty() || gathered.full(field) {
        return;
    }
    match extractor.fields[field].read {
        Reader::Value if extractor.match_at(passage.text, field, cell.start) == Some(cell.end) => {
            gathered.add(extractor.checked_candidate(passage, field, cell, "column", 0.93));
        }
        Reader::Place => {
            for (row, range) in country_codes::all(extractor, text, field) {
                let country = extractor.list_cell(field, row, 0).to_owned();
                let range = cell.start + range.start..cell.start + range.end;
                gathered
                    .add(Candidate::new(passage, field, range, country, "column", 0.93).shared());
            }
        }
        Reader::ErrorMessage if text.contains(' ') && text.chars().any(char::is_alphabetic) => {
            let value = text.to_owned();
            gathered.add(Candidate::new(passage, field, cell, value, "column", 0.85).shared());
        }
        Reader::ErrorCode
            if !text.contains(' ')
                && match extractor.code_row(field, text) {
                    // "DONE" in a column of states is no error.
                    Some(row) => extractor.list_cell(field, row, 1) != "processing",
                    None => is_capitals(text) && !extractor.is_listed(text),
                } =>
        {
            let value = text.to_owned();
            gathered.add(Candidate::new(passage, field, cell, value, "column", 0.9).shared());
        }
        Reader::HttpStatus if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let value = text.to_owned();
            gathered.add(Candidate::new(passage, field, cell, value, "column", 0.9).shared());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;

    #[test]
    fn columns_give_their_values() {
        let extractor = Extractor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap();
        for text in [
            "report_id;marketplace;status\n506376300792;NL;CANCELLED\n534427901070;SE;DONE",
            "| Report ID | Marketplace |\n|---|---|\n| 506376300792 | NL |\n| 534427901070 | SE |",
            "Report ID\tMarketplace\n506376300792\tNL\n534427901070\tSE\n",
            "Report ID        Marketplace\n506376300792     NL\n534427901070     SE\n",
            "  reportId       reportType                marketplaceId\n  506376300792   GET_AFN_INVENTORY_DATA    NL\n  534427901070   GET_AFN_INVENTORY_DATA    SE\n",
            "reportId reportType marketplace\n506376300792 GET_AFN_INVENTORY_DATA NL\n534427901070 GET_AFN_INVENTORY_DATA SE\n",
        ] {
            let passage = Passage {
                part: crate::case::PartId::Body,
                text,
                base: 0,
            };
            let mut gathered = Gathered::default();
            read(&extractor, &passage, &mut gathered);
            let mut values: Vec<&str> = gathered
                .candidates
                .iter()
                .map(|candidate| candidate.value.as_str())
                .collect();
            values.sort_unstable();
            assert_eq!(
                values,
                ["506376300792", "534427901070", "NL", "SE"],
                "{text}"
            );
        }
    }
}
