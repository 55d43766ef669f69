//! The parameters of a call, however they were sent: in the address, as JSON, as a form or with files.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest as _, Multipart, Request},
    http::{HeaderMap, header},
};
use serde_json::{Map, Value};

use crate::api::{BODY_BYTES_MAX, error::ApiError};

/// A file that came with a call.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name on the sender's disk.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// What is in it.
    pub content: Bytes,
}

/// The parameters of a call.
#[derive(Debug, Default)]
pub struct Params {
    fields: Map<String, Value>,
    files: BTreeMap<String, Upload>,
}

impl Params {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// When the body can't be read as what it says it is.
    pub async fn read(request: Request) -> Result<Self, ApiError> {
        let mut params = Self::default();
        if let Some(query) = request.uri().query() {
            params.add_form(query.as_bytes())?;
        }
        let content_type = content_type(request.headers());
        match content_type.as_str() {
            "multipart/form-data" => params.add_multipart(request).await?,
            other => {
                let body = read_body(request.into_body()).await?;
                params.add_body(other, &body)?;
            }
        }
        Ok(params)
    }

    /// Reads what a webhook answered; `None` when it answered nothing that could be a call.
    pub fn of_webhook_answer(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let mut params = Self::default();
        params.add_body(&content_type(headers), body).ok()?;
        params.fields.contains_key("method").then_some(params)
    }

    fn add_body(&mut self, content_type: &str, body: &[u8]) -> Result<(), ApiError> {
        match content_type {
            "application/json" if !body.is_empty() => {
                let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
                    return Err(ApiError::bad_request("can't parse JSON object"));
                };
                self.fields.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
                Ok(())
            }
            "application/x-www-form-urlencoded" => self.add_form(body),
            _ => Ok(()),
        }
    }

    fn add_form(&mut self, form: &[u8]) -> Result<(), ApiError> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(form).map_err(|_| ApiError::bad_request("can't parse form"))?;
        self.fields.extend(pairs.into_iter().map(|(name, value)| (name, Value::String(value))));
        Ok(())
    }

    async fn add_multipart(&mut self, request: Request) -> Result<(), ApiError> {
        let broken = |_| ApiError::bad_request("can't parse multipart form data");
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| ApiError::bad_request("can't parse multipart form data"))?;
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            if let Some(file_name) = part.file_name().map(str::to_owned) {
                let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
                let content = part.bytes().await.map_err(broken)?;
                self.files.insert(name, Upload { name: file_name, content_type, content });
            } else {
                let text = part.text().await.map_err(broken)?;
                self.fields.insert(name, Value::String(text));
            }
        }
        Ok(())
    }

    /// A text; numbers count as texts, as they do in a form.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// When there is something else under the name.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let wrong = || ApiError::bad_request(format!("field \"{name}\" must be a number"));
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number.as_i64().map(Some).ok_or_else(wrong),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| wrong()),
            Some(_) => Err(wrong()),
        }
    }

    /// A yes or no; no when it is missing.
    pub fn flag(&self, name: &str) -> bool {
        match self.fields.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    /// A structure, written as JSON or as a text with JSON in it.
    ///
    /// # Errors
    /// When the text is no JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, ApiError> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text)
                .map(Some)
                .map_err(|_| ApiError::bad_request(format!("can't parse {name}: expected a JSON object"))),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// The file that a field holds or refers to by `attach://<name>`.
    pub fn upload(&self, name: &str) -> Option<&Upload> {
        self.files.get(name).or_else(|| {
            let reference = self.fields.get(name)?.as_str()?.strip_prefix("attach://")?;
            self.files.get(reference)
        })
    }

    /// The parameters for the log of calls: files are named only.
    pub fn to_log(&self) -> Value {
        let mut fields = self.fields.clone();
        for (name, file) in &self.files {
            let size = file.content.len();
            fields.insert(name.clone(), Value::String(format!("file of {size} bytes")));
        }
        Value::Object(fields)
    }
}

fn content_type(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

async fn read_body(body: Body) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| ApiError::new(413, "Request Entity Too Large"))
}
