//! What a process does: answer requests, or handle updates and send messages, or both.

pub mod web;
pub mod worker;
