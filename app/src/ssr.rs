//! The server's side of the app: rendering pages and what server functions know of their request.

mod join;
mod login;
mod render;
mod request;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use self::render::render;
pub use self::{
    join::{JoinPage, render_join},
    login::{LoginNotice, LoginPage, render_handed, render_login},
    render::{Assets, Setting, render_app, render_kit, render_landing, render_not_found},
    request::Request,
    rules::render_rules,
};
