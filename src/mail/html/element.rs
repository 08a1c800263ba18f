//! What the converter needs to know of tags and attributes.

use super::super::ZoneKind;

/// Kinds of tags that the converter tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Block,
    Paragraph,
    Heading,
    Quote,
    List,
    NumberedList,
    Item,
    Table,
    Row,
    Cell,
    /// A term of a list of definitions, or its definition.
    Term,
    Preformatted,
    Link,
    Break,
    Rule,
    Image,
    /// Content that nobody sees.
    Skipped,
    /// A style sheet: not seen, but it may say what is.
    Style,
    /// Elements without content.
    Void,
    Inline,
}

impl Tag {
    pub(super) fn from_name(name: &[u8]) -> Self {
        match name {
            b"div" | b"section" | b"article" | b"header" | b"footer" | b"address" | b"center"
            | b"dl" | b"form" | b"fieldset" | b"figure" | b"figcaption" | b"main" | b"nav"
            | b"aside" | b"body" | b"details" | b"summary" | b"caption" | b"legend" | b"option"
            | b"includetail" => Self::Block,
            b"p" => Self::Paragraph,
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Self::Heading,
            b"blockquote" => Self::Quote,
            b"ul" | b"menu" | b"dir" => Self::List,
            b"ol" => Self::NumberedList,
            b"li" => Self::Item,
            b"table" => Self::Table,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            b"dt" | b"dd" => Self::Term,
            b"pre" | b"listing" | b"xmp" | b"plaintext" => Self::Preformatted,
            b"a" => Self::Link,
            b"br" => Self::Break,
            b"hr" => Self::Rule,
            b"img" => Self::Image,
            b"style" => Self::Style,
            b"script" | b"title" | b"template" | b"svg" | b"math" | b"object" | b"iframe"
            | b"noframes" | b"xml" | b"audio" | b"video" | b"canvas" | b"select" => Self::Skipped,
            b"meta" | b"link" | b"base" | b"input" | b"col" | b"area" | b"embed" | b"param"
            | b"source" | b"track" | b"wbr" | b"bgsound" | b"frame" => Self::Void,
            _ => Self::Inline,
        }
    }
}

/// Attributes of the tag being read, those that matter.
#[derive(Default)]
pub(super) struct Attributes {
    current: Current,
    pub(super) class: String,
    pub(super) id: String,
    pub(super) style: String,
    pub(super) href: String,
    pub(super) alt: String,
    pub(super) source: String,
    kind: String,
    media: String,
    hidden: bool,
    /// `<font size=...>` gives a size of its own.
    sized: bool,
    /// A width or a height is given: cells without text that have one keep others apart.
    measured: bool,
    pub(super) start: u64,
}

#[derive(Clone, Copy, Default)]
enum Current {
    #[default]
    Ignored,
    Class,
    Id,
    Style,
    Href,
    Alt,
    Source,
    Kind,
    Media,
    Start,
}

/// Longest attribute value that is looked at.
const ATTRIBUTE_BYTES: usize = 2_000;

impl Attributes {
    pub(super) fn clear(&mut self) {
        self.current = Current::Ignored;
        self.class.clear();
        self.id.clear();
        self.style.clear();
        self.href.clear();
        self.alt.clear();
        self.source.clear();
        self.kind.clear();
        self.media.clear();
        self.hidden = false;
        self.sized = false;
        self.measured = false;
        self.start = 1;
    }

    pub(super) fn name(&mut self, name: &[u8]) {
        self.current = match name {
            b"class" => Current::Class,
            b"id" | b"name" => Current::Id,
            b"style" => Current::Style,
            b"href" => Current::Href,
            b"alt" => Current::Alt,
            b"src" => Current::Source,
            b"type" => Current::Kind,
            b"media" => Current::Media,
            b"start" => Current::Start,
            b"hidden" => {
                self.hidden = true;
                Current::Ignored
            }
            b"size" => {
                self.sized = true;
                Current::Ignored
            }
            b"width" | b"height" | b"bgcolor" | b"background" => {
                self.measured = true;
                Current::Ignored
            }
            _ => Current::Ignored,
        };
    }

