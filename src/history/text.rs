//! Plain text of what other systems write.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// How a text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Markup {
    /// As it is read.
    #[default]
    Plain,
    /// HTML.
    Html,
    /// GitHub's Markdown, which is left as it is read: only what hides or quotes something goes.
    Markdown,
    /// Jira's wiki markup.
    Jira,
}

/// The text without markup, quotes of earlier messages and signature. Where nothing else is there, all of it.
#[must_use]
pub fn plain(text: &str, markup: Markup) -> String {
    let text = text.replace("\r\n", "\n");
    match markup {
        Markup::Plain => newly_written(&text, false),
        Markup::Html => newly_written(&text, true),
        Markup::Markdown => markdown(&text),
        Markup::Jira => jira(&text),
    }
}

fn newly_written(text: &str, is_html: bool) -> String {
    let message = crate::mail::parse_text(text, is_html);
    let new = message.new_text();
    if new.is_empty() {
        message.text.trim().to_owned()
    } else {
        new
    }
}

static HIDDEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<!--.*?-->"));
static DETAILS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)</?(?:details|summary)>"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant")
}

fn markdown(text: &str) -> String {
    let text = HIDDEN.replace_all(text, "");
    let text = DETAILS.replace_all(&text, "\n");
    let mut fenced = false;
    let kept: Vec<&str> = text
        .lines()
        .filter(|line| {
            let start = line.trim_start();
            if start.starts_with("```") || start.starts_with("~~~") {
                fenced = !fenced;
            }
            fenced || !start.starts_with('>')
        })
        .collect();
    let kept = joined(&kept);
    if kept.is_empty() {
        text.trim().to_owned()
    } else {
        kept
    }
}

static QUOTE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)\{quote\}.*?\{quote\}"));
static MACRO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\{(?:noformat|code|panel|color|quote)(?::[^}\n]*)?\}"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^h[1-6]\.\s+"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\]|\n]+)\|([^\]|\n]+)\]"));
static CELLS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\|{1,2}\s*"));

fn jira(text: &str) -> String {
    let without = QUOTE.replace_all(text, "");
    let text = if without.trim().is_empty() {
        text.into()
    } else {
        without
    };
    let text = LINK.replace_all(&text, "$1 ($2)");
    let text = MACRO.replace_all(&text, "\n");
    let text = HEADING.replace_all(&text, "");
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let row = line.trim();
            if row.len() > 1 && row.starts_with('|') && row.ends_with('|') {
                CELLS
                    .replace_all(row.trim_matches('|').trim(), " | ")
                    .into_owned()
            } else {
                line.to_owned()
            }
        })
        .collect();
    joined(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Lines with at most one empty one between any two.
fn joined(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut empty = 0;
    for line in lines {
        if line.trim().is_empty() {
            empty += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        text.push_str(line.trim_end());
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiki_markup_becomes_text() {
        let text = "h3. What\r\n||Seller||Status||\r\n|A1|403|\r\n{code:java}\r\nx > y\r\n{code}\r\nsee [the guide|https://x.example]";
        assert_eq!(
            plain(text, Markup::Jira),
            "What\nSeller | Status\nA1 | 403\n\nx > y\n\nsee the guide (https://x.example)"
        );
        assert_eq!(plain("{quote}\nold\n{quote}\nnew", Markup::Jira), "new");
    }

    #[test]
    fn markdown_keeps_code_and_loses_quotes() {
        let text = "> earlier\r\n\r\nUse:\r\n```\r\n> prompt\r\n```\r\n<!-- template -->\r\n<details><summary>Log</summary>\r\nline\r\n</details>";
        assert_eq!(
            plain(text, Markup::Markdown),
            "Use:\n```\n> prompt\n```\n\nLog\n\nline"
        );
    }

    #[test]
    fn mail_in_html_loses_quote_and_signature() {
        let text = "Perfekt, damit geht es. Danke!<br><br>&gt; createDestination läuft ohne Händler: Bitte ...";
        assert_eq!(plain(text, Markup::Html), "Perfekt, damit geht es. Danke!");
    }
}
