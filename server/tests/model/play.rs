//! Plays a history on the real thing and on the model, step by step.

use std::fmt::Write;

use axum::http::StatusCode;
use domain::{PlatformUserId, Timestamp};
use serde_json::{Value, json};
use services::{
    jobs::{house, worker},
    tournaments::{TournamentError, command},
};
use storage::audit::Actor;
use uuid::Uuid;

use crate::{
    compare::{self, Difference, Names, same},
    finish,
    history::{Command, History, PLAYERS, Setup, Step, Told},
    model::{Fact, Model, Refusal, Verdict, What},
    periods::NotNow,
    world::{NODES, World, get, post, time},
};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A history while it is played.
pub struct Game<'world> {
    pub world: &'world mut World,
    pub model: Model,
    pub names: Names,
    /// What every id of this history begins with.
    pub name: String,
    /// The number at Telegram of the first player.
    first_number: i64,
    sent: Vec<Fact>,
    /// What the platform told of the tournament.
    definition: Value,
}

/// Plays a history to its end.
///
/// # Errors
/// The first difference.
pub async fn play(world: &mut World, history: &History) -> Result<(), Difference> {
    let mut game = Game::begin(world, &history.setup).await;
    for (turn, step) in history.steps.iter().enumerate() {
        let told = |difference| format!("step {turn}, {step:?}: {difference}");
        game.step(step, turn).await.map_err(told)?;
        game.compare(turn).await.map_err(told)?;
    }
    finish::play(&mut game).await.map_err(|difference| format!("at the end: {difference}"))
}

impl<'world> Game<'world> {
    async fn begin(world: &'world mut World, setup: &Setup) -> Self {
        world.histories += 1;
        let name = format!("m{}", world.histories);
        let first_number = 1_000_000 + world.histories * 100;
        // Each begins at twenty past an hour that nobody has seen yet.
        let begins_at = (world.now().div_euclid(HOUR_MS) + 1) * HOUR_MS + 20 * MINUTE_MS;
        world.clock.advance_ms(begins_at - world.now());
        let starts_at = begins_at + setup.lead_min * MINUTE_MS;
        let lasts_min = if setup.is_periodic { 200 } else { 45 };
        let window = (starts_at, starts_at + lasts_min * MINUTE_MS);

        let mut events: Vec<Value> = (0..PLAYERS)
            .map(|player| {
                let data = json!({"platform_user_id": format!("{name}-{player}"), "alias": format!("P {player}"),
                    "telegram_user_id": first_number + i64::try_from(player).unwrap()});
                event(&format!("{name}-user-{player}"), begins_at, "platform.user.upserted", &data)
            })
            .collect();
        let definition = definition(&name, setup, window);
        events.push(event(&format!("{name}-cup"), begins_at, "platform.tournament.upserted", &definition));
        let (status, answer) = world.events(0, &events).await;
        assert_eq!((status, &answer["rejected"]), (StatusCode::OK, &json!([])), "{answer}");

        let ids: Vec<PlatformUserId> =
            (0..PLAYERS).map(|player| format!("{name}-{player}").parse().unwrap()).collect();
        let mut tx = world.nodes[0].services.store().begin_read().await.unwrap();
        let users = tx.users().by_platform_ids(&ids).await.unwrap();
        drop(tx);
        let of = |id: &PlatformUserId| {
            users.iter().find(|user| user.platform_user_id.as_ref() == Some(id)).unwrap()
        };
        let users: Vec<_> = ids.iter().map(|id| of(id).user_id).collect();
        let ages = users.iter().map(|user_id| user_id.as_uuid().as_u128()).collect();
        let model = Model::new(setup.clone(), ages, begins_at, window);
        let names = Names { tournament_id: name.parse().unwrap(), users };
        let mut game = Self { world, model, names, name, first_number, sent: Vec::new(), definition };
        for player in 0..setup.joining.as_ref().map_or(0, |joining| joining.at_once) {
            game.join(0, player, 1).await.unwrap();
        }
        game
    }

    /// Both nodes against the model.
    pub async fn compare(&self, turn: usize) -> Result<(), Difference> {
        for (number, node) in self.world.nodes.iter().enumerate() {
            compare::boards(&node.services, &self.model, &self.names, turn + number)
                .await
                .map_err(|difference| format!("node {number}, {difference}"))?;
        }
        self.compare_shown(turn).await
    }

