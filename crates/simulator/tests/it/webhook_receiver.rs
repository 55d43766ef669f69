//! A webhook that notes what it gets and answers as it was told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::Value;
use tokio::sync::Semaphore;

/// What the webhook answers.
#[derive(Debug, Clone)]
pub enum Says {
    Status(u16),
    RetryAfter(u16, i64),
    Json(Value),
}

/// What came in.
#[derive(Debug, Clone)]
pub struct Taken {
    pub secret: Option<String>,
    pub update: Value,
}

#[derive(Debug, Default)]
struct Notes {
    answers: VecDeque<Says>,
    taken: Vec<Taken>,
    at_once: usize,
    most_at_once: usize,
}

/// A webhook on a free port.
#[derive(Debug, Clone)]
pub struct Receiver {
    notes: Arc<Mutex<Notes>>,
    gate: Arc<Semaphore>,
    pub url: String,
}

impl Receiver {
    /// A webhook that answers 200 as soon as it has said what it was told to say first.
    pub async fn new(answers: impl IntoIterator<Item = Says>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let notes = Notes { answers: answers.into_iter().collect(), ..Notes::default() };
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        let receiver = Self { notes: Arc::new(Mutex::new(notes)), gate, url };
        let app = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// Holds every answer back until [`Receiver::open`].
    pub fn close(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets so many answers go.
    pub fn open(&self, answers: usize) {
        self.gate.add_permits(answers);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.notes.lock().unwrap().taken.clone()
    }

    /// The texts of the messages that came in.
    pub fn texts(&self) -> Vec<String> {
        let text = |taken: &Taken| taken.update["message"]["text"].as_str().unwrap_or_default().to_owned();
        self.taken().iter().map(text).collect()
    }

    pub fn most_at_once(&self) -> usize {
        self.notes.lock().unwrap().most_at_once
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> Response {
    let secret =
        headers.get("x-telegram-bot-api-secret-token").map(|value| value.to_str().unwrap().to_owned());
    let says = {
        let mut notes = receiver.notes.lock().unwrap();
        notes.taken.push(Taken { secret, update: serde_json::from_str(&body).unwrap() });
        notes.at_once += 1;
        notes.most_at_once = notes.most_at_once.max(notes.at_once);
        notes.answers.pop_front()
    };
    receiver.gate.acquire().await.unwrap().forget();
    receiver.notes.lock().unwrap().at_once -= 1;
    match says.unwrap_or(Says::Status(200)) {
        Says::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Says::RetryAfter(status, after) => {
            (StatusCode::from_u16(status).unwrap(), [("retry-after", after.to_string())]).into_response()
        }
        Says::Json(body) => axum::Json(body).into_response(),
    }
}
