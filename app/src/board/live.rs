//! The live stream of a board: Server-Sent Events while the page is seen, polling where they do not get through.

use std::{cell::RefCell, rc::Rc};

use domain::board::{BoardPage, LIVE_ROWS, LiveDelta, LiveSnapshot};
use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::EventSource;

use crate::{
    board::{BoardStore, own::move_on, tail::keep_tail, telemetry::board_took},
    clock::phone_ms,
    json::{self, FromJson},
    net::{
        self, Call,
        later::{self, Later},
    },
    reactive,
    session::send_signed,
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
    waits: Option<Later>,
    failures: u32,
    polls: u32,
    etag: Option<String>,
    ended: bool,
}

/// An open stream; dropping it closes it.
#[derive(Debug)]
struct Stream {
    source: EventSource,
    _listeners: Vec<Closure<dyn FnMut(JsValue)>>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
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
        state.waits = None;
        state.failures = 0;
    }

    fn end(&self) {
        self.pause();
        self.state.borrow_mut().ended = true;
    }

    fn open(self: &Rc<Self>) {
        let store = self.store;
        let since_ms = phone_ms();
        let Ok(source) = EventSource::new(&format!("/v1/live?boards={}", store.board_now())) else {
            self.poll_later(0);
            return;
        };
        let feed = Rc::clone(self);
        let mut is_first = true;
        let on_snapshot = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let Some(snapshot) = read::<LiveSnapshot>(&event) else { return };
            if std::mem::take(&mut is_first) {
                board_took(since_ms);
            }
            feed.state.borrow_mut().failures = 0;
            feed.store.take_window(snapshot);
            net::status::note(true);
        });
        let feed = Rc::clone(self);
        let on_delta = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let follows = read::<LiveDelta>(&event).is_some_and(|delta| feed.store.take_delta(delta));
            if !follows {
                // Something was missed: a new stream begins with the whole window.
                feed.reopen_later(0);
            }
        });
        let feed = Rc::clone(self);
        let on_error = Closure::<dyn FnMut(JsValue)>::new(move |_| feed.failed());
        // Said again until the stream is closed, so that an answer that is lost is asked for anew.
        let on_over = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            reactive::spawn(async move {
                move_on(store).await;
            });
        });
        for (name, listener) in [("snapshot", &on_snapshot), ("delta", &on_delta), ("over", &on_over)] {
            // Without listeners the stream stays silent and polling is not reached; browsers do not refuse them.
            let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let stream = Stream { source, _listeners: vec![on_snapshot, on_delta, on_over], _on_error: on_error };
        self.state.borrow_mut().stream = Some(stream);
    }

    fn failed(self: &Rc<Self>) {
        let (failures, is_closed) = {
            let mut state = self.state.borrow_mut();
            state.failures += 1;
            let ready = state.stream.as_ref().map(|stream| stream.source.ready_state());
            (state.failures, ready == Some(EventSource::CLOSED))
        };
        if failures >= FAILURES_MAX {
            self.poll_later(0);
        } else if is_closed {
            // The browser has given up (an HTTP error); otherwise it comes back by itself, with `Last-Event-ID`.
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
        let if_none_match = self.state.borrow().etag.clone();
        let url = format!("/v1/tournaments/{id}/board?limit={LIVE_ROWS}");
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
            self.state.borrow_mut().failures = 0;
            self.reopen_later(POLL_MS);
        } else {
            self.poll_later(POLL_MS);
        }
    }
}

fn read<T: FromJson>(event: &JsValue) -> Option<T> {
    json::read(&net::field(event, "data")?.as_string()?)
}
