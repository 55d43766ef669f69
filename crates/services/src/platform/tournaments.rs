//! Events about tournaments: what they are, that they are canceled, who is excluded, who gets more attempts.

use std::collections::BTreeMap;

use domain::{
    BoardId, ErrorCode, Operator, Order, Owner, PlatformUserId, TieOrders, Timestamp, Tournament,
    TournamentId, UserId,
    tournament::{Title, rules::TournamentRules},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use storage::{StoreError, Transaction, audit::Actor};

use crate::{
    Services,
    boards::standing::BoardChange,
    platform::{
        apply::Reason,
        envelope::{Unreadable, invalid},
    },
    tournaments::{
        TournamentError, attempts, command,
        definition::{self, Definition, Taken},
        exclude, periods,
    },
};

/// `platform.player.disqualified`, `platform.player.reinstated`.
#[derive(Debug, Clone)]
pub struct Exclusion {
    /// Where.
    pub tournament_id: TournamentId,
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// Why; none takes the exclusion back.
    pub reason: Option<String>,
}

/// `platform.tournament.attempts_granted`
#[derive(Debug, Clone, Deserialize)]
pub struct AttemptsGranted {
    /// Where.
    pub tournament_id: TournamentId,
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// How many.
    pub attempts: u32,
}

#[derive(Deserialize)]
struct RawTournament {
    tournament_id: TournamentId,
    title: BTreeMap<String, String>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    operator: Operator,
    order: Order,
    #[serde(default)]
    ties: TieOrders,
    #[serde(default)]
    draft: bool,
}

/// The fields of [`RawTournament`]; whatever else stands in an event is a rule.
const FIELDS: [&str; 8] =
    ["tournament_id", "title", "starts_at", "ends_at", "operator", "order", "ties", "draft"];

/// Reads the data of `platform.tournament.upserted`.
///
/// # Errors
/// [`Unreadable`] names the field that is wrong, never its content.
pub(crate) fn read_definition(data: &str) -> Result<Definition, Unreadable> {
    let raw: RawTournament = serde_json::from_str(data).map_err(|_| {
        invalid("data needs tournament_id, title, starts_at, ends_at, operator and order of the right types")
    })?;
    if raw.ends_at <= raw.starts_at {
        return Err(invalid("ends_at must be later than starts_at"));
    }
    let mut rules: Map<String, Value> =
        serde_json::from_str(data).map_err(|_| invalid("data is not a JSON object"))?;
    rules.retain(|name, _| !FIELDS.contains(&name.as_str()));
    let definition = Definition {
        tournament: Tournament {
            tournament_id: raw.tournament_id,
            title: Title::new(raw.title)
                .ok_or(invalid("title must hold 1 to 32 languages of 1 to 120 characters each"))?,
            starts_at: raw.starts_at,
            ends_at: raw.ends_at,
            operator: raw.operator,
            order: raw.order,
            ties: raw.ties,
        },
        rules: read_rules(Value::Object(rules))?,
        is_draft: raw.draft,
    };
    definition::check(&definition).map_err(|(field, what)| unreadable(format!("{field} {what}")))?;
    Ok(definition)
}

/// Reads rules, and names the one that is not what it should be.
fn read_rules(rules: Value) -> Result<TournamentRules, Unreadable> {
    serde_path_to_error::deserialize(rules).map_err(|error| {
        // The path holds names of fields alone; what stands in them is not repeated.
        let path = error.path().to_string();
        let path: String = path.chars().filter(|character| !character.is_control()).take(100).collect();
        match path.as_str() {
            "." | "?" | "" => unreadable("data has a field that is not known".to_owned()),
            path => unreadable(format!("{path} is not known, or not of the right type")),
        }
    })
}

fn unreadable(detail: String) -> Unreadable {
    Unreadable { code: ErrorCode::EventDataInvalid, detail: detail.into() }
}

#[derive(Deserialize)]
struct RawTournamentId {
    tournament_id: TournamentId,
}

/// Reads the data of `platform.tournament.canceled`.
pub(crate) fn read_canceled(data: &str) -> Result<TournamentId, Unreadable> {
    let raw: RawTournamentId = read(data, "data needs tournament_id")?;
    Ok(raw.tournament_id)
}

#[derive(Deserialize)]
struct RawDisqualified {
    tournament_id: TournamentId,
    platform_user_id: PlatformUserId,
    reason: String,
}

/// Reads the data of `platform.player.disqualified`.
pub(crate) fn read_disqualified(data: &str) -> Result<Exclusion, Unreadable> {
    let raw: RawDisqualified = read(data, "data needs tournament_id, platform_user_id and reason")?;
    Ok(Exclusion {
        tournament_id: raw.tournament_id,
        platform_user_id: raw.platform_user_id,
        reason: Some(raw.reason),
    })
}

#[derive(Deserialize)]
struct RawReinstated {
    tournament_id: TournamentId,
    platform_user_id: PlatformUserId,
}

/// Reads the data of `platform.player.reinstated`.
pub(crate) fn read_reinstated(data: &str) -> Result<Exclusion, Unreadable> {
    let raw: RawReinstated = read(data, "data needs tournament_id and platform_user_id")?;
    Ok(Exclusion { tournament_id: raw.tournament_id, platform_user_id: raw.platform_user_id, reason: None })
}

/// Reads the data of `platform.tournament.attempts_granted`.
pub(crate) fn read_attempts(data: &str) -> Result<AttemptsGranted, Unreadable> {
    read(data, "data needs tournament_id, platform_user_id and attempts")
}

fn read<T: DeserializeOwned>(data: &str, needs: &'static str) -> Result<T, Unreadable> {
    serde_json::from_str(data).map_err(|_| invalid(needs))
}

/// What an event about a tournament has changed for viewers.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Boards that have changed.
    pub(crate) boards: Vec<BoardChange>,
}

