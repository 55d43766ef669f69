//! The end of a history: final ranks, their hash, and one reward for each winner.

use std::fmt::Write;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    compare::{Difference, same},
    history::Command,
    model::Row,
    periods::Stage,
    play::{Game, HOUR_MS},
    world::{get, get_as, post},
};

/// Prizes of the ranks 1 and 2.
const PRIZES: [&str; 2] = ["gold", "silver"];

/// Brings a history to its end and compares what has come of it.
pub async fn play(game: &mut Game<'_>) -> Result<(), Difference> {
    if game.model.is_frozen && game.model.stage != Stage::Canceled {
        game.command(0, &Command::Thaw).await?;
    }
    // Whatever hangs from a clock that was set back is due long before.
    game.pass(game.model.ends_at.max(game.model.now) + 2 * HOUR_MS - game.model.now);
    game.work(1).await;
    game.compare(0).await?;
    let sql = "SELECT kind || ' ' || key || ': ' || reason FROM jobs WHERE reason IS NOT NULL";
    same("jobs that have failed", &game.world.texts(sql).await, &Vec::new())?;
    let is_over = matches!(game.model.stage, Stage::Finished | Stage::Canceled);
    same("whether the model has come to an end", &is_over, &true)?;
    results(game).await?;
    rewards(game).await
}

/// The boards with final ranks: each period's, and each cohort's of it.
fn finals(game: &Game<'_>) -> Vec<((usize, u32), Vec<Row>)> {
    game.model.finals.iter().map(|(board, rows)| (*board, rows.clone())).collect()
}

/// Final ranks as the API shows them, and their hash, computed as the documentation says.
async fn results(game: &Game<'_>) -> Result<(), Difference> {
    let services = &game.world.nodes[0].services;
    let mut tx = services.store().begin_read().await.unwrap();
    let mut keys = Vec::new();
    for user_id in &game.names.users {
        keys.push(tx.users().by_id(*user_id).await.unwrap().unwrap().player.to_string());
    }
    drop(tx);
    for ((period, cohort), rows) in finals(game) {
        let mut lines = String::new();
        let mut expected = Vec::new();
        for (rank, row) in (1..).zip(&rows) {
            let (score, ties) = &row.points;
            let columns: Vec<String> = ties.iter().map(ToString::to_string).collect();
            let player = &keys[row.player];
            writeln!(lines, "{rank}\t{player}\t{score}\t{}\t{}", columns.join(","), row.at).unwrap();
            let prize = PRIZES.get(rank - 1).map_or(Value::Null, |code| json!(code));
            expected.push((json!(rank), json!(player), json!(score), prize));
        }
        let mut path =
            format!("/v1/tournaments/{}/results?period={period}&limit=100", game.names.tournament_id);
        if cohort > 0 {
            write!(path, "&cohort={cohort}").unwrap();
        }
        let (status, page) = game.world.json(1, get(&path)).await;
        same(&path, &status, &StatusCode::OK)?;
        let shown: Vec<(Value, Value, Value, Value)> = page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let field = |name: &str| one[name].clone();
                (field("rank"), field("player"), field("score"), one["prize"]["code"].clone())
            })
            .collect();
        same(&path, &shown, &expected)?;
        let hash = hex::encode(Sha256::digest(&lines));
        same(&format!("the hash of {path}"), &page["result_hash"], &json!(hash))?;
    }
    Ok(())
}

/// Each winner has one reward, and the platform was told of each once, however often it is claimed.
async fn rewards(game: &Game<'_>) -> Result<(), Difference> {
    let name = &game.name;
    let mut expected = Vec::new();
    for ((period, cohort), rows) in finals(game) {
        let number = u32::try_from(period).unwrap();
        let board = domain::BoardId::of(&game.names.tournament_id, number, cohort);
        for (row, code) in rows.iter().zip(PRIZES) {
            expected.push((board.to_string(), format!("{name}-{}", row.player), code.to_owned()));
        }
    }
    expected.sort();
    if game.model.setup.is_claimed {
        same("what was told before it was claimed", &told(game).await, &Vec::new())?;
        for player in 0..game.names.users.len() {
            let token = game.token(0, player).await;
            let (_, list) = game.world.json(0, get_as("/v1/rewards", &token)).await;
            for reward in list["rewards"].as_array().unwrap() {
                let path = format!("/v1/rewards/{}/claim", reward["reward_id"].as_str().unwrap());
                for node in [0, 1, 0] {
                    let (status, body) = game.world.json(node, post(&path, Some(&token), &json!({}))).await;
                    same(&format!("claiming {body}"), &status, &StatusCode::OK)?;
                }
            }
        }
    }
    same("the rewards that the platform is told of", &told(game).await, &expected)?;
    let mut tx = game.world.nodes[0].services.store().begin_read().await.unwrap();
    let mut given = 0;
    for user_id in &game.names.users {
        given += tx.rewards().of_user(*user_id, None, 100).await.unwrap().len();
    }
    same("how many rewards there are", &given, &expected.len())
}

/// The rewards of this history that wait to be told to the platform: board, player and what.
async fn told(game: &Game<'_>) -> Vec<(String, String, String)> {
    let sql = "SELECT data FROM outgoing_events WHERE kind = 'podium.reward.granted'";
    let rows = game.world.texts(sql).await;
    let mut told: Vec<(String, String, String)> = rows
        .iter()
        .map(|row| {
            let data: Value = serde_json::from_str(row).unwrap();
            let text = |field: &str| data[field].as_str().unwrap().to_owned();
            (text("source_id"), text("platform_user_id"), text("code"))
        })
        .filter(|(_, player, _)| player.starts_with(&format!("{}-", game.name)))
        .collect();
    told.sort();
    told
}
