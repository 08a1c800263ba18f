//! Dates of the query language: `2024`, `2024-05`, `2024-05-17`.

/// The first second of the named year, month or day in UTC, as seconds since 1970-01-01.
pub(crate) fn start_of(text: &str) -> Option<i64> {
    let mut parts = text.split(['-', '/', '.']);
    let year: i64 = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    if parts.next().is_some()
        || !(1..=12).contains(&month)
        || !(1..=days_in_month(year, month)).contains(&day)
    {
        return None;
    }
    Some(days_since_epoch(year, month, day) * 86_400)
}

fn number(text: &str, longest: usize) -> Option<i64> {
    let right_length = if longest == 4 {
        text.len() == 4
    } else {
        (1..=longest).contains(&text.len())
    };
    (right_length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days between 1970-01-01 and a date of the Gregorian calendar, counted in eras of 400 years from 0000-03-01.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(start_of("1970"), Some(0));
        assert_eq!(start_of("2024-03"), Some(1_709_251_200));
        assert_eq!(start_of("2024-02-29"), Some(1_709_164_800));
        assert_eq!(start_of("2000-03-01"), Some(951_868_800));
        assert_eq!(start_of("2023-02-29"), None);
        assert_eq!(start_of("2024-13"), None);
        assert_eq!(start_of("24-05"), None);
        assert_eq!(start_of("yesterday"), None);
    }
}
