//! Queries that mean harm, each as the body that is sent.

use serde_json::json;

/// What each is, and its body. None of them is answered.
pub(crate) fn all() -> Vec<(&'static str, String)> {
    let of = |query: &str| json!({ "query": query }).to_string();
    let laughs = |depth: usize| {
        let parts: Vec<String> = (0..depth)
            .map(|n| format!("fragment f{n} on Query {{ ...f{} ...f{} }}", n + 1, n + 1))
            .collect();
        format!(
            "{{ ...f0 }} {} fragment f{depth} on Query {{ __typename }}",
            parts.join(" ")
        )
    };
    let ask = "getAIResponse(input: {messages: [{role: \"user\", content: \"x\"}]}) { content }";
    let costly: String = (0..100).map(|n| format!("a{n}: {ask} ")).collect();
    vec![
        (
            "ten thousand aliases",
            of(&format!(
                "{{ {} }}",
                (0..10_000)
                    .map(|n| format!("a{n}: __typename "))
                    .collect::<String>()
            )),
        ),
        (
            "a fragment in a circle",
            of("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
        ),
        (
            "a fragment of itself",
            of("{ ...a } fragment a on Query { ...a }"),
        ),
        (
            "a thousand directives",
            of(&format!(
                "{{ __typename {} }}",
                "@skip(if: false) ".repeat(1000)
            )),
        ),
        (
            "unknown directives",
            of(&format!("{{ __typename {} }}", "@x".repeat(1000))),
        ),
        (
            "deep lists",
            of(&format!(
                "{{ chatHistory(sessionId: {}{}) {{ id }} }}",
                "[".repeat(10_000),
                "]".repeat(10_000)
            )),
        ),
        (
            "deep objects",
            of(&format!(
                "mutation {{ sendMessage(input: {}1{}) {{ id }} }}",
                "{a: ".repeat(5_000),
                "}".repeat(5_000)
            )),
        ),
        (
            "deep fields",
            of(&("{ chatHistory".to_owned() + &"{ id".repeat(10_000) + &"}".repeat(10_001))),
        ),
        ("fragments that double", of(&laughs(30))),
        (
            "a field ten thousand times",
            of(&format!("{{ {} }}", "__typename ".repeat(10_000))),
        ),
        (
            "a list of queries",
            json!([{"query": "{ __typename }"}, {"query": "{ __typename }"}]).to_string(),
        ),
        (
            "the schema",
            of("{ __schema { types { name fields { name } } } }"),
        ),
        (
            "the schema under another name",
            of("query { a: __type(name: \"Query\") { ...f } } fragment f on __Type { name }"),
        ),
        (
            "a hundred costly answers",
            of(&format!("mutation {{ {costly} }}")),
        ),
        ("a guess at a name", of("{ chatHistori { id } }")),
        (
            "variables without end",
            of(&format!(
                "query({}) {{ __typename }}",
                (0..5000)
                    .map(|n| format!("$v{n}: Int "))
                    .collect::<String>()
            )),
        ),
        (
            "a text that never ends",
            of(&format!(
                "{{ chatHistory(sessionId: \"{}",
                "x".repeat(60_000)
            )),
        ),
        ("a subscription", of("subscription { chatHistory { id } }")),
    ]
}