    pub(super) fn value(&mut self, value: &[u8]) {
        let into = match self.current {
            Current::Ignored => return,
            Current::Class => &mut self.class,
            Current::Id => &mut self.id,
            Current::Style => &mut self.style,
            Current::Href => &mut self.href,
            Current::Alt => &mut self.alt,
            Current::Source => &mut self.source,
            Current::Kind => &mut self.kind,
            Current::Media => &mut self.media,
            Current::Start => {
                self.start = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.trim().parse().ok())
                    .unwrap_or(1);
                return;
            }
        };
        if !into.is_empty() || value.len() > ATTRIBUTE_BYTES {
            return;
        }
        if let Ok(text) = std::str::from_utf8(value) {
            into.push_str(text);
        }
        if matches!(self.current, Current::Style) {
            into.retain(|character| !character.is_ascii_whitespace());
            into.make_ascii_lowercase();
            if into.contains("url(") {
                *into = without_addresses(into);
            }
        }
    }

    /// Whether the element and its content are not shown.
    pub(super) fn hides(&self) -> bool {
        self.hidden
            || (!self.style.is_empty()
                && (self.style.contains("display:none")
                    || is_invisible_ink(&self.style)
                    || self.style.contains("mso-hide:all")
                    || has_zero(&self.style, "max-height")
                    || self.style.contains("overflow:hidden") && has_zero(&self.style, "height")
                    || is_outside(&self.style)
                    || has_zero(&self.style, "opacity")))
    }

    /// Whether the element says that what is in it is not shown but where it says otherwise; None where it says nothing.
    pub(super) fn is_invisible(&self) -> Option<bool> {
        declared(&self.style, &["visibility"]).map(|value| matches!(value, "hidden" | "collapse"))
    }

    /// What the element says of white space in its text.
    pub(super) fn white_space(&self) -> Option<&str> {
        declared(&self.style, &["white-space"])
    }

    /// The Content-ID of a picture of the mail, in lower case (RFC 2392).
    pub(super) fn content_id(&self) -> Option<String> {
        let (scheme, id) = self.source.trim().split_once(':')?;
        scheme
            .eq_ignore_ascii_case("cid")
            .then(|| id.trim().replace("%40", "@").to_lowercase())
    }

    /// Whether a cell without text is one of a table of values: it has no measure and no style of its own.
    pub(super) fn is_cell_of_values(&self) -> bool {
        !self.measured && self.style.is_empty() && self.class.is_empty()
    }

    /// Whether a style sheet is for every screen, not for paper or narrow windows alone.
    pub(super) fn is_for_screens(&self) -> bool {
        self.media.split(',').any(|media| {
            let media = media.trim().to_ascii_lowercase();
            matches!(media.as_str(), "" | "all" | "screen" | "only screen")
        })
    }

    /// Whether the element itself says that it is shown, whatever a style sheet says of its class.
    pub(super) fn shows(&self) -> bool {
        self.style.contains("display:") && !self.style.contains("display:none")
    }

    /// None where the element says nothing about its font size.
    pub(super) fn font_size_is_zero(&self) -> Option<bool> {
        if self.style.contains("font-size:") {
            let unreadable = |unit: &str| {
                declared(&self.style, &["font-size"])
                    .and_then(|value| value.strip_suffix(unit)?.parse::<f32>().ok())
                    .is_some_and(|number| number <= 1.0)
            };
            return Some(
                has_zero(&self.style, "font-size") || unreadable("px") || unreadable("pt"),
            );
        }
        let shorthand = declared(&self.style, &["font"]);
        (self.sized || shorthand.is_some_and(|value| !value.starts_with('0'))).then_some(false)
    }

    /// Word writes each line as a paragraph without margins.
    pub(super) fn is_tight(&self) -> bool {
        self.class.contains("MsoNormal")
            || self.class.contains("MsoPlainText")
            || self.style.contains("margin:0")
            || (self.style.contains("margin-top:0") && self.style.contains("margin-bottom:0"))
    }

    fn named(&self, names: &[&str]) -> bool {
        let words = |text: &str| {
            text.split_ascii_whitespace().any(|word| {
                let word = without_additions(word);
                names.iter().any(|name| word.eq_ignore_ascii_case(name))
            })
        };
        (!self.class.is_empty() && words(&self.class)) || (!self.id.is_empty() && words(&self.id))
    }

    /// What the element itself is, by the names mail programs give it.
    pub(super) fn mark(&self, tag: Tag) -> Option<(ZoneKind, &'static str)> {
        if tag == Tag::Quote {
            if self.kind.eq_ignore_ascii_case("cite") {
                return Some((ZoneKind::Quoted, "blockquote_cite"));
            }
            if self.named(&[
                "gmail_quote",
                "protonmail_quote",
                "tutanota_quote",
                "yahoo_quoted",
                "iosymail",
                "quote",
                "front-blockquote",
            ]) {
                return Some((ZoneKind::Quoted, "blockquote_class"));
            }
            if self.style.contains("border-left:") && self.style.contains("padding") {
                return Some((ZoneKind::Quoted, "blockquote_bar"));
            }
            return None;
        }
        if self.class.is_empty() && self.id.is_empty() {
            return None;
        }
        if self.named(&["gmail_attr", "moz-cite-prefix"]) {
            return Some((ZoneKind::Quoted, "attribution_element"));
        }
        if self.named(QUOTE_ELEMENTS) {
            return Some((ZoneKind::Quoted, "quote_element"));
        }
        // The name of an element, as webmail of United Internet gives it; a class of that name may be any citation.
        if tag == Tag::Block && self.class.is_empty() && self.id == "quote" {
            return Some((ZoneKind::Quoted, "quote_element"));
        }
        if self.named(SIGNATURE_ELEMENTS) {
            return Some((ZoneKind::Signature, "signature_element"));
        }
        None
    }

    /// Elements after which everything belongs to the earlier mail.
    pub(super) fn rest_is_quoted(&self) -> Option<&'static str> {
        if self.id.is_empty() && self.class.is_empty() {
            return None;
        }
        self.named(REST_ELEMENTS)
            .then_some("reply_separator_element")
    }
}

