//! What the server's HTML says before any script runs.

use domain::{ErrorCode, Locale, TournamentId};

use crate::{
    First, PageData,
    kit::samples,
    ssr::{Assets, Setting, render_app, render_kit, render_landing, render_not_found},
};

fn assets() -> Assets {
    Assets {
        js: "/pkg/a.js".to_owned(),
        wasm: "/pkg/a.wasm".to_owned(),
        css: String::new(),
        later: Vec::new(),
    }
}

fn page_in(locale: Locale, path: &str, first: First) -> String {
    let assets = assets();
    let data =
        PageData { path: path.to_owned(), bot: Some("podium_bot".to_owned()), now: samples::now(), first };
    let setting = Setting { assets: &assets, nonce: "n0nce", locale };
    render_app(setting, data, "https://telegram.example/app.js").unwrap()
}

fn page(path: &str, first: First) -> String {
    page_in(Locale::En, path, first)
}

/// What is read, one text a line; scripts and styles left out.
fn outline(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let body = body.split("<script").next().unwrap();
    let mut lines = Vec::new();
    for piece in body.split('<').filter_map(|piece| piece.split_once('>')) {
        let text = piece.1.trim();
        if !text.is_empty() {
            lines.push(text.replace("&#x27;", "'").replace("&amp;", "&"));
        }
    }
    lines.join("\n")
}

fn count(html: &str, text: &str) -> usize {
    html.split("<script type=\"application/json\"").next().unwrap().matches(text).count()
}

#[test]
fn the_lobby_shows_the_busiest_board_and_the_other_tournaments() {
    let mut lobby = samples::lobby();
    lobby.board = Some(samples::board(4));
    let html = page("/app", First::Lobby(lobby));
    insta::assert_snapshot!(outline(&html), @r"
    Tournaments
    Autumn cup
    Live
    Ends in 03:00:00
    616 players
    1
    N
    NovaFox
    15,480
    2
    K
    Kestrel
    15,209
    3
    L
    LuckyLena
    14,876
    4
    S
    Sasha77
    14,481
    See the whole board: 616 players
    Running now
    Night sprint
    Ends in 00:30:00
    · 318 players
    Coming up
    Winter open
    Starts in 2 d 2 h
    · 0 players
    Finished
    Summer final
    The result stands
    · 8,021 players
    All tournaments
    Compete
    Missions
    Profile
    ");
}

#[test]
fn the_lobby_shows_ten_rows_of_a_long_board() {
    let mut lobby = samples::lobby();
    lobby.board = Some(samples::board(30));
    let html = page("/app", First::Lobby(lobby));
    assert_eq!(count(&html, "data-testid=\"board-row\""), 10);
    assert_eq!(count(&html, "data-testid=\"board\""), 1);
}

#[test]
fn a_tournament_shows_its_board_and_names_the_document() {
    let html = page("/app/t/autumn-cup", First::Tournament(samples::tournament()));
    assert_eq!(count(&html, "data-testid=\"board-row\""), 10);
    assert!(html.contains("<title>Autumn cup · Podium</title>"));
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn steps_that_nobody_stands_on_are_drawn_free() {
    let mut page_of = samples::tournament();
    page_of.board = samples::board(1);
    let html = page("/app/t/autumn-cup", First::Tournament(page_of));
    assert_eq!(count(&html, "row--free"), 2);
}

#[test]
fn an_empty_board_says_why() {
    let mut page_of = samples::tournament();
    page_of.board = samples::board(0);
    let html = page("/app/t/autumn-cup", First::Tournament(page_of));
    assert!(outline(&html).contains("Nobody has a score yet"), "{}", outline(&html));
}

#[test]
fn an_unknown_tournament_offers_all_others() {
    let html = page("/app/t/nope", First::Failed(ErrorCode::TournamentUnknown));
    let outline = outline(&html);
    assert!(outline.contains("There is no such tournament"), "{outline}");
    assert!(html.contains("href=\"/app\""));
}

#[test]
fn a_failure_can_be_tried_again() {
    let outline = outline(&page("/app", First::Failed(ErrorCode::Unavailable)));
    assert!(outline.contains("This did not load") && outline.contains("Try again"), "{outline}");
}

#[test]
fn nothing_of_a_person_is_in_the_html() {
    let firsts = [First::Lobby(samples::lobby()), First::Tournament(samples::tournament()), First::Nothing];
    for (path, first) in ["/app", "/app/t/autumn-cup", "/app/profile"].into_iter().zip(firsts) {
        let html = page(path, first);
        assert_eq!(html.matches("player-name\"").count(), 0, "{path}");
        assert_eq!(html.matches("me-row\"").count(), 0, "{path}");
    }
}

#[test]
fn a_page_speaks_the_readers_language() {
    let html = page_in(Locale::It, "/app", First::Lobby(samples::lobby()));
    assert!(html.contains("<html lang=\"it\">"));
    assert!(outline(&html).contains("Tornei"));
}

#[test]
fn no_page_uses_inline_style_or_handlers() {
    let html = page("/app", First::Lobby(samples::lobby()));
    let body = html.split_once("<body>").unwrap().1;
    for forbidden in [" style=\"", " onclick=", "javascript:"] {
        assert!(!body.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn pages_outside_the_app_stand_still() {
    let assets = assets();
    let setting = Setting { assets: &assets, nonce: "n0nce", locale: Locale::En };
    let landing = render_landing(setting, Some("podium_bot"));
    assert!(landing.contains("https://t.me/podium_bot?startapp"));
    for html in [landing, render_not_found(setting), render_kit(setting)] {
        assert!(!html.contains("<script"), "a page that stands still runs code");
        assert_eq!(html.matches("<h1").count(), 1);
    }
}

#[test]
fn a_path_is_rendered_even_when_its_page_is_gone() {
    let id: TournamentId = "autumn-cup".parse().unwrap();
    let html = page(&crate::Route::Tournament(id).path(), First::Nothing);
    assert!(html.contains("<main"));
}
