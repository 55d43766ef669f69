//! Missions at the console: made, tried on what has happened, changed, stopped.

use axum::http::StatusCode;
use domain::{audit::AuditAction, console::Role};
use serde_json::json;

use crate::{
    console_support::{Browser, Page, actions, at_work},
    missions_support::Game,
    support::server,
};

const FORM: [(&str, &str); 8] = [
    ("mission_id", "two_bets"),
    ("title.en", "Two bets"),
    ("kind", "one_off"),
    ("rule", r#"{"event": "bet", "target": 2}"#),
    ("reward", "free_spins | 20 | Thank you"),
    ("starts_at", "2020-01-01T00:00"),
    ("time_zone", "Europe/Rome"),
    ("condition.kyc_at_least", "none"),
];

async fn submit(browser: &Browser<'_>, path: &str, more: &[(&str, &str)]) -> Page {
    let of_more = |name: &str| more.iter().any(|(other, _)| *other == name);
    let fields = FORM.iter().copied().filter(|(name, _)| !of_more(name));
    let all: Vec<(&str, &str)> = fields.chain(more.iter().copied()).collect();
    browser.fill(path, &all).await
}

#[tokio::test]
async fn a_mission_is_tried_made_played_and_stopped() {
    let server = server().await;
    let mut game = Game::begin(&server).await;
    game.bet(3).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    let template = manager.get("/console/missions/new?template=seven_days").await;
    assert!(template.html.contains("Seven days in a row"), "{}", template.html);

    let tried = submit(&manager, "/console/missions/new", &[("do", "try"), ("days_back", "7")]).await;
    assert_eq!((tried.status, tried.wrong()), (StatusCode::OK, vec![]), "{}", tried.html);
    let (_, figures) = tried.html.split_once("data-testid=\"tried\"").unwrap();
    let figures = figures.split("</dl>").next().unwrap();
    for (label, figure) in [("Activities that count", 3), ("Players who begin", 1), ("Players who finish", 1)]
    {
        let shown = figures.split(label).nth(1).unwrap();
        assert!(shown.contains(&format!(">{figure}<")), "{label}: {figures}");
    }
    let (_, far) = tried.html.split_once("data-testid=\"far\"").unwrap();
    let counts: Vec<&str> =
        far.split("</table>").next().unwrap().split("data-label=\"Players\"").skip(1).collect();
    let counts: Vec<bool> = counts.iter().map(|rest| rest.contains(">1<")).collect();
    assert_eq!(counts, [false, false, false, false, true], "{far}");
    assert!(manager.get("/console/missions").await.html.contains("Nothing fits."), "a try saves nothing");

    let made = submit(&manager, "/console/missions/new", &[("do", "save")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{:?}", made.wrong());
    let taken = submit(&manager, "/console/missions/new", &[("do", "save")]).await;
    assert_eq!(taken.wrong(), ["mission_id"]);
    game.bet(2).await;
    let list = game.list().await;
    assert_eq!(list["missions"][0]["state"], "done", "{list}");

    let page = manager.get("/console/missions/two_bets").await.html;
    assert!(page.contains("Somebody has begun") && page.contains("/two_bets/edit"), "{page}");
    let edit = manager.get("/console/missions/two_bets/edit").await;
    assert!(edit.html.contains("free_spins | 20 | Thank you"), "{}", edit.html);
    let revision = edit.hidden("revision");
    let change = async |name: &str, value: &str| {
        let more = [("do", "save"), ("revision", revision.as_str()), (name, value)];
        submit(&manager, "/console/missions/two_bets/edit", &more).await
    };
    let other_kind = change("kind", "daily").await;
    assert_eq!(other_kind.wrong(), ["kind"], "progress with one is not progress with the other");
    let renamed = change("title.en", "A pair").await;
    assert!(renamed.location().contains("done=saved"), "{}", renamed.html);
    let stopped = manager.post("/console/missions/two_bets/stop", "").await;
    assert!(stopped.location().contains("done=mission-stopped"), "{}", stopped.html);
    assert!(manager.get("/console/missions").await.html.contains("Stopped"));
    manager.post("/console/missions/two_bets/resume", "").await;
    game.later(1000).await;

    let mut done = actions(&server).await;
    done.reverse();
    let wanted = [
        AuditAction::MissionTried,
        AuditAction::MissionCreated,
        AuditAction::MissionEdited,
        AuditAction::MissionStopped,
        AuditAction::MissionResumed,
    ];
    done.retain(|action| wanted.contains(action));
    assert_eq!(done, wanted);
}

#[tokio::test]
async fn each_field_that_is_wrong_is_named() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    for (field, text) in [
        ("mission_id", "two words"),
        ("title.en", ""),
        ("kind", "hourly"),
        ("rule", "nothing"),
        ("rule", r#"{"event": "bet", "target": 0}"#),
        ("reward", "two words"),
        ("time_zone", "Mars/Olympus"),
        ("after", "unknown"),
    ] {
        let page = submit(&manager, "/console/missions/new", &[("do", "save"), (field, text)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(page.wrong(), [field], "{text}");
    }
}

#[tokio::test]
async fn what_the_platform_owns_is_stopped_here_and_never_edited() {
    let server = server().await;
    let game = Game::begin(&server).await;
    game.has("two_bets", "one_off", &json!({})).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    let page = manager.get("/console/missions/two_bets").await.html;
    assert!(page.contains("The platform alone") && !page.contains("/two_bets/edit"), "{page}");
    assert_eq!(manager.get("/console/missions/two_bets/edit").await.status, StatusCode::FORBIDDEN);
    let edited = submit(&manager, "/console/missions/two_bets/edit", &[("do", "save")]).await;
    assert_eq!(edited.wrong(), ["mission_id"]);
    assert_eq!(manager.post("/console/missions/two_bets/stop", "").await.status, StatusCode::SEE_OTHER);
    game.bet(2).await;
    let list = game.list().await;
    assert_ne!(list["missions"][0]["state"], "done", "{list}");
    assert_eq!(manager.get("/console/missions/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_has_not_seen_a_change_does_not_undo_it() {
    let server = server().await;
    let [first, second] =
        [at_work(&server, 101, Role::Manager).await, at_work(&server, 102, Role::Manager).await];
    submit(&first, "/console/missions/new", &[("do", "save")]).await;
    let path = "/console/missions/two_bets/edit";
    let revision = first.get(path).await.hidden("revision");
    let save = async |browser: &Browser<'_>, revision: &str, title: &str| {
        submit(browser, path, &[("do", "save"), ("revision", revision), ("title.en", title)]).await
    };
    assert_eq!(save(&first, &revision, "A pair").await.status, StatusCode::SEE_OTHER);
    let late = save(&second, &revision, "Two of them").await;
    assert_eq!(
        (late.status, late.wrong()),
        (StatusCode::UNPROCESSABLE_ENTITY, vec!["mission_id".to_owned()])
    );
    assert!(
        late.html.contains("Was changed meanwhile") && late.html.contains("Two of them"),
        "{}",
        late.html
    );
    assert_eq!(save(&second, "", "Two of them").await.wrong(), ["mission_id"]);
    let seen = second.get(path).await;
    assert!(seen.html.contains("A pair"), "{}", seen.html);
    assert_eq!(save(&second, &seen.hidden("revision"), "Two of them").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_was_typed_is_there_when_nothing_can_be_saved() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    // Somebody else writes, for longer than anybody waits.
    let held = server.services.store().begin_write().await.unwrap();
    let page = submit(&manager, "/console/missions/new", &[("do", "save"), ("title.en", "Bet twice")]).await;
    drop(held);
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.html);
    assert!(
        page.html.contains("data-code=\"unavailable\"") && page.html.contains("Bet twice"),
        "{}",
        page.html
    );
    assert!(page.html.contains("data-again"), "{}", page.html);
    let made = submit(&manager, "/console/missions/new", &[("do", "save"), ("title.en", "Bet twice")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
}
