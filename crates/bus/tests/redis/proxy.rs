//! A door between a node and Redis that a test can shut.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// Passes bytes on while it is open; when it is closed, connections end and new ones are shut at once.
pub struct Proxy {
    address: String,
    open: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// An open door to `target`, on a free port.
    pub async fn start(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (open, state) = watch::channel(true);
        let task = tokio::spawn(async move {
            loop {
                let (incoming, _) = listener.accept().await.unwrap();
                if *state.borrow() {
                    tokio::spawn(pass(incoming, target.clone(), state.clone()));
                }
            }
        });
        Self { address, open, task }
    }

    /// Where the door is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends all connections and keeps new ones out.
    pub async fn close(&self) {
        self.open.send_replace(false);
        // The listener and this keep a receiver each; the others belong to connections.
        while self.open.receiver_count() > 1 {
            tokio::task::yield_now().await;
        }
    }

    /// Lets connections through again.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(mut incoming: TcpStream, target: String, mut state: watch::Receiver<bool>) {
    let mut outgoing = TcpStream::connect(target).await.unwrap();
    tokio::select! {
        _ = state.wait_for(|open| !open) => {}
        _ = copy_bidirectional(&mut incoming, &mut outgoing) => {}
    }
}
