//! Words and names of a query: which texts they find, and what is looked for where they find none.

use super::*;

#[test]
fn the_name_of_an_operation_finds_cases_about_it_first() {
    let (_folder, index) = index();
    let named = CaseDocument {
        fields: [field("operation", "getOrders")].into(),
        ..case(50, "en", "complete", "A question", "getOrders")
    };
    let telling = case(
        51,
        "en",
        "complete",
        "GetOrders getOrders",
        "getOrders getOrders getOrders",
    );
    index.upsert(&named).expect("written");
    index.upsert(&telling).expect("written");
    index.commit(2).expect("committed");
    for query in ["GetOrders", "getorders"] {
        let found = ids(&index, query);
        let place = |id| found.iter().position(|found| *found == id).expect("found");
        assert!(place(50) < place(51), "{query}: {found:?}");
    }
}

/// More hits than a prefix has terms to be listed.
#[test]
fn a_beginning_finds_all_that_begin_so_and_its_negation_none_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    let cases: Vec<CaseDocument> = (1..=1_500)
        .map(|id| CaseDocument {
            from: format!("dev{id:05}@example.com"),
            ..case(
                id,
                "en",
                "resolved",
                "Widget",
                &format!("widget re{id:05}x fails"),
            )
        })
        .collect();
    for case in &cases {
        index.upsert(case).expect("written");
    }
    index.commit(1).expect("committed");
    let total = |query: &str| {
        index
            .search(&SearchRequest {
                query: query.to_owned(),
                ..SearchRequest::default()
            })
            .expect("answers")
            .total
    };
    assert_eq!(total("from:dev"), 1_500);
    assert_eq!(total("-from:dev"), 0);
    assert_eq!(total("re*"), 1_500);
    assert_eq!(total("widget -re*"), 0);
    assert_eq!(total("widget -re0000*"), 1_491);
}

#[test]
fn stop_words_neither_choose_nor_exclude() {
    let (_folder, index) = index();
    let all = ids(&index, "getOrders");
    assert_eq!(ids(&index, "getOrders -the"), all);
    assert_eq!(ids(&index, "getOrders -und"), all);
    assert_eq!(ids(&index, "throttled OR und"), ids(&index, "throttled"));
    // What says nothing that can be looked for finds nothing.
    assert_eq!(ids(&index, "C#"), [0; 0]);
    for query in [
        "{\"zzqxa\":\"zzqxb\"}",
        "\"C#\"",
        "(the und)",
        "the OR und",
        "C# OR \"the\"",
    ] {
        assert_eq!(ids(&index, query), [0; 0], "{query}");
    }
    assert_eq!(ids(&index, "getOrders -C#"), all);
}

#[test]
fn chinese_is_found_in_any_order_and_by_one_character() {
    let (_folder, index) = index();
    assert_eq!(ids(&index, "限流请求"), [3]);
    assert_eq!(ids(&index, "接口被限流"), [3]);
    assert_eq!(ids(&index, "限"), [3]);
    assert_eq!(ids(&index, "订单缺失"), [0; 0]);
    for query in [
        "getOrders接口被限流",
        "接口被限流getOrders",
        "(getOrders接口被限流 OR zzqx)",
    ] {
        assert_eq!(ids(&index, query), [3], "{query}");
    }
    assert_eq!(ids(&index, "getOrders -限流请求"), [1]);
    for (query, relaxed) in [
        ("限流请求", false),
        ("接口的限流", false),
        ("限流订单", true),
        ("订单限流", true),
        ("getOrders限流订单", true),
    ] {
        let response = search(&index, query);
        assert_eq!(
            (response.hits[0].id, response.relaxed),
            (3, relaxed),
            "{query}"
        );
    }
}

