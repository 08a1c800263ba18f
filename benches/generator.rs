//! Realistic mail with a fixed seed, for benches: median about 6 KB, mostly text and HTML, 8 % with
//! attachments, a third with a quoted reply, five languages, the shapes of several mail clients.

use std::fmt::Write;

/// splitmix64: small, seedable, good enough to choose words.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, values: &[&'a T]) -> &'a T {
        values[self.below(values.len())]
    }

    fn hexadecimal(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(b"0123456789abcdef"[self.below(16)]))
            .collect()
    }

    fn upper(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[self.below(36)]))
            .collect()
    }

    fn digits(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(b"0123456789"[self.below(10)]))
            .collect()
    }

    pub fn uuid(&mut self) -> String {
        format!(
            "{}-{}-4{}-a{}-{}",
            self.hexadecimal(8),
            self.hexadecimal(4),
            self.hexadecimal(3),
            self.hexadecimal(3),
            self.hexadecimal(12)
        )
    }
}

const LANGUAGES: [&str; 10] = ["en", "en", "en", "en", "de", "de", "fr", "pl", "zh", "zh"];

const OPERATIONS: [(&str, &str, &str); 8] = [
    ("getOrders", "GET", "/orders/v0/orders"),
    (
        "getOrderItems",
        "GET",
        "/orders/v0/orders/302-1845936-5435065/orderItems",
    ),
    ("createReport", "POST", "/reports/2021-06-30/reports"),
    (
        "getReportDocument",
        "GET",
        "/reports/2021-06-30/documents/amzn1.spdoc.1.4.eu.x",
    ),
    (
        "getInventorySummaries",
        "GET",
        "/fba/inventory/v1/summaries",
    ),
    (
        "putListingsItem",
        "PUT",
        "/listings/2021-08-01/items/A3K7QX9M2LP0RT/SKU-1",
    ),
    ("createFeed", "POST", "/feeds/2021-06-30/feeds"),
    ("getPricing", "GET", "/products/pricing/v0/price"),
];

const ERRORS: [(&str, &str, &str); 5] = [
    (
        "403",
        "Unauthorized",
        "Access to requested resource is denied.",
    ),
    (
        "429",
        "QuotaExceeded",
        "You exceeded your quota for the requested resource.",
    ),
    (
        "400",
        "InvalidInput",
        "One or more required parameters missing",
    ),
    (
        "500",
        "InternalFailure",
        "We encountered an internal error. Please try again.",
    ),
    ("404", "NotFound", "Requested resource not found"),
];

/// Sentences of the trade, by language; the generator fills gaps with made-up words.
fn sentences(language: &str) -> &'static [&'static str] {
    match language {
        "de" => &[
            "wir erhalten seit gestern Abend beim Aufruf einen Fehler und kommen nicht weiter.",
            "Die Anwendung lief vorher monatelang ohne Probleme, an unserem Code wurde nichts geändert.",
            "Wir haben den Zugriffstoken erneuert und die Berechtigungen der Rolle geprüft, leider ohne Erfolg.",
            "Der Fehler tritt nur bei einem Händlerkonto auf, alle anderen funktionieren.",
            "Könnten Sie bitte prüfen, woran das liegt?",
            "Wir möchten die Bestellungen der letzten zwei Stunden abrufen.",
        ],
        "fr" => &[
            "depuis hier soir, l'appel renvoie une erreur et nous sommes bloqués.",
            "L'application fonctionnait sans problème auparavant, notre code n'a pas changé.",
            "Nous avons renouvelé le jeton d'accès et vérifié les rôles, sans succès.",
            "L'erreur ne concerne qu'un seul compte vendeur, les autres fonctionnent.",
            "Pourriez-vous vérifier d'où cela vient ?",
            "Nous voulons récupérer les commandes des deux dernières heures.",
        ],
        "pl" => &[
            "od wczoraj wieczorem wywołanie zwraca błąd i nie możemy pracować dalej.",
            "Aplikacja działała wcześniej bez problemów, kod nie był zmieniany.",
            "Odnowiliśmy token dostępu i sprawdziliśmy uprawnienia roli, niestety bez skutku.",
            "Błąd dotyczy tylko jednego konta sprzedawcy, pozostałe działają.",
            "Czy mogą Państwo sprawdzić, co jest przyczyną?",
            "Chcemy pobrać zamówienia z ostatnich dwóch godzin.",
        ],
        "zh" => &[
            "从昨天晚上开始调用接口一直报错，无法继续。",
            "之前应用运行几个月都没有问题，我们的代码没有改动。",
            "我们已经刷新了访问令牌，也检查了角色权限，但问题依旧。",
            "只有一个卖家账号出现此错误，其他账号正常。",
            "请帮忙看一下是什么原因？",
            "我们希望获取最近两小时的订单。",
        ],
        _ => &[
            "since yesterday evening the call returns an error and we cannot continue.",
            "The application has been running for months and nothing in our code has changed.",
            "We refreshed the access token and checked the roles of the application, without success.",
            "The error happens for one seller account only, all others work.",
            "Could you please check what causes this?",
            "We want to fetch the orders of the last two hours.",
        ],
    }
}

