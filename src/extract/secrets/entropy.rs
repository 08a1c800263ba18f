//! What tells a secret from a placeholder.

/// `xxxx`, `****`, `<token>`, `YOUR_TOKEN`, `EXAMPLE`, `${TOKEN}`.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bare = lower.trim_matches(|character: char| !character.is_alphanumeric());
    lower.contains("...")
        || lower.contains("***")
        || lower.contains("xxxx")
        || lower.contains("…")
        || lower.contains("your_")
        || lower.contains("your-")
        || lower.contains("example")
        || lower.contains("placeholder")
        || lower.contains("redacted")
        || lower.contains("removed")
        || lower.contains("<")
        || lower.contains("${")
        || lower.contains("{{")
        || lower.contains("•")
        || matches!(
            bare,
            "" | "null"
                | "none"
                | "true"
                | "false"
                | "secret"
                | "token"
                | "password"
                | "undefined"
                | "required"
                | "string"
                | "hidden"
                | "geheim"
                | "changeme"
                | "xxx"
        )
}

/// Shannon entropy in bits a character.
pub(super) fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX)).max(1.0);
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum()
}
