use super::super::frame::Part;
use super::*;

fn response(line: &str) -> Result<Response, String> {
    read(Frame {
        parts: vec![Part {
            line: line.as_bytes().to_vec(),
            literal: None,
        }],
    })
}

#[test]
fn results_carry_status_code_and_text() {
    let Response::Tagged { tag, status } =
        response("A7 NO [AuthenticationFailed] wrong password").unwrap()
    else {
        panic!();
    };
    assert_eq!(tag, "A7");
    assert_eq!(status.status, Status::No);
    assert_eq!(status.code.as_deref(), Some("AUTHENTICATIONFAILED"));
    assert_eq!(status.text, "wrong password");
    let Response::Untagged(status) = response("* OK [UIDVALIDITY 3857529045] UIDs valid").unwrap()
    else {
        panic!();
    };
    assert_eq!(status.code_arguments("UIDVALIDITY"), Some("3857529045"));
    assert_eq!(status.code_arguments("UIDVALID"), None);
    // Servers leave the text out.
    assert!(matches!(response("A7 BAD"), Ok(Response::Tagged { .. })));
}

#[test]
fn a_mail_comes_with_its_items_in_any_order() {
    let frame = Frame {
        parts: vec![
            Part {
                line: b"* 12 FETCH (X-GM-LABELS (\"\\\\Inbox\" a) BODY[] ".to_vec(),
                literal: Some(b"From: a\r\n\r\n)".to_vec()),
            },
            Part {
                line: b" INTERNALDATE \" 7-Jul-2026 02:44:25 -0700\" UID 77 FLAGS (\\Seen $X) RFC822.SIZE 12)"
                    .to_vec(),
                literal: None,
            },
        ],
    };
    let Response::Fetch(fetch) = read(frame).unwrap() else {
        panic!();
    };
    assert_eq!(
        (fetch.number, fetch.uid, fetch.size),
        (12, Some(77), Some(12))
    );
    assert_eq!(fetch.body.unwrap().bytes.unwrap(), b"From: a\r\n\r\n)");
    assert_eq!(
        fetch.internal_date.unwrap().to_string(),
        "2026-07-07T09:44:25Z"
    );
    assert_eq!(fetch.flags.unwrap(), ["\\Seen", "$X"]);
}

#[test]
fn pieces_and_absent_mails() {
    let Response::Fetch(fetch) = response("* 1 FETCH (UID 5 BODY[]<1024> NIL)").unwrap() else {
        panic!();
    };
    let body = fetch.body.unwrap();
    assert_eq!((body.origin, body.bytes), (Some(1024), None));
    let Response::Fetch(fetch) = response("* 1 FETCH (BODY[HEADER] \"a \\\"b\" UID 5)").unwrap()
    else {
        panic!();
    };
    assert_eq!(fetch.body.unwrap().bytes.unwrap(), b"a \"b");
}

#[test]
fn folders_searches_and_identities() {
    let Response::List(item) =
        response(r#"* LIST (\HasNoChildren \Sent) "/" "Gesendete Objekte""#).unwrap()
    else {
        panic!();
    };
    assert_eq!(item.name, b"Gesendete Objekte");
    assert_eq!(item.delimiter, Some('/'));
    assert_eq!(
        response("* SEARCH 4 9 12").unwrap(),
        Response::Search(vec![4, 9, 12])
    );
    assert_eq!(
        response("* ESEARCH (TAG \"A3\") UID ALL 4:9,12").unwrap(),
        Response::ExtendedSearch {
            tag: Some("A3".to_owned()),
            all: Some("4:9,12".to_owned())
        }
    );
    assert_eq!(
        response("* ID (\"name\" \"Dovecot\" \"x\" NIL)").unwrap(),
        Response::Id(vec![
            ("name".to_owned(), "Dovecot".to_owned()),
            ("x".to_owned(), String::new())
        ])
    );
}

#[test]
fn rubbish_is_an_error_or_passed_over_but_never_a_panic() {
    for line in [
        "",
        "*",
        "* ",
        "* 1 FETCH",
        "* 1 FETCH (",
        "* 1 FETCH (UID",
        "* 1 FETCH (BODY[ \"x",
        "* 1 FETCH (BODY[]<9999999999999999999999> \"x\")",
        "* LIST",
        "* LIST (",
        "* FLAGS )",
        "* 99999999999999999999 EXISTS",
        "garbage",
        "A1 MAYBE",
        "\u{fffd}\0\u{1}",
        "* ESEARCH (TAG \"",
        "* OK [UNCLOSED",
    ] {
        let _ = response(line);
    }
    let deep = format!("* FLAGS {}", "(".repeat(100_000));
    assert!(response(&deep).is_err());
}
