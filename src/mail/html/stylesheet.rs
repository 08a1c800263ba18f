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
    /// Those that a rule for some of their elements displays: of which, is not known here.
    displayed: HashSet<String>,
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
        let sizes = value("font-size").is_some_and(|size| !size.starts_with('0'));
        let hides = match (value("display"), value("visibility")) {
            (Some("none"), _) | (_, Some("hidden")) => Some(true),
            (None, None) => None,
            _ => Some(false),
        };
        if hides.is_none() && !sizes {
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
            if sizes && plain {
                self.sized.insert(selector.to_owned());
            }
            match hides {
                Some(true) if plain => {
                    self.hidden.insert(selector.to_owned());
                }
                Some(false) if plain => {
                    self.hidden.remove(selector);
                }
                Some(false) => self.displayed.extend(names(selector)),
                _ => {}
            }
        }
    }

    /// Whether an element with these classes and this id is not displayed.
    pub(super) fn hides(&self, classes: &str, id: &str) -> bool {
        !self.hidden.is_empty()
            && is_named(&self.hidden, classes, id)
            && !is_named(&self.displayed, classes, id)
    }

    /// Whether an element with these classes and this id has a font size of its own.
    pub(super) fn sizes(&self, classes: &str, id: &str) -> bool {
        !self.sized.is_empty() && is_named(&self.sized, classes, id)
    }
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

/// The classes and ids of a selector, with their signs: `.m`, `.on` of `div.m.on`.
fn names(selector: &str) -> impl Iterator<Item = String> + '_ {
    selector
        .match_indices(['.', '#'])
        .map(move |(start, sign)| {
            let end = selector[start + 1..]
                .find(|character: char| !(character.is_alphanumeric() || "-_".contains(character)))
                .map_or(selector.len(), |length| start + 1 + length);
            format!("{sign}{}", &selector[start + 1..end])
        })
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