type Answer = Result<Result<Told, Reason>, StoreError>;

/// Takes a definition of the platform, as it was at `told_at`.
pub(crate) async fn upsert(
    services: &Services,
    tx: &mut dyn Transaction,
    definition: &Definition,
    told_at: Timestamp,
) -> Answer {
    let taken = match definition::take(services, tx, Owner::Platform, definition, Some(told_at)).await? {
        Ok(taken) => taken,
        Err((code, detail)) => return Ok(Err((code, detail.into()))),
    };
    told(tx, &definition.tournament.tournament_id, taken).await.map(Ok)
}

/// What a definition that was taken has changed for viewers.
pub(crate) async fn told(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    taken: Taken,
) -> Result<Told, StoreError> {
    let mut told = Told::default();
    if let Some(order) = taken.order {
        for board_id in open_boards(tx, tournament_id).await? {
            let version = tx.boards().bump(&board_id, 0).await?;
            // An index in the order of before is forgotten, and loaded when it is next asked for.
            told.boards.push(BoardChange { board_id, order, version, changes: Vec::new() });
        }
    }
    Ok(told)
}

/// The boards of a tournament that are not final, in the order in which scores lock them.
async fn open_boards(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
) -> Result<Vec<BoardId>, StoreError> {
    let mut open = Vec::new();
    let periods = tx.periods().not_final(tournament_id).await?;
    for period in periods {
        open.extend(periods::unfinished_boards(tx, &period).await?);
    }
    open.sort();
    Ok(open)
}

/// Cancels a tournament of the platform.
pub(crate) async fn cancel(
    services: &Services,
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
) -> Answer {
    let owner = tx.tournaments().by_id(tournament_id).await?.map(|row| row.status.owner);
    if owner == Some(Owner::Console) {
        let detail = "the tournament belongs to another owner";
        return Ok(Err((ErrorCode::OwnedElsewhere, detail.into())));
    }
    let canceled = command::cancel(services, tx, Actor::platform(), tournament_id).await;
    answer(canceled.map(|()| Told::default()))
}

/// Excludes a player, or takes that back.
pub(crate) async fn exclude(services: &Services, tx: &mut dyn Transaction, exclusion: &Exclusion) -> Answer {
    let id = &exclusion.tournament_id;
    let Some(user_id) = user_of(tx, &exclusion.platform_user_id).await? else {
        return answer(Err(TournamentError::PlayerUnknown));
    };
    let actor = Actor::platform();
    let changed = match &exclusion.reason {
        Some(reason) => exclude::disqualify(services, tx, actor, id, user_id, reason).await,
        None => exclude::reinstate(services, tx, actor, id, user_id).await,
    };
    answer(changed.map(|boards| Told { boards }))
}

