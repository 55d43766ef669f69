//! What a signed-in player's section needs: its content from the server, with all states on the way.

use std::{future::Future, pin::Pin, sync::Arc};

use domain::ErrorCode;
use i18n::keys::{app, later};
use leptos::prelude::*;

use crate::{
    context::Context,
    data::Remote,
    node::nodes,
    pages::frame,
    part::{Part, block, part},
    reactive::{self, Shared},
    session::SignIn,
    ui::{ButtonKind, Way, button, cell_skeleton, placeholder, section},
};

/// An answer that is waited for.
pub(crate) type Waiting<T> = Pin<Box<dyn Future<Output = Result<T, ErrorCode>>>>;

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

/// A section whose content comes from the server. `load` asks for it, `draw` shows it; until then it has so many `lines`.
pub(crate) fn remote<T: Clone + PartialEq + Send + 'static>(
    content: Shared<Remote<T>>,
    header: i18n::Key,
    lines: usize,
    load: fn() -> Waiting<T>,
    draw: impl Fn(T) -> Part + Send + 'static,
) -> Part {
    let texts = Context::get().texts;
    let ask = move || {
        content.set(Remote::Loading);
        reactive::spawn(async move {
            content.set(match load().await {
                Ok(value) => Remote::Ready(value),
                Err(code) => Remote::Failed(code),
            });
        });
    };
    reactive::effect(ask);
    let drawn = block(move || match content.get() {
        Remote::Loading => {
            let cells = std::iter::repeat_with(cell_skeleton).take(lines).collect();
            section(Some(texts.get(header)), None, cells)
        }
        Remote::Ready(value) => draw(value),
        Remote::Failed(code) => {
            let again = button(ButtonKind::Tinted, texts.get(app::RETRY), Arc::new(ask));
            section(Some(texts.get(header)), Some(texts.error(code)), vec![again])
        }
    });
    part(drawn)
}
