//! What every built-in manifest keeps to, and the facts that others build on.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use catalog::{Auth, Builtin, Catalog, FlowClient, FlowKind, Model, Provider, Quirk, SignIn};
use dialect::{Dialect, Operation};

fn catalog() -> Catalog {
    match Catalog::builtin() {
        Ok(catalog) => catalog,
        Err(errors) => {
            let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
            assert_eq!(lines, Vec::<String>::new());
            Catalog::default()
        }
    }
}

fn provider(id: &str) -> Provider {
    catalog()
        .provider(id)
        .expect("the provider")
        .as_ref()
        .clone()
}

#[test]
fn every_file_of_the_folder_is_in_the_catalog() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/providers");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".toml").unwrap().to_owned())
        .collect();
    files.sort();
    let ids: Vec<_> = catalog()
        .providers()
        .map(|provider| provider.id.clone())
        .collect();
    assert_eq!(ids, files);
    for id in [
        "anthropic",
        "deepinfra",
        "demo",
        "llama-cpp",
        "lm-studio",
        "ollama",
        "openai",
        "openrouter",
    ] {
        assert!(ids.contains(&id.to_owned()), "{id}");
    }
}

#[test]
fn no_number_without_its_source() {
    // The types hold a source and a day beside every number; here is that both make sense.
    for provider in catalog().providers() {
        for Model {
            id, limits, price, ..
        } in &provider.models
        {
            let limits = limits.iter().map(|limits| (&limits.source, limits.date));
            let price = price.iter().map(|price| (&price.source, price.date));
            for (source, date) in limits.chain(price) {
                assert_eq!(source.scheme(), "https", "{id}");
                assert!((2024..2100).contains(&date.year), "{id}: {date}");
            }
        }
    }
}

#[test]
fn terms_are_said_in_both_languages_or_not_at_all() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for provider in catalog().providers() {
        let hosted = !provider.local && provider.builtin.is_none();
        assert_eq!(provider.terms.is_some(), hosted, "{}", provider.id);
        let Some(terms) = &provider.terms else {
            continue;
        };
        assert!((60..600).contains(&terms.en.len()), "{}", provider.id);
        assert!(!terms.en.contains(is_chinese), "{}", provider.id);
        assert!(
            terms.zh_cn.chars().filter(|c| is_chinese(*c)).count() > 30,
            "{}",
            provider.id
        );
        assert!(terms.checked.year >= 2026, "{}", provider.id);
    }
}

#[test]
fn hosted_providers_are_called_over_https_with_a_key() {
    for provider in catalog()
        .providers()
        .filter(|p| !p.local && p.builtin.is_none())
    {
        assert!(!provider.allow_private, "{}", provider.id);
        assert!(provider.needs_key(), "{}", provider.id);
        let key = provider.key.as_ref().expect("where a key comes from");
        let has_page = key.page.is_some() || provider.closed.is_some();
        assert!(!key.env.is_empty() && has_page, "{}", provider.id);
        for endpoint in &provider.endpoints {
            assert_eq!(endpoint.base.scheme(), "https", "{}", provider.id);
        }
    }
}

#[test]
fn local_servers_are_on_loopback_and_need_no_key() {
    let probes: Vec<_> = catalog()
        .providers()
        .filter(|provider| provider.local && provider.agent.is_none())
        .map(|provider| {
            assert!(provider.allow_private && !provider.needs_key() && provider.list_models);
            for endpoint in &provider.endpoints {
                assert_eq!(
                    endpoint.base.host_str(),
                    Some("127.0.0.1"),
                    "{}",
                    provider.id
                );
            }
            provider.probe_url().expect("a probe").to_string()
        })
        .collect();
    assert_eq!(
        probes,
        [
            "http://127.0.0.1:8080/v1/models",
            "http://127.0.0.1:1234/v1/models",
            "http://127.0.0.1:11434/api/version",
        ]
    );
}

#[test]
fn the_callers_version_goes_to_anthropic_alone() {
    for provider in catalog().providers() {
        for endpoint in &provider.endpoints {
            let is_anthropic = endpoint.base.host_str() == Some("api.anthropic.com");
            assert_eq!(endpoint.versions.forward, is_anthropic, "{}", provider.id);
            let has_versions = !endpoint.versions.listed.is_empty();
            assert_eq!(has_versions, endpoint.dialect == Dialect::AnthropicMessages);
        }
    }
}

