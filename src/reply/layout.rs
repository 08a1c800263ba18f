//! A mail's text as blocks, written as plain text and as plain HTML from the same words.

use super::lines::{is_wide, wrap};

/// Width of plain text, in columns: quoting twice stays below 80.
const COLUMNS: usize = 72;

/// One block of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text; empty lines divide paragraphs.
    Paragraphs(String),
    /// Questions, numbered when there is more than one.
    Questions(Vec<Asked>),
    /// Lines that must stay as they are.
    Lines(Vec<String>),
}

/// One question as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The question.
    pub question: String,
    /// What helps to answer it: the place and an example, each with its introduction.
    pub help: Vec<(String, String)>,
}

/// The plain text, lines ended by `\n`.
#[must_use]
pub fn plain(blocks: &[Block]) -> String {
    let mut parts = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraphs(text) => {
                parts.extend(paragraphs(text).map(|paragraph| wrap(&paragraph, "", "", COLUMNS)));
            }
            Block::Questions(questions) => {
                let numbered = questions.len() > 1;
                parts.extend(questions.iter().enumerate().map(|(index, asked)| {
                    let number = if numbered {
                        format!("{}. ", index + 1)
                    } else {
                        String::new()
                    };
                    let indent = " ".repeat(number.len());
                    let mut text = wrap(&asked.question, &number, &indent, COLUMNS);
                    for (introduction, help) in &asked.help {
                        text.push('\n');
                        let line = introduced(introduction, help);
                        text.push_str(&wrap(&line, &indent, &indent, COLUMNS));
                    }
                    text
                }));
            }
            Block::Lines(lines) => parts.push(lines.join("\n")),
        }
    }
    parts.join("\n\n") + "\n"
}

/// `Example: getOrders`; Chinese introductions end in their own colon.
fn introduced(introduction: &str, help: &str) -> String {
    if introduction.ends_with(['：', ':']) {
        format!("{introduction} {help}").replace("： ", "：")
    } else {
        format!("{introduction}: {help}")
    }
}

/// Paragraphs of a text, each on one line.
fn paragraphs(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("\n\n")
        .map(|paragraph| {
            let lines = paragraph
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty());
            lines.fold(String::new(), |mut joined, line| {
                // Chinese has no spaces between sentences.
                if !(joined.is_empty() || joined.ends_with(is_wide) && line.starts_with(is_wide)) {
                    joined.push(' ');
                }
                joined.push_str(line);
                joined
            })
        })
        .filter(|paragraph| !paragraph.is_empty())
}

/// A plain HTML document: paragraphs, a list, lines. No colours, pictures, links or scripts.
#[must_use]
pub fn html(blocks: &[Block], language: &str) -> String {
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"></head>\n<body>\n",
        escape(language)
    );
    for block in blocks {
        match block {
            Block::Paragraphs(text) => {
                for paragraph in paragraphs(text) {
                    html.push_str(&format!("<p>{}</p>\n", escape(&paragraph)));
                }
            }
            Block::Questions(questions) => {
                let (open, close) = if questions.len() > 1 {
                    ("<ol>\n", "</ol>\n")
                } else {
                    ("", "")
                };
                html.push_str(open);
                for asked in questions {
                    let mut item = escape(&asked.question);
                    for (introduction, help) in &asked.help {
                        item.push_str("<br>\n");
                        item.push_str(&escape(&introduced(introduction, help)));
                    }
                    let element = if questions.len() > 1 { "li" } else { "p" };
                    html.push_str(&format!("<{element}>{item}</{element}>\n"));
                }
                html.push_str(close);
            }
            // One element a line: clients that answer in HTML keep the lines apart.
            Block::Lines(lines) => {
                html.push_str("<div><br></div>\n");
                for line in lines {
                    html.push_str(&format!("<div>{}</div>\n", escape(line)));
                }
            }
        }
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// Text as HTML text.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::lines::columns;
    use super::{Asked, Block, COLUMNS, html, plain, wrap};

    #[test]
    fn lines_are_short_and_words_whole() {
        let text = "word ".repeat(60);
        for line in wrap(&text, "1. ", "   ", COLUMNS).lines() {
            assert!(columns(line) <= 72, "{line}");
            assert!(!line.ends_with(' '));
        }
        let address = format!("see {} there", "x".repeat(90));
        assert!(
            wrap(&address, "", "", COLUMNS)
                .lines()
                .any(|line| line.len() == 90)
        );
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_punctuation() {
        let text = "请告诉我们您使用的接口，".repeat(12);
        let wrapped = wrap(&text, "", "", COLUMNS);
        assert!(wrapped.lines().count() > 2);
        for line in wrapped.lines() {
            assert!(columns(line) <= 74, "{line}");
            assert!(!line.starts_with('，'), "{line}");
        }
        assert_eq!(wrapped.replace('\n', ""), text);
    }

    #[test]
    fn one_question_is_not_numbered() {
        let asked = Asked {
            question: "Which one?".to_owned(),
            help: vec![("Example".to_owned(), "this <one>".to_owned())],
        };
        let one = [Block::Questions(vec![asked.clone()])];
        assert_eq!(plain(&one), "Which one?\nExample: this <one>\n");
        assert!(html(&one, "en").contains("<p>Which one?<br>\nExample: this &lt;one&gt;</p>"));
        let two = [Block::Questions(vec![asked.clone(), asked])];
        assert!(plain(&two).starts_with("1. Which one?\n   Example: this <one>\n\n2. "));
        assert!(html(&two, "en").contains("<ol>\n<li>"));
    }
}
