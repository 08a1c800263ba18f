//! Lines that separate a mail from the one it answers or forwards: `-----Original Message-----` and kin.

use std::sync::LazyLock;

use super::line::Line;
use crate::lexicon::Lexicon;
use crate::lower_case::LowerCase;

/// What a marker says of the text below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// An answer's earlier mail.
    Original,
    /// A forwarded mail.
    Forward,
}

/// Words between dashes that name an earlier mail.
#[rustfmt::skip]
const ORIGINAL: &[&str] = &[
    "original message", "original email", "original e-mail", "original mail", "original appointment",
    "reply message", "reply separator", "reply header", "previous message", "reply above this line",
    "ursprüngliche nachricht", "originalnachricht", "original nachricht", "ursprungliche nachricht",
    "urspruengliche nachricht", "ursprüngl. mitteilung", "ursprüngliche mitteilung", "ursprüngliche message", "オリジナルメッセージ", "元のメール", "message d'origine", "message original",
    "message initial", "message d’origine", "mail original", "courriel original", "oryginalna wiadomość",
    "wiadomość oryginalna", "wiadomość pierwotna", "treść oryginalnej wiadomości", "原始邮件", "原邮件", "邮件原件", "邮件原文", "引用原文", "以下为原始邮件", "以下是原始邮件", "原始郵件",
    "原始信件", "原始消息", "原始信息", "回复的原邮件", "回复的邮件", "replied message", "元のメッセージ", "original-nachricht", "mensaje original", "messaggio originale",
    "mensagem original", "oorspronkelijk bericht", "ursprüngliche mail", "ursprüngliche e-mail", "originalmail", "original-mail",
    "messaggio di origine", "correo original", "wiadomość źródłowa", "origineel bericht", "message d'origine (réponse)",
];

#[rustfmt::skip]
const ORIGINAL_MORE: &[&str] = &[
    "originele bericht", "oprindelig meddelelse", "ursprungligt meddelande", "originalmeddelande",
    "opprinnelig melding", "alkuperäinen viesti", "исходное сообщение", "пересылаемое сообщение (ответ)",
    "původní zpráva", "eredeti üzenet", "orijinal mesaj", "oprindelig besked", "original besked",
    "mesaj original",
];

#[rustfmt::skip]
const FORWARD: &[&str] = &[
    "forwarded message", "forwarded by", "forwarded email", "begin forwarded message", "forward message",
    "forwarded mail", "forwarded letter", "weitergeleitete nachricht", "anfang der weitergeleiteten",
    "weitergeleitet von", "weitergeleitete e-mail", "message transféré", "message réexpédié",
    "début du message transféré", "début du message réexpédié", "transféré par", "transfere par",
    "wiadomość przekazana", "przekazana wiadomość", "początek przekazywanej wiadomości",
    "przesłana wiadomość", "treść przekazanej", "转发邮件", "转发的邮件", "转发的原邮件", "转发信息", "轉寄郵件", "轉寄訊息", "转发", "転送",
    "転送されたメッセージ", "mensaje reenviado", "reenviado por", "inicio del mensaje reenviado", "messaggio inoltrato",
    "inizio messaggio inoltrato", "mensagem encaminhada", "mensagem reencaminhada", "início da mensagem",
    "doorgestuurd bericht", "begin doorgestuurd bericht",
];

#[rustfmt::skip]
const FORWARD_MORE: &[&str] = &[
    "videresendt", "vidarebefordrat", "пересылаемое сообщение", "välitetty viesti", "přeposlaná zpráva",
    "továbbított üzenet", "réacheminé par", "retransmis par", "inoltrato da", "przesłane przez", "przekazane przez",
    "doorgestuurd door", "encaminhado por", "転送者", "开始转发的邮件",
];

