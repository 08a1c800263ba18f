//! Thousands of terms, looked for only where a term can begin.
//!
//! An automaton over a whole text meets short terms inside of every other word and throws them away
//! again. Terms that begin with a word are looked for at the beginnings of words instead: most bytes of a
//! text are passed by, and nearly every word that is no term is left at once: no term begins with its
//! first three bytes, or with its first five.

use std::ops::ControlFlow;

/// No node, no term.
const NONE: u32 = u32::MAX;
/// Nodes with more children than this have a table of all bytes.
const SPARSE_MAX: usize = 6;

/// Beginnings of three bytes, of which each counts by its five lowest bits: letters of both cases are one.
const BEGINNINGS: usize = 1 << 15;
/// Beginnings of five bytes, counted in the same way, by a hash.
const LONG_BEGINNINGS: usize = 1 << 16;

#[derive(Clone, Copy, Debug)]
struct Node {
    /// Place of its first child, the others stand behind it; or of its table.
    children: u32,
    /// The term that ends here.
    term: u32,
    /// How many children; 0 for a table.
    count: u8,
    table: bool,
    /// Last byte on the way to it.
    byte: u8,
}

impl Node {
    const fn new(byte: u8) -> Self {
        Self {
            children: 0,
            term: NONE,
            count: 0,
            table: false,
            byte,
        }
    }
}

/// A set of terms as a trie over their bytes.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// One bit for each beginning that a term has.
    beginnings: Box<[u64; BEGINNINGS / 64]>,
    /// One bit for each beginning of a term of fewer than five bytes.
    short: Box<[u64; BEGINNINGS / 64]>,
    /// One bit for each beginning of a longer one.
    long: Box<[u64; LONG_BEGINNINGS / 64]>,
    /// Children of the root.
    first: Box<[u32; 256]>,
    nodes: Vec<Node>,
    tables: Vec<[u32; 256]>,
}

