//! How the Bot API says yes.

use serde_json::{Value, json};

/// An answer with `"ok": true`.
#[derive(Debug)]
pub struct Answer {
    result: Value,
    description: Option<&'static str>,
}

impl Answer {
    /// `true`, with words about what was done.
    pub fn done(description: &'static str) -> Self {
        Self { result: json!(true), description: Some(description) }
    }

    /// The body of the answer.
    pub fn to_body(&self) -> Value {
        let mut body = json!({"ok": true, "result": self.result});
        if let Some(description) = self.description {
            body["description"] = json!(description);
        }
        body
    }
}

impl From<Value> for Answer {
    fn from(result: Value) -> Self {
        Self { result, description: None }
    }
}
