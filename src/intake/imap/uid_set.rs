//! Sets of UIDs as the protocol writes them: `4:9,12` (RFC 3501, sequence-set).

/// Longest set in one command; servers refuse longer lines (RFC 7162 section 4 advises 8192).
const LENGTH_MAX: usize = 4_000;
/// Most UIDs that a set of the server may name: more than any folder has.
const COUNT_MAX: u64 = 20_000_000;

/// Writes sets.
pub struct UidSet;

impl UidSet {
    /// Sorted UIDs as few sets as lines allow.
    pub fn cut(uids: &[u32]) -> Vec<String> {
        let mut sets = Vec::new();
        let mut set = String::new();
        let mut at = 0;
        while at < uids.len() {
            let first = uids[at];
            let mut last = first;
            while let Some(next) = uids.get(at + 1)
                && last.checked_add(1) == Some(*next)
            {
                last = *next;
                at += 1;
            }
            at += 1;
            if set.len() > LENGTH_MAX {
                sets.push(std::mem::take(&mut set));
            }
            if !set.is_empty() {
                set.push(',');
            }
            if first == last {
                set.push_str(&first.to_string());
            } else {
                set.push_str(&format!("{first}:{last}"));
            }
        }
        if !set.is_empty() {
            sets.push(set);
        }
        sets
    }
}

/// The UIDs of a set, in its order. None when it is no set, or an absurdly large one.
pub fn parse(set: &str) -> Option<Vec<u32>> {
    let mut uids = Vec::new();
    let mut count = 0;
    for range in set.split(',') {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        let (first, last) = (first.min(last), first.max(last));
        count += u64::from(last - first) + 1;
        if count > COUNT_MAX {
            return None;
        }
        uids.extend(first..=last);
    }
    Some(uids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_written_and_read() {
        assert_eq!(UidSet::cut(&[4, 5, 6, 9, 11, 12]), ["4:6,9,11:12"]);
        assert_eq!(UidSet::cut(&[]), Vec::<String>::new());
        assert_eq!(UidSet::cut(&[u32::MAX]), ["4294967295"]);
        assert_eq!(parse("4:6,9,12:11"), Some(vec![4, 5, 6, 9, 11, 12]));
        assert_eq!(parse("1:4294967295"), None);
        assert_eq!(parse("a"), None);
        let odd: Vec<u32> = (0..10_000).map(|number| number * 2 + 1).collect();
        let sets = UidSet::cut(&odd);
        assert!(sets.iter().all(|set| set.len() < 8_000));
        let back: Vec<u32> = sets.iter().flat_map(|set| parse(set).unwrap()).collect();
        assert_eq!(back, odd);
    }
}
