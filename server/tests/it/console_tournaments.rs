//! Tournaments at the console: made, published, stopped, frozen, extended, canceled; players excluded; disputes.

use axum::http::StatusCode;
use domain::{audit::AuditAction, console::Role};
use serde_json::json;

use crate::{
    console_support::{Browser, Page, actions, at_work, enter, log},
    cup::{HOUR_MS, about, definition, pass, players, refused, run_jobs, send, state},
    support::{TestServer, server},
};

const CUP: &str = "/console/tournaments/cup";

/// The fields of a cup that runs from ten minutes ago for an hour, in UTC.
fn cup(server: &TestServer) -> Vec<(&'static str, String)> {
    let at = |ms: i64| server.services.now().plus_ms(ms).to_string()[..19].to_owned();
    vec![
        ("tournament_id", "cup".to_owned()),
        ("title.en", "Console cup".to_owned()),
        ("starts_at", at(-600_000)),
        ("ends_at", at(3_000_000)),
        ("operator", "best".to_owned()),
        ("order", "desc".to_owned()),
        ("prizes", "1 | cup | 500 EUR | Champion\n2-3 | badge".to_owned()),
    ]
}

async fn submit(browser: &Browser<'_>, path: &str, fields: &[(&str, String)], more: &[(&str, &str)]) -> Page {
    let of_more = |name: &str| more.iter().any(|(other, _)| *other == name);
    let fields =
        fields.iter().filter(|(name, _)| !of_more(name)).map(|(name, value)| (*name, value.as_str()));
    let all: Vec<(&str, &str)> = fields.chain(more.iter().copied()).collect();
    browser.fill(path, &all).await
}

/// The player key of a player of the platform.
async fn key(server: &TestServer, number: i64) -> String {
    server.sign_in(number, "Ada").await.user.player.to_string()
}

#[tokio::test]
async fn a_tournament_is_made_published_played_stopped_and_has_results() {
    let server = server().await;
    players(&server, 2).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    let template = manager.get("/console/tournaments/new?template=weekly_league").await;
    assert!(
        template.html.contains("0 20 * * SUN") && template.html.contains("Bronze | 15 | 0"),
        "{}",
        template.html
    );

    let draft = submit(&manager, "/console/tournaments/new", &cup(&server), &[("do", "draft")]).await;
    assert_eq!(draft.status, StatusCode::SEE_OTHER, "{:?}", draft.wrong());
    assert_eq!(draft.location(), format!("{CUP}?done=saved&zone=UTC"));
    assert_eq!(
        about(&server, "/periods", None).await.0,
        StatusCode::NOT_FOUND,
        "a draft is nobody's business"
    );
    let sheet = manager.get(CUP).await;
    assert!(sheet.html.contains("data-state=\"draft\""), "{}", sheet.html);

    let edit = manager.get(&format!("{CUP}/edit")).await;
    let revision = edit.html.split("name=\"revision\" value=\"").nth(1).unwrap();
    let revision = revision.split('"').next().unwrap().to_owned();
    let more = [("do", "publish"), ("revision", revision.as_str())];
    let published = submit(&manager, &format!("{CUP}/edit"), &cup(&server), &more).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{:?}", published.wrong());
    assert!(published.location().contains("done=published"), "{}", published.location());
    assert_eq!(about(&server, "/periods", None).await.0, StatusCode::OK);
    let second = submit(&manager, &format!("{CUP}/edit"), &cup(&server), &more).await;
    assert_eq!(second.wrong(), ["tournament_id"], "who has not seen a change does not undo it");

    run_jobs(&server).await;
    send(&server, &[server.score("s1", "cup", "p-1", 40), server.score("s2", "cup", "p-2", 70)]).await;
    let sheet = manager.get(CUP).await.html;
    assert!(sheet.contains("Players: 2. Entries: 0. Scores: 2. Winning ranks as it stands: 2."), "{sheet}");
    assert!(sheet.contains("tournament_clock") && sheet.contains("Champion cup 500 EUR"), "{sheet}");

    let stopped = manager.post(&format!("{CUP}/stop"), "").await;
    assert!(stopped.location().contains("done=stopped"), "{}", stopped.html);
    assert_eq!(refused(&server, &server.score("s3", "cup", "p-1", 90)).await, "tournament_not_running");
    pass(&server, 2 * 60_000).await;
    assert_eq!(state(&server).await, "finished");
    let sheet = manager.get(CUP).await.html;
    let (_, results) = about(&server, "/results", None).await;
    let hash = results["result_hash"].as_str().unwrap();
    assert!(sheet.contains(hash) && sheet.contains("Final ranks"), "{sheet}");

    let mut done = actions(&server).await;
    done.reverse();
    let wanted =
        [AuditAction::TournamentCreated, AuditAction::TournamentPublished, AuditAction::TournamentStopped];
    done.retain(|action| wanted.contains(action));
    assert_eq!(done, wanted);
}

