//! `/t/{id}/rules`: how a tournament counts, for the button "Rules" in the chat.

use domain::{Operator, Order, Timestamp, Tournament};
use i18n::keys::{app as texts, site};
use leptos::prelude::*;

use crate::{
    router::Route,
    ssr::render::{Setting, document, render},
};

/// The rules of a tournament, read off what it is. `grace_s` is for how long after the end earlier scores are taken.
pub fn render_rules(setting: Setting<'_>, tournament: &Tournament, grace_s: u64) -> String {
    let catalog = i18n::catalog(setting.locale);
    let text = |key| catalog.text(key);
    let title = tournament.title.for_locale(setting.locale);
    let (from, to) = (moment(tournament.starts_at), moment(tournament.ends_at));
    let counts = match tournament.operator {
        Operator::Best => site::RULES_BEST,
        Operator::Sum => site::RULES_SUM,
        Operator::Latest => site::RULES_LATEST,
        Operator::Count => site::RULES_COUNT,
    };
    let order = match tournament.order {
        Order::Desc => site::RULES_MORE,
        Order::Asc => site::RULES_LESS,
    };
    let board = Route::Tournament(tournament.tournament_id.clone()).path();
    let body = render(|| {
        view! {
            <main class="site">
                <h1 class="site__title">{text(site::RULES_TITLE)}</h1>
                <p class="site__text">{title.to_owned()}</p>
                <ul class="site__list">
                    <li>{site::rules_window(catalog, &from, &to)}</li>
                    <li>{text(counts)}</li>
                    <li>{text(order)}</li>
                    <li>{text(site::RULES_TIES)}</li>
                    <li>{site::rules_late(catalog, grace_s)}</li>
                </ul>
                <div class="site__actions">
                    <a class="button button--filled" href=board>{text(texts::BOARD_TITLE)}</a>
                </div>
                <p class="site__note">{text(site::MONEY)}</p>
            </main>
        }
    });
    document(setting, &format!("{} · {title}", text(site::RULES_TITLE)), text(site::RULES_TITLE), body, None)
}

/// A moment to the minute. The page does not know the reader's time zone, so it says which one it means.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use domain::Locale;

    use super::*;

    #[test]
    fn a_moment_names_its_zone() {
        assert_eq!(moment(Timestamp::from_millis(1_767_225_600_000)), "2026-01-01 00:00 UTC");
    }

    #[test]
    fn no_language_lacks_the_rules() {
        for locale in Locale::ALL {
            assert!(!i18n::catalog(locale).text(site::RULES_TIES).is_empty());
        }
    }
}
