fn new(text: &str) -> String {
    crate::mail::parse_text(text, false).new_text()
}

#[test]
fn dumps_prompts_and_diffs_are_content() {
    for text in [
        "We get this:\n\n> GET /orders/v0/orders HTTP/1.1\n> Host: api.example\n> x-amz-date: 20240304T090500Z\n>\n< HTTP/1.1 403 Forbidden\n< x-amzn-RequestId: 529af829\n<\n{\"errors\":[]}",
        "$ node\n> npm run build\nfailed",
        ">>> import requests\n>>> requests.get(url)\n<Response [403]>",
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new",
    ] {
        assert_eq!(new(text), text);
    }
}

#[test]
fn top_bottom_and_interleaved_answers() {
    assert_eq!(
        new("top\n\nOn 4 Mar 2024, at 09:05, A <a@b.c> wrote:\n\n> old"),
        "top"
    );
    assert_eq!(
        new("On 4 Mar 2024, at 09:05, A <a@b.c> wrote:\n\n> old\n\nbottom"),
        "bottom"
    );
    assert_eq!(
        new("> question one\n\nanswer one\n\n> question two\n\nanswer two"),
        "answer one\n\nanswer two"
    );
    assert_eq!(
        new("top\n\nFrom: A <a@b.c>\nSent: Monday\nTo: x\nSubject: y\n\nold"),
        "top"
    );
}

#[test]
fn signatures_end_the_text() {
    assert_eq!(
        new("It fails.\n\nKind regards,\nJane Doe\nShop Ltd.\nTel: +49 30 1234567"),
        "It fails."
    );
    assert_eq!(new("It fails.\n-- \nJane Doe\nShop"), "It fails.");
    assert_eq!(new("It fails.\n\nSent from my iPhone"), "It fails.");
    assert_eq!(
        new("Es geht nicht.\n\nMit freundlichen Grüßen\nJana Maier"),
        "Es geht nicht."
    );
    assert_eq!(new("订单接口报错。\n\n谢谢\n王伟"), "订单接口报错。");
}

#[test]
fn a_forward_without_words_is_content() {
    let message = crate::mail::parse_text(
        "---------- Forwarded message ---------\nFrom: A <a@b.c>\nDate: Mon\nSubject: y\nTo: x\n\nIt fails.",
        false,
    );
    assert_eq!(message.new_text(), "It fails.");
}

#[test]
fn nothing_quoted_nothing_cut() {
    for text in [
        "Hello,\n\nthe call fails:\n\n- getOrders\n- getOrder\n\nWhat can we do?",
        "From: we see 403\nTo: you should see 200",
        "Thanks for the quick answer. It still fails.",
        "Sent from my iPhone the invoices have no lines. Why?",
        "It prints twice.\nSent from my iPad they are fine. What is wrong?",
        "Von meinem iPhone gesendet werden die Belege leer. Warum?",
        "Get Outlook for iOS is all that your page says. Why?",
        "Hallo,\n\nVon: Kiel\nNach: Bonn\nDatum: 4.5.2026\nBetreff: Fracht\n\nWas kostet das?",
        "We see\n\n-----Original Message-----\n\nin each of your mails. How do we turn it off?",
        "From: Bob <bob@x.example>\nDate: Mon, 2 Mar 2026 09:41:22 +0100\nSubject: [PATCH] Fix valve\n\n---\n a.c | 2 +-\n\nIt breaks our build, why?",
    ] {
        assert_eq!(new(text), text);
    }
}
