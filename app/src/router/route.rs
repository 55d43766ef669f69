//! Which page a path means, and back.

use domain::{MissionId, TournamentId};

/// A page of the player's app.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// The tournaments, the busiest one's board on top.
    Lobby,
    /// One tournament and its board.
    Tournament(TournamentId),
    /// All tournaments of a kind.
    Tournaments(List),
    /// What the player has come to in tournaments that are over.
    History,
    /// The player's missions; one of them is marked when it was asked for.
    Missions(Option<MissionId>),
    /// What the player was given.
    Rewards,
    /// The player's own page.
    Profile,
    /// What a player decides about their account.
    Settings,
    /// What is kept of a player, and how to get or erase it.
    Privacy,
    /// The question whether an account may be linked.
    Link,
}

/// Which tournaments a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// Those that take scores.
    Live,
    /// Those that have not begun.
    Upcoming,
    /// Those that are over.
    Past,
}

impl List {
    /// All lists, in the order of a tournament's life.
    pub(crate) const ALL: [Self; 3] = [Self::Live, Self::Upcoming, Self::Past];

    /// What the address calls it, and the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Upcoming => "upcoming",
            Self::Past => "past",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Live => "/app/tournaments",
            Self::Upcoming => "/app/tournaments/upcoming",
            Self::Past => "/app/tournaments/past",
        }
    }
}

impl Route {
    /// The page at a path, if there is one. A slash at the end does not matter.
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix('/')?.trim_end_matches('/').split('/');
        if parts.next() != Some("app") {
            return None;
        }
        match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Some(Self::Lobby),
            (Some("tournaments"), None, _) => Some(Self::Tournaments(List::Live)),
            (Some("tournaments"), Some("upcoming"), None) => Some(Self::Tournaments(List::Upcoming)),
            (Some("tournaments"), Some("past"), None) => Some(Self::Tournaments(List::Past)),
            (Some("history"), None, _) => Some(Self::History),
            (Some("missions"), None, _) => Some(Self::Missions(None)),
            // The same letters make both ids: one parser weighs less than two (docs/adr/0004).
            (Some("missions"), Some(id), None) => {
                id.parse().ok().map(|id: TournamentId| Self::Missions(Some(id.into())))
            }
            (Some("rewards"), None, _) => Some(Self::Rewards),
            (Some("profile"), None, _) => Some(Self::Profile),
            (Some("settings"), None, _) => Some(Self::Settings),
            (Some("privacy"), None, _) => Some(Self::Privacy),
            (Some("link"), None, _) => Some(Self::Link),
            (Some("t"), Some(id), None) => id.parse().ok().map(Self::Tournament),
            _ => None,
        }
    }

    /// The page that a start parameter asks for: `t_<id>`, `p_<page>`, or a one-time token, which is asked about.
    /// `head.js` knows the same.
    pub fn from_start_parameter(parameter: &str) -> Option<Self> {
        match parameter.split_once('_') {
            Some(("t", id)) => id.parse().ok().map(Self::Tournament),
            Some(("p", "missions")) => Some(Self::Missions(None)),
            Some(("p", "settings")) => Some(Self::Settings),
            Some(("p", "privacy")) => Some(Self::Privacy),
            _ => is_one_time(parameter).then_some(Self::Link),
        }
    }

    /// The start parameter that opens the page, if there is one.
    pub fn start_parameter(&self) -> Option<String> {
        match self {
            Self::Tournament(id) => Some(format!("t_{id}")),
            // A single mission has no parameter of its own: a one-time token opens it.
            Self::Missions(_) => Some("p_missions".to_owned()),
            Self::Settings => Some("p_settings".to_owned()),
            Self::Privacy => Some("p_privacy".to_owned()),
            // A token is good in the link that it came with alone.
            Self::Lobby
            | Self::Tournaments(_)
            | Self::History
            | Self::Rewards
            | Self::Profile
            | Self::Link => None,
        }
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        match self {
            Self::Lobby => "/app".to_owned(),
            Self::Tournament(id) => format!("/app/t/{id}"),
            Self::Tournaments(list) => list.path().to_owned(),
            Self::History => "/app/history".to_owned(),
            Self::Missions(None) => "/app/missions".to_owned(),
            Self::Missions(Some(id)) => format!("/app/missions/{id}"),
            Self::Rewards => "/app/rewards".to_owned(),
            Self::Profile => "/app/profile".to_owned(),
            Self::Settings => "/app/settings".to_owned(),
            Self::Privacy => "/app/privacy".to_owned(),
            Self::Link => "/app/link".to_owned(),
        }
    }

    /// Whether the page's code is loaded when it is opened (docs/adr/0018).
    pub const fn is_later(&self) -> bool {
        !matches!(self, Self::Lobby | Self::Tournament(_))
    }

    /// The page that Back leads to from here when there is no history; `None` for the roots, which the tab bar links.
    pub fn parent(&self) -> Option<Self> {
        match self {
            Self::Lobby | Self::Missions(_) | Self::Profile => None,
            Self::Tournament(_) | Self::Tournaments(_) | Self::Link => Some(Self::Lobby),
            Self::Rewards => Some(Self::Missions(None)),
            Self::History | Self::Settings => Some(Self::Profile),
            Self::Privacy => Some(Self::Settings),
        }
    }
}

