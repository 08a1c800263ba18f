//! The code pages of DOS, which some mail programs still declare and no web library reads. Bytes below 0x80 are ASCII.

/// Characters of the bytes from 0x80 on, of code page 437 (IBM PC).
const CP437: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

/// Of code page 850 (Western Europe).
const CP850: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
);

/// Of code page 852 (Central Europe).
const CP852: &str = concat!(
    "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐",
    "└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
);

/// The characters of a declared name, lower case.
pub(crate) fn code_page(name: &str) -> Option<&'static str> {
    match name {
        "cp437" | "ibm437" | "437" | "ibm-437" => Some(CP437),
        "cp850" | "ibm850" | "850" | "ibm-850" | "cp858" | "ibm00858" | "858" => Some(CP850),
        "cp852" | "ibm852" | "852" | "ibm-852" => Some(CP852),
        _ => None,
    }
}

/// Text in a code page. Every byte has a meaning.
pub(crate) fn decode(bytes: &[u8], page: &str) -> String {
    let characters: Vec<char> = page.chars().collect();
    bytes
        .iter()
        .map(|byte| {
            byte.checked_sub(0x80)
                .and_then(|high| characters.get(usize::from(high)).copied())
                .unwrap_or(char::from(*byte))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_character() {
        for name in ["cp437", "ibm850", "cp852"] {
            assert_eq!(code_page(name).map(|page| page.chars().count()), Some(128));
        }
    }

    #[test]
    fn letters_of_europe() {
        assert_eq!(decode(b"Gr\x94\xe1e", CP437), "Größe");
        assert_eq!(decode(b"Gr\x94\xe1e", CP850), "Größe");
        assert_eq!(decode(b"b\x88\xa5d", CP852), "błąd");
    }
}
