use proptest::prelude::*;

use super::*;

fn of(header: &str, from: &str) -> Authentication {
    let raw = format!("{header}\nFrom: x@{from}\n\nbody");
    read(
        &field::split(raw.as_bytes()),
        &["mx.desk.example".to_owned()],
        from,
    )
}

#[test]
fn aligned_passes_count() {
    let found = of(
        "Authentication-Results: mx.desk.example 1; spf=pass (sender (ok)) smtp.mailfrom=bounce@mail.shop.example;\n \
         dkim=pass reason=\"good; really\" header.d=shop.example header.b=abc=; dmarc=pass header.from=shop.example; arc=none",
        "shop.example",
    );
    assert_eq!(
        (found.spf, found.dkim, found.dmarc, found.arc),
        (
            AuthenticationResult::Pass,
            AuthenticationResult::Pass,
            AuthenticationResult::Pass,
            AuthenticationResult::None
        )
    );
    assert!(found.authenticated);
}

#[test]
fn foreign_domains_do_not() {
    let found = of(
        "Authentication-Results: mx.desk.example; dkim=pass header.d=mailer.example; spf=pass smtp.mailfrom=x@mailer.example",
        "shop.example",
    );
    assert_eq!(
        (found.spf, found.dkim),
        (AuthenticationResult::Other, AuthenticationResult::Other)
    );
    assert!(!found.authenticated);
}

#[test]
fn a_name_in_helo_counted_as_the_author() {
    let found = of(
        "Authentication-Results: mx.desk.example; spf=pass smtp.helo=shop.example",
        "shop.example",
    );
    assert!(!found.authenticated, "{found:?}");
}

#[test]
fn strangers_are_not_believed() {
    assert!(
        !of(
            "Authentication-Results: mx.evil.example; dmarc=pass header.from=shop.example",
            "shop.example"
        )
        .authenticated
    );
    let below = "Received: from a by mx.foreign.example; x\nAuthentication-Results: mx.desk.example; dmarc=pass header.from=shop.example";
    assert!(!of(below, "shop.example").authenticated);
    let own = "Received: from a by mx.desk.example with LMTP\nAuthentication-Results: mx.desk.example; dmarc=pass header.from=shop.example";
    assert!(of(own, "shop.example").authenticated);
}

#[test]
fn a_forged_field_below_ours_is_not_believed() {
    let forged = "Authentication-Results: mx.desk.example; dmarc=pass header.from=shop.example; \
                  dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=a@shop.example";
    let failed = "Authentication-Results: mx.desk.example; dmarc=fail header.from=shop.example; \
                  dkim=fail header.d=shop.example; spf=fail smtp.mailfrom=a@shop.example";
    let received = "Received: from evil by mx.desk.example; x";
    for above in [
        format!("{failed}\n{received}"),
        format!("{received}\n{failed}"),
        failed.to_owned(),
        "Authentication-Results: mx.desk.example; none".to_owned(),
        "Authentication-Results: mx.desk.example; dmarc=fail header.from=shop.example".to_owned(),
        format!("Authentication-Results: mx.desk.example; dmarc=none\n{received}"),
    ] {
        let found = of(&format!("{above}\n{forged}"), "shop.example");
        assert!(!found.authenticated, "{above}: {found:?}");
    }
    // One server may write a field for each method.
    let apart = "Authentication-Results: mx.desk.example; spf=none\n\
                 Authentication-Results: mx.desk.example; dkim=pass header.d=shop.example";
    assert!(of(apart, "shop.example").authenticated);
}

