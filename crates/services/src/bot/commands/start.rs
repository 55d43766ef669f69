//! `/start`: the greeting, and the way to what a link was about.

use domain::{TournamentId, board::TournamentCard, handoff::CabinetPage};
use i18n::{catalog, keys};
use storage::{StoreError, Transaction, tournament::Audience};

use crate::{
    boards::sight,
    bot::{
        Context,
        board_message::{self, Reader},
        commands::say,
        keyboards, linking,
        look::{Seen, View},
        reply::Reply,
    },
    links::{
        campaign::{self, Arrival},
        code::OneTimeCode,
        handoff::cabinet_page,
    },
};

/// The answer. `t_<id>` opens a tournament, a one-time token does what it was made for, a campaign's code opens its page; a
/// parameter that says nothing to us is told apart from none.
pub(super) async fn answer(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    argument: Option<&str>,
    seen: &Seen,
) -> Result<Reply, StoreError> {
    let key = match argument {
        None => keys::bot::START_HELLO,
        Some(parameter) => {
            if let Some(view) = &seen.board {
                return Ok(board_message::reply(context.services, Reader::of(context), view, None));
            }
            if let (true, Some(code)) = (context.is_private, OneTimeCode::parse(parameter)) {
                return linking::show(context, tx, &code).await;
            }
            match campaign::arrive(context.services, tx, parameter, context.user.user_id).await? {
                None => keys::bot::START_UNKNOWN_LINK,
                Some(Arrival { tournament_id: None }) => keys::bot::START_HELLO,
                Some(Arrival { tournament_id: Some(id) }) => {
                    return match tournament(context, tx, &id).await? {
                        Some(view) => {
                            Ok(board_message::reply(context.services, Reader::of(context), &view, None))
                        }
                        None => greeting(context, tx, keys::bot::START_HELLO).await,
                    };
                }
            }
        }
    };
    greeting(context, tx, key).await
}

/// The greeting. Who has confirmed no contact is asked to, once, where there is a cabinet to do so.
async fn greeting(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    key: i18n::Key,
) -> Result<Reply, StoreError> {
    let texts = catalog(context.locale);
    let Context { services, user, is_private, .. } = context;
    let cabinet = services.settings().cabinet_url.as_deref().filter(|_| is_private);
    let Some(cabinet) = cabinet else {
        return Ok(say(context, key).with(keyboards::open_app(context, "/app")));
    };
    if !tx.users().ask_contact(user.user_id, services.now()).await? {
        return Ok(say(context, key).with(keyboards::open_app(context, "/app")));
    }
    let text = format!("{}\n\n{}", texts.text(key), texts.text(keys::bot::CONTACT_ASK));
    Ok(Reply::text(text).with(keyboards::app_and_cabinet(
        context,
        "/app",
        &cabinet_page(cabinet, CabinetPage::Contact),
    )))
}

/// A campaign's tournament. Which one that is, is known within the transaction alone, so its board comes with the first
/// change of the message.
async fn tournament(
    context: Context<'_>,
    tx: &mut dyn Transaction,
    id: &TournamentId,
) -> Result<Option<View>, StoreError> {
    let row = sight::tournament(tx, id, Reader::of(context).user_id).await?;
    Ok(row.map(|row| View {
        is_public: row.audience() == Audience::Everybody,
        card: TournamentCard {
            phase: row.phase(context.services.now()),
            players: row.players,
            tournament: row.tournament,
        },
        board: None,
    }))
}
