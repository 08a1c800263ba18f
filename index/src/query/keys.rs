//! Keys of the query language and what they stand for.

use crate::document::STATUSES;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// One of these properties has the value.
    Exact(&'static [&'static str]),
    /// Status of the case; a number is taken as an HTTP status.
    Status,
    /// Language code, region ignored.
    Language,
    /// Address, `@domain` or the beginning of an address.
    From,
    /// The property exists.
    Has,
    /// Opened before the named time begins.
    Before,
    /// Opened when the named time begins, or later.
    After,
}

/// Every key with its spelling. A field of the profile that is not listed is a key under its own name as soon as a case has it.
pub(crate) const KEYS: &[(&str, Key)] = &[
    ("operation", Key::Exact(&["operation"])),
    ("op", Key::Exact(&["operation"])),
    ("error", Key::Exact(&["error_code", "http_status"])),
    ("error_code", Key::Exact(&["error_code"])),
    ("http_status", Key::Exact(&["http_status"])),
    ("http", Key::Exact(&["http_status"])),
    ("section", Key::Exact(&["api_section"])),
    ("api_section", Key::Exact(&["api_section"])),
    ("marketplace", Key::Exact(&["marketplace"])),
    ("status", Key::Status),
    ("is", Key::Status),
    ("desk", Key::Exact(&["desk"])),
    ("lang", Key::Language),
    ("language", Key::Language),
    ("code", Key::Exact(&["resolution_code"])),
    ("resolution_code", Key::Exact(&["resolution_code"])),
    ("type", Key::Exact(&["issue_type"])),
    ("issue_type", Key::Exact(&["issue_type"])),
    ("flag", Key::Exact(&["flag"])),
    ("number", Key::Exact(&["number"])),
    ("from", Key::From),
    ("has", Key::Has),
    ("before", Key::Before),
    ("after", Key::After),
    ("since", Key::After),
];

/// Every key that a query may use, besides the fields of profiles.
pub fn query_keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(name, _)| *name)
}

pub(crate) fn find(key: &str) -> Option<Key> {
    KEYS.iter()
        .find(|(name, _)| *name == key)
        .map(|(_, key)| *key)
}

/// The listed key that a misspelt one most likely means.
pub(crate) fn nearest(key: &str) -> Option<&'static str> {
    if key.len() < 5 {
        return None;
    }
    let most = if key.len() < 7 { 1 } else { 2 };
    KEYS.iter()
        .filter(|(name, _)| name.len() >= 5)
        .filter_map(|(name, _)| distance(key, name, most).map(|distance| (distance, *name)))
        .min()
        .map(|(_, name)| name)
}

/// The statuses, for a hint.
pub(crate) fn statuses() -> String {
    format!("{}, or open", STATUSES.join(", "))
}

/// The edit distance, a swap of neighbours counted once, if it is at most `most`.
pub(crate) fn distance(left: &str, right: &str, most: usize) -> Option<usize> {
    if left.chars().count().abs_diff(right.chars().count()) > most {
        return None;
    }
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for row in 1..=left.len() {
        let mut current = vec![row; right.len() + 1];
        for column in 1..=right.len() {
            let same = usize::from(left[row - 1] != right[column - 1]);
            let mut cost = (previous[column - 1] + same)
                .min(previous[column] + 1)
                .min(current[column - 1] + 1);
            if row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1]
            {
                cost = cost.min(before[column - 2] + 1);
            }
            current[column] = cost;
        }
        if current.iter().all(|&cost| cost > most) {
            return None;
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous
        .last()
        .copied()
        .filter(|&distance| distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("throttled", "throttled", 2), Some(0));
        assert_eq!(distance("throtled", "throttled", 2), Some(1));
        assert_eq!(distance("thrtotled", "throttled", 1), Some(1));
        assert_eq!(distance("order", "border", 1), Some(1));
        assert_eq!(distance("order", "invoice", 2), None);
    }

    #[test]
    fn misspelt_keys_are_recognised() {
        assert_eq!(nearest("operaton"), Some("operation"));
        assert_eq!(nearest("statuss"), Some("status"));
        assert_eq!(nearest("https"), None);
    }
}
