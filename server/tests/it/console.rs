//! The console: who gets in, who may do what, and what is written down of it.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    Clock,
    audit::AuditAction,
    console::{Permission, Role},
};
use serde_json::json;

use crate::{
    console_support::{
        Browser, ORIGIN, actions, admit, answer, at_work, door, door_invited, enter, log, player,
    },
    support::{OPERATOR, get, post_json, problem_code, server},
};

#[tokio::test]
async fn a_stranger_gets_no_session_and_it_is_written_down() {
    let server = server().await;
    let stranger = server.sign_in(42, "Ada").await;
    let refused = door(&server, &stranger.jwt).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.headers.contains_key(header::SET_COOKIE));
    let lines = log(&server).await;
    assert_eq!(lines[0].action, AuditAction::ConsoleSignInRefused);
    assert_eq!(lines[0].subject, Some(stranger.user.user_id));
}

#[tokio::test]
async fn the_door_opens_for_a_living_session_alone() {
    let server = server().await;
    let signed_in = server.sign_in(OPERATOR, "Olga").await;
    for token in ["", "nonsense"] {
        assert_eq!(door(&server, token).await.status, StatusCode::UNAUTHORIZED, "{token:?}");
    }
    let bare = Request::post("/console/session").body(Body::empty()).unwrap();
    let (status, body) = server.json(bare).await;
    assert_eq!(problem_code(status, &body), "unauthorized");
    let elsewhere = Request::post("/console/session")
        .header(header::AUTHORIZATION, format!("Bearer {}", signed_in.jwt))
        .header(header::ORIGIN, "https://evil.example")
        .body(Body::empty())
        .unwrap();
    assert_eq!(answer(&server, elsewhere).await.status, StatusCode::FORBIDDEN);

    let logout = post_json("/v1/tg/logout", &json!({"refresh_token": signed_in.refresh_token}));
    assert!(server.request(logout).await.status().is_success());
    let ended = door(&server, &signed_in.jwt).await;
    assert_eq!(
        ended.status,
        StatusCode::UNAUTHORIZED,
        "a token outlives its session, the door does not take it"
    );
    server.clock.advance_ms(900_000);
    assert_eq!(door(&server, &signed_in.jwt).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_session_pages_lead_to_the_door_and_programs_are_refused() {
    let server = server().await;
    let nobody = Browser { server: &server, cookie: "podium_console=x".to_owned(), form_key: String::new() };
    for path in ["/console", "/console/players", "/console/audit", "/console/second-factor"] {
        let led = nobody.get(path).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, "/console/enter"), "{path}");
        assert_eq!(nobody.problem(path).await, "unauthorized");
    }
    let door = answer(&server, get("/console/enter")).await;
    assert_eq!(door.status, StatusCode::OK);
    assert!(door.html.contains("/login?next=/console/enter"), "{}", door.html);
}

#[tokio::test]
async fn whom_the_settings_name_is_an_admin_who_does_nothing_before_a_second_factor() {
    let server = server().await;
    let jwt = server.sign_in(OPERATOR, "Olga").await.jwt;
    let opened = door(&server, &jwt).await;
    assert!(opened.html.contains("/console/second-factor"), "{}", opened.html);
    let mut browser = enter(&server, OPERATOR).await;
    for path in ["/console", "/console/players", "/console/audit", "/console/operators"] {
        let led = browser.get(path).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, "/console/second-factor"), "{path}");
        assert_eq!(browser.problem(path).await, "forbidden");
    }
    let before = browser.cookie.clone();
    let (secret, codes) = browser.enroll().await;
    assert_eq!((secret.len(), codes.len()), (20, 8));
    assert_ne!(browser.cookie, before, "who knew the cookie before would be let in too");
    assert_eq!(browser.get("/console/operators").await.status, StatusCode::OK);
    let old = Browser { server: &server, cookie: before, form_key: String::new() };
    assert_eq!(old.get("/console").await.status, StatusCode::SEE_OTHER);
}

