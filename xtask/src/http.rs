//! The one question that the automation asks over HTTP: is it up?

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What is up on this machine answers at once.
const TIME_MAX: Duration = Duration::from_secs(2);

/// The status of a GET, or `None` when nobody answers.
pub fn status(address: SocketAddr, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect_timeout(&address, TIME_MAX).ok()?;
    stream.set_read_timeout(Some(TIME_MAX)).ok()?;
    stream.set_write_timeout(Some(TIME_MAX)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut first_line = String::new();
    BufReader::new(stream).read_line(&mut first_line).ok()?;
    status_of(&first_line)
}

/// The status in `HTTP/1.1 200 OK`.
fn status_of(first_line: &str) -> Option<u16> {
    let (version, rest) = first_line.split_once(' ')?;
    version.starts_with("HTTP/1.").then(|| rest.split(' ').next()?.trim().parse().ok())?
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_status_is_the_second_word() {
        assert_eq!(status_of("HTTP/1.1 200 OK\r\n"), Some(200));
        assert_eq!(status_of("HTTP/1.0 503\r\n"), Some(503));
        assert_eq!(status_of("SSH-2.0-OpenSSH 9\r\n"), None);
        assert_eq!(status_of(""), None);
    }

    #[test]
    fn a_listener_is_asked_and_its_absence_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 256];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert_eq!(status(address, "/health/ready"), Some(503));
        assert!(server.join().unwrap().starts_with("GET /health/ready HTTP/1.1\r\n"));
        assert_eq!(status(address, "/health/ready"), None);
    }
}
