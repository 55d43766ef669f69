//! Claiming: what is pressed is done at once, and taken back with the reason when the server says no.

use domain::ErrorCode;
use i18n::keys::later;
use leptos::prelude::{Get as _, untrack};

use crate::{
    actions::Action,
    context::Context,
    missions::{
        list::{List, card_now, cards},
        live,
        wire::ask,
        words,
    },
    reactive, router,
    telegram::haptics,
};

/// Claims what missions have to give, one after the other.
pub(super) async fn claim(list: List, ids: Vec<String>) {
    for id in ids {
        let card = card_now(&id);
        // Who has no account is refused: nothing is celebrated then.
        let is_certain = untrack(|| !list.is_unlinked());
        if card.claimable().is_empty() || !list.begin(&id, is_certain) {
            continue;
        }
        if is_certain {
            let place = format!("#mission-{id} .mission__");
            router::move_focus(&format!("{place}claim:focus"), &format!("{place}title"));
            let reward = words::reward(list.texts, &card);
            list.speech
                .answer(words::say(list.texts, &|catalog| later::missions_claimed_said(catalog, &reward)));
            haptics::outcome(true);
        }
        let answer = ask(format!("/v1/missions/{id}/claim"), true).await;
        list.settle(&id, answer.as_ref().map_err(|code| *code));
        let Err(code) = answer else { continue };
        haptics::outcome(false);
        if matches!(code, ErrorCode::Offline | ErrorCode::RateLimited | ErrorCode::NotLinked) {
            // These would refuse the others too.
            return;
        }
        // What was not true any more is now.
        live::renew(list);
    }
}

/// Offers to claim everything at once, where there is more than one.
pub(super) fn offer_all(list: List) {
    let Context { actions, texts, .. } = Context::get();
    let count = reactive::memo(move || list.waiting().to_string());
    let all = move || {
        let count = count.get().parse::<u64>().ok().filter(|count| *count > 1)?;
        let label = words::say(texts, &|catalog| later::missions_claim_all(catalog, count));
        Some(Action::new(label, move || {
            let ids = cards().iter().map(|card| card.id().to_owned()).collect();
            reactive::spawn(claim(list, ids));
        }))
    };
    actions.offer(all, || None);
}
