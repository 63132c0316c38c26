//! The way out: through real proxies on loopback to addresses that are nowhere.

use std::sync::{Arc, Mutex, PoisonError};

use catalog::Proxy;
use gateway::{Outbound, ProxyRules, SystemProxy};
use testkit::{Answer, Reply, Upstream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Gateway, Setup, Side};

/// What a proxy was asked: the first line and the fields, or the host that SOCKS names.
type Asked = Arc<Mutex<Vec<String>>>;

/// A proxy that leads every address to the upstream.
async fn proxy(upstream: String, socks: bool) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (upstream, seen) = (upstream.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                if socks {
                    lead_socks(client, &upstream, &seen).await
                } else {
                    lead_http(client, &upstream, &seen).await
                }
            });
        }
    });
    (address, asked)
}

fn note(asked: &Asked, what: String) {
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(what);
}

async fn lead_http(mut client: TcpStream, upstream: &str, asked: &Asked) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let text = String::from_utf8(head).ok()?;
    note(asked, text.clone());
    if text.starts_with("CONNECT ") {
        let refusal = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
        return client.write_all(refusal).await.ok();
    }
    let mut server = TcpStream::connect(upstream).await.ok()?;
    server.write_all(text.as_bytes()).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}

/// RFC 1928, and RFC 1929 where a password is offered.
async fn lead_socks(mut client: TcpStream, upstream: &str, asked: &Asked) -> Option<()> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await.ok()?;
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).await.ok()?;
    let password = methods.contains(&2);
    client
        .write_all(&[5, if password { 2 } else { 0 }])
        .await
        .ok()?;
    let mut words = Vec::new();
    if password {
        client.read_u8().await.ok()?;
        for _ in 0..2 {
            let mut word = vec![0; usize::from(client.read_u8().await.ok()?)];
            client.read_exact(&mut word).await.ok()?;
            words.push(String::from_utf8(word).ok()?);
        }
        client.write_all(&[1, 0]).await.ok()?;
    }
    let mut request = [0; 5];
    client.read_exact(&mut request).await.ok()?;
    // 3: a name, which the proxy resolves
    (request[3] == 3).then_some(())?;
    let mut rest = vec![0; usize::from(request[4]) + 2];
    client.read_exact(&mut rest).await.ok()?;
    words.push(String::from_utf8(rest[..usize::from(request[4])].to_vec()).ok()?);
    note(asked, words.join(" "));
    let mut server = TcpStream::connect(upstream).await.ok()?;
    client
        .write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80])
        .await
        .ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}

