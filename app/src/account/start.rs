//! What a signed-in player's section needs: its content from the server, with all states on the way.

use std::sync::Arc;

use i18n::keys::{app, later};
use leptos::prelude::*;

use crate::{
    account::api::{self, Reply},
    context::Context,
    data::Remote,
    json::FromJson,
    node::nodes,
    pages::frame,
    part::{Part, block, part},
    reactive::{self, Shared},
    session::SignIn,
    ui::{ButtonKind, Way, button, cell_skeleton, placeholder, section},
};

/// A page with a heading, for a player who is signed in. Others read above it what is the matter.
pub(crate) fn signed_in_page(title: i18n::Key, draw: impl Fn() -> Part + Send + 'static) -> Part {
    page_of(title, Box::new(draw))
}

// Once for all pages, not once for each.
fn page_of(title: i18n::Key, draw: Box<dyn Fn() -> Part + Send>) -> Part {
    let Context { session, texts, .. } = Context::get();
    let state = reactive::memo(move || {
        match session.state() {
            SignIn::In(_) => "in",
            SignIn::Pending => "pending",
            _ => "out",
        }
        .to_owned()
    });
    let content = block(move || match state.get().as_str() {
        "in" => draw(),
        "pending" => waiting(),
        _ => placeholder(texts.get(title), texts.get(later::SIGNED_OUT), Way::None),
    });
    let content = nodes! {
        <h1 class="page-title" tabindex="-1">{texts.get(title)}</h1>
        {content}
    };
    frame(content, None)
}

/// A section's place while its content is on the way.
pub(crate) fn waiting() -> Part {
    let texts = Context::get().texts;
    nodes! {
        <p class="visually-hidden" role="status">{texts.get(app::LOADING)}</p>
        {section(None, None, vec![cell_skeleton(), cell_skeleton(), cell_skeleton()])}
    }
}

/// A section whose content comes from `url`. `draw` shows it; until then it has so many `lines`.
pub(crate) fn remote<T: FromJson + Clone + PartialEq + Send + Sync + 'static>(
    content: Shared<Remote<T>>,
    header: i18n::Key,
    lines: usize,
    url: &'static str,
    draw: impl Fn(T) -> Part + Send + 'static,
) -> Part {
    let show = move || match content.get() {
        Remote::Loading => Remote::Loading,
        Remote::Ready(value) => Remote::Ready(draw(value)),
        Remote::Failed(code) => Remote::Failed(code),
    };
    section_of(header, lines, url, taker(content), Box::new(show))
}

/// A section that is known before its content has come: until then `draw` shows it without.
pub(crate) fn remote_as_known<T: FromJson + Clone + PartialEq + Send + Sync + 'static>(
    content: Shared<Remote<T>>,
    header: i18n::Key,
    url: &'static str,
    draw: impl Fn(Option<T>) -> Part + Send + 'static,
) -> Part {
    let show = move || match content.get() {
        Remote::Loading => {
            Remote::Ready(nodes! { <div class="awaited" inert="" aria-hidden="true">{draw(None)}</div> })
        }
        Remote::Ready(value) => Remote::Ready(draw(Some(value))),
        Remote::Failed(code) => Remote::Failed(code),
    };
    section_of(header, 0, url, taker(content), Box::new(show))
}

/// Takes what has come of a section, or that it is on its way.
type Take = Arc<dyn Fn(Option<Reply>) + Send + Sync>;

fn taker<T: FromJson + Clone + PartialEq + Send + Sync + 'static>(content: Shared<Remote<T>>) -> Take {
    Arc::new(move |reply| {
        content.set(match reply.map(Reply::read) {
            None => Remote::Loading,
            Some(Ok(value)) => Remote::Ready(value),
            Some(Err(code)) => Remote::Failed(code),
        });
    })
}

// Once for all contents, not once for each.
fn section_of(
    header: i18n::Key,
    lines: usize,
    url: &'static str,
    take: Take,
    show: Box<dyn Fn() -> Remote<Part> + Send>,
) -> Part {
    let texts = Context::get().texts;
    let ask = move || {
        take(None);
        let take = Arc::clone(&take);
        reactive::spawn(async move { take(Some(api::get(url).await)) });
    };
    reactive::effect(ask.clone());
    part(block(move || match show() {
        Remote::Loading => {
            let cells = std::iter::repeat_with(cell_skeleton).take(lines).collect();
            section(Some(texts.get(header)), None, cells)
        }
        Remote::Ready(part) => part,
        Remote::Failed(code) => {
            let again = button(ButtonKind::Tinted, texts.get(app::RETRY), Arc::new(ask.clone()));
            section(Some(texts.get(header)), Some(texts.error(code)), vec![again])
        }
    }))
}
