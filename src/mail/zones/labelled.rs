//! Labels below a name: which of them say how to reach somebody and which of them what a desk asks for.

use std::sync::LazyLock;

use super::contact::{has_contact, has_telephone, is_date_or_time};
use super::title::has_title;
use crate::lexicon::Lexicon;
use crate::mail::text::is_wide_letter;

/// What the label of a line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// How to reach somebody, when, what somebody does, where a company is entered.
    Reach,
    /// A value.
    Desk,
    /// The number under which somebody is known.
    Party,
    /// An account at a bank.
    Bank,
    /// A label with words.
    Words,
    /// A label alone.
    Heading,
    /// There is no label.
    Nothing,
}

/// Beginnings of labels of contacts, lower case.
#[rustfmt::skip]
const REACH: &[&str] = &[
    "tel", "phone", "ph", "fax", "mob", "cell", "direct", "office", "hotline", "e-mail", "email", "mail", "e mail", "courriel",
    "correo", "poczta", "posta", "web", "www", "site", "internet", "homepage", "home page", "url", "http", "skype", "teams", "zoom",
    "whatsapp", "wechat", "weixin", "signal", "telegram", "linkedin", "xing", "twitter", "facebook", "facsimile", "instagram", "youtube",
    "tiktok", "icq", "aim", "msn", "yahoo", "jabber", "matrix", "mastodon", "github", "address", "adres", "anschrift", "indirizzo",
    "direcci", "endere", "morada", "sede", "sitz", "hauptsitz", "siège", "siedziba", "fon", "tél", "portable", "gsm",
    "móvil", "movil", "kom", "öffnungszeit", "geschäftszeit", "sprechzeit", "servicezeit", "bürozeit", "erreichbar", "opening",
    "hours", "business hours", "open", "horaire", "heures", "ouvert", "godziny", "czynne", "horario", "horário", "orari", "aperti",
    "openingstijd", "bereikbaar", "営業", "受付時間", "营业", "工作时间", "电话", "電話", "手机", "手機", "传真", "傳真", "邮箱", "郵箱",
    "邮件", "电子邮", "地址", "网址", "網址", "微信", "qq", "住所", "携帯", "直通", "内線", "メール", "座机", "公众号", "ceo", "cto", "cfo",
    "vorstand", "aufsichtsrat", "vorsitz", "inhaber", "owner", "gérant", "zarząd", "prezes", "bestuur", "代表", "法人", "department",
    "abteilung", "dept", "service client", "title", "position", "stanowisko", "pronouns", "room", "raum", "zimmer", "floor",
    "building", "suite", "mailstop", "po box", "p.o", "postfach", "visit", "follow", "besuchen", "folgen", "suivez", "odwiedź",
    "síguenos", "seguici", "siga", "volg", "关注", "support", "helpdesk", "kundenservice", "kundendienst", "customer service",
    "customer care", "obsługa klienta", "biuro obsługi", "atención al", "assistenza", "klantenservice", "apoio ao", "客服", "privacy", "datenschutz",
    "impressum", "managing", "geschäftsf", "directeur", "director", "president", "président", "head", "join us", "calendar", "book a",
    "bankverbindung", "cage", "registered", "company reg", "reg.", "reg no", "rejestr", "handelsreg", "registergericht", "amtsgericht", "vat", "ust",
    "umsatzsteuer", "mwst", "steuer", "tax", "tva", "siren", "siret", "rcs", "nip", "regon", "krs", "bdo", "hrb", "hra", "kvk",
    "btw", "cif", "nif", "p.iva", "p. iva", "partita iva", "piva", "iva", "codice fiscale", "c.f", "cnpj", "company n", "charity", "税号", "纳税人",
    "统一社会信用", "登録番号", "法人番号", "duns", "d-u-n-s", "eori", "weee", "ico", "ičo", "dič", "capital", "stammkapital", "kapitał",
    "sąd", "registro", "licen", "lizenz", "sent", "gesendet", "envoy", "wysłan", "пн", "тел",
];