/// The cells of the ranks that a try shows, row by row.
fn tried_ranks(page: &Page) -> Vec<Vec<String>> {
    let table = page.html.split("data-testid=\"tried-ranks\"").nth(1).unwrap_or_default();
    let table = table.split("</table>").next().unwrap_or_default();
    let text =
        |cell: &str| cell.split("class=\"value\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    table.split("<tr>").skip(2).map(|row| row.split("<td").skip(1).map(text).collect()).collect()
}

#[tokio::test]
async fn rules_are_tried_on_a_board_that_was_played_and_nothing_is_saved() {
    let server = server().await;
    players(&server, 3).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    submit(&manager, "/console/tournaments/new", &cup(&server), &[("do", "publish")]).await;
    run_jobs(&server).await;
    let scores = [("a", "p-1", 40), ("b", "p-2", 70), ("c", "p-1", 10), ("d", "p-3", 5), ("e", "p-1", 30)];
    let scores = scores.map(|(id, player, points)| server.score(id, "cup", player, points));
    send(&server, &scores).await;

    let wish = [("do", "try"), ("tournament_id", "next"), ("operator", "sum"), ("try_on", "cup")];
    let sum = submit(&manager, "/console/tournaments/new", &cup(&server), &wish).await;
    let ranks = tried_ranks(&sum);
    let of = |column: usize| ranks.iter().map(|row| row[column].as_str()).collect::<Vec<_>>();
    assert_eq!(of(3), ["80", "70", "5"], "{}", sum.html);
    assert_eq!(of(1), ["2", "1", "3"], "the ranks that were");
    assert!(ranks[0][4].contains("Champion"), "{ranks:?}");

    let one = [&wish[..], &[("attempts_max", "1"), ("order", "asc"), ("prizes", "1 | cup")]].concat();
    let one = submit(&manager, "/console/tournaments/new", &cup(&server), &one).await;
    let ranks = tried_ranks(&one);
    let scores: Vec<&str> = ranks.iter().map(|row| row[3].as_str()).collect();
    assert_eq!(scores, ["5", "40", "70"], "the first score of each alone: {}", one.html);
    let fact = |name: &str| one.html.split(name).nth(1).unwrap_or_default()[..40].to_owned();
    assert!(fact("Scores beyond the attempts").contains(">2<"), "{}", one.html);
    assert!(fact("Players who win").contains(">1<"), "{}", one.html);

    for unknown in ["nothing", "", "not a board"] {
        let wish = [("do", "try"), ("tournament_id", "next"), ("try_on", unknown)];
        let none = submit(&manager, "/console/tournaments/new", &cup(&server), &wish).await;
        assert!(none.html.contains("There is no such board"), "{}", none.html);
    }
    assert_eq!(manager.get("/console/tournaments/next").await.status, StatusCode::NOT_FOUND);
    let tries = actions(&server).await.into_iter().filter(|action| *action == AuditAction::TournamentTried);
    assert_eq!(tries.count(), 2, "each try is a line of the log");
}

#[tokio::test]
async fn each_field_that_is_wrong_is_named_beside_it_and_nothing_is_saved() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    for (field, text) in [
        ("tournament_id", "two words"),
        ("title.en", ""),
        ("ends_at", "2020-01-01T00:00"),
        ("operator", "worst"),
        ("reset.cron", "every day"),
        ("join.size_max", "10"),
        ("prizes", "1 | cup\n1 | cup"),
        ("cover", "http://cdn.example/a.png"),
    ] {
        let name = if field == "join.size_max" { "join.required" } else { field };
        let more = [("do", "publish"), (field, text)];
        let page = submit(&manager, "/console/tournaments/new", &cup(&server), &more).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_eq!(page.wrong(), [name], "{text}");
        // A list of choices can't hold what is none of them.
        if field != "operator" {
            assert!(page.html.contains(&text.replace('&', "&amp;")), "{field}: what was typed is kept");
        }
    }
    let list = manager.get("/console/tournaments").await;
    assert!(list.html.contains("Nothing fits."), "{}", list.html);
}

