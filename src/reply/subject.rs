//! The subject of an answer: the sender's own, cleaned of everything that a header must not carry.

use crate::limits::REPLY_SUBJECT_BYTES_MAX;
use crate::mail::subject::without_prefixes;

/// Longest run of letters and signs without a space that is repeated. A longer one is a web address,
/// a token or a key, and none of these leaves in a subject.
const RUN_CHARACTERS_MAX: usize = 39;

/// A sender's subject as it may be repeated: no prefixes, no case number of ours, no controls, no
/// text direction marks, no web addresses or keys, not too long.
#[must_use]
pub fn clean(subject: &str, case_number: &str) -> String {
    let readable: String = subject
        .chars()
        .map(|character| {
            if character.is_control() || is_format_mark(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    let without_number = remove_number(&readable, case_number);
    let rest = without_prefixes(without_number.trim());
    let words: Vec<String> = rest.split_whitespace().map(shorten_run).collect();
    cut(&words.join(" "), REPLY_SUBJECT_BYTES_MAX.saturating_sub(40))
}

/// Marks that are invisible or change the direction of text: they could make a subject read as
/// something else. Also the two line separators that are no controls.
fn is_format_mark(character: char) -> bool {
    matches!(character,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Takes `[SP-1042]` out, so that the composed subject has it once.
fn remove_number(subject: &str, case_number: &str) -> String {
    if case_number.is_empty() {
        return subject.to_owned();
    }
    subject.replace(&format!("[{case_number}]"), " ")
}

/// A word as it stands, or its ellipsis where it has a long unbroken run of ASCII.
fn shorten_run(word: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in word.chars() {
        run = if character.is_ascii() { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let lower = word.to_ascii_lowercase();
    if longest > RUN_CHARACTERS_MAX || lower.contains("://") || lower.contains("www.") {
        "…".to_owned()
    } else {
        word.to_owned()
    }
}

/// At most `bytes` bytes, cut at a character and marked.
fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut end = bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::clean;

    #[test]
    fn prefixes_and_the_own_number_go() {
        for subject in [
            "RE: AW: Fwd: getOrders 403",
            "Re(3): getOrders 403 [SP-1042]",
            "Re: [SP-1042] getOrders  403",
        ] {
            assert_eq!(clean(subject, "SP-1042"), "getOrders 403", "{subject}");
        }
    }

    #[test]
    fn words_before_a_colon_stay() {
        assert_eq!(clean("Orders API: 403", "SP-1"), "Orders API: 403");
        assert_eq!(clean("Report: done", "SP-1"), "Report: done");
        assert_eq!(clean("[SP-9] Orders", "SP-1"), "[SP-9] Orders");
    }

    #[test]
    fn header_breaks_and_hidden_marks_go() {
        assert_eq!(clean("a\r\nBcc: b@c", "SP-1"), "a Bcc: b@c");
        assert_eq!(clean("a\u{202E}b\u{2028}c\0d", "SP-1"), "a b c d");
    }

    #[test]
    fn addresses_of_pages_and_keys_do_not_leave() {
        assert_eq!(clean("win http://evil.example/x now", "SP-1"), "win … now");
        assert_eq!(clean("see www.evil.example", "SP-1"), "see …");
        let key = format!("token Atza|{}", "x".repeat(60));
        assert_eq!(clean(&key, "SP-1"), "token …");
        // A request identifier is short enough and helps to recognise the mail.
        let request = "id 529af829-d726-4067-82d6-d16937d2ac52";
        assert_eq!(clean(request, "SP-1"), request);
    }

    proptest! {
        #[test]
        fn nothing_unsafe_comes_out(subject in any::<String>()) {
            let cleaned = clean(&subject, "SP-1042");
            prop_assert!(!cleaned.chars().any(char::is_control));
            prop_assert!(cleaned.len() <= crate::limits::REPLY_SUBJECT_BYTES_MAX);
        }
    }
}
