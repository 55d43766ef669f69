//! The console's pages: players, the log, and what fences them in.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{TokenAction, audit::AuditAction, console::Role};
use serde_json::json;

use crate::{
    console_support::{PLAYER, actions, admit, answer, at_work, door, enter, log, player},
    links_support,
    support::{OPERATOR, get, server},
};

#[tokio::test]
async fn players_are_found_by_what_the_role_may_search() {
    let server = server().await;
    let player = player(&server).await;
    let viewer = at_work(&server, 1, Role::Viewer).await;
    let support = at_work(&server, 2, Role::Support).await;
    for query in ["NovaFox", "Nova", player.as_str()] {
        assert!(viewer.search(query).await.html.contains(&format!("/console/players/{player}")), "{query}");
    }
    for query in ["plat-77", "4200042"] {
        assert!(!viewer.search(query).await.html.contains(&player), "a viewer found somebody by {query}");
        let found = support.search(query).await;
        assert!(found.html.contains("NovaFox") && found.html.contains("Ada"), "{}", found.html);
    }
    assert!(!support.search("nova").await.html.contains("NovaFox"), "letter for letter");
    let empty = support.post("/console/players", "query=%20").await;
    assert_eq!(empty.location(), "/console/players");

    // The address of a search is another's, or old.
    let address = support.post("/console/players", "query=plat-77").await.location().to_owned();
    assert!(!viewer.get(&address).await.html.contains("NovaFox"));
    assert!(support.get(&address).await.html.contains("NovaFox"));
    let missing = support.get("/console/players/p_nobody").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_player_s_page_shows_devices_consents_and_reachability_to_those_who_may() {
    let server = server().await;
    let player = player(&server).await;
    let path = format!("/console/players/{player}");
    let support = at_work(&server, 1, Role::Support).await;
    let page = support.get(&path).await.html;
    assert!(page.contains("init_data") && page.contains("Promotions"), "{page}");
    assert!(page.contains("Bot may write"), "{page}");
    let viewer = at_work(&server, 2, Role::Viewer).await;
    let page = viewer.get(&path).await.html;
    assert!(!page.contains("init_data") && !page.contains("Promotions"), "{page}");
    support.post(&format!("{path}/sessions/end"), "").await;
    assert!(support.get(&path).await.html.contains("No device is signed in."));
}

#[tokio::test]
async fn what_an_operator_does_is_written_down_without_anything_personal() {
    let server = server().await;
    let player = player(&server).await;
    let manager = at_work(&server, 1, Role::Manager).await;
    manager.search("4200042").await;
    manager.get(&format!("/console/players/{player}")).await;
    manager.post(&format!("/console/players/{player}/sessions/end"), "").await;
    manager.get("/console/audit").await;
    manager.get("/console/operators").await;
    manager.post("/console/sign-out", "").await;
    let mut done = actions(&server).await;
    done.reverse();
    let wanted = [
        AuditAction::ConsoleSignedIn,
        AuditAction::SecondFactorBegun,
        AuditAction::PlayersSearched,
        AuditAction::PlayerViewed,
        AuditAction::PlayerSessionsEnded,
        AuditAction::AuditViewed,
        AuditAction::ConsoleRefused,
        AuditAction::ConsoleSignedOut,
    ];
    let by_operator: Vec<AuditAction> = done.into_iter().filter(|action| wanted.contains(action)).collect();
    assert_eq!(by_operator, wanted);
    for line in log(&server).await {
        for personal in ["4200042", "Ada", "Olga", "plat-77", "NovaFox"] {
            assert!(!line.detail.contains(personal), "{line:?}");
        }
    }
}

#[tokio::test]
async fn the_log_is_read_by_operator_and_by_player_page_by_page() {
    let server = server().await;
    let player = player(&server).await;
    let operator = admit(&server, 1, Role::Manager).await;
    let manager = enter(&server, 1).await;
    let support = at_work(&server, 2, Role::Support).await;
    for _ in 0..60 {
        server.clock.advance_ms(1);
        support.get(&format!("/console/players/{player}")).await;
    }
    let rows = |html: &str| html.matches("<time").count();
    let of_player = manager.get(&format!("/console/audit?of={player}")).await;
    assert_eq!(rows(&of_player.html), 50);
    let (_, rest) = of_player.html.split_once("&amp;before=").unwrap();
    let before = rest.split('"').next().unwrap();
    let older = manager.get(&format!("/console/audit?of={player}&before={before}")).await;
    // The sixty looks, and the line that the account was linked by, as far as one is written.
    assert!((10..=12).contains(&rows(&older.html)), "{}", rows(&older.html));
    let own = manager.get(&format!("/console/audit?of={operator}")).await;
    let has = |action: &str| own.html.contains(&format!("class=\"action\">{action}<"));
    assert!(has("audit_viewed") && !has("player_viewed"), "{}", own.html);
    let nonsense = manager.get("/console/audit?of=4200042").await;
    assert_eq!(nonsense.status, StatusCode::OK);
    assert!(!nonsense.html.contains("4200042") && rows(&nonsense.html) == 0, "{}", nonsense.html);
}

#[tokio::test]
async fn pages_are_fenced_in_and_load_none_of_the_player_s_code() {
    let server = server().await;
    let admin = at_work(&server, 1, Role::Admin).await;
    for path in [
        "/console",
        "/console/tournaments",
        "/console/tournaments/new",
        "/console/missions",
        "/console/missions/new",
        "/console/audit",
        "/console/operators",
        "/console/second-factor",
        "/console/enter",
    ] {
        let page = admin.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(
            page.headers[header::REFERRER_POLICY],
            "same-origin",
            "or forms come from the origin null"
        );
        assert!(!page.html.contains("<style") && !page.html.contains("style=\""), "{path}");
        assert!(!page.html.contains("/pkg/") && !page.html.contains("telegram-web-app"), "{path}");
        for script in page.html.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/console/files/"), "{script}");
        }
        let (_, rest) = page.html.split_once("href=\"/console/files/").unwrap();
        let style = format!("/console/files/{}", rest.split('"').next().unwrap());
        let style = answer(&server, get(&style)).await;
        assert!(style.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/css"));
        assert!(style.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_other_pages() {
    let server = server().await;
    let jwt = server.sign_in(OPERATOR, "Olga").await.jwt;
    let opened = door(&server, &jwt).await;
    let cookie = opened.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["Path=/console", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(opened.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn the_console_speaks_four_languages() {
    let server = server().await;
    let browser = at_work(&server, 1, Role::Viewer).await;
    for (tag, heading) in [("en", "Players"), ("ru", "Игроки"), ("fr", "Joueurs"), ("it", "Giocatori")]
    {
        let request = Request::get("/console")
            .header(header::COOKIE, &browser.cookie)
            .header(header::ACCEPT, "text/html")
            .header(header::ACCEPT_LANGUAGE, tag)
            .body(Body::empty())
            .unwrap();
        let page = answer(&server, request).await;
        assert!(page.html.contains(&format!("<html lang=\"{tag}\">")), "{}", page.html);
        assert!(page.html.contains(&format!(">{heading}</h1>")), "{}", page.html);
    }
}

#[tokio::test]
async fn a_player_s_page_lists_one_time_tokens_and_nothing_that_could_spend_them() {
    let server = server().await;
    let player = player(&server).await;
    links_support::name_bot(&server).await;
    let path = format!("/console/players/{player}");
    let support = at_work(&server, 1, Role::Support).await;
    let text = |html: &str, wanted: &str| html.contains(&format!(">{wanted}<"));
    assert!(text(&support.get(&path).await.html, "None in the last weeks."));

    // One for the account, and one of the person for anybody's page.
    let of_account = json!({"action": "open_kyc", "platform_user_id": "plat-77", "step": "passport"});
    let of_account = links_support::token(&server, &of_account).await;
    let of_person = json!({"action": "open_tournament", "tournament_id": "cup", "telegram_user_id": PLAYER});
    let of_person = links_support::token(&server, &of_person).await;
    let of_others = json!({"action": "open_mission", "platform_user_id": "plat-78", "mission_id": "m"});
    links_support::token(&server, &of_others).await;
    let page = support.get(&path).await.html;
    assert!(
        text(&page, "open_kyc") && text(&page, "open_tournament") && text(&page, "Not used yet"),
        "{page}"
    );
    assert!(!page.contains("open_mission") && !text(&page, "Used"), "{page}");
    for token in [&of_account, &of_person] {
        assert!(!page.contains(token["token"].as_str().unwrap()));
    }
    let who = server.sign_in(PLAYER, "Ada").await;
    links_support::start(&server, &who, of_person["token"].as_str()).await.unwrap();
    let page = support.get(&path).await.html;
    assert!(text(&page, "Used") && text(&page, "Not used yet"), "{page}");
    let viewer = at_work(&server, 2, Role::Viewer).await;
    assert!(!viewer.get(&path).await.html.contains("open_kyc"));
    server.clock.advance_ms(TokenAction::OpenKyc.lifetime_ms());
    let support = at_work(&server, 1, Role::Support).await;
    assert!(text(&support.get(&path).await.html, "Expired or declined"));
}

#[tokio::test]
async fn the_log_is_read_by_action_alone_and_beside_another_filter() {
    let server = server().await;
    let player = player(&server).await;
    let manager = at_work(&server, 1, Role::Manager).await;
    for _ in 0..51 {
        server.clock.advance_ms(1);
        manager.get(&format!("/console/players/{player}")).await;
    }
    let shown = |html: &str, action: &str| html.matches(&format!("class=\"action\">{action}<")).count();
    let all = |html: &str| html.matches("class=\"action\">").count();
    let page = manager.get("/console/audit?what=link_created").await.html;
    assert_eq!((shown(&page, "link_created"), all(&page)), (1, 1), "{page}");
    assert!(page.contains(r#"<option value="link_created" selected"#), "{page}");
    let page = manager.get(&format!("/console/audit?of={player}&what=player_viewed")).await.html;
    assert_eq!((shown(&page, "player_viewed"), all(&page)), (50, 50));
    let (_, rest) = page.split_once(&format!("of={player}&amp;what=player_viewed&amp;before=")).unwrap();
    let before = rest.split('"').next().unwrap();
    let older = format!("/console/audit?of={player}&what=player_viewed&before={before}");
    let older = manager.get(&older).await.html;
    assert_eq!((shown(&older, "player_viewed"), all(&older)), (1, 1));
    // What is no action filters nothing, and is not said back.
    let page = manager.get("/console/audit?what=4200042").await.html;
    assert!(all(&page) > 1 && !page.contains("4200042"), "{page}");
}

#[tokio::test]
async fn a_new_second_factor_can_be_scanned() {
    let server = server().await;
    let admin = enter(&server, OPERATOR).await;
    let page = admin.get("/console/second-factor").await.html;
    let (_, drawn) = page.split_once("<svg class=\"scan__qr\"").unwrap();
    assert!(drawn.contains("aria-label=\"The key, to be scanned\"") && drawn.contains("h1v1h-1z"), "{page}");
}
