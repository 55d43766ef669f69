//! Frames of the live stream, as they go over the wire, and the ids by which a viewer that comes back is known.

use bytes::Bytes;
use domain::BoardId;
use serde::Serialize;

/// A frame as it goes over the wire (Server-Sent Events).
#[derive(Debug, Clone)]
pub struct Frame {
    /// The version that the board has after it.
    pub version: u64,
    /// `id`, `event` and `data` lines; without an `id` where the board has not changed.
    pub bytes: Bytes,
    /// Where the lines behind the `id` begin.
    body: usize,
    /// Whether nothing comes behind it, and nothing is in it.
    is_end: bool,
}

impl Frame {
    /// Whether it leads to another version; a viewer that comes back need not have seen the others.
    pub const fn has_id(&self) -> bool {
        self.body > 0
    }

    /// Whether the stream ends here: who comes back is asked again who they are.
    pub const fn is_end(&self) -> bool {
        self.is_end
    }

    pub(super) const fn end() -> Self {
        Self { version: 0, bytes: Bytes::new(), body: 0, is_end: true }
    }

    /// The `event` and `data` lines, for a stream that has ids of its own.
    pub fn body(&self) -> Bytes {
        self.bytes.slice(self.body..)
    }
}

/// What every frame says beside its data.
#[derive(Clone, Copy, Serialize)]
pub(super) struct About<'a> {
    pub(super) board: &'a BoardId,
    pub(super) viewers: u64,
}

/// A frame that says nothing more.
#[derive(Serialize)]
pub(super) struct Nothing {}

/// Which period is shown in the place of the board's own.
#[derive(Serialize)]
pub(super) struct Over {
    pub(super) period: u32,
}

#[derive(Serialize)]
struct Data<'a, T> {
    #[serde(flatten)]
    about: About<'a>,
    #[serde(flatten)]
    data: &'a T,
}

/// A frame of an event; with an id where it leads to a version of the board.
pub(super) fn encode<T: Serialize>(
    event: &'static str,
    version: Option<u64>,
    about: About<'_>,
    data: &T,
) -> Frame {
    // Our own types, whose serialisation has no way to fail; an empty frame would only make the viewer poll.
    let json = serde_json::to_string(&Data { about, data }).unwrap_or_default();
    let id = version.map(|version| format!("id: {}\n", event_id(about.board, version))).unwrap_or_default();
    let bytes = Bytes::from(format!("{id}event: {event}\ndata: {json}\n\n"));
    Frame { version: version.unwrap_or_default(), bytes, body: id.len(), is_end: false }
}

/// The id of an event: the version, with the board before it where a tournament has several, so that whoever comes back
/// to another one is given all of that.
fn event_id(board: &BoardId, version: u64) -> String {
    if is_plain(board) { version.to_string() } else { format!("{board}:{version}") }
}

/// The version of a board that an event's id tells of; `None` when it is of another board, or none of ours.
pub fn version_of(board: &BoardId, id: &str) -> Option<u64> {
    let version = if is_plain(board) { id } else { id.strip_prefix(board.as_str())?.strip_prefix(':')? };
    version.parse().ok()
}

fn is_plain(board: &BoardId) -> bool {
    (board.period(), board.cohort()) == (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_one_board() {
        let [plain, third, cohort]: [BoardId; 3] =
            ["cup", "cup.3", "cup.3.12"].map(|text| text.parse().unwrap());
        for board in [&plain, &third, &cohort] {
            assert_eq!(version_of(board, &event_id(board, 7)), Some(7));
        }
        assert_eq!(event_id(&plain, 7), "7");
        for (board, id) in [(&third, "7"), (&plain, "cup.3:7"), (&third, "cup.3.12:7"), (&cohort, "cup.3:7")]
        {
            assert_eq!(version_of(board, id), None, "{board} {id}");
        }
    }
}
