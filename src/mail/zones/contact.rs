//! Telephone numbers and addresses of mail and web: how signatures say where somebody is reached.

/// Telephone numbers, addresses of mail and web: what signatures are made of.
pub(super) fn has_contact(text: &str) -> bool {
    if text.contains('@')
        && text
            .split_whitespace()
            .any(|word| word.contains('@') && word.contains('.'))
    {
        return true;
    }
    let bytes = text.as_bytes();
    let is_of_web = |begins: &[u8], word: &[u8]| begins.eq_ignore_ascii_case(word);
    if bytes.windows(4).any(|four| is_of_web(four, b"www."))
        || bytes
            .get(..4)
            .is_some_and(|begins| is_of_web(begins, b"http"))
    {
        return true;
    }
    has_digits_of_telephone(text) && has_telephone(&text.to_lowercase())
}

/// `2024-03-04`, `04.03.2024`, `09:05:11`, `2024-03-04T09:05:11Z`.
pub(super) fn is_date_or_time(word: &str) -> bool {
    let word = word.trim_matches(|character: char| !character.is_ascii_alphanumeric());
    let bytes = word.as_bytes();
    if bytes.len() < 5 || !bytes[0].is_ascii_digit() {
        return false;
    }
    let shape: String = word
        .chars()
        .map(|character| {
            if character.is_ascii_digit() {
                '0'
            } else {
                character
            }
        })
        .collect();
    let iso = ["0000-00-00", "0000/00/00", "0000.00.00"]
        .iter()
        .any(|date| shape.starts_with(date))
        && shape[10..].starts_with(|next: char| !next.is_ascii_digit() && next != '-')
            | (shape.len() == 10);
    iso || matches!(
        shape.as_str(),
        "00.00.0000"
            | "00/00/0000"
            | "00-00-0000"
            | "0.0.0000"
            | "00.0.0000"
            | "0.00.0000"
            | "0/0/0000"
            | "00/0/0000"
            | "0/00/0000"
    ) && plausible_year(&word[word.len() - 4..])
        || shape.starts_with("00:00:00")
        || matches!(shape.as_str(), "00:00" | "0:00" | "0:00:00")
}

fn plausible_year(text: &str) -> bool {
    text.starts_with("19") || text.starts_with("20")
}

/// Whether there are digits enough for an extension, which has the fewest.
pub(super) fn has_digits_of_telephone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 3
}

pub(super) fn has_telephone(lower: &str) -> bool {
    if !has_digits_of_telephone(lower) {
        return false;
    }
    #[rustfmt::skip]
    const LABELS: &[&str] = &[
        "tel", "phone", "ph:", "fax", "mobile", "mob:", "cell", "direct", "office:", "telefon", "téléphone",
        "teléfono", "telefone", "telefono", "fon:", "电话", "手机", "電話", "传真", "kom.", "kom:", "t:", "m:", "f:",
        "p:", "voice",
    ];
    // Dates and times have as many digits.
    let undated: String;
    let mut lower = lower;
    if lower.split_whitespace().any(is_date_or_time) {
        undated = lower
            .split_whitespace()
            .filter(|word| !is_date_or_time(word))
            .collect::<Vec<_>>()
            .join(" ");
        lower = &undated;
    }
    let digits = lower.bytes().filter(u8::is_ascii_digit).count();
    let extension = lower
        .trim_end_matches('.')
        .trim_start_matches("ext")
        .trim_start_matches(['x', '.', ' ']);
    if extension.len() < lower.len()
        && (3..=5).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit())
    {
        return true;
    }
    if !(7..=28).contains(&digits) {
        return digits >= 5 && LABELS.iter().any(|label| lower.starts_with(label));
    }
    if LABELS
        .iter()
        .any(|label| lower.starts_with(label) || lower.contains(&format!(" {label}")))
    {
        return true;
    }
    // A number in the shape of one: groups with separators, few letters around.
    let shaped = lower.split_whitespace().any(|word| {
        let count = word.bytes().filter(u8::is_ascii_digit).count();
        (7..=15).contains(&count)
            && word
                .chars()
                .all(|character| character.is_ascii_digit() || "+-./()x".contains(character))
            && word.contains(['-', '.', '/', '(', '+'])
            && !word.contains("..")
            && word.matches('.').count() != 3
    });
    let plus = lower.contains('+')
        && digits >= 9
        && lower
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" +-./()".contains(&byte));
    (shaped || plus) && lower.split_whitespace().count() <= 8
}
