//! `getMe`.

use serde_json::{Value, json};

use crate::world::World;

/// Says who the bot is.
pub fn call(world: &World) -> Value {
    let mut me = world.bot.to_api();
    for (name, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", false),
        ("supports_inline_queries", true),
        ("can_connect_to_business", false),
        ("has_main_web_app", true),
    ] {
        me[name] = json!(value);
    }
    me
}