#[test]
fn addresses_are_those_that_the_sdks_call() {
    let cases = [
        (
            "openai",
            Dialect::OpenAiChat,
            "https://api.openai.com/v1/chat/completions",
        ),
        (
            "openai",
            Dialect::OpenAiResponses,
            "https://api.openai.com/v1/responses",
        ),
        (
            "anthropic",
            Dialect::AnthropicMessages,
            "https://api.anthropic.com/v1/messages",
        ),
        (
            "deepinfra",
            Dialect::OpenAiChat,
            "https://api.deepinfra.com/v1/openai/chat/completions",
        ),
        (
            "deepinfra",
            Dialect::AnthropicMessages,
            "https://api.deepinfra.com/anthropic/v1/messages",
        ),
        (
            "openrouter",
            Dialect::OpenAiChat,
            "https://openrouter.ai/api/v1/chat/completions",
        ),
        (
            "openrouter",
            Dialect::AnthropicMessages,
            "https://openrouter.ai/api/v1/messages",
        ),
        (
            "ollama",
            Dialect::OpenAiChat,
            "http://127.0.0.1:11434/v1/chat/completions",
        ),
        ("ollama", Dialect::Ollama, "http://127.0.0.1:11434/api/chat"),
    ];
    for (id, dialect, expected) in cases {
        let provider = provider(id);
        let endpoint = provider.endpoint(dialect).expect(id);
        assert_eq!(endpoint.url(Operation::Chat).unwrap().as_str(), expected);
    }
}

#[test]
fn keys_are_presented_as_each_provider_documents() {
    let anthropic = provider("anthropic");
    let key_header = Auth::Header {
        name: "x-api-key".parse().unwrap(),
        prefix: String::new(),
    };
    assert_eq!(anthropic.endpoints[0].auth, key_header);
    for id in [
        "openai",
        "deepinfra",
        "openrouter",
        "lm-studio",
        "llama-cpp",
    ] {
        for endpoint in &provider(id).endpoints {
            assert_eq!(endpoint.auth, Auth::bearer(), "{id}");
        }
    }
    assert!(
        provider("ollama")
            .endpoints
            .iter()
            .all(|endpoint| endpoint.auth == Auth::None)
    );
}

#[test]
fn the_list_of_models_is_asked_of_the_preferred_endpoint() {
    let list = |id: &str| provider(id).model_list().map(|(_, url)| url.to_string());
    assert_eq!(
        list("openai").as_deref(),
        Some("https://api.openai.com/v1/models")
    );
    assert_eq!(
        list("anthropic").as_deref(),
        Some("https://api.anthropic.com/v1/models")
    );
    assert_eq!(
        list("deepinfra").as_deref(),
        Some("https://api.deepinfra.com/v1/openai/models")
    );
    assert_eq!(list("demo"), None);
}

#[test]
fn demo_is_answered_by_the_gateway() {
    let demo = provider("demo");
    assert_eq!(demo.builtin, Some(Builtin::Demo));
    assert!(demo.endpoints.is_empty() && !demo.needs_key() && demo.probe_url().is_none());
    assert!(demo.model("demo").is_some());
}

#[test]
fn deepinfra_lists_its_models_by_their_full_ids() {
    let deepinfra = provider("deepinfra");
    assert_eq!(deepinfra.models.len(), 23);
    for id in [
        "zai-org/GLM-4.5",
        "openai/gpt-oss-120b",
        "Qwen/Qwen3-14B",
        "openchat/openchat_3.5",
    ] {
        assert!(deepinfra.model(id).is_some(), "{id}");
    }
    assert!(deepinfra.has(Quirk::MaxTokensLegacy) && !deepinfra.has(Quirk::NoStreamUsage));
}

#[test]
fn sign_in_is_offered_only_where_it_is_known_to_be_allowed() {
    let sign_in = |id: &str| provider(id).terms.map(|terms| terms.sign_in);
    assert_eq!(sign_in("openrouter"), Some(SignIn::Allowed));
    assert_eq!(sign_in("anthropic"), Some(SignIn::Forbidden));
    assert_eq!(sign_in("openai"), Some(SignIn::Unknown));
    assert_eq!(sign_in("deepinfra"), Some(SignIn::Unknown));
}

