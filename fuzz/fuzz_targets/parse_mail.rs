//! Any bytes as a mail: no reader panics, and the zones cover the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use precedent::mail::{self, NotMail, ParseOptions};

fuzz_target!(|raw: &[u8]| {
    let options = ParseOptions {
        trusted_authserv_ids: vec!["mx.desk.example".to_owned()],
        own_addresses: vec!["desk@desk.example".to_owned()],
    };
    match mail::parse(raw, &options) {
        Ok(message) => {
            let mut end = 0;
            for zone in &message.zones {
                assert_eq!(zone.range.start, end);
                assert!(message.text.is_char_boundary(zone.range.end));
                end = zone.range.end;
            }
            assert_eq!(end, message.text.len());
            let _ = message.new_text();
        }
        Err(reason) => assert_ne!(reason, NotMail::Panicked),
    }
});
