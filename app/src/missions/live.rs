//! The list as it changes, while the page is seen: the server is asked for what is newer, and answers as soon as there
//! is something, or after some seconds that there is nothing.

use crate::{
    clock::phone_ms,
    context::Context,
    json::Value,
    missions::{
        list::{List, held, is_due, is_linked},
        wire::ask,
    },
    net::later,
    reactive::{self, Shared},
    visible::Visible,
};

const URL: &str = "/v1/missions";
/// After a failure, and when the server has no room for one more who waits.
const PAUSE_MS: i32 = 5_000;
/// After news: what comes in a burst is taken together.
const BREATH_MS: i32 = 250;
/// An answer that came sooner was not waited for.
const WAITED_MS: i64 = 2_000;
/// Missions that are new are no change of the player's progress: the whole list is asked for now and then.
const WHOLE_EVERY_MS: i64 = 60_000;

/// Loads the list and keeps it current for as long as the calling page is shown.
pub(super) fn keep_live(list: List) {
    let Context { visible, .. } = Context::get();
    let runs = Shared::new(false);
    reactive::effect(move || {
        if visible.get() && !runs.now() {
            runs.set(true);
            reactive::spawn(follow(list, visible, runs));
        }
    });
    // Days and weeks that roll over, and what can't be claimed any more.
    reactive::effect(move || {
        if is_due(list.now.get()) {
            renew(list);
        }
    });
    reactive::effect(move || {
        reactive::spawn(async move {
            let me = ask("/v1/tg/me".to_owned(), false).await;
            list.note_link(me.as_ref().map_or(true, is_linked));
        });
    });
}

/// Asks for the whole list.
pub(super) fn renew(list: List) {
    reactive::spawn(async move {
        look(list, true).await;
    });
}

async fn follow(list: List, visible: Visible, runs: Shared<bool>) {
    let mut whole_ms = 0;
    while list.is_shown() && visible.once() {
        let asked_ms = phone_ms();
        let is_whole = asked_ms - whole_ms >= WHOLE_EVERY_MS;
        let pause_ms = look(list, is_whole).await;
        if is_whole && pause_ms == BREATH_MS {
            whole_ms = asked_ms;
        }
        if pause_ms > 0 {
            // It never fails.
            let _ = later::settled(later::sleep(pause_ms)).await;
        }
    }
    runs.set(false);
}

/// Asks once, and says how long to wait before the next time.
async fn look(list: List, is_whole: bool) -> i32 {
    let asked_ms = phone_ms();
    let (version, epoch) = held();
    let url = if is_whole { URL.to_owned() } else { format!("{URL}?since={version}") };
    match ask(url, false).await {
        Ok(Value::Null) if phone_ms() - asked_ms >= WAITED_MS => 0,
        Ok(Value::Null) => PAUSE_MS,
        // What knows nothing of a claim is asked for again.
        Ok(news) => {
            if list.take(&news, epoch) {
                BREATH_MS
            } else {
                BREATH_MS + 1
            }
        }
        Err(code) => {
            list.fail(code);
            PAUSE_MS
        }
    }
}
