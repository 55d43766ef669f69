//! `/tournaments` and the button "Tournaments and missions": what runs and what comes, page by page, and the board of the
//! busiest one.

use i18n::{catalog, keys};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    Services,
    bot::{
        board_message::{self, Reader, text},
        choice::Choice,
        keyboards,
        look::{List, PAGE_SIZE, Seen, View},
        reply::Reply,
    },
};

/// The most characters of a title on a button: what is longer is cut on a phone anyway.
const LABEL_CHARACTERS_MAX: usize = 30;

/// The answers: the list, and the board. `None` when nothing runs or comes.
pub(super) fn answer(services: &Services, reader: Reader, seen: &Seen) -> Option<Vec<Reply>> {
    let list = seen.list.as_ref().filter(|list| !list.views.is_empty())?;
    let board = seen.board.as_ref().map(|view| board_message::reply(services, reader, view, None));
    Some(std::iter::once(page(services, reader, list)).chain(board).collect())
}

/// One page of the list.
pub(crate) fn page(services: &Services, reader: Reader, list: &List) -> Reply {
    let texts = catalog(reader.locale);
    if list.views.is_empty() {
        return Reply::text(texts.text(keys::bot::TOURNAMENT_NONE));
    }
    let mut parts = vec![texts.text(keys::bot::LIST_TITLE).to_owned()];
    parts.extend(
        (list.page * PAGE_SIZE + 1..)
            .zip(&list.views)
            .map(|(number, view)| item(services, reader, number, view)),
    );
    if list.pages > 1 {
        let (page, pages) = (list.page as u64 + 1, list.pages as u64);
        parts.push(keys::bot::list_page(texts, page, pages));
    }
    Reply::text(parts.join("\n\n")).with(keyboard(services, reader, list))
}

fn item(services: &Services, reader: Reader, number: usize, view: &View) -> String {
    let texts = catalog(reader.locale);
    let title = view.card.tournament.title.for_locale(reader.locale);
    let mut lines =
        vec![format!("{number}. {title}"), text::state(&view.card, reader.locale, services.now())];
    if let Some(me) = view.board.as_ref().and_then(|board| board.me.as_ref()) {
        lines.push(keys::bot::board_place(texts, me.rank, &text::score(reader.locale, me.score)));
    }
    lines.join("\n")
}

fn keyboard(services: &Services, reader: Reader, list: &List) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(reader.locale);
    let mut rows = Vec::with_capacity(list.views.len() + 1);
    for (number, view) in (list.page * PAGE_SIZE + 1..).zip(&list.views) {
        let id = &view.card.tournament.tournament_id;
        let title = view.card.tournament.title.for_locale(reader.locale);
        let label = match list.views.len() {
            1 => texts.text(keys::bot::TOURNAMENT_BUTTON_BOARD).to_owned(),
            _ => format!("{number}. {}", cut(title)),
        };
        let path = format!("/app/t/{id}");
        let open =
            keyboards::open_button(services, reader.is_private, &label, &path, Some(&format!("t_{id}")))?;
        let rules = format!("{}/t/{id}/rules", services.settings().public_url);
        rows.push(vec![open, InlineButton::url(texts.text(keys::bot::TOURNAMENT_BUTTON_RULES), &rules)?]);
    }
    let turn = |key, page: usize| {
        let page = u16::try_from(page).unwrap_or(u16::MAX);
        InlineButton::callback(texts.text(key), &Choice::List(page).to_data())
    };
    let mut turns = Vec::new();
    if let Some(before) = list.page.checked_sub(1) {
        turns.push(turn(keys::bot::LIST_BUTTON_BACK, before)?);
    }
    if list.page + 1 < list.pages {
        turns.push(turn(keys::bot::LIST_BUTTON_MORE, list.page + 1)?);
    }
    if !turns.is_empty() {
        rows.push(turns);
    }
    if reader.is_private {
        let label = texts.text(keys::bot::MISSIONS_TITLE);
        rows.push(vec![InlineButton::callback(label, &Choice::Missions.to_data())?]);
    }
    InlineKeyboard::new(rows)
}

fn cut(title: &str) -> String {
    if title.chars().count() <= LABEL_CHARACTERS_MAX {
        return title.to_owned();
    }
    let start: String = title.chars().take(LABEL_CHARACTERS_MAX - 1).collect();
    format!("{}…", start.trim_end())
}
