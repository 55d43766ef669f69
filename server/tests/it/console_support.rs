//! An operator's browser: the cookie, the form key, and pages as they are asked for by one.

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use domain::{Clock, OperatorId, TelegramUserId, audit::AuditAction, console::Role};
use http_body_util::BodyExt;
use services::console::totp;
use storage::{
    audit::AuditEntry,
    operator::{Operator, OperatorSource},
};

use serde_json::json;

use crate::support::TestServer;

pub const ORIGIN: &str = "http://127.0.0.1:3000";

/// A page: its status, headers and text.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The cookie that it sets, as a browser sends it back.
    pub fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// What the page says is wrong with its fields.
    pub fn wrong(&self) -> Vec<String> {
        let wrong = self.html.split("data-wrong=\"").skip(1);
        wrong.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    /// What a hidden field of its form holds.
    pub fn hidden(&self, name: &str) -> String {
        let rest = self.html.split(&format!("name=\"{name}\" value=\"")).nth(1);
        rest.unwrap_or_else(|| panic!("no {name} in {}", self.html)).split('"').next().unwrap().to_owned()
    }

    fn form_key(&self) -> Option<String> {
        let (_, rest) = self.html.split_once("name=\"form_key\" value=\"")?;
        Some(rest.split('"').next().unwrap().to_owned())
    }

    /// The secret that an authenticator would be told.
    pub fn secret(&self) -> Vec<u8> {
        let (_, rest) = self.html.split_once("secret=").unwrap();
        totp::from_base32(rest.split('&').next().unwrap()).unwrap()
    }
}

pub struct Browser<'s> {
    pub server: &'s TestServer,
    pub cookie: String,
    pub form_key: String,
}

/// Asks for a session by an access token.
pub async fn door(server: &TestServer, jwt: &str) -> Page {
    let request = Request::post("/console/session")
        .header(header::AUTHORIZATION, format!("Bearer {jwt}"))
        .body(Body::empty())
        .unwrap();
    answer(server, request).await
}

/// The same with an invitation.
pub async fn door_invited(server: &TestServer, jwt: &str, invitation: &str) -> Page {
    let body = serde_json::json!({"invitation": invitation}).to_string();
    let request = Request::post("/console/session")
        .header(header::AUTHORIZATION, format!("Bearer {jwt}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    answer(server, request).await
}

/// The answer to a request. Time goes on by a moment before it, so that the log's lines have an order.
pub async fn answer(server: &TestServer, request: Request<Body>) -> Page {
    server.clock.advance_ms(1);
    let (parts, body) = server.request(request).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Page { status: parts.status, headers: parts.headers, html: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// Makes a person an operator, as an invitation would.
pub async fn admit(server: &TestServer, telegram_user_id: i64, role: Role) -> OperatorId {
    let now = server.clock.now();
    let operator = Operator {
        operator_id: OperatorId::new(now, server.services.rng()),
        telegram_user_id: TelegramUserId(telegram_user_id),
        label: format!("The {}", role.as_str()),
        role,
        source: OperatorSource::Invitation,
        invited_by: None,
        created_at: now,
        ended_at: None,
    };
    let mut tx = server.services.store().begin_write().await.unwrap();
    let admitted = tx.operators().admit(&operator).await.unwrap();
    tx.save().await.unwrap();
    admitted.operator_id
}

/// A browser behind the door; a second factor may still be needed.
pub async fn enter(server: &TestServer, telegram_user_id: i64) -> Browser<'_> {
    let jwt = server.sign_in(telegram_user_id, "Olga").await.jwt;
    let opened = door(server, &jwt).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.html);
    let mut browser = Browser { server, cookie: opened.cookie(), form_key: String::new() };
    browser.form_key = browser.get("/console/second-factor").await.form_key().unwrap();
    browser
}

/// A browser that may do whatever the role may.
pub async fn at_work(server: &TestServer, telegram_user_id: i64, role: Role) -> Browser<'_> {
    admit(server, telegram_user_id, role).await;
    let mut browser = enter(server, telegram_user_id).await;
    if role.needs_second_factor() {
        browser.enroll().await;
    }
    browser
}

impl Browser<'_> {
    fn request(&self, method: &str, path: &str, body: String) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    }

    pub async fn get(&self, path: &str) -> Page {
        answer(self.server, self.request("GET", path, String::new())).await
    }

    pub async fn post(&self, path: &str, fields: &str) -> Page {
        let body = format!("form_key={}&{fields}", self.form_key);
        answer(self.server, self.request("POST", path, body)).await
    }

    /// A form with these fields, written as a browser writes them.
    pub async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", app::console::encoded(value))).collect();
        self.post(path, &pairs.join("&")).await
    }

    /// A form as somebody else would have it sent.
    pub async fn post_with(&self, path: &str, body: &str, origin: Option<&str>) -> Page {
        let mut request = self.request("POST", path, body.to_owned());
        request.headers_mut().remove(header::ORIGIN);
        if let Some(origin) = origin {
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        }
        answer(self.server, request).await
    }

    /// The code of a problem, as a program would get it.
    pub async fn problem(&self, path: &str) -> String {
        let mut request = self.request("GET", path, String::new());
        request.headers_mut().remove(header::ACCEPT);
        let (status, body) = self.server.json(request).await;
        crate::support::problem_code(status, &body)
    }

    /// Takes over the cookie of an answer, and its form key.
    pub async fn follow(&mut self, page: &Page) {
        self.cookie = page.cookie();
        self.form_key = self.get("/console/second-factor").await.form_key().unwrap();
    }

    /// Sets a second factor up. Returns its secret and the recovery codes.
    pub async fn enroll(&mut self) -> (Vec<u8>, Vec<String>) {
        let secret = self.get("/console/second-factor").await.secret();
        let code = totp::code_at(&secret, self.server.clock.now());
        let page = self.post("/console/second-factor", &format!("code={code}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let codes = page.html.split("<li><code>").skip(1);
        let codes = codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        self.follow(&page).await;
        (secret, codes)
    }

    /// Searches, and follows to what was found.
    pub async fn search(&self, query: &str) -> Page {
        let answer = self.post("/console/players", &format!("query={query}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        assert!(!answer.location().contains(query), "{}", answer.location());
        self.get(answer.location()).await
    }
}

/// The newest lines of the audit log.
pub async fn log(server: &TestServer) -> Vec<AuditEntry> {
    let mut tx = server.services.store().begin_read().await.unwrap();
    tx.audit().newest(None, None, 100).await.unwrap()
}

/// What was done, the newest first.
pub async fn actions(server: &TestServer) -> Vec<AuditAction> {
    log(server).await.into_iter().map(|entry| entry.action).collect()
}

pub const PLAYER: i64 = 4_200_042;

/// A player whom the platform knows, and the key that boards call them by.
pub async fn player(server: &TestServer) -> String {
    server.events(&json!([server.user("plat-77", "NovaFox", Some(PLAYER))])).await;
    server.sign_in(PLAYER, "Ada").await.user.player.to_string()
}
