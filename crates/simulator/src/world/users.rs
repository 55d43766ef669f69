//! The people who use the simulated Telegram.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most people a simulator holds.
pub const USERS_MAX: usize = 200_000;
/// Ids of people that are made without one start here, clear of any id a test would choose.
const FIRST_FREE_ID: i64 = 7_000_000_001;

/// A person to be made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NewUser {
    /// The Telegram id; a free one is taken when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The first name.
    pub first_name: String,
    /// The last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The name behind `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The language of the person's Telegram.
    #[serde(default = "english")]
    pub language_code: String,
    /// Whether the demo platform leaves the person alone, in place of taking them for a player of its own.
    #[serde(default)]
    pub is_stranger: bool,
}

fn english() -> String {
    "en".to_owned()
}

/// A person.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// The Telegram id, also the id of the private chat with the bot.
    pub id: i64,
    /// The first name.
    pub first_name: String,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The name behind `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The language of the person's Telegram.
    pub language_code: String,
    /// Whether the person ever wrote to the bot or gave it write access.
    pub started: bool,
    /// Whether the person blocked the bot.
    pub blocked: bool,
    /// Whether the demo platform does not know the person.
    pub is_stranger: bool,
}

impl User {
    /// The person as the Bot API's `User`.
    pub fn to_api(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.first_name,
            "language_code": self.language_code,
        });
        self.add_names(&mut user);
        user
    }

    /// The private chat with the person as the Bot API's `Chat`.
    pub fn to_api_chat(&self) -> Value {
        let mut chat = json!({"id": self.id, "type": "private", "first_name": self.first_name});
        self.add_names(&mut chat);
        chat
    }

    /// The person as the `user` of init data.
    pub fn to_init_data(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "first_name": self.first_name,
            "last_name": self.last_name.clone().unwrap_or_default(),
            "language_code": self.language_code,
        });
        if let Some(username) = &self.username {
            user["username"] = json!(username);
        }
        if self.started && !self.blocked {
            user["allows_write_to_pm"] = json!(true);
        }
        user
    }

    fn add_names(&self, target: &mut Value) {
        if let Some(last_name) = &self.last_name {
            target["last_name"] = json!(last_name);
        }
        if let Some(username) = &self.username {
            target["username"] = json!(username);
        }
    }
}

/// Everybody.
#[derive(Debug, Default)]
pub struct Users(BTreeMap<i64, User>);

impl Users {
    /// Adds a person, or renames the one with the same id. `None` when there is no place left or the name is empty.
    pub fn add(&mut self, new: NewUser) -> Option<&User> {
        if new.first_name.trim().is_empty() || self.0.len() >= USERS_MAX {
            return None;
        }
        let id = new.id.filter(|id| *id > 0).unwrap_or_else(|| self.free_id());
        let (started, blocked) = self.0.get(&id).map_or((false, false), |user| (user.started, user.blocked));
        let NewUser { id: _, first_name, last_name, username, language_code, is_stranger } = new;
        let user = User { id, first_name, last_name, username, language_code, started, blocked, is_stranger };
        self.0.insert(id, user);
        self.0.get(&id)
    }

    /// The person with an id.
    pub fn get(&self, id: i64) -> Option<&User> {
        self.0.get(&id)
    }

    /// The person with an id, to be changed.
    pub fn get_mut(&mut self, id: i64) -> Option<&mut User> {
        self.0.get_mut(&id)
    }

    /// Everybody, by id.
    pub fn iter(&self) -> impl Iterator<Item = &User> {
        self.0.values()
    }

    fn free_id(&self) -> i64 {
        let mut id = FIRST_FREE_ID;
        while self.0.contains_key(&id) {
            id += 1;
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_without_an_id_get_different_ones() {
        let mut users = Users::default();
        let new = NewUser { first_name: "Ada".to_owned(), ..NewUser::default() };
        let first = users.add(new.clone()).unwrap().id;
        let second = users.add(new).unwrap().id;
        assert_ne!(first, second);
    }

    #[test]
    fn renaming_keeps_the_block() {
        let mut users = Users::default();
        let named = |name: &str| NewUser { id: Some(7), first_name: name.to_owned(), ..NewUser::default() };
        users.add(named("Ada"));
        users.get_mut(7).unwrap().blocked = true;
        assert!(users.add(named("Grace")).unwrap().blocked);
    }
}
