//! `/app/profile`: who is signed in here, and the way out.

use domain::session::Me;
use leptos::{either::EitherOf3, prelude::*};

use crate::{
    pages::frame::frame,
    reactive,
    session::{Session, SignIn},
    telegram::Telegram,
    texts::Texts,
    ui::{ButtonKind, Way, avatar, button, cell, cell_skeleton, placeholder, section},
};

/// The player's own page.
pub(crate) fn profile_page() -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let session = Session::expect();
    let content = view! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(app::PROFILE_TITLE)}</h1>
        {move || match session.state() {
            SignIn::In(me) => EitherOf3::A(signed_in(me)),
            SignIn::Pending => EitherOf3::B(view! {
                <p class="visually-hidden" role="status">{texts.get(app::SIGNING_IN)}</p>
                {section(None, None, view! { {cell_skeleton()}{cell_skeleton()}{cell_skeleton()} })}
            }),
            // The notice above says why and offers the way on.
            SignIn::Needed | SignIn::Stale | SignIn::Out | SignIn::Failed(_) => EitherOf3::C(placeholder(texts.get(app::SIGN_IN_NEEDED_TITLE), texts.get(app::SIGN_IN_NEEDED_TEXT), Way::None)),
        }}
    };
    frame(content, None)
}

fn signed_in(me: Me) -> impl IntoView {
    use i18n::keys::app;

    let texts = Texts::expect();
    let session = Session::expect();
    let telegram = Telegram::expect();
    let sign_out = Callback::new(move |()| reactive::spawn(session.sign_out(telegram)));
    let name = me.first_name.clone();
    let facts = view! {
        {cell(texts.get(app::PROFILE_ALIAS), me.alias)}
        {cell(texts.get(app::PROFILE_LANGUAGE), texts.get(app::PROFILE_LANGUAGE_NAME))}
    };
    let way_out = button(ButtonKind::Destructive, texts.get(app::PROFILE_SIGN_OUT), sign_out);
    view! {
        <div class="profile">
            {avatar(me.first_name, me.player.to_string(), "avatar--large")}
            <p class="profile__name" data-testid="player-name">{name}</p>
        </div>
        {section(None, Some(texts.get(app::PROFILE_NOTE)), facts)}
        {section(None, None, way_out)}
    }
}
