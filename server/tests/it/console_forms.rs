//! The console's forms: nothing that was typed is lost or means something else than it did.

use axum::http::StatusCode;
use domain::console::Role;
use serde_json::json;

use crate::{
    console_support::{Browser, Page, at_work},
    cup::{HOUR_MS, about, definition, players, send},
    support::{TestServer, server},
};

const CUP: &str = "/console/tournaments/cup";
const NEW: &str = "/console/tournaments/new";
const MINUTE_MS: i64 = 60_000;

/// A cup that runs until the clocks of Rome show half past two for the second time.
async fn fill(browser: &Browser<'_>, path: &str, more: &[(&str, &str)]) -> Page {
    let cup = [
        ("tournament_id", "cup"),
        ("title.en", "Console cup"),
        ("starts_at", "2026-10-24T12:00"),
        ("ends_at", "2026-10-25T01:30"),
        ("operator", "best"),
        ("order", "desc"),
    ];
    let of_more = |name: &str| more.iter().any(|(other, _)| *other == name);
    let all: Vec<(&str, &str)> =
        cup.into_iter().filter(|(name, _)| !of_more(name)).chain(more.iter().copied()).collect();
    browser.fill(path, &all).await
}

async fn ends_at(server: &TestServer) -> String {
    let (_, periods) = about(server, "/periods", None).await;
    periods["periods"][0]["ends_at"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_edit_in_the_hour_that_comes_twice_moves_no_end() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    assert_eq!(fill(&manager, NEW, &[("do", "publish")]).await.status, StatusCode::SEE_OTHER);
    let second = "2026-10-25T01:30:00.000Z";
    assert_eq!(ends_at(&server).await, second);

    let edit = manager.get(&format!("{CUP}/edit?zone=Europe/Rome")).await;
    assert!(edit.html.contains("2026-10-25T02:30"), "{}", edit.html);
    let (starts, ends) = (edit.hidden("starts_at.was"), edit.hidden("ends_at.was"));
    let more = [
        ("do", "publish"),
        ("zone", "Europe/Rome"),
        ("revision", &edit.hidden("revision")),
        ("title.en", "Cup of the night"),
        ("starts_at", "2026-10-24T14:00"),
        ("starts_at.was", &starts),
        ("ends_at", "2026-10-25T02:30"),
        ("ends_at.was", &ends),
    ];
    let saved = fill(&manager, &format!("{CUP}/edit"), &more).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{:?}", saved.wrong());
    assert!(manager.get(CUP).await.html.contains("Cup of the night"));
    assert_eq!(ends_at(&server).await, second);
}

#[tokio::test]
async fn rules_in_four_languages_fit_and_what_is_larger_is_told_why() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    let rules = "Я".repeat(4_000);
    let prizes: Vec<String> =
        (1..=200).map(|rank| format!("{rank} | cup | 500 EUR | {}", "Я".repeat(120))).collect();
    let prizes = prizes.join("\n");
    let texts = ["rules_text.en", "rules_text.ru", "rules_text.fr", "rules_text.it"];
    let mut more: Vec<(&str, &str)> = texts.iter().map(|name| (*name, rules.as_str())).collect();
    more.extend([("do", "draft"), ("prizes", prizes.as_str())]);
    let saved = fill(&manager, NEW, &more).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{:?} {}", saved.wrong(), saved.html.len());

    let endless = "Я".repeat(200_000);
    let refused = fill(&manager, NEW, &[("do", "draft"), ("rules_text.ru", &endless)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.html.contains("longer than any form may be"), "{}", refused.html);
    // Whoever is no operator sends no such thing at all.
    let nobody = Browser { server: &server, cookie: "podium_console=x".to_owned(), form_key: String::new() };
    assert_eq!(fill(&nobody, NEW, &[("rules_text.ru", &endless)]).await.location(), "/console/enter");
}

#[tokio::test]
async fn what_is_refused_is_shown_again_with_what_was_typed() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    for end in ["soon", "2020-01-01T00:00"] {
        let refused = manager.fill(&format!("{CUP}/extend"), &[("ends_at", end)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let wanted = [format!("value=\"{end}\""), "later than now".to_owned(), "<details open".to_owned()];
        assert!(wanted.iter().all(|part| refused.html.contains(part)), "{}", refused.html);
    }
    let player = server.sign_in(1, "Ada").await.user.player.to_string();
    let reason = "x".repeat(201);
    let path = format!("{CUP}/players/{player}");
    let refused = manager.fill(&format!("{path}/exclude"), &[("reason", &reason), ("period", "0")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(
        refused.html.contains(&reason) && refused.html.contains("1 to 200 characters"),
        "{}",
        refused.html
    );
    let excluded = manager.fill(&format!("{path}/exclude"), &[("reason", "Two accounts")]).await;
    assert!(excluded.location().contains("done=excluded"), "{}", excluded.html);
}

#[tokio::test]
async fn times_are_in_the_browser_s_zone_unless_the_address_names_another_which_is_kept() {
    let server = server().await;
    let mut manager = at_work(&server, 101, Role::Manager).await;
    let session = manager.cookie.clone();
    for (cookie, address, zone, link) in [
        ("", "", "UTC", "/console/missions"),
        ("; podium_zone=Europe/Rome", "", "Europe/Rome", "/console/missions"),
        ("; podium_zone=Europe/Rome", "?zone=Asia/Tokyo", "Asia/Tokyo", "/console/missions?zone=Asia/Tokyo"),
        ("; podium_zone=Europe/Rome", "?zone=UTC", "UTC", "/console/missions?zone=UTC"),
        ("; podium_zone=Europe/Rome", "?zone=Mars/Olympus", "Europe/Rome", "/console/missions"),
        ("; podium_zone=Mars/Olympus", "", "UTC", "/console/missions"),
    ] {
        manager.cookie = format!("{session}{cookie}");
        let page = manager.get(&format!("{NEW}{address}")).await;
        assert_eq!(page.hidden("zone"), zone, "{cookie} {address}");
        assert!(page.html.contains(&format!("href=\"{link}\"")), "{cookie} {address}: {}", page.html);
    }
}

#[tokio::test]
async fn a_form_that_is_filled_in_for_long_keeps_the_session() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    for _ in 0..3 {
        server.clock.advance_ms(20 * MINUTE_MS);
        assert_eq!(manager.get("/console/alive").await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(manager.get(NEW).await.status, StatusCode::OK);
    server.clock.advance_ms(HOUR_MS);
    assert_eq!(manager.get("/console/alive").await.location(), "/console/enter");
}
