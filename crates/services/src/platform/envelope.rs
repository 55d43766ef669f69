//! Reading CloudEvents 1.0 (JSON format, structured mode) into what Podium understands.

use std::borrow::Cow;

use domain::{
    ErrorCode, EventId, EventSource, Locale, PlatformUserId, Score, TelegramUserId, Timestamp, TournamentId,
    condition::is_region, mission::Mission,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::maintenance::clean::EVENTS_KEPT_MS;
use crate::platform::{
    activity::{self, ActivityTold},
    kyc::{self, KycChanged},
    missions,
    tournaments::{self, AttemptsGranted, Exclusion},
};
use crate::tournaments::definition::Definition;

/// An event that can be applied.
#[derive(Debug, Clone)]
pub struct PlatformEvent {
    /// Who made it.
    pub source: EventSource,
    /// Its id at the source.
    pub event_id: EventId,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    pub data: EventData,
}

/// Clocks may differ by so much.
const AHEAD_MAX_MS: i64 = 300_000;

impl PlatformEvent {
    /// Whether its time is one at which something that counts once can have happened.
    ///
    /// # Errors
    /// Why not, in words.
    pub(crate) fn check_time(&self, now: Timestamp) -> Result<(), &'static str> {
        if now.millis_since(self.time) > EVENTS_KEPT_MS {
            return Err("time is too long ago to tell a repeated event from a new one");
        }
        if self.time.millis_since(now) > AHEAD_MAX_MS {
            return Err("time is in the future");
        }
        Ok(())
    }
}

/// What happened.
#[derive(Debug, Clone)]
pub enum EventData {
    /// `platform.user.upserted`
    UserUpserted(UserUpserted),
    /// `platform.tournament.upserted`
    TournamentUpserted(Box<Definition>),
    /// `platform.tournament.canceled`
    TournamentCanceled(TournamentId),
    /// `platform.player.disqualified`, `platform.player.reinstated`
    PlayerExcluded(Exclusion),
    /// `platform.tournament.attempts_granted`
    AttemptsGranted(AttemptsGranted),
    /// `platform.score.posted`
    ScorePosted(ScorePosted),
    /// `platform.score.corrected`
    ScoreCorrected(ScoreCorrected),
    /// `platform.kyc.changed`
    KycChanged(KycChanged),
    /// `platform.mission.upserted`
    MissionUpserted(Box<Mission>),
    /// `platform.activity`
    Activity(ActivityTold),
}

/// A user of the platform is new or has changed.
#[derive(Debug, Clone)]
pub struct UserUpserted {
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// The public name on boards.
    pub alias: String,
    /// Who it is at Telegram, if the platform knows and vouches for it.
    pub telegram_user_id: Option<TelegramUserId>,
    /// The language.
    pub locale: Option<Locale>,
    /// Whether the platform has a confirmed phone or e-mail of the user.
    pub contact_confirmed: Option<bool>,
    /// Where the user lives.
    pub region: Option<String>,
}

/// A player has scored.
#[derive(Debug, Clone)]
pub struct ScorePosted {
    /// Where.
    pub tournament_id: TournamentId,
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// The points.
    pub score: Score,
    /// The values in the tie columns; the tournament knows how many there are.
    pub ties: Vec<Score>,
}

/// A score that was taken is another one, or none.
#[derive(Debug, Clone)]
pub struct ScoreCorrected {
    /// Where.
    pub tournament_id: TournamentId,
    /// Whose.
    pub platform_user_id: PlatformUserId,
    /// The source of the score's event.
    pub source: EventSource,
    /// The id of the score's event.
    pub event_id: EventId,
    /// What it should have been, with its values in the tie columns; `None`: it never was.
    pub result: Option<(Score, Vec<Score>)>,
}

/// The most characters of an alias.
pub const ALIAS_CHARACTERS_MAX: usize = 64;

/// Why an event can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What the sender is told.
    pub code: ErrorCode,
    /// Which field, or what of it.
    pub detail: Cow<'static, str>,
}

pub(crate) const fn invalid(detail: &'static str) -> Unreadable {
    Unreadable { code: ErrorCode::EventDataInvalid, detail: Cow::Borrowed(detail) }
}

const fn bad(detail: &'static str) -> Unreadable {
    Unreadable { code: ErrorCode::BadRequest, detail: Cow::Borrowed(detail) }
}

#[derive(Deserialize)]
struct RawEvent<'a> {
    specversion: &'a str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    time: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// Reads one event.
///
/// # Errors
/// [`Unreadable`] names the field that is wrong, never its content.
pub fn read(json: &RawValue) -> Result<PlatformEvent, Unreadable> {
    let raw: RawEvent<'_> = serde_json::from_str(json.get()).map_err(|_| bad("not a CloudEvent in JSON"))?;
    if raw.specversion != "1.0" {
        return Err(bad("specversion must be 1.0"));
    }
    let time = raw.time.ok_or(bad("time is missing"))?.parse().map_err(|_| bad("time is not RFC 3339"))?;
    let data = raw.data.map_or("{}", RawValue::get);
    let source: EventSource =
        raw.source.try_into().map_err(|_| bad("source must be 1 to 255 visible characters"))?;
    Ok(PlatformEvent {
        event_id: raw.id.try_into().map_err(|_| bad("id must be 1 to 255 visible characters"))?,
        time,
        data: match raw.kind.as_str() {
            "platform.user.upserted" => EventData::UserUpserted(read_user(data)?),
            "platform.tournament.upserted" => {
                EventData::TournamentUpserted(Box::new(tournaments::read_definition(data)?))
            }
            "platform.tournament.canceled" => {
                EventData::TournamentCanceled(tournaments::read_canceled(data)?)
            }
            "platform.tournament.attempts_granted" => {
                EventData::AttemptsGranted(tournaments::read_attempts(data)?)
            }
            "platform.player.disqualified" => {
                EventData::PlayerExcluded(tournaments::read_disqualified(data)?)
            }
            "platform.player.reinstated" => EventData::PlayerExcluded(tournaments::read_reinstated(data)?),
            "platform.score.posted" => EventData::ScorePosted(read_score(data)?),
            "platform.score.corrected" => EventData::ScoreCorrected(read_correction(data, &source)?),
            "platform.kyc.changed" => EventData::KycChanged(kyc::read(data)?),
            "platform.mission.upserted" => EventData::MissionUpserted(Box::new(missions::read(data)?)),
            "platform.activity" => EventData::Activity(activity::read(data)?),
            _ => {
                let detail = Cow::Borrowed("type is not known");
                return Err(Unreadable { code: ErrorCode::EventTypeUnknown, detail });
            }
        },
        source,
    })
}