#[tokio::test]
async fn what_the_platform_owns_is_stopped_here_and_never_edited() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    let sheet = manager.get(CUP).await.html;
    assert!(sheet.contains("The platform alone") && !sheet.contains("/cup/edit"), "{sheet}");
    assert_eq!(manager.get(&format!("{CUP}/edit")).await.status, StatusCode::FORBIDDEN);
    for (path, more) in [
        (format!("{CUP}/edit"), vec![("do", "publish"), ("revision", "0")]),
        ("/console/tournaments/new".to_owned(), vec![("do", "publish")]),
    ] {
        let page = submit(&manager, &path, &cup(&server), &more).await;
        assert_eq!(page.wrong(), ["tournament_id"], "{path}");
    }
    assert!(manager.post(&format!("{CUP}/freeze"), "").await.location().contains("done=frozen"));
    assert_eq!(refused(&server, &server.score("s1", "cup", "p-1", 90)).await, "tournament_frozen");
    assert!(manager.post(&format!("{CUP}/thaw"), "").await.location().contains("done=thawed"));
    send(&server, &[server.score("s2", "cup", "p-1", 90)]).await;
    let end = server.services.now().plus_ms(5 * HOUR_MS);
    let typed = end.to_string()[..19].to_owned();
    let extended = manager.fill(&format!("{CUP}/extend"), &[("ends_at", &typed)]).await;
    assert!(extended.location().contains("done=extended"), "{}", extended.html);
    assert!(manager.get(CUP).await.html.contains(&typed[11..]));
    let shorter = manager.fill(&format!("{CUP}/extend"), &[("ends_at", "2020-01-01T00:00")]).await;
    assert_eq!(shorter.status, StatusCode::BAD_REQUEST);
    assert!(manager.post(&format!("{CUP}/cancel"), "").await.location().contains("done=canceled"));
    assert_eq!(state(&server).await, "canceled");
    let again = manager.post(&format!("{CUP}/cancel"), "").await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.html);
    let unknown = manager.post(&format!("{CUP}/explode"), "").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_excluded_player_leaves_the_board_and_comes_back() {
    let server = server().await;
    players(&server, 2).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    send(&server, &[server.score("s1", "cup", "p-1", 90), server.score("s2", "cup", "p-2", 70)]).await;
    let player = key(&server, 1).await;
    let path = format!("{CUP}/players/{player}");
    let support = at_work(&server, 101, Role::Support).await;
    let viewer = at_work(&server, 102, Role::Viewer).await;
    let empty = support.post(&format!("{path}/exclude"), "reason=%20").await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    let excluded =
        support.fill(&format!("{path}/exclude"), &[("reason", "Two accounts"), ("period", "0")]).await;
    assert!(excluded.location().contains("done=excluded"), "{}", excluded.html);
    assert_eq!(server.standings("cup").await, [("Player 2".to_owned(), 70)]);
    assert_eq!(refused(&server, &server.score("s3", "cup", "p-1", 95)).await, "not_eligible");

    assert!(support.get(CUP).await.html.contains("Two accounts"));
    assert!(support.get(&path).await.html.contains("Two accounts"));
    for page in [CUP, &path] {
        let seen = viewer.get(page).await.html;
        assert!(!seen.contains("Two accounts"), "{page}: a reason is for those who may exclude");
    }
    let back = support.post(&format!("{path}/reinstate"), "").await;
    assert!(back.location().contains("done=reinstated"), "{}", back.html);
    assert_eq!(server.standings("cup").await, [("Player 1".to_owned(), 90), ("Player 2".to_owned(), 70)]);
    let lines = log(&server).await;
    let by_support = |action: AuditAction| {
        let line = lines.iter().find(|line| line.action == action).unwrap();
        line.subject.is_some() && line.actor.id.as_deref().is_some_and(|id| id.starts_with("op_"))
    };
    assert!(by_support(AuditAction::PlayerDisqualified) && by_support(AuditAction::PlayerReinstated));
    assert!(lines.iter().all(|line| !line.detail.contains("Two accounts")), "a reason may name somebody");
}

