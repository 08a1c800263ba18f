//! The query language and the analysis of languages, from the outside.

mod words;

use precedent_index::{
    CaseDocument, Index, IndexOptions, SearchError, SearchRequest, SearchResponse, Sort,
};

fn case(id: u64, language: &str, status: &str, subject: &str, problem: &str) -> CaseDocument {
    CaseDocument {
        id,
        number: format!("SP-{}", 1000 + id),
        desk: "amazon".to_owned(),
        language: language.to_owned(),
        status: status.to_owned(),
        subject: subject.to_owned(),
        problem: problem.to_owned(),
        from: format!("user{id}@example.com"),
        opened_at: 1_704_067_200 + id as i64 * 86_400 * 30,
        ..CaseDocument::default()
    }
}

fn field(key: &str, value: &str) -> (String, Vec<String>) {
    (key.to_owned(), vec![value.to_owned()])
}

fn index() -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), &IndexOptions::default()).expect("opens");
    let cases = [
        CaseDocument {
            fields: [
                field("operation", "getOrders"),
                field("http_status", "429"),
                field("marketplace", "DE"),
            ]
            .into(),
            resolution: "Honour the rate limit header.".to_owned(),
            resolution_code: Some("guidance".to_owned()),
            issue_type: Some("throttling".to_owned()),
            ..case(
                1,
                "en",
                "resolved",
                "Requests are throttled",
                "Calling getOrders with request id 529af829-d726-4067-82d6-d16937d2ac52 was throttled with QuotaExceeded.",
            )
        },
        CaseDocument {
            fields: [
                field("operation", "createFeed"),
                field("error_code", "InvalidInput"),
                field("marketplace", "FR"),
            ]
            .into(),
            ..case(
                2,
                "de",
                "incomplete",
                "Übermittlung schlägt fehl",
                "Seit der Änderung werden unsere Bestellungen nicht übermittelt. Fehlermeldungen im Anhang.",
            )
        },
        case(
            3,
            "zh",
            "incomplete",
            "请求被限流",
            "调用 getOrders 接口时，请求被限流，返回 429 错误。token 已经刷新。",
        ),
        case(
            4,
            "pl",
            "waiting",
            "Błąd zamówień",
            "Nie możemy pobrać zamówień przez interfejs, żądania są ograniczone.",
        ),
        case(
            5,
            "fr",
            "closed",
            "Requêtes limitées",
            "Les requêtes sont limitées depuis hier, l'authentification échoue avec la commande 123-4567890-1234567.",
        ),
        CaseDocument {
            from: "ann@other.org".to_owned(),
            ..case(
                6,
                "cs",
                "incomplete",
                "Žádost selhala",
                "Požadavek na objednávky selhal.",
            )
        },
    ];
    for case in &cases {
        index.upsert(case).expect("written");
    }
    index.commit(1).expect("committed");
    (folder, index)
}

