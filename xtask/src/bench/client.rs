//! A connection that keeps alive: as little work as HTTP/1.1 allows, because it shares the machine with what it measures.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What takes longer is broken, not slow.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// A head that is longer is none of ours.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, unpacked from its chunks.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = timeout(ANSWER_TIME_MAX, TcpStream::connect(address))
            .await
            .context("no connection in time")?
            .with_context(|| format!("failed to connect to {address}"))?;
        stream.set_nodelay(true).context("failed to switch Nagle off")?;
        Ok(Self { stream, received: Vec::with_capacity(HEAD_BYTES_MAX) })
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// When the connection breaks or no answer comes.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer> {
        timeout(ANSWER_TIME_MAX, async {
            self.stream.write_all(request).await.context("failed to send a request")?;
            let head = self.head().await?;
            let body = self.body(&head).await?;
            Ok(Answer { status: head.status, body })
        })
        .await
        .context("no answer in time")?
    }

    /// Sends a request and leaves the stream of its answer, behind the head, to the caller.
    ///
    /// # Errors
    /// When the connection breaks or the status is not 200.
    pub async fn stream(mut self, request: &[u8]) -> Result<(Vec<u8>, TcpStream)> {
        timeout(ANSWER_TIME_MAX, async {
            self.stream.write_all(request).await.context("failed to send a request")?;
            let head = self.head().await?;
            if head.status != 200 {
                bail!("a stream was answered with {}", head.status);
            }
            Ok((self.received, self.stream))
        })
        .await
        .context("no answer in time")?
    }

    /// Reads up to the empty line.
    async fn head(&mut self) -> Result<Head> {
        loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                let head = Head::parse(&self.received[..end])?;
                self.received.drain(..end + 4);
                return Ok(head);
            }
            if self.received.len() > HEAD_BYTES_MAX {
                bail!("the head of an answer is too long");
            }
            self.read().await?;
        }
    }

    /// Reads the body.
    async fn body(&mut self, head: &Head) -> Result<Vec<u8>> {
        let Some(length) = head.length else { return self.chunks().await };
        while self.received.len() < length {
            self.read().await?;
        }
        Ok(self.received.drain(..length).collect())
    }

    /// Reads a body in chunks.
    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let Some(end) = find(&self.received, b"\r\n") else {
                self.read().await?;
                continue;
            };
            let digits = std::str::from_utf8(&self.received[..end]).context("a chunk's length is no text")?;
            let length = usize::from_str_radix(digits.trim(), 16).context("a chunk's length is no number")?;
            while self.received.len() < end + 2 + length + 2 {
                self.read().await?;
            }
            body.extend_from_slice(&self.received[end + 2..end + 2 + length]);
            self.received.drain(..end + 2 + length + 2);
            if length == 0 {
                return Ok(body);
            }
        }
    }

    /// Reads what has come.
    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.received).await.context("failed to read an answer")? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// What the head of an answer says.
#[derive(Debug, PartialEq)]
struct Head {
    status: u16,
    /// `None` when the body comes in chunks.
    length: Option<usize>,
}

impl Head {
    /// Reads a head without its empty line.
    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).context("a head is no text")?;
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|status| status.parse().ok())
            .context("an answer has no status")?;
        let mut length = Some(0);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse().context("a length is no number")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = None;
            }
        }
        Ok(Self { status, length })
    }
}

/// Where a pattern begins.
fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

/// Sends one request over a connection of its own.
///
/// # Errors
/// When no answer comes, or it is not 200.
pub fn once(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let answer = runtime.block_on(async { Connection::open(address).await?.send(request).await })?;
    if answer.status != 200 {
        bail!("a request was answered with {}", answer.status);
    }
    Ok(answer)
}

/// A request with a body of JSON.
pub fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        head.push_str("Content-Type: application/json\r\n");
    }
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// A request without a body.
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    head.into_bytes()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn heads_tell_status_and_length() {
        let head = |text: &str| Head::parse(text.as_bytes()).unwrap();
        assert_eq!(head("HTTP/1.1 200 OK\r\nContent-Length: 12"), Head { status: 200, length: Some(12) });
        assert_eq!(head("HTTP/1.1 204 No Content"), Head { status: 204, length: Some(0) });
        assert_eq!(head("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked"), Head { status: 200, length: None });
        assert!(Head::parse(b"nonsense").is_err());
    }

    #[tokio::test]
    async fn answers_are_read_one_after_the_other_however_they_arrive() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            for answer in [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
                "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n",
            ] {
                assert!(stream.read(&mut request).await.unwrap() > 0);
                for byte in answer.bytes() {
                    stream.write_all(&[byte]).await.unwrap();
                }
            }
        });
        let mut connection = Connection::open(address).await.unwrap();
        let answer = connection.send(&get("/", &[])).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"first"[..]));
        let answer = connection.send(&post("/", &[("a", "b")], b"{}")).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (503, &b"second"[..]));
    }
}
