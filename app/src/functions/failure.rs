//! What a server function answers when it can't do what was asked.

use domain::{ErrorCode, Problem};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::functions::encoding::PageEncoding;

/// A problem document, as `/v1` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error("{code}", code = .0.code)]
pub struct Failure(pub Problem);

impl Failure {
    /// Why.
    pub const fn code(&self) -> ErrorCode {
        self.0.code
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self(Problem::new(code))
    }
}

impl FromServerFnError for Failure {
    type Encoder = PageEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::from(match error {
            ServerFnErrorErr::Request(_) => ErrorCode::Offline,
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_) => ErrorCode::BadRequest,
            _ => ErrorCode::Internal,
        })
    }
}