/// Whether a session may do what a permission stands for. No wildcard: a new permission needs a case here.
async fn may(browser: &Browser<'_>, permission: Permission, player: &str, other: &str) -> bool {
    let sheet = format!("/console/players/{player}");
    let page = match permission {
        Permission::ViewPlayers => browser.get(&sheet).await,
        Permission::ViewPersonal => {
            let html = browser.get(&sheet).await.html;
            let shown = ["Ada", "4200042", "plat-77"].map(|text| html.contains(text));
            assert!(shown == [true; 3] || shown == [false; 3], "{shown:?}");
            return shown[0];
        }
        Permission::EndSessions => browser.post(&format!("{sheet}/sessions/end"), "").await,
        Permission::ViewTournaments => {
            let list = browser.get("/console/tournaments").await;
            let scores = browser.get(&format!("/console/tournaments/cup/players/{player}")).await;
            assert_eq!(list.status, scores.status);
            browser.get("/console/tournaments/cup").await
        }
        Permission::DisqualifyPlayers => {
            let path = format!("/console/tournaments/cup/players/{player}");
            let out = browser.post(&format!("{path}/exclude"), "reason=two%20accounts").await;
            let back = browser.post(&format!("{path}/reinstate"), "").await;
            assert_eq!(out.status, back.status);
            back
        }
        Permission::EditTournaments => {
            let form = browser.get("/console/tournaments/new").await;
            let preview = browser.post("/console/tournaments/new", "do=preview").await;
            let saved = browser.post("/console/tournaments/new", "do=publish").await;
            assert_eq!(form.status, preview.status);
            assert_eq!(saved.status == StatusCode::FORBIDDEN, form.status == StatusCode::FORBIDDEN);
            form
        }
        Permission::RunTournaments => {
            let frozen = browser.post("/console/tournaments/cup/freeze", "").await;
            let computed = browser.post("/console/tournaments/cup/recompute", "").await;
            let thawed = browser.post("/console/tournaments/cup/thaw", "").await;
            for refused in ["stop", "cancel", "extend"] {
                let may = thawed.status != StatusCode::FORBIDDEN;
                let path = format!("/console/tournaments/nothing/{refused}");
                let answer = browser.post(&path, "ends_at=2030-01-01T00:00").await;
                let expected = if may { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
                assert_eq!(answer.status, expected, "{refused}");
            }
            assert_eq!((frozen.status, computed.status), (thawed.status, thawed.status));
            thawed
        }
        Permission::ViewMissions => browser.get("/console/missions").await,
        Permission::EditMissions => {
            let form = browser.get("/console/missions/new").await;
            let tried = browser.post("/console/missions/new", "do=try").await;
            let stopped = browser.post("/console/missions/nothing/stop", "").await;
            assert_eq!(form.status, tried.status);
            assert_eq!(stopped.status == StatusCode::FORBIDDEN, form.status == StatusCode::FORBIDDEN);
            form
        }
        Permission::ViewAudit => browser.get("/console/audit").await,
        Permission::ViewOperators => browser.get("/console/operators").await,
        Permission::ManageOperators => {
            let path = format!("/console/operators/{other}");
            let role = browser.post(&format!("{path}/role"), "role=support").await;
            let end = browser.post(&format!("{path}/end"), "").await;
            assert_eq!(role.status, end.status);
            let invited = browser.post("/console/operators/invite", "label=Anna&role=viewer").await;
            assert_eq!(invited.status == StatusCode::FORBIDDEN, end.status == StatusCode::FORBIDDEN);
            end
        }
    };
    if page.status == StatusCode::FORBIDDEN {
        assert!(page.html.contains("data-code=\"forbidden\""), "{}", page.html);
        assert!(page.html.contains(permission.as_str()), "{}", page.html);
        let lines = log(browser.server).await;
        let line = lines.iter().find(|line| line.action == AuditAction::ConsoleRefused).unwrap();
        assert!(line.detail.contains(permission.as_str()), "{}", line.detail);
        return false;
    }
    assert!(
        page.status.is_success() || page.status == StatusCode::SEE_OTHER,
        "{} {}",
        page.status,
        page.html
    );
    true
}

#[tokio::test]
async fn each_role_may_what_the_table_says_and_nothing_else() {
    let server = server().await;
    let player = player(&server).await;
    server.events(&json!([server.tournament("cup", "best", "desc")])).await;
    for (number, role) in (1000..).zip(Role::ALL) {
        let browser = at_work(&server, number, *role).await;
        for permission in Permission::ALL {
            let other = admit(&server, number + 500, Role::Viewer).await.to_string();
            let is_allowed = may(&browser, *permission, &player, &other).await;
            assert_eq!(is_allowed, role.may(*permission), "{role:?} {permission:?}");
        }
    }
}

#[tokio::test]
async fn a_code_is_taken_once_and_too_many_wrong_ones_lock() {
    let server = server().await;
    let (secret, _) = enter(&server, OPERATOR).await.enroll().await;
    let code = || services::console::totp::code_at(&secret, server.clock.now());

    let browser = enter(&server, OPERATOR).await;
    let replayed = browser.post("/console/second-factor", &format!("code={}", code())).await;
    assert_eq!(replayed.status, StatusCode::BAD_REQUEST, "the code that set it up was taken again");
    server.clock.advance_ms(30_000);
    let passed = browser.post("/console/second-factor", &format!("code={}", code())).await;
    assert_eq!((passed.status, passed.location()), (StatusCode::SEE_OTHER, "/console"));

    server.clock.advance_ms(30_000);
    let browser = enter(&server, OPERATOR).await;
    for _ in 0..4 {
        let wrong = browser.post("/console/second-factor", "code=000000").await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    }
    let other = enter(&server, OPERATOR).await;
    let locked = other.post("/console/second-factor", "code=000000").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS, "another session counts anew");
    let good = browser.post("/console/second-factor", &format!("code={}", code())).await;
    assert_eq!(good.status, StatusCode::TOO_MANY_REQUESTS, "a good code was looked at behind the lock");
    server.clock.advance_ms(15 * 60_000);
    let good = browser.post("/console/second-factor", &format!("code={}", code())).await;
    assert_eq!(good.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_another_factor_can_be_set_up() {
    let server = server().await;
    let (_, codes) = enter(&server, OPERATOR).await.enroll().await;
    let mut browser = enter(&server, OPERATOR).await;
    let typed = codes[0].to_lowercase().replace('-', "%20");
    let passed = browser.post("/console/second-factor", &format!("code={typed}")).await;
    assert_eq!(passed.status, StatusCode::SEE_OTHER);
    browser.follow(&passed).await;
    assert!(browser.get("/console/second-factor").await.html.contains("left: 7"));
    assert!(actions(&server).await.contains(&AuditAction::RecoveryCodeSpent));

    let again = enter(&server, OPERATOR).await;
    let refused = again.post("/console/second-factor", &format!("code={}", codes[0])).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);

    let replaced = browser.post("/console/second-factor/replace", &format!("code={}", codes[1])).await;
    assert_eq!(replaced.status, StatusCode::SEE_OTHER, "{}", replaced.html);
    assert_eq!(browser.get("/console/operators").await.status, StatusCode::SEE_OTHER);
    browser.enroll().await;
    assert_eq!(browser.get("/console/operators").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_secret_is_sealed_in_the_database() {
    let server = server().await;
    let operator = admit(&server, 1, Role::Admin).await;
    let (secret, _) = enter(&server, 1).await.enroll().await;
    let mut tx = server.services.store().begin_read().await.unwrap();
    let stored = tx.operators().second_factor(operator).await.unwrap().unwrap().sealed_secret;
    assert!(!stored.windows(8).any(|window| secret.windows(8).any(|part| part == window)));
}

#[tokio::test]
async fn what_operators_are_called_is_sealed_in_the_database() {
    let server = server().await;
    let admin = at_work(&server, 1, Role::Admin).await;
    enter(&server, OPERATOR).await;
    assert!(admin.get("/console/operators").await.html.contains("Olga"));
    let mut tx = server.services.store().begin_read().await.unwrap();
    let named = tx.operators().by_telegram_id(domain::TelegramUserId(OPERATOR)).await.unwrap().unwrap();
    assert!(!named.label.contains("Olga") && named.label.len() > 20, "{}", named.label);
}

#[tokio::test]
async fn a_form_that_is_not_this_session_s_is_refused() {
    let server = server().await;
    let player = player(&server).await;
    let browser = at_work(&server, 1, Role::Support).await;
    let other = at_work(&server, 2, Role::Support).await;
    let path = format!("/console/players/{player}/sessions/end");
    let own = format!("form_key={}", browser.form_key);
    for (body, origin) in [
        (String::new(), Some(ORIGIN)),
        ("form_key=x".to_owned(), Some(ORIGIN)),
        (format!("form_key={}", other.form_key), Some(ORIGIN)),
        (own.clone(), Some("https://evil.example")),
        (own.clone(), Some("null")),
        (own.clone(), None),
    ] {
        let refused = browser.post_with(&path, &body, origin).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{body} {origin:?}");
    }
    assert!(!actions(&server).await.contains(&AuditAction::PlayerSessionsEnded));
    assert_eq!(browser.post_with(&path, &own, Some(ORIGIN)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_when_it_is_too_old() {
    let server = server().await;
    let idle = at_work(&server, 1, Role::Viewer).await;
    server.clock.advance_ms(29 * 60_000);
    assert_eq!(idle.get("/console").await.status, StatusCode::OK);
    server.clock.advance_ms(29 * 60_000);
    assert_eq!(idle.get("/console").await.status, StatusCode::OK, "use keeps it");
    server.clock.advance_ms(30 * 60_000);
    assert_eq!(idle.get("/console").await.status, StatusCode::SEE_OTHER);

    let busy = enter(&server, 1).await;
    for _ in 0..(12 * 3 - 1) {
        server.clock.advance_ms(20 * 60_000);
        assert_eq!(busy.get("/console").await.status, StatusCode::OK);
    }
    server.clock.advance_ms(20 * 60_000);
    assert_eq!(busy.get("/console").await.status, StatusCode::SEE_OTHER, "twelve hours are over");
}

#[tokio::test]
async fn a_session_ends_with_what_it_stands_on() {
    let server = server().await;
    let admin = at_work(&server, 1, Role::Admin).await;
    let status = async |browser: &Browser<'_>| browser.get("/console").await.status;

    let operator = admit(&server, 2, Role::Viewer).await;
    let browser = enter(&server, 2).await;
    let out = browser.post("/console/sign-out", "").await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(out.cookie().ends_with('='), "{}", out.cookie());
    assert_eq!(status(&browser).await, StatusCode::SEE_OTHER);

    let browser = enter(&server, 2).await;
    let path = format!("/console/operators/{operator}");
    assert_eq!(admin.post(&format!("{path}/role"), "role=manager").await.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&browser).await, StatusCode::SEE_OTHER, "a session outlived its role");

    let browser = enter(&server, 2).await;
    assert_eq!(admin.post(&format!("{path}/end"), "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&browser).await, StatusCode::SEE_OTHER);
    let jwt = server.sign_in(2, "Olga").await.jwt;
    assert_eq!(door(&server, &jwt).await.status, StatusCode::FORBIDDEN, "who was ended came back");

    admit(&server, 3, Role::Viewer).await;
    let signed_in = server.sign_in(3, "Olga").await;
    let opened = door(&server, &signed_in.jwt).await;
    let browser = Browser { server: &server, cookie: opened.cookie(), form_key: String::new() };
    assert_eq!(status(&browser).await, StatusCode::OK);
    server.request(post_json("/v1/tg/logout", &json!({"refresh_token": signed_in.refresh_token}))).await;
    assert_eq!(status(&browser).await, StatusCode::SEE_OTHER, "a session outlived the one it was opened by");
}

#[tokio::test]
async fn nobody_changes_themselves_or_whom_the_settings_name() {
    let server = server().await;
    let mut named = enter(&server, OPERATOR).await;
    named.enroll().await;
    let admin_id = admit(&server, 1, Role::Admin).await;
    let mut admin = enter(&server, 1).await;
    admin.enroll().await;
    let named_id = {
        let mut tx = server.services.store().begin_read().await.unwrap();
        let person = domain::TelegramUserId(OPERATOR);
        tx.operators().by_telegram_id(person).await.unwrap().unwrap().operator_id
    };
    for operator in [admin_id, named_id] {
        for (action, fields) in [("role", "role=viewer"), ("end", "")] {
            let refused = admin.post(&format!("/console/operators/{operator}/{action}"), fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
        }
    }
    let own = admin.post(&format!("/console/operators/{admin_id}/second-factor/reset"), "").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let reset = admin.post(&format!("/console/operators/{named_id}/second-factor/reset"), "").await;
    assert_eq!(reset.status, StatusCode::SEE_OTHER, "whoever has lost a phone can be helped");
    assert_eq!(named.get("/console").await.location(), "/console/enter");
    let unknown = "op_00000000000000000000000000000001";
    let missing = admin.post(&format!("/console/operators/{unknown}/end"), "").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let nonsense = admin.post(&format!("/console/operators/{admin_id}/role"), "role=root").await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

/// Invites somebody, and returns the token of the link.
async fn invite(admin: &Browser<'_>, role: &str) -> String {
    let page = admin.post("/console/operators/invite", &format!("label=Anna&role={role}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let (_, rest) = page.html.split_once("/console/enter#").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_invitation_makes_one_operator_once() {
    let server = server().await;
    let admin = at_work(&server, 1, Role::Admin).await;
    let token = invite(&admin, "support").await;
    let anna = server.sign_in(2, "Anna").await;
    let unknown = door_invited(&server, &anna.jwt, "nonsense").await;
    assert!(unknown.html.contains("one_time_token_unknown"), "{}", unknown.html);
    let opened = door_invited(&server, &anna.jwt, &token).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.html);
    let browser = Browser { server: &server, cookie: opened.cookie(), form_key: String::new() };
    assert!(browser.get("/console").await.html.contains("Support"));
    assert!(admin.get("/console/operators").await.html.contains("Anna"));

    let other = server.sign_in(3, "Eve").await;
    let reused = door_invited(&server, &other.jwt, &token).await;
    assert_eq!(reused.status, StatusCode::CONFLICT);
    assert!(reused.html.contains("one_time_token_used") && !reused.headers.contains_key(header::SET_COOKIE));
    let done = actions(&server).await;
    for action in [
        AuditAction::OperatorInvited,
        AuditAction::TokenSpent,
        AuditAction::OperatorAdmitted,
        AuditAction::TokenRefused,
    ] {
        assert!(done.contains(&action), "{action:?}");
    }
    assert!(log(&server).await.iter().all(|line| !line.detail.contains(&token)));
}

#[tokio::test]
async fn an_invitation_is_over_after_a_day_or_with_whoever_made_it() {
    let server = server().await;
    let admin = at_work(&server, 1, Role::Admin).await;
    let late = invite(&admin, "viewer").await;
    server.clock.advance_ms(24 * 3_600_000);
    let anna = server.sign_in(2, "Anna").await;
    let refused = door_invited(&server, &anna.jwt, &late).await;
    assert_eq!(refused.status, StatusCode::GONE, "{}", refused.html);

    let second = at_work(&server, 3, Role::Admin).await;
    let orphan = invite(&second, "admin").await;
    let mut tx = server.services.store().begin_write().await.unwrap();
    let inviter = tx.operators().by_telegram_id(domain::TelegramUserId(3)).await.unwrap().unwrap();
    tx.operators().end(inviter.operator_id, server.clock.now()).await.unwrap();
    tx.save().await.unwrap();
    let refused = door_invited(&server, &anna.jwt, &orphan).await;
    assert_eq!(refused.status, StatusCode::GONE, "whoever was ended still lets people in");
    let nameless = admin.post("/console/operators/invite", "label=%20&role=viewer").await;
    assert_eq!(nameless.status, StatusCode::SEE_OTHER, "the day has ended this session too");
}
