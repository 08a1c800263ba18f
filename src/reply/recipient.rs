//! To whom an automatic mail may go: the author, and nobody else.

use crate::lower_case::LowerCase;
use crate::mail::Message;

/// Longest address (RFC 5321 section 4.5.3.1.3, without the brackets).
const ADDRESS_BYTES_MAX: usize = 254;

/// The one address to answer: the author's, or a single Reply-To for which the author can speak. None
/// when there is no author, more than one, or one that is no plain address.
///
/// Reply-To in another domain is not followed, and in a domain where anybody can have a mailbox none but the
/// author's own: whoever can write a header could otherwise make us write to somebody else.
#[must_use]
pub fn recipient<'a>(message: &'a Message, shared_domains: &[String]) -> Option<&'a str> {
    let [author] = message.from.as_slice() else {
        return None;
    };
    if let [reply_to] = message.reply_to.as_slice()
        && is_plain(&reply_to.address)
        && may_speak_for(&reply_to.address, &author.address, shared_domains)
    {
        return Some(&reply_to.address);
    }
    is_plain(&author.address).then_some(author.address.as_str())
}

/// True when an answer to the author may go to this address: a colleague's in the author's own domain, or where
/// the domain is shared by strangers a mailbox of the author. What a server vouches for is the domain.
pub(super) fn may_speak_for(address: &str, author: &str, shared_domains: &[String]) -> bool {
    let domain = |address: &str| {
        address
            .rsplit_once('@')
            .map(|(_, domain)| domain.lower_case())
    };
    let Some(own) = domain(author).filter(|own| !own.is_empty()) else {
        return false;
    };
    let shared = shared_domains
        .iter()
        .any(|shared| shared.eq_ignore_ascii_case(&own));
    domain(address).as_ref() == Some(&own) && (!shared || mailbox(address) == mailbox(author))
}

/// True for `local@domain` of a dot-atom and a host name (RFC 5321 section 4.1.2) in ASCII: such an
/// address needs no quoting anywhere, so that it cannot mean two things to two programs. Hosts without
/// a dot exist inside companies and in tests.
#[must_use]
pub fn is_plain(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let atoms = |text: &str, holds: fn(u8) -> bool| {
        text.split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(holds))
    };
    address.len() <= ADDRESS_BYTES_MAX
        && local.len() <= 64
        && atoms(local, |byte| {
            byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
        })
        && atoms(domain, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Local part and domain in lower case, without a plus-tag: `a+b@c` and `A@c` are one mailbox.
#[must_use]
pub fn mailbox(address: &str) -> String {
    let lower = address.trim().lower_case();
    match lower.rsplit_once('@') {
        Some((local, domain)) => {
            let Some((local, _)) = local.split_once('+') else {
                return lower;
            };
            [local, "@", domain].concat()
        }
        None => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_plain, mailbox, recipient};
    use crate::reply::tests::message;

    #[test]
    fn the_author_is_answered() {
        let mail = message(&[("From", "Ann <Ann@Shop.example>")], "hello");
        assert_eq!(recipient(&mail, &[]), Some("ann@shop.example"));
    }

    #[test]
    fn reply_to_counts_in_the_same_domain_only() {
        let own = message(
            &[
                ("From", "ann@shop.example"),
                ("Reply-To", "dev@shop.example"),
            ],
            "",
        );
        assert_eq!(recipient(&own, &[]), Some("dev@shop.example"));
        let other = message(
            &[
                ("From", "ann@shop.example"),
                ("Reply-To", "v@victim.example"),
            ],
            "",
        );
        assert_eq!(recipient(&other, &[]), Some("ann@shop.example"));
    }

    #[test]
    fn reply_to_at_a_shared_domain_named_a_stranger() {
        let shared = ["mail.example".to_owned()];
        let from = |reply_to: &str| {
            message(
                &[("From", "Mallory@mail.example"), ("Reply-To", reply_to)],
                "",
            )
        };
        for (reply_to, answered) in [
            ("victim@mail.example", "mallory@mail.example"),
            ("mallory+desk@mail.example", "mallory+desk@mail.example"),
            ("mallory@other.example", "mallory@mail.example"),
        ] {
            assert_eq!(recipient(&from(reply_to), &shared), Some(answered));
        }
    }

    #[test]
    fn two_authors_are_none() {
        let mail = message(&[("From", "ann@shop.example, ben@shop.example")], "");
        assert_eq!(recipient(&mail, &[]), None);
    }

    #[test]
    fn odd_addresses_are_not_plain() {
        for address in [
            "",
            "a",
            "@b.c",
            "a@",
            "a b@c.d",
            "\"a\"@b.c",
            "a@b.c>",
            "a@b.c,d@e.f",
            "a@b@c.d",
            "a..b@c.d",
            "a@b..c",
            "a@[127.0.0.1]",
            "ä@b.c",
            "a@b.c\r\nBcc: x",
            "<a@b.c",
        ] {
            assert!(!is_plain(address), "{address:?}");
        }
        assert!(is_plain("help@localhost"));
        assert!(is_plain("first.last+tag@sub.shop-1.example"));
    }

    #[test]
    fn plus_tags_do_not_make_another_mailbox() {
        assert_eq!(mailbox("Desk+kq2n@Example.com"), "desk@example.com");
    }
}
