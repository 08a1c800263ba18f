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
