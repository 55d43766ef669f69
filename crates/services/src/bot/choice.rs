//! What the buttons below a question say: at most 64 bytes, and nothing that would be worth guessing. A button answers the
//! person who was asked; whoever else sends its data is refused as a foreign holder.

use domain::{Locale, MissionId, TokenId, TournamentId};
use uuid::Uuid;

/// An answer to a question of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Link the account of this token.
    Link(TokenId),
    /// The same, though another account is linked: that link ends.
    Replace(TokenId),
    /// Do not link it.
    Decline(TokenId),
    /// End the link.
    Unlink,
    /// Keep the link.
    Keep,
    /// Join the tournament.
    Join(TournamentId),
    /// Show the missions.
    Missions,
    /// Claim what a mission has to give.
    Claim(MissionId),
    /// Show this page of the list of tournaments, from 0 on.
    List(u16),
    /// Show the board as it is now, and keep it up to date again.
    Board(TournamentId),
    /// Show the board as it is now in the message that was sent to another chat, in this language.
    Refresh(Locale, TournamentId),
}

impl Choice {
    /// The button's data.
    pub fn to_data(&self) -> String {
        let with = |name: &str, id: &TokenId| format!("{name}:{}", id.as_uuid().simple());
        match self {
            Self::Link(id) => with("link", id),
            Self::Replace(id) => with("replace", id),
            Self::Decline(id) => with("decline", id),
            Self::Unlink => "unlink".to_owned(),
            Self::Keep => "keep".to_owned(),
            Self::Missions => "missions".to_owned(),
            Self::List(page) => format!("list:{page}"),
            // Short names: the id of a tournament takes up to 62 of the 64 bytes.
            Self::Board(id) => format!("b:{id}"),
            Self::Claim(id) => format!("c:{id}"),
            Self::Join(id) => format!("j:{id}"),
            Self::Refresh(locale, id) => format!("r:{}:{id}", locale.tag()),
        }
    }

    /// The choice of a button's data; `None` for what is from another day.
    pub fn parse(data: &str) -> Option<Self> {
        match data {
            "unlink" => return Some(Self::Unlink),
            "keep" => return Some(Self::Keep),
            "missions" => return Some(Self::Missions),
            _ => {}
        }
        let (name, id) = data.split_once(':')?;
        match name {
            "list" => return id.parse().ok().map(Self::List),
            "b" => return id.parse().ok().map(Self::Board),
            "c" => return id.parse().ok().map(Self::Claim),
            "j" => return id.parse().ok().map(Self::Join),
            "r" => {
                let (tag, id) = id.split_once(':')?;
                let locale = Locale::ALL.into_iter().find(|locale| locale.tag() == tag)?;
                return id.parse().ok().map(|id| Self::Refresh(locale, id));
            }
            _ => {}
        }
        let id = TokenId::from_uuid(Uuid::try_parse(id).ok()?);
        match name {
            "link" => Some(Self::Link(id)),
            "replace" => Some(Self::Replace(id)),
            "decline" => Some(Self::Decline(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_its_button_and_fits_it() {
        let id = TokenId::from_uuid(Uuid::from_u128(u128::MAX));
        let longest: TournamentId = "x".repeat(62).parse().unwrap();
        let usual: TournamentId = "x".repeat(59).parse().unwrap();
        for choice in [
            Choice::Link(id),
            Choice::Replace(id),
            Choice::Decline(id),
            Choice::Unlink,
            Choice::Keep,
            Choice::List(u16::MAX),
            Choice::Board(longest.clone()),
            Choice::Join(longest),
            Choice::Missions,
            Choice::Claim("x".repeat(62).parse().unwrap()),
            Choice::Refresh(Locale::It, usual),
        ] {
            let data = choice.to_data();
            assert!(telegram::keyboard::InlineButton::callback("x", &data).is_ok(), "{data}");
            assert_eq!(Choice::parse(&data), Some(choice));
        }
        for other in [
            "",
            "link",
            "link:",
            "link:x",
            "unlink:1",
            "more:1",
            "list:-1",
            "list:99999",
            "b:",
            "b:a b",
            "r:cup",
            "r:xx:cup",
            "r:it:",
        ] {
            assert_eq!(Choice::parse(other), None, "{other}");
        }
    }
}
