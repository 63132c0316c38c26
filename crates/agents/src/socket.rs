//! The form that iFlow's command line had: the agent listens on a port of loopback, each message is a
//! frame of a WebSocket, and frames that begin with `//` are remarks, `//ready` among them.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::connection::Connection;

/// How long to wait before the port is tried again.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest message, in bytes.
pub(crate) const LONGEST: usize = 16 * 1024 * 1024;

/// A port that was free a moment ago.
pub(crate) async fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?.port())
}

/// Connects once the agent listens, waits until it says that it is ready, and carries messages from
/// then on. `None`: the agent is gone, or has closed the connection.
pub(crate) async fn carry(
    connection: &Arc<Connection>,
    mut messages: mpsc::UnboundedReceiver<String>,
    port: u16,
    path: &str,
) -> Option<()> {
    let mut socket = connect(connection, port, path).await?;
    loop {
        match socket.next().await?.ok()? {
            Message::Text(text) if text.trim() == "//ready" => break,
            Message::Close(_) => return None,
            _ => {}
        }
    }
    let connection = Arc::clone(connection);
    let (mut sink, mut stream) = socket.split();
    tokio::spawn(async move {
        while let Some(message) = messages.recv().await {
            if sink.send(Message::text(message)).await.is_err() {
                break;
            }
        }
        let _gone_before = sink.close().await;
    });
    tokio::spawn(async move {
        while let Some(Ok(message)) = stream.next().await {
            if let Message::Text(text) = message {
                connection.hear(text.as_bytes());
            }
        }
        connection.close();
    });
    Some(())
}

async fn connect(
    connection: &Connection,
    port: u16,
    path: &str,
) -> Option<WebSocketStream<TcpStream>> {
    let address = format!("ws://127.0.0.1:{port}{path}");
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST));
    while !connection.is_closed() {
        if let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
            let upgraded = client_async_with_config(&address, stream, Some(config)).await;
            if let Ok((socket, _)) = upgraded {
                return Some(socket);
            }
        }
        sleep(PAUSE).await;
    }
    None
}
