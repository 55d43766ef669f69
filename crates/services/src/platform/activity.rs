//! `platform.activity`: what players do, for missions. Runs of them are applied together, with a few statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    ActivityName, ErrorCode, FieldName, PlatformUserId, UserId,
    mission::{
        FieldValue, Quantity,
        rule::{AMOUNT, FIELDS_MAX},
    },
};
use serde::Deserialize;
use storage::{StoreError, Transaction, activity::ActivityRow, user::User};

use crate::{
    Services, missions,
    platform::{
        apply::{Changes, Place, Refused},
        envelope::{PlatformEvent, Unreadable, invalid},
    },
};

/// Players that are looked up at a time.
const IDS_MAX: usize = 1000;

/// A player has done something.
#[derive(Debug, Clone)]
pub struct ActivityTold {
    /// Who.
    pub platform_user_id: PlatformUserId,
    /// What.
    pub activity: ActivityName,
    /// With what values, the amount among them.
    pub fields: BTreeMap<FieldName, FieldValue>,
}

/// Activities that are applied together.
pub(crate) type Run<'call> = Vec<(Place, &'call PlatformEvent, &'call ActivityTold)>;

#[derive(Deserialize)]
struct Raw {
    platform_user_id: PlatformUserId,
    activity: ActivityName,
    #[serde(default)]
    fields: BTreeMap<FieldName, FieldValue>,
    #[serde(default)]
    amount: Option<Quantity>,
}

/// Reads the data of an event.
pub(crate) fn read(data: &str) -> Result<ActivityTold, Unreadable> {
    let mut raw: Raw = serde_json::from_str(data).map_err(|_| {
        invalid(
            "data needs platform_user_id and activity; fields are texts of at most 256 bytes, numbers within \
             ±9e12, true or false; amount is such a number or a decimal text",
        )
    })?;
    if let Some(amount) = raw.amount {
        let name = AMOUNT.parse().map_err(|_| invalid("amount can't be read"))?;
        if raw.fields.insert(name, FieldValue::Number(amount)).is_some() {
            return Err(invalid("fields must not hold an amount beside amount"));
        }
    }
    if raw.fields.len() > FIELDS_MAX {
        return Err(invalid("fields must be at most 32"));
    }
    Ok(ActivityTold { platform_user_id: raw.platform_user_id, activity: raw.activity, fields: raw.fields })
}

/// Applies a run of activities.
pub(crate) async fn apply(
    services: &Services,
    tx: &mut dyn Transaction,
    run: Run<'_>,
    refused: &mut Vec<Refused>,
    changes: &mut Changes,
) -> Result<(), StoreError> {
    if run.is_empty() {
        return Ok(());
    }
    let wanted: HashSet<&PlatformUserId> = run.iter().map(|(_, _, told)| &told.platform_user_id).collect();
    let wanted: Vec<PlatformUserId> = wanted.into_iter().cloned().collect();
    let mut known: Vec<User> = Vec::with_capacity(wanted.len());
    for wanted in wanted.chunks(IDS_MAX) {
        known.extend(tx.users().by_platform_ids(wanted).await?);
    }
    let ids: HashMap<&PlatformUserId, UserId> =
        known.iter().filter_map(|user| Some((user.platform_user_id.as_ref()?, user.user_id))).collect();
    let now = services.now();
    let mut rows: Vec<ActivityRow> = Vec::with_capacity(run.len());
    for (place, event, told) in run {
        let mut refuse = |code, detail: &'static str| refused.push(Refused::new(place, event, code, detail));
        let Some(user_id) = ids.get(&told.platform_user_id).copied() else {
            refuse(ErrorCode::PlayerUnknown, "platform_user_id is not known");
            continue;
        };
        if let Err(detail) = event.check_time(now) {
            refuse(ErrorCode::EventDataInvalid, detail);
            continue;
        }
        rows.push(ActivityRow {
            user_id,
            source: event.source.clone(),
            event_id: event.event_id.clone(),
            activity: told.activity.clone(),
            fields: told.fields.clone(),
            happened_at: event.time,
        });
    }
    let users: HashMap<UserId, User> = known.into_iter().map(|user| (user.user_id, user)).collect();
    let applied = missions::apply::apply(services, tx, &users, &rows, changes.has_new_missions).await?;
    changes.add_missions(applied);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_is_read_with_its_amount_as_a_field() {
        let told = read(
            r#"{"platform_user_id":"42","activity":"bet.settled","amount":"12.50","fields":{"game":"dice","won":true}}"#,
        )
        .unwrap();
        assert_eq!(told.fields[&"amount".parse().unwrap()].quantity(), "12.5".parse().ok());
        assert_eq!(told.fields.len(), 3);
    }

    #[test]
    fn what_can_t_be_read_is_refused() {
        let many: Vec<String> = (0..33).map(|number| format!(r#""f{number}":1"#)).collect();
        for bad in [
            r#"{"activity":"bet"}"#.to_owned(),
            r#"{"platform_user_id":"42"}"#.to_owned(),
            r#"{"platform_user_id":"42","activity":"a b"}"#.to_owned(),
            r#"{"platform_user_id":"42","activity":"bet","fields":{"a":null}}"#.to_owned(),
            r#"{"platform_user_id":"42","activity":"bet","amount":"a lot"}"#.to_owned(),
            r#"{"platform_user_id":"42","activity":"bet","amount":1,"fields":{"amount":2}}"#.to_owned(),
            format!(r#"{{"platform_user_id":"42","activity":"bet","fields":{{{}}}}}"#, many.join(",")),
        ] {
            assert_eq!(read(&bad).unwrap_err().code, ErrorCode::EventDataInvalid, "{bad}");
        }
    }
}