impl Lexicon {
    /// Takes terms; a term is known by its place among them, one that comes twice by its first.
    pub(crate) fn new<T: AsRef<str>>(terms: &[T]) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(terms.len()).unwrap_or(NONE)).collect();
        let term = |place: u32| terms[place as usize].as_ref().as_bytes();
        order.sort_by(|left, right| term(*left).cmp(term(*right)));
        let mut lexicon = Self {
            beginnings: beginnings(terms.iter().map(|term| term.as_ref().as_bytes())),
            short: beginnings(
                terms
                    .iter()
                    .map(|term| term.as_ref().as_bytes())
                    .filter(|term| term.len() < 5),
            ),
            long: long_beginnings(terms.iter().map(|term| term.as_ref().as_bytes())),
            first: Box::new([NONE; 256]),
            nodes: vec![Node::new(0)],
            tables: Vec::new(),
        };
        // Node, its terms in order, bytes that they share.
        let mut open = vec![(0_usize, 0_usize, order.len(), 0_usize)];
        while let Some((node, mut from, to, depth)) = open.pop() {
            while from < to && term(order[from]).len() == depth {
                let term = &mut lexicon.nodes[node].term;
                *term = order[from].min(*term);
                from += 1;
            }
            let mut children: Vec<(u8, u32)> = Vec::new();
            while from < to {
                let byte = term(order[from])[depth];
                let end =
                    from + order[from..to].partition_point(|place| term(*place)[depth] == byte);
                let child = lexicon.nodes.len();
                children.push((byte, u32::try_from(child).unwrap_or(NONE)));
                lexicon.nodes.push(Node::new(byte));
                open.push((child, from, end, depth + 1));
                from = end;
            }
            if node == 0 {
                for (byte, child) in &children {
                    lexicon.first[usize::from(*byte)] = *child;
                }
            } else {
                lexicon.adopt(node, &children);
            }
        }
        lexicon
    }

    fn adopt(&mut self, node: usize, children: &[(u8, u32)]) {
        let node = &mut self.nodes[node];
        if children.len() > SPARSE_MAX {
            let mut table = [NONE; 256];
            for (byte, child) in children {
                table[usize::from(*byte)] = *child;
            }
            node.table = true;
            node.children = u32::try_from(self.tables.len()).unwrap_or(NONE);
            self.tables.push(table);
        } else if let Some((_, first)) = children.first() {
            node.children = *first;
            node.count = u8::try_from(children.len()).unwrap_or(u8::MAX);
        }
    }

    #[inline]
    fn child(&self, node: Node, byte: u8) -> Option<Node> {
        let start = node.children as usize;
        if node.table {
            let child = self.tables[start][usize::from(byte)];
            return self.nodes.get(child as usize).copied();
        }
        self.nodes[start..start + usize::from(node.count)]
            .iter()
            .find(|child| child.byte == byte)
            .copied()
    }

    /// False where no term can stand at the beginning of `text`, for most texts.
    #[inline]
    fn may_begin(&self, text: &[u8]) -> bool {
        match text {
            [first, second, third, rest @ ..] => {
                let place = beginning(*first, *second, *third);
                is_set(&self.beginnings, place) && self.may_go_on(place, rest)
            }
            _ => true,
        }
    }

    /// False where no term of this beginning can go on so, for most texts.
    #[inline]
    fn may_go_on(&self, beginning: usize, rest: &[u8]) -> bool {
        is_set(&self.short, beginning)
            || matches!(rest, [fourth, fifth, ..]
                if is_set(&self.long, long_beginning(beginning, *fourth, *fifth)))
    }

    /// Tells each term that `text` begins with, shortest first, as its length and its place.
    #[inline]
    pub(crate) fn prefixes(&self, text: &[u8], tell: impl FnMut(usize, usize)) {
        if self.may_begin(text) {
            self.walk(text, |byte| byte, tell);
        }
    }

    /// The same where capital letters of ASCII in `text` count as small ones.
    #[inline]
    pub(crate) fn prefixes_in_any_case(&self, text: &[u8], tell: impl FnMut(usize, usize)) {
        if self.may_begin(text) {
            self.walk(text, |byte| byte.to_ascii_lowercase(), tell);
        }
    }

    /// Tells each term that stands anywhere in `text`, within words too, as its start, its length and its place, until it
    /// is told to stop.
    pub(crate) fn find_all(
        &self,
        text: &str,
        mut tell: impl FnMut(usize, usize, usize) -> ControlFlow<()>,
    ) {
        let bytes = text.as_bytes();
        if let [first, second, rest @ ..] = bytes {
            let mut key = beginning(0, *first, *second);
            for (start, byte) in rest.iter().enumerate() {
                key = (key << 5 | usize::from(byte & 31)) & (BEGINNINGS - 1);
                if is_set(&self.beginnings, key)
                    && self.may_go_on(key, &rest[start + 1..])
                    && self.tell_at(bytes, start, &mut tell).is_break()
                {
                    return;
                }
            }
        }
        for start in bytes.len().saturating_sub(2)..bytes.len() {
            if self.tell_at(bytes, start, &mut tell).is_break() {
                return;
            }
        }
    }

    fn tell_at(
        &self,
        bytes: &[u8],
        start: usize,
        tell: &mut impl FnMut(usize, usize, usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        self.walk(
            &bytes[start..],
            |byte| byte,
            |length, term| {
                if flow.is_continue() {
                    flow = tell(start, length, term);
                }
            },
        );
        flow
    }

    /// True when a term stands anywhere in `text`, within words too.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        let mut found = false;
        self.find_all(text, |_, _, _| {
            found = true;
            ControlFlow::Break(())
        });
        found
    }

    fn walk(&self, text: &[u8], fold: impl Fn(u8) -> u8, mut tell: impl FnMut(usize, usize)) {
        let Some((first, rest)) = text.split_first() else {
            return;
        };
        let place = self.first[usize::from(fold(*first))];
        if place == NONE {
            return;
        }
        let mut node = self.nodes[place as usize];
        if node.term != NONE {
            tell(1, node.term as usize);
        }
        for (length, byte) in (2..).zip(rest) {
            let Some(next) = self.child(node, fold(*byte)) else {
                return;
            };
            node = next;
            if node.term != NONE {
                tell(length, node.term as usize);
            }
        }
    }
}

/// How much of the beginning of `text` is words of these bytes, with one blank between two: what folding takes as it is.
#[inline]
pub(crate) fn words_of(text: &[u8], bytes: &[bool; 256]) -> usize {
    let is_one = |place: usize| {
        text.get(place)
            .is_some_and(|byte| bytes[usize::from(*byte)])
    };
    let mut end = 0;
    loop {
        let word = end;
        while is_one(end) {
            end += 1;
        }
        let goes_on = end > word && text.get(end) == Some(&b' ') && is_one(end + 1);
        if !goes_on {
            return end;
        }
        end += 1;
    }
}

/// Number of a beginning.
#[inline]
fn beginning(first: u8, second: u8, third: u8) -> usize {
    let low = |byte: u8| usize::from(byte & 31);
    low(first) << 10 | low(second) << 5 | low(third)
}

/// Number of a beginning of five bytes, of which the first three have this number.
#[inline]
fn long_beginning(beginning: usize, fourth: u8, fifth: u8) -> usize {
    let low = |byte: u8| usize::from(byte & 31);
    let key = beginning << 10 | low(fourth) << 5 | low(fifth);
    (key.wrapping_mul(0x9e37_79b1) >> 16) & (LONG_BEGINNINGS - 1)
}

#[inline]
fn is_set<const WORDS: usize>(bits: &[u64; WORDS], place: usize) -> bool {
    bits[place / 64 % WORDS] & (1 << (place % 64)) != 0
}

