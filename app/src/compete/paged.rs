//! A list that the server gives page by page, with all states on the way. One for all lists: what an item is, the one who
//! draws it reads.

use std::sync::Arc;

use i18n::keys::app;

use crate::{
    account::api,
    context::Context,
    data::Remote,
    json::{FromJson, Value},
    part::{Part, block, nothing, part},
    reactive::{self, Shared},
    ui::{ButtonKind, button, cell_skeleton, section},
};

/// What has come of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paged {
    /// Its items.
    pub items: Vec<Value>,
    /// The last answer, with what else stands in it.
    pub whole: Value,
}

impl Paged {
    /// The items as what they are. One that can't be read is left out.
    pub(super) fn of<T: FromJson>(&self) -> impl Iterator<Item = T> {
        self.items.iter().filter_map(T::from_json)
    }

    /// Where the next page begins.
    fn next(&self) -> Option<String> {
        String::from_json(self.whole.field("next_cursor")?)
    }
}

/// How a list is drawn: what has come, and the button for more.
type Draw = Box<dyn Fn(&Paged, Part) -> Part + Send>;

/// The list at `url`, whose answers hold one list each. `url` has a query.
pub(super) fn paged(url: String, draw: impl Fn(&Paged, Part) -> Part + Send + 'static) -> Part {
    drawn(url, Box::new(draw))
}

fn drawn(url: String, draw: Draw) -> Part {
    let texts = Context::get().texts;
    let state = Shared::new(Remote::Loading);
    let load_more = move || reactive::spawn(load(url.clone(), state));
    reactive::effect(load_more.clone());
    let content = block(move || match state.get() {
        Remote::Loading => section(None, None, vec![cell_skeleton(), cell_skeleton(), cell_skeleton()]),
        Remote::Failed(code) => {
            let again = button(ButtonKind::Tinted, texts.get(app::RETRY), Arc::new(load_more.clone()));
            section(None, Some(texts.error(code)), vec![again])
        }
        Remote::Ready(paged) => {
            let more = match paged.next() {
                Some(_) => {
                    button(ButtonKind::Plain, texts.get(app::TOURNAMENT_MORE), Arc::new(load_more.clone()))
                }
                None => nothing(),
            };
            draw(&paged, more)
        }
    });
    part(content)
}

/// Asks for the items behind those that are there.
async fn load(mut url: String, state: Shared<Remote<Paged>>) {
    let before = state.now().ready().cloned();
    if let Some(cursor) = before.as_ref().and_then(Paged::next) {
        url.push_str("&cursor=");
        url.push_str(&cursor);
    }
    state.set(match (api::get(&url).await.0, before) {
        (Ok(whole), before) => {
            let mut items = before.map(|before| before.items).unwrap_or_default();
            if let Value::Object(fields) = &whole {
                for (_, value) in fields {
                    if let Value::List(list) = value {
                        items.extend(list.iter().cloned());
                    }
                }
            }
            Remote::Ready(Paged { items, whole })
        }
        (Err(code), None) => Remote::Failed(code),
        // What is there stays, with its button.
        (Err(_), Some(all)) => Remote::Ready(all),
    });
}
