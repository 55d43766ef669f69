//! What a player can do, how far they are, and what they are given for it. Loaded when one of its pages is opened.
//!
//! Invariant: a card lives as long as its mission is in the list; what changes, changes within it, so that a ring turns
//! instead of being drawn anew. What a claim shows before the server has answered is taken back, with the reason, when
//! the server says no.

mod card;
mod claim;
mod list;
mod live;
mod page;
mod parts;
mod rewards;
mod ring;
mod wire;
mod words;

pub(crate) use self::{page::missions_page, rewards::rewards_page};
