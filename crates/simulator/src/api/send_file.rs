//! `sendPhoto` and `sendDocument`.

use serde_json::{Map, Value, json};

use crate::{
    api::{error::ApiError, outgoing, params::Params},
    world::{World, files::File},
};

const PHOTO_BYTES_MAX: usize = 10 * 1024 * 1024;
const DOCUMENT_BYTES_MAX: usize = 50 * 1024 * 1024;

/// Puts a picture into a chat.
pub fn photo(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let sent = sent(world, params, "photo", PHOTO_BYTES_MAX)?;
    // One size stands for all; its measures are not read from the picture.
    let size = json!([{
        "file_id": sent.file_id, "file_unique_id": sent.file_id, "width": 1280, "height": 720,
        "file_size": sent.size_bytes,
    }]);
    send(world, params, "photo", size)
}

/// Puts a file into a chat.
pub fn document(world: &mut World, params: &Params) -> Result<Value, ApiError> {
    let sent = sent(world, params, "document", DOCUMENT_BYTES_MAX)?;
    let document = json!({
        "file_id": sent.file_id, "file_unique_id": sent.file_id, "file_name": sent.name,
        "mime_type": sent.content_type, "file_size": sent.size_bytes,
    });
    send(world, params, "document", document)
}

fn send(world: &mut World, params: &Params, kind: &str, content: Value) -> Result<Value, ApiError> {
    let caption = outgoing::caption(params)?;
    outgoing::deliver(world, params, caption, Map::from_iter([(kind.to_owned(), content)]))
}

struct Sent {
    file_id: String,
    name: String,
    content_type: String,
    size_bytes: usize,
}

fn sent(world: &mut World, params: &Params, kind: &str, size_bytes_max: usize) -> Result<Sent, ApiError> {
    if let Some(upload) = params.upload(kind) {
        if upload.content.is_empty() {
            return Err(ApiError::bad_request("file must be non-empty"));
        }
        if upload.content.len() > size_bytes_max {
            return Err(ApiError::new(413, "Request Entity Too Large"));
        }
        let folder = format!("{kind}s");
        let file =
            world.files.add(&folder, &upload.name, upload.content_type.clone(), upload.content.clone());
        return Ok(known(&file, upload.name.clone()));
    }
    let reference = params.text(kind).unwrap_or_default();
    if let Some(file) = world.files.get(&reference) {
        let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
        return Ok(known(file, name));
    }
    if reference.starts_with("https://") || reference.starts_with("http://") {
        // The simulator fetches nothing: the page shows the picture from its own address.
        let name = reference.rsplit('/').next().unwrap_or_default().to_owned();
        return Ok(Sent {
            file_id: reference,
            name,
            content_type: "application/octet-stream".to_owned(),
            size_bytes: 0,
        });
    }
    Err(ApiError::bad_request(if reference.is_empty() {
        format!("there is no {kind} in the request")
    } else {
        "wrong file identifier/HTTP URL specified".to_owned()
    }))
}

fn known(file: &File, name: String) -> Sent {
    Sent {
        file_id: file.file_id.clone(),
        name,
        content_type: file.content_type.clone(),
        size_bytes: file.content.len(),
    }
}
