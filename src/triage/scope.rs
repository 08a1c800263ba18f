//! Whom a problem hits: a single one of the sender's sellers, accounts or restaurants, or all of them. The same error has
//! other causes for the one and for the others.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::extract::characters::stands_alone;
use crate::lexicon::Lexicon;

/// Name of the fact by which cases are compared.
pub const SCOPE: &str = "scope";
const ONE: &str = "a single one";
const ALL: &str = "all of them";
/// The problem stands at the beginning of a text. Bytes.
const LOOKED_AT: usize = 6_000;

/// Words for one, words for all, and what is counted, of one language.
struct Words {
    one: &'static [&'static str],
    all: &'static [&'static str],
    counted: &'static [&'static str],
    /// What stands between the words.
    space: &'static str,
}

#[rustfmt::skip]
const LANGUAGES: [Words; 5] = [
    Words {
        one: &["only one", "just one", "a single", "one single", "one of our", "one of the", "only this", "only this one", "one particular", "only for one", "only our"],
        all: &["all", "every", "every single", "each", "all our", "all of our", "all the", "all of the", "any of our"],
        counted: &["seller", "sellers", "selling partner", "selling partners", "merchant", "merchants", "account", "accounts", "restaurant", "restaurants", "store", "stores", "customer", "customers", "client", "clients", "location", "locations", "seller account", "seller accounts"],
        space: " ",
    },
    Words {
        one: &["nur ein", "nur einen", "nur einem", "nur ein einziger", "nur bei einem", "nur für einen", "bei einem einzigen", "für einen einzigen", "einem einzigen", "einen einzigen", "ein einziger", "ein einziges", "einer unserer", "einem unserer", "einen unserer", "eines unserer", "nur dieser", "nur dieses", "nur bei diesem"],
        all: &["alle", "allen", "aller", "alle unsere", "allen unseren", "sämtliche", "sämtlichen", "sämtliche unserer", "jeder", "jedem", "jedes"],
        counted: &["händler", "händlern", "verkäufer", "verkäufern", "verkäuferkonto", "verkäuferkonten", "konto", "konten", "restaurant", "restaurants", "kunde", "kunden", "filiale", "filialen"],
        space: " ",
    },
    Words {
        one: &["un seul", "une seule", "d'un seul", "d’un seul", "un de nos", "l'un de nos", "l’un de nos", "une de nos", "uniquement un", "seulement un", "seul ce"],
        all: &["tous les", "tous nos", "toutes les", "toutes nos", "chaque", "l'ensemble des", "l’ensemble des", "l'ensemble de nos", "l’ensemble de nos"],
        counted: &["vendeur", "vendeurs", "compte", "comptes", "restaurant", "restaurants", "client", "clients", "marchand", "marchands", "boutique", "boutiques"],
        space: " ",
    },
    Words {
        one: &["tylko jeden", "tylko jednego", "tylko u jednego", "tylko dla jednego", "tylko jednej", "u jednego", "dla jednego", "jeden z naszych", "jednego z naszych", "jedna z naszych", "jednej z naszych", "pojedynczego"],
        all: &["wszyscy", "wszystkich", "wszystkie", "wszyscy nasi", "wszystkich naszych", "wszystkie nasze", "każdy", "każdego", "każdej"],
        counted: &["sprzedawca", "sprzedawcy", "sprzedawcę", "sprzedawców", "konto", "konta", "kont", "restauracja", "restauracji", "restauracje", "klienta", "klientów", "sklepu", "sklepów"],
        space: " ",
    },
    Words {
        one: &["只有一个", "仅一个", "单个", "某个", "其中一个", "某一个", "只有一家", "其中一家", "某一家", "只有这个", "只有这家"],
        all: &["所有", "所有的", "全部", "全部的", "每个", "每一个", "每家", "每一家"],
        counted: &["卖家", "商家", "账号", "账户", "帐号", "店铺", "餐厅", "客户"],
        space: "",
    },
];

/// Words before "all" and "only one" that take it back.
#[rustfmt::skip]
const NOT: [&str; 8] = ["not ", "nicht ", "nicht bei ", "pas ", "nie ", "不是", "并非", "不"];

/// All phrases, with whether each speaks of all.
static PHRASES: LazyLock<(Vec<String>, Vec<bool>)> = LazyLock::new(|| {
    let mut phrases: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for words in &LANGUAGES {
        for (list, is_all) in [(words.one, false), (words.all, true)] {
            for quantity in list {
                for counted in words.counted {
                    phrases.push(format!("{quantity}{}{counted}", words.space));
                    all.push(is_all);
                }
            }
        }
    }
    (phrases, all)
});

/// Tells at less cost than the automaton that a text holds no phrase: most hold none.
static ANY: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(&PHRASES.0));

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&PHRASES.0)
        .expect("the phrases are a small fixed table")
});

/// Whom the text says the problem hits; none where it does not say. Who says "only one seller, all others are fine" speaks
/// of one.
#[must_use]
pub fn scope(subject: &str, problem: &str) -> Option<&'static str> {
    let (_, all) = &*PHRASES;
    let mut hits_all = false;
    for text in [subject, problem] {
        let lower = lower(&text[..text.floor_char_boundary(LOOKED_AT)]);
        if !ANY.stand_in(&lower) {
            continue;
        }
        for found in AUTOMATON.find_iter(&lower) {
            let before = &lower[..found.start()];
            if !stands_alone(&lower, found.start(), found.end())
                || NOT.iter().any(|not| before.ends_with(not))
            {
                continue;
            }
            if !all[found.pattern().as_usize()] {
                return Some(ONE);
            }
            hits_all = true;
        }
    }
    hits_all.then_some(ALL)
}

/// The text in lower case. Unlike the standard library's way, a letter that is not ASCII does not slow what stands behind
/// it; a Greek sigma at the end of a word is no other one.
fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut lower = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let plain = rest.bytes().take_while(u8::is_ascii).count();
        lower.push_str(&rest[..plain]);
        let mut characters = rest[plain..].chars();
        let Some(character) = characters.next() else {
            break;
        };
        lower.extend(character.to_lowercase());
        rest = characters.as_str();
    }
    lower.make_ascii_lowercase();
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_all_are_told_apart() {
        for (text, expected) in [
            ("It fails for only one seller.", Some(ONE)),
            (
                "403 for a single seller account, all other sellers work",
                Some(ONE),
            ),
            ("Since today all our sellers get 403.", Some(ALL)),
            ("Not all sellers are affected.", None),
            ("nur bei einem Händler", Some(ONE)),
            ("Bei allen Händlern kommt 403", Some(ALL)),
            ("Es betrifft nicht alle Händler", None),
            ("It is not just one seller.", None),
            ("Das betrifft nicht nur einen Händler", None),
            ("Ce n'est pas un seul vendeur", None),
            ("nie tylko jeden sprzedawca", None),
            ("不是只有一个卖家报错", None),
            ("chez un seul vendeur", Some(ONE)),
            ("Tous nos vendeurs sont touchés", Some(ALL)),
            ("tylko u jednego sprzedawcy", Some(ONE)),
            ("u wszystkich sprzedawców", Some(ALL)),
            ("只有一个卖家报错", Some(ONE)),
            ("所有卖家都报错", Some(ALL)),
            ("The seller gets 403", None),
            ("Our seller accounts are fine", None),
        ] {
            assert_eq!(scope("", text), expected, "{text}");
        }
    }
}
