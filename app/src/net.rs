//! Requests of the page. Every one has a timeout, and no answer is an answer: [`ErrorCode::Offline`].

pub(crate) mod later;
pub(crate) mod status;

use domain::ErrorCode;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Response};

use crate::{
    functions::Failure,
    json::{self, FromJson},
};

/// How long an answer may take.
pub(crate) const TIMEOUT_MS: i32 = 10_000;

/// A request to this origin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// Path and query.
    pub url: String,
    /// The JSON to post; a GET without.
    pub body: Option<String>,
    /// Whether what is at the address is to go.
    pub deletes: bool,
    /// The bearer token.
    pub bearer: Option<String>,
    /// The version that is held already.
    pub if_none_match: Option<String>,
    /// What was last heard of the stream that is asked for.
    pub last_event_id: Option<String>,
    /// Whether the request may outlive the page.
    pub keepalive: bool,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// The version of the body.
    pub etag: Option<String>,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// The problem's code otherwise; [`ErrorCode::Internal`] for what this page does not understand.
    pub(crate) fn read<T: FromJson>(&self) -> Result<T, ErrorCode> {
        if !(200..300).contains(&self.status) {
            return Err(self.problem());
        }
        json::read(&self.body).ok_or(ErrorCode::Internal)
    }

    /// The code of a failure.
    pub(crate) fn problem(&self) -> ErrorCode {
        let by_status = match self.status {
            0 => ErrorCode::Offline,
            429 => ErrorCode::RateLimited,
            502..=504 => ErrorCode::Unavailable,
            _ => ErrorCode::Internal,
        };
        json::read::<Failure>(&self.body).map_or(by_status, Failure::code)
    }
}

/// Sends a request.
///
/// # Errors
/// [`ErrorCode::Offline`] when no whole answer came in time.
pub(crate) async fn send(call: Call) -> Result<Answer, ErrorCode> {
    let answer = attempt(&call).await.map_err(|_| ErrorCode::Offline);
    status::note(answer.is_ok());
    answer
}

/// Asks, and promises the beginning of an answer; `controller` can end it.
pub(crate) fn begin(call: &Call, controller: &AbortController) -> Option<Promise> {
    let mut headers = Vec::new();
    let mut init = vec![
        ("signal", controller.signal().into()),
        ("cache", "no-store".into()),
        ("credentials", "omit".into()),
        ("keepalive", call.keepalive.into()),
    ];
    if let Some(body) = &call.body {
        init.extend([("method", "POST".into()), ("body", body.as_str().into())]);
        headers.push(("content-type", "application/json".into()));
    }
    if call.deletes {
        init.push(("method", "DELETE".into()));
    }
    if let Some(bearer) = &call.bearer {
        headers.push(("authorization", format!("Bearer {bearer}").into()));
    }
    for (name, value) in [("if-none-match", &call.if_none_match), ("last-event-id", &call.last_event_id)] {
        if let Some(value) = value {
            headers.push((name, value.as_str().into()));
        }
    }
    init.push(("headers", object(&headers)));
    Some(
        self::call(&leptos::prelude::window(), "fetch", &[call.url.as_str().into(), object(&init)])?
            .unchecked_into(),
    )
}

async fn attempt(call: &Call) -> Result<Answer, JsValue> {
    let controller = AbortController::new()?;
    let fetch = begin(call, &controller).ok_or(JsValue::UNDEFINED)?;
    let whole = async {
        let response: Response = later::settled(fetch).await?.unchecked_into();
        let body = later::settled(response.text()?).await?;
        let etag = response.headers().get("etag").unwrap_or_default();
        Ok(Answer { status: response.status(), body: body.as_string().unwrap_or_default(), etag })
    };
    let watchdog = later::after(TIMEOUT_MS, move || controller.abort());
    let answer = whole.await;
    drop(watchdog);
    answer
}

/// Calls a method of a JavaScript object if it is there.
pub(crate) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function = Reflect::get(object, &JsValue::from_str(method)).ok()?;
    let function: &Function = function.dyn_ref()?;
    function.apply(object, &arguments.iter().collect()).ok()
}

/// A JavaScript object of these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A plain object takes anything.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// A promise, and the function that a callback can be which keeps it.
pub(crate) fn promised() -> (Promise, JsValue) {
    let mut keep = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| keep = resolve.into());
    (promise, keep)
}

/// A field of a JavaScript object, unless it is absent.
pub(crate) fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Awaits a promise, at most for `timeout_ms`.
pub(crate) async fn within(promise: Promise, timeout_ms: i32) -> Option<JsValue> {
    let race = js_sys::Array::of2(&promise, &later::sleep(timeout_ms));
    let value = later::settled(Promise::race(&race)).await.ok()?;
    (!value.is_undefined()).then_some(value)
}
