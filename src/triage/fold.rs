//! One spelling for comparison: lower case, no accents, no full-width forms, single spaces.
//!
//! Terms of profiles and text of mails go through the same folding, so that `Händler`, `HÄNDLER`
//! and a decomposed `a` with diaeresis are one. Offsets into folded text are not offsets into the
//! mail: folded text never leaves the judgements.

use crate::lexicon::words_of;

/// What stands for an address of a page in folded text.
pub(crate) const URL_MARK: &str = "<url>";

/// Appends `text` in folded form. Runs of blanks become one; line ends are left to the caller.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    folded.reserve(text.len());
    let mut rest = text;
    loop {
        // Most of a text is words of ASCII.
        let run = words_of(rest.as_bytes(), &PLAIN);
        let from = folded.len();
        folded.push_str(&rest[..run]);
        folded[from..].make_ascii_lowercase();
        let mut characters = rest[run..].chars();
        let Some(character) = characters.next() else {
            return;
        };
        rest = characters.as_str();
        match character {
            ' ' | '\t' | '\r' | '\n' | '\x0b' | '\x0c' | '\0' => push_blank(folded),
            ':' if folded.ends_with(' ') => {
                // French sets a blank before the colon.
                folded.pop();
                folded.push(':');
            }
            _ if character.is_ascii() => folded.push(character),
            _ => fold_character(character, folded),
        }
    }
}

/// Bytes that folding leaves alone or only makes small.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = byte.is_ascii_graphic() && byte != b':';
        byte += 1;
    }
    plain
};

/// `text` in folded form.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

fn push_blank(folded: &mut String) {
    if !folded.ends_with([' ', '\n']) && !folded.is_empty() {
        folded.push(' ');
    }
}

fn fold_character(character: char, folded: &mut String) {
    match character {
        'à'..='å' | 'À'..='Å' | 'ā' | 'ă' | 'ą' | 'Ą' | 'Ă' | 'Ā' => folded.push('a'),
        'ç' | 'Ç' | 'ć' | 'Ć' | 'č' | 'Č' => folded.push('c'),
        'ď' | 'Ď' | 'đ' | 'Đ' => folded.push('d'),
        'è'..='ë' | 'È'..='Ë' | 'ę' | 'Ę' | 'ě' | 'Ě' | 'ē' | 'Ē' => folded.push('e'),
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' => folded.push('i'),
        'ł' | 'Ł' => folded.push('l'),
        'ñ' | 'Ñ' | 'ń' | 'Ń' | 'ň' | 'Ň' => folded.push('n'),
        'ò'..='ö' | 'Ò'..='Ö' | 'ø' | 'Ø' | 'ő' | 'Ő' => folded.push('o'),
        'ř' | 'Ř' => folded.push('r'),
        'ś' | 'Ś' | 'š' | 'Š' => folded.push('s'),
        'ť' | 'Ť' => folded.push('t'),
        'ù'..='ü' | 'Ù'..='Ü' | 'ů' | 'Ů' | 'ű' | 'Ű' => folded.push('u'),
        'ý' | 'ÿ' | 'Ý' | 'Ÿ' => folded.push('y'),
        'ź' | 'Ź' | 'ż' | 'Ż' | 'ž' | 'Ž' => folded.push('z'),
        'ß' | 'ẞ' => folded.push_str("ss"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'æ' | 'Æ' => folded.push_str("ae"),
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{00b4}' | '\u{02bc}' => folded.push('\''),
        '\u{201c}'..='\u{201e}' | '«' | '»' | '「' | '」' | '『' | '』' => folded.push('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
        '\u{2026}' => folded.push_str("..."),
        // Blanks of all widths.
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            push_blank(folded);
        }
        // Marks without a width, and accents that follow their letter.
        '\u{00ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{0300}'..='\u{036f}' => {}
        // Full-width forms.
        '\u{ff1a}' if folded.ends_with(' ') => {
            folded.pop();
            folded.push(':');
        }
        '\u{ff01}'..='\u{ff5e}' => {
            let ascii = u32::from(character) - 0xff01 + 0x21;
            folded.extend(char::from_u32(ascii).map(|one| one.to_ascii_lowercase()));
        }
        _ => folded.extend(character.to_lowercase()),
    }
}

/// True for writing systems that put no blanks between words.
pub(crate) fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// True for characters of which words of spaced writing systems are made.
pub(crate) fn is_word_character(character: char) -> bool {
    character == '_' || (character.is_alphanumeric() && !is_unspaced(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_one() {
        assert_eq!(fold("HÄNDLER"), "handler");
        assert_eq!(fold("ha\u{308}ndler"), "handler");
        assert_eq!(fold("Żółć  i\u{a0}Straße"), "zolc i strasse");
        assert_eq!(fold("Objectif : l’ASIN"), "objectif: l'asin");
        assert_eq!(fold("ＡＰＩ？　错误：４０３"), "api? 错误:403");
        assert_eq!(fold("„Zitat“ «oui»"), "\"zitat\" \"oui\"");
    }
}
