//! The two ways in which a scripted agent is talked to.

use std::net::Ipv4Addr;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::{Agent, Options};

/// A message a line, until the input ends.
pub(super) async fn lines(options: &Options) {
    let (out, mut messages) = mpsc::unbounded_channel::<String>();
    let agent = Agent::new(options, out);
    tokio::spawn(async move {
        let mut output = tokio::io::stdout();
        // Agents greet people there, and a test's program names its test.
        let _gone = output.write_all(b"\nWelcome aboard!\n").await;
        while let Some(message) = messages.recv().await {
            let line = format!("{message}\n");
            if output.write_all(line.as_bytes()).await.is_err() || output.flush().await.is_err() {
                return;
            }
        }
    });
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = input.next_line().await {
        agent.hear(&line);
    }
}

/// A message a frame, for one client after the other.
pub(super) async fn listen(port: u16, options: &Options) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.expect("the port is free");
    while let Ok((stream, _)) = listener.accept().await {
        let options = options.clone();
        tokio::spawn(async move {
            let Ok(socket) = tokio_tungstenite::accept_async(stream).await else {
                return;
            };
            let (mut sink, mut frames) = socket.split();
            let (out, mut messages) = mpsc::unbounded_channel::<String>();
            let agent = Agent::new(&options, out);
            tokio::spawn(async move {
                for remark in ["//stderr starting", "//ready"] {
                    if options.mute || sink.send(Message::text(remark)).await.is_err() {
                        return;
                    }
                }
                while let Some(message) = messages.recv().await {
                    if sink.send(Message::text(message)).await.is_err() {
                        return;
                    }
                }
            });
            while let Some(Ok(frame)) = frames.next().await {
                if let Message::Text(text) = frame {
                    agent.hear(&text);
                }
            }
        });
    }
}
