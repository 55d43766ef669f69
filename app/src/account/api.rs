//! The calls of pages that are loaded later, in the player's name.

use std::{future::Future, pin::Pin};

use domain::ErrorCode;

use crate::{
    json::{self, FromJson, Value},
    net::Call,
    session::send_signed,
};

/// What came back: its JSON, [`Value::Null`] where there is none; else what the server says, or
/// [`ErrorCode::Offline`].
#[derive(Debug)]
pub(crate) struct Reply(pub Result<Value, ErrorCode>);

/// A reply that is waited for. In a box: what waits holds no copy of how it is waited for (docs/adr/0004).
pub(crate) type Waiting = Pin<Box<dyn Future<Output = Reply>>>;

impl Reply {
    /// What it says.
    ///
    /// # Errors
    /// What the server says, or [`ErrorCode::Offline`]; [`ErrorCode::Internal`] for what this page does not understand.
    pub(crate) fn read<T: FromJson>(self) -> Result<T, ErrorCode> {
        T::from_json(&self.0?).ok_or(ErrorCode::Internal)
    }

    /// Whether it was a yes.
    ///
    /// # Errors
    /// What the server says, or [`ErrorCode::Offline`].
    pub(crate) fn done(self) -> Result<(), ErrorCode> {
        self.0.map(|_| ())
    }
}

/// Reads what is at an address.
pub(crate) fn get(url: &str) -> Waiting {
    send(url, None, false)
}

/// Posts JSON.
pub(crate) fn post(url: &str, body: String) -> Waiting {
    send(url, Some(body), false)
}

/// Removes what is at an address.
pub(crate) fn delete(url: &str) -> Waiting {
    send(url, None, true)
}

/// An object of texts as JSON.
pub(crate) fn object(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, text)| format!("\"{name}\":{}", quoted(text)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn send(url: &str, body: Option<String>, deletes: bool) -> Waiting {
    let call = Call { url: url.to_owned(), body, deletes, ..Call::default() };
    Box::pin(async move {
        Reply(match send_signed(call).await {
            Ok(answer) if !(200..300).contains(&answer.status) => Err(answer.problem()),
            Ok(answer) if answer.body.is_empty() => Ok(Value::Null),
            Ok(answer) => json::parse(&answer.body).ok_or(ErrorCode::Internal),
            Err(code) => Err(code),
        })
    })
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