#[test]
fn names_with_small_letters_between_hyphens_and_names_in_addresses_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    let cases = [
        case(
            1,
            "en",
            "resolved",
            "Header",
            "We send x-amz-access-token with GET /orders/v0/orders and it fails.",
        ),
        case(
            2,
            "en",
            "resolved",
            "Cancel",
            "cancelReport answers 404 for our report.",
        ),
        case(
            3,
            "de",
            "resolved",
            "Shop",
            "Unser woocommerce meldet einen Fehler 403.",
        ),
        case(
            4,
            "en",
            "resolved",
            "Shop",
            "WooCommerce stopped for 3 days, order 302-1234567.",
        ),
    ];
    for case in &cases {
        index.upsert(case).expect("written");
    }
    index.commit(1).expect("committed");
    assert_eq!(ids(&index, "x-amz-access-token"), [1]);
    assert_eq!(
        ids(
            &index,
            "curl -i https://host.example/orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9"
        ),
        [1]
    );
    assert_eq!(ids(&index, "https://host.example/orders/v0/orders"), [1]);
    assert_eq!(ids(&index, "ERROR:root:cancelReport answers 404"), [2]);
    // Names of operations that differ by a letter are other operations.
    assert_eq!(ids(&index, "cancelReports"), [0; 0]);
    assert_eq!(ids(&index, "cancelReprot"), [0; 0]);
    // A word to one is a name to another, and what one joins another writes apart; but an id is as it is.
    for (query, expected) in [
        ("WooCommerce", vec![3, 4]),
        ("403-Fehler", vec![3]),
        ("Fehler/403", vec![3]),
        ("3-day", vec![4]),
        ("404-Fehler", vec![]),
        ("403-Fehlre", vec![]),
        ("cancelReports-404", vec![]),
        ("302-7654321", vec![]),
        ("SP-403", vec![]),
        ("302-1234567", vec![4]),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
    assert_eq!(search(&index, "403-Fehler").notes.len(), 1);
    assert_eq!(search(&index, "SP-404").notes, [""; 0]);
}

#[test]
fn a_german_word_is_found_within_longer_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    let cases = [
        case(
            1,
            "de",
            "resolved",
            "Abrechnungsbericht leer",
            "Der Abrechnungsbericht enthält keine Zeilen.",
        ),
        case(
            2,
            "de",
            "resolved",
            "Versandbestätigung",
            "Die Versandbestätigung wird abgelehnt.",
        ),
        case(3, "de", "resolved", "Anders", "Rechnungspositionen fehlen."),
    ];
    for case in &cases {
        index.upsert(case).expect("written");
    }
    index.commit(1).expect("committed");
    assert_eq!(ids(&index, "Bericht"), [1]);
    assert_eq!(ids(&index, "Berichte"), [1]);
    assert_eq!(ids(&index, "Bestätigung"), [2]);
    assert_eq!(ids(&index, "Rechnung"), [3]);
    assert_eq!(ids(&index, "Lieferung"), [0; 0]);
}

#[test]
fn a_word_of_a_deleted_case_was_looked_for_instead() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    for (id, problem) in [
        (1, "Abrechnungsbericht fehlt."),
        (2, "Das Lagerverzeichnis ist leer."),
        (3, "Der Lagerbericht fehlt."),
        (4, "Lagerbestand."),
        (5, "Lagerbestand."),
    ] {
        index
            .upsert(&case(id, "de", "resolved", "Frage", problem))
            .expect("written");
    }
    index.commit(1).expect("committed");
    for id in [1, 2] {
        index.delete(id).expect("deleted");
    }
    index.commit(2).expect("committed");
    for (query, expected, notes) in [
        ("Abrechnung", vec![], 0),
        ("Bericht", vec![3], 1),
        ("Lagerverzeichnsi", vec![], 0),
        ("Bestand", vec![4, 5], 1),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
        assert_eq!(search(&index, query).notes.len(), notes, "{query}");
    }
}

