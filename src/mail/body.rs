//! The body of a mail: which part is read, decoded and converted.

use std::cell::OnceCell;

use super::attachments::{self, Collector, TnefBody};
use super::html::{self, Converted, Mark};
use super::mime::{Part, Tree};
use super::zones::{self, Hints};
use super::{Defect, charset, text};
use crate::limits;

fn defect(code: &str, detail: impl Into<String>) -> Defect {
    Defect {
        code: code.to_owned(),
        detail: detail.into(),
    }
}

/// The text of a mail before it is divided.
#[derive(Default)]
pub(super) struct Body {
    /// The text.
    pub(super) text: String,
    /// What the structure of the HTML says of it.
    pub(super) marks: Vec<Mark>,
    /// Where pictures of the mail stand in it, with their Content-ID in lower case.
    pub(super) pictures: Vec<(usize, String)>,
    /// True when some of it came from HTML.
    pub(super) is_html: bool,
    /// Oddities met on the way.
    pub(super) defects: Vec<Defect>,
}

impl Body {
    pub(super) fn from_plain(source: &str, defects: &mut Vec<Defect>) -> Self {
        let (mut text, nul) = text::clean(source);
        if let Some(unescaped) = zones::unescaped(&text) {
            text = unescaped;
        }
        if nul {
            defects.push(defect(
                "nul_bytes",
                "NUL characters in the text were dropped",
            ));
        }
        Self {
            text,
            ..Self::default()
        }
    }

    pub(super) fn from_html(source: &str, defects: &mut Vec<Defect>) -> Self {
        Self::from_converted(html::convert(source), defects)
    }

    fn from_converted(converted: Converted, defects: &mut Vec<Defect>) -> Self {
        if converted.too_deep {
            defects.push(defect(
                "depth_limit",
                format!("HTML nested deeper than {}", limits::HTML_DEPTH_MAX),
            ));
        }
        if converted.cut {
            defects.push(defect(
                "text_cut",
                format!("HTML longer than {} bytes", limits::HTML_BYTES_MAX),
            ));
        }
        Self {
            text: converted.text,
            marks: converted.marks,
            pictures: converted.pictures,
            is_html: true,
            defects: Vec::new(),
        }
    }

    /// Appends another part's text under a blank line.
    fn append(&mut self, other: Self) {
        if other.text.trim().is_empty() {
            return;
        }
        if self.text.trim().is_empty() {
            let defects = std::mem::take(&mut self.defects);
            *self = other;
            self.defects.extend(defects);
            return;
        }
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        self.text.push_str("\n\n");
        let offset = self.text.len();
        for mark in &mut self.marks {
            mark.range.end = mark.range.end.min(offset);
        }
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.into_iter().map(|mark| Mark {
            range: mark.range.start + offset..mark.range.end + offset,
            ..mark
        }));
        self.pictures.extend(
            other
                .pictures
                .into_iter()
                .map(|(place, name)| (place + offset, name)),
        );
        self.is_html = self.is_html || other.is_html;
        self.defects.extend(other.defects);
    }
}

/// Decoded text of a part.
fn decode_part(part: &Part<'_>, defects: &mut Vec<Defect>) -> String {
    let bytes = part.text_bytes();
    if bytes.1 {
        defects.push(defect(
            "base64_mixed",
            "text that is not base64 in a part declared so was kept as it is",
        ));
    }
    let mut bytes: &[u8] = &bytes.0;
    if bytes.len() > limits::TEXT_BYTES_MAX {
        defects.push(defect(
            "text_cut",
            format!("text longer than {} bytes", limits::TEXT_BYTES_MAX),
        ));
        bytes = &bytes[..limits::TEXT_BYTES_MAX];
    }
    let declared = part.content_type.parameter("charset");
    let declared = charset::of_text(bytes, declared, part.media_type() == "text/html");
    let declared = declared.as_deref();
    let decoded = charset::decode(bytes, declared);
    if decoded.replaced {
        defects.push(defect(
            "charset_replaced",
            format!("declared {}", declared.unwrap_or("nothing")),
        ));
    }
    if let Some(corrected) = decoded.corrected {
        defects.push(defect(
            "charset_corrected",
            format!(
                "declared {}, read as {corrected}",
                declared.unwrap_or("nothing")
            ),
        ));
    }
    let text = decoded.text;
    if part.media_type() == "text/plain"
        && part
            .content_type
            .parameter("format")
            .is_some_and(|format| format.eq_ignore_ascii_case("flowed"))
    {
        let text = text.replace("\r\n", "\n");
        let delete = part
            .content_type
            .parameter("delsp")
            .is_some_and(|value| value.eq_ignore_ascii_case("yes"));
        return text::unflow(&text, delete);
    }
    text.into_owned()
}

