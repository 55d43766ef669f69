//! JSON as server functions answer it and the page reads it.

use std::convert::Infallible;

use domain::ErrorCode;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    functions::Failure,
    json::{self, FromJson},
};

/// Written by `serde` on the server, read by [`json`] in the page.
#[derive(Debug)]
pub struct PageEncoding;

/// The answer of a server function.
pub type PageJson = Post<PageEncoding>;

/// Written by hand in the page, read by `serde` on the server.
#[derive(Debug)]
pub struct ArgumentEncoding;

/// The arguments of a server function.
pub type ArgumentJson = Post<ArgumentEncoding>;

/// Arguments that the page can write as JSON.
pub trait Arguments {
    /// The JSON. What is put into it needs no escaping: ids, numbers, yes and no.
    fn to_json(&self) -> String;
}

/// The answer is not what the page knows: a newer server, or something in between.
#[derive(Debug, thiserror::Error)]
#[error("the answer can't be read")]
pub struct Unreadable;

impl ContentType for PageEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for PageEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for PageEncoding {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(output).map(Bytes::from)
    }
}

impl<T: FromJson> Decodes<T> for PageEncoding {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Unreadable> {
        std::str::from_utf8(&bytes).ok().and_then(json::read).ok_or(Unreadable)
    }
}

impl ContentType for ArgumentEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for ArgumentEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Arguments> Encodes<T> for ArgumentEncoding {
    type Error = Infallible;

    fn encode(arguments: &T) -> Result<Bytes, Infallible> {
        Ok(Bytes::from(arguments.to_json()))
    }
}

impl<T: DeserializeOwned> Decodes<T> for ArgumentEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&bytes)
    }
}

impl FromJson for Failure {
    fn from_json(value: &json::Value) -> Option<Self> {
        ErrorCode::from_json(value.field("code")?).map(Self)
    }
}
