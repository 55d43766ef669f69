//! What the server hands the page along with its HTML, so that the first route needs no request.

use domain::{
    ErrorCode, Timestamp,
    board::{Lobby, TournamentPage},
};
use serde::{Deserialize, Serialize};

/// Everything that the page must know to render what the server has rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageData {
    /// The path of the page that was rendered; a start parameter can make it differ from the address.
    pub path: String,
    /// The bot's username, without `@`; absent while the bot is off.
    pub bot: Option<String>,
    /// The server's time when it rendered.
    pub now: Timestamp,
    /// The page's content.
    pub first: First,
}

/// The content of the first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum First {
    /// For `/app`.
    Lobby(Lobby),
    /// For `/app/t/{id}`.
    Tournament(TournamentPage),
    /// For a page that shows nothing public.
    Nothing,
    /// The content could not be had.
    Failed(ErrorCode),
}

impl PageData {
    /// The data as JSON that is safe inside a `<script>` element.
    ///
    /// # Errors
    /// Never for the types of this crate; the signature is `serde_json`'s.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)?.replace('<', "\\u003c"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_can_not_end_the_script_element() {
        let data = PageData {
            path: "/app</script><script>".to_owned(),
            bot: None,
            now: Timestamp::from_millis(0),
            first: First::Nothing,
        };
        let json = data.to_json().unwrap();
        assert!(!json.contains('<'), "{json}");
        assert_eq!(serde_json::from_str::<PageData>(&json).unwrap(), data);
    }
}
