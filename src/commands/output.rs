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
    if writeln!(anstream::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Prints bytes as they are; a reader that has gone ends the program quietly.
pub(super) fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Prints one JSON object on a line.
pub(super) fn object(value: &Value) {
    line(&value.to_string());
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

/// A number with its noun: `1 case`, `2 cases`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Shortens a text to so many characters.
pub(super) fn shorten(text: &str, characters: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= characters {
        return text;
    }
    let cut: String = text.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
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
            "{bar:30} {pos}/{len} mails {per_sec} {eta}"
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
