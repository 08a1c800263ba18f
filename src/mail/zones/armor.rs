//! The armor of a clear-signed text (RFC 9580 section 7): its first lines and its signature are no words of anybody.

use std::ops::Range;

use super::line::Line;

const BEGIN_MESSAGE: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END_SIGNATURE: &str = "-----END PGP SIGNATURE-----";

/// The text with the dashes taken away by which the armor keeps lines apart from its own (RFC 9580 section 7.2); none
/// where nothing is clear-signed.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let start = text.find(BEGIN_MESSAGE)?;
    let end = start + text[start..].find(BEGIN_SIGNATURE)?;
    let escaped = &text[start..end];
    escaped.contains("\n- ").then(|| {
        format!(
            "{}{}{}",
            &text[..start],
            escaped.replace("\n- ", "\n"),
            &text[end..]
        )
    })
}

/// Ranges of lines: the opening up to the blank line that ends it, and the block of the signature.
pub(super) fn ranges(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let Some(first) = lines.iter().position(|line| line.text == BEGIN_MESSAGE) else {
        return Vec::new();
    };
    let Some(signature) = lines.iter().position(|line| line.text == BEGIN_SIGNATURE) else {
        return Vec::new();
    };
    let opening_end = (first..signature)
        .find(|index| lines[*index].is_blank())
        .unwrap_or(first + 1);
    let end = (signature..lines.len())
        .find(|index| lines[*index].text == END_SIGNATURE)
        .map_or(lines.len(), |end| end + 1);
    if signature < first {
        return Vec::new();
    }
    vec![first..opening_end, signature..end]
}
