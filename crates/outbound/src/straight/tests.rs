//! Real connections, with TLS and without, to servers of this test.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use dialect::FaultKind;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use rustls::pki_types::PrivateKeyDer;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

/// A server that answers with the version that it was asked in, and how to trust it.
async fn server(protocols: &[&str]) -> (SocketAddr, RootCertStore) {
    server_that(protocols, false).await
}

/// Refuses the first request over HTTP/2, and at the second says that it closes the connection.
async fn turn_away(mut socket: tokio_rustls::server::TlsStream<TcpStream>) {
    const PREFACE: usize = 24;
    const HEADERS: u8 = 1;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    socket.write_all(&settings).await.unwrap();
    socket.read_exact(&mut [0; PREFACE]).await.unwrap();
    let mut seen = 0;
    while seen < 2 {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await.unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        socket
            .read_exact(&mut vec![0; length as usize])
            .await
            .unwrap();
        if head[3] != HEADERS {
            continue;
        }
        seen += 1;
        let refused_stream = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 7];
        let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        let said: &[u8] = if seen == 1 { &refused_stream } else { &go_away };
        socket.write_all(said).await.unwrap();
        socket.flush().await.unwrap();
    }
    // until the client has gone
    let _rest = socket.read_to_end(&mut Vec::new()).await;
}

async fn server_that(protocols: &[&str], turns_away: bool) -> (SocketAddr, RootCertStore) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut first = turns_away;
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            let turns_away = std::mem::take(&mut first);
            tokio::spawn(async move {
                let Ok(secured) = acceptor.accept(socket).await else {
                    return;
                };
                if turns_away {
                    return turn_away(secured).await;
                }
                let answer = |request: Request<Incoming>| async move {
                    let version = format!("{:?}", request.version());
                    Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from(
                        version,
                    ))))
                };
                let service = hyper::service::service_fn(answer);
                let _ended = auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(secured), service)
                    .await;
            });
        }
    });
    (address, roots)
}

fn client(roots: RootCertStore, connect: Duration) -> Straight {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Straight::new(tls, connect)
}

async fn ask(client: &Straight, url: &str) -> Result<String, Failure> {
    let mut request = Request::new(Sent::nothing());
    *request.uri_mut() = url.parse().unwrap();
    let body = client.send(request).await?.into_body().collect().await?;
    Ok(String::from_utf8(body.to_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn the_newest_version_that_both_know_is_spoken() {
    for (protocols, spoken) in [
        (&["h2", "http/1.1"][..], "HTTP/2.0"),
        (&["http/1.1"][..], "HTTP/1.1"),
        (&[][..], "HTTP/1.1"),
    ] {
        let (address, roots) = server(protocols).await;
        let client = client(roots, PATIENCE);
        let url = format!("https://localhost:{}/", address.port());
        // The second goes over the connection of the first.
        for _ in 0..2 {
            assert_eq!(ask(&client, &url).await.unwrap(), spoken);
        }
    }
}

#[tokio::test]
async fn what_was_turned_away_unread_is_sent_once_more() {
    let (address, roots) = server_that(&["h2"], true).await;
    let client = client(roots, PATIENCE);
    let url = format!("https://localhost:{}/", address.port());
    assert_eq!(ask(&client, &url).await.unwrap(), "HTTP/2.0");
}

#[tokio::test]
async fn whom_nobody_trusts_is_told_nothing() {
    let (address, _) = server(&["http/1.1"]).await;
    let client = client(RootCertStore::empty(), PATIENCE);
    let url = format!("https://localhost:{}/", address.port());
    let failure = ask(&client, &url).await.unwrap_err();
    assert!(failure.to_string().contains("certificate"), "{failure}");
    assert_eq!(failure.fault().kind, FaultKind::BadGateway);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (address, roots) = server(&["http/1.1"]).await;
    let client = client(roots, PATIENCE);
    let failure = ask(&client, &format!("https://{address}/"))
        .await
        .unwrap_err();
    assert!(failure.to_string().contains("certificate"), "{failure}");
}

#[tokio::test]
async fn who_takes_the_socket_and_says_nothing_is_given_up() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let client = client(RootCertStore::empty(), Duration::from_millis(200));
    let began = Instant::now();
    let failure = ask(&client, &format!("https://localhost:{port}/"))
        .await
        .unwrap_err();
    assert!(began.elapsed() >= Duration::from_millis(200));
    let fault = failure.fault();
    assert_eq!(fault.kind, FaultKind::Timeout);
    assert!(
        fault.message.starts_with("no connection in time"),
        "{}",
        fault.message
    );
}
