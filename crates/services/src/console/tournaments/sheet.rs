//! One tournament, with all that an operator decides by.

use domain::{
    BoardId, PlayerKey, Score, Timestamp, TournamentId, UserId,
    audit::AuditAction,
    console::Permission,
    reward::Prize,
    tournament::{Phase, lifecycle::State, rules::TournamentRules},
};
use serde_json::json;
use storage::{
    Transaction,
    board::BoardRow,
    entry::EntryRow,
    job::{JobKind, JobRow},
    period::{PeriodBoard, PeriodRow},
    tournament::TournamentRow,
};

pub use storage::period::PeriodState;

use super::preview::{self, Preview};
use crate::{
    Services,
    boards::{self, BoardQuery, SeenBoard, WindowQuery},
    console::{ConsoleError, Operator},
    tournaments::{definition::Definition, inconsistent, prizes::prize_of},
};

/// Periods that are listed.
const PERIODS: u32 = 20;
/// Boards that are listed.
const BOARDS: u32 = 50;
/// Boards whose jobs are looked for.
const BOARDS_WITH_JOBS: usize = 5;
/// The first ranks.
const TOP: u32 = 20;
/// Excluded players that are listed.
const EXCLUDED: u32 = 50;

const DOING: &str = "looking at a tournament";

/// A tournament.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What is stored.
    pub row: TournamentRow,
    /// The time of the look.
    pub now: Timestamp,
    /// Where it stands for readers.
    pub phase: Phase,
    /// The latest periods, the newest first.
    pub periods: Vec<PeriodRow>,
    /// The one that is looked at.
    pub period: PeriodRow,
    /// Its boards by cohort; the first ones.
    pub boards: Vec<BoardLine>,
    /// The board that is looked at, and the first of its ranks.
    pub top: Option<(BoardId, Vec<TopLine>)>,
    /// What is planned.
    pub jobs: Vec<JobRow>,
    /// What is to come.
    pub preview: Preview,
    /// What a command would concern.
    pub effects: Effects,
    /// Who is excluded in the period.
    pub excluded: Vec<Excluded>,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardLine {
    /// As its period sees it.
    pub board: PeriodBoard,
    /// As itself.
    pub row: Option<BoardRow>,
}

/// A rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopLine {
    /// 1, 2, 3 ….
    pub rank: u64,
    /// Who.
    pub player: PlayerKey,
    /// The public name; none of a player who was erased.
    pub alias: Option<String>,
    /// What counts.
    pub score: Score,
    /// Since when.
    pub achieved_at: Timestamp,
    /// What is won, or would be won as it stands.
    pub prize: Option<Prize>,
}

/// Somebody who is excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// Who.
    pub player: PlayerKey,
    /// The public name.
    pub alias: String,
    /// Since when.
    pub at: Timestamp,
    /// Why; for those alone who may exclude.
    pub reason: Option<String>,
}

/// What a command would concern, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects {
    /// Players with a rank.
    pub players: u64,
    /// Players who have entered.
    pub entries: u64,
    /// Scores that were taken.
    pub scores: u64,
    /// Ranks that win something as it stands.
    pub winners: u64,
}

/// A look at a tournament; at one of its periods and boards when they are named.
///
/// # Errors
/// [`ConsoleError::Forbidden`] without [`Permission::ViewTournaments`]; [`ConsoleError::Unknown`].
pub async fn look(
    services: &Services,
    operator: &Operator,
    tournament_id: &TournamentId,
    period: Option<u32>,
    board: Option<&BoardId>,
) -> Result<Sheet, ConsoleError> {
    operator.require(services, Permission::ViewTournaments).await?;
    let mut tx = services.store().begin_write().await.map_err(ConsoleError::store(DOING))?;
    let detail = json!({"tournament_id": tournament_id});
    let mut sheet = read(services, &mut *tx, operator, tournament_id, period).await?;
    let wanted = sheet.boards.iter().find(|line| Some(&line.board.board_id) == board);
    let shown = wanted.or(sheet.boards.first()).map(|line| line.board.clone());
    if let Some(board) = shown.as_ref().filter(|board| board.is_final) {
        sheet.top = Some((board.board_id.clone(), results(&mut *tx, &board.board_id).await?));
    }
    operator.write(services, &mut *tx, AuditAction::TournamentViewed, None, &detail).await?;
    tx.save().await.map_err(ConsoleError::store(DOING))?;
    if let Some(board) = shown.filter(|board| !board.is_final) {
        let ranks = standings(services, operator, &sheet.row.status.rules, &board).await?;
        sheet.top = Some((board.board_id, ranks));
    }
    Ok(sheet)
}