/// Whether a text that is declared plain is a document of HTML, not words about one: nothing but what lists append
/// follows its last tag.
fn looks_like_html(text: &str) -> bool {
    let start = text.trim();
    if !start.ends_with('>') {
        let behind = start.rfind('>').map_or("", |last| &start[last + 1..]);
        let cut_off = !start.contains("</");
        let appended = behind.trim_start().starts_with(['_', '-', '='])
            || behind.trim_start().starts_with("To unsubscribe");
        if !appended && !cut_off {
            return false;
        }
    }
    let head: String = start
        .chars()
        .take(15)
        .collect::<String>()
        .to_ascii_lowercase();
    head.starts_with("<html")
        || head.starts_with("<!doctype html")
        || head.starts_with("<head>")
        || head.starts_with("<div")
        || head.starts_with("<body")
}

/// Sentences of plain parts that stand in for HTML.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "html version", "html format", "does not support html", "doesn't support html", "html-enabled",
    "html enabled", "html capable", "view this email in", "view this message in", "html-format",
    "see html", "html viewer", "html part", "html mail", "html-mail", "html-e-mail", "html-ansicht", "html-version", "version html",
    "kann diese nachricht nicht anzeigen", "kann diese e-mail nicht anzeigen", "nachricht im browser", "ne peut pas afficher ce message",
    "ne peut pas afficher cet e-mail", "ne prend pas en charge le html", "nie może wyświetlić tej wiadomości", "nie obsługuje html",
    "wersja html", "cannot display this message", "can't display this message", "unable to display this message", "无法显示此邮件",
    "不支持html", "html格式", "im html-format", "format html", "please use an html", "this is a multi-part message",
];

fn is_placeholder(plain: &str) -> bool {
    let trimmed = plain.trim();
    if trimmed.is_empty() {
        return true;
    }
    if trimmed.len() > 400 {
        return false;
    }
    let lower = trimmed.to_lowercase();
    PLACEHOLDERS.iter().any(|phrase| lower.contains(phrase))
}

/// Whether a short plain part speaks of HTML and of programs for mail in words that the HTML does not say.
fn is_stand_in<'a>(plain: &str, shown: impl Fn() -> &'a Converted) -> bool {
    #[rustfmt::skip]
    const PROGRAMS: &[&str] = &[
        "mail program", "mail client", "mail reader", "mail app", "email client", "email program", "mail software", "viewer",
        "mailprogramm", "e-mail-programm", "programm", "mail-client", "logiciel", "messagerie", "client de", "program poczt",
        "klient poczt", "邮件客户端", "邮件程序", "your client", "your program", "browser", "navigateur", "przegląda", "浏览器",
    ];
    if plain.trim().len() > 300 {
        return false;
    }
    let lower = plain.to_lowercase();
    if !lower.contains("html") || !PROGRAMS.iter().any(|program| lower.contains(program)) {
        return false;
    }
    let shown = shown().text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.len() > 3)
        .collect();
    let said = words.iter().filter(|word| shown.contains(**word)).count();
    !shown.trim().is_empty() && said * 2 < words.len()
}

