//! How results look: data on standard output, notes on standard error.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::context::Context;
use crate::engine::Progress;

/// Prints a line of data. A reader that has gone (`| head`) ends the program quietly.
pub(super) fn line(text: &str) {
    written(writeln!(anstream::stdout(), "{text}"));
}

/// Prints bytes as they are; a reader that has gone ends the program quietly.
pub(super) fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    written(out.write_all(bytes).and_then(|()| out.flush()));
}

/// Ends the program where its output cannot be written: quietly where nobody reads it any more.
fn written(result: std::io::Result<()>) {
    match result {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            let _ = writeln!(
                anstream::stderr(),
                "precedent: standard output cannot be written: {error}"
            );
            std::process::exit(2);
        }
    }
}

/// Prints one JSON object on a line.
pub(super) fn object(value: &Value) {
    line(&value.to_string());
}

/// Bytes as a text for JSON, which cannot hold others: what is no UTF-8 is replaced.
#[expect(
    clippy::disallowed_methods,
    reason = "raw bytes are shown as they are, not read as a mail's text"
)]
pub(super) fn raw(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Says something on standard error, unless quiet.
pub(super) fn note(context: &Context, text: &str) {
    if !context.quiet {
        let _ = writeln!(anstream::stderr(), "{text}");
    }
}

/// A table without lines, as wide as the terminal.
pub(super) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head.iter().map(|title| title.to_uppercase()));
    table.set_width(terminal_width());
    table
}

/// Width of the terminal, or a comfortable one.
pub(super) fn terminal_width() -> u16 {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .or_else(console_width)
        .unwrap_or(120)
}

fn console_width() -> Option<u16> {
    std::io::stdout()
        .is_terminal()
        .then(|| console::Term::stdout().size().1)
        .filter(|width| *width >= 60)
}

/// Prints rows in columns no wider than this together: where they do not fit, the widest cells are cut, down to what
/// each column needs at least.
pub(super) fn fitted<const COLUMNS: usize>(
    columns: &[(&str, usize); COLUMNS],
    rows: &[[String; COLUMNS]],
    width: usize,
) {
    for row in fit(columns, rows, width) {
        line(&row);
    }
}

fn fit<const COLUMNS: usize>(
    columns: &[(&str, usize); COLUMNS],
    rows: &[[String; COLUMNS]],
    width: usize,
) -> Vec<String> {
    const GAP: usize = 2;
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(column, (title, _))| {
            let cells = rows.iter().map(|row| crate::reply::columns(&row[column]));
            cells.max().unwrap_or(0).max(crate::reply::columns(title))
        })
        .collect();
    let most = width.saturating_sub(GAP * (COLUMNS - 1));
    while widths.iter().sum::<usize>() > most {
        // The widest column that can still give way, so that no narrow one is lost to it.
        let widest = (0..COLUMNS)
            .filter(|column| widths[*column] > columns[*column].1.max(columns[*column].0.len()))
            .max_by_key(|column| widths[*column]);
        let Some(widest) = widest else { break };
        widths[widest] -= 1;
    }
    let head: Vec<String> = columns
        .iter()
        .map(|(title, _)| title.to_uppercase())
        .collect();
    std::iter::once(head.as_slice())
        .chain(rows.iter().map(|row| row.as_slice()))
        .map(|row| {
            let mut text = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let cell = shorten(cell, *width);
                text.push_str(&cell);
                text.push_str(
                    &" ".repeat(width.saturating_sub(crate::reply::columns(&cell)) + GAP),
                );
            }
            text.trim_end().to_owned()
        })
        .collect()
}

/// A number with its noun: `1 case`, `2 cases`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Shortens a text to so many columns.
pub(super) fn shorten(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if crate::reply::columns(&text) <= most {
        return text;
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += crate::reply::columns(character.encode_utf8(&mut [0; 4]));
        if used > most {
            break;
        }
        cut.push(character);
    }
    format!("{}…", cut.trim_end())
}

/// Running text below a heading: its lines wrapped at the width of the terminal, where there is one.
pub(super) fn paragraphs(text: &str, by: usize) -> String {
    let space = " ".repeat(by);
    let width = console_width().map_or(usize::MAX, usize::from);
    text.lines()
        .map(|line| {
            // What was indented by its writer (code, a list) keeps its place.
            let own = &line[..line.len() - line.trim_start().len()];
            let indent = format!("{space}{own}");
            let wrapped = crate::reply::wrap(line, &indent, &indent, width);
            wrapped.trim_end().to_owned()
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Indents every line.
pub(super) fn indent(text: &str, by: usize) -> String {
    let space = " ".repeat(by);
    text.lines()
        .map(|line| format!("{space}{line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// A progress bar on a terminal; nothing elsewhere.
pub(super) struct Bar(ProgressBar, bool);

impl Bar {
    /// For so many mails, or so many bytes where the number is not known.
    pub(super) fn new(context: &Context, mails: Option<u64>, bytes: Option<u64>) -> Arc<Self> {
        let show = !context.quiet && std::io::stderr().is_terminal();
        let by_bytes = mails.is_none() && bytes.is_some();
        let bar = if show {
            ProgressBar::new(mails.or(bytes).unwrap_or(0))
        } else {
            ProgressBar::hidden()
        };
        let template = if by_bytes {
            "{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}"
        } else {
            "{bar:30} {pos}/{len} {per_sec} {eta}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Arc::new(Self(bar, by_bytes))
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn advance(&self, mails: u64, bytes: u64) {
        self.0.inc(if self.1 { bytes } else { mails });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_cells_take_two_columns_each() {
        assert_eq!(shorten("订单接口报错", 7), "订单接…");
        let rows = [
            ["订单".to_owned(), "x".to_owned()],
            ["ab".to_owned(), "y".to_owned()],
        ];
        let lines = fit(&[("a", 1), ("b", 1)], &rows, 80);
        assert_eq!(lines[1], "订单  x");
        assert_eq!(lines[2], "ab    y");
    }

    #[test]
    fn rows_fit_the_width_and_stand_below_each_other() {
        let columns = [("name", 6), ("n", 1), ("text", 5)];
        let rows = [
            ["a short one".to_owned(), "1".to_owned(), "x".repeat(40)],
            ["b".to_owned(), "22".to_owned(), String::new()],
        ];
        for width in [24, 40, 200] {
            let lines = fit(&columns, &rows, width);
            assert_eq!(lines.len(), 3);
            assert!(
                lines.iter().all(|line| line.chars().count() <= width),
                "{lines:?}"
            );
            let place = lines[0].find('N').unwrap();
            assert_eq!(place, 0);
            let second = lines[0].find(" N ").unwrap() + 1;
            assert_eq!(&lines[2][second..second + 2], "22", "{lines:?}");
        }
        assert!(fit(&columns, &rows, 200)[1].contains(&"x".repeat(40)));
    }
}
