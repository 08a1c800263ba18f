//! Text as later stages see it: line breaks are `\n`, nothing invisible, no control characters.

/// Cleans decoded text; says whether NUL characters were dropped.
pub(crate) fn clean(text: &str) -> (String, bool) {
    let mut cleaned = String::with_capacity(text.len());
    let mut nul = false;
    let mut rest = text;
    loop {
        // Most of a text needs no cleaning.
        let clean = rest
            .bytes()
            .take_while(|byte| CLEAN[usize::from(*byte)])
            .count();
        cleaned.push_str(&rest[..clean]);
        let mut characters = rest[clean..].chars();
        let Some(character) = characters.next() else {
            break;
        };
        rest = characters.as_str();
        match character {
            '\r' => {
                if !rest.starts_with('\n') {
                    cleaned.push('\n');
                }
            }
            '\0' => nul = true,
            '\u{a0}' | '\u{202f}' | '\u{2007}' => cleaned.push(' '),
            '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            '\u{c}' => cleaned.push('\n'),
            '\u{1}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {}
            '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}'
            | '\u{feff}' => {}
            '\u{200c}' | '\u{200d}' if joins_nothing(&cleaned) => {}
            _ => cleaned.push(character),
        }
    }
    (cleaned, nul)
}

/// Whether a letter is of a script that parts no words, as Chinese and Japanese are; two columns wide.
pub(crate) fn is_wide_letter(character: char) -> bool {
    character >= '\u{2e80}'
}

/// Whether a joiner behind `before` joins nothing: letters of other scripts and emoji need joiners, behind Latin letters they
/// hide something or fill a preview.
pub(crate) fn joins_nothing(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_none_or(|last| last.is_ascii())
}

/// Bytes that stay as they are wherever they stand.
static CLEAN: [bool; 256] = {
    let mut clean = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        clean[byte as usize] = true;
        byte += 1;
    }
    clean[b'\n' as usize] = true;
    clean[b'\t' as usize] = true;
    clean
};

/// Joins the soft line breaks of `format=flowed` (RFC 3676). Lines of another quote depth are never
/// joined, and the signature separator stays.
pub(crate) fn unflow(text: &str, delete_space: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for (index, line) in text.split('\n').enumerate() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_separator = content == "-- ";
        if open == Some(depth) && !is_separator {
            joined.push_str(content);
        } else {
            if index > 0 {
                joined.push('\n');
            }
            if depth > 0 {
                joined.push_str(&line[..depth]);
                joined.push(' ');
            }
            joined.push_str(content);
        }
        open = None;
        if content.ends_with(' ') && !is_separator && !content.trim().is_empty() {
            open = Some(depth);
            if delete_space {
                joined.pop();
            }
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_and_invisible_characters() {
        let (text, nul) = clean("a\r\nb\rc\u{a0}d\u{200b}e\0f\u{1b}");
        assert_eq!(text, "a\nb\nc def");
        assert!(nul);
    }

    #[test]
    fn flowed_paragraphs_are_joined() {
        assert_eq!(
            unflow("a \nb\n> c \n> d\ne\n-- \nf", false),
            "a b\n> c d\ne\n-- \nf"
        );
        assert_eq!(unflow("http://a.example/ \nb", true), "http://a.example/b");
    }
}
