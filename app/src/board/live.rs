//! The live stream of a board: Server-Sent Events while the page is seen, polling where they do not get through.
//!
//! Invariant: at most one stream is open, and one that was let go of is not heard any more.

use std::{cell::RefCell, rc::Rc};

use domain::board::{BoardPage, LIVE_ROWS, LiveDelta, LiveSnapshot};
use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use web_sys::AbortController;

use crate::{
    board::{BoardStore, own::move_on, stream, tail::keep_tail, telemetry::board_took},
    clock::phone_ms,
    json::{self, FromJson},
    net::{
        self, Call,
        later::{self, Later},
    },
    reactive,
    session::{send_signed, signed},
    visible::Visible,
};

/// After so many failures in a row the page polls.
const FAILURES_MAX: u32 = 3;
const POLL_MS: i32 = 5000;
/// How many polls are made before the stream is tried again.
const POLLS_MAX: u32 = 12;

/// Keeps `store` current for as long as the calling page is shown.
pub(crate) fn keep_live(store: BoardStore, visible: Visible) {
    let feed = Rc::new(Feed { store, state: RefCell::default() });
    let held = SendWrapper::new(Rc::clone(&feed));
    on_cleanup(move || held.end());
    reactive::effect(move || {
        // Another board has another stream.
        store.board();
        feed.pause();
        if visible.get() {
            feed.resume();
        }
    });
    keep_tail(store, visible);
}

#[derive(Debug)]
struct Feed {
    store: BoardStore,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    stream: Option<Stream>,
    /// How many streams were opened.
    opened: u32,
    /// What was last heard of the board that is shown, if nothing else has changed it since.
    last_event_id: Option<String>,
    waits: Option<Later>,
    failures: u32,
    polls: u32,
    etag: Option<String>,
    /// When the stream was asked for whose first window has not come.
    asked_ms: Option<i64>,
    ended: bool,
}

/// A stream that is open, or is to be; dropping it closes it.
#[derive(Debug)]
struct Stream(AbortController);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Feed {
    fn resume(self: &Rc<Self>) {
        let is_idle = {
            let state = self.state.borrow();
            !state.ended && state.stream.is_none() && state.waits.is_none()
        };
        if is_idle {
            self.open();
        }
    }

    fn pause(&self) {
        let mut state = self.state.borrow_mut();
        state.stream = None;
        state.last_event_id = None;
        state.waits = None;
        state.failures = 0;
    }

    fn end(&self) {
        self.pause();
        self.state.borrow_mut().ended = true;
    }

    fn open(self: &Rc<Self>) {
        let Ok(controller) = AbortController::new() else {
            self.poll_later(0);
            return;
        };
        let (opened, last_event_id) = {
            let mut state = self.state.borrow_mut();
            state.stream = Some(Stream(controller.clone()));
            state.asked_ms = Some(phone_ms());
            state.opened += 1;
            (state.opened, state.last_event_id.clone())
        };
        let feed = Rc::clone(self);
        reactive::spawn(async move {
            let url = format!("/v1/live?boards={}", feed.store.board_now());
            let call = signed(Call { url, last_event_id, ..Call::default() });
            let mut hear = |name: &str, id: &str, data: &str| {
                if feed.is_on(opened) {
                    feed.hear(name, id, data);
                }
            };
            let status = stream::follow(call, controller, &mut hear).await;
            if feed.is_on(opened) {
                feed.failed(status);
            }
        });
    }

    /// Whether the stream that was opened as this one is still listened to.
    fn is_on(&self, opened: u32) -> bool {
        let state = self.state.borrow();
        state.opened == opened && state.stream.is_some()
    }

    /// Takes what the stream says.
    fn hear(self: &Rc<Self>, name: &str, id: &str, data: &str) {
        // Whoever comes back is not always told something, but has come back.
        self.state.borrow_mut().failures = 0;
        net::status::note(true);
        let Some(data) = json::parse(data) else { return };
        if let Some(viewers) = data.field("viewers").and_then(u64::from_json) {
            self.store.set_viewers(viewers);
        }
        match name {
            "snapshot" => {
                let Some(snapshot) = LiveSnapshot::from_json(&data) else { return };
                let asked_ms = self.state.borrow_mut().asked_ms.take();
                if let Some(since_ms) = asked_ms {
                    board_took(since_ms);
                }
                self.store.take_window(snapshot);
                self.state.borrow_mut().last_event_id = Some(id.to_owned());
            }
            "delta" => {
                let follows = LiveDelta::from_json(&data).is_some_and(|delta| self.store.take_delta(delta));
                self.state.borrow_mut().last_event_id = follows.then(|| id.to_owned());
                if !follows {
                    // Something was missed: a new stream begins with the whole window.
                    self.reopen_later(0);
                }
            }
            // Said again until the stream is closed, so that an answer that is lost is asked for anew.
            "over" => {
                let store = self.store;
                reactive::spawn(async move {
                    move_on(store).await;
                });
            }
            _ => {}
        }
    }

    fn failed(self: &Rc<Self>, status: u16) {
        let failures = {
            let mut state = self.state.borrow_mut();
            state.failures += 1;
            if status == 401 {
                // A poll renews the token, and then the stream is tried again.
                state.polls = POLLS_MAX - 1;
            }
            state.failures
        };
        if status == 401 {
            self.poll_later(if failures > 1 { POLL_MS } else { 0 });
        } else if failures >= FAILURES_MAX {
            self.poll_later(0);
        } else {
            self.reopen_later(1000 << failures);
        }
    }

    /// Closes the stream and opens it again. Never within the stream's own listener, which would drop itself.
    fn reopen_later(self: &Rc<Self>, delay_ms: i32) {
        let feed = Rc::clone(self);
        self.wait(delay_ms, move || {
            feed.state.borrow_mut().stream = None;
            feed.open();
        });
    }

    fn poll_later(self: &Rc<Self>, delay_ms: i32) {
        let feed = Rc::clone(self);
        self.wait(delay_ms, move || {
            feed.state.borrow_mut().stream = None;
            reactive::spawn(async move { feed.poll().await });
        });
    }

    fn wait(&self, delay_ms: i32, action: impl FnOnce() + 'static) {
        let action = move || {
            // In a task of its own, so that the timer can be replaced while it runs.
            reactive::spawn(async move { action() });
        };
        let waits = later::after(delay_ms, action);
        let mut state = self.state.borrow_mut();
        if !state.ended {
            state.waits = Some(waits);
        }
    }

    async fn poll(self: &Rc<Self>) {
        let Some(id) = self.store.id() else { return };
        let since_ms = phone_ms();
        let if_none_match = {
            let mut state = self.state.borrow_mut();
            state.last_event_id = None;
            state.etag.clone()
        };
        let url = format!("/v1/tournaments/{id}/board?limit={LIVE_ROWS}");
        // Nobody says how many watch.
        self.store.set_viewers(0);
        let answer = send_signed(Call { url, if_none_match, ..Call::default() }).await;
        if self.state.borrow().ended || self.state.borrow().waits.is_none() {
            return;
        }
        if let Ok(answer) = answer {
            board_took(since_ms);
            if let Ok(page) = answer.read::<BoardPage>() {
                self.state.borrow_mut().etag = answer.etag;
                self.store.take_page(page);
            }
        }
        let polls = {
            let mut state = self.state.borrow_mut();
            state.polls += 1;
            state.polls
        };
        if polls.is_multiple_of(POLLS_MAX) {
            self.reopen_later(0);
        } else {
            self.poll_later(POLL_MS);
        }
    }
}
