//! Times of the day, as mail programs write them.

/// What stands behind a number that is an hour, lower case.
const HOURS: &[&str] = &[
    "am", "pm", "a.m", "p.m", "uhr", "点", "點", "時", "时", "시",
];

/// Whether a time of the day stands in a text: `9:05`, `21.31`, `17h40`, `2 PM`, `14 Uhr`, `9点`. A date with points
/// (`19.11.2026`) is none.
pub(super) fn has_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
    (1..bytes.len()).any(|place| {
        if !digit(place - 1) || digit(place) {
            return false;
        }
        match bytes[place] {
            b':' | b'h' if digit(place + 1) && digit(place + 2) => true,
            b'.' if digit(place + 1) && digit(place + 2) && !digit(place + 3) => {
                let first = number_before(bytes, place);
                let before = first > 0 && bytes[first - 1] == b'.';
                let after = bytes.get(place + 3) == Some(&b'.') && digit(place + 4);
                !before && !after
            }
            _ => names_hour(text, place),
        }
    })
}

/// Whether behind the number that ends at `place` stands what makes it an hour.
fn names_hour(text: &str, place: usize) -> bool {
    let bytes = text.as_bytes();
    if place - number_before(bytes, place) > 2 {
        return false;
    }
    let rest = text[place..].trim_start_matches(' ');
    HOURS.iter().any(|hour| {
        rest.get(..hour.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(hour))
            && (!hour.is_ascii() || !rest[hour.len()..].starts_with(char::is_alphanumeric))
    })
}

/// Where the number begins that ends before `place`.
fn number_before(bytes: &[u8], place: usize) -> usize {
    let digits = bytes[..place]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    place - digits
}

#[cfg(test)]
mod tests {
    use super::has_clock;

    #[test]
    fn dates_with_points_are_no_times() {
        for text in [
            "9:05",
            "um 21.31",
            "à 17h40",
            "2 PM",
            "2:03 pm",
            "14 Uhr",
            "上午9点",
            "9時5分",
            "19.11.2026 14.03",
            "T14:03:11",
        ] {
            assert!(has_clock(text), "{text}");
        }
        for text in [
            "19.11.2026",
            "2026.11.19",
            "am 19.11.2026",
            "version 3.2.11",
            "19/11/2026",
            "1.5",
            "4 amps",
            "2026 Uhr",
            "",
            "7",
        ] {
            assert!(!has_clock(text), "{text}");
        }
    }
}
