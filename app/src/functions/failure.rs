//! Why a server function did not do what was asked.

use domain::ErrorCode;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::functions::encoding::PageEncoding;

/// A reason from the closed list. The server makes a whole problem document of it (see its `pages::functions`); the
/// page reads the code alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.as_str())]
pub struct Failure(pub ErrorCode);

impl Failure {
    /// Why.
    pub const fn code(self) -> ErrorCode {
        self.0
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self(code)
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("code", self.0.as_str())?;
        map.end()
    }
}

impl FromServerFnError for Failure {
    type Encoder = PageEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Request(_) => ErrorCode::Offline,
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_) => ErrorCode::BadRequest,
            _ => ErrorCode::Internal,
        })
    }
}
