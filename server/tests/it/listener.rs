//! The listener's bounds, over real connections.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use futures::stream;
use server::http::listener::{self, Bounds};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// What must happen happens within this.
const SOON: Duration = Duration::from_secs(10);
/// For so long is watched that something does not happen.
const A_WHILE: Duration = Duration::from_millis(300);

const BOUNDS: Bounds = Bounds {
    listener: "public",
    connections_max: 100,
    first_head_max: Duration::from_millis(100),
    idle_max: SOON,
    untaken_max: SOON,
};

struct Served {
    address: SocketAddr,
    /// Told when `/slow` is asked.
    begun: Arc<Notify>,
    /// Lets one answer of `/slow` go.
    answer: Arc<Notify>,
    stopping: CancellationToken,
    serving: JoinHandle<()>,
}

async fn serve(bounds: Bounds) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (begun, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (asked, slow) = (Arc::clone(&begun), Arc::clone(&answer));
    let router = Router::new().route("/", get(|| async { "quick" })).route(
        "/slow",
        get(|| async move {
            asked.notify_one();
            slow.notified().await;
            "slow"
        }),
    );
    let endless = || stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 8_192])));
    let router = router.route("/endless", get(move || async move { Body::from_stream(endless()) }));
    let stopping = CancellationToken::new();
    let serving = tokio::spawn(listener::serve(listener, router, bounds, stopping.clone()));
    Served { address, begun, answer, stopping, serving }
}

impl Served {
    async fn connect(&self, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream
    }
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

/// Reads an answer that ends in `body`.
async fn answer(stream: &mut TcpStream, body: &str) {
    let mut received = Vec::new();
    while !received.ends_with(body.as_bytes()) {
        let length = timeout(SOON, stream.read_buf(&mut received)).await.unwrap().unwrap();
        assert_ne!(length, 0, "closed after {:?}", String::from_utf8_lossy(&received));
    }
}

/// Waits until the other side has closed.
async fn closed(stream: &mut TcpStream) {
    let mut received = Vec::new();
    // A connection with unread bytes in it ends by a reset.
    let Ok(ended) = timeout(SOON, stream.read_to_end(&mut received)).await else {
        panic!("the connection stays open");
    };
    assert!(ended.is_err() || !received.starts_with(b"HTTP/1.1 2"), "an answer came");
}

/// Sees for a while that neither an answer nor the end comes.
async fn stays_open(stream: &mut TcpStream) {
    let watched = timeout(A_WHILE, stream.peek(&mut [0])).await;
    assert!(watched.is_err(), "an answer or the end came");
}

#[tokio::test]
async fn a_connection_without_a_head_is_closed() {
    let served = serve(BOUNDS).await;
    for sent in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: localhost\r\n"] {
        let mut stream = served.connect(sent).await;
        closed(&mut stream).await;
    }
}

#[tokio::test]
async fn a_slow_answer_outlives_both_times() {
    let served = serve(Bounds { idle_max: Duration::from_millis(100), ..BOUNDS }).await;
    let mut stream = served.connect(&request("/slow")).await;
    stays_open(&mut stream).await;
    served.answer.notify_one();
    answer(&mut stream, "slow").await;
}

#[tokio::test]
async fn a_kept_connection_outlives_the_time_for_the_first_head() {
    let served = serve(BOUNDS).await;
    let mut stream = served.connect(&request("/")).await;
    answer(&mut stream, "quick").await;
    stays_open(&mut stream).await;
    stream.write_all(request("/").as_bytes()).await.unwrap();
    answer(&mut stream, "quick").await;
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let served = serve(Bounds { idle_max: Duration::from_millis(100), ..BOUNDS }).await;
    let mut stream = served.connect(&request("/")).await;
    answer(&mut stream, "quick").await;
    closed(&mut stream).await;
}

#[tokio::test]
async fn beyond_the_bound_nobody_is_served_until_a_connection_ends() {
    let served = serve(Bounds { connections_max: 2, ..BOUNDS }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = served.connect(&request("/")).await;
        answer(&mut stream, "quick").await;
        held.push(stream);
    }
    let mut third = served.connect(&request("/")).await;
    stays_open(&mut third).await;
    // Who is inside is served as ever.
    held[1].write_all(request("/").as_bytes()).await.unwrap();
    answer(&mut held[1], "quick").await;
    drop(held.remove(0));
    answer(&mut third, "quick").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_never_reads_is_shown_out_and_the_place_is_free() {
    let served =
        serve(Bounds { connections_max: 1, untaken_max: Duration::from_millis(200), ..BOUNDS }).await;
    let _unread = served.connect(&request("/endless")).await;
    let mut next = served.connect(&request("/")).await;
    answer(&mut next, "quick").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_reads_slowly_is_served_and_who_waits_is_not_shown_out() {
    let served = serve(Bounds { untaken_max: Duration::from_millis(200), ..BOUNDS }).await;
    let mut waiting = served.connect(&request("/slow")).await;
    stays_open(&mut waiting).await;
    let mut reading = served.connect(&request("/endless")).await;
    let mut piece = vec![0; 65_536];
    let until = tokio::time::Instant::now() + A_WHILE;
    while tokio::time::Instant::now() < until {
        assert_ne!(timeout(SOON, reading.read(&mut piece)).await.unwrap().unwrap(), 0);
    }
    served.answer.notify_one();
    answer(&mut waiting, "slow").await;
}

#[tokio::test]
async fn stopping_answers_what_has_begun_and_closes_the_rest() {
    let served = serve(Bounds { first_head_max: SOON, ..BOUNDS }).await;
    let mut idle = served.connect(&request("/")).await;
    answer(&mut idle, "quick").await;
    let mut busy = served.connect(&request("/")).await;
    answer(&mut busy, "quick").await;
    busy.write_all(request("/slow").as_bytes()).await.unwrap();
    timeout(SOON, served.begun.notified()).await.unwrap();
    served.stopping.cancel();
    closed(&mut idle).await;
    served.answer.notify_one();
    answer(&mut busy, "slow").await;
    timeout(SOON, served.serving).await.unwrap().unwrap();
}
