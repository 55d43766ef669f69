//! `getFile`.

use serde_json::{Value, json};

use crate::{
    api::{error::ApiError, params::Params},
    world::World,
};

/// Says where a file can be fetched.
pub fn call(world: &World, params: &Params) -> Result<Value, ApiError> {
    let file_id = params.text("file_id").unwrap_or_default();
    let file = world.files.get(&file_id).ok_or_else(|| ApiError::bad_request("invalid file_id"))?;
    Ok(json!({
        "file_id": file.file_id,
        "file_unique_id": file.file_id,
        "file_size": file.content.len(),
        "file_path": file.path,
    }))
}
