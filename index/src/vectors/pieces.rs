//! The pieces of a vocabulary as a tree of bytes, to find all that a text begins with.

/// Marks a node at which no piece ends.
const NO_PIECE: u32 = u32::MAX;

/// A node. The children of a node lie together, in the order of their bytes.
#[derive(Clone, Copy, Debug)]
struct Node {
    first_child: u32,
    children: u16,
    byte: u8,
    piece: u32,
}

/// The tree.
#[derive(Debug)]
pub(super) struct Pieces {
    nodes: Vec<Node>,
    /// Place of the root's child by its byte; 0 where there is none.
    roots: [u32; 256],
}

impl Pieces {
    /// A tree of pieces with their numbers.
    pub(super) fn new(mut pieces: Vec<(&[u8], u32)>) -> Self {
        pieces.retain(|(text, _)| !text.is_empty());
        pieces.sort_unstable();
        pieces.dedup_by_key(|(text, _)| *text);
        let root = Node {
            first_child: 0,
            children: 0,
            byte: 0,
            piece: NO_PIECE,
        };
        let mut nodes = vec![root];
        // Level by level: each node with the range of pieces that begin with its bytes.
        let mut level = vec![(0_usize, 0..pieces.len())];
        let mut depth = 0;
        while !level.is_empty() {
            let mut below = Vec::new();
            for (parent, range) in level {
                let mut at = range.start;
                if pieces[at].0.len() == depth {
                    nodes[parent].piece = pieces[at].1;
                    at += 1;
                }
                nodes[parent].first_child = nodes.len() as u32;
                while at < range.end {
                    let byte = pieces[at].0[depth];
                    let end =
                        at + pieces[at..range.end].partition_point(|(text, _)| text[depth] == byte);
                    nodes[parent].children += 1;
                    below.push((nodes.len(), at..end));
                    nodes.push(Node { byte, ..root });
                    at = end;
                }
            }
            level = below;
            depth += 1;
        }
        let mut roots = [0; 256];
        let children = nodes[0].first_child..nodes[0].first_child + u32::from(nodes[0].children);
        for place in children {
            roots[usize::from(nodes[place as usize].byte)] = place;
        }
        Pieces { nodes, roots }
    }

    /// Calls `visit` with length and number of every piece that the text begins with, the shortest first.
    #[inline]
    pub(super) fn prefixes(&self, text: &[u8], mut visit: impl FnMut(usize, u32)) {
        let Some(first) = text.first() else {
            return;
        };
        let mut place = self.roots[usize::from(*first)];
        if place == 0 {
            return;
        }
        let mut length = 1;
        loop {
            let node = self.nodes[place as usize];
            if node.piece != NO_PIECE {
                visit(length, node.piece);
            }
            let Some(byte) = text.get(length) else {
                return;
            };
            let first = node.first_child as usize;
            let children = &self.nodes[first..first + usize::from(node.children)];
            let Ok(found) = children.binary_search_by_key(byte, |child| child.byte) else {
                return;
            };
            place = (first + found) as u32;
            length += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pieces_at_the_start_of_a_text_are_found() {
        let pieces = Pieces::new(vec![
            (b"get", 5),
            (b"g", 3),
            (b"getOrders", 9),
            (b"gel", 4),
            (b"order", 1),
            (b"", 8),
        ]);
        let found = |text: &[u8]| {
            let mut found = Vec::new();
            pieces.prefixes(text, |length, piece| found.push((length, piece)));
            found
        };
        assert_eq!(found(b"getOrders now"), [(1, 3), (3, 5), (9, 9)]);
        assert_eq!(found(b"ge"), [(1, 3)]);
        assert_eq!(found(b"order"), [(5, 1)]);
        assert_eq!(found(b"zebra"), []);
        assert_eq!(found(b""), []);
    }
}
