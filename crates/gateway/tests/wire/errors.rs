//! What an answer is: every way in which an upstream can fail, in every pair of dialects, arrives
//! as what it is, and the record says so.

use dialect::FaultKind;
use gateway::Outcome;
use testkit::{End, Framing, Recorded, Reply, Script, Step, Upstream};

use crate::support::{Gateway, PAIRS, Setup, Side, all_events, in_time, milliseconds};

pub(crate) fn reply() -> Reply {
    Reply::text("Hello there, this is an answer of some length")
}

pub(crate) async fn one(side: Side, script: Script) -> (Upstream, Gateway) {
    let upstream = Upstream::start(move |_| script.clone());
    let gateway = Setup::mock(side, &upstream.url())
        .timeouts(|timeouts| {
            timeouts.first_byte = milliseconds(150);
            timeouts.first_byte_reasoning = milliseconds(150);
            timeouts.idle = milliseconds(150);
        })
        .start()
        .await;
    (upstream, gateway)
}

/// What fails before anything was sent: the status for clients of (chat, Anthropic), and the kind.
fn before_the_first_event(
    side: Side,
    stream: bool,
) -> Vec<(&'static str, Script, [u16; 2], FaultKind)> {
    use FaultKind::*;
    let answer = || side.reply(&reply(), stream);
    let mut all = vec![
        ("400", side.error(400), [400; 2], InvalidRequest),
        ("401", side.error(401), [401; 2], Authentication),
        ("403", side.error(403), [403; 2], Permission),
        ("404", side.error(404), [404; 2], NotFound),
        ("413", side.error(413), [413; 2], TooLarge),
        ("429", side.error(429), [429; 2], RateLimit),
        ("500", side.error(500), [500; 2], Internal),
        ("502 page", Script::html(502), [502; 2], BadGateway),
        (
            "503 text",
            Script::status(503).bytes("busy"),
            [503; 2],
            Overloaded,
        ),
        ("529", side.error(529), [503, 529], Overloaded),
        (
            "302",
            Script::status(302).header("location", "http://127.0.0.1:1/"),
            [502; 2],
            BadGateway,
        ),
        ("304", Script::status(304), [502; 2], BadGateway),
        (
            "407 of a proxy",
            Script::status(407).bytes("who are you?"),
            [502; 2],
            BadGateway,
        ),
        ("999", Script::status(999), [502; 2], BadGateway),
        ("200 page", Script::html(200), [502; 2], BadGateway),
        (
            "page without a type",
            Script::status(200).bytes("<html>sign in</html>"),
            [502; 2],
            BadGateway,
        ),
        (
            "nothing",
            Script::status(200).header("content-type", "application/json"),
            [502; 2],
            BadGateway,
        ),
        (
            "not JSON",
            Script::status(200)
                .header("content-type", "application/json")
                .bytes("oops"),
            [502; 2],
            BadGateway,
        ),
        (
            "not UTF-8",
            Script::status(200)
                .header("content-type", "application/json")
                .bytes(&b"\xff\xfe{"[..]),
            [502; 2],
            BadGateway,
        ),
        (
            "half of the JSON, well framed",
            {
                let mut script = side.reply(&reply(), false);
                let mut body = script.body();
                body.truncate(body.len() / 2);
                script.steps.clear();
                script.bytes(body)
            },
            [502; 2],
            BadGateway,
        ),
        (
            "closed at once",
            Script::status(200).raw_head("").end(End::CloseEarly),
            [502; 2],
            BadGateway,
        ),
        (
            "reset at once",
            Script::status(200).raw_head("").end(End::Reset),
            [502; 2],
            BadGateway,
        ),
        (
            "garbage for a head",
            Script::status(200)
                .raw_head("\u{1}\u{2}garbage\r\n\r\n")
                .end(End::CloseEarly),
            [502; 2],
            BadGateway,
        ),
        ("silence", Script::silence(), [504; 2], Timeout),
        (
            "a compressed answer",
            answer().header("content-encoding", "gzip"),
            [502; 2],
            BadGateway,
        ),
    ];
    if stream {
        all.extend([
            (
                "error first",
                side.error_as_first_event(),
                if side == Side::Chat {
                    [500; 2]
                } else {
                    [503, 529]
                },
                if side == Side::Chat {
                    Internal
                } else {
                    Overloaded
                },
            ),
            ("no event", side.empty_stream(), [502; 2], Truncated),
            (
                "only comments",
                Script::events([": hello\n\n".into()]),
                [502; 2],
                Truncated,
            ),
            (
                "cut before an event",
                answer().cut_after(0),
                [502; 2],
                Truncated,
            ),
            (
                "silence after the head",
                Script::events([]).end(End::Stall),
                [504; 2],
                Timeout,
            ),
            (
                "binary",
                Script::events([vec![0xff_u8; 5000].into()]),
                [502; 2],
                Truncated,
            ),
        ]);
    } else {
        let length = answer().framing(Framing::ContentLength);
        all.extend([
            ("error inside 200", side.error_in_ok(), [500; 2], Internal),
            ("cut", length.clone().cut_at(60), [502; 2], Truncated),
            (
                "reset in the middle",
                {
                    let mut s = length.clone().cut_at(60);
                    s.end = End::Reset;
                    s
                },
                [502; 2],
                Truncated,
            ),
            (
                "stalls in the middle",
                length.end(End::Stall),
                [504; 2],
                Timeout,
            ),
            (
                "broken chunks",
                answer().framing(Framing::Chunked).end(End::Garbage),
                [502; 2],
                Truncated,
            ),
        ]);
    }
    all
}

