//! Whether an account of the platform is linked, how it is linked by a pasted code, its end, and the way to the cabinet.

use std::sync::Arc;

use domain::ErrorCode;
use i18n::keys::later;

use crate::{
    account::{
        api,
        cabinet::{self, Page},
        code::code_cell,
        start::remote,
        talk::Talk,
        wire::Account,
    },
    context::Context,
    data::Remote,
    part::Part,
    reactive::{self, Shared},
    ui::{ButtonKind, button, cell, section},
};

/// The section of the link.
pub(super) fn linking(talk: Talk) -> Part {
    let state = Shared::new(Remote::Loading);
    remote(state, later::ACCOUNT_HEADER, 2, "/v1/tg/me", move |account: Account| {
        let Context { texts, telegram, .. } = Context::get();
        let link = if account.linked { later::ACCOUNT_LINKED } else { later::ACCOUNT_NOT_LINKED };
        let mut cells = vec![cell(texts.get(later::ACCOUNT_LINK), texts.get(link))];
        if !account.linked {
            cells.push(code_cell(talk));
        }
        if account.has_cabinet {
            let cabinet = Arc::new(move || reactive::spawn(cabinet::go(talk, telegram, Page::Profile)));
            cells.push(button(ButtonKind::Plain, texts.get(later::ACCOUNT_CABINET), cabinet));
        }
        if account.linked {
            let unlink = Arc::new(move || reactive::spawn(unlink(state, talk)));
            cells.push(button(ButtonKind::Destructive, texts.get(later::ACCOUNT_UNLINK), unlink));
        }
        let note = match (account.linked, account.contact_confirmed) {
            (false, _) => Some(later::ACCOUNT_HOW),
            (true, false) => Some(later::ACCOUNT_CONFIRM),
            (true, true) => None,
        };
        section(Some(texts.get(later::ACCOUNT_HEADER)), note.map(|note| texts.get(note)), cells)
    })
}

async fn unlink(state: Shared<Remote<Account>>, talk: Talk) {
    if !talk.ask(later::ACCOUNT_UNLINK_ASK, later::ACCOUNT_UNLINK).await {
        return;
    }
    let Some(proof) = talk.proof() else { return };
    let answer: Result<Account, ErrorCode> =
        api::post("/v1/tg/unlink", api::object(&[("init_data", &proof)])).await.read();
    match answer {
        Ok(account) => {
            state.set(Remote::Ready(account));
            talk.say(later::ACCOUNT_UNLINKED);
        }
        Err(code) => talk.fail(code),
    }
    crate::router::keep_focus();
}
