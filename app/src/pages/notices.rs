//! What is the matter with sign-in or the network, above the content. The board below stays: it is public.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::app;

use crate::{
    context::Context,
    node::nodes,
    part::{Part, block, nothing},
    reactive,
    router::Route,
    session::SignIn,
    telegram::{self, Host},
    ui::{Shape, Tone, Way, card, icon},
};

/// The notices that hold now.
pub(crate) fn notices() -> Part {
    let Context { session, network, .. } = Context::get();
    let cut_off = block(move || if network.is_offline() { offline() } else { nothing() });
    let sign_in = block(move || sign_in_notice(&session.state()));
    nodes! { {cut_off} {sign_in} }
}

/// The page is cut off.
pub(crate) fn offline() -> Part {
    let text = Context::get().texts.get(app::OFFLINE);
    nodes! {
        <p class="banner" data-testid="offline" role="status">{icon(Shape::Cloud)}<span>{text}</span></p>
    }
}

/// The notice for a state of sign-in.
pub(crate) fn sign_in_notice(state: &SignIn) -> Part {
    let texts = Context::get().texts;
    let (tone, shape, test_id) = match state {
        SignIn::Pending | SignIn::In(_) => return nothing(),
        SignIn::Needed => (Tone::Neutral, Shape::Person, "sign-in-needed"),
        SignIn::Out => (Tone::Neutral, Shape::Lock, "sign-in-needed"),
        SignIn::Stale => (Tone::Neutral, Shape::Clock, "stale"),
        SignIn::Failed(_) => (Tone::Trouble, Shape::Lock, "sign-in-failed"),
    };
    let (title, text, way) = match state {
        SignIn::Stale => (app::STALE_TITLE, texts.get(app::STALE_TEXT), open_in_telegram(app::STALE_OPEN)),
        SignIn::Out => (
            app::SIGN_IN_SIGNED_OUT_TITLE,
            texts.get(app::SIGN_IN_SIGNED_OUT_TEXT),
            open_in_telegram(app::SIGN_IN_OPEN),
        ),
        SignIn::Failed(code) => (app::SIGN_IN_FAILED_TITLE, texts.error(*code), after_failure(*code)),
        SignIn::Needed | SignIn::Pending | SignIn::In(_) => (
            app::SIGN_IN_NEEDED_TITLE,
            texts.get(app::SIGN_IN_NEEDED_TEXT),
            open_in_telegram(app::SIGN_IN_OPEN),
        ),
    };
    card(tone, shape, texts.get(title), text, test_id, way)
}

/// What may pass is tried again; what can't is begun anew.
fn after_failure(code: ErrorCode) -> Way {
    let may_pass = [ErrorCode::Offline, ErrorCode::Unavailable, ErrorCode::RateLimited, ErrorCode::Internal]
        .contains(&code);
    if !may_pass {
        return open_in_telegram(app::SIGN_IN_OPEN);
    }
    let Context { texts, session, telegram, .. } = Context::get();
    Way::Press(texts.get(app::RETRY), Arc::new(move || reactive::spawn(session.retry(telegram))))
}

/// Opens this very page from the bot: a fresh launch brings fresh init data. Inside Telegram the old one closes.
pub(crate) fn open_in_telegram(label: i18n::Key) -> Way {
    let Context { texts, router, bot, telegram, .. } = Context::get();
    let route = router.current().unwrap_or(Route::Lobby);
    let Some(link) = bot.link_to(&route) else { return Way::None };
    let url = link.clone();
    let leave = move || {
        let host = telegram.host_now();
        let is_inside = matches!(host, Host::Present(_));
        if is_inside {
            telegram::open_link(host, &url);
            telegram::call("close", &[]);
        }
        is_inside
    };
    Way::Leave(texts.get(label), link, Arc::new(leave))
}