/// Whether a text has the form of a one-time token: 128 bits in base64url.
fn is_one_time(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route() -> impl Strategy<Value = Route> {
        prop_oneof![
            Just(Route::Lobby),
            Just(Route::Tournaments(List::Live)),
            Just(Route::Tournaments(List::Upcoming)),
            Just(Route::Tournaments(List::Past)),
            Just(Route::History),
            Just(Route::Missions(None)),
            Just(Route::Rewards),
            Just(Route::Profile),
            Just(Route::Settings),
            Just(Route::Privacy),
            Just(Route::Link),
            "[A-Za-z0-9_-]{1,62}".prop_map(|id| Route::Tournament(id.parse().unwrap())),
            "[A-Za-z0-9_-]{1,62}".prop_map(|id| Route::Missions(Some(id.parse().unwrap()))),
        ]
    }

    proptest! {
        #[test]
        fn a_route_survives_its_path(route in route()) {
            prop_assert_eq!(Route::parse(&route.path()), Some(route.clone()));
            prop_assert_eq!(Route::parse(&format!("{}/", route.path())), Some(route));
        }

        #[test]
        fn any_text_is_a_route_with_its_own_path_or_none(path in "(/app)?(/t|/missions)?(/\\PC{0,12}){0,3}") {
            if let Some(route) = Route::parse(&path) {
                prop_assert_eq!(route.path(), path.trim_end_matches('/'));
            }
        }

        #[test]
        fn a_start_parameter_leads_to_its_tournament(id in "[A-Za-z0-9_-]{1,62}") {
            let expected = Route::Tournament(id.parse().unwrap());
            prop_assert_eq!(Route::from_start_parameter(&format!("t_{id}")), Some(expected));
        }

        #[test]
        fn a_start_parameter_of_a_page_leads_back_to_it(route in route()) {
            if let Some(parameter) = route.start_parameter() {
                // Of a single mission it leads to all of them.
                let expected = if let Route::Missions(_) = route { Route::Missions(None) } else { route };
                prop_assert_eq!(Route::from_start_parameter(&parameter), Some(expected));
            }
        }
    }

    #[test]
    fn a_one_time_token_is_asked_about() {
        assert_eq!(Route::from_start_parameter("Zm9vYmFyYmF6cXV4-_0123"), Some(Route::Link));
        for campaign in ["spring-26", "Zm9vYmFyYmF6cXV4-_01234", "Zm9vYmFyYmF6cXV4-_012/"] {
            assert_eq!(Route::from_start_parameter(campaign), None, "{campaign}");
        }
    }

    #[test]
    fn what_is_no_page_is_none() {
        for path in [
            "",
            "/",
            "app",
            "/application",
            "/app/t",
            "/app/t/a/b",
            "/app/t/a%20b",
            "/app/tournaments/live",
            "/app/tournaments/past/a",
            "/app/missions/a/b",
            "/app/missions/a%20b",
            "/app/rewards/a",
            "/app//",
        ] {
            let expected = (path == "/app//").then_some(Route::Lobby);
            assert_eq!(Route::parse(path), expected, "{path}");
        }
        for parameter in ["", "t_", "t", "x_cup", "cup", "t_a b"] {
            assert_eq!(Route::from_start_parameter(parameter), None, "{parameter}");
        }
    }
}
