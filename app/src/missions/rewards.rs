//! `/app/rewards`: what the player was given, the newest first.

use std::{cell::RefCell, sync::Arc};

use domain::{RewardSource, RewardState};
use i18n::keys::{app, later};

use crate::{
    account::start::{signed_in_page, waiting},
    clock,
    context::Context,
    json::Value,
    missions::{
        parts::{claim_button, group, line},
        wire::{ask, list, moment, source, standing, text as text_of},
        words,
    },
    node::nodes,
    pages::name_document,
    part::{Part, attr, block, text},
    reactive::{self, Shared},
    router,
    telegram::haptics,
    texts::Texts,
    ui::{ButtonKind, Way, button, placeholder, section},
};

/// How many come at a time.
const LIMIT: u32 = 30;

/// What has come so far.
#[derive(Debug)]
struct Known {
    rewards: Vec<Value>,
    next_cursor: String,
    has_come: bool,
    /// Those that are claimed, as far as the page knows.
    claimed: Vec<String>,
}

impl Known {
    const fn new() -> Self {
        Self { rewards: Vec::new(), next_cursor: String::new(), has_come: false, claimed: Vec::new() }
    }
}

thread_local! {
    static KNOWN: RefCell<Known> = const { RefCell::new(Known::new()) };
}

/// The history in the page. Cheap to copy.
#[derive(Debug, Clone, Copy)]
struct History {
    revision: Shared<u64>,
    /// What went wrong.
    said: Shared<String>,
    texts: Texts,
}

/// The player's rewards.
pub(crate) fn rewards_page() -> Part {
    let texts = Context::get().texts;
    name_document(Some(texts.get(later::REWARDS_TITLE)));
    signed_in_page(later::REWARDS_TITLE, signed_in)
}

fn signed_in() -> Part {
    let texts = Context::get().texts;
    KNOWN.set(Known::new());
    let history = History { revision: Shared::new(0), said: Shared::new(String::new()), texts };
    reactive::effect(move || reactive::spawn(history.load(String::new())));
    let content = block(move || {
        history.revision.get();
        history.draw()
    });
    let said = text(move || history.said.get());
    let is_silent = attr(move || history.said.get().is_empty().then(String::new));
    nodes! {
        <p class="said" role="status" data-testid="said" hidden={is_silent}>{said}</p>
        {content}
    }
}

impl History {
    /// Asks for the rewards behind `cursor`.
    async fn load(self, cursor: String) {
        self.said.set(String::new());
        let mut url = format!("/v1/rewards?limit={LIMIT}");
        if !cursor.is_empty() {
            url.push_str("&cursor=");
            url.push_str(&cursor);
        }
        match ask(url, false).await {
            Ok(page) => KNOWN.with_borrow_mut(|known| {
                // A second press has brought them already.
                if known.next_cursor == cursor && (!known.has_come || !cursor.is_empty()) {
                    let rewards = list(&page, "rewards");
                    if let Some(first) = rewards.first() {
                        let first = format!("#reward-{} .reward__what", text_of(first, "reward_id"));
                        router::move_focus(".more .button:focus", &first);
                    }
                    known.rewards.extend_from_slice(rewards);
                    text_of(&page, "next_cursor").clone_into(&mut known.next_cursor);
                    known.has_come = true;
                }
            }),
            Err(code) => self.said.set(self.texts.error(code)),
        }
        self.changed();
    }

    fn changed(self) {
        self.revision.set(self.revision.now() + 1);
    }

    fn draw(self) -> Part {
        let texts = self.texts;
        let load = |cursor: String| Arc::new(move || reactive::spawn(self.load(cursor.clone())));
        KNOWN.with_borrow(|known| {
            if !known.has_come {
                // What is on its way, unless it could not be had.
                if self.said.now().is_empty() {
                    return waiting();
                }
                let way = Way::Press(texts.get(app::RETRY), load(String::new()));
                return placeholder(texts.get(app::FAILED_TITLE), String::new(), way);
            }
            if known.rewards.is_empty() {
                let text = texts.get(later::REWARDS_EMPTY_TEXT);
                return placeholder(texts.get(later::REWARDS_EMPTY_TITLE), text, Way::None);
            }
            let cells = known.rewards.iter().map(|reward| self.cell(reward, &known.claimed)).collect();
            let mut parts = vec![section(None, Some(texts.get(later::REWARDS_NOTE)), cells)];
            if !known.next_cursor.is_empty() {
                let press = load(known.next_cursor.clone());
                let more = button(ButtonKind::Tinted, texts.get(app::TOURNAMENT_MORE), press);
                parts.push(group("more", vec![more]));
            }
            group("", parts)
        })
    }

    fn cell(self, reward: &Value, claimed: &[String]) -> Part {
        let texts = self.texts;
        let source = texts.get(match source(reward) {
            Some(RewardSource::Tournament) => later::REWARDS_TOURNAMENT,
            Some(RewardSource::Achievement) => later::REWARDS_ACHIEVEMENT,
            _ => later::REWARDS_MISSION,
        });
        let id = text_of(reward, "reward_id").to_owned();
        let at = moment(reward, "granted_at").or_else(|| moment(reward, "offered_at"));
        let at = at.map(|at| clock::moment(texts.locale(), at)).unwrap_or_default();
        let what = reward.field("what").map(|what| words::prize(texts, what)).unwrap_or_default();
        let granted = "reward__state reward__state--granted";
        let state = match standing(reward) {
            Some(RewardState::Offered) if !claimed.contains(&id) => {
                let label = words::say(texts, &|catalog| later::missions_claim_label(catalog, &what));
                let id = id.clone();
                let press = move || reactive::spawn(self.claim(id.clone()));
                claim_button(label, texts.get(later::MISSIONS_CLAIM), press)
            }
            Some(RewardState::Expired) => line("reward__state", texts.get(later::REWARDS_EXPIRED)),
            Some(RewardState::Revoked) => line("reward__state", texts.get(later::REWARDS_REVOKED)),
            _ => line(granted, texts.get(later::MISSIONS_CLAIMED)),
        };
        nodes! {
            <div class="cell" id={format!("reward-{id}")} data-testid="reward">
                <div class="cell__main">
                    {line("reward__what", what)}
                    {line("cell__note", format!("{source} · {at}"))}
                </div>
                {state}
            </div>
        }
    }

    /// Claims a reward: shown at once, taken back with the reason when the server says no.
    async fn claim(self, id: String) {
        self.said.set(String::new());
        let place = format!("#reward-{id} .");
        router::move_focus(&format!("{place}mission__claim:focus"), &format!("{place}reward__what"));
        KNOWN.with_borrow_mut(|known| known.claimed.push(id.clone()));
        self.changed();
        haptics::outcome(true);
        if let Err(code) = ask(format!("/v1/rewards/{id}/claim"), true).await {
            KNOWN.with_borrow_mut(|known| known.claimed.retain(|other| *other != id));
            self.said.set(self.texts.error(code));
            self.changed();
            haptics::outcome(false);
        }
    }
}
