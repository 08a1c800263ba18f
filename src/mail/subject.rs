//! Words that mail programs put before the subject of an answer or a forward.

/// Before answers, lower case, without the colon and a full stop.
#[rustfmt::skip]
const ANSWERS: &[&str] = &[
    "re", "aw", "antw", "antwort", "odp", "ré", "rép", "sv", "ynt", "bls", "atb",
    "回复", "回覆", "答复", "答覆", "返信",
];
/// Before forwards.
#[rustfmt::skip]
const FORWARDS: &[&str] = &[
    "fw", "fwd", "wg", "tr", "trs", "rv", "pd", "enc", "i", "vb", "vl", "vs", "ilt", "hb", "doorst",
    "转发", "轉發", "转寄", "轉寄", "转",
];
/// How some programs begin the subject of an answer, and people one of their own.
const EITHER: [&str; 5] = ["ref", "réf", "rif", "r", "res"];
/// The longest of them with a counter, up to the colon. Characters.
const PREFIX_CHARACTERS_MAX: usize = 16;

/// True when the subject says that the mail answers another one: its other words are older than the mail.
#[must_use]
pub fn is_answer(subject: &str) -> bool {
    split(subject).is_some_and(|(word, _)| ANSWERS.contains(&word.as_str()))
}

/// True when the subject says that the mail hands another one on.
#[must_use]
pub fn is_forward(subject: &str) -> bool {
    split(subject).is_some_and(|(word, _)| FORWARDS.contains(&word.as_str()))
}

/// The rest behind one prefix such as `Re:`, `AW:`, `Re[2]:`, `Réf. :`, `回复：`.
#[must_use]
pub fn without_prefix(subject: &str) -> Option<&str> {
    let (word, rest) = split(subject)?;
    let word = word.as_str();
    [ANSWERS, FORWARDS, &EITHER]
        .iter()
        .any(|words| words.contains(&word))
        .then_some(rest)
}

/// The rest behind all prefixes.
#[must_use]
pub fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim_start();
    while let Some(behind) = without_prefix(rest) {
        rest = behind.trim_start();
    }
    rest
}

/// The word before the first colon in lower case, and what follows the colon.
fn split(subject: &str) -> Option<(String, &str)> {
    let subject = subject.trim_start();
    let (colon, sign) = subject
        .char_indices()
        .take(PREFIX_CHARACTERS_MAX)
        .find(|(_, character)| matches!(character, ':' | '：'))?;
    let head = subject[..colon].trim_end();
    let word = head
        .find(['[', '(', '^', '*'])
        .map_or(head, |counter| &head[..counter]);
    // Only a counter may stand between the word and the colon: `Re [fix](x): y` is no prefix.
    let counts = head[word.len()..]
        .chars()
        .all(|character| character.is_ascii_digit() || "[]()^*".contains(character));
    let word = word.trim_end().trim_end_matches('.').to_lowercase();
    counts.then(|| (word, &subject[colon + sign.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_many_languages_go() {
        for subject in [
            "getOrders 403",
            "Re: getOrders 403",
            "RE: AW: Fwd: getOrders 403",
            "回复：答复: getOrders 403",
            "Odp: PD: getOrders 403",
            "Odp.: getOrders 403",
            "TR : RE : getOrders 403",
            "Réf. : getOrders 403",
            "Re[2]: getOrders 403",
            "Re(3): Re^4: getOrders 403",
        ] {
            assert_eq!(without_prefixes(subject), "getOrders 403", "{subject}");
        }
        for subject in [
            "Orders API: 403",
            "Report: done",
            "Re [fix](x): y",
            "Reports: y",
        ] {
            assert_eq!(without_prefixes(subject), subject);
        }
    }

    #[test]
    fn an_answer_is_told_from_a_forward_and_from_words_of_the_sender() {
        for subject in [
            "Re: x",
            "SV: x",
            "RÉP : x",
            "Odp.: x",
            "AW[2]: x",
            "答复：x",
            "Antw: x",
        ] {
            assert!(is_answer(subject), "{subject}");
        }
        for subject in [
            "Fwd: Re: x",
            "WG: x",
            "Ref: case 12345",
            "Réf. : dossier 12345",
            "Retry: x",
            "x",
            "转发：x",
        ] {
            assert!(!is_answer(subject), "{subject}");
        }
        for (subject, forward) in [
            ("Fwd: Re: x", true),
            ("转发：x", true),
            ("TR : x", true),
            ("Re: Fwd: x", false),
            ("Ref: x", false),
        ] {
            assert_eq!(is_forward(subject), forward, "{subject}");
        }
    }
}