/// Labels of a letter each, as signatures have them.
const LETTERS: &str = "tmfewpadcoihvn";

/// Parts of labels of what a desk asks for, lower case; long enough to stand inside of a word.
#[rustfmt::skip]
const DESK: &[&str] = &[
    "order", "bestell", "auftrag", "commande", "zamówieni", "zlecen", "订单", "訂單", "pedido", "ordine", "注文", "encomenda", "ticket", "vorgang",
    "zgłoszeni", "工单", "incident", "reference", "referenz", "référence", "referenc", "referencia", "riferimento", "referência",
    "invoice", "rechnung", "facture", "faktur", "发票", "factura", "fattura", "fatura", "factuur", "請求", "tracking",
    "sendung", "suivi", "przesył", "单号", "envío", "spedizion", "rastreio", "zending", "追跡", "伝票", "error", "fehler",
    "erreur", "błęd", "błąd", "错误", "fout", "エラー", "serial", "serien", "série", "seryjn", "序列", "serienummer", "製造番号",
    "request", "anfrage", "requête", "żądani", "请求", "リクエスト", "transaction", "transaktion", "transakcj", "交易", "shipment", "parcel", "colis",
    "paket", "paczk", "包裹", "荷物", "article", "artikel", "artykuł", "商品", "artículo", "articolo", "artigo", "product", "produkt",
    "produit", "producto", "prodotto", "produto", "version", "wersja", "版本", "versión", "versione", "versão", "versie", "バージョン",
    "model", "modell", "modèle", "型号", "modelo", "modello", "型番", "status", "statut", "状态", "estado", "stato", "状態", "marketplace",
    "buchung", "booking", "reservation", "réservation", "rezerwacj", "prenotazion", "reserva", "boeking", "予約", "contract", "vertrag",
    "contrat", "umowa", "umowy", "合同", "contrato", "contratto", "契約", "case", "dossier", "sprawa", "sprawy", "caso", "asin", "sku", "ean", "isbn",
    "answer", "antwort", "response", "réponse", "odpowied", "答", "respuesta", "risposta", "resposta", "antwoord", "回答",
    "device", "gerät", "appareil", "urządzen", "设备", "dispositivo", "apparaat", "端末", "payment", "zahlung", "paiement", "płatnoś",
    "付款", "pago", "pagamento", "betaling", "支払",
];

/// Short labels of the same kind, whole words.
#[rustfmt::skip]
const DESK_WORDS: &[&str] = &[
    "ref", "id", "code", "kod", "sn", "s/n", "rma", "awb", "po", "fall", "nr", "no", "key", "uuid", "url", "log", "host", "port", "ip", "erro",
    "date", "since", "time",
];

/// Parts of labels under which somebody is known.
#[rustfmt::skip]
const PARTY: &[&str] = &[
    "customer", "kunden", "client", "klient", "klant", "cliente", "客户", "客戶", "お客様", "顧客", "member", "mitglied", "membre", "partner",
    "dealer", "händler", "account", "vendor", "supplier", "lieferant", "fournisseur", "dostawc", "会员", "merchant", "seller", "verkäufer",
    "vendeur", "sprzedaw", "卖家", "商户", "proveedor", "fornitore", "fornecedor",
];

/// Labels of accounts at a bank, whole words.
const BANK: &[&str] = &[
    "iban",
    "bic",
    "swift",
    "konto",
    "bank",
    "blz",
    "kontonummer",
];

static REACH_BEGINS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(REACH));
static DESK_PARTS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(DESK));
static PARTY_PARTS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(PARTY));

/// Words of a label, at most.
const LABEL_WORDS: usize = 6;

