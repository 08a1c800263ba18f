//! x
#![allow(missing_docs, clippy::all)]
use precedent::extract::*; use precedent::profile::Profile; use precedent::mail::*;
#[test]
fn show() {
    let args = std::env::var("SHOW").unwrap_or_default();
    let p = std::env::var("PROFILE").unwrap_or("amazon-sp-api".into());
    let x = Extractor::new(Profile::builtin(&p).unwrap()).unwrap();
    for n in args.split(' ').filter(|n| !n.is_empty()) {
        let m = if n.ends_with(".txt") { parse_text(&std::fs::read_to_string(n).unwrap(), false) } else {
        let path = std::fs::read_dir("samples/inbox").unwrap().map(|e| e.unwrap().path()).find(|p| p.file_name().unwrap().to_str().unwrap().starts_with(n) && p.extension().unwrap()=="eml").unwrap();
        parse(&std::fs::read(path).unwrap(), &ParseOptions::default()).unwrap() };
        let e = x.extract(&m, &ExtractContext{received: m.date.unwrap_or_default(), fingerprint_key:&[7;32]});
        println!("== {n} {}", m.subject);
        if std::env::var("TEXT").is_ok() { for z in &m.zones { println!("[{:?}] {}", z.kind, &m.text[z.range.clone()]); } }
        for (f, v) in &e.fields { for v in v { println!("  {f} = {:?} {} {} {:?} {}..{}", v.value, v.evidence.rule, v.evidence.confidence, v.evidence.part, v.evidence.start, v.evidence.end); } }
        for t in &e.times { println!("  time {:?} {:?} {:?} {} {}", t.text, t.utc, t.local, t.zone_given, t.evidence.rule); }
        for r in &e.refused { println!("  refused {} {:?} {} {}", r.field, r.text, r.reason, r.evidence.rule); }
        println!("  {:?} {:?} {:?}", e.language, e.secrets.iter().map(|s| &s.kind).collect::<Vec<_>>(), e.answered);
    }
}
#[test]
fn speed() {
    if std::env::var("SPEED").is_err() { return; }
    let t = std::time::Instant::now();
    let x = Extractor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap();
    println!("new {:?}", t.elapsed());
    let mut ms = vec![];
    for e in std::fs::read_dir("samples/inbox").unwrap() { let p = e.unwrap().path(); if p.extension().is_some_and(|e| e=="eml") { if let Ok(m) = parse(&std::fs::read(&p).unwrap(), &ParseOptions::default()) { ms.push((p, m)); } } }
    let key = [7;32];
    for (_, m) in &ms { x.extract(m, &ExtractContext{received: m.date.unwrap_or_default(), fingerprint_key:&key}); }
    let mut all: Vec<(std::time::Duration, usize, String)> = vec![];
    let t0 = std::time::Instant::now();
    for _ in 0..20 { for (p, m) in &ms { let t = std::time::Instant::now(); std::hint::black_box(x.extract(m, &ExtractContext{received: m.date.unwrap_or_default(), fingerprint_key:&key})); all.push((t.elapsed(), m.text.len()+m.attachments.iter().filter_map(|a| a.text.as_ref()).map(|t| t.len()).sum::<usize>(), p.file_name().unwrap().to_string_lossy().into_owned())); } }
    println!("mean {:?}", t0.elapsed() / (20 * ms.len() as u32));
    all.sort();
    println!("median {:?} p99 {:?} max {:?}", all[all.len()/2], all[all.len()*99/100], all.last());
    let log: String = (0..100_000).map(|i| format!("2026-03-03T08:17:{:02}.301Z INFO [order-import-{}] GET /orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9&CreatedAfter=2026-03-01 200 requestId={:08x}-d726-4067-82d6-d16937d2ac52\n", i%60, i%7, i)).collect();
    let m = { let mut m = parse_text("log attached", false); m.attachments.push(Attachment{ name:"a.log".into(), media_type:"text/plain".into(), size: log.len(), role: AttachmentRole::Text, text: Some(log) }); m };
    for cut in [1, 2, 4, 8] { let mut m = m.clone(); let t = m.attachments[0].text.as_mut().unwrap(); let n = t.len() * cut / 8; t.truncate(n); let t = std::time::Instant::now(); let e = x.extract(&m, &ExtractContext{received: jiff::Timestamp::UNIX_EPOCH, fingerprint_key:&key}); println!("log {} bytes: {:?} {} fields", n, t.elapsed(), e.fields.len()); }
}
#[test]
fn log_only() {
    if std::env::var("LOGONLY").is_err() { return; }
    let x = Extractor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap();
    let key = [7;32];
    let log: String = (0..60_000).map(|i| format!("2026-03-03T08:17:{:02}.301Z INFO [order-import-{}] GET /orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9&CreatedAfter=2026-03-01 200 requestId={:08x}-d726-4067-82d6-d16937d2ac52\n", i%60, i%7, i)).collect();
    let m = { let mut m = parse_text("log attached", false); m.attachments.push(Attachment{ name:"a.log".into(), media_type:"text/plain".into(), size: log.len(), role: AttachmentRole::Text, text: Some(log) }); m };
    for _ in 0..3 { let t = std::time::Instant::now(); let e = x.extract(&m, &ExtractContext{received: jiff::Timestamp::UNIX_EPOCH, fingerprint_key:&key}); println!("log {} bytes: {:?} {} fields", m.attachments[0].size, t.elapsed(), e.fields.len()); }
}
#[test]
fn worst() {
    if std::env::var("WORST").is_err() { return; }
    let x = Extractor::new(Profile::builtin("amazon-sp-api").unwrap()).unwrap();
    let key = [7;32];
    for unit in [r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}],"sellerId":"A2VQ7K3M9XPL0T","requestId":"0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7","status":403},"#, "\"", "password: a1b2! ", "AKIA3Z5AKIW65CVJ4C7I ", "getOrders works but 403 ", "Date: 2026-03-02 10:11:12 GMT\n", "1:11:", "seller id ", "marketplace: DE, FR und ", "2 März 2026 um 14 Uhr ", "/orders/v0/orders/1 ", "https://a:b@c?x=", "[sellerId] => Array (\n", "<Message>", "a,b,c;d|e\tf\n", "seller id,request id\nA2VQ7K3M9XPL0T,1\n", "> ", "eyJaaaaaaaaaaaa.eyJ", "Bearer ", "(((((", "昨天下午2点报错403，", "request id: \n", "error: \"", "--- precedent form a ---\nX {#operation}: ", "-----BEGIN PRIVATE KEY-----"] {
        for size in [500_000usize, 2_000_000] {
        let text: String = unit.repeat(size / unit.len());
        let t = std::time::Instant::now();
        let mut m = parse_text("see log", false);
        m.attachments.push(Attachment{ name:"a.log".into(), media_type:"text/plain".into(), size: text.len(), role: AttachmentRole::Text, text: Some(text) });
        let _ = t;
        let t = std::time::Instant::now();
        let e = x.extract(&m, &ExtractContext{received: "2026-03-10T00:00:00Z".parse().unwrap(), fingerprint_key:&key});
        println!("{:?} {size}: {:?} {} {}", &unit.chars().take(30).collect::<String>(), t.elapsed(), e.times.len(), e.secrets.len());
        }
    }
}