    /// A board as the API shows it.
    async fn compare_shown(&self, turn: usize) -> Result<(), Difference> {
        let period = turn % self.model.periods.len();
        for cohort in self.model.boards_of(period) {
            let mut path =
                format!("/v1/tournaments/{}/board?limit=100&period={period}", self.names.tournament_id);
            if cohort > 0 {
                write!(path, "&cohort={cohort}").unwrap();
            }
            let (status, page) = self.world.json(turn % NODES, get(&path)).await;
            same(&path, &status, &StatusCode::OK)?;
            let rows = page["entries"].as_array().unwrap();
            let shown: Vec<(Value, Value)> =
                rows.iter().map(|row| (row["alias"].clone(), row["score"].clone())).collect();
            let board = self.model.board(period, cohort);
            let expected: Vec<(Value, Value)> =
                board.iter().map(|row| (json!(format!("P {}", row.player)), json!(row.points.0))).collect();
            same(&path, &shown, &expected)?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step, turn: usize) -> Result<(), Difference> {
        match step {
            Step::Tell { node, told } => {
                let facts = self.facts(told, turn);
                if self.model.setup.cohorts.is_none() {
                    return self.tell(*node, &facts).await;
                }
                // Of the scores of one call those who place a player are looked at first, and tiers follow from ranks.
                for fact in facts {
                    self.tell(*node, &[fact]).await?;
                }
                Ok(())
            }
            Step::Join { player, entry } => self.join(turn % NODES, *player, *entry).await,
            Step::Clock { ms } => {
                self.pass(*ms);
                Ok(())
            }
            Step::Jobs { node } => {
                self.work(*node).await;
                Ok(())
            }
            Step::Crash => {
                self.crash(turn % NODES).await;
                Ok(())
            }
            Step::Restart { is_lost } => {
                if *is_lost {
                    self.lose_ranks().await;
                }
                self.world.restart().await;
                Ok(())
            }
            Step::Retell { node } => self.retell(*node, turn).await,
            Step::Command(command) => self.command(turn % NODES, command).await,
        }
    }

    pub fn pass(&mut self, ms: i64) {
        self.world.clock.advance_ms(ms);
        self.model.now += ms;
    }

    /// The events that are meant, as they are sent now.
    fn facts(&mut self, told: &[Told], turn: usize) -> Vec<Fact> {
        let now = self.world.now();
        let columns = self.model.setup.ties.len();
        let mut facts = Vec::new();
        for (number, told) in told.iter().enumerate() {
            let what = match told {
                Told::Again { back } => {
                    let sent = &self.sent;
                    facts.extend(sent.len().checked_sub(1 + back).map(|at| sent[at].clone()));
                    continue;
                }
                Told::Score { player, score, ties, has_wrong_ties, .. } => {
                    let mut ties = ties[..columns].to_vec();
                    if *has_wrong_ties {
                        ties.push(1);
                    }
                    What::Score { player: *player, points: (*score, ties) }
                }
                Told::Correct { back, score, ties, shift, .. } => {
                    let mut scores = self.sent.iter().rev().filter_map(|fact| match &fact.what {
                        What::Score { player, .. } => Some((fact.id.clone(), *player)),
                        _ => None,
                    });
                    let Some((score_id, player)) = scores.nth(*back) else { continue };
                    let points = score.map(|score| (score, ties[..columns].to_vec()));
                    What::Correct { player: (player + shift) % (PLAYERS + 1), score: score_id, points }
                }
                Told::Exclude { player } => What::Exclude { player: *player },
                Told::Reinstate { player } => What::Reinstate { player: *player },
                Told::Grant { player, attempts } => What::Grant { player: *player, attempts: *attempts },
            };
            let ago_ms = match told {
                Told::Score { ago_ms, .. } | Told::Correct { ago_ms, .. } => *ago_ms,
                _ => 0,
            };
            let fact = Fact { id: format!("{}-{turn}-{number}", self.name), time: now - ago_ms, what };
            self.sent.push(fact.clone());
            facts.push(fact);
        }
        facts
    }

    async fn tell(&mut self, node: usize, facts: &[Fact]) -> Result<(), Difference> {
        if facts.is_empty() {
            return Ok(());
        }
        let events: Vec<Value> = facts.iter().map(|fact| to_event(&self.name, fact)).collect();
        let (status, answer) = self.world.events(node, &events).await;
        if status != StatusCode::OK {
            return Err(format!("the call was answered with {status}: {answer}"));
        }
        let verdicts = self.model.tell(facts);
        let count = |wanted: &Verdict| verdicts.iter().filter(|verdict| *verdict == wanted).count();
        let refused: Vec<(usize, Refusal)> = verdicts
            .iter()
            .enumerate()
            .filter_map(|(index, verdict)| match verdict {
                Verdict::Refused(code) => Some((index, *code)),
                _ => None,
            })
            .collect();
        let rejected: Vec<(usize, &str)> = answer["rejected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (usize::try_from(one["index"].as_u64().unwrap()).unwrap(), one["code"].as_str().unwrap())
            })
            .collect();
        same("refused events", &rejected, &refused)?;
        same("taken events", &answer["accepted"], &json!(count(&Verdict::Taken)))?;
        same("repeated events", &answer["duplicates"], &json!(count(&Verdict::Seen)))
    }