async fn read(
    services: &Services,
    tx: &mut dyn Transaction,
    operator: &Operator,
    tournament_id: &TournamentId,
    period: Option<u32>,
) -> Result<Sheet, ConsoleError> {
    let now = services.now();
    let row = tx.tournaments().by_id(tournament_id).await.map_err(ConsoleError::store(DOING))?;
    let row = row.ok_or(ConsoleError::Unknown)?;
    let periods =
        tx.periods().list(tournament_id, None, PERIODS).await.map_err(ConsoleError::store(DOING))?;
    let current = tx.periods().current(tournament_id, now).await.map_err(ConsoleError::store(DOING))?;
    let period = match period {
        Some(number) => {
            let found = tx.periods().by_number(tournament_id, number).await;
            found.map_err(ConsoleError::store(DOING))?.ok_or(ConsoleError::Unknown)?
        }
        None => current.ok_or(ConsoleError::Store { doing: DOING, source: inconsistent("tournament_id") })?,
    };
    let boards = tx.periods().boards(tournament_id, period.period, None, BOARDS).await;
    let boards = with_rows(tx, boards.map_err(ConsoleError::store(DOING))?).await?;
    let scores = tx.boards().scores_of(tournament_id, period.period).await;
    let effects = Effects {
        players: row.players,
        entries: period.entries,
        scores: scores.map_err(ConsoleError::store(DOING))?,
        winners: boards
            .iter()
            .map(|line| winners(&row.status.rules, line.board.tier, line.board.players))
            .sum(),
    };
    let definition = definition_of(&row);
    let grace_ms = services.settings().score_grace_ms;
    Ok(Sheet {
        phase: row.phase(now),
        jobs: jobs_of(tx, tournament_id, &boards).await?,
        preview: preview::of_state(row.status.state, &definition, now, grace_ms),
        excluded: excluded(tx, operator, tournament_id, period.period).await?,
        row,
        now,
        periods,
        period,
        boards,
        top: None,
        effects,
    })
}

/// Where a tournament stands, for a page that was allowed already.
///
/// # Errors
/// [`ConsoleError::Unknown`].
pub async fn state_of(services: &Services, tournament_id: &TournamentId) -> Result<State, ConsoleError> {
    let mut tx = services.store().begin_read().await.map_err(ConsoleError::store(DOING))?;
    let row = tx.tournaments().by_id(tournament_id).await.map_err(ConsoleError::store(DOING))?;
    Ok(row.ok_or(ConsoleError::Unknown)?.status.state)
}

/// A stored tournament as its definition.
pub fn definition_of(row: &TournamentRow) -> Definition {
    Definition {
        tournament: row.tournament.clone(),
        rules: row.status.rules.clone(),
        is_draft: !row.status.state.is_public(),
    }
}

/// How many of the players of a board win something as it stands.
fn winners(rules: &TournamentRules, tier: u32, players: u64) -> u64 {
    let in_range = |from: u32, to: u32| (players.min(u64::from(to)) + 1).saturating_sub(u64::from(from));
    rules.prize_ranges(tier).map(|range| in_range(range.from, range.to)).sum()
}

async fn with_rows(
    tx: &mut dyn Transaction,
    boards: Vec<PeriodBoard>,
) -> Result<Vec<BoardLine>, ConsoleError> {
    let ids: Vec<BoardId> = boards.iter().map(|board| board.board_id.clone()).collect();
    let rows = tx.boards().by_ids(&ids).await.map_err(ConsoleError::store(DOING))?;
    let row = |id: &BoardId| rows.iter().find(|row| row.board_id == *id).cloned();
    Ok(boards.into_iter().map(|board| BoardLine { row: row(&board.board_id), board }).collect())
}

