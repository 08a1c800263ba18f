//! Header blocks that Lotus Notes draws as a box.

use super::header_block::{HeaderBlock, has_year};
use super::header_labels::{INDEX, Label};
use super::line::Line;

/// Most lines of a block that is drawn as a box.
const BOX_LINES_MAX: usize = 60;

/// Each label and each value in a box of bars and dashes, `|------------>`, `| From:      |`, or the
/// author and the date without labels in a box of two columns, `|-------+-------->`, above one of labelled values.
pub(super) fn at(lines: &[Line<'_>], first: usize) -> Option<HeaderBlock> {
    let edge = |text: &str| {
        text.len() > 4
            && text.starts_with(['|', '>'])
            && text.ends_with(['|', '>'])
            && text[1..text.len() - 1]
                .bytes()
                .all(|byte| matches!(byte, b'-' | b'+'))
    };
    let opening = lines[first].text;
    if !opening.starts_with("|--") || !edge(opening) {
        return None;
    }
    // Tables end in a bar.
    let columns = opening.contains('+') && opening.ends_with('>');
    let mut seen = [false; 6];
    let mut author = false;
    let mut last = first;
    for (index, line) in lines.iter().enumerate().skip(first).take(BOX_LINES_MAX) {
        let text = line.text;
        if edge(text) {
            last = index;
        } else if text.starts_with('|') && text.ends_with('|') {
            for cell in text
                .split('|')
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
            {
                let found = cell
                    .split_once([':', '：'])
                    .filter(|(_, value)| columns || value.is_empty())
                    .and_then(|(name, _)| INDEX.get(name.trim().to_lowercase().as_str()));
                match found {
                    Some(found) => seen[*found as usize] = true,
                    None => author |= cell.contains('@') || has_year(cell),
                }
            }
            last = index;
        } else if !line.is_blank() {
            break;
        }
    }
    let labels = seen.iter().filter(|seen| **seen).count();
    let named = seen[Label::From as usize] && labels >= 2;
    let in_columns =
        columns && author && (seen[Label::To as usize] || seen[Label::Subject as usize]);
    (named || in_columns).then_some(HeaderBlock { first, last })
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn found(text: &str) -> Option<usize> {
        at(&line::split(text), 0).map(|found| found.last)
    }

    #[test]
    fn boxes_of_two_columns() {
        let text = "|------+-------------------->\n|      |    Jane Doe         |\n|      |    <jane@x.example> |\n\
                    |      |    04.03.2024 09:05 |\n|------+-------------------->\n  >-----------------------|\n\
                    | An:      Desk           |\n  | Thema:   Pumpe          |\n  >-----------------------|\n\nold";
        assert_eq!(found(text), Some(8));
    }

    #[test]
    fn tables_are_no_boxes() {
        for text in [
            "|------+------|\n| To:  | 7    |\n| Subject: | 2024 |\n|------+------|",
            "|------+------>\n| pump | 7    |\n|------+------>",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