/// The beginnings of terms; one that is shorter than three bytes goes on with any.
fn beginnings<'t>(terms: impl Iterator<Item = &'t [u8]>) -> Box<[u64; BEGINNINGS / 64]> {
    let mut beginnings = Box::new([0; BEGINNINGS / 64]);
    for bytes in terms {
        let known = bytes.len().min(3);
        let mut key = [0; 3];
        key[..known].copy_from_slice(&bytes[..known]);
        let first = beginning(key[0], key[1], key[2]);
        for place in first..first + (1 << (5 * (3 - known))) {
            beginnings[place / 64] |= 1 << (place % 64);
        }
    }
    beginnings
}

/// The beginnings of terms of at least five bytes.
fn long_beginnings<'t>(terms: impl Iterator<Item = &'t [u8]>) -> Box<[u64; LONG_BEGINNINGS / 64]> {
    let mut beginnings = Box::new([0; LONG_BEGINNINGS / 64]);
    for bytes in terms {
        if let [first, second, third, fourth, fifth, ..] = bytes {
            let place = long_beginning(beginning(*first, *second, *third), *fourth, *fifth);
            beginnings[place / 64] |= 1 << (place % 64);
        }
    }
    beginnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lexicon: &Lexicon, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        lexicon.prefixes(text.as_bytes(), |length, term| found.push((length, term)));
        found
    }

    #[test]
    fn words_end_where_folding_has_work() {
        let mut small = [false; 256];
        small[usize::from(b'a')..=usize::from(b'z')].fill(true);
        for (text, words) in [
            ("", 0),
            ("one", 3),
            ("one two", 7),
            ("one  two", 3),
            ("one ", 3),
            (" one", 0),
            ("one Two", 3),
            ("one two\n", 7),
        ] {
            assert_eq!(words_of(text.as_bytes(), &small), words, "{text:?}");
        }
    }

    #[test]
    fn terms_are_found_anywhere() {
        let lexicon = Lexicon::new(&["order", "der", "r", "错误"]);
        let mut found = Vec::new();
        lexicon.find_all("an order 错误", |start, length, term| {
            found.push((start, length, term));
            ControlFlow::Continue(())
        });
        assert_eq!(
            found,
            [(3, 5, 0), (4, 1, 2), (5, 3, 1), (7, 1, 2), (9, 6, 3)]
        );
        for (text, stands) in [
            ("", false),
            ("r", true),
            ("xr", true),
            ("xxr", true),
            ("xde", false),
            ("xder", true),
        ] {
            assert_eq!(lexicon.stand_in(text), stands, "{text}");
        }
        assert!(Lexicon::new(&["ab"]).stand_in("xxab"));
    }

    #[test]
    fn all_beginnings_are_told_shortest_first() {
        let terms = ["order", "order id", "ord", "报错", "错", "operation"];
        let lexicon = Lexicon::new(&terms);
        assert_eq!(found(&lexicon, "order ids"), [(3, 2), (5, 0), (8, 1)]);
        assert_eq!(found(&lexicon, "报错了"), [(6, 3)]);
        assert_eq!(found(&lexicon, "Order"), []);
        assert_eq!(found(&lexicon, ""), []);
        let mut any = Vec::new();
        lexicon.prefixes_in_any_case(b"ORDER", |length, term| any.push((length, term)));
        assert_eq!(any, [(3, 2), (5, 0)]);
    }

    #[test]
    fn wide_nodes_find_what_narrow_ones_find() {
        let terms: Vec<String> = (b'a'..=b'z')
            .flat_map(|first| (b'a'..=b'z').map(move |second| [first, second]))
            .map(|pair| pair.iter().map(|byte| char::from(*byte)).collect())
            .collect();
        let lexicon = Lexicon::new(&terms);
        for (place, term) in terms.iter().enumerate() {
            assert_eq!(found(&lexicon, term), [(2, place)]);
        }
        assert_eq!(found(&Lexicon::new::<&str>(&[]), "text"), []);
    }

    #[test]
    fn no_beginning_of_a_term_is_passed_by() {
        for terms in [
            &["a", "bcd"][..],
            &["ab"],
            &["周", "ß"],
            &["A", "Za"],
            &["abcd", "abcde", "abcdef", "Über uns"],
            &[""],
        ] {
            let lexicon = Lexicon::new(terms);
            for (place, term) in terms
                .iter()
                .enumerate()
                .filter(|(_, term)| !term.is_empty())
            {
                for rest in ["", "a", "zz", "  ", "\u{10ffff}", "\0\0\0"] {
                    let text = format!("{term}{rest}");
                    assert!(
                        found(&lexicon, &text).contains(&(term.len(), place)),
                        "{text}"
                    );
                }
            }
        }
    }
}
