//! `parse_mode: HTML`: takes the markup out of a text and says where it stood, counted in UTF-16.

use serde_json::{Value, json};

use crate::api::{error::ApiError, outgoing::Text};

struct Open {
    tag: String,
    entity: Value,
}

/// Reads a text with Telegram's HTML.
///
/// # Errors
/// With the real server's words when a tag is unknown, not closed or wrongly nested.
pub fn html(source: &str) -> Result<Text, ApiError> {
    let mut text = String::with_capacity(source.len());
    let mut offset = 0;
    let mut open: Vec<Open> = Vec::new();
    let mut entities: Vec<Value> = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['<', '&']) {
        push(&mut text, &mut offset, &rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            let (character, length) = entity(rest);
            push(&mut text, &mut offset, character);
            rest = &rest[length..];
            continue;
        }
        let end = rest.find('>').ok_or_else(|| cannot("unclosed start tag"))?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let Some(mut closed) = open.pop().filter(|last| last.tag.eq_ignore_ascii_case(name.trim()))
            else {
                return Err(cannot(&format!("unexpected end tag \"{name}\"")));
            };
            let start = closed.entity["offset"].as_u64().unwrap_or_default();
            let length = (offset as u64).saturating_sub(start);
            if length > 0 {
                closed.entity["length"] = json!(length);
                entities.push(closed.entity);
            }
        } else {
            open.push(start_tag(tag, offset)?);
        }
    }
    push(&mut text, &mut offset, rest);
    if let Some(last) = open.last() {
        return Err(cannot(&format!("can't find end tag corresponding to start tag \"{}\"", last.tag)));
    }
    entities.sort_by_key(|entity| entity["offset"].as_u64());
    Ok(Text { text, entities })
}

fn push(text: &mut String, offset: &mut usize, piece: &str) {
    text.push_str(piece);
    *offset += piece.encode_utf16().count();
}

fn cannot(reason: &str) -> ApiError {
    ApiError::bad_request(format!("can't parse entities: {reason}"))
}

/// The character that an entity stands for, and the length of the entity. What is none stands for itself.
fn entity(text: &str) -> (&'static str, usize) {
    [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\"")]
        .into_iter()
        .find(|(entity, _)| text.starts_with(entity))
        .map_or(("&", 1), |(entity, character)| (character, entity.len()))
}

fn start_tag(tag: &str, offset: usize) -> Result<Open, ApiError> {
    let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    let name = name.to_ascii_lowercase();
    let kind = match name.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "code" => "code",
        "pre" => "pre",
        "tg-spoiler" => "spoiler",
        "blockquote" => "blockquote",
        "a" => "text_link",
        _ => return Err(cannot(&format!("Unsupported start tag \"{name}\" at byte offset {offset}"))),
    };
    let mut entity = json!({"type": kind, "offset": offset, "length": 0});
    if kind == "text_link" {
        let url = attributes.trim().strip_prefix("href=").unwrap_or_default().trim_matches(['"', '\'']);
        entity["url"] = json!(url.replace("&amp;", "&"));
    }
    Ok(Open { tag: name, entity })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_entities_counted_in_utf16() {
        let parsed =
            html("😀 <b>bold <i>both</i></b> &lt;3 <a href=\"https://t.me/x?a=1&amp;b=2\">link</a>").unwrap();
        assert_eq!(parsed.text, "😀 bold both <3 link");
        assert_eq!(
            parsed.entities,
            [
                json!({"type": "bold", "offset": 3, "length": 9}),
                json!({"type": "italic", "offset": 8, "length": 4}),
                json!({"type": "text_link", "offset": 16, "length": 4, "url": "https://t.me/x?a=1&b=2"}),
            ]
        );
    }

    #[test]
    fn broken_markup_is_refused() {
        for bad in ["<b>x", "x</b>", "<b><i>x</b></i>", "<marquee>x</marquee>", "<b"] {
            assert!(html(bad).is_err(), "{bad}");
        }
    }
}
