//! What the player's card says.

use domain::tournament::Title;
use i18n::keys::{app, later};

use crate::{
    clock,
    compete::{
        game::Game,
        prizes::prize_text,
        stand::{Stand, Unmet},
        wire::{Details, Mine},
    },
    texts::Texts,
};

/// The state, in a few words.
pub(super) fn title(texts: Texts, game: &Game) -> String {
    let key = match game.stand() {
        Stand::Loading => app::LOADING,
        Stand::Failed => app::FAILED_TITLE,
        Stand::Canceled => later::GAME_CANCELED,
        Stand::Out => later::GAME_OUT,
        Stand::Final(true) => {
            let rank = game.mine.get().and_then(|mine| mine.result).map_or(0, |result| result.rank);
            return texts.with(|catalog| later::game_final(catalog, rank));
        }
        Stand::Final(false) | Stand::Settling => later::GAME_OVER,
        Stand::Frozen => later::GAME_FROZEN,
        Stand::In => later::GAME_IN,
        Stand::Unmet(_) => later::GAME_UNMET,
        Stand::Full => later::GAME_FULL,
        Stand::OpensAt(_) => later::GAME_EARLY,
        Stand::Closed => later::GAME_CLOSED,
        Stand::ToJoin(_) => later::GAME_TO_JOIN,
        Stand::Free => later::GAME_FREE,
    };
    texts.get(key)
}

/// What follows from it, in one or two lines.
pub(super) fn note(texts: Texts, game: &Game) -> String {
    let key = match game.stand() {
        Stand::Loading | Stand::Failed => return String::new(),
        Stand::Canceled => later::GAME_CANCELED_NOTE,
        Stand::Out => later::GAME_OUT_NOTE,
        Stand::Final(true) => return final_note(texts, game),
        Stand::Final(false) => later::GAME_MISSED_NOTE,
        Stand::Settling => later::GAME_SETTLING_NOTE,
        Stand::Frozen => later::GAME_FROZEN_NOTE,
        Stand::In => return playing_note(texts, game),
        Stand::Unmet(Unmet::Link) => later::GAME_UNMET_LINK,
        Stand::Unmet(Unmet::Kyc) => later::GAME_UNMET_KYC,
        Stand::Unmet(Unmet::Region) => later::GAME_UNMET_REGION,
        Stand::Full => later::GAME_FULL_NOTE,
        Stand::OpensAt(at) => {
            let when = clock::moment(texts.locale(), at);
            return texts.with(|catalog| later::game_early_note(catalog, &when));
        }
        Stand::Closed => later::GAME_CLOSED_NOTE,
        Stand::ToJoin(_) => return to_join_note(texts, game),
        Stand::Free => later::GAME_FREE_NOTE,
    };
    texts.get(key)
}

fn to_join_note(texts: Texts, game: &Game) -> String {
    let details = game.known();
    let places = details.and_then(|details| Some((details.entries, details.join.size_max?)));
    let Some((entries, places)) = places else { return texts.get(later::GAME_TO_JOIN_NOTE) };
    texts.with(|catalog| later::game_places(catalog, entries, places))
}

/// The place, what is missing to the next one, the league and the attempts.
fn playing_note(texts: Texts, game: &Game) -> String {
    let mut facts = Vec::new();
    let me = game.store.me();
    match &me {
        Some(me) => facts.push(texts.with(|catalog| later::game_place(catalog, me.rank))),
        None => facts.push(texts.get(later::GAME_NO_SCORE)),
    }
    if let Some((points, rank)) = game.store.gap() {
        facts.push(texts.with(|catalog| app::me_gap(catalog, points, rank)));
    }
    if let (Some(details), Some(mine)) = (game.known(), game.mine.get()) {
        let place = me.map(|me| (me.rank, game.store.total()));
        facts.extend(league(texts, &details, &mine, place));
        facts.extend(attempts(texts, &mine));
    }
    facts.join(" · ")
}

/// How many attempts are left.
fn attempts(texts: Texts, mine: &Mine) -> Option<String> {
    let allowed = mine.attempts_allowed?;
    Some(match mine.attempts_used {
        Some(used) => {
            let left = allowed.saturating_sub(used);
            texts.with(|catalog| later::game_attempts_left(catalog, allowed, left))
        }
        None => texts.with(|catalog| later::game_attempts(catalog, allowed)),
    })
}

/// The league, and where the player's place in it leads.
fn league(texts: Texts, details: &Details, mine: &Mine, place: Option<(u64, u64)>) -> Option<String> {
    let entry = mine.entry?;
    let number = usize::try_from(entry.tier).ok()?;
    let tier = details.tiers.get(number)?;
    let name = of_locale(texts, &tier.title);
    let is_highest = number + 1 == details.tiers.len();
    let way = match (mine.movement.as_deref(), place) {
        (Some("promoted"), _) => Some(later::GAME_ROSE),
        (Some("demoted"), _) => Some(later::GAME_FELL),
        (Some(_), _) => Some(later::GAME_STAYED),
        (None, Some((rank, players))) if players > 1 => {
            if !is_highest && rank <= tier.promote {
                Some(later::GAME_RISES)
            } else if number > 0 && rank > players.saturating_sub(tier.demote) {
                Some(later::GAME_FALLS)
            } else {
                Some(later::GAME_STAYS)
            }
        }
        (None, _) => None,
    };
    Some(match way {
        Some(way) => format!("{name}: {}", texts.get(way)),
        None => name,
    })
}

/// What the player has won, and where it stands.
fn final_note(texts: Texts, game: &Game) -> String {
    let (Some(mine), Some(details)) = (game.mine.get(), game.known()) else { return String::new() };
    let mut facts = Vec::new();
    let prize = mine.result.as_ref().and_then(|result| result.prize.as_ref());
    match (&mine.reward, prize) {
        (Some(reward), _) => {
            let prize = prize_text(texts, &reward.what);
            facts.push(match (reward.state.as_str(), reward.expires_at) {
                ("offered", Some(at)) => {
                    let when = clock::day(texts.locale(), at);
                    texts.with(|catalog| later::game_offered_until(catalog, &prize, &when))
                }
                ("expired", _) => texts.with(|catalog| later::game_expired(catalog, &prize)),
                ("revoked", _) => texts.with(|catalog| later::game_revoked(catalog, &prize)),
                ("granted", _) => texts.with(|catalog| later::game_granted(catalog, &prize)),
                _ => texts.with(|catalog| later::game_offered(catalog, &prize)),
            });
        }
        (None, Some(prize)) => {
            let prize = prize_text(texts, prize);
            facts.push(texts.with(|catalog| later::game_offered(catalog, &prize)));
        }
        (None, None) => facts.push(texts.get(later::GAME_NO_PRIZE)),
    }
    facts.extend(league(texts, &details, &mine, None));
    facts.join(" · ")
}

/// A text in the player's language.
pub(super) fn of_locale(texts: Texts, title: &Title) -> String {
    title.for_locale(texts.locale()).to_owned()
}
