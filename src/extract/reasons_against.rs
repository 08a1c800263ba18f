//! Reasons against a value in the words around it.

use super::characters::{ends_with_word, is_blank, line_start, window, window_before};
use super::passage::Passage;
use crate::lower_case::LowerCase;

/// "A2... (not A3...)", "7f3c... (failed), 1121... (this one succeeded)".
pub(super) fn taken_back(text: &str, start: usize, end: usize) -> Option<&'static str> {
    let left = window_before(text, start, 16).lower_case();
    let left = left.trim_end_matches(' ');
    let denied = [
        "(not",
        "(nicht",
        "(pas",
        "(nie",
        "（不是",
        "(不是",
        ", not",
        ", nicht",
        ", pas",
        ", nie",
        "，不是",
    ];
    if denied.iter().any(|word| left.ends_with(word)) {
        return Some("negated");
    }
    let inside = text[end..]
        .trim_start_matches(' ')
        .strip_prefix(['(', '（'])?;
    let inside = window(inside, 0, 80).split([')', '）', '\n']).next()?;
    (super::clauses::judge(&inside.lower_case()) == super::clauses::Standing::Working)
        .then_some("named_as_working")
}

/// True when the words right before say that it is a telephone, tax, bank or register number.
pub(super) fn is_other_reference(passage: &Passage<'_>, start: usize) -> bool {
    let line = line_start(passage.text, start);
    let near = window_before(passage.text, start, 28.min(start - line));
    let near = near
        .trim_end_matches(|character: char| is_blank(character) || ".:#=+(".contains(character));
    let near = near.lower_case();
    OTHER_NUMBERS.iter().any(|word| ends_with_word(&near, word))
}

/// `POST /v1alpha/feeds`: the line of a call below a label, whose method or path is no value.
pub(super) fn is_request_line(text: &str, start: usize) -> bool {
    let line = text[line_start(text, start)..]
        .trim_start_matches(|character: char| is_blank(character) || "><*|".contains(character));
    let Some((method, path)) = line.split_once(' ') else {
        return false;
    };
    let begins = text.len() - line.len();
    matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD")
        && path.starts_with('/')
        // A value within the path is a parameter of it.
        && start <= begins + method.len() + 2
}

/// "310 of 340": a number that counts others.
pub(super) fn is_counted(text: &str, start: usize, end: usize) -> bool {
    let number = &text[start..end];
    if number.len() > COUNT_DIGITS || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let mut words = window(text, end, 24)
        .split(is_blank)
        .filter(|word| !word.is_empty());
    let of = words.next().unwrap_or("");
    let number = words.next().unwrap_or("");
    matches!(
        of,
        "of" | "out" | "z" | "ze" | "von" | "sur" | "spośród" | "/"
    ) && (of == "out" || number.starts_with(|first: char| first.is_ascii_digit()))
}

/// Longest number that counts; longer ones are identifiers.
const COUNT_DIGITS: usize = 5;

/// Words before numbers that are never an identifier of a desk.
const OTHER_NUMBERS: [&str; 40] = [
    "tel",
    "telefon",
    "phone",
    "mobile",
    "mobil",
    "fax",
    "téléphone",
    "tél",
    "kom",
    "电话",
    "手机",
    "传真",
    "whatsapp",
    "iban",
    "bic",
    "vat",
    "vat id",
    "vat number",
    "ust-idnr",
    "ust-id",
    "ustid",
    "umsatzsteuer-id",
    "steuernummer",
    "tva",
    "n° tva",
    "siret",
    "siren",
    "rcs",
    "nip",
    "regon",
    "krs",
    "hrb",
    "hra",
    "ein",
    "abn",
    "gstin",
    "税号",
    "统一社会信用代码",
    "营业执照",
    "konto nr",
];