    async fn retell(&mut self, node: usize, turn: usize) -> Result<(), Difference> {
        let id = format!("{}-cup-{turn}", self.name);
        let told = event(&id, self.world.now(), "platform.tournament.upserted", &self.definition);
        let (status, answer) = self.world.events(node, &[told]).await;
        same("the answer", &status, &StatusCode::OK)?;
        let refused = self.model.retell().err();
        same("the definition told again", &answer["rejected"][0]["code"], &json!(refused))?;
        let row = {
            let mut tx = self.world.nodes[node].services.store().begin_read().await.unwrap();
            tx.tournaments().by_id(&self.names.tournament_id).await.unwrap().unwrap()
        };
        same("the end", &row.tournament.ends_at.as_millis(), &self.model.ends_at)?;
        same("frozen", &row.status.is_frozen, &self.model.is_frozen)
    }

    /// A token of a player.
    pub async fn token(&self, node: usize, player: usize) -> String {
        self.world.token(node, self.first_number + i64::try_from(player).unwrap()).await
    }

    async fn join(&mut self, node: usize, player: usize, entry: u32) -> Result<(), Difference> {
        let token = self.token(node, player).await;
        let path = format!("/v1/tournaments/{}/join", self.names.tournament_id);
        let (status, answer) =
            self.world.json(node, post(&path, Some(&token), &json!({"entry": entry}))).await;
        match self.model.join(player, entry) {
            Ok(()) => same("joining", &status, &StatusCode::OK)
                .map_err(|difference| format!("{difference}, {answer}")),
            Err(refusal) => same("joining", &answer["code"], &json!(refusal)),
        }
    }

    /// Does what is due, and what follows from it.
    pub async fn work(&mut self, node: usize) {
        let services = &self.world.nodes[node].services;
        for _ in 0..100 {
            if worker::work_once(services, &house()).await.unwrap() == 0 {
                self.model.work();
                return;
            }
        }
        panic!("jobs plan jobs without end");
    }

    /// A worker takes jobs and is gone. When its lease is over another one does them.
    async fn crash(&mut self, node: usize) {
        let services = &self.world.nodes[node].services;
        let now = services.now();
        let mut tx = services.store().begin_write().await.unwrap();
        let until = now.plus_ms(worker::LEASE_MS);
        tx.jobs().claim(&house().kinds(), now, Uuid::from_u128(1), until, 8).await.unwrap();
        tx.save().await.unwrap();
        self.pass(worker::LEASE_MS);
        self.work((node + 1) % NODES).await;
    }

    /// Whatever an index holds of this history is gone.
    async fn lose_ranks(&self) {
        for period in 0..self.model.periods.len() {
            for cohort in self.model.boards_of(period) {
                let id =
                    domain::BoardId::of(&self.names.tournament_id, u32::try_from(period).unwrap(), cohort);
                self.world.nodes[0].services.ranks().unload(&id).await.unwrap();
            }
        }
    }

