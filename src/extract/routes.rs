//! Paths of operations: `/orders/v0/orders/{orderId}` by segments.

use std::collections::HashMap;

/// A path in a text that leads to rows of the operations' list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// Where the path begins and ends in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Rows whose path it is; none when only the section is known.
    pub(crate) rows: Vec<u16>,
    /// The section that all operations below the path have.
    pub(crate) section_row: Option<u16>,
    /// Values of the path's parameters: name of the parameter, start and end in the text.
    pub(crate) parameters: Parameters,
}

/// Parameters of a path: name, start and end of the value in the text.
pub(crate) type Parameters = Vec<(String, usize, usize)>;

#[derive(Debug, Default)]
struct Node {
    children: HashMap<String, usize>,
    parameter: Option<(String, usize)>,
    rows: Vec<u16>,
    /// Any row below, and whether all of them have its section.
    below: Option<(u16, String, bool)>,
}

/// All paths of a profile.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    nodes: Vec<Node>,
}

impl Routes {
    /// Collects paths: row, section, path.
    pub(crate) fn new<'a>(paths: impl Iterator<Item = (u16, &'a str, &'a str)>) -> Self {
        let mut routes = Self {
            nodes: vec![Node::default()],
        };
        for (row, section, path) in paths {
            routes.add(row, section, path);
        }
        routes
    }

    fn add(&mut self, row: u16, section: &str, path: &str) {
        let mut node = 0;
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            let known = match segment.strip_prefix('{') {
                Some(_) => self.nodes[node].parameter.as_ref().map(|(_, child)| *child),
                None => self.nodes[node]
                    .children
                    .get(&segment.to_lowercase())
                    .copied(),
            };
            let child = known.unwrap_or_else(|| {
                self.nodes.push(Node::default());
                let child = self.nodes.len() - 1;
                match segment.strip_prefix('{') {
                    Some(name) => {
                        let name = name.trim_end_matches('}').to_owned();
                        self.nodes[node].parameter = Some((name, child));
                    }
                    None => {
                        self.nodes[node]
                            .children
                            .insert(segment.to_lowercase(), child);
                    }
                }
                child
            });
            let below = &mut self.nodes[child].below;
            match below {
                Some((_, known, same)) => *same &= known == section,
                None => *below = Some((row, section.to_owned(), true)),
            }
            node = child;
        }
        self.nodes[node].rows.push(row);
    }

    /// All paths in the text, in order.
    pub(crate) fn find(&self, text: &str) -> Vec<Route> {
        let mut routes = Vec::new();
        if self.nodes.len() < 2 {
            return routes;
        }
        let mut done = 0;
        for slash in memchr::memchr_iter(b'/', text.as_bytes()) {
            if slash < done {
                continue;
            }
            let segments = segments(text, slash);
            let Some(first) = segments.first() else {
                continue;
            };
            if !self.nodes[0]
                .children
                .contains_key(&text[first.0..first.1].to_lowercase())
            {
                continue;
            }
            if let Some(route) = self.follow(text, slash, &segments) {
                done = route.end;
                routes.push(route);
            }
        }
        routes
    }

    fn follow(&self, text: &str, start: usize, segments: &[(usize, usize)]) -> Option<Route> {
        // (node, depth, parameters): literal children are tried first.
        let mut pending = vec![(0, 0_usize, Parameters::new())];
        let mut deepest: Option<Route> = None;
        let mut steps = 0;
        while let Some((node, depth, parameters)) = pending.pop() {
            steps += 1;
            if steps > 200 {
                break;
            }
            let node = &self.nodes[node];
            let end = depth.checked_sub(1).map_or(start, |last| segments[last].1);
            let complete = depth == segments.len();
            if complete && !node.rows.is_empty() {
                return Some(Route {
                    start,
                    end,
                    rows: node.rows.clone(),
                    section_row: node.rows.first().copied(),
                    parameters,
                });
            }
            if depth >= 2
                && deepest.as_ref().is_none_or(|known| known.end < end)
                && let Some((row, _, true)) = &node.below
            {
                deepest = Some(Route {
                    start,
                    end,
                    rows: Vec::new(),
                    section_row: Some(*row),
                    parameters: parameters.clone(),
                });
            }
            if complete {
                continue;
            }
            let (from, to) = segments[depth];
            if let Some((name, child)) = &node.parameter {
                let mut parameters = parameters.clone();
                parameters.push((name.clone(), from, to));
                pending.push((*child, depth + 1, parameters));
            }
            if let Some(child) = node.children.get(&text[from..to].to_lowercase()) {
                pending.push((*child, depth + 1, parameters));
            }
        }
        deepest
    }
}

/// The segments of the path that begins at a slash.
fn segments(text: &str, slash: usize) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut segments = Vec::new();
    let mut place = slash;
    while bytes.get(place) == Some(&b'/') && segments.len() < 16 {
        let start = place + 1;
        let mut end = start;
        let braced = matches!(bytes.get(start), Some(b'{' | b'<'));
        while let Some(&byte) = bytes.get(end) {
            let inside = byte.is_ascii_alphanumeric()
                || b"-_.~%+!$*@=".contains(&byte)
                || (byte == b':' && end == start)
                || (braced && b"{}<>".contains(&byte));
            if !inside {
                break;
            }
            end += 1;
        }
        while end > start && matches!(bytes[end - 1], b'.' | b'*' | b'!') {
            end -= 1;
        }
        if end == start {
            break;
        }
        segments.push((start, end));
        place = end;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_rows() {
        let routes = Routes::new(
            [
                (0, "Orders", "/orders/v0/orders"),
                (1, "Orders", "/orders/v0/orders/{orderId}"),
                (2, "Orders", "/orders/v0/orders/{orderId}/orderItems"),
            ]
            .into_iter(),
        );
        for (text, row, parameter) in [
            ("GET /orders/v0/orders?x=1", Some(0), None),
            (
                "https://sellingpartnerapi-eu.amazon.com/orders/v0/orders/902-1-2/orderItems.",
                Some(2),
                Some("902-1-2"),
            ),
            ("/orders/v0/orders/{orderId}", Some(1), Some("{orderId}")),
            ("/orders/v0/nothing", None, None),
        ] {
            let found = routes.find(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].rows.first().copied(), row, "{text}");
            assert_eq!(
                found[0]
                    .parameters
                    .first()
                    .map(|(_, start, end)| &text[*start..*end]),
                parameter,
                "{text}"
            );
        }
        assert!(routes.find("and/or /docs/orders/x").is_empty());
    }
}