#[test]
fn s58_s59_a_flow_is_offered_where_it_is_allowed_over_https_alone() {
    let mut with_flow = Vec::new();
    for provider in catalog().providers() {
        let Some(flows) = &provider.sign_in else {
            continue;
        };
        let terms = provider.terms.as_ref().expect("terms");
        let allowed = match flows.client() {
            FlowClient::None | FlowClient::Setting => SignIn::Allowed,
            FlowClient::Secret => SignIn::OwnClient,
        };
        assert_eq!(terms.sign_in, allowed, "{}", provider.id);
        let browser = flows
            .browser
            .iter()
            .flat_map(|flow| [&flow.authorize, &flow.token]);
        let device = flows
            .device
            .iter()
            .flat_map(|flow| [&flow.start, &flow.poll]);
        for address in browser.chain(device) {
            assert_eq!(address.scheme(), "https", "{}", provider.id);
        }
        with_flow.push(provider.id.clone());
    }
    let expected = [
        "chutes",
        "huggingface",
        "iflow",
        "nano-gpt",
        "openrouter",
        "poe",
        "pollinations",
    ];
    assert_eq!(with_flow, expected);
}

#[test]
fn s59_a_flow_that_the_terms_do_not_allow_is_refused() {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/providers/openrouter.toml"
    ))
    .unwrap();
    for (from, to, key) in [
        ("sign_in = \"allowed\"", "sign_in = \"unknown\"", "sign_in"),
        (
            "https://openrouter.ai/api/v1/auth/keys",
            "http://openrouter.ai/keys",
            "sign_in.token",
        ),
        (
            "https://openrouter.ai/auth\"",
            "https://127.0.0.1/auth\"",
            "sign_in.authorize",
        ),
        ("secret = \"key\"", "secret = \"the key\"", "sign_in.secret"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let errors = Provider::parse("openrouter.toml", &text.replace(from, to)).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].key.to_string(), key);
    }
}

#[test]
fn flows_are_offered_as_each_provider_documents() {
    use FlowKind::{Browser, Device};
    for (id, client, kinds) in [
        ("chutes", FlowClient::Setting, vec![Browser]),
        ("huggingface", FlowClient::Setting, vec![Browser, Device]),
        ("iflow", FlowClient::Secret, vec![Browser]),
        ("nano-gpt", FlowClient::None, vec![Browser, Device]),
        ("openrouter", FlowClient::None, vec![Browser]),
        ("poe", FlowClient::Setting, vec![Browser]),
        ("pollinations", FlowClient::Setting, vec![Browser, Device]),
    ] {
        let flows = provider(id).sign_in.expect(id);
        assert_eq!((flows.client(), flows.kinds()), (client, kinds), "{id}");
        assert_eq!(
            flows.client_id, None,
            "{id}: nobody's client id is built in"
        );
    }
}

#[test]
fn iflow_is_closed_until_its_endpoint_is_set() {
    let iflow = provider("iflow");
    assert_eq!(
        iflow.closed.map(|day| day.to_string()).as_deref(),
        Some("2026-04-17")
    );
    assert!(iflow.list_models && !iflow.models.is_empty());
    assert_eq!(iflow.user_agent.as_deref(), Some("iFlow-Cli"));
    let limits = |id: &str| iflow.model(id).and_then(|model| model.limits.as_ref());
    assert_eq!(limits("kimi-k2.5").and_then(|it| it.context), Some(262_144));
    assert_eq!(limits("glm-5").and_then(|it| it.output), Some(32_000));
    let settings: catalog::UserProvider =
        toml::from_str("endpoints = { openai-chat = \"https://mine.example/v1\" }").unwrap();
    let (moved, problems) = catalog().with_user([(&"iflow".to_owned(), &settings)]);
    assert!(problems.is_empty());
    let moved = moved.provider("iflow").unwrap();
    assert_eq!(moved.closed, None);
    assert_eq!((&moved.quirks, &moved.rules), (&iflow.quirks, &iflow.rules));
}

#[test]
fn s28_agents_are_programs_that_may_do_nothing_unasked() {
    let agents: Vec<_> = catalog()
        .providers()
        .filter_map(|provider| {
            let agent = provider.agent.as_ref()?;
            assert!(provider.local && !provider.needs_key(), "{}", provider.id);
            assert!(agent.folder.is_none() && agent.environment.is_empty());
            assert_eq!(agent.tools.to_string(), "", "{}", provider.id);
            Some((agent.line(), provider.models[0].id.clone()))
        })
        .collect();
    let expected = [
        ("iflow --experimental-acp --port {port}", "iflow"),
        ("opencode acp", "opencode"),
        ("qwen --acp", "qwen-code"),
    ];
    assert_eq!(
        agents,
        expected.map(|(line, model)| (line.to_owned(), model.to_owned()))
    );
}