    pub async fn command(&mut self, node: usize, wanted: &Command) -> Result<(), Difference> {
        let services = self.world.nodes[node].services.clone();
        let id = &self.names.tournament_id;
        let mut tx = services.store().begin_write().await.unwrap();
        let actor = Actor::system();
        let (done, expected): (Result<(), TournamentError>, Result<(), NotNow>) = match wanted {
            Command::Stop => (command::stop(&services, &mut *tx, actor, id).await, self.model.stop()),
            Command::Extend { minutes } => {
                let ends_at = self.model.now + minutes * MINUTE_MS;
                let at = Timestamp::from_millis(ends_at);
                (command::extend(&services, &mut *tx, actor, id, at).await, self.model.extend(ends_at))
            }
            Command::Freeze => {
                (command::freeze(&services, &mut *tx, actor, id).await, self.model.set_frozen(true))
            }
            Command::Thaw => {
                (command::thaw(&services, &mut *tx, actor, id).await, self.model.set_frozen(false))
            }
            Command::Cancel => (command::cancel(&services, &mut *tx, actor, id).await, self.model.cancel()),
            Command::Recompute => {
                (command::recompute(&services, &mut *tx, actor, id).await, self.model.recompute())
            }
        };
        if done.is_ok() {
            tx.save().await.unwrap();
        }
        same("done", &done.is_ok(), &expected.is_ok()).map_err(|difference| format!("{difference}, {done:?}"))
    }
}

fn event(id: &str, at: i64, kind: &str, data: &Value) -> Value {
    json!({"specversion": "1.0", "id": id, "source": "/model", "type": kind, "time": time(at), "data": data})
}

fn to_event(name: &str, fact: &Fact) -> Value {
    let of = |player: &usize| json!({"tournament_id": name, "platform_user_id": format!("{name}-{player}")});
    let (kind, data) = match &fact.what {
        What::Score { player, points: (score, ties) } => {
            let mut data = of(player);
            (data["score"], data["ties"]) = (json!(score), json!(ties));
            ("platform.score.posted", data)
        }
        What::Correct { player, score, points } => {
            let mut data = of(player);
            data["event"] = json!({"source": "/model", "id": score});
            if let Some((score, ties)) = points {
                (data["score"], data["ties"]) = (json!(score), json!(ties));
            }
            ("platform.score.corrected", data)
        }
        What::Exclude { player } => {
            let mut data = of(player);
            data["reason"] = json!("played with two accounts");
            ("platform.player.disqualified", data)
        }
        What::Reinstate { player } => ("platform.player.reinstated", of(player)),
        What::Grant { player, attempts } => {
            let mut data = of(player);
            data["attempts"] = json!(attempts);
            ("platform.tournament.attempts_granted", data)
        }
    };
    event(&fact.id, fact.time, kind, &data)
}

fn definition(name: &str, setup: &Setup, (starts_at, ends_at): (i64, i64)) -> Value {
    let order = |is_desc: bool| if is_desc { "desc" } else { "asc" };
    let ties: Vec<&str> = setup.ties.iter().map(|is_desc| order(*is_desc)).collect();
    let mut data = json!({
        "tournament_id": name, "title": {"en": "Cup"}, "starts_at": time(starts_at), "ends_at": time(ends_at),
        "operator": setup.operator, "order": order(setup.is_desc), "ties": ties,
        "prizes": [{"from": 1, "to": 1, "what": {"code": "gold"}}, {"from": 2, "to": 2, "what": {"code": "silver"}}],
    });
    if let Some(joining) = &setup.joining {
        data["join"] = json!({"required": true});
        if let Some(max) = joining.size_max {
            data["join"]["size_max"] = json!(max);
        }
        if let Some(max) = joining.entries_max {
            data["join"]["entries_max"] = json!(max);
        }
    }
    if let Some(max) = setup.attempts_max {
        data["attempts_max"] = json!(max);
    }
    if setup.is_periodic {
        data["reset"] = json!({"cron": "0 * * * *", "zone": "UTC"});
    }
    if let Some(cohorts) = &setup.cohorts {
        let tier = |number: u32| {
            let (promote, demote) = (u32::from(number + 1 < cohorts.tiers), u32::from(number > 0));
            json!({"title": {"en": format!("League {number}")}, "promote": promote, "demote": demote})
        };
        let tiers: Vec<Value> = (0..cohorts.tiers).map(tier).collect();
        data["cohorts"] = json!({"size": cohorts.size, "tiers": tiers});
    }
    if setup.is_claimed {
        data["rewards"] = json!("claim");
    }
    data
}
