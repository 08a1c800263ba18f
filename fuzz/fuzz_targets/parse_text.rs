//! Any text as a bare body, plain and as HTML: the zones cover it, and new text is never longer than the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use precedent::mail;

fuzz_target!(|body: &str| {
    for is_html in [false, true] {
        let message = mail::parse_text(body, is_html);
        let covered: usize = message.zones.iter().map(|zone| zone.range.len()).sum();
        assert_eq!(covered, message.text.len());
        assert!(message.new_text().len() <= message.text.len() + message.zones.len());
        assert!(message.defects.iter().all(|defect| defect.code != "converter_failed"));
    }
});