/// Gives a player more attempts.
pub(crate) async fn grant_attempts(
    services: &Services,
    tx: &mut dyn Transaction,
    granted: &AttemptsGranted,
) -> Answer {
    let Some(user_id) = user_of(tx, &granted.platform_user_id).await? else {
        return answer(Err(TournamentError::PlayerUnknown));
    };
    let done = attempts::grant(services, tx, &granted.tournament_id, user_id, granted.attempts).await;
    answer(done.map(|()| Told::default()))
}

async fn user_of(
    tx: &mut dyn Transaction,
    platform_user_id: &PlatformUserId,
) -> Result<Option<UserId>, StoreError> {
    let found = tx.users().by_platform_ids(std::slice::from_ref(platform_user_id)).await?;
    Ok(found.into_iter().next().map(|user| user.user_id))
}

/// A failure of the database is everybody's; anything else is the event's.
fn answer(done: Result<Told, TournamentError>) -> Answer {
    let error = match done {
        Ok(told) => return Ok(Ok(told)),
        Err(TournamentError::Store(source)) => return Err(source),
        Err(error) => error,
    };
    let code = match error {
        TournamentError::Malformed(_) => ErrorCode::EventDataInvalid,
        _ => error.code(),
    };
    let detail = match &error {
        TournamentError::Unknown => "tournament_id is not known".into(),
        TournamentError::PlayerUnknown => {
            "platform_user_id is not known, or the player is not excluded".into()
        }
        other => other.to_string().into(),
    };
    Ok(Err((code, detail)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn data(more: &Value) -> String {
        let mut data = json!({
            "tournament_id": "cup", "title": {"en": "Cup"}, "operator": "best", "order": "desc",
            "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z",
        });
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        data.to_string()
    }

    #[test]
    fn a_definition_is_read_with_its_rules() {
        let more = json!({"attempts_max": 3, "join": {"required": true}, "draft": true, "ties": ["asc"],
            "reset": {"cron": "0 20 * * SUN", "zone": "Europe/Rome"}});
        let definition = read_definition(&data(&more)).unwrap();
        assert!(definition.is_draft && definition.rules.join.required);
        assert_eq!(definition.rules.attempts_max.map(std::num::NonZeroU32::get), Some(3));
        assert_eq!(definition.tournament.ties.len(), 1);
        assert_eq!(read_definition(&data(&json!({}))).unwrap().rules, TournamentRules::default());
    }

    #[test]
    fn each_wrong_field_of_a_definition_is_named_and_its_content_is_not() {
        let cases = [
            (json!({"ends_at": "2026-01-01T00:00:00Z"}), "ends_at"),
            (json!({"title": {}}), "title"),
            (json!({"attempts_max": "secret"}), "attempts_max"),
            (json!({"join": {"required": "secret"}}), "join.required"),
            (json!({"join": {"secret": true}}), "join"),
            (json!({"prizes": [{"from": 1, "to": "secret", "what": {"code": "a"}}]}), "prizes[0].to"),
            (json!({"condition": {"kyc_at_least": "secret"}}), "condition.kyc_at_least"),
            (json!({"reset": {"cron": "every day"}}), "reset.cron"),
            (json!({"reset": {"cron": "* * * * *"}}), "reset.cron"),
            (json!({"reset": {"cron": "0 0 * * *", "zone": "Europe/Nowhere"}}), "reset.zone"),
            (json!({"cover": "http://cdn.example/a.png"}), "cover"),
            (json!({"cohorts": {"size": 500}}), "cohorts.size"),
        ];
        for (more, field) in cases {
            let error = read_definition(&data(&more)).unwrap_err();
            assert_eq!(error.code, ErrorCode::EventDataInvalid);
            assert!(error.detail.starts_with(field), "{more}: {}", error.detail);
            assert!(!error.detail.contains("secret") || field == "join", "{}", error.detail);
        }
        let unknown = read_definition(&data(&json!({"attemps_max": 3}))).unwrap_err();
        assert_eq!(unknown.code, ErrorCode::EventDataInvalid, "{}", unknown.detail);
    }
}
