//! Lower case and accents.

/// The half-width form of a full-width letter or digit, as typed with an East Asian keyboard.
pub(crate) fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(character as u32 - 0xff01 + 0x21).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        _ => character,
    }
}

/// Appends `word` without accents. The word is in lower case already.
pub(crate) fn push_folded(word: &str, target: &mut String) {
    if word.is_ascii() {
        target.push_str(word);
        return;
    }
    for character in word.chars() {
        match character {
            'ß' => target.push_str("ss"),
            'æ' => target.push_str("ae"),
            'œ' => target.push_str("oe"),
            'þ' => target.push_str("th"),
            // Combining marks of decomposed text.
            '\u{300}'..='\u{36f}' => {}
            other => target.push(folded(other)),
        }
    }
}

fn folded(character: char) -> char {
    match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ё' => 'е',
        'ґ' => 'г',
        other => other,
    }
}

/// Appends the lower-case form of one character.
pub(crate) fn push_lower(character: char, target: &mut String) {
    if character.is_ascii() {
        target.push(character.to_ascii_lowercase());
    } else {
        target.extend(character.to_lowercase());
    }
}

/// Lower case of a whole value, for exact matching. Accents stay: they tell identifiers apart.
pub(crate) fn lower(value: &str) -> String {
    value.trim().to_lowercase()
}
