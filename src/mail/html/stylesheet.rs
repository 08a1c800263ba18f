//! What the style sheets inside of a mail hide: rules for one class or id, outside of `@media`.

use std::collections::HashSet;

use super::element::declared;

/// Bytes of style sheets that are read.
const BYTES_MAX: usize = 200_000;

/// The classes (`.name`) and ids (`#name`), lower case, whose elements are not displayed.
#[derive(Default)]
pub(super) struct Stylesheet {
    source: String,
    taken: usize,
    hidden: HashSet<String>,
    /// Classes and ids of which an element that has all is displayed: `.m.on`.
    displayed: Vec<Vec<String>>,
    /// Those that have a font size above nought.
    sized: HashSet<String>,
}

impl Stylesheet {
    /// Takes in a piece of a style element.
    pub(super) fn push(&mut self, piece: &[u8]) {
        let left = BYTES_MAX.saturating_sub(self.taken);
        let piece = &piece[..piece.len().min(left)];
        self.taken += piece.len();
        if let Ok(text) = std::str::from_utf8(piece) {
            self.source.push_str(text);
        }
    }

    /// Reads the rules of the style element that has ended.
    pub(super) fn read(&mut self) {
        let source = std::mem::take(&mut self.source);
        let source = source.to_lowercase();
        let mut rules = String::with_capacity(source.len());
        let mut rest = source.as_str();
        while let Some((before, comment)) = rest.split_once("/*") {
            rules.push_str(before);
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        }
        rules.push_str(rest);
        let rules = rules.replace("<!--", " ").replace("-->", " ");
        let mut rest = rules.as_str();
        while let Some((selectors, body)) = rest.split_once('{') {
            let selectors = selectors.rsplit(';').next().unwrap_or_default().trim();
            if selectors.starts_with('@') {
                rest = behind_block(body);
                continue;
            }
            let (declarations, after) = body.split_once('}').unwrap_or((body, ""));
            self.rule(selectors, declarations);
            rest = after;
        }
    }

    fn rule(&mut self, selectors: &str, declarations: &str) {
        let declarations: String = declarations.split_ascii_whitespace().collect();
        let value = |property: &str| declared(&declarations, &[property]);
        let size = value("font-size").and_then(is_readable);
        let hides = match (value("display"), value("visibility")) {
            (Some("none"), _) | (_, Some("hidden")) => Some(true),
            (None, None) => None,
            _ => Some(false),
        };
        if hides.is_none() && size.is_none() {
            return;
        }
        for selector in selectors.split(',') {
            let selector = selector.trim();
            // `div.name` hides some elements of the class, `.outer .name` those at one place: only the plain ones are known.
            let name = selector.get(1..).unwrap_or_default();
            let plain = selector.starts_with(['.', '#'])
                && !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            match size {
                Some(true) if plain => {
                    self.sized.insert(selector.to_owned());
                }
                Some(false) if plain => {
                    self.sized.remove(selector);
                }
                _ => {}
            }
            match hides {
                Some(true) if plain => {
                    self.hidden.insert(selector.to_owned());
                }
                Some(false) if plain => {
                    self.hidden.remove(selector);
                }
                Some(false) if self.displayed.len() < COMPOUNDS_MAX => {
                    self.displayed.extend(compound(selector));
                }
                _ => {}
            }
        }
    }

    /// Whether an element with these classes and this id is not displayed.
    pub(super) fn hides(&self, classes: &str, id: &str) -> bool {
        !self.hidden.is_empty()
            && is_named(&self.hidden, classes, id)
            && !self
                .displayed
                .iter()
                .any(|names| names.iter().all(|name| is_named_by(name, classes, id)))
    }

    /// Whether an element with these classes and this id has a font size of its own.
    pub(super) fn sizes(&self, classes: &str, id: &str) -> bool {
        !self.sized.is_empty() && is_named(&self.sized, classes, id)
    }
}

/// Most compound selectors that are kept.
const COMPOUNDS_MAX: usize = 100;

/// Whether a font size is large enough to read; None where it depends on what is around the element.
fn is_readable(size: &str) -> Option<bool> {
    let number = size
        .strip_suffix("px")
        .or_else(|| size.strip_suffix("pt"))
        .or_else(|| (size == "0").then_some(size))?;
    number.parse::<f32>().ok().map(|number| number > 1.0)
}

/// Whether one of the classes or the id stands in a set of selectors.
fn is_named(set: &HashSet<String>, classes: &str, id: &str) -> bool {
    let named = |sign: char, name: &str| {
        !name.is_empty() && set.contains(&format!("{sign}{}", name.to_ascii_lowercase()))
    };
    named('#', id)
        || classes
            .split_ascii_whitespace()
            .any(|class| named('.', class))
}

/// Whether an element with these classes and this id is meant by a `.name` or `#name`.
fn is_named_by(name: &str, classes: &str, id: &str) -> bool {
    match name.strip_prefix('#') {
        Some(name) => id.eq_ignore_ascii_case(name),
        None => classes
            .split_ascii_whitespace()
            .any(|class| class.eq_ignore_ascii_case(&name[1..])),
    }
}

/// The classes and ids that a selector wants of one element: `.m`, `.on` of `div.m.on`. None for one that looks at where an
/// element stands or in which state it is.
fn compound(selector: &str) -> Option<Vec<String>> {
    if selector.contains([' ', '>', '+', '~', ':', '[', '*']) {
        return None;
    }
    let names: Vec<String> = selector
        .match_indices(['.', '#'])
        .map(|(start, sign)| {
            let rest = &selector[start + 1..];
            let end = rest.find(['.', '#']).unwrap_or(rest.len());
            format!("{sign}{}", &rest[..end])
        })
        .collect();
    (names.len() >= 2).then_some(names)
}

/// What follows the block whose opening brace was read.
fn behind_block(body: &str) -> &str {
    let mut depth = 1_usize;
    for (position, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &body[position + 1..];
        }
    }
    ""
}
