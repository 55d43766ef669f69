//! What the client asks the player: whether the bot may write to them (6.9), and with whom a message is shared (8.0).

use crate::{
    net,
    telegram::{self, Host},
};

/// How long an answer is waited for; a client that never answers has said no.
const TIMEOUT_MS: i32 = 300_000;

/// Asks. `false` where the client can't, and after a no.
pub(crate) async fn request(host: Host) -> bool {
    if !host.supports((6, 9)) {
        return false;
    }
    let (answer, callback) = net::promised();
    // It throws when a question is open already; then nobody answers.
    telegram::call("requestWriteAccess", &[callback]);
    net::within(answer, TIMEOUT_MS).await.is_some_and(|said| said.is_truthy())
}

/// Lets the player share a message that the bot has prepared (8.0). `false` where that can't be; who changes their mind
/// has been asked all the same.
pub(crate) async fn share_message(id: &str) -> bool {
    // The client's own callback says no more than yes or no.
    let (outcome, listener) = net::promised();
    let hear = |method| {
        for event in ["shareMessageSent", "shareMessageFailed"] {
            telegram::call(method, &[event.into(), listener.clone()]);
        }
    };
    hear("onEvent");
    let is_asked = telegram::call("shareMessage", &[id.into()]).is_some();
    let failure = if is_asked { net::within(outcome, TIMEOUT_MS).await } else { None };
    hear("offEvent");
    let error = failure.and_then(|failure| net::field(&failure, "error")).and_then(|error| error.as_string());
    is_asked && error.is_none_or(|error| error == "USER_DECLINED")
}
