//! What the Login Widget hands over, signed by the digest of the bot's token. Written apart from `telegram::login_widget`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{init_data::mac, world::users::User};

/// The fields of a person who confirms at `auth_date`, with their hash.
pub(super) fn fields(user: &User, auth_date: i64, token: &str) -> Value {
    let mut fields = BTreeMap::from([
        ("id", user.id.to_string()),
        ("first_name", user.first_name.clone()),
        ("auth_date", auth_date.to_string()),
    ]);
    fields.extend(user.last_name.clone().map(|name| ("last_name", name)));
    fields.extend(user.username.clone().map(|name| ("username", name)));
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let hash = hex::encode(mac(&Sha256::digest(token), lines.join("\n").as_bytes()));
    let mut signed = json!(fields);
    // The real one gives these as numbers.
    signed["id"] = json!(user.id);
    signed["auth_date"] = json!(auth_date);
    signed["hash"] = json!(hash);
    signed
}

/// The fragment in which a browser takes them back to the web site.
pub(super) fn fragment(fields: &Value) -> String {
    format!("tgAuthResult={}", URL_SAFE_NO_PAD.encode(fields.to_string()))
}
