//! The model's boards: what the scores of each player come to, and who stands before whom.

use std::cmp::Ordering;

use crate::{
    history::PLAYERS,
    model::{Model, Points, Row},
};

impl Model {
    /// A board, from rank 1. Without cohorts there is number 0.
    pub fn board(&self, period: usize, cohort: u32) -> Vec<Row> {
        if let Some(rows) = self.finals.get(&(period, cohort)) {
            return rows.clone();
        }
        let mut rows: Vec<Row> = (0..PLAYERS)
            .filter(|player| !self.noted.contains(&(period, *player)))
            .filter(|player| self.entries.get(&(period, *player)).map_or(0, |entry| entry.cohort) == cohort)
            .filter_map(|player| self.standing(period, player))
            .collect();
        rows.sort_by(|left, right| {
            let by_result = self.compare(&left.points, &right.points);
            by_result.then((left.at, self.ages[left.player]).cmp(&(right.at, self.ages[right.player])))
        });
        rows
    }

    /// `Less` is the better one.
    fn compare(&self, left: &Points, right: &Points) -> Ordering {
        let columns = |points: &Points| {
            let score = if self.setup.is_desc { -points.0 } else { points.0 };
            let ties = points.1.iter().zip(&self.setup.ties);
            let ties: Vec<i64> = ties.map(|(tie, is_desc)| if *is_desc { -tie } else { *tie }).collect();
            (score, ties)
        };
        columns(left).cmp(&columns(right))
    }

    fn standing(&self, period: usize, player: usize) -> Option<Row> {
        let played = self.played(period, player);
        let first = played.iter().map(|(time, _)| *time).min()?;
        let (points, at) = match self.setup.operator {
            "best" => {
                let best = played.iter().min_by(|left, right| self.compare(left.1, right.1))?.1;
                let at = played.iter().filter(|(_, points)| *points == best).map(|(time, _)| *time).min()?;
                (best.clone(), at)
            }
            "latest" => {
                // Of two scores at one time the better one is held to be the later one.
                let mut sorted = played.clone();
                sorted.sort_by(|left, right| left.0.cmp(&right.0).then(self.compare(right.1, left.1)));
                let (mut at, last) = sorted.pop()?;
                while let Some((time, _)) = sorted.pop().filter(|(_, points)| *points == last) {
                    at = time;
                }
                (last.clone(), at)
            }
            operator => {
                let counted = |points: &Points| if operator == "count" { 1 } else { points.0 };
                let score = played.iter().map(|(_, points)| counted(points)).sum();
                let ties = (0..self.setup.ties.len())
                    .map(|column| played.iter().map(|(_, points)| points.1[column]).sum())
                    .collect();
                // What adds nothing reaches nothing.
                let adds = |points: &Points| counted(points) != 0 || points.1.iter().any(|tie| *tie != 0);
                let last = played.iter().filter(|(_, points)| adds(points)).map(|(time, _)| *time).max();
                ((score, ties), last.unwrap_or(first))
            }
        };
        Some(Row { player, points, at })
    }
}
