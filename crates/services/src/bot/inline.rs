//! Inline mode: behind the bot's name anybody finds boards, and sends one to a chat of their choice.
//!
//! What is sent is a picture of the moment, in the language of who sends it, with a link to the board and a button that
//! brings it up to date for whoever presses it. It could keep itself up to date only where the operator has switched
//! Telegram's feedback on (docs/adr/0025), and a button works everywhere.
//!
//! An answer is worth something for seconds: whoever has typed on has asked anew. So it leaves before all else, and not at all
//! when it is late.

use domain::{Locale, TournamentId, board::TournamentCard, tournament::Phase};
use i18n::{catalog, keys};
use serde_json::json;
use storage::StoreError;
use telegram::{
    inline::{ANSWER_MS_MAX, Article},
    keyboard::{InlineButton, InlineKeyboard, KeyboardError},
    link,
    update::{InlineQuery, Person},
};

use crate::{
    Services, boards,
    bot::{
        board_message::text,
        choice::Choice,
        look::{self, View},
    },
    limits::{self, Action, Subject},
    outbox::Outgoing,
};

/// The results of one answer.
const PAGE_SIZE: usize = 8;
/// For how long Telegram may give the same person the same answer.
const CACHE_S: u32 = 20;
/// For how long a finished tournament is found.
const FINISHED_FOUND_MS: i64 = 7 * 24 * 3_600_000;
/// The most characters of what is looked for.
const WORDS_CHARACTERS_MAX: usize = 64;

/// What was found for a query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    views: Vec<View>,
    /// Where the next page begins; `None` at the end.
    next: Option<usize>,
}

/// Looks for what somebody types. `None` when they ask faster than anybody types.
///
/// # Errors
/// When the database fails.
pub(crate) async fn find(services: &Services, query: &InlineQuery) -> Result<Option<Found>, StoreError> {
    let alias = services.secrets().alias(query.from.id);
    if limits::take(services, Action::Inline, Subject::Person(&alias)).await.is_err() {
        return Ok(None);
    }
    let now = services.now();
    let cards = match boards::tournaments(services, boards::lobby::TOURNAMENTS_MAX).await {
        Ok(cards) => cards,
        Err(boards::BoardError::Store { source, .. }) => return Err(source),
        Err(_) => return Ok(None),
    };
    let words = words(&query.query);
    let is_of_today = |card: &TournamentCard| match card.phase {
        Phase::Running | Phase::Upcoming => true,
        Phase::Finished => now.millis_since(card.tournament.ends_at) < FINISHED_FOUND_MS,
        Phase::Canceled => false,
    };
    let mut matching =
        cards.into_iter().filter(|card| is_of_today(card) && is_match(card, &words)).skip(offset(query));
    let mut found = Found::default();
    for card in matching.by_ref().take(PAGE_SIZE) {
        let board = match card.phase {
            Phase::Upcoming | Phase::Canceled => None,
            Phase::Running | Phase::Finished => {
                let rows = u32::try_from(text::PODIUM_ROWS).unwrap_or(1);
                look::board(services, &card.tournament.tournament_id, None, rows).await?
            }
        };
        found.views.push(View { card, board, is_public: true });
    }
    found.next = matching.next().map(|_| offset(query) + PAGE_SIZE);
    Ok(Some(found))
}

/// The place in the list at which a page begins: the offset of our own answer before it.
fn offset(query: &InlineQuery) -> usize {
    query.offset.parse::<u16>().unwrap_or_default().into()
}

fn words(query: &str) -> Vec<String> {
    let query: String = query.chars().take(WORDS_CHARACTERS_MAX).collect();
    query.split_whitespace().map(str::to_lowercase).collect()
}

/// Whether each word stands in one of the titles, whatever language it is in.
fn is_match(card: &TournamentCard, words: &[String]) -> bool {
    let titles: String =
        Locale::ALL.map(|locale| card.tournament.title.for_locale(locale).to_lowercase()).join("\n");
    words.iter().all(|word| titles.contains(word.as_str()))
}

