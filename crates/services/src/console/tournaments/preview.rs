//! What a tournament will do, and when: told before it is saved, and while it lasts.

use domain::{
    Timestamp,
    tournament::{
        lifecycle::State,
        steps::{REMINDER_MS, Step},
    },
};

use crate::{schedule::Schedule, tournaments::definition::Definition};

/// How many moments a preview shows, beside the end.
pub const MOMENTS_MAX: usize = 10;

/// Something that a tournament will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What. `Close` is when the ranks become final.
    pub step: Step,
    /// When.
    pub at: Timestamp,
}

/// What is to come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// The next moments, the soonest first; behind them the end.
    pub moments: Vec<Moment>,
    /// Whether there are more of them between the last two and the others.
    pub is_cut: bool,
}

/// What a tournament will do from `now` on. `grace_ms`: for how long scores are taken behind an end.
pub fn preview(definition: &Definition, now: Timestamp, grace_ms: i64) -> Preview {
    let (tournament, rules) = (&definition.tournament, &definition.rules);
    let (starts_at, ends_at) = (tournament.starts_at, tournament.ends_at);
    let opens = rules.opens_at().filter(|at| *at > Timestamp::default() && *at < starts_at);
    let first = [
        opens.map(|at| Moment { step: Step::OpenEntry, at }),
        Some(Moment { step: Step::Remind, at: starts_at.plus_ms(-REMINDER_MS) }),
        Some(Moment { step: Step::Start, at: starts_at }),
    ];
    let schedule = rules.reset.as_ref().and_then(|reset| Schedule::parse(&reset.cron, &reset.zone).ok());
    let resets = schedule.map(|schedule| schedule.upcoming(starts_at.max(now), MOMENTS_MAX + 1));
    let resets = resets.into_iter().flatten().filter(|at| *at < ends_at);
    let mut moments: Vec<Moment> = first.into_iter().flatten().filter(|moment| moment.at > now).collect();
    moments.extend(resets.map(|at| Moment { step: Step::Reset, at }));
    moments.sort_by_key(|moment| (moment.at, moment.step));
    let is_cut = moments.len() > MOMENTS_MAX;
    moments.truncate(MOMENTS_MAX);
    let end = [
        Moment { step: Step::End, at: ends_at },
        Moment { step: Step::Close, at: ends_at.plus_ms(grace_ms) },
    ];
    moments.extend(end.into_iter().filter(|moment| moment.at > now));
    Preview { moments, is_cut }
}

/// The same of a tournament that is stored: of one that is over there is nothing to come.
pub(super) fn of_state(state: State, definition: &Definition, now: Timestamp, grace_ms: i64) -> Preview {
    match state {
        State::Finished | State::Canceled => Preview::default(),
        _ => preview(definition, now, grace_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{tournaments::form::TournamentForm, zone::ViewerZone};

    fn definition(more: &[(&str, &str)]) -> Definition {
        let form = TournamentForm::new(|name| {
            let own = more.iter().find(|(field, _)| *field == name).map(|(_, text)| *text);
            own.unwrap_or(match name {
                "tournament_id" => "cup",
                "title.en" => "Cup",
                "starts_at" => "2026-03-22T20:00",
                "ends_at" => "2026-06-01T20:00",
                "operator" => "sum",
                "order" => "desc",
                _ => "",
            })
        });
        form.read(&ViewerZone::find("Europe/Rome").unwrap()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn periods_follow_the_clocks_of_their_zone_and_the_end_is_always_shown() {
        let weekly = definition(&[("reset.cron", "0 20 * * SUN"), ("reset.zone", "Europe/Rome")]);
        let Preview { moments, is_cut } = preview(&weekly, at("2026-03-01T00:00:00Z"), 60_000);
        let steps: Vec<Step> = moments.iter().map(|moment| moment.step).collect();
        assert_eq!(steps[..3], [Step::Remind, Step::Start, Step::Reset]);
        assert_eq!(steps[MOMENTS_MAX..], [Step::End, Step::Close]);
        assert!(is_cut, "of ten Sundays eight are shown");
        assert_eq!(moments[0].at, at("2026-03-22T18:55:00Z"));
        assert_eq!(
            moments[2].at,
            at("2026-03-29T18:00:00Z"),
            "an hour earlier in UTC than the Sunday before"
        );
        assert_eq!(moments.last().unwrap().at, at("2026-06-01T18:01:00Z"));
    }

    #[test]
    fn what_is_past_is_left_out_and_what_does_not_fit_is_said() {
        let daily = definition(&[("reset.cron", "0 20 * * *"), ("reset.zone", "Europe/Rome")]);
        let Preview { moments, is_cut } = preview(&daily, at("2026-04-01T00:00:00Z"), 60_000);
        assert!(is_cut);
        assert_eq!(moments.len(), MOMENTS_MAX + 2);
        assert_eq!(moments[0], Moment { step: Step::Reset, at: at("2026-04-01T18:00:00Z") });
        let over = preview(&daily, at("2026-07-01T00:00:00Z"), 60_000);
        assert_eq!(over, Preview::default());
    }

    #[test]
    fn joining_opens_where_somebody_has_to_join() {
        let joined = definition(&[("join.required", "on"), ("join.opens_at", "2026-03-10T12:00")]);
        let shown = preview(&joined, at("2026-03-01T00:00:00Z"), 0);
        assert_eq!(shown.moments[0], Moment { step: Step::OpenEntry, at: at("2026-03-10T11:00:00Z") });
        let open = definition(&[("join.required", "on")]);
        assert_eq!(preview(&open, at("2026-03-01T00:00:00Z"), 0).moments[0].step, Step::Remind);
    }
}