#[test]
fn of_many_compounds_the_most_frequent_are_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    for id in 1..=60u8 {
        let (first, second) = (char::from(b'a' + id / 8), char::from(b'a' + id % 8));
        let text = format!("{first}{second}xxbericht");
        index
            .upsert(&case(id.into(), "de", "resolved", "Frage", &text))
            .expect("written");
    }
    for id in [70, 71] {
        index
            .upsert(&case(id, "de", "resolved", "Frage", "zzzzbericht"))
            .expect("written");
    }
    index.commit(1).expect("committed");
    assert_eq!(search(&index, "Bericht").total, 41);
}

#[test]
fn a_search_for_two_words_that_no_case_has_both_of_counted_up_to_the_greatest_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    for (id, word) in [(1, "Alder"), (2, "Birch")] {
        index
            .upsert(&case(id, "en", "resolved", word, word))
            .expect("written");
    }
    index.commit(1).expect("committed");
    let started = std::time::Instant::now();
    // With a filter the engine asks each part of the query in turn.
    for query in ["alder birch", "alder birch status:resolved"] {
        let answer = search(&index, query);
        assert!(answer.relaxed && answer.total == 2, "{query}");
    }
    let most = std::time::Duration::from_secs(5);
    assert!(started.elapsed() < most, "{:?}", started.elapsed());
}

#[test]
fn words_of_any_frequency_are_found_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    // How many cases go to one that has the word, in its subject or its text.
    let words = [("alder", 2), ("birch", 3), ("cedar", 97), ("damson", 89)];
    let has = |id: u64, every: u64| id.is_multiple_of(every);
    let last = 2_000;
    for id in 1..=last {
        let text = |of_subject: bool| {
            let mut text = String::from("tree");
            for (word, every) in words {
                if has(id, every) && (id / every % 3 == 0) == of_subject {
                    text = format!("{text} {word}");
                }
            }
            text
        };
        let written = case(id, "en", "resolved", &text(true), &text(false));
        index.upsert(&written).expect("written");
        if id == 500 {
            index.commit(id).expect("committed");
        }
    }
    index.commit(last).expect("committed");
    index.delete(6).expect("deleted");
    index.commit(last + 1).expect("committed");
    for (first, one) in words {
        for (second, other) in words {
            for (query, filter) in [
                (format!("{first} {second}"), false),
                (format!("{first} {second} after:2100"), true),
            ] {
                let expected: Vec<u64> = (1..=last)
                    .filter(|id| *id != 6 && has(*id, one) && has(*id, other))
                    .filter(|id| !filter || 1_704_067_200 + id * 86_400 * 30 >= 4_102_444_800)
                    .collect();
                let answer = index
                    .search(&SearchRequest {
                        query: query.clone(),
                        limit: 1_000,
                        sort: Sort::Oldest,
                        ..SearchRequest::default()
                    })
                    .expect("found");
                if expected.is_empty() {
                    assert!(answer.relaxed || answer.total == 0, "{query}");
                    continue;
                }
                let found: Vec<u64> = answer.hits.iter().map(|hit| hit.id).collect();
                assert_eq!(answer.total, expected.len() as u64, "{query}");
                assert_eq!(found, expected, "{query}");
                let ranked = search(&index, &query);
                assert_eq!(ranked.total, expected.len() as u64, "{query}");
                assert!(ranked.hits.iter().all(|hit| hit.score > 0.0), "{query}");
            }
        }
    }
}

#[test]
fn a_wrong_letter_is_helped_in_the_stem_and_in_the_ending() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    let texts = [
        "registration of warehouses",
        "zurückgewiesen",
        "throttling",
        "invoice",
    ];
    for (id, text) in (1..).zip(texts) {
        let language = if id == 2 { "de" } else { "en" };
        index
            .upsert(&case(id, language, "resolved", "Question", text))
            .expect("written");
    }
    index.commit(1).expect("committed");
    for (query, expected) in [
        ("registraiton", vec![1]),
        ("warehuoses", vec![1]),
        ("zurükgewiesen", vec![2]),
        ("throtttling", vec![3]),
        ("invoce", vec![4]),
        // The first letter is taken to be right.
        ("onvoice", vec![]),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
}
