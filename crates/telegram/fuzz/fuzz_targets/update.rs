//! No update makes the readers panic, and what one of them takes for an update is JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use telegram::update::{Envelope, Incoming, command};

fuzz_target!(|bytes: &[u8]| {
    let envelope = Envelope::parse(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert!(envelope.is_err());
        return;
    };
    let _ = Incoming::parse(text);
    let _ = command(text, "PodiumBot");
});
