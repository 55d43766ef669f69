//! Requests in the player's name: the bearer token is added, and renewed once when it is no longer taken.

use std::cell::RefCell;

use domain::ErrorCode;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use crate::{
    net::{self, Answer, Call},
    session::{Grant, tokens},
};

thread_local! {
    /// A refresh token is good once, so requests that find their token expired share one refresh.
    static REFRESH: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// A request with the bearer token, if there is one.
pub(crate) fn signed(call: Call) -> Call {
    Call { bearer: tokens::jwt(), ..call }
}

/// Sends a request with the bearer token, if there is one. A session that has ended on the server, by hand or because
/// somebody used a copy of its token, ends here too: the refresh says so.
///
/// # Errors
/// [`ErrorCode::Offline`] when no answer came.
pub(crate) async fn send_signed(call: Call) -> Result<Answer, ErrorCode> {
    let call = signed(call);
    let had_token = call.bearer.is_some();
    let answer = net::send(call.clone()).await?;
    let is_over = || matches!(answer.problem(), ErrorCode::TokenExpired | ErrorCode::Unauthorized);
    if !had_token || answer.status != 401 || !is_over() {
        return Ok(answer);
    }
    // Another request may have renewed it meanwhile.
    if tokens::jwt() == call.bearer && !renew().await {
        return Ok(answer);
    }
    net::send(signed(call)).await
}

/// Exchanges a refresh token. A lost answer is asked for once more: the server forgives that.
///
/// # Errors
/// What the server says, or [`ErrorCode::Offline`].
pub(super) async fn refresh(refresh_token: &str) -> Result<Grant, ErrorCode> {
    let body = refresh_body(refresh_token);
    let call = Call { url: "/v1/tg/refresh".into(), body: Some(body), ..Call::default() };
    match net::send(call.clone()).await {
        Err(_) => net::send(call).await?.read(),
        Ok(answer) => answer.read(),
    }
}

/// The body of a refresh and of a sign-out. A token is base64url; one that is not can't break out of its quotes.
pub(super) fn refresh_body(refresh_token: &str) -> String {
    let token: String =
        refresh_token.chars().filter(|letter| !matches!(letter, '"' | '\\' | '\0'..='\x1f')).collect();
    format!(r#"{{"refresh_token":"{token}"}}"#)
}

async fn renew() -> bool {
    let running = REFRESH.with_borrow_mut(|running| {
        running
            .get_or_insert_with(|| {
                future_to_promise(async {
                    let renewed = renew_now().await;
                    REFRESH.with_borrow_mut(Option::take);
                    Ok(JsValue::from_bool(renewed))
                })
            })
            .clone()
    });
    net::later::settled(running).await.is_ok_and(|renewed| renewed.is_truthy())
}

async fn renew_now() -> bool {
    let (Some(session), Some(refresh_token)) = (tokens::session(), tokens::refresh_token()) else {
        return false;
    };
    match refresh(&refresh_token).await {
        Ok(grant) => {
            session.renewed(grant);
            true
        }
        Err(ErrorCode::RefreshInvalid) => {
            session.ended();
            false
        }
        Err(_) => false,
    }
}
