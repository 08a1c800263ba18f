//! What a sender denies: "it is not a 429".

use super::characters::{ends_with_word, is_blank, is_han, window_before};

/// "it is not a 429", "pas d'erreur 429", 不是429: what follows is denied.
pub(super) fn is_negated(text: &str, place: usize) -> bool {
    let left = window_before(text, place, 48);
    let left = left
        .rsplit(['\n', '.', ';', '。', '，', ','])
        .next()
        .unwrap_or("");
    let lower = left.to_lowercase();
    let mut head = lower.as_str();
    loop {
        head = head.trim_end_matches(|character: char| {
            is_blank(character) || "\"'’“„`(".contains(character)
        });
        let shorter = BETWEEN.iter().find_map(|word| {
            head.strip_suffix(word).filter(|rest| {
                word.starts_with(is_han) || !rest.ends_with(|last: char| last.is_alphanumeric())
            })
        });
        match shorter {
            Some(rest) => head = rest,
            None => break,
        }
    }
    NEGATIONS.iter().any(|word| ends_with_word(head, word))
}

/// What may stand between a negation and what it denies.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "a", "an", "the", "any", "http", "error", "errors", "status", "code", "fehler", "de", "d", "une", "un", "des", "erreur",
    "erreurs", "statut", "jest", "to", "są", "błąd", "błędu", "kod", "错误", "状态码", "报错", "ein", "einen", "eine",
];

/// Words that deny what follows.
#[rustfmt::skip]
const NEGATIONS: &[&str] = &[
    "not", "no", "isn't", "instead of", "rather than", "nicht", "kein", "keine", "keinen", "keiner", "statt", "anstatt", "pas",
    "aucun", "aucune", "plutôt que", "au lieu", "nie", "żaden", "żadnego", "zamiast", "不是", "并非", "并不是", "没有", "而不是",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_numbers_are_told() {
        for (text, denied) in [
            ("it is not a 429", true),
            ("keinen 429 mehr", true),
            ("pas d'erreur 429", true),
            ("To nie jest 429", true),
            ("不是429", true),
            ("it is a 429", false),
            ("It does not work, 429", false),
            ("wir bekommen 429", false),
            ("on reçoit des 429", false),
            ("dostajemy 429", false),
            ("一直429", false),
        ] {
            assert_eq!(
                is_negated(text, text.find("429").unwrap()),
                denied,
                "{text}"
            );
        }
    }
}
