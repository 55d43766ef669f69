//! A leaderboard: its state, its live stream and how it looks.

mod course;
pub(crate) mod live;
mod me_bar;
mod more;
mod movement;
mod own;
mod pace;
mod rows;
pub(crate) mod store;
mod stream;
pub(crate) mod tail;
mod telemetry;

#[cfg(feature = "hydrate")]
pub(crate) use self::telemetry::page_opened;
pub(crate) use self::{
    course::Course,
    live::keep_live,
    me_bar::me_bar,
    more::more,
    movement::bring_into_sight,
    own::{keep_own, move_on},
    rows::{board, neighbors},
    store::BoardStore,
    tail::ROWS_MAX,
};
