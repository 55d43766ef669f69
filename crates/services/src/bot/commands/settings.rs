//! `/settings`: what the player is told of, to be switched by buttons, and the way to the rest.

use domain::{ConsentKind, Consents, Locale};
use i18n::{catalog, keys};
use storage::{StoreError, Transaction};
use telegram::keyboard::{InlineButton, InlineKeyboard, KeyboardError};

use crate::{
    bot::{Context, callback, commands::say, keyboards, reply::Reply},
    consents::texts,
};

/// The answer. It is about an account, so a group is not told.
pub(super) async fn answer(context: Context<'_>, tx: &mut dyn Transaction) -> Result<Reply, StoreError> {
    if !context.is_private {
        return Ok(say(context, keys::bot::PRIVATE_ONLY).with(keyboards::open_app(context, "/app/settings")));
    }
    let consents = tx.consents().state(context.user_id).await?;
    Ok(message(&context.services.settings().public_url, context.locale, consents))
}

/// The message: each kind, what it means, and whether it is on.
pub(crate) fn message(public_url: &str, locale: Locale, consents: Consents) -> Reply {
    let mut lines = vec![catalog(locale).text(keys::bot::SETTINGS_TITLE).to_owned()];
    for kind in ConsentKind::ALL {
        lines.push(format!("\n{}\n{}", labelled(*kind, locale, consents), texts::text(*kind, locale)));
    }
    lines.push(format!("\n{}", catalog(locale).text(keys::bot::SETTINGS_REQUIRED)));
    Reply::text(lines.join("\n")).with(keyboard(public_url, locale, consents))
}

fn labelled(kind: ConsentKind, locale: Locale, consents: Consents) -> String {
    let mark = if consents.is_given(kind) { "✅" } else { "▫️" };
    format!("{mark} {}", texts::title(kind, locale))
}

fn keyboard(public_url: &str, locale: Locale, consents: Consents) -> Result<InlineKeyboard, KeyboardError> {
    let mut rows = Vec::with_capacity(ConsentKind::ALL.len() + 1);
    for kind in ConsentKind::ALL {
        let data = callback::consent_data(*kind, !consents.is_given(*kind));
        rows.push(vec![InlineButton::callback(&labelled(*kind, locale, consents), &data)?]);
    }
    let more = catalog(locale).text(keys::bot::SETTINGS_MORE);
    rows.push(vec![InlineButton::web_app(more, &format!("{public_url}/app/settings"))?]);
    InlineKeyboard::new(rows)
}
