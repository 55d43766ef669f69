//! Which page a path means, and back.

use domain::TournamentId;

/// A page of the player's app.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Route {
    /// The tournaments, the busiest one's board on top.
    Lobby,
    /// One tournament and its board.
    Tournament(TournamentId),
    /// The player's own page.
    Profile,
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
            (Some("profile"), None, _) => Some(Self::Profile),
            (Some("t"), Some(id), None) => id.parse().ok().map(Self::Tournament),
            _ => None,
        }
    }

    /// The page that a start parameter (`t_<id>`) asks for.
    pub fn from_start_parameter(parameter: &str) -> Option<Self> {
        parameter.strip_prefix("t_")?.parse().ok().map(Self::Tournament)
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        match self {
            Self::Lobby => "/app".to_owned(),
            Self::Tournament(id) => format!("/app/t/{id}"),
            Self::Profile => "/app/profile".to_owned(),
        }
    }

    /// Whether the page's code is loaded when it is opened (docs/adr/0018).
    pub const fn is_later(&self) -> bool {
        matches!(self, Self::Profile)
    }

    /// The page that Back leads to from here when there is no history; `None` for the roots, which the tab bar links.
    pub fn parent(&self) -> Option<Self> {
        match self {
            Self::Lobby | Self::Profile => None,
            Self::Tournament(_) => Some(Self::Lobby),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route() -> impl Strategy<Value = Route> {
        prop_oneof![
            Just(Route::Lobby),
            Just(Route::Profile),
            "[A-Za-z0-9_-]{1,62}".prop_map(|id| Route::Tournament(id.parse().unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn a_route_survives_its_path(route in route()) {
            prop_assert_eq!(Route::parse(&route.path()), Some(route.clone()));
            prop_assert_eq!(Route::parse(&format!("{}/", route.path())), Some(route));
        }

        #[test]
        fn any_text_is_a_route_with_its_own_path_or_none(path in "(/app)?(/t)?(/\\PC{0,12}){0,3}") {
            if let Some(route) = Route::parse(&path) {
                prop_assert_eq!(route.path(), path.trim_end_matches('/'));
            }
        }

        #[test]
        fn a_start_parameter_leads_to_its_tournament(id in "[A-Za-z0-9_-]{1,62}") {
            let expected = Route::Tournament(id.parse().unwrap());
            prop_assert_eq!(Route::from_start_parameter(&format!("t_{id}")), Some(expected));
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
            "/app/missions",
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
