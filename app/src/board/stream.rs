//! Server-Sent Events, read by `fetch`: unlike the browser's own reader it carries the bearer token, without which nobody
//! is told of a private board.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Response, TextDecoder};

use crate::net::{self, Call, later};

/// Longer than the server is ever silent.
const SILENCE_MS: i32 = 40_000;

/// What is told of a stream: an event's name, its id and its data. First of all that it is `open`.
pub(super) type Tell<'a> = &'a mut dyn FnMut(&str, &str, &str);

/// Follows a stream to its end, or until `controller` ends it. Returns the status of the answer, 0 without one.
pub(super) async fn follow(call: Call, controller: AbortController, tell: Tell<'_>) -> u16 {
    let mut status = 0;
    // Whatever has ended it, it is over.
    let _ = read(&call, &controller, &mut status, tell).await;
    status
}

async fn read(call: &Call, controller: &AbortController, status: &mut u16, tell: Tell<'_>) -> Option<()> {
    let response = guarded(net::begin(call, controller)?, controller, net::TIMEOUT_MS).await?;
    *status = response.unchecked_ref::<Response>().status();
    if *status != 200 {
        return None;
    }
    tell("open", "", "");
    let reader = net::call(&net::field(&response, "body")?, "getReader", &[])?;
    let decoder = TextDecoder::new().ok()?;
    let options = net::object(&[("stream", JsValue::TRUE)]);
    let mut lines = Lines::default();
    loop {
        let chunk = net::call(&reader, "read", &[])?.unchecked_into();
        let chunk = guarded(chunk, controller, SILENCE_MS).await?;
        // There is no value behind the end.
        let text = net::call(&decoder, "decode", &[net::field(&chunk, "value")?, options.clone()])?;
        lines.take(&text.as_string()?, tell);
    }
}

/// Awaits a part of the answer. All of it is given up when that does not come.
async fn guarded(part: Promise, controller: &AbortController, timeout_ms: i32) -> Option<JsValue> {
    let controller = controller.clone();
    let watchdog = later::after(timeout_ms, move || controller.abort());
    let part = later::settled(part).await.ok();
    drop(watchdog);
    part
}

/// Lines that come in pieces, and the event that they make.
#[derive(Debug, Default)]
struct Lines {
    rest: String,
    name: String,
    id: String,
    data: String,
}

impl Lines {
    /// Takes the next piece and tells of the events that it completes. The server writes one line of data for each.
    fn take(&mut self, piece: &str, tell: Tell<'_>) {
        for line in piece.split_inclusive('\n') {
            self.rest.push_str(line);
            if !line.ends_with('\n') {
                return;
            }
            let line = std::mem::take(&mut self.rest);
            let Some((field, value)) = line.split_once(':') else {
                // An empty one ends the event.
                if !self.data.is_empty() {
                    tell(&self.name, &self.id, &self.data);
                    self.data.clear();
                }
                continue;
            };
            let place = match field {
                "event" => &mut self.name,
                "id" => &mut self.id,
                "data" => &mut self.data,
                _ => continue,
            };
            value.trim_ascii().clone_into(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a text that comes in pieces of `size` bytes.
    fn told(text: &str, size: usize) -> Vec<String> {
        let mut told = Vec::new();
        let mut lines = Lines::default();
        for piece in text.as_bytes().chunks(size) {
            lines.take(std::str::from_utf8(piece).unwrap(), &mut |name, id, data| {
                told.push(format!("{name} {id} {data}"));
            });
        }
        told
    }

    #[test]
    fn events_are_told_whole_however_they_come() {
        let text = "retry: 2000\n\nid: cup.1:7\nevent: snapshot\ndata: {\"a\": 1}\n\n: still here\n\n\
                    event: viewers\ndata: {}\n\nid: cup.1:8\nevent: delta\ndata: {";
        let expected = ["snapshot cup.1:7 {\"a\": 1}", "viewers cup.1:7 {}"];
        for size in [1, 2, 7, text.len()] {
            assert_eq!(told(text, size), expected, "in pieces of {size}");
        }
    }
}
