//! `/app/profile`: who is signed in here, and the way out.

use std::sync::Arc;

use i18n::keys::{app, later};

use crate::{
    account::Standing,
    context::Context,
    node::nodes,
    pages::{frame, heading::name_document},
    part::{Part, block},
    reactive,
    router::Route,
    session::{Player, SignIn},
    ui::{ButtonKind, Way, avatar, button, cell, cell_link, cell_skeleton, placeholder, section},
};

/// The player's own page.
pub(crate) fn profile_page() -> Part {
    let Context { texts, session, .. } = Context::get();
    name_document(None);
    let content = block(move || match session.state() {
        SignIn::In(me) => signed_in(me),
        SignIn::Pending => {
            let cells = vec![cell_skeleton(), cell_skeleton(), cell_skeleton()];
            nodes! {
                <p class="visually-hidden" role="status">{texts.get(app::SIGNING_IN)}</p>
                {section(None, None, cells)}
            }
        }
        // The notice above says why and offers the way on.
        SignIn::Needed | SignIn::Stale | SignIn::Out | SignIn::Failed(_) => {
            placeholder(texts.get(later::PROFILE_TITLE), texts.get(later::PROFILE_NOTE), Way::None)
        }
    });
    let content = nodes! {
        <h1 class="visually-hidden" tabindex="-1">{texts.get(later::PROFILE_TITLE)}</h1>
        {content}
    };
    frame(content, None)
}

fn signed_in(me: Player) -> Part {
    let Context { texts, session, telegram, .. } = Context::get();
    let sign_out = Arc::new(move || reactive::spawn(session.sign_out(telegram)));
    let facts = vec![cell(texts.get(later::PROFILE_ALIAS), me.alias)];
    let way_out = button(ButtonKind::Destructive, texts.get(later::PROFILE_SIGN_OUT), sign_out);
    let avatar = avatar(&me.first_name, me.player.as_str(), "avatar avatar--large");
    let settings = texts.get(later::SETTINGS_TITLE);
    let settings = cell_link(&Route::Settings, nodes! { <span class="cell__title">{settings}</span> });
    let standing = Standing::new();
    let history = texts.get(later::HISTORY_TITLE);
    let history = cell_link(&Route::History, nodes! { <span class="cell__title">{history}</span> });
    let rewards = texts.get(later::REWARDS_TITLE);
    let rewards = cell_link(&Route::Rewards, nodes! { <span class="cell__title">{rewards}</span> });
    nodes! {
        {standing.notices()}
        <div class="profile">
            {avatar}
            <p class="profile__name" data-testid="player-name">{me.first_name}</p>
        </div>
        {section(None, Some(texts.get(later::PROFILE_NOTE)), facts)}
        {standing.section()}
        {section(None, None, vec![history, rewards, settings])}
        {section(None, None, vec![way_out])}
    }
}
