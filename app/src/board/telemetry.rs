//! How long the leaderboard takes, as players feel it: a few numbers a minute, without any id.

use std::cell::RefCell;

use crate::{
    clock::phone_ms,
    net::{self, Call},
    reactive,
};

/// At most this many samples are kept until they are sent.
const SAMPLES_MAX: usize = 16;
/// At most one beacon in this time.
const PAUSE_MS: i32 = 60_000;

#[derive(Debug, Default)]
struct Beacon {
    samples: Vec<u32>,
    opened: bool,
    waits: Option<net::later::Later>,
}

thread_local! {
    static BEACON: RefCell<Beacon> = RefCell::default();
}

/// Notes that the app was opened.
pub(crate) fn page_opened() {
    BEACON.with_borrow_mut(|beacon| beacon.opened = true);
    schedule(5000);
}

/// Notes how long a board took that was asked for at `since_ms`.
pub(crate) fn board_took(since_ms: i64) {
    let Ok(took) = u32::try_from(phone_ms() - since_ms) else { return };
    BEACON.with_borrow_mut(|beacon| {
        if beacon.samples.len() < SAMPLES_MAX {
            beacon.samples.push(took);
        }
    });
    schedule(PAUSE_MS);
}

fn schedule(delay_ms: i32) {
    BEACON.with_borrow_mut(|beacon| {
        if beacon.waits.is_none() {
            beacon.waits = Some(net::later::after(delay_ms, flush));
        }
    });
}

fn flush() {
    let (samples, opened) = BEACON.with_borrow_mut(|beacon| {
        // The timer that runs this is let go of outside the borrow, by the task below.
        (std::mem::take(&mut beacon.samples), std::mem::take(&mut beacon.opened))
    });
    reactive::spawn(async move {
        let finished = BEACON.with_borrow_mut(|beacon| beacon.waits.take());
        drop(finished);
        if samples.is_empty() && !opened {
            return;
        }
        let samples = samples.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let body = format!(r#"{{"rtt_ms":[{samples}],"opened":{opened}}}"#);
        let call = Call { url: "/v1/telemetry".into(), body: Some(body), keepalive: true, ..Call::default() };
        // A beacon that is lost is lost.
        let _ = net::send(call).await;
    });
}
