//! Tags with very many attributes. The tokenizer goes one call deeper for each attribute in double quotes and comes back at the
//! end of the tag, or at one in single quotes: a tag of some thousand would end the process with its stack.

use std::borrow::Cow;

use memchr::memchr_iter;

/// Attributes in double quotes after which one is put into single quotes.
const RUN_MAX: usize = 64;

/// The HTML with single quotes around one attribute of each [`RUN_MAX`] that follow each other in one tag.
///
/// What stands between two such values has no `>` and ends with `=`. Which quotation mark opens a value and which closes it is
/// not known here, so both ways of counting are tried.
pub(super) fn broken_up(html: &str) -> Cow<'_, str> {
    let mut runs = [0; 2];
    let mut before = 0;
    // The place of a quotation mark that opens a value, and which way of counting said so.
    let mut opened: Option<(usize, usize)> = None;
    let mut values = Vec::new();
    for (place, mark) in memchr_iter(b'"', html.as_bytes()).enumerate() {
        let way = place % 2;
        if let Some((start, by)) = opened.filter(|(_, by)| *by != way) {
            values.push((start, mark));
            runs[by] = 0;
            opened = None;
        }
        let between = html[before..mark].trim_ascii_end();
        if between.ends_with('=') && !between.contains('>') {
            runs[way] += 1;
            if runs[way] >= RUN_MAX && opened.is_none() {
                opened = Some((mark, way));
            }
        } else {
            runs[way] = 0;
        }
        before = mark + 1;
    }
    if values.is_empty() {
        return Cow::Borrowed(html);
    }
    let mut broken = String::with_capacity(html.len());
    let mut done = 0;
    for (start, end) in values {
        broken.push_str(&html[done..start]);
        broken.push('\'');
        broken.push_str(&html[start + 1..end].replace('\'', " "));
        broken.push('\'');
        done = end + 1;
    }
    broken.push_str(&html[done..]);
    Cow::Owned(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_of_thousands_of_attributes_ended_the_process() {
        for attribute in ["a=\"\" ", "a=\"x\" ", "a = \"it's > <\"\n", "a=\"b\"c"] {
            for tag in ["<p ", "</p ", "<br a='\"' ", "<p title=x\" "] {
                let html = format!("<p>Order</p>{tag}{}>4711", attribute.repeat(50_000));
                let text = super::super::convert(&html).text;
                assert!(text.contains("4711"), "{tag}{attribute}");
            }
        }
    }

    #[test]
    fn ordinary_mails_stay_as_they_are() {
        let html = "<p class=\"a\" style=\"b=\" title=\"=\">\"x\" = \"y\"</p>".repeat(1_000);
        assert!(matches!(broken_up(&html), Cow::Borrowed(_)));
    }
}
