//! A way to the server on which connections can fall silent, as they do when a host vanishes.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// Passes bytes on, but nothing of connections that fell silent; those stay open and say nothing.
pub struct Proxy {
    address: String,
    /// Connections with a number below this one are silent.
    silent_below: watch::Sender<usize>,
    made: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A way to `target`, on a free port.
    pub async fn start(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (silent_below, state) = watch::channel(0);
        let (count, made) = watch::channel(0);
        let task = tokio::spawn(async move {
            for number in 0.. {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&target).await.unwrap();
                count.send_replace(number + 1);
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(pass(from_client, to_server, number, state.clone()));
                tokio::spawn(pass(from_server, to_client, number, state.clone()));
            }
        });
        Self { address, silent_below, made, task }
    }

    /// Host and port of this end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Lets every connection that there is fall silent. Those that are made later are not.
    pub fn silence(&self) {
        self.silent_below.send_replace(*self.made.borrow());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    number: usize,
    silent_below: watch::Receiver<usize>,
) {
    let mut buffer = vec![0; 65_536];
    loop {
        let Ok(length @ 1..) = from.read(&mut buffer).await else { return };
        if number < *silent_below.borrow() {
            // Held open, by both ends of this task, until the test is over.
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