#[test]
fn a_forged_hop_in_our_name_widened_what_is_believed() {
    let forged = "Received: from x by mx.desk.example; x\n\
                  Authentication-Results: mx.desk.example; dmarc=pass header.from=shop.example";
    for entry in [
        "from out.shop.example by mx.desk.example; x",
        "from mx.desk.example (evil.example [203.0.113.9]) by mx.desk.example; x",
        "from mx.desk.example (unknown [203.0.113.9]) by mx.desk.example; x",
        "from mx.desk.example ([203.0.113.9]) by mx.desk.example; x",
        "from mx.desk.example (HELO mx.desk.example) (203.0.113.9) by mx.desk.example; x",
        "from mx.desk.example (HELO mx.desk.example [203.0.113.9]) by mx.desk.example; x",
        "from mx.desk.example (mx.desk.example [203.0.113.9] (may be forged)) by mx.desk.example; x",
        "from mx.desk.example ([203.0.113.9] helo=mx.desk.example) by mx.desk.example; x",
        "from mx.desk.example (203.0.113.9) by mx.desk.example; x",
        "from mx.desk.example by mx.desk.example with ESMTP; x",
        "from [203.0.113.9] (helo=mx.desk.example) by mx.desk.example; x",
        "from mx.desk.example ([IPv6:2001:db8::9]) by mx.desk.example; x",
    ] {
        let found = of(&format!("Received: {entry}\n{forged}"), "shop.example");
        assert!(!found.authenticated, "{entry}: {found:?}");
    }
    let checked = "Received: from out.shop.example by mx.desk.example; x\n\
                   Authentication-Results: mx.desk.example; dmarc=pass header.from=shop.example";
    for inside in [
        "from mx.desk.example (mx.desk.example [203.0.113.9]) by store.desk.example with LMTP; x",
        "from localhost (localhost [127.0.0.1]) by mx.desk.example (Postfix); x",
        "from mx.desk.example by store.desk.example with LMTP; x",
        "from mx.desk.example (10.0.0.7) by store.desk.example; x",
        "from mx.desk.example ([fe80::7%12]) by store.desk.example with mapi; x",
        "from [127.0.0.1] (localhost [127.0.0.1]) by mx.desk.example with ESMTP; x",
        "from mx.desk.example (mx.desk.example [IPv6:2001:db8::9]) by store.desk.example with ESMTPS; x",
        "by store.desk.example (Postfix, from userid 1000); x",
    ] {
        let found = of(&format!("Received: {inside}\n{checked}"), "shop.example");
        assert!(found.authenticated, "{inside}: {found:?}");
    }
}

#[test]
fn another_version_was_interpreted() {
    let field = |version: &str| {
        format!("Authentication-Results: mx.desk.example{version}; dkim=pass header.d=shop.example")
    };
    for version in [" 2", " 11", " 0"] {
        assert!(
            !of(&field(version), "shop.example").authenticated,
            "{version}"
        );
    }
    for version in ["", " 1"] {
        assert!(
            of(&field(version), "shop.example").authenticated,
            "{version}"
        );
    }
}

#[test]
fn domains_of_other_scripts_did_not_align() {
    let field = "Authentication-Results: mx.desk.example; dkim=pass header.d=xn--mller-kva.example; dmarc=pass header.from=xn--mller-kva.example";
    let found = of(field, "müller.example");
    assert_eq!(
        (found.dkim, found.dmarc),
        (AuthenticationResult::Pass, AuthenticationResult::Pass)
    );
    let unicode = "Authentication-Results: mx.desk.example; dkim=pass header.d=müller.example";
    assert!(of(unicode, "xn--mller-kva.example").authenticated);
    for other in [
        "muller.example",
        "mueller.example",
        "müllér.example",
        "mülier.example",
    ] {
        assert!(!of(field, other).authenticated, "{other}");
    }
}

#[test]
fn broken_fields_say_nothing() {
    for value in [
        "",
        ";",
        "a b c; x=y",
        "a; dkim",
        "a; dkim=pass (never closed",
        "a; \"dkim",
        "a; dkim pass",
    ] {
        assert_eq!(parse(value), None, "{value}");
    }
    assert_eq!(parse("a; none").map(|parsed| parsed.results.len()), Some(0));
}

#[test]
fn organizational_domains() {
    assert_eq!(organizational_domain("a.b.example.com"), "example.com");
    assert_eq!(organizational_domain("mail.shop.co.uk"), "shop.co.uk");
    assert_eq!(organizational_domain("shop.com.pl"), "shop.com.pl");
    assert_eq!(organizational_domain("co.uk"), "co.uk");
    assert_eq!(organizational_domain("example.com"), "example.com");
}

proptest! {
    #[test]
    fn any_value_is_survived(value in "\\PC{0,200}") {
        let _ = parse(&value);
    }

    #[test]
    fn what_is_written_is_read(method in "(spf|dkim|dmarc|iprev)", result in "(pass|fail|none|softfail|temperror)",
                               comment in "[a-z;= ]{0,20}", domain in "[a-z]{1,10}\\.[a-z]{2,5}") {
        let value = format!("MX.example ({comment}) 1 ; {method} = {result} ({comment}) header.d={domain} ;");
        let parsed = parse(&value).expect("the grammar of RFC 8601");
        prop_assert_eq!(&parsed.authserv_id, "mx.example");
        prop_assert_eq!(&parsed.results[0].method, &method);
        prop_assert_eq!(&parsed.results[0].result, &result);
        prop_assert_eq!(parsed.results[0].property("header.d"), Some(domain.as_str()));
    }

    #[test]
    fn nothing_outside_the_trusted_block_counts(id in "[a-z.]{1,20}", from in "[a-z]{1,8}\\.[a-z]{2,3}") {
        prop_assume!(id != "mx.desk.example");
        let header = format!("Authentication-Results: {id}; dmarc=pass header.from={from}; spf=pass smtp.mailfrom={from}; dkim=pass header.d={from}");
        prop_assert!(!of(&header, &from).authenticated);
    }
}
