//! Cutting the bytes of a connection into responses: a line, and where it ends with `{n}` a literal of n
//! bytes and another line (RFC 3501 section 4.3).

/// A whole response, not yet understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// At least one; all but the last have a literal.
    pub parts: Vec<Part>,
}

/// A line and the literal after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Without the end of line and without the announcement of the literal.
    pub line: Vec<u8>,
    /// The literal, where the line announced one.
    pub literal: Option<Vec<u8>>,
}

/// The size of the literal that a line announces, and where the announcement begins.
pub fn announced(line: &[u8]) -> Option<(u64, usize)> {
    let inner = line.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let open = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = &inner[open + 1..];
    // `~{n}` is a literal with NUL bytes (RFC 3516).
    let begin = if open > 0 && inner[open - 1] == b'~' {
        open - 1
    } else {
        open
    };
    if digits.is_empty() || digits.len() > 20 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = digits.iter().fold(0_u64, |size, digit| {
        size.saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    Some((size, begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_announced_at_the_end_of_a_line() {
        assert_eq!(announced(b"* 1 FETCH (BODY[] {12}"), Some((12, 18)));
        assert_eq!(announced(b"x {4294967296}"), Some((4_294_967_296, 2)));
        assert_eq!(announced(b"x ~{3+}"), Some((3, 2)));
        assert_eq!(announced(b"x {99999999999999999999}"), Some((u64::MAX, 2)));
        assert_eq!(announced(b"x {}"), None);
        assert_eq!(announced(b"x {-1}"), None);
        assert_eq!(announced(b"* OK {12} text"), None);
    }
}
