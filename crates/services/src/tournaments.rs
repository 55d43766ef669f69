//! Tournaments: where the scores of their players go.

pub(crate) mod route;
