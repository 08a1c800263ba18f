//! Text that is declared to be of Western Europe and looks like another one: mail programs of other countries write such labels.

use std::collections::BTreeSet;

use encoding_rs::{Encoding, WINDOWS_1252};

/// Bytes that are looked at.
const LOOKED_AT_BYTES: usize = 16 * 1024;
/// Letters with accents in a row of which no Western word has as many.
const ACCENTS_IN_A_ROW: usize = 3;

/// What the words of a text show.
#[derive(Default)]
struct Signs {
    /// Words with characters beyond ASCII, and those of ASCII letters alone.
    beyond: usize,
    plain: usize,
    /// Words with many accents in a row (`Ïðèâåò`).
    rows: usize,
    /// Words with signs inside them (`b³±d`), and these signs.
    signed: usize,
    kinds: BTreeSet<char>,
    /// Words with an Icelandic letter where Icelandic has none (`sipariþ`).
    turkish: usize,
}

/// Whether the words of a text declared in a Western charset are none of its languages. One strange word says nothing: people
/// write about letters, and gateways break an apostrophe.
pub(super) fn is_hardly(bytes: &[u8], declared: &'static Encoding) -> bool {
    if declared != WINDOWS_1252 && declared.name() != "ISO-8859-15" {
        return false;
    }
    let bytes = &bytes[..bytes.len().min(LOOKED_AT_BYTES)];
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    // With these begin the Japanese letters of Shift_JIS; in the West they are a rare quotation mark, a florin and nothing.
    let kana = bytes
        .iter()
        .filter(|byte| matches!(byte, 0x81..=0x83))
        .count();
    if kana >= 3 && kana * 6 >= high {
        return true;
    }
    let (text, _) = declared.decode_without_bom_handling(bytes);
    let mut signs = Signs::default();
    for word in
        text.split(|character: char| character.is_ascii() && !character.is_ascii_alphanumeric())
    {
        signs.read(word);
    }
    signs.rows >= 2 && signs.rows * 2 >= signs.plain
        || signs.rows == 1 && signs.plain == 0 && signs.beyond == 1
        || signs.kinds.len() >= 2 && signs.signed >= 2 && signs.signed * 4 >= signs.beyond
        || signs.turkish >= 2
}

impl Signs {
    fn read(&mut self, word: &str) {
        if word.is_ascii() {
            self.plain +=
                usize::from(word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()));
            return;
        }
        self.beyond += 1;
        let letters: Vec<char> = word.chars().collect();
        let (mut row, mut longest) = (0, 0);
        let mut found = false;
        let mut turkish = false;
        for (place, character) in letters.iter().enumerate() {
            row = if is_accented(*character) { row + 1 } else { 0 };
            longest = longest.max(row);
            let before = place.checked_sub(1).map(|place| letters[place]);
            let behind = letters.get(place + 1).copied();
            // "wci±¿", "¹koda": no word ends or begins so.
            let edge = matches!(character, '±' | '¶' | '¼' | '¾' | '³' | '¹');
            if is_sign(*character)
                && before.map_or(edge, is_letter_or_sign)
                && behind.map_or(edge || *character == '¿', is_letter_or_sign)
            {
                found = true;
                self.kinds.insert(*character);
            }
            turkish |= *character == 'þ'
                && before.is_some_and(char::is_alphabetic)
                && behind.is_none_or(|behind| {
                    behind.is_ascii_alphabetic() && !"aeiouyrjv".contains(behind)
                });
        }
        self.rows += usize::from(longest >= ACCENTS_IN_A_ROW);
        self.signed += usize::from(found);
        self.turkish += usize::from(turkish);
    }
}

fn is_accented(character: char) -> bool {
    matches!(character, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Œ' | 'œ' | 'Ÿ')
}

fn is_letter_or_sign(character: char) -> bool {
    character.is_ascii_alphabetic() || is_accented(character) || is_sign(character)
}

/// Signs that never stand between two letters of a word.
fn is_sign(character: char) -> bool {
    matches!(character, '¡'..='¿')
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
                WINDOWS_1251,
                "Здравствуйте, заказы не приходят со вчерашнего дня.",
            ),
            (
                KOI8_R,
                "Здравствуйте, getOrders отвечает 403, заказы не приходят.",
            ),
            (
                WINDOWS_1253,
                "Καλημέρα, οι παραγγελίες δεν έρχονται από χθες.",
            ),
            (
                WINDOWS_1254,
                "Merhaba, siparişler dünden beri görünmüyor, yardım eder misiniz? Teşekkürler, sipariş işlemi ağ bağlantısı çalışıyor.",
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
    fn czech_under_a_western_label() {
        let written = "Příliš žluťoučký kůň úpěl ďábelské ódy, děkuji.";
        let (bytes, _, _) = ISO_8859_2.encode(written);
        assert_eq!(decode(&bytes, Some("iso-8859-1")).text, written);
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
            "Los acentos áéíóú no se imprimen.",
            "Die Zeichen \"äöüÄÖÜß\" und \"éèà\" fehlen im Druck.",
            "l¿usine n¿a pas reçu la pièce à temps",
            "We can¹t print, it doesn¹t start.",
            "Größe±2mm, Straße±5, Maß±0.1",
            "Hæ, Ýmir hér. Prentarinn er bilaður. Kveðja, Þórunn",
            "Ship to: Þingvellir",
            "Grüße aus Köln mit â\u{80}\u{9c}Zitatâ\u{80}",
        ] {
            let (bytes, _, _) = WINDOWS_1252.encode(written);
            for declared in ["iso-8859-1", "windows-1252"] {
                assert_eq!(
                    decode(&bytes, Some(declared)).text,
                    WINDOWS_1252.decode(&bytes).0,
                    "{written}"
                );
            }
        }
        let (bytes, _, _) =
            encoding_rs::ISO_8859_15.encode("Bonjour, le cœur de la machine, le nœud du problème");
        assert!(decode(&bytes, Some("iso-8859-15")).text.contains("cœur"));
    }
}
