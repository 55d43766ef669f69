//! What is the matter with sign-in or the network, above the content. The board below stays: it is public.

use domain::ErrorCode;
use leptos::prelude::*;

use crate::{
    app::Bot,
    net::status::Network,
    router::Router,
    session::{Session, SignIn},
    telegram::{self, Telegram},
    texts::Texts,
    ui::{Button, ButtonKind, Card, Icon, Shape, Tone},
};

/// The notices that hold now.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let session = Session::expect();
    let texts = Texts::expect();
    let offline = Network::expect().is_offline();
    view! {
        <Show when=move || offline.get()>
            <p class="banner" data-testid="offline" role="status">
                <Icon shape=Shape::Cloud/> {texts.get(i18n::keys::app::OFFLINE)}
            </p>
        </Show>
        {move || session.state().with(|state| sign_in_notice(state, texts))}
    }
}

/// The notice for a state of sign-in.
pub(crate) fn sign_in_notice(state: &SignIn, texts: Texts) -> Option<AnyView> {
    use i18n::keys::app;

    let view = match state {
        SignIn::Pending | SignIn::In(_) => return None,
        SignIn::Needed => view! {
            <Card
                tone=Tone::Neutral
                icon=Shape::Person
                title=texts.get(app::SIGN_IN_NEEDED_TITLE)
                text=texts.get(app::SIGN_IN_NEEDED_TEXT)
                test_id="sign-in-needed"
            >
                <OpenInTelegram label=texts.get(app::SIGN_IN_OPEN)/>
            </Card>
        }
        .into_any(),
        SignIn::Out => view! {
            <Card
                tone=Tone::Neutral
                icon=Shape::Lock
                title=texts.get(app::SIGN_IN_SIGNED_OUT_TITLE)
                text=texts.get(app::SIGN_IN_SIGNED_OUT_TEXT)
                test_id="sign-in-needed"
            >
                <OpenInTelegram label=texts.get(app::SIGN_IN_OPEN)/>
            </Card>
        }
        .into_any(),
        SignIn::Stale => view! {
            <Card
                tone=Tone::Neutral
                icon=Shape::Clock
                title=texts.get(app::STALE_TITLE)
                text=texts.get(app::STALE_TEXT)
                test_id="stale"
            >
                <OpenInTelegram label=texts.get(app::STALE_OPEN)/>
            </Card>
        }
        .into_any(),
        SignIn::Failed(code) => view! { <Failed code=*code/> }.into_any(),
    };
    Some(view)
}

#[component]
fn Failed(code: ErrorCode) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let session = Session::expect();
    let telegram = Telegram::expect();
    let may_pass = matches!(
        code,
        ErrorCode::Offline | ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::Internal
    );
    let retry = Callback::new(move |()| leptos::task::spawn_local(session.retry(telegram)));
    view! {
        <Card
            tone=Tone::Trouble
            icon=Shape::Lock
            title=texts.get(app::SIGN_IN_FAILED_TITLE)
            text=texts.error(code)
            test_id="sign-in-failed"
        >
            {if may_pass {
                view! { <Button kind=ButtonKind::Tinted label=texts.get(app::RETRY) on_press=retry/> }.into_any()
            } else {
                view! { <OpenInTelegram label=texts.get(app::SIGN_IN_OPEN)/> }.into_any()
            }}
        </Card>
    }
}

/// Opens this very page from the bot: a fresh launch brings fresh init data. Inside Telegram the old one closes.
#[component]
fn OpenInTelegram(label: String) -> impl IntoView {
    let bot = Bot::expect();
    let router = Router::expect();
    let telegram = Telegram::expect();
    let link = move || {
        let route = router.route().get();
        bot.link_to(&route.unwrap_or(crate::router::Route::Lobby)).unwrap_or_default()
    };
    let open = move |event: web_sys::MouseEvent| {
        let host = telegram.host().get_untracked();
        if matches!(host, telegram::Host::Present(_)) {
            event.prevent_default();
            telegram::open_link(host, &link());
            telegram::call("close", &[]);
        }
    };
    let has_bot = bot.is_known();
    view! {
        <Show when=move || has_bot>
            <a class="button button--tinted" href=link on:click=open>{label.clone()}</a>
        </Show>
    }
}
