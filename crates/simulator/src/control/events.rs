//! Tells the page that something changed, as Server-Sent Events without content: the page asks for what it shows.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt as _};
use tokio_stream::wrappers::WatchStream;

use crate::simulator::Simulator;

/// Under load changes come by the thousand: a page needs to look only so often.
const PAUSE: Duration = Duration::from_millis(100);

/// The stream of changes.
pub async fn stream(
    State(simulator): State<Simulator>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = WatchStream::new(simulator.listen()).then(|count| async move {
        tokio::time::sleep(PAUSE).await;
        Ok(Event::default().event("changed").data(count.to_string()))
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