#[tokio::test]
async fn what_fails_before_the_first_event_is_an_error_with_its_status() {
    for (client, side) in PAIRS {
        for stream in [false, true] {
            for (name, script, statuses, kind) in before_the_first_event(side, stream) {
                let at = format!("{client:?} before {side:?}, stream {stream}, {name}");
                let (_upstream, gateway) = one(side, script).await;
                let answer = gateway.post(client.path(), &client.request(stream)).await;
                let status = statuses[usize::from(client == Side::Messages)];
                assert_eq!(answer.status, status, "{at}: {}", answer.text());
                assert_eq!(
                    answer.headers.get("content-type"),
                    Some("application/json"),
                    "{at}"
                );
                let words = client.error_words(&answer.json());
                assert!(words.starts_with("mock: "), "{at}: {words}");
                assert!(!words.starts_with("mock: mock: "), "{at}: {words}");
                let worth = !matches!(status, 400 | 401 | 403 | 404 | 413);
                let said = answer.headers.get("x-should-retry");
                assert_eq!(said, (!worth).then_some("false"), "{at}");
                let wait = answer.headers.get("retry-after");
                assert_eq!(wait, (status == 429).then_some("7"), "{at}");
                let exchange = gateway.exchange().await;
                let Outcome::Failed(fault) = &exchange.outcome else {
                    panic!("{at}: {:?}", exchange.outcome);
                };
                let similar = [FaultKind::Truncated, FaultKind::BadGateway];
                assert!(
                    fault.kind == kind || similar.contains(&kind) && similar.contains(&fault.kind),
                    "{at}: {:?}",
                    fault.kind
                );
                assert_eq!(exchange.attempts.len(), 1, "{at}");
                assert!(exchange.attempts[0].fault.is_some(), "{at}");
                assert!(!gateway.has_another_exchange().await, "{at}");
                assert_eq!(gateway.plane.load().under_way, 0, "{at}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_the_upstream_repeats_is_not_passed_on() {
    for (client, side) in PAIRS {
        let upstream = Upstream::start(|request| {
            let key = request
                .header("authorization")
                .or(request.header("x-api-key"));
            let message = format!("you sent {}, which is wrong", key.unwrap_or("nothing"));
            let error = serde_json::json!({"type": "authentication_error", "message": message});
            Script::json(401, &serde_json::json!({"type": "error", "error": error}))
        });
        let gateway = Setup::mock(side, &upstream.url()).start().await;
        let answer = gateway.post(client.path(), &client.request(false)).await;
        assert_eq!(answer.status, 401);
        let words = client.error_words(&answer.json());
        assert!(words.contains("[key], which is wrong"), "{words}");
        assert!(!answer.text().contains("sk-mock"), "{}", answer.text());
    }
}

/// The script with the key that the request came with in the words of its error.
fn repeating(mut script: Script, request: &Recorded) -> Script {
    let key = request
        .header("authorization")
        .or(request.header("x-api-key"));
    let key = key.unwrap_or("nothing").trim_start_matches("Bearer ");
    for step in &mut script.steps {
        if let Step::Bytes(bytes) = step {
            let text = std::str::from_utf8(bytes).unwrap();
            let words = format!("wrong is {key} and {key}");
            *bytes = text.replace("scripted error", &words).into();
        }
    }
    script
}

#[tokio::test]
async fn a_key_that_is_repeated_in_an_answer_that_had_begun_is_not_passed_on() {
    for (client, side) in PAIRS {
        let inside = side.error_in_stream(&reply(), side.opening() + 3);
        for (name, script, stream) in [
            ("whole", side.error_in_ok(), false),
            ("first event", side.error_as_first_event(), true),
            ("later event", inside.paced(milliseconds(20)), true),
        ] {
            let at = format!("{client:?} before {side:?}, {name}");
            let upstream = Upstream::start(move |request| repeating(script.clone(), request));
            let gateway = Setup::mock(side, &upstream.url()).start().await;
            let answer = gateway.post(client.path(), &client.request(stream)).await;
            let text = answer.text();
            assert!(text.contains("wrong is [key] and [key]"), "{at}: {text}");
            assert!(!text.contains("sk-mock"), "{at}: {text}");
        }
    }
}

/// What fails after the first event: how the stream goes on, and the kind in the record.
fn after_the_first_event(side: Side) -> Vec<(&'static str, Script, FaultKind)> {
    let some = side.opening() + 3;
    let whole = || side.reply(&reply(), true);
    let mut reset = whole().cut_after(some);
    reset.end = End::Reset;
    let mut stall = whole().cut_after(some);
    stall.end = End::Stall;
    let mut garbage = whole().cut_after(some);
    garbage.end = End::Garbage;
    let mut ends_inside = whole().cut_inside(some);
    ends_inside.end = End::Complete;
    let mut stalls_inside = whole().cut_inside(some);
    stalls_inside.end = End::Stall;
    let broken = if side == Side::Chat {
        FaultKind::Internal
    } else {
        FaultKind::Overloaded
    };
    vec![
        (
            "cut between events",
            whole().cut_after(some),
            FaultKind::Truncated,
        ),
        (
            "cut inside an event",
            whole().cut_inside(some),
            FaultKind::Truncated,
        ),
        ("ends inside an event", ends_inside, FaultKind::Truncated),
        ("reset", reset, FaultKind::Truncated),
        ("broken chunks", garbage, FaultKind::Truncated),
        ("no end", side.without_end(&reply()), FaultKind::Truncated),
        ("silence", stall, FaultKind::Timeout),
        ("silence inside an event", stalls_inside, FaultKind::Timeout),
        (
            "an error event",
            side.error_in_stream(&reply(), some),
            broken,
        ),
    ]
}

#[tokio::test]
async fn what_fails_after_the_first_event_is_an_error_in_the_stream() {
    for (client, side) in PAIRS {
        for (name, script, kind) in after_the_first_event(side) {
            let at = format!("{client:?} before {side:?}, {name}");
            let (upstream, gateway) = one(side, script).await;
            let mut connection = gateway
                .sent(client.path(), &[], &client.request(true))
                .await;
            assert_eq!(
                in_time(connection.head()).await.unwrap().status(),
                200,
                "{at}"
            );
            let (events, broke) = in_time(all_events(&mut connection)).await;
            assert!(!broke, "{at}: the stream itself ends properly");
            for event in &events {
                assert!(
                    event.data == "[DONE]" || event.json().is_object(),
                    "{at}: half an event went through: {event:?}"
                );
            }
            let words = client
                .stream_error(&events)
                .unwrap_or_else(|| panic!("{at}: no error at the end: {:?}", events.last()));
            assert!(!words.is_empty());
            assert!(!client.is_complete(&events), "{at}");
            let text = client.streamed_text(&events);
            assert!(!text.is_empty() && reply().parts.len() == 1, "{at}");
            assert!(
                "Hello there, this is an answer of some length".starts_with(&text),
                "{at}: {text}"
            );
            let exchange = gateway.exchange().await;
            let Outcome::Truncated(fault) = &exchange.outcome else {
                panic!("{at}: {:?}", exchange.outcome);
            };
            // Half an event that the upstream ended properly cannot be read.
            let unreadable = name == "ends inside an event" && fault.kind == FaultKind::BadGateway;
            assert!(fault.kind == kind || unreadable, "{at}: {:?}", fault.kind);
            assert!(exchange.streamed, "{at}");
            assert_eq!(upstream.requests().len(), 1, "{at}");
            assert!(!gateway.has_another_exchange().await, "{at}");
        }
    }
}