fn search(index: &Index, query: &str) -> SearchResponse {
    let request = SearchRequest {
        query: query.to_owned(),
        limit: 20,
        ..SearchRequest::default()
    };
    index
        .search(&request)
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn ids(index: &Index, query: &str) -> Vec<u64> {
    let response = search(index, query);
    let mut ids: Vec<u64> = response.hits.iter().map(|hit| hit.id).collect();
    assert_eq!(ids.len() as u64, response.total, "{query}");
    ids.sort_unstable();
    ids
}

#[test]
fn words_are_found_in_every_language() {
    let (_folder, index) = index();
    for (query, expected) in [
        ("throttle", vec![1]),
        ("throttling requests", vec![1]),
        ("Bestellung", vec![2]),
        ("ubermittlung", vec![2]),
        ("Fehlermeldung", vec![2]),
        ("限流", vec![3]),
        ("请求被限流", vec![3]),
        ("token 限流", vec![3]),
        ("zamówienie", vec![4]),
        ("zadania ograniczone", vec![4]),
        ("requête limitée", vec![5]),
        ("authentification", vec![5]),
        ("zadost", vec![6]),
        ("\"requests are throttled\"", vec![1]),
        ("\"throttled requests are\"", vec![]),
        ("\"请求被限流\"", vec![3]),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
}

#[test]
fn identifiers_are_exact() {
    let (_folder, index) = index();
    for (query, expected) in [
        ("getOrders", vec![1, 3]),
        ("getorders", vec![1, 3]),
        ("529af829-d726-4067-82d6-d16937d2ac52", vec![1]),
        ("529af829-d726-4067-82d6-d16937d2ac53", vec![]),
        ("123-4567890-1234567", vec![5]),
        ("SP-1004", vec![4]),
        ("QuotaExceeded", vec![1]),
        ("InvalidInput", vec![2]),
        ("429", vec![1, 3]),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
    // What may have been meant is told, and not looked for.
    let response = search(&index, "getOrdrs");
    assert_eq!(response.total, 0);
    assert!(
        response
            .notes
            .iter()
            .any(|note| note.contains("`getorders`")),
        "{:?}",
        response.notes
    );
    let response = search(&index, "529af829-d726-4067-82d6-d16937d2ac53");
    assert_eq!(response.notes, [""; 0]);
}

#[test]
fn filters_and_operators() {
    let (_folder, index) = index();
    for (query, expected) in [
        ("", vec![1, 2, 3, 4, 5, 6]),
        ("operation:getOrders", vec![1]),
        ("operation:get*", vec![1]),
        ("error:429", vec![1]),
        ("error:invalidinput", vec![2]),
        ("status:429", vec![1]),
        ("status:resolved,closed", vec![1, 5]),
        ("marketplace:DE,FR", vec![1, 2]),
        ("lang:pl", vec![4]),
        ("lang:zh-CN", vec![3]),
        ("code:guidance", vec![1]),
        ("type:throttling", vec![1]),
        ("has:resolution", vec![1]),
        ("has:operation", vec![1, 2]),
        ("-has:operation", vec![3, 4, 5, 6]),
        ("number:SP-1002", vec![2]),
        ("from:@other.org", vec![6]),
        ("from:other.org", vec![6]),
        ("from:ann", vec![6]),
        ("from:user3@example.com", vec![3]),
        ("before:2024-02", vec![1]),
        ("after:2024-06", vec![6]),
        ("after:2024-02 before:2024-03-02", vec![2]),
        ("getOrders -throttled", vec![3]),
        ("throttled OR limitées", vec![1, 5]),
        ("(throttled OR 限流) -operation:getOrders", vec![3]),
        ("(throttled OR 限流) getOrders status:open", vec![3]),
        ("-(throttled OR 限流)", vec![2, 4, 5, 6]),
        ("thrott*", vec![1]),
        ("getO*", vec![1, 3]),
        ("desk:amazon lang:cs", vec![6]),
    ] {
        assert_eq!(ids(&index, query), expected, "{query}");
    }
}

#[test]
fn mistyped_words_are_corrected_but_identifiers_are_not() {
    let (_folder, index) = index();
    for (query, id) in [("throtled", 1), ("Übermittlnug", 2), ("übermitltung", 2)] {
        let response = search(&index, query);
        assert_eq!(response.hits.first().map(|hit| hit.id), Some(id), "{query}");
        assert_eq!(response.notes.len(), 1, "{query}: {:?}", response.notes);
    }
    assert_eq!(ids(&index, "getOrderz1"), [0; 0]);
}

#[test]
fn nothing_matching_all_gives_the_closest() {
    let (_folder, index) = index();
    let request = SearchRequest {
        query: "throttled QuotaExceeded spaceship".to_owned(),
        limit: 5,
        ..SearchRequest::default()
    };
    let response = index.search(&request).expect("searched");
    assert!(response.relaxed);
    assert_eq!(response.hits[0].id, 1);
    // A filter is never given up.
    let request = SearchRequest {
        query: "throttled spaceship lang:pl".to_owned(),
        ..request
    };
    assert_eq!(index.search(&request).expect("searched").total, 0);
}

#[test]
fn pasted_text_simply_works() {
    let (_folder, index) = index();
    for query in [
        r#"{"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource.", "details": ""}]}"#,
        "2024-03-12T14:05:00Z ERROR [main] c.e.Client - getOrders -> 429 (Too Many Requests) x-amzn-RequestId: 529af829-d726-4067-82d6-d16937d2ac52",
        "HTTP/1.1 429 Too Many Requests\nx-amzn-requestid: 529af829-d726-4067-82d6-d16937d2ac52\n\n{\"code\":\"QuotaExceeded\"}",
        "curl -H 'x-amz-access-token: Atza|...' \"https://sellingpartnerapi-eu.amazon.com/orders/v0/orders?x=529af829-d726-4067-82d6-d16937d2ac52\" --data {}",
    ] {
        let request = SearchRequest {
            query: query.to_owned(),
            limit: 3,
            ..SearchRequest::default()
        };
        let response = index
            .search(&request)
            .unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(response.hits.first().map(|hit| hit.id), Some(1), "{query}");
    }
    for junk in [
        "\"", "(", ")", "((((", "-", "- -", "*", "OR", "OR OR", ":", "a:", "\"\"", "()", "-()",
        "a OR", "{\"", "\\", "\u{0}", "-\"", "((a)", "\u{1f}", "…", "the", "of the", "🙂",
    ] {
        let request = SearchRequest {
            query: junk.to_owned(),
            limit: 3,
            ..SearchRequest::default()
        };
        index
            .search(&request)
            .unwrap_or_else(|error| panic!("{junk:?}: {error}"));
    }
    let long = "word ".repeat(10_000);
    index
        .search(&SearchRequest {
            query: long,
            limit: 1,
            ..SearchRequest::default()
        })
        .expect("searched");
    let deep = "(".repeat(5_000);
    index
        .search(&SearchRequest {
            query: deep,
            limit: 1,
            ..SearchRequest::default()
        })
        .expect("searched");
}

#[test]
fn mistakes_name_their_column() {
    let (_folder, index) = index();
    for (query, column, hint) in [
        ("throttled before:yesterday", 18, "2024-05"),
        ("after:2024-13", 7, "2024-05"),
        ("operaton:getOrders", 1, "operation:"),
        ("限流 statuss:open", 4, "status:"),
        ("status:done", 8, "resolved"),
        ("lang:\"\"", 6, "has:lang"),
    ] {
        let request = SearchRequest {
            query: query.to_owned(),
            limit: 3,
            ..SearchRequest::default()
        };
        match index.search(&request) {
            Err(SearchError::Syntax(error)) => {
                assert_eq!(error.column, column, "{query}: {error}");
                assert!(
                    error.hint.as_deref().unwrap_or_default().contains(hint),
                    "{query}: {error}"
                );
            }
            other => panic!("{query}: {other:?}"),
        }
    }
    // An unknown key far from any known one is text.
    assert_eq!(ids(&index, "interface:getOrders"), Vec::<u64>::new());
}

#[test]
fn snippets_mark_what_matched() {
    let (_folder, index) = index();
    for (query, marked) in [
        ("throttle", vec!["throttled"]),
        ("限流", vec!["限流"]),
        ("Bestellung", vec!["Bestellungen"]),
        (
            "getOrders QuotaExceeded lang:en",
            vec!["getOrders", "QuotaExceeded"],
        ),
    ] {
        let request = SearchRequest {
            query: query.to_owned(),
            limit: 1,
            ..SearchRequest::default()
        };
        let response = index.search(&request).expect("searched");
        let snippet = &response.hits[0].snippet;
        let found: Vec<&str> = snippet
            .highlights
            .iter()
            .map(|range| &snippet.text[range.clone()])
            .collect();
        assert_eq!(found, marked, "{query}: {}", snippet.text);
    }
}

#[test]
fn facets_sorting_and_paging() {
    let (_folder, index) = index();
    let request = SearchRequest {
        query: String::new(),
        limit: 2,
        sort: Sort::Newest,
        facets: vec!["status".to_owned(), "operation".to_owned()],
        ..SearchRequest::default()
    };
    let response = index.search(&request).expect("searched");
    assert_eq!(response.total, 6);
    let status = &response.facets["status"];
    assert_eq!(status[0], ("incomplete".to_owned(), 3));
    assert_eq!(status.len(), 4);
    assert_eq!(response.facets["operation"].len(), 2);
    let mut paged = Vec::new();
    for offset in [0, 2, 4, 6] {
        let response = index
            .search(&SearchRequest {
                offset,
                ..request.clone()
            })
            .expect("searched");
        paged.extend(response.hits.iter().map(|hit| hit.id));
    }
    assert_eq!(paged, [6, 5, 4, 3, 2, 1]);
    let oldest = SearchRequest {
        sort: Sort::Oldest,
        limit: 1,
        ..request
    };
    assert_eq!(index.search(&oldest).expect("searched").hits[0].id, 1);
}

#[test]
fn open_stands_for_all_that_is_neither_resolved_nor_closed() {
    let (_folder, index) = index();
    let mut open = ids(&index, "status:open");
    open.sort_unstable();
    assert_eq!(open, [2, 3, 4, 6]);
}
