//! What people do.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::Refusal,
    launch::{Launch, LaunchError},
    simulator::{Load, Simulator},
    world::{people::DeedError, users::NewUser},
};

impl From<DeedError> for Refusal {
    fn from(error: DeedError) -> Self {
        let status = match error {
            DeedError::NoUser | DeedError::NoMessage | DeedError::NotPrepared => StatusCode::NOT_FOUND,
            DeedError::Blocked => StatusCode::CONFLICT,
            DeedError::Text | DeedError::Data => StatusCode::BAD_REQUEST,
            DeedError::Full => StatusCode::INSUFFICIENT_STORAGE,
        };
        Self::new(status, error)
    }
}

impl From<LaunchError> for Refusal {
    fn from(error: LaunchError) -> Self {
        let status = match error {
            LaunchError::NoUser => StatusCode::NOT_FOUND,
            LaunchError::Url | LaunchError::StartParam => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error)
    }
}

type Answer = Result<Json<Value>, Refusal>;

/// The most people that one list shows.
const USERS_MAX: usize = 500;
/// The most characters of a person's newest message in the list.
const SNIPPET_CHARACTERS_MAX: usize = 80;

/// The first people by id, each with a snippet of the newest message.
pub async fn list(State(simulator): State<Simulator>) -> Json<Value> {
    let world = simulator.world();
    let users: Vec<Value> = world
        .users
        .iter()
        .take(USERS_MAX)
        .map(|user| {
            let newest = world.chats.get(user.id).and_then(|chat| chat.messages.last());
            let snippet: Option<String> =
                newest.map(|message| message.text.chars().take(SNIPPET_CHARACTERS_MAX).collect());
            let mut listed = json!(user);
            listed["last_message"] = json!(snippet);
            listed
        })
        .collect();
    Json(json!({"users": users}))
}

/// A new person.
pub async fn create(State(simulator): State<Simulator>, Json(user): Json<NewUser>) -> Answer {
    let user = simulator.create_user(user).ok_or_else(|| {
        Refusal::new(StatusCode::BAD_REQUEST, "a user needs a first name, and there must be room")
    })?;
    Ok(Json(json!(user)))
}

/// What a person writes.
#[derive(Debug, Deserialize)]
pub struct Written {
    text: String,
}

/// A person writes.
pub async fn write(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Json(written): Json<Written>,
) -> Answer {
    let update_id = simulator.send_message(id, &written.text)?;
    Ok(Json(json!({"update_id": update_id})))
}

/// The button that a person presses.
#[derive(Debug, Deserialize)]
pub struct Press {
    message_id: i64,
    data: String,
}

/// A person presses an inline button.
pub async fn press(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Json(press): Json<Press>,
) -> Answer {
    let (update_id, callback_id) = simulator.press_button(id, press.message_id, &press.data)?;
    Ok(Json(json!({"update_id": update_id, "callback_id": callback_id})))
}

/// A person blocks the bot.
pub async fn block(State(simulator): State<Simulator>, Path(id): Path<i64>) -> Answer {
    Ok(Json(json!({"update_id": simulator.block(id)?})))
}

/// A person takes the block back.
pub async fn unblock(State(simulator): State<Simulator>, Path(id): Path<i64>) -> Answer {
    Ok(Json(json!({"update_id": simulator.unblock(id)?})))
}

/// A person's telephone number.
#[derive(Debug, Deserialize)]
pub struct Contact {
    phone_number: String,
}

/// A person shares their number with the bot.
pub async fn contact(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Json(contact): Json<Contact>,
) -> Answer {
    let first_name =
        simulator.world().users.get(id).map(|user| user.first_name.clone()).ok_or_else(Refusal::no_user)?;
    let content = json!({"phone_number": contact.phone_number, "first_name": first_name, "user_id": id});
    Ok(Json(json!({"update_id": simulator.send_attachment(id, "contact", content)?})))
}

/// A person lets the bot write, as the Mini App asked.
pub async fn write_access(State(simulator): State<Simulator>, Path(id): Path<i64>) -> Answer {
    let content = json!({"from_request": true});
    Ok(Json(json!({"update_id": simulator.send_attachment(id, "write_access_allowed", content)?})))
}

/// What a Mini App opened from the keyboard sends.
#[derive(Debug, Deserialize)]
pub struct WebAppData {
    data: String,
    #[serde(default)]
    button_text: String,
}

/// A Mini App opened from the keyboard sends data and closes.
pub async fn web_app_data(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Json(sent): Json<WebAppData>,
) -> Answer {
    if sent.data.is_empty() || sent.data.len() > 4096 {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "data has 1 to 4096 bytes"));
    }
    let content = json!({"data": sent.data, "button_text": sent.button_text});
    Ok(Json(json!({"update_id": simulator.send_attachment(id, "web_app_data", content)?})))
}

/// A person shares a message that the bot prepared.
pub async fn share(
    State(simulator): State<Simulator>,
    Path((id, prepared_id)): Path<(i64, String)>,
) -> Answer {
    simulator.share_prepared(id, &prepared_id)?;
    Ok(Json(json!({})))
}

/// The address with which a person opens the Mini App.
pub async fn launch(
    State(simulator): State<Simulator>,
    Path(id): Path<i64>,
    Query(launch): Query<Launch>,
) -> Answer {
    Ok(Json(json!({"url": simulator.launch(id, &launch)?})))
}

/// Many people write at once.
pub async fn load(State(simulator): State<Simulator>, Json(load): Json<Load>) -> Answer {
    Ok(Json(json!({"update_ids": simulator.load(&load)?})))
}
