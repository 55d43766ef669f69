//! One live stream for many boards.
//!
//! The frames of all boards that come within [`FRAME_MS`] are written together, so that a viewer is sent at most four
//! pieces a second, however many boards it watches. The id of an event holds the versions of all boards, in the order
//! in which they were asked for: a viewer that comes back with it is given what it missed on each.

use std::{pin::Pin, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{
    StreamExt,
    stream::{BoxStream, SelectAll},
};
use tokio::time::Sleep;

use crate::{
    Services,
    boards::{
        BoardError, SeenBoard,
        live::{self, FRAME_MS, Frame, HEARTBEAT, STILL_HERE},
    },
};

/// The most boards of one stream.
pub const BOARDS_MAX: usize = 16;

/// What stands between the versions of an id.
const SEPARATOR: char = '-';

/// A viewer of several boards.
pub struct Many {
    versions: Vec<u64>,
    first: Vec<(usize, Frame)>,
    frames: SelectAll<BoxStream<'static, (usize, Frame)>>,
    /// Runs while it is too early for the next piece.
    pause: Pin<Box<Sleep>>,
}

impl std::fmt::Debug for Many {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Many").field("versions", &self.versions).finish_non_exhaustive()
    }
}

/// Subscribes a viewer to boards, each of which is named once. `last_id` is the id that the viewer has seen last, when
/// it comes back.
///
/// # Errors
/// [`BoardError`] when a board is gone or can't be read.
pub async fn subscribe(
    services: &Services,
    boards: &[SeenBoard],
    last_id: Option<&str>,
) -> Result<Many, BoardError> {
    let seen: Vec<Option<u64>> = last_id.map(versions_of).unwrap_or_default();
    let is_ours = seen.len() == boards.len();
    let mut many = Many {
        versions: Vec::with_capacity(boards.len()),
        first: Vec::new(),
        frames: SelectAll::new(),
        pause: Box::pin(tokio::time::sleep(Duration::from_millis(FRAME_MS))),
    };
    for (at, board) in boards.iter().enumerate() {
        let last = seen.get(at).copied().flatten().filter(|_| is_ours);
        let mut subscription = live::subscribe(services, board, last).await?;
        many.versions.push(last.unwrap_or_default());
        many.first.extend(std::mem::take(&mut subscription.first).into_iter().map(|frame| (at, frame)));
        many.frames.push(subscription.into_frames().map(move |frame| (at, frame)).boxed());
    }
    Ok(many)
}

fn versions_of(id: &str) -> Vec<Option<u64>> {
    // Longer ones are not read to their end.
    id.split(SEPARATOR).take(BOARDS_MAX + 1).map(|version| version.parse().ok()).collect()
}

impl Many {
    /// What to send first: a snapshot of each board, or what the viewer missed of it.
    pub fn first(&mut self) -> Bytes {
        let mut bytes = BytesMut::new();
        for (at, frame) in std::mem::take(&mut self.first) {
            self.write(&mut bytes, at, &frame);
        }
        bytes.freeze()
    }

    /// The next piece: what has come since the last one, or a comment when there was nothing for long. `None` when
    /// the stream is over.
    pub async fn next(&mut self) -> Option<Bytes> {
        let mut bytes = BytesMut::new();
        let mut heartbeat = std::pin::pin!(tokio::time::sleep(HEARTBEAT));
        loop {
            tokio::select! {
                biased;
                next = self.frames.next() => match next {
                    Some((_, frame)) if frame.is_end() => return None,
                    Some((at, frame)) => self.write(&mut bytes, at, &frame),
                    None => return (!bytes.is_empty()).then(|| bytes.freeze()),
                },
                () = &mut self.pause, if !bytes.is_empty() => {
                    self.pause = Box::pin(tokio::time::sleep(Duration::from_millis(FRAME_MS)));
                    return Some(bytes.freeze());
                }
                () = &mut heartbeat, if bytes.is_empty() => {
                    return Some(STILL_HERE);
                }
            }
        }
    }

    fn write(&mut self, bytes: &mut BytesMut, at: usize, frame: &Frame) {
        if frame.has_id() {
            if let Some(version) = self.versions.get_mut(at) {
                *version = frame.version;
            }
            let versions: Vec<String> = self.versions.iter().map(u64::to_string).collect();
            bytes.extend_from_slice(b"id: ");
            bytes.extend_from_slice(versions.join(&SEPARATOR.to_string()).as_bytes());
            bytes.extend_from_slice(b"\n");
        }
        bytes.extend_from_slice(&frame.body());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_the_version_of_each_board() {
        assert_eq!(versions_of("3-0-17"), [Some(3), Some(0), Some(17)]);
        assert_eq!(versions_of(""), [None]);
        assert_eq!(versions_of("1-x"), [Some(1), None]);
        assert_eq!(versions_of(&"1-".repeat(1_000)).len(), BOARDS_MAX + 1);
    }
}