/// A made-up word; low numbers are frequent, as in real text.
fn word(random: &mut Random) -> String {
    const SYLLABLES: [&str; 24] = [
        "ka", "ro", "lin", "ter", "vor", "mi", "stan", "bel", "qua", "des", "or", "fin", "gal",
        "hu", "in", "jor", "kel", "lum", "ne", "pra", "sol", "tam", "ur", "wex",
    ];
    let rank = random.below(100);
    let mut seed = Random::new(match rank {
        0..50 => random.below(300) as u64,
        50..85 => 1_000 + random.below(4_000) as u64,
        _ => 100_000 + random.below(60_000) as u64,
    });
    let length = 2 + seed.below(3);
    (0..length)
        .map(|_| SYLLABLES[seed.below(SYLLABLES.len())])
        .collect()
}

fn filler(random: &mut Random, words: usize) -> String {
    let mut text = String::new();
    for index in 0..words {
        text.push_str(&word(random));
        text.push_str(if index % 11 == 10 { ". " } else { " " });
    }
    text
}

fn error_body(random: &mut Random) -> String {
    let (status, code, message) = ERRORS[random.below(ERRORS.len())];
    let (operation, method, path) = OPERATIONS[random.below(OPERATIONS.len())];
    let request_id = random.uuid();
    match random.below(4) {
        0 => format!(
            "{method} https://sellingpartnerapi-eu.amazon.com{path}?MarketplaceIds=A1PA6795UKMFR9\nHTTP/1.1 {status}\nx-amzn-RequestId: {request_id}\n{{\n  \"errors\": [\n    {{\n      \"code\": \"{code}\",\n      \"message\": \"{message}\",\n      \"details\": \"\"\n    }}\n  ]\n}}\n"
        ),
        1 => format!(
            "< HTTP/2 {status}\n< date: Tue, 03 Mar 2026 14:0{}:11 GMT\n< x-amzn-requestid: {request_id}\n< x-amzn-errortype: AccessDeniedException\n{{\"errors\":[{{\"code\":\"{code}\",\"message\":\"{message}\",\"details\":\"\"}}]}}\n",
            random.below(10)
        ),
        2 => format!(
            "Operation: {operation}\nRequest ID: {request_id}\nStatus {status} ({code}): {message}\n2026-03-0{} 14:{:02} UTC\n",
            1 + random.below(9),
            random.below(60)
        ),
        _ => format!("{operation} -> {status} {code}\n"),
    }
}

/// The new text of one mail.
pub fn text(random: &mut Random, language: &str) -> String {
    let mut text = String::new();
    let greeting = match language {
        "de" => "Guten Tag,",
        "fr" => "Bonjour,",
        "pl" => "Dzień dobry,",
        "zh" => "您好，",
        _ => "Hello,",
    };
    let _ = writeln!(text, "{greeting}\n");
    let known = sentences(language);
    for _ in 0..3 + random.below(4) {
        let _ = write!(text, "{} ", random.pick(known));
    }
    text.push_str("\n\n");
    if language != "zh" {
        let words = 30 + random.below(170);
        text.push_str(&filler(random, words));
        text.push_str("\n\n");
    }
    if random.chance(70) {
        text.push_str(&error_body(random));
        text.push('\n');
    }
    if random.chance(40) {
        let _ = writeln!(text, "Seller ID: A{}", random.upper(13));
    }
    if random.chance(30) {
        let _ = writeln!(text, "Application ID: amzn1.sp.solution.{}", random.uuid());
    }
    text
}

fn quoted_printable(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 5 / 4);
    for line in text.split('\n') {
        let mut width = 0;
        for byte in line.bytes() {
            let literal = matches!(byte, b' '..=b'~') && byte != b'=';
            if width > 70 {
                encoded.push_str("=\r\n");
                width = 0;
            }
            if literal {
                encoded.push(char::from(byte));
                width += 1;
            } else {
                let _ = write!(encoded, "={byte:02X}");
                width += 3;
            }
        }
        encoded.push_str("\r\n");
    }
    encoded
}

fn base64_noise(random: &mut Random, bytes: usize) -> String {
    let mut encoded = String::with_capacity(bytes * 4 / 3 + bytes / 40);
    for index in 0..bytes * 4 / 3 / 4 * 4 {
        if index > 0 && index % 76 == 0 {
            encoded.push_str("\r\n");
        }
        encoded.push(char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random.below(64)],
        ));
    }
    encoded
}

