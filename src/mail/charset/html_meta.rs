//! The charset that an HTML document names for itself.

use std::borrow::Cow;

/// How far into the document the name is looked for, as browsers do.
const PRESCAN_BYTES: usize = 1_024;

/// The charset of a text: the one that its header declares, or that a document of HTML names for itself (HTML, section
/// 4.2.5.4).
pub(crate) fn of_text<'a>(
    bytes: &[u8],
    declared: Option<&'a str>,
    is_html: bool,
) -> Option<Cow<'a, str>> {
    declared.map(Cow::from).or_else(|| {
        let named = is_html.then(|| named_in_html(bytes))?;
        named.map(Cow::from)
    })
}

/// The charset of the first `<meta>` element that names one (`charset=...`, or within `content=`).
fn named_in_html(bytes: &[u8]) -> Option<String> {
    let start = bytes[..bytes.len().min(PRESCAN_BYTES)].to_ascii_lowercase();
    memchr::memmem::find_iter(&start, b"<meta").find_map(|position| {
        let element = &start[position..];
        let end = memchr::memchr(b'>', element)?;
        let element = &element[..end];
        let at = memchr::memmem::find(element, b"charset")? + b"charset".len();
        let value = element[at..].trim_ascii_start().strip_prefix(b"=")?;
        let name: String = value
            .iter()
            .map(|byte| char::from(*byte))
            .skip_while(|character| {
                character.is_ascii_whitespace() || matches!(character, '"' | '\'')
            })
            .take_while(|character| {
                character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | ':')
            })
            .collect();
        // A document whose bytes could be read up to here is not in UTF-16.
        (!name.is_empty() && !name.starts_with("utf-16")).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meta_elements_name_the_charset() {
        for html in [
            "<meta charset=\"iso-8859-2\"><p>x",
            "<META charset=ISO-8859-2>",
            "<meta name=x><meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>",
        ] {
            assert_eq!(
                named_in_html(html.as_bytes()).as_deref(),
                Some("iso-8859-2")
            );
        }
        for html in [
            "<p>charset=iso-8859-2</p>",
            "<meta name=charset>",
            "<meta charset=utf-16>",
        ] {
            assert_eq!(named_in_html(html.as_bytes()), None, "{html}");
        }
        let text = |bytes: &[u8]| {
            super::super::decode(bytes, named_in_html(bytes).as_deref())
                .text
                .into_owned()
        };
        assert!(text(b"<meta charset=iso-8859-2><p>\xa6le dzia\xb3a</p>").contains("Śle działa"));
    }
}
