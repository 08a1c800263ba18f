//! Text that is declared to be of Western Europe and looks like another one: mail programs of other countries write such labels.

use encoding_rs::{Encoding, WINDOWS_1252};

/// Bytes that are looked at.
const LOOKED_AT_BYTES: usize = 16 * 1024;

/// Whether the words of a text declared in a Western charset are none of its languages: signs stand inside them (`b³±d`), they
/// are letters with accents throughout (`Ïðèâåò`), or bytes occur that have no meaning there.
pub(super) fn is_hardly(bytes: &[u8], declared: &'static Encoding) -> bool {
    if declared != WINDOWS_1252 && declared.name() != "ISO-8859-15" {
        return false;
    }
    let bytes = &bytes[..bytes.len().min(LOOKED_AT_BYTES)];
    // C1 controls: no Western text holds one.
    if bytes
        .iter()
        .any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d))
    {
        return true;
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let (mut beyond, mut strange) = (0, 0);
    for word in
        text.split(|character: char| character.is_ascii() && !character.is_ascii_alphabetic())
    {
        if word.is_ascii() {
            continue;
        }
        beyond += 1;
        strange += usize::from(is_strange(word));
    }
    strange >= 2 && strange * 4 >= beyond || strange == 1 && beyond <= 2
}

/// Letters with accents in a row of which no Western word has as many.
const ACCENTS_IN_A_ROW: usize = 3;

fn is_strange(word: &str) -> bool {
    let (mut row, mut signs, mut after_letter) = (0, 0, false);
    for character in word.chars() {
        let accented = matches!(character, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ');
        row = if accented { row + 1 } else { 0 };
        // Icelandic is the one language of the West that has these, and Turkish has letters in their place.
        let icelandic = matches!(character, 'Ý' | 'Þ' | 'ý' | 'þ' | 'ð' | 'Ð');
        if row >= ACCENTS_IN_A_ROW || icelandic {
            return true;
        }
        if character.is_ascii_alphabetic() || accented {
            if signs > 0 && after_letter {
                return true;
            }
            after_letter = true;
            signs = 0;
        } else if is_sign(character) {
            // "wci±¿": no word ends so.
            if after_letter && matches!(character, '±' | '¿' | '¡' | '¶' | '¼' | '¾') {
                return true;
            }
            signs += 1;
        } else {
            after_letter = false;
            signs = 0;
        }
    }
    false
}

/// Signs that never stand between two letters of a word.
fn is_sign(character: char) -> bool {
    matches!(character, '¡'..='¿' | '×' | '÷')
        && !matches!(
            character,
            'ª' | 'º' | '·' | '´' | '\u{ad}' | '«' | '»' | '¨' | '¸'
        )
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, ISO_8859_2, KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
        WINDOWS_1253, WINDOWS_1254, WINDOWS_1255,
    };

    use super::super::decode;

    #[test]
    fn other_scripts_under_a_western_label_were_letters_with_accents() {
        for (encoding, written) in [
            (
                ISO_8859_2,
                "Proszę sprawdzić błąd, zamówienia są wciąż odrzucane.",
            ),
            (
                WINDOWS_1250,
                "Dzień dobry, usługa nie działa, zgłaszamy to już od środy.",
            ),
            (
                WINDOWS_1250,
                "Příliš žluťoučký kůň úpěl ďábelské ódy, děkuji.",
            ),
            (
                WINDOWS_1251,
                "Здравствуйте, заказы не приходят со вчерашнего дня.",
            ),
            (
                KOI8_R,
                "Здравствуйте, заказы не приходят со вчерашнего дня.",
            ),
            (
                WINDOWS_1253,
                "Καλημέρα, οι παραγγελίες δεν έρχονται από χθες.",
            ),
            (
                WINDOWS_1254,
                "Merhaba, siparişler dünden beri görünmüyor, yardım eder misiniz? Teşekkürler, saygılarımızla, ağ bağlantısı çalışıyor.",
            ),
            (WINDOWS_1255, "שלום, ההזמנות לא מגיעות מאתמול"),
            (
                SHIFT_JIS,
                "画面が白いままです。シリアル番号は４７１１です。",
            ),
            (BIG5, "您好，標籤列印出來是空白的，請幫忙查一下，謝謝。"),
        ] {
            let (bytes, _, failed) = encoding.encode(written);
            assert!(!failed);
            for declared in ["iso-8859-1", "windows-1252", "iso-8859-15"] {
                assert_eq!(decode(&bytes, Some(declared)).text, written, "{declared}");
            }
        }
    }

    #[test]
    fn western_texts_stay_what_they_are() {
        for written in [
            "Größe über Maß: 5 €, öfter fällt es auf; 3 m², 20 °C ±5 %, ½ Stück à 5 £",
            "La pièce n°5 a été créée à l´usine ; «très» bien, l’été, où ça coûte 10¢",
            "¿Cómo está? ¡Qué día! El 1º y la 2ª, señor Núñez, col·lecció",
            "Não há erro: ação, coração, opção, às três",
            "Blåbærsyltetøy på brød, smörgåsbord, hyvää päivää",
            "CO²-Ausstoß in µg/m³, §5 Abs.3, ©2026 Müller®, Preis×Menge=5÷2",
        ] {
            let (bytes, _, _) = WINDOWS_1252.encode(written);
            for declared in ["iso-8859-1", "windows-1252"] {
                assert_eq!(decode(&bytes, Some(declared)).text, written, "{declared}");
            }
        }
    }
}
