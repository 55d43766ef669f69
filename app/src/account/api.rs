//! The calls of pages that are loaded later, in the player's name.

use domain::ErrorCode;

use crate::{
    json::FromJson,
    net::{Answer, Call},
    session::send_signed,
};

/// Reads what is at an address.
///
/// # Errors
/// What the server says, or [`ErrorCode::Offline`].
pub(crate) async fn get<T: FromJson>(url: &str) -> Result<T, ErrorCode> {
    send(url, None).await?.read()
}

/// Posts JSON.
///
/// # Errors
/// What the server says, or [`ErrorCode::Offline`].
pub(crate) async fn post<T: FromJson>(url: &str, body: String) -> Result<T, ErrorCode> {
    send(url, Some(body)).await?.read()
}

/// Posts JSON to where no answer but a yes is of interest.
///
/// # Errors
/// What the server says, or [`ErrorCode::Offline`].
pub(crate) async fn done(url: &str, body: &str) -> Result<(), ErrorCode> {
    let answer = send(url, Some(body.to_owned())).await?;
    if (200..300).contains(&answer.status) { Ok(()) } else { Err(answer.problem()) }
}

/// Removes what is at an address.
///
/// # Errors
/// What the server says, or [`ErrorCode::Offline`].
pub(crate) async fn delete(url: &str) -> Result<(), ErrorCode> {
    let answer = send_signed(Call { url: url.to_owned(), deletes: true, ..Call::default() }).await?;
    if (200..300).contains(&answer.status) { Ok(()) } else { Err(answer.problem()) }
}

/// An object of texts as JSON.
pub(crate) fn object(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, text)| format!("\"{name}\":{}", quoted(text)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

async fn send(url: &str, body: Option<String>) -> Result<Answer, ErrorCode> {
    send_signed(Call { url: url.to_owned(), body, ..Call::default() }).await
}

/// A text as JSON. Control characters, which none of ours has, are left out.
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if matches!(letter, '"' | '\\') {
            json.push('\\');
        }
        json.push(letter);
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_can_not_break_out_of_its_quotes() {
        let json = object(&[("init_data", "a=%22&b=\"c\\\n"), ("token", "t")]);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value, serde_json::json!({ "init_data": "a=%22&b=\"c\\", "token": "t" }));
    }
}