/// What is planned of a tournament and of the first of its boards, the soonest first.
async fn jobs_of(
    tx: &mut dyn Transaction,
    tournament_id: &TournamentId,
    boards: &[BoardLine],
) -> Result<Vec<JobRow>, ConsoleError> {
    const OF_TOURNAMENT: [JobKind; 3] =
        [JobKind::TournamentClock, JobKind::TournamentReminder, JobKind::BoardOvertaken];
    const OF_BOARD: [JobKind; 4] =
        [JobKind::BoardEnd, JobKind::BoardPrizes, JobKind::BoardNotices, JobKind::BoardRecompute];
    let own = OF_TOURNAMENT.map(|kind| (kind, tournament_id.as_str()));
    let boards = boards.iter().take(BOARDS_WITH_JOBS).map(|line| line.board.board_id.as_str());
    let of_boards = boards.flat_map(|id| OF_BOARD.map(|kind| (kind, id)));
    let mut jobs = Vec::new();
    for (kind, key) in own.into_iter().chain(of_boards) {
        jobs.extend(tx.jobs().get(kind, key).await.map_err(ConsoleError::store(DOING))?);
    }
    jobs.sort_by_key(|job| (job.run_at, job.kind));
    Ok(jobs)
}

async fn excluded(
    tx: &mut dyn Transaction,
    operator: &Operator,
    tournament_id: &TournamentId,
    period: u32,
) -> Result<Vec<Excluded>, ConsoleError> {
    let entries: Vec<EntryRow> = tx
        .entries()
        .disqualified(tournament_id, period, EXCLUDED)
        .await
        .map_err(ConsoleError::store(DOING))?;
    let users: Vec<UserId> = entries.iter().map(|entry| entry.user_id).collect();
    let names = tx.users().names(&users).await.map_err(ConsoleError::store(DOING))?;
    let may_see = operator.may(Permission::DisqualifyPlayers);
    let line = |entry: EntryRow| {
        let (_, player, alias) = names.iter().find(|(user_id, ..)| *user_id == entry.user_id)?;
        let (at, reason) = entry.disqualified?;
        let reason = may_see.then_some(reason);
        Some(Excluded { player: player.clone(), alias: alias.clone(), at, reason })
    };
    Ok(entries.into_iter().filter_map(line).collect())
}

/// The first final ranks.
async fn results(tx: &mut dyn Transaction, board: &BoardId) -> Result<Vec<TopLine>, ConsoleError> {
    let rows = tx.results().page(board, 0, TOP).await.map_err(ConsoleError::store(DOING))?;
    let users: Vec<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let names = tx.users().names(&users).await.map_err(ConsoleError::store(DOING))?;
    let alias = |user_id: Option<UserId>| {
        names.iter().find(|(named, ..)| Some(*named) == user_id).map(|(.., alias)| alias.clone())
    };
    rows.iter()
        .map(|row| {
            Ok(TopLine {
                rank: row.rank,
                player: row.player.clone(),
                alias: alias(row.user_id),
                score: row.score,
                achieved_at: row.achieved_at,
                prize: prize_of(row).map_err(ConsoleError::store(DOING))?,
            })
        })
        .collect()
}

/// The first ranks as they stand.
async fn standings(
    services: &Services,
    operator: &Operator,
    rules: &TournamentRules,
    board: &PeriodBoard,
) -> Result<Vec<TopLine>, ConsoleError> {
    let query = BoardQuery { window: WindowQuery::Top, limit: TOP };
    let seen = SeenBoard::by_operator(operator, board.board_id.clone());
    let page = boards::page(services, &seen, query).await.map_err(ConsoleError::Board)?;
    let line = |entry: domain::board::BoardEntry| TopLine {
        rank: entry.rank,
        prize: rules.prize(board.tier, entry.rank).cloned(),
        player: entry.player,
        alias: Some(entry.alias),
        score: entry.score,
        achieved_at: entry.achieved_at,
    };
    Ok(page.entries.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use domain::tournament::rules::PrizeRange;

    use super::*;

    #[test]
    fn only_ranks_that_somebody_has_win() {
        let range = |from, to, tier| PrizeRange {
            from,
            to,
            tier,
            what: Prize { code: "cup".parse().unwrap(), amount: None, currency: None, title: None },
        };
        let rules = TournamentRules {
            prizes: vec![range(1, 1, None), range(5, 10, None), range(1, 3, Some(2))],
            ..TournamentRules::default()
        };
        for (tier, players, expected) in
            [(0, 0, 0), (0, 1, 1), (0, 4, 1), (0, 5, 2), (0, 1000, 7), (2, 2, 2), (2, 50, 3)]
        {
            assert_eq!(winners(&rules, tier, players), expected, "{players} players in tier {tier}");
        }
    }
}
