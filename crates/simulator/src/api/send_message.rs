//! `sendMessage`.

use serde_json::{Map, Value};

use crate::{
    api::{error::ApiError, outgoing, params::Params},
    world::World,
};

/// Puts a text into a chat.
pub fn call(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let text = outgoing::text(params)?;
    outgoing::deliver(world, params, text, Map::new())
}