fn seen(asked: &Asked) -> Vec<String> {
    asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn variables(pairs: &[(&str, String)]) -> Outbound {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let variable = move |name: &str| {
        let found = pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    Outbound::new(variable, Arc::new(SystemProxy::default))
}

const NOWHERE: &str = "http://models.invalid";

fn upstream() -> Upstream {
    Upstream::start(|_| Side::Chat.reply(&Reply::text("Hello"), false))
}

async fn chat(gateway: &Gateway) -> Answer {
    gateway
        .post(Side::Chat.path(), &Side::Chat.request(false))
        .await
}

#[tokio::test]
async fn a_proxy_of_the_settings_is_gone_through() {
    let upstream = upstream();
    for socks in [false, true] {
        let (address, asked) = proxy(upstream.address().to_string(), socks).await;
        let scheme = if socks { "socks5h" } else { "http" };
        let manual: Proxy = format!("{scheme}://{address}").parse().unwrap();
        let gateway = Setup::mock(Side::Chat, NOWHERE)
            .with(move |snapshot| snapshot.proxy = manual)
            .start()
            .await;
        let answer = chat(&gateway).await;
        assert_eq!(answer.status, 200, "{scheme}: {}", answer.text());
        let asked = seen(&asked);
        assert_eq!(asked.len(), 1);
        assert!(asked[0].contains("models.invalid"), "{asked:?}");
    }
}

#[tokio::test]
async fn the_environments_password_goes_to_the_proxy_alone() {
    let upstream = upstream();
    for socks in [false, true] {
        let (address, asked) = proxy(upstream.address().to_string(), socks).await;
        let scheme = if socks { "socks5h" } else { "http" };
        let named = format!("{scheme}://me:hush@{address}");
        let gateway = Setup::mock(Side::Chat, NOWHERE)
            .with(|snapshot| snapshot.proxy = Proxy::Environment)
            .outbound(variables(&[("HTTP_PROXY", named)]))
            .start()
            .await;
        assert_eq!(chat(&gateway).await.status, 200);
        let told = seen(&asked).concat();
        // "me:hush" in base64
        let pass = if socks {
            "me hush"
        } else {
            "Basic bWU6aHVzaA=="
        };
        assert!(told.contains(pass), "{told}");
    }
}

#[tokio::test]
async fn an_encrypted_address_is_asked_of_the_proxy_by_connect() {
    let (address, asked) = proxy("127.0.0.1:1".to_owned(), false).await;
    let named = format!("http://me:hush@{address}");
    let gateway = Setup::mock(Side::Chat, "https://models.invalid")
        .with(|snapshot| snapshot.proxy = Proxy::System)
        .outbound(variables(&[("https_proxy", named)]))
        .start()
        .await;
    let answer = chat(&gateway).await;
    assert_eq!(answer.status, 502, "{}", answer.text());
    let told = seen(&asked).concat();
    assert!(told.starts_with("CONNECT models.invalid:443 "), "{told}");
    assert!(told.contains("Basic bWU6aHVzaA=="), "{told}");
    assert!(!answer.text().contains("hush"), "{}", answer.text());
    assert!(!told.contains("sk-mock"), "the key is for the provider");
}

#[tokio::test]
async fn loopback_is_never_proxied_whoever_says_so() {
    let upstream = upstream();
    let (address, asked) = proxy(upstream.address().to_string(), false).await;
    let manual: Proxy = format!("http://{address}").parse().unwrap();
    let named = format!("http://{address}");
    let port = upstream.address().port();
    for (proxy, host) in [
        (manual, "127.0.0.1"),
        (Proxy::Environment, "localhost"),
        (Proxy::System, "127.0.0.1"),
    ] {
        let gateway = Setup::mock(Side::Chat, &format!("http://{host}:{port}"))
            .with(move |snapshot| snapshot.proxy = proxy)
            .outbound(variables(&[("ALL_PROXY", named.clone())]))
            .start()
            .await;
        assert_eq!(chat(&gateway).await.status, 200);
    }
    assert!(seen(&asked).is_empty(), "{:?}", seen(&asked));
}

#[tokio::test]
async fn a_provider_may_have_a_way_of_its_own() {
    let upstream = upstream();
    let (ours, asked) = proxy(upstream.address().to_string(), false).await;
    let (theirs, unasked) = proxy(upstream.address().to_string(), false).await;
    let whole: Proxy = format!("http://{theirs}").parse().unwrap();
    let gateway = Setup::mock(Side::Chat, NOWHERE)
        .tune(|provider| provider.proxy = Some(format!("http://{ours}")))
        .with(move |snapshot| snapshot.proxy = whole)
        .start()
        .await;
    assert_eq!(chat(&gateway).await.status, 200);
    assert_eq!((seen(&asked).len(), seen(&unasked).len()), (1, 0));
}

#[tokio::test]
async fn the_systems_settings_are_followed_while_it_runs() {
    let upstream = upstream();
    let (first, asked_first) = proxy(upstream.address().to_string(), false).await;
    let (second, asked_second) = proxy(upstream.address().to_string(), false).await;
    let system = Arc::new(Mutex::new(format!("http://{first}")));
    let read = Arc::clone(&system);
    let read = move || SystemProxy {
        rules: ProxyRules::new(&read.lock().unwrap(), "", "", "localhost"),
        script: false,
    };
    let gateway = Setup::mock(Side::Chat, NOWHERE)
        .with(|snapshot| snapshot.proxy = Proxy::System)
        .outbound(Outbound::new(|_| None, Arc::new(read)))
        .start()
        .await;
    assert_eq!(chat(&gateway).await.status, 200);
    let told = gateway.plane.proxy_in_force().await;
    assert_eq!(told.address, Some(format!("http://{first}")));
    *system.lock().unwrap() = format!("http://{second}");
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert_eq!(chat(&gateway).await.status, 200);
    assert_eq!(
        (seen(&asked_first).len(), seen(&asked_second).len()),
        (1, 1)
    );
    let told = gateway.plane.proxy_in_force().await;
    assert_eq!(told.address, Some(format!("http://{second}")));
}
