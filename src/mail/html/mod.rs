//! HTML to text over a tokenizer: linear in time, bounded in depth, no tree.
//!
//! Cells of a row are separated by a tab and rows by a line break, so that `Order` and `123` never
//! become `Order123`. Links keep their target where it is not their text. Hidden and zero-width content
//! is dropped. Where the structure says that something is a quote or a signature, a [`Mark`] says so.

mod attribute_run;
mod element;
mod stylesheet;
mod writer;

pub(super) use writer::is_visible;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use self::element::{Attributes, Tag};
use self::stylesheet::Stylesheet;
use self::writer::Writer;
use super::ZoneKind;
use crate::limits;

/// A stretch of converted text that the structure of the HTML explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Bytes of [`Converted::text`].
    pub(crate) range: std::ops::Range<usize>,
    /// What it is.
    pub(crate) kind: ZoneKind,
    /// Stable reason code of the zone.
    pub(crate) reason: &'static str,
}

/// Converted HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Converted {
    /// The text.
    pub(crate) text: String,
    /// Quotes and signatures, sorted by where they begin.
    pub(crate) marks: Vec<Mark>,
    /// Where in the text pictures of the mail stand, with their Content-ID (RFC 2392), in lower case.
    pub(crate) pictures: Vec<(usize, String)>,
    /// True when elements were nested deeper than `limits::HTML_DEPTH_MAX`.
    pub(crate) too_deep: bool,
    /// True when the HTML was longer than `limits::HTML_BYTES_MAX`.
    pub(crate) cut: bool,
}

/// Whether the HTML holds structure that is worth converting it for, although there is plain text.
pub(crate) fn has_quote_structure(html: &str) -> bool {
    static HINTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            // The vectorised search knows no other kind.
            .match_kind(MatchKind::LeftmostFirst)
            .build(element::QUOTE_HINTS)
            .expect("the hints are a small fixed table")
    });
    HINTS.is_match(html)
}

/// Converts HTML to text.
pub(crate) fn convert(html: &str) -> Converted {
    let mut cut = false;
    let mut source = html;
    if source.len() > limits::HTML_BYTES_MAX {
        let mut end = limits::HTML_BYTES_MAX;
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        source = &source[..end];
        cut = true;
    }
    let source = &*attribute_run::broken_up(source);
    let mut converter = Converter {
        writer: Writer::with_capacity(source.len() / 4),
        ..Converter::default()
    };
    let mut emitter =
        CallbackEmitter::new(|event: CallbackEvent<'_>, _span: Span<()>| -> Option<()> {
            converter.event(&event);
            None
        });
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(source, emitter) {
        let Ok(()) = token;
    }
    converter.finish(cut)
}

/// What becomes of white space in the source (CSS, `white-space`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lines {
    #[default]
    Collapsed,
    /// Line breaks are shown, other white space is not.
    Breaks,
    Kept,
}

struct Element {
    tag: Tag,
    hidden: bool,
    /// Not shown, but for descendants that say otherwise.
    invisible: bool,
    zero_font: bool,
    lines: Lines,
    mark: Option<usize>,
    /// Of a list: the number of the next item, or none for bullets.
    counter: Option<u64>,
}

#[derive(Default)]
struct Converter {
    writer: Writer,
    stack: Vec<Element>,
    marks: Vec<Mark>,
    pictures: Vec<(usize, String)>,
    tag: Option<Tag>,
    attributes: Attributes,
    /// Where the text of the open link begins, and its target.
    link: Option<(usize, String)>,
    /// Set by tags after which everything belongs to the earlier mail.
    rest_is_quoted: bool,
    too_deep: bool,
    open_marks: usize,
    /// What the style sheets of the mail hide.
    stylesheet: Stylesheet,
    /// The open style sheet is one for the screen.
    sheet_applies: bool,
}