/// Digits of the number behind `ydp`.
const HEXADECIMAL_DIGITS: usize = 8;

/// A class or an id without what webmail adds to those of the mail that it shows: `x_`, once a reply, or `yiv` and a number,
/// or `ydp` and a hexadecimal one, and a number behind it.
fn without_additions(word: &str) -> &str {
    let word = word.trim_start_matches("x_");
    let digits = |rest: &str| {
        rest.trim_start_matches(|character: char| character.is_ascii_digit())
            .len()
    };
    // Eight digits; the letters of what follows may be hexadecimal ones too.
    let rest = word
        .strip_prefix("yiv")
        .map(|rest| &rest[rest.len() - digits(rest)..])
        .or_else(|| {
            let rest = word.strip_prefix("ydp")?;
            let hexadecimal = rest
                .bytes()
                .take(HEXADECIMAL_DIGITS)
                .take_while(u8::is_ascii_hexdigit)
                .count();
            Some(&rest[hexadecimal..])
        });
    match rest.or_else(|| word.starts_with("yahoo_quoted_").then_some(word)) {
        Some(rest) => rest
            .trim_end_matches(|character: char| character.is_ascii_digit())
            .trim_end_matches('_'),
        None => word,
    }
}

/// Whole elements that hold the earlier mail.
#[rustfmt::skip]
const QUOTE_ELEMENTS: &[&str] = &[
    "OLK_SRC_BODY_SECTION", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra",
    "ntes-mailmaster-quote", "ntes-pcmail-quote", "isReplyContent", "isForwardContent",
    "mail-editor-reference-message-container", "cs_quoted", "quotedText", "gmail_extra_quote",
    "history-quote-wrapper", "front-blockquote", "edo-original", "original-content", "xm_mail_oringinal_describe", "lark-mail-quote", "messageReplySection", "quoted-content",
];

/// Whole elements that hold the signature.
#[rustfmt::skip]
const SIGNATURE_ELEMENTS: &[&str] = &[
    "gmail_signature", "moz-signature", "protonmail_signature_block", "AppleMailSignature",
    "ms-outlook-mobile-signature", "ms-outlook-mobile-body-separator-line", "ntes-mailmaster-signature",
    "ntes-pcmac-signature", "ntes-pcmail-signature", "front-signature", "composer_signature", "lark-mail-signature",
    "Signature", "yahoo_signature",
];

