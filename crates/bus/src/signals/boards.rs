//! Which boards a commit has changed, in a hint that stays small however many there are.

use std::sync::Arc;

use domain::BoardId;
use serde::{Deserialize, Serialize};

/// The most boards that a hint names. One about more says that there are many, and everybody looks.
pub const BOARDS_NAMED_MAX: usize = 256;

/// Boards that have changed: each once, or “many”. A copy for each receiver costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<Vec<BoardId>>", into = "Option<Vec<BoardId>>")]
pub struct ChangedBoards(Option<Arc<[BoardId]>>);

impl ChangedBoards {
    /// These boards, however often each is named.
    pub fn new(mut boards: Vec<BoardId>) -> Self {
        boards.sort_unstable();
        boards.dedup();
        Self((boards.len() <= BOARDS_NAMED_MAX).then(|| boards.into()))
    }

    /// More boards than a hint names.
    pub const MANY: Self = Self(None);

    /// Whether a board may be among them.
    pub fn may_have(&self, board: &BoardId) -> bool {
        self.0.as_ref().is_none_or(|boards| boards.binary_search(board).is_ok())
    }

    /// These and others.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        match (&self.0, &others.0) {
            (Some(boards), Some(others)) => Self::new(boards.iter().chain(&**others).cloned().collect()),
            _ => Self::MANY,
        }
    }
}

impl From<Option<Vec<BoardId>>> for ChangedBoards {
    fn from(named: Option<Vec<BoardId>>) -> Self {
        named.map_or(Self::MANY, Self::new)
    }
}

impl From<ChangedBoards> for Option<Vec<BoardId>> {
    fn from(changed: ChangedBoards) -> Self {
        changed.0.map(|boards| boards.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boards(numbers: std::ops::Range<usize>) -> Vec<BoardId> {
        numbers.map(|number| format!("cup.0.{}", number + 1).parse().unwrap()).collect()
    }

    #[test]
    fn a_hint_names_each_board_once_and_beyond_its_bound_none() {
        let twice = [boards(1..4), boards(1..4)].concat();
        assert_eq!(ChangedBoards::new(twice), ChangedBoards::new(boards(1..4)));
        let [inside, outside]: [BoardId; 2] = ["cup.0.3", "cup.0.9"].map(|text| text.parse().unwrap());
        let few = ChangedBoards::new(boards(1..4));
        assert!(few.may_have(&inside) && !few.may_have(&outside));
        assert_ne!(ChangedBoards::new(boards(0..BOARDS_NAMED_MAX)), ChangedBoards::MANY);
        let many = ChangedBoards::new(boards(0..BOARDS_NAMED_MAX + 1));
        assert_eq!(many, ChangedBoards::MANY);
        assert!(many.may_have(&outside));
        assert_eq!(
            few.and(&ChangedBoards::new(boards(9..10))),
            ChangedBoards::new([boards(1..4), boards(9..10)].concat())
        );
        assert_eq!(few.and(&many), ChangedBoards::MANY);
    }

    #[test]
    fn a_hint_that_names_too_many_is_read_as_one_about_many() {
        let text = serde_json::to_string(&boards(0..BOARDS_NAMED_MAX + 1)).unwrap();
        assert_eq!(serde_json::from_str::<ChangedBoards>(&text).unwrap(), ChangedBoards::MANY);
        for changed in [ChangedBoards::MANY, ChangedBoards::new(boards(1..4))] {
            let text = serde_json::to_string(&changed).unwrap();
            assert_eq!(serde_json::from_str::<ChangedBoards>(&text).unwrap(), changed);
        }
    }
}
