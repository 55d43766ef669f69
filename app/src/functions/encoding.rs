//! JSON as server functions answer it and the page reads it.

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::Serialize;

use crate::{
    functions::Failure,
    json::{self, FromJson},
};

/// Written by `serde` on the server, read by [`json`] in the page.
#[derive(Debug)]
pub struct PageEncoding;

/// The answer of a server function.
pub type PageJson = Post<PageEncoding>;

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

impl FromJson for Failure {
    fn from_json(value: &json::Value) -> Option<Self> {
        FromJson::from_json(value).map(Self)
    }
}
