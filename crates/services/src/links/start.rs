//! What a launch by a link was about: the `start_param` that Telegram has signed, never the one in the address.

use domain::{TokenAction, TournamentId, token::StartAnswer};
use storage::{Transaction, one_time_token::OneTimeToken, user::User};

use crate::{
    Services,
    identity::{AuthError, Session, fresh},
    links::{
        LinkError, campaign,
        code::{OneTimeCode, TOURNAMENT},
        issue::TokenPayload,
        link::{complete, limit, question},
        settle,
        spend::{Holder, Shown, spend, take},
    },
};

/// Resolves the start parameter of a launch: opens what an `open_…` token or a campaign opens, links at once what a web
/// site has signed in, and says what is to be asked before anything else is linked.
///
/// # Errors
/// The errors of [`fresh::prove`]; [`LinkError::Refused`], [`LinkError::AccountTaken`].
pub async fn start(
    services: &Services,
    session: &Session,
    raw_init_data: &str,
) -> Result<StartAnswer, LinkError> {
    limit(services, session).await?;
    let mut tx = services.store().begin_write().await?;
    let result = async {
        let proof = fresh::prove(services, &mut *tx, session, raw_init_data).await?;
        let parameter = proof.data().start_param.as_deref().unwrap_or_default();
        resolve(services, &mut *tx, proof.user(), parameter).await
    }
    .await;
    settle(tx, result).await
}

async fn resolve(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    parameter: &str,
) -> Result<StartAnswer, LinkError> {
    if let Some(id) = parameter.strip_prefix(TOURNAMENT).and_then(|id| id.parse::<TournamentId>().ok()) {
        return Ok(StartAnswer::Open { path: format!("/app/t/{id}") });
    }
    if let Some(code) = OneTimeCode::parse(parameter) {
        let telegram_user_id = user.telegram_user_id.ok_or(AuthError::Unauthorized)?;
        let holder = Holder { user, telegram_user_id, chat_id: None };
        let token = take(services, tx, Shown::Code(&code), holder, is_for_players).await?;
        return act(services, tx, user, &token).await;
    }
    if parameter.is_empty() {
        return Ok(StartAnswer::Nothing);
    }
    let arrival = campaign::arrive(services, tx, parameter, user.user_id).await?;
    Ok(arrival.map_or(StartAnswer::Nothing, |arrival| StartAnswer::Open {
        path: arrival.tournament_id.map_or_else(|| "/app".to_owned(), |id| format!("/app/t/{id}")),
    }))
}

async fn act(
    services: &Services,
    tx: &mut dyn Transaction,
    user: &User,
    token: &OneTimeToken,
) -> Result<StartAnswer, LinkError> {
    match token.action {
        TokenAction::Link => Ok(StartAnswer::Ask { question: question(token, user)? }),
        TokenAction::SignIn => match complete(services, tx, token, user, false).await {
            Ok(_) => Ok(StartAnswer::Linked { platform_account: crate::links::link::account_of(token)? }),
            Err(LinkError::LinkedElsewhere) => Ok(StartAnswer::Ask { question: question(token, user)? }),
            Err(error) => Err(error),
        },
        TokenAction::OpenTournament | TokenAction::OpenMission | TokenAction::OpenKyc => {
            spend(services, tx, token, user).await?;
            Ok(StartAnswer::Open { path: path_of(token)? })
        }
        // Not asked for: the console and the platform take them elsewhere.
        TokenAction::ConsoleInvitation | TokenAction::Handoff | TokenAction::Join => Ok(StartAnswer::Nothing),
    }
}

/// Whether a player's chat or app can do it.
pub(crate) fn is_for_players(action: TokenAction) -> bool {
    !matches!(action, TokenAction::ConsoleInvitation | TokenAction::Handoff | TokenAction::Join)
}

/// The page that an `open_…` token opens.
///
/// # Errors
/// When the stored token can't be read.
pub(crate) fn path_of(token: &OneTimeToken) -> Result<String, LinkError> {
    let target = TokenPayload::of(token)?.target;
    Ok(match (token.action, target) {
        (TokenAction::OpenTournament, Some(id)) => format!("/app/t/{id}"),
        (TokenAction::OpenMission, Some(id)) => format!("/app/missions/{id}"),
        // The profile with the way to the cabinet, and where to go on there.
        (TokenAction::OpenKyc, Some(step)) => format!("/app/profile?kyc={step}"),
        (TokenAction::OpenKyc, None) => "/app/profile?kyc".to_owned(),
        _ => "/app".to_owned(),
    })
}