/// The answer. `age_ms` is how long ago the query came.
pub(crate) fn answer(
    services: &Services,
    query: &InlineQuery,
    found: Option<Found>,
    age_ms: i64,
) -> Vec<Outgoing> {
    let Some(found) = found.filter(|_| age_ms < ANSWER_MS_MAX) else { return Vec::new() };
    let locale = locale_of(&query.from);
    let now = services.now();
    let articles: Vec<Article> = found
        .views
        .iter()
        .filter_map(|view| {
            let card = &view.card;
            let title = card.tournament.title.for_locale(locale);
            let description = text::state(card, locale, now);
            let id = format!("t_{}", card.tournament.tournament_id);
            let article = Article::new(&id, title, &description, &text::podium(view, locale, now))?;
            Some(match keyboard(services, locale, card) {
                Ok(keyboard) => article.with(&keyboard),
                Err(error) => {
                    tracing::error!(error = %domain::ErrorChain(&error), "a keyboard could not be made");
                    article
                }
            })
        })
        .collect();
    let mut answer = json!({
        "results": articles,
        // The texts are in the language of who asks.
        "is_personal": true,
        "cache_time": CACHE_S,
        "next_offset": found.next.map(|next| next.to_string()).unwrap_or_default(),
    });
    if found.views.is_empty() && offset(query) == 0 {
        let label = catalog(locale).text(keys::bot::INLINE_NOTHING);
        answer["button"] = json!({"text": label, "start_parameter": "tournaments"});
    }
    vec![Outgoing::inline_answer(&query.id, answer)]
}

/// What stands in the place of a result whose button was pressed.
pub(crate) fn refreshed(services: &Services, locale: Locale, view: &View) -> crate::bot::reply::Reply {
    crate::bot::reply::Reply::text(text::podium(view, locale, services.now()))
        .with(keyboard(services, locale, &view.card))
}

/// Links alone: a button that opens a Mini App is refused in other chats.
pub(crate) fn keyboard(
    services: &Services,
    locale: Locale,
    card: &TournamentCard,
) -> Result<InlineKeyboard, KeyboardError> {
    let texts = catalog(locale);
    let id = &card.tournament.tournament_id;
    let open = InlineButton::url(texts.text(keys::bot::TOURNAMENT_BUTTON_BOARD), &address(services, id))?;
    let mut rows = vec![vec![open]];
    // An id that leaves no room for the button's data has no button.
    let refresh = Choice::Refresh(locale, id.clone()).to_data();
    if matches!(card.phase, Phase::Running | Phase::Upcoming)
        && let Ok(button) = InlineButton::callback(texts.text(keys::bot::INLINE_BUTTON_REFRESH), &refresh)
    {
        rows.push(vec![button]);
    }
    InlineKeyboard::new(rows)
}

/// The link that opens a tournament's board in the app; its page on the web while the bot's name is not known.
pub(crate) fn address(services: &Services, id: &TournamentId) -> String {
    let username = services.bot_identity().known_username();
    let link = username.and_then(|bot| link::startapp_link(&bot, None, &format!("t_{id}")).ok());
    link.unwrap_or_else(|| format!("{}/app/t/{id}", services.settings().public_url))
}

/// A person's language.
pub(crate) fn locale_of(person: &Person) -> Locale {
    person.language_code.as_deref().map(Locale::from_tag).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{Operator, Order, Timestamp, Tournament, tournament::Title};

    use super::*;

    fn card(title: &[(&str, &str)]) -> TournamentCard {
        let title = title.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned()));
        let tournament = Tournament {
            tournament_id: "cup".parse().unwrap(),
            title: Title::new(title.collect::<BTreeMap<_, _>>()).unwrap(),
            starts_at: Timestamp::from_millis(0),
            ends_at: Timestamp::from_millis(1),
            operator: Operator::Best,
            order: Order::Desc,
            ties: domain::ranking::TieOrders::default(),
        };
        TournamentCard { tournament, phase: Phase::Running, players: 0 }
    }

    #[test]
    fn a_tournament_is_found_by_words_of_any_of_its_titles() {
        let cup = card(&[("en", "Winter Cup"), ("ru", "Зимний кубок")]);
        for found in ["", "  ", "winter", "CUP wint", "КУБОК"] {
            assert!(is_match(&cup, &words(found)), "{found}");
        }
        for not_found in ["summer", "winter league", "%"] {
            assert!(!is_match(&cup, &words(not_found)), "{not_found}");
        }
    }

    #[test]
    fn a_query_is_read_to_a_bound() {
        assert_eq!(words(&"x".repeat(5_000)), ["x".repeat(WORDS_CHARACTERS_MAX)]);
    }

    #[test]
    fn an_offset_that_is_not_ours_is_the_beginning() {
        let query = |offset: &str| InlineQuery {
            id: "1".to_owned(),
            from: Person {
                id: domain::TelegramUserId(1),
                first_name: String::new(),
                username: None,
                language_code: None,
                is_bot: false,
            },
            query: String::new(),
            offset: offset.to_owned(),
        };
        for (text, expected) in [("", 0), ("8", 8), ("-1", 0), ("x", 0), ("99999999", 0)] {
            assert_eq!(offset(&query(text)), expected, "{text}");
        }
    }
}
