//! How server functions are called: through the page's own `fetch`, signed, with its timeout.
//!
//! `server_fn` brings a client of its own; this one is a quarter of its size in the bundle and knows of tokens.

use std::future::Future;

use domain::ErrorCode;
use http::Method;
use leptos::server_fn::{Bytes, client::Client, request::ClientReq, response::ClientRes};
use send_wrapper::SendWrapper;

use crate::{
    functions::Failure,
    net::{Answer, Call},
    reactive,
    session::send_signed,
};

/// Calls server functions in the player's name.
#[derive(Debug)]
pub struct SignedIn;

/// A call of a server function: a path and JSON.
#[derive(Debug)]
pub struct Request(Call);

/// Its answer.
#[derive(Debug)]
pub struct Response(Answer);

/// No server function of the page has another encoding than JSON.
fn unsupported<T>() -> Result<T, Failure> {
    Err(Failure::from(ErrorCode::BadRequest))
}

impl Client<Failure> for SignedIn {
    type Request = Request;
    type Response = Response;

    fn send(request: Request) -> impl Future<Output = Result<Response, Failure>> + Send {
        SendWrapper::new(async move { send_signed(request.0).await.map(Response).map_err(Failure::from) })
    }

    async fn open_websocket(
        _path: &str,
    ) -> Result<
        (
            impl futures::Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
            impl futures::Sink<Bytes> + Send + 'static,
        ),
        Failure,
    > {
        unsupported::<(futures::stream::Empty<Result<Bytes, Bytes>>, futures::sink::Drain<Bytes>)>()
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        reactive::spawn(future);
    }
}

impl ClientReq<Failure> for Request {
    type FormData = ();

    fn try_new_req_bytes(
        path: &str,
        _content_type: &str,
        _accepts: &str,
        body: Bytes,
        _method: Method,
    ) -> Result<Self, Failure> {
        let Ok(body) = String::from_utf8(body.into()) else { return unsupported() };
        Ok(Self(Call { url: path.to_owned(), body: Some(body), ..Call::default() }))
    }

    fn try_new_req_text(_: &str, _: &str, _: &str, _: String, _: Method) -> Result<Self, Failure> {
        unsupported()
    }

    fn try_new_req_query(_: &str, _: &str, _: &str, _: &str, _: Method) -> Result<Self, Failure> {
        unsupported()
    }

    fn try_new_req_form_data(_: &str, _: &str, _: &str, (): (), _: Method) -> Result<Self, Failure> {
        unsupported()
    }

    fn try_new_req_multipart(_: &str, _: &str, (): (), _: Method) -> Result<Self, Failure> {
        unsupported()
    }

    fn try_new_req_streaming(
        _: &str,
        _: &str,
        _: &str,
        _: impl futures::Stream<Item = Bytes> + Send + 'static,
        _: Method,
    ) -> Result<Self, Failure> {
        unsupported()
    }
}

impl ClientRes<Failure> for Response {
    async fn try_into_string(self) -> Result<String, Failure> {
        Ok(self.0.body)
    }

    async fn try_into_bytes(self) -> Result<Bytes, Failure> {
        // A failure may come from a proxy that knows no problem documents; its status still says something.
        if self.0.status >= 400 {
            return Ok(Bytes::from(format!(r#"{{"code":"{}"}}"#, self.0.problem().as_str())));
        }
        Ok(Bytes::from(self.0.body))
    }

    fn try_into_stream(
        self,
    ) -> Result<impl futures::Stream<Item = Result<Bytes, Bytes>> + Send + 'static, Failure> {
        unsupported::<futures::stream::Empty<Result<Bytes, Bytes>>>()
    }

    fn status(&self) -> u16 {
        self.0.status
    }

    fn status_text(&self) -> String {
        String::new()
    }

    fn location(&self) -> String {
        String::new()
    }

    fn has_redirect(&self) -> bool {
        false
    }
}
