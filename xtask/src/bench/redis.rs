//! What boards are compared with: the sorted set of a Redis on this machine, which writes nothing to its disk, driven
//! over as many connections as Podium.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::backends::redis::Redis;
use crate::bench::latency::{Latencies, median};
use crate::bench::table::Effort;
use crate::clock::Stopwatch;

/// What takes longer is broken, not slow.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// The set.
const KEY: &str = "board";

/// What one read takes at most: a page comes in a few.
const READ_BYTES: usize = 64 << 10;

/// Puts a score and publishes the first fifty, at once.
const TELL: &str = "redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2]) \
                    local rows = redis.call('ZRANGE', KEYS[1], 0, 49, 'REV', 'WITHSCORES') \
                    return redis.call('PUBLISH', KEYS[1], table.concat(rows, ' '))";

/// How many entries are read at once where all of them are.
const PAGE: u64 = 10_000;

/// A running Redis.
#[derive(Debug)]
pub struct Peer(Redis);

impl Peer {
    /// Starts one.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> Result<Self> {
        Redis::start().map(Self)
    }

    /// Puts `players` into the set and answers the seconds that it took.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn fill(&self, players: u64, batch: u64, connections: usize) -> Result<f64> {
        let firsts = (0..players).step_by(usize::try_from(batch)?);
        let calls = firsts.map(|first| {
            let members: Vec<(u64, u64)> =
                (first..(first + batch).min(players)).map(|number| (number, number)).collect();
            zadd(&members)
        });
        send_all(self.0.address(), calls.collect(), connections)
    }

    /// Scores a second, `batch` of them a command: the median of the rounds.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn write(&self, players: u64, batch: u64, connections: usize, effort: Effort) -> Result<f64> {
        let scores = effort.round_s * 20_000;
        let mut rates = Vec::new();
        for _ in 0..effort.rounds {
            let firsts = (0..scores).step_by(usize::try_from(batch)?);
            // The same players and points as Podium is sent.
            let pair = |number: u64| {
                (number.wrapping_mul(40_503) % 1_000_000, number.wrapping_mul(2_654_435_761) % players)
            };
            let calls = firsts.map(|first| zadd(&(first..first + batch).map(pair).collect::<Vec<_>>()));
            let seconds = send_all(self.0.address(), calls.collect(), connections)?;
            #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^53")]
            rates.push(scores as f64 / seconds);
        }
        Ok(median(rates))
    }

    /// The first fifty and a player's rank, both asked for at once.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn top(&self, player: u64, connections: usize, effort: Effort) -> Result<Latencies> {
        let mut request = command(&["ZRANGE", KEY, "0", "49", "REV", "WITHSCORES"]);
        request.extend(command(&["ZREVRANK", KEY, &member(player)]));
        read(self.0.address(), connections, effort, move |connection| {
            let request = request.clone();
            Box::pin(async move { connection.call(&request, 2).await.map(drop) })
        })
    }

    /// A player's rank, and then the rows around it.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn around(&self, player: u64, connections: usize, effort: Effort) -> Result<Latencies> {
        let request = command(&["ZREVRANK", KEY, &member(player)]);
        read(self.0.address(), connections, effort, move |connection| {
            let request = request.clone();
            Box::pin(async move {
                let rank = connection.call(&request, 1).await?.context("the player has no rank")?;
                let (first, last) = ((rank - 5).max(0).to_string(), (rank + 5).to_string());
                let rows = command(&["ZRANGE", KEY, &first, &last, "REV", "WITHSCORES"]);
                connection.call(&rows, 1).await.map(drop)
            })
        })
    }

    /// The seconds that it takes to read the whole set, page by page.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub fn read_all(&self, players: u64) -> Result<f64> {
        let firsts = (0..players).step_by(usize::try_from(PAGE)?);
        let calls = firsts.map(|first| {
            let (first, last) = (first.to_string(), (first + PAGE - 1).to_string());
            command(&["ZRANGE", KEY, &first, &last, "REV", "WITHSCORES"])
        });
        send_all(self.0.address(), calls.collect(), 1)
    }
}

impl Peer {
    /// A connection.
    ///
    /// # Errors
    /// When Redis takes none.
    pub async fn connect(&self) -> Result<Connection> {
        Connection::open(self.0.address()).await
    }

    /// A stream that is told of each change.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn subscribe(&self) -> Result<TcpStream> {
        let mut connection = self.connect().await?;
        connection.call(&command(&["SUBSCRIBE", KEY]), 1).await?;
        Ok(connection.stream)
    }
}

/// A connection to Redis.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("failed to connect to Redis")?;
        stream.set_nodelay(true).context("failed to switch Nagle off")?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Puts a score, and tells those who have subscribed the first fifty.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn publish(&mut self, player: u64, score: u64) -> Result<()> {
        let words = ["EVAL", TELL, "1", KEY, &score.to_string(), &member(player)];
        self.call(&command(&words), 1).await.map(drop)
    }

    /// Sends commands, waits for as many `replies`, and answers the integer of the last one.
    async fn call(&mut self, commands: &[u8], replies: usize) -> Result<Option<i64>> {
        timeout(ANSWER_TIME_MAX, async {
            self.stream.write_all(commands).await.context("failed to send a command")?;
            let mut last = None;
            for _ in 0..replies {
                last = self.reply().await?;
            }
            Ok(last)
        })
        .await
        .context("no answer in time")?
    }

    async fn reply(&mut self) -> Result<Option<i64>> {
        loop {
            if let Some((length, integer)) = reply(&self.received)? {
                self.received.drain(..length);
                return Ok(integer);
            }
            self.received.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.received).await.context("failed to read an answer")? == 0 {
                bail!("Redis closed the connection");
            }
        }
    }
}

