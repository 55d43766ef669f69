//! `/app/profile`: who is signed in here, and the way out.

use domain::session::Me;
use leptos::prelude::*;

use crate::{
    pages::frame::frame,
    session::{Session, SignIn},
    telegram::Telegram,
    texts::Texts,
    ui::{Avatar, Button, ButtonKind, Cell, CellSkeleton, Placeholder, Section},
};

/// The player's own page.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let state = Session::expect().state();
    let content = view! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(app::PROFILE_TITLE)}</h1>
        {move || match state.get() {
            SignIn::In(me) => view! { <SignedIn me/> }.into_any(),
            SignIn::Pending => view! {
                <p class="visually-hidden" role="status">{texts.get(app::SIGNING_IN)}</p>
                <Section><CellSkeleton/><CellSkeleton/><CellSkeleton/></Section>
            }.into_any(),
            // The notice above says why and offers the way on.
            SignIn::Needed | SignIn::Stale | SignIn::Out | SignIn::Failed(_) => view! {
                <Placeholder
                    title=texts.get(app::SIGN_IN_NEEDED_TITLE)
                    text=texts.get(app::SIGN_IN_NEEDED_TEXT)
                />
            }.into_any(),
        }}
    };
    frame(content.into_any(), None)
}

#[component]
fn SignedIn(me: Me) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let session = Session::expect();
    let telegram = Telegram::expect();
    let is_leaving = RwSignal::new(false);
    let sign_out = Callback::new(move |()| {
        is_leaving.set(true);
        leptos::task::spawn_local(session.sign_out(telegram));
    });
    let name = me.first_name.clone();
    view! {
        <div class="profile">
            <Avatar name=me.first_name seed=me.player.to_string() class="avatar--large"/>
            <p class="profile__name" data-testid="player-name">{name}</p>
        </div>
        <Section footer=texts.get(app::PROFILE_NOTE)>
            <Cell label=texts.get(app::PROFILE_ALIAS)>{me.alias}</Cell>
            <Cell label=texts.get(app::PROFILE_LANGUAGE)>{texts.get(app::PROFILE_LANGUAGE_NAME)}</Cell>
        </Section>
        <Section>
            <Button
                kind=ButtonKind::Destructive
                label=texts.get(app::PROFILE_SIGN_OUT)
                on_press=sign_out
                busy=is_leaving
            />
        </Section>
    }
}
