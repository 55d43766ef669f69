//! What an answer needs of the boards is read before the transaction that writes it: a board that is not indexed yet takes
//! its time, and on SQLite a transaction that writes holds up everyone else who does.

use domain::{
    Locale, TelegramUserId, TournamentId, UserId,
    board::{BoardPage, TournamentCard},
    mission::Missions,
    tournament::Phase,
};
use storage::{StoreError, tournament::Audience};
use telegram::update::{CallbackQuery, ChatKind, Incoming, InlineQuery, Message, command};

use crate::{
    Services,
    boards::{
        self, BoardError, BoardQuery, WindowQuery,
        sight::{self, Wanted},
    },
    bot::{
        board_message::text,
        choice::Choice,
        commands::{Asked, Button},
        inline,
    },
    links::code::TOURNAMENT,
};

/// The tournaments of one page of the list.
pub(crate) const PAGE_SIZE: usize = 5;

/// A tournament as a message shows it.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Where it stands.
    pub(crate) card: TournamentCard,
    /// The top of its board, and the reader's own row.
    pub(crate) board: Option<BoardPage>,
    /// Whether everybody may read about it on the web; a private one is shown in the app alone.
    pub(crate) is_public: bool,
}

/// A page of the tournaments that run or come.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    /// The tournaments of the page, with the reader's own row at most.
    pub(crate) views: Vec<View>,
    /// Which page, from 0 on.
    pub(crate) page: usize,
    /// How many pages there are.
    pub(crate) pages: usize,
}

/// What was read for an update.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The tournament that is asked for, or the busiest one of a list.
    pub(crate) board: Option<View>,
    /// The tournaments that are asked for.
    pub(crate) list: Option<List>,
    /// The missions of who asks for them, when they are known.
    pub(crate) missions: Option<Missions>,
    /// Who reads it, in a private chat.
    pub(crate) viewer: Option<UserId>,
    /// What was found for an inline query, and where the next page begins.
    pub(crate) found: Option<inline::Found>,
}

/// An update, with all that its answer needs of the boards.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) incoming: Incoming,
    /// What a message asks for.
    pub(crate) asked: Asked,
    pub(crate) seen: Seen,
}

/// Reads an update and what its answer needs.
///
/// # Errors
/// When the database fails; the update is tried again.
pub async fn prepare(services: &Services, payload: &str) -> Result<Prepared, StoreError> {
    let incoming = Incoming::parse(payload);
    let (asked, seen) = match &incoming {
        Incoming::Message(message) => {
            let asked = asked(services, message).await?;
            let seen = for_message(services, message, &asked).await?;
            (asked, seen)
        }
        Incoming::CallbackQuery(query) => (Asked::Other, for_tap(services, query).await?),
        Incoming::InlineQuery(query) => (Asked::Other, for_inline(services, query).await?),
        Incoming::MyChatMember(_) | Incoming::Other => (Asked::Other, Seen::default()),
    };
    Ok(Prepared { incoming, asked, seen })
}

/// What a message asks for.
async fn asked(services: &Services, message: &Message) -> Result<Asked, StoreError> {
    let locale = message.from.language_code.as_deref().map(Locale::from_tag).unwrap_or_default();
    let text = message.text.as_deref().or(message.caption.as_deref()).unwrap_or_default();
    let username = services.bot_identity().username(services).await?.unwrap_or_default();
    Ok(match command(text, &username) {
        Some(command) => Asked::Command { name: command.name, argument: command.argument.map(str::to_owned) },
        None if message.chat.kind == ChatKind::Private => Asked::from_button(text, locale),
        None => Asked::Other,
    })
}

async fn for_message(services: &Services, message: &Message, asked: &Asked) -> Result<Seen, StoreError> {
    let (name, argument) = match asked {
        Asked::Command { name, argument } => (name.as_str(), argument.as_deref()),
        Asked::Button(Button::Tournaments) => ("tournaments", None),
        _ => return Ok(Seen::default()),
    };
    let is_private = message.chat.kind == ChatKind::Private;
    match (name, argument) {
        ("tournaments", _) | ("start", Some("tournaments")) => {
            let viewer = viewer(services, is_private, message.from.id).await?;
            let list = list(services, 0, viewer).await?;
            let busiest = list.views.first().filter(|view| view.card.phase == Phase::Running);
            let board = match busiest {
                Some(busiest) => {
                    view(services, &busiest.card.tournament.tournament_id, viewer, text::ROWS).await?
                }
                None => None,
            };
            Ok(Seen { board, list: Some(list), viewer, ..Seen::default() })
        }
        ("missions", _) if is_private => {
            Ok(Seen { missions: missions(services, message.from.id).await?, ..Seen::default() })
        }
        ("start", Some(parameter)) => {
            let id = parameter.strip_prefix(TOURNAMENT).and_then(|id| id.parse::<TournamentId>().ok());
            let Some(id) = id else { return Ok(Seen::default()) };
            let viewer = viewer(services, is_private, message.from.id).await?;
            Ok(Seen { board: view(services, &id, viewer, text::ROWS).await?, ..Seen::default() })
        }
        _ => Ok(Seen::default()),
    }
}

