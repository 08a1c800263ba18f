use super::*;

fn read(raw: &[u8]) -> Message {
    parse(raw, &ParseOptions::default()).expect("a mail")
}

fn codes(message: &Message) -> Vec<&str> {
    message
        .defects
        .iter()
        .map(|defect| defect.code.as_str())
        .collect()
}

#[test]
fn bytes_that_are_no_mail() {
    let options = ParseOptions::default();
    assert_eq!(parse(b"", &options).unwrap_err().code(), "empty");
    assert_eq!(parse(b" \r\n", &options).unwrap_err().code(), "empty");
    assert_eq!(
        parse(b"\x7fELF\0\0\0", &options).unwrap_err().code(),
        "no_header"
    );
    assert_eq!(
        parse(b"Hello,\n\nit does not work.", &options)
            .unwrap_err()
            .code(),
        "no_header"
    );
}

#[test]
fn a_plain_mail() {
    let message = read(
        b"Return-Path: <jane@shop.example>\nFrom: =?utf-8?Q?J=C3=A4ne?= <Jane@Shop.example>\nTo: desk@example.org\nSubject: x\n\
          Message-ID: <1@shop.example>\nReferences: <a@b> <c@d>\nDate: Mon, 4 Mar 2024 09:05:00 +0100\n\nHello\n\nOn Mon, 4 Mar 2024, Desk <d@e.f> wrote:\n> old\n",
    );
    assert_eq!(message.from[0].name, "J\u{e4}ne");
    assert_eq!(message.author(), "jane@shop.example");
    assert_eq!(message.references, ["a@b", "c@d"]);
    assert_eq!(
        message.date.expect("a date").to_string(),
        "2024-03-04T08:05:00Z"
    );
    assert_eq!(message.date_offset_seconds, Some(3600));
    assert_eq!(message.new_text(), "Hello");
    assert_eq!(message.kind, MailKind::Human);
}

#[test]
fn a_byte_order_mark_before_the_header_and_lines_that_end_with_a_cr_alone() {
    let plain = "From: a@b.c\nSubject: x\nMessage-ID: <1@b.c>\n\nHello,\n\nit fails.\n";
    let expected = read(plain.as_bytes());
    for told in [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r"),
        format!("\u{feff}{}", plain.replace('\n', "\r")),
    ] {
        let message = read(told.as_bytes());
        assert_eq!(message.new_text(), expected.new_text(), "{told:?}");
        assert_eq!(message.author(), "a@b.c", "{told:?}");
        assert_eq!(thread(told.as_bytes()), ["1@b.c"], "{told:?}");
    }
}

#[test]
fn the_better_of_two_bodies() {
    let both = |plain: &str, html: &str| {
        read(
            format!(
                "From: a@b.c\nSubject: x\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\n{plain}\n--a\n\
                 Content-Type: text/html\n\n{html}\n--a--\n"
            )
            .as_bytes(),
        )
    };
    assert_eq!(both("plain", "<p>html").text.trim(), "plain");
    assert_eq!(both(" ", "<p>html").text, "html");
    assert_eq!(
        both("Please use an HTML enabled client.", "<p>html").text,
        "html"
    );
    let quoted = both(
        "answer\n\nold words",
        "<div>answer</div><blockquote type=\"cite\">old words</blockquote>",
    );
    assert_eq!(quoted.new_text(), "answer");
    assert!(quoted.text_is_from_html);
}

#[test]
fn oddities_are_defects() {
    assert_eq!(
        codes(&read(
            b"Subject: x\nDate: Mon, 99 Foo 2024 99:99:99\n\nx\0y"
        )),
        ["impossible_date", "no_from", "nul_bytes"]
    );
    assert_eq!(
        codes(&read(b"From: a@b.c\nFrom: d@e.f\nSubject: x\n\nx")),
        ["several_from"]
    );
}

#[test]
fn attached_mails_are_read() {
    let message = read(
        b"From: a@b.c\nSubject: x\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nSee below\n--a\nContent-Type: message/rfc822\n\n\
          From: d@e.f\nSubject: inner\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ninner text\n--b\nContent-Type: application/json; name=x.json\n\n{}\n--b--\n--a--\n",
    );
    assert_eq!(message.text.trim(), "See below");
    let names: Vec<_> = message
        .attachments
        .iter()
        .map(|found| (found.name.as_str(), found.role))
        .collect();
    assert_eq!(
        names,
        [
            ("mail.eml/x.json", AttachmentRole::Text),
            ("mail.eml", AttachmentRole::Mail)
        ]
    );
    assert!(
        message.attachments[1]
            .text
            .as_deref()
            .expect("text")
            .contains("inner text")
    );
}

