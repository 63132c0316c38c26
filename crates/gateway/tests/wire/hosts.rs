//! The host that a request names: a name and never a proof.

use crate::paths::both;
use crate::support::Setup;

#[tokio::test]
async fn s03_the_host_is_a_name_and_never_a_proof() {
    let (upstream, gateway) = both(|setup| {
        setup.with(|snapshot| snapshot.allowed_hosts = vec!["gateway.lan".to_owned()])
    })
    .await;
    let port = gateway.address.rsplit(':').next().unwrap();
    let with_port = format!("localhost:{port}");
    let send = async |host: &str, target: &str, key: bool| {
        let mut client = gateway.client().await;
        let key = if key { "x-api-key: pk-test\r\n" } else { "" };
        client
            .send(format!(
                "GET {target} HTTP/1.1\r\n{host}{key}connection: close\r\n\r\n"
            ))
            .await
            .unwrap();
        crate::support::in_time(client.answer())
            .await
            .unwrap()
            .status
    };
    for host in [
        "localhost",
        "127.0.0.1",
        "[::1]",
        &with_port,
        "127.0.0.1:1",
        "gateway.lan",
        "gateway.lan:80",
    ] {
        let host = format!("host: {host}\r\n");
        // Local or not, without a key it stays outside; with it, it comes in.
        assert_eq!(send(&host, "/v1/models", false).await, 401, "{host}");
        assert_eq!(send(&host, "/v1/models", true).await, 200, "{host}");
        assert_eq!(send(&host, "/health", false).await, 200, "{host}");
    }
    for host in [
        "evil.com",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "localhost.",
        "LOCALHOST.evil.com",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.0.0.2",
        "2130706433",
        "0x7f000001",
        "127.1",
        "gateway.lan.evil.com",
        "evil-localhost",
        "192.168.0.1",
        "[::]",
        "xn--localhost-9d0b",
        "localhost.localdomain",
    ] {
        for target in ["/v1/models", "/health", "/", "/ready"] {
            let status = send(&format!("host: {host}\r\n"), target, true).await;
            assert_eq!(status, 421, "{host} {target}");
        }
    }
    for host in [
        "",
        "host: \r\n",
        "host: localhost\r\nhost: localhost\r\n",
        "host: localhost\r\nhost: evil.com\r\n",
        "host: x/v1?\r\n",
        "host: localhost/v1/models?\r\n",
        "host: localhost?x\r\n",
        "host: localhost#x\r\n",
        "host: localhost@evil.com\r\n",
        "host: user@localhost\r\n",
        "host: localhost:\r\n",
        "host: localhost:x\r\n",
        "host: localhost:99999\r\n",
        "host: localhost:0\r\n",
        "host: localhost:80:80\r\n",
        "host: local host\r\n",
        "host: localhost,evil.com\r\n",
        "host: http://localhost\r\n",
        "host: [::1\r\n",
        "host: l\u{f6}calhost\r\n",
        "host: localhost\\evil\r\n",
        "host: %6cocalhost\r\n",
    ] {
        let status = send(host, "/v1/models", true).await;
        assert_eq!(status, 400, "{host:?}");
        assert_eq!(send(host, "/health", false).await, 400, "{host:?}");
    }
    // The path is the target's alone, also where it comes with a host of its own.
    assert_eq!(
        send("host: localhost\r\n", "http://localhost/health", false).await,
        200
    );
    assert_eq!(
        send("host: localhost\r\n", "http://localhost/v1/models", false).await,
        401
    );
    assert_eq!(
        send("host: localhost\r\n", "http://evil.com/health", false).await,
        400
    );
    assert_eq!(
        send("host: localhost\r\n", "http://localhost:81/health", false).await,
        400
    );
    assert_eq!(
        send("host: evil.com\r\n", "http://evil.com/health", false).await,
        421
    );
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn s03_another_address_than_loopback_takes_any_address_and_still_needs_the_key() {
    let gateway = Setup::new().host("0.0.0.0").start().await;
    let port = gateway.address.rsplit(':').next().unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let mut client = testkit::Client::connect(&format!("127.0.0.1:{port}"))
            .await
            .unwrap();
        client
            .send(format!("GET /v1/models HTTP/1.1\r\nhost: {host}\r\n\r\n"))
            .await
            .unwrap();
        assert_eq!(client.answer().await.unwrap().status, 401);
    }
}
