//! Compressed bodies: unfolded within limits.

use std::io::Write as _;
use std::time::Instant;

use crate::limits::{SIDES, answering, posted};
use crate::support::{QUIET, Setup, Side, milliseconds};

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 3).unwrap()
}

#[tokio::test]
async fn s45_compressed_bodies_reach_the_upstream_unfolded() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let plain = Side::Chat.request(false).to_string();
    for (name, body) in [
        ("gzip", gzip(plain.as_bytes())),
        ("x-gzip", gzip(plain.as_bytes())),
        ("deflate", zlib(plain.as_bytes())),
        ("deflate", deflate(plain.as_bytes())),
        ("zstd", zstd(plain.as_bytes())),
        ("identity", plain.clone().into_bytes()),
    ] {
        for side in SIDES {
            let mut request = side.request(false).to_string().into_bytes();
            if name != "identity" {
                request.clone_from(&body);
            }
            if side == Side::Messages && name != "identity" {
                continue;
            }
            let answer = posted(&gateway, side, &[("content-encoding", name)], &request).await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        }
        let seen = upstream.requests();
        assert!(seen.iter().any(|request| request.body == plain), "{name}");
        assert!(
            seen.iter()
                .all(|request| request.header("content-encoding").is_none())
        );
    }
}

#[tokio::test]
async fn s45_bombs_are_413_at_once() {
    let _quiet = QUIET.lock().await;
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let megabyte = vec![0_u8; 1024 * 1024];
    // Ten gibibytes, a mebibyte in each part.
    let many = gzip(&megabyte).repeat(10 * 1024);
    let bombs = [
        ("gzip", gzip(&megabyte.repeat(20))),
        ("gzip", many),
        ("deflate", zlib(&megabyte.repeat(20))),
        ("zstd", zstd(&megabyte.repeat(100))),
    ];
    // Without optimisation the decoders are an order of magnitude slower.
    let patience = if cfg!(debug_assertions) {
        milliseconds(8000)
    } else {
        milliseconds(150)
    };
    for (name, bomb) in bombs {
        for side in SIDES {
            let began = Instant::now();
            let answer = posted(&gateway, side, &[("content-encoding", name)], &bomb).await;
            assert_eq!(
                answer.status,
                413,
                "{name} of {} bytes: {}",
                bomb.len(),
                answer.text()
            );
            side.error_words(&answer.json());
            let took = began.elapsed();
            assert!(took < patience, "{name} of {} bytes: {took:?}", bomb.len());
        }
    }
    assert_eq!(upstream.requests().len(), 0);
}

#[tokio::test]
async fn s45_one_layer_of_a_known_coding_only() {
    let upstream = answering();
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let plain = Side::Chat.request(false).to_string();
    let twice = gzip(&gzip(plain.as_bytes()));
    for side in SIDES {
        for fields in [
            &[("content-encoding", "gzip, gzip")][..],
            &[("content-encoding", "gzip"), ("content-encoding", "gzip")],
            &[("content-encoding", "compress")],
            &[("content-encoding", "lzma")],
            &[("content-encoding", "identity, gzip")],
        ] {
            let answer = posted(&gateway, side, fields, &twice).await;
            assert_eq!(answer.status, 415, "{fields:?}");
            side.error_words(&answer.json());
        }
        // What is inside the one layer is not JSON.
        let answer = posted(&gateway, side, &[("content-encoding", "gzip")], &twice).await;
        assert_eq!(answer.status, 400);
        for (name, body) in [
            ("gzip", plain.as_bytes()),
            ("gzip", &gzip(plain.as_bytes())[..20]),
            ("deflate", b"\xff\xff\xff\xff"),
            ("br", b"\xff\xff\xff\xff"),
            ("zstd", plain.as_bytes()),
            ("zstd", b""),
        ] {
            let answer = posted(&gateway, side, &[("content-encoding", name)], body).await;
            assert_eq!(answer.status, 400, "{name}: {}", answer.text());
            side.error_words(&answer.json());
        }
    }
    // A window larger than 8 MiB is not given memory.
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(plain.as_bytes()).unwrap();
    let wide = encoder.finish().unwrap();
    let answer = posted(&gateway, Side::Chat, &[("content-encoding", "zstd")], &wide).await;
    assert_eq!(answer.status, 400);
    assert_eq!(upstream.requests().len(), 0);
}