#[test]
fn raw_headers_are_in_the_charset_of_the_text() {
    let encode = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let mut raw = b"From: ".to_vec();
    raw.extend(encode(
        "王伟 <wang@shop.example>\nSubject: 求助：标签空白\n",
    ));
    raw.extend("X-Note: Größe\nContent-Type: text/plain; charset=gb2312\n\n".as_bytes());
    raw.extend(encode("您好"));
    let message = read(&raw);
    assert_eq!(message.subject, "求助：标签空白");
    assert_eq!(message.from[0].name, "王伟");
    assert_eq!(message.header("X-Note"), Some("Größe"));
    assert_eq!(message.text, "您好");
}

#[test]
fn dashes_of_an_armor_are_taken_away() {
    let raw = b"From: a@b.c\nSubject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIt fails:\n- - one\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----\n";
    assert_eq!(read(raw).new_text(), "It fails:\n- one");
}

#[test]
fn what_is_shown_in_a_mail_that_answers_none_is_no_quote() {
    let new = |headers: &str| {
        let raw = format!(
            "From: a@b.c\n{headers}\n\nThe portal says:\n\n> Access denied\n\n> Try again\n"
        );
        read(raw.as_bytes()).new_text()
    };
    assert!(new("Subject: Portal").contains("> Access denied"));
    assert_eq!(new("Subject: Re: Portal"), "The portal says:");
    assert_eq!(
        new("Subject: Portal\nIn-Reply-To: <1@b.c>"),
        "The portal says:"
    );
}

#[test]
fn zones_cover_the_text() {
    for text in [
        "",
        "a",
        "a\n",
        "\n\n",
        "> a\n\nb\n> c",
        "Hi\n\nRegards,\nJane\n\n-----Original Message-----\nx",
    ] {
        let message = parse_text(text, false);
        let mut end = 0;
        for zone in &message.zones {
            assert_eq!(zone.range.start, end);
            assert!(zone.range.end > zone.range.start);
            end = zone.range.end;
        }
        assert_eq!(end, message.text.len());
    }
}

#[test]
fn huge_and_deep_mails_are_bounded() {
    let mut nested = Vec::new();
    for _ in 0..20_000 {
        nested.extend_from_slice(b"From: a@b.c\nContent-Type: message/rfc822\n\n");
    }
    assert!(codes(&read(&nested)).contains(&"depth_limit"));
    let mut headers = b"From: a@b.c\n".to_vec();
    for index in 0..50_000 {
        headers.extend_from_slice(format!("X-{index}: y\n").as_bytes());
    }
    assert_eq!(read(&headers).headers.len(), limits::HEADERS_MAX);
}

/// The first bytes of a picture of this size.
fn png(width: u32, height: u32) -> String {
    use base64::Engine as _;
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_cropped_screenshot_between_sentences_was_a_logo() {
    let role = |html: &str, name: &str, width: u32, height: u32| {
        let raw = format!(
            "From: a@b.example\nSubject: x\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n{html}\n\
             --r\nContent-Type: image/png; name={name}\nContent-ID: <I1@b>\nContent-Disposition: inline\n\
             Content-Transfer-Encoding: base64\n\n{}\n--r--\n",
            png(width, height)
        );
        parse(raw.as_bytes(), &ParseOptions::default())
            .unwrap()
            .attachments[0]
            .role
    };
    let picture = "<img src='cid:i1@b'>";
    for shown in [
        format!("<p>It says:</p>{picture}"),
        format!("<p>We see this</p>{picture}<p>What does it mean?</p>"),
    ] {
        assert_eq!(
            role(&shown, "image.png", 400, 110),
            AttachmentRole::Screenshot,
            "{shown}"
        );
    }
    for logo in [
        format!("{picture}<p>Dear support, we see 403.</p>"),
        format!("<p>We see 403.</p><p>Regards<br>Ann Berg</p>{picture}<p>Acme Ltd, Street 1</p>"),
        format!(
            "<p>We see 403.</p><div class=gmail_signature>Ann{picture}<p>Save paper, think twice.</p></div>"
        ),
    ] {
        assert_eq!(
            role(&logo, "image.png", 400, 110),
            AttachmentRole::Logo,
            "{logo}"
        );
    }
    let text = format!("<p>It says:</p>{picture}<p>Why?</p>");
    assert_eq!(role(&text, "logo.png", 400, 110), AttachmentRole::Logo);
    assert_eq!(role(&text, "image.png", 40, 40), AttachmentRole::Logo);
}