fn html(text: &str, outlook: bool) -> String {
    let mut html = String::from("<html><head><meta charset=\"utf-8\">");
    if outlook {
        html.push_str("<style><!-- p.MsoNormal, li.MsoNormal, div.MsoNormal {margin:0cm; font-size:11.0pt; font-family:\"Calibri\",sans-serif;} a:link {color:#0563C1; text-decoration:underline;} @page WordSection1 {size:612.0pt 792.0pt; margin:70.85pt 70.85pt 2.0cm 70.85pt;} --></style>");
    }
    html.push_str("</head><body>");
    for line in text.split('\n') {
        let escaped = line
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        if outlook {
            let _ = writeln!(
                html,
                "<p class=\"MsoNormal\"><span lang=\"EN-US\">{escaped}<o:p></o:p></span></p>"
            );
        } else {
            let _ = writeln!(html, "<div dir=\"ltr\">{escaped}<br></div>");
        }
    }
    html.push_str("</body></html>");
    html
}

/// Mail number `number` of the corpus with this seed: the same arguments give the same bytes.
pub fn mail(seed: u64, number: u64) -> Vec<u8> {
    let mut random = Random::new(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let language = LANGUAGES[random.below(LANGUAGES.len())];
    let new_text = text(&mut random, language);
    let company = random.below(4_000);
    let person = random.below(3);
    let sender = format!("dev{person}@company{company}.example");
    let day = 1 + number / 400 % 28;
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let date = format!("{day:02} Mar 2026 {hour:02}:{minute:02}:{second:02} +0100");
    let mut body = new_text;
    let quoted = random.chance(33);
    if quoted {
        let earlier = text(&mut random, language);
        body.push_str("\n-- \nMaria Beispiel\nSoftware Engineer\nTel. +49 30 1234567\n\nOn Mon, 2 Mar 2026 at 09:15, Support <sp-api-support@desk.example> wrote:\n");
        for line in earlier.lines() {
            let _ = writeln!(body, "> {line}");
        }
    } else {
        body.push_str("\nKind regards\nMaria Beispiel\n");
    }
    let outlook = random.chance(40);
    let html = html(&body, outlook);
    let mut mail = String::with_capacity(8_192);
    let _ = write!(
        mail,
        "Return-Path: <{sender}>\r\nAuthentication-Results: mx.desk.example; spf=pass smtp.mailfrom={sender};\r\n dkim=pass header.d=company{company}.example; dmarc=pass header.from=company{company}.example\r\nReceived: from mail.company{company}.example (mail.company{company}.example [192.0.2.{}])\r\n by mx.desk.example with ESMTPS id {}\r\n for <sp-api-support@desk.example>; Mon, {date}\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=company{company}.example;\r\n s=selector1; h=From:To:Subject:Date:Message-ID; bh={};\r\n b={}\r\n",
        random.below(255),
        random.hexadecimal(12),
        base64_noise(&mut random, 33),
        base64_noise(&mut random, 192).replace("\r\n", "\r\n "),
    );
    let (operation, _, _) = OPERATIONS[random.below(OPERATIONS.len())];
    let _ = write!(
        mail,
        "From: Developer {person} <{sender}>\r\nTo: SP-API Support <sp-api-support@desk.example>\r\nSubject: {operation} {}\r\nDate: Mon, {date}\r\nMessage-ID: <{}@company{company}.example>\r\nMIME-Version: 1.0\r\nX-Mailer: {}\r\n",
        word(&mut random),
        random.uuid(),
        if outlook {
            "Microsoft Outlook 16.0"
        } else {
            "Apple Mail (2.3774)"
        },
    );
    let attachment = random.chance(8);
    let boundary = format!("=_{}", random.hexadecimal(24));
    let outer = format!("=_{}", random.hexadecimal(24));
    if attachment {
        let _ = write!(
            mail,
            "Content-Type: multipart/mixed; boundary=\"{outer}\"\r\n\r\n--{outer}\r\n"
        );
    }
    if random.chance(80) {
        let _ = write!(
            mail,
            "Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--{boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--{boundary}--\r\n",
            quoted_printable(&body),
            quoted_printable(&html),
        );
    } else {
        let _ = write!(
            mail,
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
            quoted_printable(&body),
        );
    }
    if attachment {
        match random.below(3) {
            0 => {
                let mut log = String::new();
                for _ in 0..40 + random.below(200) {
                    let _ = write!(
                        log,
                        "2026-03-03T14:{:02}:{:02}.{:03}Z INFO worker-{} request {} took {} ms\r\n",
                        random.below(60),
                        random.below(60),
                        random.below(1000),
                        random.below(8),
                        random.uuid(),
                        random.digits(3)
                    );
                }
                let _ = write!(
                    mail,
                    "--{outer}\r\nContent-Type: text/plain; name=\"app.log\"\r\nContent-Disposition: attachment; filename=\"app.log\"\r\n\r\n{log}"
                );
            }
            kind => {
                let (name, media_type) = if kind == 1 {
                    ("screenshot.png", "image/png")
                } else {
                    ("guide.pdf", "application/pdf")
                };
                let size = 8_000 + random.below(40_000);
                let _ = write!(
                    mail,
                    "--{outer}\r\nContent-Type: {media_type}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n",
                    base64_noise(&mut random, size)
                );
            }
        }
        let _ = write!(mail, "--{outer}--\r\n");
    }
    mail.into_bytes()
}