/// How long the first reply of some bytes is, and its integer if it is one; `None` while it is not whole.
fn reply(bytes: &[u8]) -> Result<Option<(usize, Option<i64>)>> {
    let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") else { return Ok(None) };
    let (kind, text) = bytes[..end].split_first().context("a reply is empty")?;
    let text = std::str::from_utf8(text).context("the head of a reply is no text")?;
    let number = || text.parse::<i64>().context("a reply has no number");
    let behind = end + 2;
    Ok(match kind {
        b'+' => Some((behind, None)),
        b':' => Some((behind, Some(number()?))),
        b'$' => {
            // -1 is a string that is not there.
            let length = usize::try_from(number()?).map_or(0, |length| length + 2);
            (bytes.len() >= behind + length).then_some((behind + length, None))
        }
        b'*' => {
            let mut length = behind;
            for _ in 0..number()? {
                let Some((part, _)) = reply(&bytes[length..])? else { return Ok(None) };
                length += part;
            }
            Some((length, None))
        }
        _ => bail!("Redis answered {text}"),
    })
}

/// What is done over and over on a connection.
type Call<'connection> = std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send + 'connection>>;

/// Does something over and over for some seconds, on each connection one after the other.
fn read(
    address: SocketAddr,
    connections: usize,
    effort: Effort,
    call: impl for<'connection> Fn(&'connection mut Connection) -> Call<'connection> + Send + Sync + 'static,
) -> Result<Latencies> {
    let call = Arc::new(call);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let duration = Duration::from_secs(effort.round_s);
        let stopwatch = Stopwatch::start();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let mut connection = Connection::open(address).await?;
            let call = Arc::clone(&call);
            tasks.spawn(async move {
                let mut latencies = Latencies::default();
                while stopwatch.elapsed() < duration {
                    let sent = Stopwatch::start();
                    call(&mut connection).await?;
                    latencies.add(sent.elapsed());
                }
                anyhow::Ok(latencies)
            });
        }
        let mut latencies = Latencies::default();
        while let Some(ended) = tasks.join_next().await {
            latencies.merge(&ended.context("a connection's task failed")??);
        }
        Ok(latencies)
    })
}

/// Sends all calls over some connections and returns how many seconds it took.
fn send_all(address: SocketAddr, calls: Vec<Vec<u8>>, connections: usize) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let (calls, next) = (Arc::new(calls), Arc::new(AtomicUsize::new(0)));
        let stopwatch = Stopwatch::start();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let (calls, next) = (Arc::clone(&calls), Arc::clone(&next));
            tasks.spawn(async move {
                let mut connection = Connection::open(address).await?;
                while let Some(call) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    connection.call(call, 1).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(ended) = tasks.join_next().await {
            ended.context("a connection's task failed")??;
        }
        Ok(stopwatch.elapsed().as_secs_f64())
    })
}

/// A member is as long as what Podium's own sets hold: an id of 16 bytes, here in letters.
fn member(player: u64) -> String {
    format!("player-{player:09}")
}

/// One command for many scores: the points and the number of each player.
fn zadd(scores: &[(u64, u64)]) -> Vec<u8> {
    let mut words = vec!["ZADD".to_owned(), KEY.to_owned()];
    for (points, player) in scores {
        words.extend([points.to_string(), member(*player)]);
    }
    command(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A command as Redis reads it.
fn command(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len());
    for word in words {
        // Writing to a string can't fail.
        let _ = write!(bytes, "${}\r\n{word}\r\n", word.len());
    }
    bytes.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_told_from_what_is_not_whole_yet() {
        assert_eq!(reply(b":42\r\n:7\r\n").unwrap(), Some((5, Some(42))));
        assert_eq!(reply(b":42\r").unwrap(), None);
        assert_eq!(reply(b"$3\r\nabc\r\n").unwrap(), Some((9, None)));
        assert_eq!(reply(b"$3\r\nab").unwrap(), None);
        assert_eq!(reply(b"$-1\r\n").unwrap(), Some((5, None)));
        let nested = b"*2\r\n$1\r\na\r\n:5\r\n";
        assert_eq!(reply(nested).unwrap(), Some((nested.len(), None)));
        assert_eq!(reply(&nested[..nested.len() - 1]).unwrap(), None);
        assert!(reply(b"-ERR unknown command\r\n").is_err());
    }

    #[test]
    fn commands_are_written_with_the_lengths_of_their_words() {
        assert_eq!(
            command(&["ZREVRANK", "board", "p"]),
            b"*3\r\n$8\r\nZREVRANK\r\n$5\r\nboard\r\n$1\r\np\r\n"
        );
        let scores = String::from_utf8(zadd(&[(5, 1), (6, 2)])).unwrap();
        assert!(
            scores.starts_with("*6\r\n$4\r\nZADD\r\n") && scores.contains("player-000000002"),
            "{scores}"
        );
    }
}