/// Judges the label of a line and its value.
pub(super) fn named(text: &str) -> Named {
    let Some((label, value, marked)) = divided(text) else {
        return Named::Nothing;
    };
    let lower = label.to_lowercase();
    let lower = lower.trim_matches(|character: char| !character.is_alphanumeric());
    if lower.is_empty() || label.split_whitespace().count() > LABEL_WORDS {
        return Named::Nothing;
    }
    let word = |words: &[&str]| {
        lower
            .split(|character: char| !character.is_alphanumeric() && character != '/')
            .any(|word| words.contains(&word))
    };
    let party = PARTY_PARTS.stand_in(lower);
    let mut reach = lower.len() == 1 && LETTERS.contains(lower);
    REACH_BEGINS.prefixes(lower.as_bytes(), |_, _| reach = true);
    let telephone = has_telephone(&text.to_lowercase()) || has_telephone(&value.to_lowercase());
    if reach && !(party && !telephone && has_number(value)) || has_title(lower) {
        return Named::Reach;
    }
    if is_telephone(value) && !DESK_PARTS.stand_in(lower) {
        return Named::Reach;
    }
    let desk = DESK_PARTS.stand_in(lower) || word(DESK_WORDS);
    let numbered = has_number(value);
    if value.is_empty() {
        return if marked {
            Named::Heading
        } else {
            Named::Nothing
        };
    }
    if word(BANK) && numbered {
        return Named::Bank;
    }
    if party && numbered && !telephone {
        return Named::Party;
    }
    if desk && (marked || is_number(value)) && (numbered || marked) {
        return Named::Desk;
    }
    if !marked {
        return Named::Nothing;
    }
    if has_contact(text) || telephone {
        return Named::Reach;
    }
    if numbered { Named::Desk } else { Named::Words }
}

/// The label, the value, and whether a sign stands between them: `Order: 7`, `Order no. 7`, `Order<tab>7`.
fn divided(text: &str) -> Option<(&str, &str, bool)> {
    let sign = text
        .char_indices()
        .take(48)
        .find(|(_, character)| matches!(character, ':' | '：' | '\t' | '='));
    if let Some((at, sign)) = sign
        && !text[at..].starts_with("://")
    {
        let value = text[at + sign.len_utf8()..].trim();
        // `09:00`: no label ends in a number that a number follows.
        let clock = sign == ':'
            && text[..at].ends_with(|last: char| last.is_ascii_digit())
            && value.starts_with(|first: char| first.is_ascii_digit());
        return (!clock).then(|| (text[..at].trim(), value, true));
    }
    let at = text.find(|character: char| character.is_ascii_digit() || character == '#')?;
    let label = &text[..at];
    let joined =
        label.ends_with([' ', '#']) || label.chars().next_back().is_some_and(is_wide_letter);
    (joined && at > 0 && text.split_whitespace().count() <= LABEL_WORDS)
        .then(|| (label.trim(), text[at..].trim(), false))
}

/// Whether a value holds a number that is neither a date nor a time.
fn has_number(value: &str) -> bool {
    value.split_whitespace().any(|word| {
        let word = word.trim_matches(['(', ')', ',', '.', ';']);
        word.bytes().any(|byte| byte.is_ascii_digit()) && !is_date_or_time(word) && !is_hours(word)
    })
}

/// Groups of digits, nine and more, and nothing but what stands between those of a telephone number.
fn is_telephone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (9..=15).contains(&digits)
        && value.contains([' ', '(', '+', '/'])
        && value
            .chars()
            .all(|character| character.is_ascii_digit() || " +-./()".contains(character))
}

/// `9-17`, `09:00-18:00`, `8h-12h`.
fn is_hours(word: &str) -> bool {
    word.len() <= 13
        && word.contains(['-', '–', ':', 'h'])
        && word.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, '-' | '–' | ':' | '.' | 'h')
        })
        && word.bytes().filter(u8::is_ascii_digit).count() <= 8
        && word
            .split(['-', '–', ':', 'h', '.'])
            .all(|number| number.len() <= 2)
}

/// Whether a value without a sign before it is one number and little more.
fn is_number(value: &str) -> bool {
    let first = value.trim_start_matches('#');
    value.split_whitespace().count() <= 1
        && first.bytes().filter(u8::is_ascii_digit).count() >= 3
        && !is_date_or_time(first)
}