#[tokio::test]
async fn a_dispute_shows_every_score_what_corrected_it_and_what_all_come_to() {
    let server = server().await;
    players(&server, 1).await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    for (id, score) in [("s1", 40), ("s2", 30), ("s3", 90)] {
        server.clock.advance_ms(1000);
        send(&server, &[server.score(id, "cup", "p-1", score)]).await;
    }
    let correction = |id: &str, of: &str, more: serde_json::Value| {
        let mut data = json!({"tournament_id": "cup", "platform_user_id": "p-1", "event": {"id": of}});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.event(id, "platform.score.corrected", &data)
    };
    send(&server, &[correction("c1", "s3", json!({"score": 45})), correction("c2", "s1", json!({}))]).await;
    let path = format!("{CUP}/players/{}", key(&server, 1).await);
    let viewer = at_work(&server, 102, Role::Viewer).await;
    let page = viewer.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let effects: Vec<&str> = page.html.split("data-effect=\"").skip(1).collect();
    let effects: Vec<&str> = effects.iter().map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(effects, ["voided", "corrected", "moved", "nothing", "moved"], "the newest first");
    assert!(page.html.contains("Both agree."), "{}", page.html);
    for id in ["s1", "s2", "s3", "c1", "c2"] {
        assert!(page.html.contains(&format!("/test {id}<")), "{id}");
    }
    let missing = viewer.get(&format!("{CUP}/players/p_nobody")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let found = viewer.get(&format!("{CUP}/player?player=p_abc&zone=Europe/Rome")).await;
    assert_eq!(found.location(), format!("{CUP}/players/p_abc?zone=Europe/Rome"));
}

#[tokio::test]
async fn tournaments_are_found_by_state_owner_and_text_page_by_page() {
    let server = server().await;
    let events: Vec<_> =
        (0..60).map(|number| server.tournament(&format!("race-{number}"), "best", "desc")).collect();
    send(&server, &events).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    submit(&manager, "/console/tournaments/new", &cup(&server), &[("do", "draft")]).await;
    let rows = |page: &Page| page.html.matches("<tr>").count() - 1;
    let first = manager.get("/console/tournaments?q=race").await;
    assert_eq!(rows(&first), 50);
    let next = first.html.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(next.contains("q=race"), "{next}");
    let second = manager.get(&next.replace("&amp;", "&")).await;
    assert_eq!(rows(&second), 10);
    for (query, count) in [("state=draft", 1), ("owner=console", 1), ("q=CONSOLE", 1), ("q=race-59", 1)] {
        assert_eq!(rows(&manager.get(&format!("/console/tournaments?{query}")).await), count, "{query}");
    }
    let nonsense = manager.get("/console/tournaments?after=nonsense").await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_schedule_is_shown_in_the_zone_of_whoever_looks_and_says_when_clocks_change() {
    let server = server().await;
    let manager = at_work(&server, 101, Role::Manager).await;
    let more = [
        ("do", "preview"),
        ("zone", "Europe/Rome"),
        ("starts_at", "2028-03-25T20:00"),
        ("ends_at", "2028-03-28T20:00"),
        ("reset.cron", "0 20 * * *"),
        ("reset.zone", "Europe/Rome"),
    ];
    let page = submit(&manager, "/console/tournaments/new", &cup(&server), &more).await;
    assert_eq!((page.status, page.wrong()), (StatusCode::OK, vec![]), "{}", page.html);
    let (_, schedule) = page.html.split_once("data-testid=\"schedule\"").unwrap();
    let schedule = schedule.split("</table>").next().unwrap();
    // The same hour on the clocks of Rome, an hour earlier in UTC from the day of the change on.
    for moment in ["2028-03-25T19:00", "2028-03-26T18:00", "2028-03-27T18:00", "2028-03-28T18:00"] {
        assert!(schedule.contains(moment), "{moment} in {schedule}");
    }
    assert_eq!(schedule.matches("Clocks change").count(), 1, "{schedule}");
    let rome = manager.get("/console/tournaments?zone=Europe/Rome").await.html;
    assert!(rome.contains("value=\"Europe/Rome\" selected"), "{rome}");
    let nonsense = manager.get("/console/tournaments?zone=Mars/Olympus").await.html;
    assert!(nonsense.contains("value=\"UTC\" selected"), "{nonsense}");
}

#[tokio::test]
async fn an_hour_without_use_ends_the_session_and_nothing_is_done_by_it() {
    let server = server().await;
    send(&server, &[definition(&server, "cup-1", &json!({}))]).await;
    let manager = at_work(&server, 101, Role::Manager).await;
    server.clock.advance_ms(HOUR_MS / 2);
    let refused = manager.post(&format!("{CUP}/cancel"), "").await;
    assert_eq!(refused.location(), "/console/enter");
    assert_ne!(state(&server).await, "canceled");
    let again = enter(&server, 101).await;
    assert!(again.post(&format!("{CUP}/cancel"), "").await.location().contains("done=canceled"));
}