/// The marker at line `index`, and the last line it covers: long ones are wrapped.
pub(super) fn at(lines: &[Line<'_>], index: usize) -> Option<(Marker, usize)> {
    let line = &lines[index];
    if line.is_blank() || line.text.len() > 200 {
        return None;
    }
    if is_reply_line(line.text) {
        return Some((Marker::Original, index));
    }
    let dashed = line
        .text
        .trim_start_matches(['*', ' ', '>'])
        .starts_with(is_dash);
    // Most lines are dismissed here.
    if !dashed && !line.text.ends_with([':', '：', '*']) {
        return None;
    }
    // Some webmail writes the entity into plain text.
    let lower = line
        .inner()
        .lower_case()
        .replace('*', "")
        .replace("&nbsp;", " ");
    let words = lower.trim_matches(|character: char| {
        is_dash(character) || character.is_whitespace() || character == ':' || character == '：'
    });
    if words.is_empty() {
        return None;
    }
    let ends_dashed = lower.trim_end().ends_with(is_dash);
    let kind = if words == "original" && dashed && ends_dashed {
        Marker::Original
    } else {
        kind(words)?
    };
    if dashed {
        let dashes = lower
            .chars()
            .take_while(|character| is_dash(*character) || *character == ' ')
            .filter(|character| is_dash(*character))
            .count();
        if ends_dashed {
            return (dashes >= 2 || kind == Marker::Forward).then_some((kind, index));
        }
        // `-------- Original Message --------Von: ...`: a converter lost the line break.
        let inner = lower.trim_start_matches(|character| is_dash(character) || character == ' ');
        let closed = inner.find("---").is_some_and(|position| {
            position < 50 && inner[..position].split_whitespace().count() <= 4
        });
        if closed && dashes >= 3 {
            return Some((kind, index));
        }
        // `---- Forwarded by Jane Doe/HQ on 03/04/2024` goes on with `09:05 AM ----`.
        let end = (index + 1..lines.len().min(index + 4))
            .take_while(|next| !lines[*next].is_blank())
            .find(|next| lines[*next].text.ends_with("--") || lines[*next].text.ends_with("---"));
        if let Some(end) = end {
            return Some((kind, end));
        }
        return (dashes >= 4 && words.split_whitespace().count() <= 14).then_some((kind, index));
    }
    // Without dashes only a line that says nothing else, and ends in a colon.
    let colon = lower.ends_with(':') || lower.ends_with('：');
    (colon && is_exactly(words)).then_some((kind, index))
}

/// What help desks put above the text that a reply quotes, lower case: everything below it is earlier.
#[rustfmt::skip]
const REPLY_LINES: &[&str] = &[
    "reply above this line", "reply above the line", "response above this line", "antwort über dieser zeile",
    "antwort oberhalb dieser zeile", "oberhalb dieser zeile antworten", "répondre au-dessus de cette ligne",
    "réponse au-dessus de cette ligne", "répondez au-dessus de cette ligne", "powyżej tej linii", "nad tą linią",
    "请在此行以上", "请在此行上方", "在此线以上回复", "por encima de esta línea", "sopra questa riga",
    "acima desta linha", "boven deze regel", "この行より上に",
];

/// Words for a line, one of which each of [`REPLY_LINES`] holds: most lines are dismissed by them.
static LINE_WORDS: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::new(&[
        "line", "LINE", "eile", "ligne", "linii", "linią", "行", "线", "línea", "riga", "linha",
        "regel",
    ])
});

/// Whether a line asks that answers be written above it, as help desks put it on top of what they send.
pub(crate) fn is_reply_line(text: &str) -> bool {
    if text.len() > 120 || !LINE_WORDS.stand_in(text) {
        return false;
    }
    let lower = text.lower_case();
    // In the middle of a sentence it is spoken of.
    REPLY_LINES.iter().any(|line| {
        lower.find(line).is_some_and(|position| {
            position == 0
                || text.starts_with(|character: char| !character.is_alphanumeric())
                || lower[..position].split_whitespace().count() <= 5
                    && ["please", "bitte", "veuillez", "prosimy", "type", "write"]
                        .iter()
                        .any(|word| lower.starts_with(word))
        })
    })
}

fn is_dash(character: char) -> bool {
    matches!(character, '-' | '–' | '—' | '_' | '=' | '─' | '━')
}

fn kind(words: &str) -> Option<Marker> {
    if words.split_whitespace().count() > 24 {
        return None;
    }
    if FORWARD
        .iter()
        .chain(FORWARD_MORE)
        .any(|term| words.starts_with(term))
    {
        return Some(Marker::Forward);
    }
    if ORIGINAL
        .iter()
        .chain(ORIGINAL_MORE)
        .any(|term| words.starts_with(term))
    {
        return Some(Marker::Original);
    }
    None
}

/// Whether a line of its own names an earlier mail, without dashes or colon: `原始邮件`, `Original message`.
pub(super) fn names_one(text: &str) -> bool {
    if text.len() > 60 {
        return false;
    }
    let lower = text.lower_case();
    let words = lower.trim_matches(|character: char| !character.is_alphanumeric());
    ORIGINAL
        .iter()
        .chain(ORIGINAL_MORE)
        .chain(FORWARD)
        .any(|term| *term == words)
}

fn is_exactly(words: &str) -> bool {
    [
        "begin forwarded message",
        "anfang der weitergeleiteten nachricht",
        "anfang der weitergeleiteten e-mail",
        "début du message transféré",
        "début du message réexpédié",
        "początek przekazywanej wiadomości",
        "inicio del mensaje reenviado",
        "inizio messaggio inoltrato",
        "início da mensagem encaminhada",
        "início da mensagem reencaminhada",
        "begin doorgestuurd bericht",
        "転送されたメッセージ",
        "forwarded message",
        "开始转发的邮件",
        "vidarebefordrat brev",
        "videresendt besked",
        "original message",
        "ursprüngliche nachricht",
    ]
    .contains(&words)
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    #[test]
    fn markers() {
        let found = |text: &str| at(&line::split(text), 0);
        assert_eq!(
            found(" -----Original Message-----"),
            Some((Marker::Original, 0))
        );
        assert_eq!(
            found("------------------ 原始邮件 ------------------"),
            Some((Marker::Original, 0))
        );
        assert_eq!(
            found("---------- Forwarded message ---------"),
            Some((Marker::Forward, 0))
        );
        assert_eq!(
            found(
                "---------------------- Forwarded by Jane/HQ on 03/04/2024 \n09:05 AM -----------"
            ),
            Some((Marker::Forward, 1))
        );
        assert_eq!(
            found("Begin forwarded message:"),
            Some((Marker::Forward, 0))
        );
        assert_eq!(found("The original message was rejected:"), None);
        assert_eq!(found("- original message is lost"), None);
    }
}
