//! What is the matter with sign-in or the network, above the content. The board below stays: it is public.

use domain::ErrorCode;
use leptos::prelude::*;

use crate::{
    app::Bot,
    net::status::Network,
    reactive,
    router::{Route, Router},
    session::{Session, SignIn},
    telegram::{self, Host, Telegram},
    texts::Texts,
    ui::{Shape, Tone, Way, card, icon},
};

/// The notices that hold now.
pub(crate) fn notices() -> impl IntoView {
    let session = Session::expect();
    let network = Network::expect();
    view! {
        {move || network.is_offline().then(|| offline())}
        {move || sign_in_notice(session.state())}
    }
}

/// The page is cut off.
pub(crate) fn offline() -> impl IntoView {
    view! {
        <p class="banner" data-testid="offline" role="status">
            {icon(Shape::Cloud)}
            <span>{Texts::expect().get(i18n::keys::app::OFFLINE)}</span>
        </p>
    }
}

/// The notice for a state of sign-in.
pub(crate) fn sign_in_notice(state: SignIn) -> Option<impl IntoView> {
    use i18n::keys::app;

    let texts = Texts::expect();
    let (tone, icon, test_id) = match state {
        SignIn::Pending | SignIn::In(_) => return None,
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
        SignIn::Failed(code) => (app::SIGN_IN_FAILED_TITLE, texts.error(code), after_failure(code)),
        SignIn::Needed | SignIn::Pending | SignIn::In(_) => (
            app::SIGN_IN_NEEDED_TITLE,
            texts.get(app::SIGN_IN_NEEDED_TEXT),
            open_in_telegram(app::SIGN_IN_OPEN),
        ),
    };
    Some(card(tone, icon, texts.get(title), text, test_id, way))
}

/// What may pass is tried again; what can't is begun anew.
fn after_failure(code: ErrorCode) -> Way {
    let may_pass = [ErrorCode::Offline, ErrorCode::Unavailable, ErrorCode::RateLimited, ErrorCode::Internal]
        .contains(&code);
    if !may_pass {
        return open_in_telegram(i18n::keys::app::SIGN_IN_OPEN);
    }
    let session = Session::expect();
    let telegram = Telegram::expect();
    let retry = Callback::new(move |()| reactive::spawn(session.retry(telegram)));
    Way::Press(Texts::expect().get(i18n::keys::app::RETRY), retry)
}

/// Opens this very page from the bot: a fresh launch brings fresh init data. Inside Telegram the old one closes.
fn open_in_telegram(label: i18n::Key) -> Way {
    let route = Router::expect().current().unwrap_or(Route::Lobby);
    let Some(link) = Bot::expect().link_to(&route) else { return Way::None };
    let telegram = Telegram::expect();
    let url = link.clone();
    let open = Callback::new(move |event: web_sys::MouseEvent| {
        let host = telegram.host_untracked();
        if matches!(host, Host::Present(_)) {
            event.prevent_default();
            telegram::open_link(host, &url);
            telegram::call("close", &[]);
        }
    });
    Way::Follow(Texts::expect().get(label), link, Some(open))
}
