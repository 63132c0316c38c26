//! Recordings and pictures: forms of several parts, kept in a file, sent on, and gone afterwards.

use testkit::{Answer, Recorded, Script, Upstream, openai_chat};

use crate::support::{Gateway, KEY, Setup, Side};

const BOUNDARY: &str = "----client";
const TYPE: &str = "multipart/form-data; boundary=----client";
/// The forms' paths.
const PATHS: [&str; 3] = [
    "/v1/audio/transcriptions",
    "/v1/audio/translations",
    "/v1/images/edits",
];

/// One part: what stands in its head, and its content.
fn part(head: &str, content: &[u8]) -> Vec<u8> {
    let mut part =
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes();
    part.extend_from_slice(content);
    part.extend_from_slice(b"\r\n");
    part
}

fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut form = parts.concat();
    form.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    form
}

/// Every byte there is, and what looks like a boundary.
fn recording(size: usize) -> Vec<u8> {
    let mut bytes = b"\r\n--portolan-\r\n--".to_vec();
    bytes.extend((0..size).map(|at| u8::try_from(at * 7 % 256).unwrap()));
    bytes
}

fn usual(recording: &[u8]) -> Vec<u8> {
    form(&[
        part(
            "name=\"file\"; filename=\"语音.wav\"\r\nContent-Type: audio/wav",
            recording,
        ),
        part("name=\"model\"", b"mock-model"),
        part("name=\"language\"", b"de"),
    ])
}

async fn send(gateway: &Gateway, path: &str, body: &[u8]) -> Answer {
    let fields = [("x-api-key", KEY), ("content-type", TYPE)];
    gateway.ask("POST", path, &fields, body).await
}

/// The parts as the upstream got them: head and content.
fn received(request: &Recorded) -> Vec<(String, Vec<u8>)> {
    let kind = request.header("content-type").unwrap();
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    let open = format!("--{boundary}\r\n").into_bytes();
    let between = format!("\r\n--{boundary}").into_bytes();
    let find = |text: &[u8], word: &[u8]| text.windows(word.len()).position(|part| part == word);
    let mut rest = request.body.strip_prefix(open.as_slice()).unwrap();
    let mut parts = Vec::new();
    loop {
        let head = find(rest, b"\r\n\r\n").unwrap();
        let end = head + 4 + find(&rest[head + 4..], &between).unwrap();
        let text = String::from_utf8(rest[..head].to_vec()).unwrap();
        parts.push((text, rest[head + 4..end].to_vec()));
        rest = &rest[end + between.len()..];
        match rest {
            b"--\r\n" => return parts,
            _ => rest = rest.strip_prefix(b"\r\n").unwrap(),
        }
    }
}

#[tokio::test]
async fn a_recording_arrives_byte_by_byte_under_the_providers_own_name() {
    let upstream = Upstream::start(|_| Script::json(200, &serde_json::json!({"text": "Hallo"})));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .route("whisper", &["mock/openai/whisper-tiny"])
        .start()
        .await;
    for size in [0, 1, 65_536, 1_000_000] {
        let recording = recording(size);
        let body = form(&[
            part("name=\"model\"", b"whisper"),
            part(
                "name=\"file\"; filename=\"语音.wav\"\r\nContent-Type: audio/wav",
                &recording,
            ),
            part("name=\"language\"", b"de"),
        ]);
        let answer = send(&gateway, "/v1/audio/transcriptions", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["text"], "Hallo");
        assert_eq!(
            answer.headers.get("x-portolan-upstream"),
            Some("mock/openai/whisper-tiny")
        );
        let seen = upstream.requests().pop().unwrap();
        assert_eq!(seen.path(), "/v1/audio/transcriptions");
        assert_eq!(seen.header("accept"), Some("*/*"));
        assert_eq!(seen.header("authorization"), Some("Bearer sk-mock"));
        let length = seen.body.len().to_string();
        assert_eq!(seen.header("content-length"), Some(length.as_str()));
        let parts = received(&seen);
        let heads: Vec<&str> = parts.iter().map(|(head, _)| head.as_str()).collect();
        assert_eq!(
            heads,
            [
                "Content-Disposition: form-data; name=\"model\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"语音.wav\"\r\nContent-Type: audio/wav",
                "Content-Disposition: form-data; name=\"language\"",
            ]
        );
        assert_eq!(parts[0].1, b"openai/whisper-tiny");
        assert!(parts[1].1 == recording, "another recording of {size} bytes");
        assert_eq!(parts[2].1, b"de");
    }
    assert_eq!(
        gateway.exchange().await.operation,
        dialect::Operation::Transcribe
    );
}

#[tokio::test]
async fn the_next_candidate_gets_the_whole_form_again() {
    let broken = Upstream::start(|_| openai_chat::error(503));
    let works = Upstream::start(|_| {
        Script::status(200)
            .header("content-type", "text/plain; charset=utf-8")
            .bytes("Hallo\n")
    });
    let ends = |url: &str| (Side::Chat, url.to_owned());
    let (first, second) = (ends(&broken.url()), ends(&works.url()));
    let gateway = Setup::new()
        .provider("one", &[(first.0, &first.1)], &["mock-model"])
        .provider("two", &[(second.0, &second.1)], &["mock-model"])
        .start()
        .await;
    for path in PATHS {
        let recording = recording(200_000);
        let answer = send(&gateway, path, &usual(&recording)).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "Hallo\n"),
            "{path}"
        );
        for upstream in [&broken, &works] {
            let seen = upstream.requests().pop().unwrap();
            assert_eq!(seen.path(), path);
            assert!(received(&seen)[1].1 == recording);
        }
    }
}

