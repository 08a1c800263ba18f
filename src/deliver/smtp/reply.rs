//! What a server answers (RFC 5321 section 4.2).

use std::fmt;

/// Longest answer that is kept for people. Characters.
const SHOWN_CHARACTERS: usize = 400;

/// One answer of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// Text of each line, without the code.
    pub lines: Vec<String>,
}

impl Reply {
    /// True for 4yz: the same may work later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// True for 5yz: the same will never work.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        (500..600).contains(&self.code)
    }

    /// The enhanced status code (RFC 3463) at the beginning of the text: class, subject, detail.
    #[must_use]
    pub fn status(&self) -> Option<(u16, u16, u16)> {
        let word = self.lines.first()?.split(' ').next()?;
        let mut numbers = word.split('.').map(str::parse);
        let status = (
            numbers.next()?.ok()?,
            numbers.next()?.ok()?,
            numbers.next()?.ok()?,
        );
        (numbers.next().is_none() && status.0 == self.code / 100).then_some(status)
    }

    /// True when the answer to RCPT says that there is no such address, and not that we may not write
    /// to it: X.1.1 no mailbox, X.1.2 no system, X.1.3 no address, X.1.6 moved, X.1.10 null MX, X.2.1
    /// disabled; or a bare 550, 551 or 553 that gives no enhanced code.
    #[must_use]
    pub fn refuses_address(&self) -> bool {
        if !self.is_permanent() {
            return false;
        }
        match self.status() {
            Some((_, 1, detail)) => matches!(detail, 1 | 2 | 3 | 6 | 10),
            Some((_, 2, detail)) => detail == 1,
            Some(_) => false,
            None => matches!(self.code, 550 | 551 | 553),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self
            .lines
            .join(" / ")
            .chars()
            .filter(|character| !character.is_control())
            .take(SHOWN_CHARACTERS)
            .collect();
        write!(formatter, "{} {}", self.code, text.trim())
    }
}

/// One line of an answer: its code, whether more lines follow, and its text. None when it is no such line.
pub(super) fn parse_line(line: &[u8]) -> Option<(u16, bool, String)> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let code = line.get(..3)?;
    if !code.iter().all(u8::is_ascii_digit) || !(b'2'..=b'5').contains(&code[0]) {
        return None;
    }
    let code = code
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let more = match line.get(3) {
        None | Some(b' ') => false,
        Some(b'-') => true,
        Some(_) => return None,
    };
    // ASCII by the standard; what else a server writes is for people, who lose nothing by a question mark.
    let text = line
        .get(4..)
        .unwrap_or_default()
        .iter()
        .map(|&byte| {
            if byte.is_ascii() {
                char::from(byte)
            } else {
                '?'
            }
        })
        .collect();
    Some((code, more, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, text: &str) -> Reply {
        Reply {
            code,
            lines: vec![text.to_owned()],
        }
    }

    #[test]
    fn lines_are_read() {
        assert_eq!(
            parse_line(b"250-SIZE 10\r\n"),
            Some((250, true, "SIZE 10".to_owned()))
        );
        assert_eq!(parse_line(b"354\n"), Some((354, false, String::new())));
        for wrong in ["", "25", "999 x", "2a0 x", "250x", "* OK"] {
            assert_eq!(parse_line(wrong.as_bytes()), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_missing_mailbox_is_told_from_a_policy() {
        assert!(reply(550, "5.1.1 no such user").refuses_address());
        assert!(reply(550, "no such user").refuses_address());
        assert!(reply(550, "5.2.1 disabled").refuses_address());
        assert!(reply(556, "5.1.10 null MX").refuses_address());
        assert!(!reply(550, "5.7.1 relaying denied").refuses_address());
        assert!(!reply(554, "no").refuses_address());
        assert!(!reply(552, "5.2.2 mailbox full").refuses_address());
        assert!(!reply(450, "4.1.1 try again").refuses_address());
    }

    #[test]
    fn controls_are_not_shown() {
        assert_eq!(reply(550, "a\u{1b}[2Jb").to_string(), "550 a[2Jb");
    }
}