async fn for_tap(services: &Services, query: &CallbackQuery) -> Result<Seen, StoreError> {
    let is_private = query.chat.is_some_and(|chat| chat.kind == ChatKind::Private);
    match query.data.as_deref().and_then(Choice::parse) {
        Some(Choice::List(page)) => {
            let viewer = viewer(services, is_private, query.from.id).await?;
            let list = list(services, page.into(), viewer).await?;
            Ok(Seen { list: Some(list), ..Seen::default() })
        }
        Some(Choice::Board(id)) => {
            let viewer = viewer(services, is_private, query.from.id).await?;
            let board = view(services, &id, viewer, text::ROWS).await?;
            Ok(Seen { board, viewer, ..Seen::default() })
        }
        Some(Choice::Missions) if is_private => {
            Ok(Seen { missions: missions(services, query.from.id).await?, ..Seen::default() })
        }
        Some(Choice::Refresh(_, id)) => {
            Ok(Seen { board: view(services, &id, None, text::ROWS).await?, ..Seen::default() })
        }
        _ => Ok(Seen::default()),
    }
}

async fn for_inline(services: &Services, query: &InlineQuery) -> Result<Seen, StoreError> {
    Ok(Seen { found: inline::find(services, query).await?, ..Seen::default() })
}

/// The missions of a person who is known.
async fn missions(services: &Services, person: TelegramUserId) -> Result<Option<Missions>, StoreError> {
    let mut tx = services.store().begin_read().await?;
    let Some(user) = tx.users().by_telegram_id(person).await? else { return Ok(None) };
    Ok(Some(crate::missions::all(services, &mut *tx, user).await?))
}

/// Who reads a private chat; a group has no reader of its own.
async fn viewer(
    services: &Services,
    is_private: bool,
    person: TelegramUserId,
) -> Result<Option<UserId>, StoreError> {
    if !is_private {
        return Ok(None);
    }
    let mut tx = services.store().begin_read().await?;
    Ok(tx.users().by_telegram_id(person).await?.map(|user| user.user_id))
}

/// A page of the tournaments that run, the busiest first, and of those that come; the last page for one behind it.
async fn list(services: &Services, page: usize, viewer: Option<UserId>) -> Result<List, StoreError> {
    let cards = or_nothing(boards::tournaments(services, boards::lobby::TOURNAMENTS_MAX).await)?;
    let mut cards = cards.unwrap_or_default();
    cards.retain(|card| matches!(card.phase, Phase::Running | Phase::Upcoming));
    let pages = cards.len().div_ceil(PAGE_SIZE);
    let page = page.min(pages.saturating_sub(1));
    let mut views = Vec::with_capacity(PAGE_SIZE);
    for card in cards.into_iter().skip(page * PAGE_SIZE).take(PAGE_SIZE) {
        // Nobody has a place before the start.
        let board = match viewer {
            Some(_) if card.phase == Phase::Running => {
                board(services, &card.tournament.tournament_id, viewer, 1).await?
            }
            _ => None,
        };
        views.push(View { card, board, is_public: true });
    }
    Ok(List { views, page, pages })
}

/// A tournament with the first `rows` of its board; `None` when there is no such tournament.
///
/// # Errors
/// When the database fails.
pub(crate) async fn view(
    services: &Services,
    id: &TournamentId,
    viewer: Option<UserId>,
    rows: u32,
) -> Result<Option<View>, StoreError> {
    let now = services.now();
    let mut tx = services.store().begin_read().await?;
    // A private one is shown to a person alone, not to a group or to where a message may go on to: nobody reads those.
    let Some(row) = sight::tournament(&mut *tx, id, viewer).await? else { return Ok(None) };
    drop(tx);
    let is_public = row.audience() == Audience::Everybody;
    let card = row.card(now);
    let board = match card.phase {
        Phase::Upcoming | Phase::Canceled => None,
        Phase::Running | Phase::Finished => board(services, id, viewer, rows).await?,
    };
    Ok(Some(View { card, board, is_public }))
}

/// The first `rows` of the board that a viewer is shown of a tournament, and the viewer's own row.
pub(crate) async fn board(
    services: &Services,
    id: &TournamentId,
    viewer: Option<UserId>,
    rows: u32,
) -> Result<Option<BoardPage>, StoreError> {
    let mut tx = services.store().begin_read().await?;
    let shown = sight::within(&mut *tx, id, viewer, Wanted::default(), services.now()).await?;
    drop(tx);
    let Some(shown) = shown else { return Ok(None) };
    let query = BoardQuery { window: WindowQuery::Top, limit: rows };
    or_nothing(boards::page(services, &shown, query).await)
}

/// A database that fails is a reason to try again; whatever else there is, the answer goes without it.
fn or_nothing<T>(result: Result<T, BoardError>) -> Result<Option<T>, StoreError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(BoardError::Store { source, .. }) => Err(source),
        Err(error) => {
            tracing::debug!(error = %domain::ErrorChain(&error), "a chat is answered without a board");
            Ok(None)
        }
    }
}