#[tokio::test]
async fn speech_comes_back_as_it_is() {
    let sound = recording(300_000);
    let said = sound.clone();
    let upstream = Upstream::start(move |_| {
        Script::status(200)
            .header("content-type", "audio/mpeg")
            .bytes(said.clone())
    });
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    let body = serde_json::json!({"model": "mock-model", "input": "Hallo", "voice": "alloy"});
    let answer = gateway.post("/v1/audio/speech", &body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers.get("content-type"), Some("audio/mpeg"));
    assert!(answer.body == sound);
    let seen = upstream.requests().pop().unwrap();
    assert_eq!((seen.json(), seen.header("accept")), (body, Some("*/*")));
}

#[tokio::test]
async fn s44_a_form_has_limits_and_nothing_of_it_goes_on() {
    let upstream = Upstream::start(|_| Script::json(200, &serde_json::json!({"text": ""})));
    let gateway = Setup::mock(Side::Chat, &upstream.url())
        .limits(|limits| limits.form_body = 100_000)
        .start()
        .await;
    let file = || part("name=\"file\"; filename=\"a\"", b"x");
    let model = || part("name=\"model\"", b"mock-model");
    let long_name = format!("name=\"file\"; filename=\"{}\"", "x".repeat(256));
    let many: Vec<Vec<u8>> = std::iter::once(model())
        .chain((0..64).map(|_| file()))
        .collect();
    let half = usual(b"x");
    let cases: [(&str, u16, Vec<u8>); 10] = [
        ("too large", 413, usual(&vec![b'x'; 100_000])),
        ("too many parts", 400, form(&many)),
        (
            "a long file name",
            400,
            form(&[model(), part(&long_name, b"x")]),
        ),
        ("no model", 400, form(&[file()])),
        (
            "an empty model",
            400,
            form(&[file(), part("name=\"model\"", b"")]),
        ),
        (
            "a long model",
            400,
            form(&[file(), part("name=\"model\"", &[b'm'; 300])]),
        ),
        ("two models", 400, form(&[model(), file(), model()])),
        (
            "a model of two lines",
            400,
            form(&[part("name=\"model\"", b"a\r\nb"), file()]),
        ),
        ("cut off", 400, half[..half.len() - 20].to_vec()),
        ("nothing", 400, Vec::new()),
    ];
    for path in PATHS {
        for (case, status, body) in &cases {
            let answer = send(&gateway, path, body).await;
            assert_eq!(answer.status, *status, "{case}: {}", answer.text());
            Side::Chat.error_words(&answer.json());
        }
        for (kind, encoding, status) in [
            ("multipart/form-data", "identity", 400),
            (TYPE, "gzip", 415),
            ("application/x-www-form-urlencoded", "identity", 415),
            ("text/plain", "identity", 415),
        ] {
            let fields = [
                ("x-api-key", KEY),
                ("content-type", kind),
                ("content-encoding", encoding),
            ];
            let answer = gateway.ask("POST", path, &fields, &usual(b"x")).await;
            assert_eq!(answer.status, status, "{kind} {encoding}");
        }
    }
    // No other operation takes a form.
    let answer = send(&gateway, "/v1/chat/completions", &usual(b"x")).await;
    assert_eq!(answer.status, 415);
    assert_eq!(upstream.requests().len(), 0);
    assert_eq!(send(&gateway, PATHS[0], &usual(b"x")).await.status, 200);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn s44_a_forms_file_has_no_name_and_goes_with_the_request() {
    let upstream = Upstream::start(|_| Script::json(200, &serde_json::json!({"text": ""})));
    let gateway = Setup::mock(Side::Chat, &upstream.url()).start().await;
    // The files of this process that have no name (any more), by what only this test sends.
    let mark = b"a recording of which there is one in the world";
    let held = || {
        let files = std::fs::read_dir("/proc/self/fd").unwrap();
        files
            .filter_map(|file| Some(file.ok()?.path()))
            .filter(|path| {
                let target = std::fs::read_link(path).unwrap_or_default();
                target.to_string_lossy().ends_with("(deleted)")
            })
            .filter_map(|path| std::fs::read(path).ok())
            .filter(|content| content.windows(mark.len()).any(|part| part == mark))
            .count()
    };
    let mut recording = recording(100_000);
    recording.extend_from_slice(mark);
    for (path, status) in [(PATHS[0], 200), (PATHS[1], 200), (PATHS[2], 200)] {
        assert_eq!(
            send(&gateway, path, &usual(&recording)).await.status,
            status
        );
    }
    let mut cut = usual(&recording);
    cut.truncate(cut.len() - 30);
    assert_eq!(send(&gateway, PATHS[0], &cut).await.status, 400);
    gateway.idle().await;
    for _ in 0..200 {
        if held() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} files are still held", held());
}