#[derive(Deserialize)]
struct RawUser {
    platform_user_id: PlatformUserId,
    alias: String,
    #[serde(default)]
    telegram_user_id: Option<TelegramUserId>,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    contact_confirmed: Option<bool>,
    #[serde(default)]
    region: Option<String>,
}

fn read_user(data: &str) -> Result<UserUpserted, Unreadable> {
    let raw: RawUser = serde_json::from_str(data)
        .map_err(|_| invalid("data needs platform_user_id and alias of the right types"))?;
    let alias = raw.alias.trim();
    if alias.is_empty() || alias.chars().count() > ALIAS_CHARACTERS_MAX || alias.chars().any(char::is_control)
    {
        return Err(invalid("alias must be 1 to 64 characters without control characters"));
    }
    if raw.telegram_user_id.is_some_and(|id| id.0 <= 0 || id.0 >= 1 << 52) {
        return Err(invalid("telegram_user_id is not an id of a person"));
    }
    if raw.region.as_deref().is_some_and(|region| !is_region(region)) {
        return Err(invalid("region must be a code of ISO 3166, such as DE or DE-BY"));
    }
    Ok(UserUpserted {
        platform_user_id: raw.platform_user_id,
        alias: alias.to_owned(),
        telegram_user_id: raw.telegram_user_id,
        locale: raw.locale.as_deref().map(Locale::from_tag),
        contact_confirmed: raw.contact_confirmed,
        region: raw.region,
    })
}

#[derive(Deserialize)]
struct RawScore {
    tournament_id: TournamentId,
    platform_user_id: PlatformUserId,
    score: Score,
    #[serde(default)]
    ties: Vec<Score>,
}

fn read_score(data: &str) -> Result<ScorePosted, Unreadable> {
    let raw: RawScore = serde_json::from_str(data).map_err(|_| {
        invalid("data needs tournament_id, platform_user_id and an integer score within ±2^53")
    })?;
    Ok(ScorePosted {
        tournament_id: raw.tournament_id,
        platform_user_id: raw.platform_user_id,
        score: raw.score,
        ties: raw.ties,
    })
}

#[derive(Deserialize)]
struct RawCorrection {
    tournament_id: TournamentId,
    platform_user_id: PlatformUserId,
    event: RawReference,
    score: Option<Score>,
    #[serde(default)]
    ties: Vec<Score>,
}

/// What names another event.
#[derive(Deserialize)]
struct RawReference {
    source: Option<EventSource>,
    id: EventId,
}

fn read_correction(data: &str, source: &EventSource) -> Result<ScoreCorrected, Unreadable> {
    let raw: RawCorrection = serde_json::from_str(data).map_err(|_| {
        invalid("data needs tournament_id, platform_user_id, event.id and, unless the score is void, score")
    })?;
    if raw.score.is_none() && !raw.ties.is_empty() {
        return Err(invalid("ties stand beside a score alone"));
    }
    Ok(ScoreCorrected {
        tournament_id: raw.tournament_id,
        platform_user_id: raw.platform_user_id,
        source: raw.event.source.unwrap_or_else(|| source.clone()),
        event_id: raw.event.id,
        result: raw.score.map(|score| (score, raw.ties)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<PlatformEvent, Unreadable> {
        read(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_score_is_read() {
        let event = read_text(
            r#"{"specversion":"1.0","id":"e1","source":"/games","type":"platform.score.posted",
                "time":"2026-01-01T00:00:00Z","data":{"tournament_id":"cup","platform_user_id":"42","score":7}}"#,
        )
        .unwrap();
        assert!(matches!(event.data, EventData::ScorePosted(score) if score.score.points() == 7));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let event = |rest: &str| {
            format!(r#"{{"specversion":"1.0","id":"e1","source":"/s","time":"2026-01-01T00:00:00Z",{rest}}}"#)
        };
        let cases = [
            (event(r#""type":"platform.unknown""#), ErrorCode::EventTypeUnknown),
            (event(r#""type":"platform.score.posted""#), ErrorCode::EventDataInvalid),
            (
                event(
                    r#""type":"platform.score.posted","data":{"tournament_id":"cup","platform_user_id":"42","score":1.5}"#,
                ),
                ErrorCode::EventDataInvalid,
            ),
            (
                event(r#""type":"platform.user.upserted","data":{"platform_user_id":"42","alias":" "}"#),
                ErrorCode::EventDataInvalid,
            ),
            (r#"{"specversion":"0.3","id":"e1","source":"/s","type":"x"}"#.to_owned(), ErrorCode::BadRequest),
            ("[]".to_owned(), ErrorCode::BadRequest),
        ];
        for (text, code) in cases {
            assert_eq!(read_text(&text).unwrap_err().code, code, "{text}");
        }
    }
}