/// Elements that stand between the new text and all of the earlier mail.
#[rustfmt::skip]
const REST_ELEMENTS: &[&str] = &[
    "divRplyFwdMsg", "appendonsend", "zwchr", "reply-intro", "replySplit", "stopSpelling_quoted",
    "ms-outlook-mobile-reference-message",
];

/// Substrings that make HTML worth converting beside a plain text.
pub(super) const QUOTE_HINTS: &[&str] = &[
    "type=\"cite\"",
    "type=3D\"cite\"",
    "type=cite",
    "gmail_quote",
    "divRplyFwdMsg",
    "appendonsend",
    "OLK_SRC_BODY_SECTION",
    "moz-cite-prefix",
    "yahoo_quoted",
    "protonmail_quote",
    "isReplyContent",
    "reference-message",
];

/// Whether the text has the colour of what is behind it: both set on the same element.
fn is_invisible_ink(style: &str) -> bool {
    let colour = |names: &[&str]| {
        declared(style, names).and_then(|value| match value {
            // These name no colour: what stands around the element gives it.
            "inherit" | "initial" | "unset" | "revert" | "transparent" | "currentcolor" => None,
            "white" | "#ffffff" | "rgb(255,255,255)" | "rgba(255,255,255,1)" => Some("#fff"),
            "black" | "#000000" | "rgb(0,0,0)" => Some("#000"),
            other => Some(other),
        })
    };
    colour(&["color"]).is_some_and(|ink| colour(&["background-color", "background"]) == Some(ink))
}

/// A style without the addresses in `url(...)`, which may hold any sign.
fn without_addresses(style: &str) -> String {
    let mut left = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, behind)) = rest.split_once("url(") {
        left.push_str(before);
        rest = behind.split_once(')').map_or("", |(_, after)| after);
    }
    left.push_str(rest);
    left
}

/// The last value that a style, lower case and without white space, declares for one of these properties.
pub(super) fn declared<'a>(style: &'a str, properties: &[&str]) -> Option<&'a str> {
    style.rsplit(';').find_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        properties
            .contains(&name.trim_start_matches(['"', '{']))
            .then(|| value.split('!').next().unwrap_or_default())
    })
}

fn has_zero(style: &str, property: &str) -> bool {
    declared(style, &[property]).is_some_and(|value| {
        value
            .trim_end_matches(|character: char| character.is_ascii_alphabetic() || character == '%')
            .parse::<f32>()
            .is_ok_and(|number| number < 0.01)
    })
}

/// Least distance in pixels that moves something out of every window.
const OUTSIDE: f32 = -900.0;

/// Whether the element is moved out of the window.
fn is_outside(style: &str) -> bool {
    let far = |property: &str| {
        declared(style, &[property]).is_some_and(|value| {
            value
                .trim_end_matches(|character: char| character.is_ascii_alphabetic())
                .parse::<f32>()
                .is_ok_and(|number| number <= OUTSIDE)
        })
    };
    let placed = style.contains("position:absolute") || style.contains("position:fixed");
    placed && (far("left") || far("top") || far("right"))
        || far("text-indent")
        || far("margin-left")
}

/// Whether a link's target tells more than its text.
pub(super) fn target_says_more(text: &str, target: &str) -> bool {
    let lower = target.get(..12).unwrap_or(target).to_ascii_lowercase();
    if !(lower.starts_with("http") || lower.starts_with("ftp") || lower.starts_with("mailto:")) {
        return false;
    }
    let bare = |text: &str| -> String {
        let text = text.trim().trim_start_matches("mailto:");
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        text.trim_start_matches("www.")
            .trim_end_matches('/')
            .to_lowercase()
    };
    let target = bare(target);
    let target = target
        .split_once('?')
        .filter(|_| lower.starts_with("mailto:"))
        .map_or(target.as_str(), |(address, _)| address);
    let text = bare(text);
    // A shortened text of the same address does say less.
    text != *target
}
