//! The text side of the HTML converter: white space, line breaks, cells.

use crate::mail::text::joins_nothing;

/// Collects text and decides on the white space between its pieces.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    gap: Gap,
    /// A list item's bullet that waits for its text.
    bullet: Option<String>,
    /// True between the start of a cell and its first text: blocks inside do not break the row.
    at_cell_start: bool,
    /// True when the current row has a cell already.
    in_row: bool,
    /// The current cell is one of a table of values.
    of_values: bool,
    /// Cells of values without text since the last one with text.
    empty_cells: usize,
}

/// White space owed before the next text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Tab,
    Line,
    Blank,
}

impl Writer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            text: String::with_capacity(capacity),
            ..Self::default()
        }
    }

    pub(super) fn position(&self) -> usize {
        self.text.len()
    }

    /// Where the next text will begin at the earliest.
    pub(super) fn next_position(&self) -> usize {
        self.text.len()
    }

    pub(super) fn since(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default()
    }

    /// Writes owed line breaks now, so that a mark begins on its own line.
    pub(super) fn settle(&mut self) {
        if self.gap >= Gap::Line {
            self.write_gap();
        }
    }

    fn write_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let empty_cells = std::mem::take(&mut self.empty_cells);
        if self.text.is_empty() {
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Space => {
                if !self.text.ends_with([' ', '\n', '\t']) {
                    self.text.push(' ');
                }
            }
            Gap::Tab => self.text.push('\t'),
            Gap::Line => {
                if !self.text.ends_with('\n') {
                    self.text.push('\n');
                }
            }
            Gap::Blank => {
                while !self.text.ends_with("\n\n") {
                    self.text.push('\n');
                }
            }
        }
        self.text.extend(std::iter::repeat_n('\t', empty_cells));
    }

    fn owe(&mut self, gap: Gap) {
        if self.at_cell_start && gap != Gap::Space {
            return;
        }
        // A space never replaces a tab or a line break.
        if gap > self.gap {
            self.gap = gap;
        }
    }

    fn before_text(&mut self) {
        self.write_gap();
        if let Some(bullet) = self.bullet.take() {
            self.text.push_str(&bullet);
        }
        self.at_cell_start = false;
    }

    pub(super) fn text(&mut self, text: &str, preformatted: bool) {
        if preformatted {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.line_break();
                }
                let line = line.trim_end_matches('\r');
                if !line.is_empty() {
                    self.before_text();
                    push_visible(&mut self.text, line);
                }
            }
            return;
        }
        let is_blank = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0c');
        let mut first = true;
        for word in text.split(is_blank) {
            if !first {
                self.owe(Gap::Space);
            }
            first = false;
            if word.is_empty() {
                continue;
            }
            if word.bytes().all(|byte| byte.is_ascii() && byte >= b' ') {
                self.before_text();
                self.text.push_str(word);
            } else if word.chars().any(is_visible) {
                self.before_text();
                push_visible(&mut self.text, word);
            }
        }
    }

    /// `<br>`: a break even where one is owed already.
    pub(super) fn line_break(&mut self) {
        if self.at_cell_start {
            return;
        }
        match self.gap {
            Gap::Line => self.gap = Gap::Blank,
            Gap::Blank => {}
            _ => self.gap = Gap::Line,
        }
    }

    pub(super) fn new_line(&mut self) {
        self.owe(Gap::Line);
    }

    pub(super) fn blank_line(&mut self) {
        self.owe(Gap::Blank);
    }

    pub(super) fn blank_line_after(&mut self) {
        self.owe(Gap::Blank);
    }

    pub(super) fn row(&mut self) {
        self.at_cell_start = false;
        self.in_row = false;
        self.empty_cells = 0;
        self.owe(Gap::Line);
    }

    pub(super) fn end_row(&mut self) {
        self.at_cell_start = false;
        self.in_row = false;
        self.empty_cells = 0;
        // What a paragraph in the last cell left behind is no gap between rows.
        self.gap = Gap::Line;
    }

    /// A cell begins: a tab where the row has text already, and one more for each cell of values before it that is empty.
    pub(super) fn cell(&mut self, of_values: bool) {
        if self.in_row && self.at_cell_start {
            // What is empty at the beginning of a row is more often a margin.
            if self.gap < Gap::Line {
                self.empty_cells += usize::from(self.of_values && self.gap == Gap::Tab);
                self.gap = Gap::Tab;
            }
        } else if self.in_row {
            // Breaks that a paragraph inside the cell before left behind do not break the row.
            self.gap = Gap::Tab;
        }
        self.of_values = of_values;
        self.in_row = true;
        self.at_cell_start = true;
    }

    /// A picture: its cell holds no value.
    pub(super) fn picture(&mut self) {
        self.of_values = false;
    }

    pub(super) fn item(&mut self, number: Option<u64>) {
        self.bullet = Some(number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. ")));
    }

    pub(super) fn rule(&mut self) {
        self.owe(Gap::Line);
        self.before_text();
        self.text.push_str("________________________________");
        self.owe(Gap::Line);
    }

    /// The target of a link behind its text.
    pub(super) fn target(&mut self, target: &str) {
        self.text.push_str(" <");
        self.text.push_str(target);
        self.text.push('>');
    }

    pub(super) fn finish(mut self) -> String {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text
    }
}

/// Zero-width characters, byte order marks, soft hyphens and directional marks show nothing and break
/// every pattern. Of joiners it depends on what stands before them.
pub(in crate::mail) fn is_visible(character: char) -> bool {
    !matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{0}'..='\u{8}'
            | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
    )
}

fn push_visible(text: &mut String, piece: &str) {
    for character in piece.chars() {
        match character {
            '\u{a0}' | '\u{202f}' | '\u{2007}' => text.push(' '),
            '\u{2028}' | '\u{2029}' | '\u{85}' => text.push('\n'),
            '\u{200c}' | '\u{200d}' if joins_nothing(text) => {}
            '\t' => text.push('\t'),
            _ if is_visible(character) => text.push(character),
            _ => {}
        }
    }
}
