//! Small letters, in fewer steps where a text is ASCII: most texts are.

/// Texts in small letters.
pub(crate) trait LowerCase {
    /// What [`str::to_lowercase`] gives. That goes letter by letter through the end of every text, and through all
    /// of a short one.
    fn lower_case(&self) -> String;
}

impl LowerCase for str {
    fn lower_case(&self) -> String {
        if self.is_ascii() {
            self.to_ascii_lowercase()
        } else {
            self.to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_the_standard_library() {
        for text in ["", "API down", "GRÜSSE AUS ŁÓDŹ", "ΟΔΟΣ", "İ", "报错 HTTP"] {
            assert_eq!(text.lower_case(), text.to_lowercase(), "{text}");
        }
    }
}