/// The body and the indices of the parts that are attachments.
pub(super) fn read_body(tree: &Tree<'_>, collector: &mut Collector) -> (Body, Vec<usize>) {
    let mut body = Body::default();
    let mut attached = Vec::new();
    let mut index = 0;
    while index < tree.parts.len() {
        let part = &tree.parts[index];
        if !part.is_body_text() {
            attached.push(index);
            index += 1;
            continue;
        }
        // All body texts of one alternative are one text in several forms.
        let group = part.alternative.map(|(group, _)| group);
        let mut plain = String::new();
        let mut html = String::new();
        let mut defects = Vec::new();
        let mut end = index;
        while end < tree.parts.len() {
            let other = &tree.parts[end];
            let same = end == index
                || group.is_some() && other.alternative.map(|(group, _)| group) == group;
            if !same {
                break;
            }
            if !other.is_body_text() {
                attached.push(end);
            } else if other.media_type() == "text/html" {
                if !html.is_empty() {
                    html.push_str("<br>");
                }
                html.push_str(&decode_part(other, &mut defects));
            } else if other.media_type() != "text/x-amp-html" {
                if !plain.is_empty() {
                    plain.push('\n');
                }
                plain.push_str(&decode_part(other, &mut defects));
            }
            end += 1;
        }
        let mut chosen = choose(&plain, &html, &mut defects);
        chosen.defects = defects;
        body.append(chosen);
        index = end;
    }
    if body.text.trim().is_empty() {
        fall_back(tree, &mut body);
    }
    for found in body.defects.drain(..) {
        collector.defect(&found.code, found.detail);
    }
    if body.text.contains("-----BEGIN PGP MESSAGE-----") {
        collector.defect("encrypted", "PGP (RFC 9580) cannot be read here");
    }
    (body, attached)
}

/// Plain text unless it is empty or stands in for the HTML; HTML too where only it tells what is quoted.
fn choose(plain: &str, html: &str, defects: &mut Vec<Defect>) -> Body {
    if html.trim().is_empty() {
        if looks_like_html(plain) {
            return Body::from_html(plain, defects);
        }
        return Body::from_plain(plain, defects);
    }
    if is_placeholder(plain) || looks_like_html(plain) {
        return Body::from_html(html, defects);
    }
    let from_plain = Body::from_plain(plain, defects);
    let converted = OnceCell::new();
    let shown = || converted.get_or_init(|| html::convert(html));
    let says_more = is_stand_in(plain, shown)
        || is_teaser(plain, html, shown)
        || html::has_quote_structure(html)
            && !zones::has_quote(&zones::divide(&from_plain.text, Hints::default()))
            && zones::has_quote(&zones::divide(
                &shown().text,
                Hints {
                    marks: &shown().marks,
                    forward: false,
                    answer: true,
                    opens: false,
                    author: "",
                },
            ));
    match converted.into_inner() {
        Some(converted) if says_more => Body::from_converted(converted, defects),
        _ => from_plain,
    }
}

/// Whether a plain part is much shorter than the HTML: a teaser or a stub.
fn is_teaser<'a>(plain: &str, html: &str, shown: impl Fn() -> &'a Converted) -> bool {
    let length = plain.trim().len();
    if length >= 300 || html.len() <= length * 4 + 400 {
        return false;
    }
    let long = html.len() > 20_000;
    let longer = shown().text.trim().len();
    longer > length * if long { 8 } else { 4 }
        && (long || longer > 200 && !html::has_quote_structure(html))
}

/// A mail whose text sits in `winmail.dat`.
fn fall_back(tree: &Tree<'_>, body: &mut Body) {
    for part in &tree.parts {
        let kind = part.media_type();
        let named = part
            .file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"));
        if kind != "application/ms-tnef" && kind != "application/vnd.ms-tnef" && !named {
            continue;
        }
        let mut defects = Vec::new();
        match attachments::tnef_body(&part.bytes()) {
            Some(TnefBody::Text(found)) => *body = Body::from_plain(&found, &mut defects),
            Some(TnefBody::Html(bytes)) => {
                let named = charset::of_text(&bytes, None, true);
                *body = Body::from_html(
                    &charset::decode(&bytes, named.as_deref()).text,
                    &mut defects,
                )
            }
            None => continue,
        }
        body.defects = defects;
        return;
    }
}