impl Converter {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = Some(Tag::from_name(name));
                self.attributes.clear();
            }
            CallbackEvent::AttributeName { name } => self.attributes.name(name),
            CallbackEvent::AttributeValue { value } => self.attributes.value(value),
            CallbackEvent::CloseStartTag { self_closing } => {
                if let Some(tag) = self.tag.take() {
                    self.open(tag, *self_closing);
                }
            }
            CallbackEvent::EndTag { name } => self.close(Tag::from_name(name)),
            CallbackEvent::String { value } => {
                let style = self
                    .stack
                    .last()
                    .is_some_and(|element| element.tag == Tag::Style);
                if style {
                    if self.sheet_applies {
                        self.stylesheet.push(value);
                    }
                } else if !self.hidden()
                    && let Ok(text) = std::str::from_utf8(value)
                {
                    self.write(text);
                }
            }
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        let Some(element) = self.stack.last() else {
            return self.writer.text(text, false);
        };
        let between = matches!(
            element.tag,
            Tag::Table | Tag::Row | Tag::List | Tag::NumberedList
        );
        match element.lines {
            // White space between rows and items is none of theirs.
            Lines::Kept | Lines::Breaks if between && text.trim().is_empty() => {}
            Lines::Collapsed => self.writer.text(text, false),
            Lines::Kept => self.writer.text(text, true),
            Lines::Breaks => {
                for (place, line) in text.split('\n').enumerate() {
                    if place > 0 {
                        self.writer.line_break();
                    }
                    self.writer.text(line.trim_start(), false);
                }
            }
        }
    }

    fn hidden(&self) -> bool {
        self.stack
            .last()
            .is_some_and(|element| element.hidden || element.invisible || element.zero_font)
    }

    fn open(&mut self, tag: Tag, self_closing: bool) {
        match tag {
            Tag::Break if !self.hidden() => return self.writer.line_break(),
            Tag::Rule => {
                if !self.hidden() {
                    self.mark_rest_from_attributes();
                    self.writer.rule();
                }
                return;
            }
            Tag::Image => {
                self.writer.picture();
                if let Some(name) = self.attributes.content_id()
                    && self.pictures.len() < limits::ATTACHMENTS_READ_MAX
                {
                    self.pictures.push((self.writer.position(), name));
                }
                if !self.hidden() && self.attributes.alt.chars().count() <= 2 {
                    // Mail programs send emoji as pictures.
                    let alternative = std::mem::take(&mut self.attributes.alt);
                    self.writer.text(&alternative, false);
                }
                return;
            }
            Tag::Void | Tag::Break => return,
            Tag::Item => self.close_up_to(Tag::Item, &[Tag::List, Tag::NumberedList]),
            Tag::Cell => self.close_up_to(Tag::Cell, &[Tag::Table, Tag::Row]),
            Tag::Row => self.close_up_to(Tag::Row, &[Tag::Table]),
            Tag::Term => self.close_up_to(Tag::Term, &[Tag::Block]),
            Tag::Link => self.close_up_to(Tag::Link, &[Tag::Table, Tag::Cell]),
            _ => {}
        }
        self.end_paragraph(tag);
        let parent = self.stack.last();
        let parent_hidden = parent.is_some_and(|element| element.hidden);
        let invisible = self
            .attributes
            .is_invisible()
            .unwrap_or_else(|| parent.is_some_and(|element| element.invisible));
        let lines = match self.attributes.white_space() {
            _ if tag == Tag::Preformatted => Lines::Kept,
            Some("pre" | "pre-wrap" | "break-spaces") => Lines::Kept,
            Some("pre-line") => Lines::Breaks,
            Some("normal" | "nowrap" | "initial") => Lines::Collapsed,
            _ => parent.map_or(Lines::Collapsed, |element| element.lines),
        };
        if self_closing && !matches!(tag, Tag::Block | Tag::Paragraph | Tag::Inline) {
            return;
        }
        self.separate_before(tag);
        self.mark_rest_from_attributes();
        if self.stack.len() >= limits::HTML_DEPTH_MAX {
            self.too_deep = true;
            return;
        }
        self.sheet_applies = self.attributes.is_for_screens();
        let zero_font = self
            .attributes
            .font_size_is_zero()
            .or_else(|| {
                self.stylesheet
                    .sizes(&self.attributes.class, &self.attributes.id)
                    .then_some(false)
            })
            .unwrap_or_else(|| self.stack.last().is_some_and(|element| element.zero_font));
        let hidden = parent_hidden
            || matches!(tag, Tag::Skipped | Tag::Style)
            || self.attributes.hides()
            || !self.attributes.shows()
                && self
                    .stylesheet
                    .hides(&self.attributes.class, &self.attributes.id);
        let mark = self
            .attributes
            .mark(tag)
            // Inside of a mark nothing new is learnt from another.
            .filter(|_| !hidden && self.open_marks == 0)
            .map(|(kind, reason)| {
                self.open_marks += 1;
                self.writer.settle();
                let start = self.writer.position();
                self.marks.push(Mark {
                    range: start..start,
                    kind,
                    reason,
                });
                self.marks.len() - 1
            });
        let counter = (tag == Tag::NumberedList).then_some(self.attributes.start);
        match tag {
            Tag::Link if !hidden && self.link.is_none() && !self.attributes.href.is_empty() => {
                self.link = Some((
                    self.writer.next_position(),
                    std::mem::take(&mut self.attributes.href),
                ));
            }
            _ => {}
        }
        self.stack.push(Element {
            tag,
            hidden,
            invisible,
            zero_font,
            lines,
            mark,
            counter,
        });
        if tag == Tag::Item && !self.hidden() {
            let number =
                self.stack
                    .iter_mut()
                    .rev()
                    .skip(1)
                    .find_map(|element| match element.tag {
                        Tag::NumberedList => {
                            let counter = element.counter.get_or_insert(1);
                            let number = *counter;
                            *counter = counter.saturating_add(1);
                            Some(Some(number))
                        }
                        Tag::List => Some(None),
                        _ => None,
                    });
            self.writer.item(number.flatten());
        }
    }

    fn mark_rest_from_attributes(&mut self) {
        if !self.rest_is_quoted
            && let Some(reason) = self.attributes.rest_is_quoted()
        {
            self.rest_is_quoted = true;
            self.writer.settle();
            let start = self.writer.position();
            self.marks.push(Mark {
                range: start..usize::MAX,
                kind: ZoneKind::Quoted,
                reason,
            });
        }
    }

    fn separate_before(&mut self, tag: Tag) {
        match tag {
            Tag::Paragraph if !self.attributes.is_tight() => self.writer.blank_line(),
            Tag::Heading => self.writer.blank_line(),
            Tag::Quote => self.writer.blank_line(),
            Tag::Cell => {
                let hidden = self.hidden() || self.attributes.hides();
                self.writer
                    .cell(!hidden && self.attributes.is_cell_of_values());
            }
            Tag::Row | Tag::Table => self.writer.row(),
            Tag::Block
            | Tag::Paragraph
            | Tag::List
            | Tag::NumberedList
            | Tag::Item
            | Tag::Term
            | Tag::Preformatted => {
                self.writer.new_line();
            }
            _ => {}
        }
    }

    /// Ends a paragraph that is open where an element begins that stands in none (HTML, section 13.1.2.4).
    fn end_paragraph(&mut self, tag: Tag) {
        let last = self.stack.last().map(|element| element.tag);
        let ends = match tag {
            // A paragraph that is shown goes on for the text: its end would add a blank line. A table ends none in mails
            // without a document type.
            Tag::Block
            | Tag::Term
            | Tag::Table
            | Tag::Quote
            | Tag::Heading
            | Tag::List
            | Tag::NumberedList
            | Tag::Preformatted
            | Tag::Rule => self.stack.last().is_some_and(|element| element.hidden),
            Tag::Paragraph => last == Some(Tag::Paragraph) || self.hidden(),
            _ => false,
        };
        if ends {
            self.close_up_to(
                Tag::Paragraph,
                &[
                    Tag::Table,
                    Tag::Cell,
                    Tag::Block,
                    Tag::Quote,
                    Tag::List,
                    Tag::NumberedList,
                    Tag::Item,
                    Tag::Term,
                    Tag::Heading,
                ],
            );
        }
    }

    /// Closes an open element of this kind unless one of `barriers` stands between.
    fn close_up_to(&mut self, tag: Tag, barriers: &[Tag]) {
        for element in self.stack.iter().rev() {
            if element.tag == tag {
                return self.close(tag);
            }
            if barriers.contains(&element.tag) {
                return;
            }
        }
    }

    fn close(&mut self, tag: Tag) {
        match tag {
            Tag::Break => return self.writer.line_break(),
            Tag::Void | Tag::Image | Tag::Rule => return,
            _ => {}
        }
        if let Some(depth) = self.stack.iter().rposition(|element| element.tag == tag) {
            // A stray end tag of a cell's content does not close the table around it.
            while self.stack.len() > depth {
                self.pop();
            }
        }
        match tag {
            Tag::Paragraph | Tag::Heading | Tag::Quote => self.writer.blank_line_after(),
            Tag::Row => self.writer.end_row(),
            Tag::Block
            | Tag::List
            | Tag::NumberedList
            | Tag::Item
            | Tag::Term
            | Tag::Preformatted
            | Tag::Table => {
                self.writer.new_line();
            }
            _ => {}
        }
    }

    fn pop(&mut self) {
        let Some(element) = self.stack.pop() else {
            return;
        };
        if let Some(mark) = element.mark {
            self.open_marks -= 1;
            let end = self.writer.position();
            self.marks[mark].range.end = end.max(self.marks[mark].range.start);
        }
        match element.tag {
            Tag::Link => self.end_link(),
            Tag::Style => self.stylesheet.read(),
            _ => {}
        }
    }

    fn end_link(&mut self) {
        let Some((start, target)) = self.link.take() else {
            return;
        };
        let text = self.writer.since(start).trim();
        let target = target.trim();
        if text.is_empty() || !element::target_says_more(text, target) {
            return;
        }
        self.writer.target(target);
    }

    fn finish(mut self, cut: bool) -> Converted {
        while !self.stack.is_empty() {
            self.pop();
        }
        let text = self.writer.finish();
        let end = text.len();
        let mut marks = self.marks;
        for mark in &mut marks {
            mark.range.end = mark.range.end.min(end);
            mark.range.start = mark.range.start.min(mark.range.end);
        }
        marks.retain(|mark| !mark.range.is_empty());
        marks.sort_by_key(|mark| mark.range.start);
        Converted {
            text,
            marks,
            pictures: self.pictures,
            too_deep: self.too_deep,
            cut,
        }
    }
}

#[cfg(test)]
mod tests;
