//! `[provider.x]` blocks: providers of one's own and changes to built-in ones.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{
    AgentForm, Auth, Catalog, FlowClient, FlowKind, Provider, Proxy, Quirk, ToolKind, UserProvider,
};
use dialect::{Dialect, Operation};

fn read(text: &str) -> (Catalog, Vec<String>) {
    let blocks: BTreeMap<String, UserProvider> = toml::from_str(text).unwrap();
    let (catalog, problems) = Catalog::builtin().unwrap().with_user(&blocks);
    (catalog, problems.iter().map(ToString::to_string).collect())
}

fn good(text: &str, id: &str) -> Arc<Provider> {
    let (catalog, problems) = read(text);
    assert_eq!(problems, Vec::<String>::new());
    Arc::clone(catalog.provider(id).expect(id))
}

/// The keys of the problems, `x` being what is defined.
fn keys(text: &str) -> Vec<String> {
    let (_, problems) = read(text);
    problems
        .iter()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(":"))
        .collect()
}

#[test]
fn the_example_of_the_contract() {
    let mock = good(
        r#"
        [mock]
        endpoints = { openai-chat = "http://127.0.0.1:9001/v1", anthropic-messages = "http://127.0.0.1:9001" }
        models = ["mock-model"]
        allow_private = true
        "#,
        "mock",
    );
    assert_eq!(mock.name, "mock");
    assert!(mock.model("mock-model").is_some() && mock.model_list().is_none());
    let chat = mock.endpoint(Dialect::OpenAiChat).unwrap();
    assert_eq!(chat.auth, Auth::bearer());
    assert!(chat.serves(Operation::Embed));
    assert_eq!(
        chat.url(Operation::Chat).unwrap().as_str(),
        "http://127.0.0.1:9001/v1/chat/completions"
    );
    let messages = mock.endpoint(Dialect::AnthropicMessages).unwrap();
    let key_header = Auth::Header {
        name: "x-api-key".parse().unwrap(),
        prefix: String::new(),
    };
    assert_eq!(messages.auth, key_header);
    assert_eq!(
        messages.versions.to_send(Some("2026-10-21")),
        Some("2023-06-01")
    );
    assert!(
        !mock.needs_key(),
        "a server on this machine may have no key"
    );
}

#[test]
fn without_models_the_endpoint_is_asked() {
    let own = good(
        "[own]\nendpoints = { openai-chat = \"https://api.example.com/v1/\" }",
        "own",
    );
    let (_, url) = own.model_list().unwrap();
    assert_eq!(url.as_str(), "https://api.example.com/v1/models");
    assert!(own.needs_key());
}

#[test]
fn every_field_can_be_set() {
    let own = good(
        r#"
        [own]
        name = "My Own"
        endpoints = { openai-chat = "https://api.example.com/v1" }
        auth = { header = "Api-Key", prefix = "Key " }
        quirks = ["no-stream-usage"]
        proxy = "direct"
        "#,
        "own",
    );
    assert_eq!(own.name, "My Own");
    let auth = Auth::Header {
        name: "api-key".parse().unwrap(),
        prefix: "Key ".to_owned(),
    };
    assert_eq!(own.endpoints[0].auth, auth);
    assert!(own.has(Quirk::NoStreamUsage));
    assert_eq!(own.proxy, Some(Proxy::Direct));
}

#[test]
fn an_override_keeps_what_it_does_not_name() {
    let before = Catalog::builtin().unwrap();
    let before = before.provider("deepinfra").unwrap();
    let after = good(
        "[deepinfra]\nname = \"Mine\"\nproxy = \"system\"",
        "deepinfra",
    );
    assert_eq!(after.name, "Mine");
    assert_eq!(
        (&after.endpoints, &after.models),
        (&before.endpoints, &before.models)
    );
    assert_eq!(
        (&after.terms, &after.quirks),
        (&before.terms, &before.quirks)
    );
}

#[test]
fn new_endpoints_take_the_place_of_all_built_in_ones() {
    let openai = good(
        "[openai]\nendpoints = { openai-chat = \"https://relay.example.com/v1\" }",
        "openai",
    );
    let hosts: Vec<_> = openai
        .endpoints
        .iter()
        .map(|endpoint| endpoint.base.host_str())
        .collect();
    assert_eq!(hosts, [Some("relay.example.com")]);
    assert!(
        !openai.endpoints[0].serves(Operation::Count),
        "operations stay as known"
    );
    assert!(openai.endpoints[0].serves(Operation::Moderate));
}

#[test]
fn a_relay_of_anthropic_gets_listed_versions_only() {
    let asked = Some("2031-01-01");
    let versions = |url: &str| {
        let block = format!("[anthropic]\nendpoints = {{ anthropic-messages = \"{url}\" }}");
        good(&block, "anthropic").endpoints[0]
            .versions
            .to_send(asked)
            .map(str::to_owned)
    };
    assert_eq!(
        versions("https://relay.example.com"),
        Some("2023-06-01".to_owned())
    );
    assert_eq!(
        versions("https://api.anthropic.com/"),
        Some("2031-01-01".to_owned())
    );
}

#[test]
fn a_local_server_can_be_elsewhere_and_have_a_key() {
    let text = "[ollama]\nendpoints = { ollama = \"http://192.168.1.9:11434\" }\nauth = \"bearer\"";
    let ollama = good(text, "ollama");
    assert_eq!(
        ollama.probe_url().unwrap().as_str(),
        "http://192.168.1.9:11434/api/version"
    );
    assert_eq!(ollama.endpoints[0].auth, Auth::bearer());
    assert!(!ollama.needs_key());
}

#[test]
fn listed_models_keep_what_is_known_of_them() {
    let text = "[deepinfra]\nmodels = [\"new/model\", \"Qwen/Qwen3-14B\"]";
    let deepinfra = good(text, "deepinfra");
    let ids: Vec<_> = deepinfra
        .models
        .iter()
        .map(|model| model.id.as_str())
        .collect();
    assert_eq!(ids, ["new/model", "Qwen/Qwen3-14B"]);
    assert!(!deepinfra.list_models);
}

#[test]
fn each_mistake_names_its_key() {
    let cases = [
        ("[own]\nname = \"x\"", "provider.own:endpoints"),
        (
            "[own]\nendpoints = { open = \"https://a.example\" }",
            "provider.own:endpoints.open",
        ),
        (
            "[own]\nendpoints = { openai-chat = \"http://a.example\" }",
            "provider.own:endpoints.openai-chat",
        ),
        (
            "[own]\nendpoints = { ollama = \"https://10.0.0.1\" }",
            "provider.own:endpoints.ollama",
        ),
        ("[openai]\nquirks = [\"odd\"]", "provider.openai:quirks[0]"),
        (
            "[openai]\nmodels = [\"a\", \"a\"]",
            "provider.openai:models[1]",
        ),
        (
            "[openai]\nproxy = \"http://u:p@proxy\"",
            "provider.openai:proxy",
        ),
        (
            "[openai]\nauth = { header = \"host\" }",
            "provider.openai:auth.header",
        ),
        ("[openai]\nname = \"\"", "provider.openai:name"),
        (
            "[ollama]\nallow_private = false",
            "provider.ollama:allow_private",
        ),
    ];
    for (text, expected) in cases {
        let keys = keys(text);
        assert!(
            !keys.is_empty() && keys.iter().all(|key| key == expected),
            "{expected}: {keys:?}"
        );
    }
}

#[test]
fn the_demo_and_odd_ids_are_refused() {
    let (_, problems) = read("[demo]\nname = \"Mine\"");
    assert!(
        problems.len() == 1 && problems[0].contains("answered by the gateway"),
        "{problems:?}"
    );
    let (_, problems) = read("[\"A/b\"]\nendpoints = { openai-chat = \"https://a.example\" }");
    assert!(
        problems.len() == 1 && problems[0].contains("an id is made of"),
        "{problems:?}"
    );
}

#[test]
fn a_bad_block_leaves_the_rest_as_it_was() {
    let text = "[openai]\nname = \"Mine\"\nquirks = [\"odd\"]\n\
                [own]\nendpoints = { openai-chat = \"https://a.example/v1\" }";
    let (catalog, problems) = read(text);
    assert_eq!(problems.len(), 1);
    assert_eq!(catalog.provider("openai").unwrap().name, "OpenAI");
    assert!(catalog.provider("own").is_some());
}

#[test]
fn unknown_keys_of_a_block_are_refused() {
    let error = toml::from_str::<UserProvider>("endpoint = {}").unwrap_err();
    assert!(
        error.message().contains("unknown field `endpoint`"),
        "{error}"
    );
}

#[test]
fn a_block_is_written_without_what_is_not_set() {
    let settings = UserProvider {
        name: Some("Mine".to_owned()),
        ..UserProvider::default()
    };
    assert_eq!(toml::to_string(&settings).unwrap(), "name = \"Mine\"\n");
}

#[test]
fn a_sign_in_is_set_by_client_issuer_and_scopes() {
    let own = good(
        r#"
        [own]
        endpoints = { openai-chat = "https://api.example.com/v1" }
        issuer = "https://login.example.com/realms/main"
        client_id = "portolan"
        scopes = ["openid", "models"]
        "#,
        "own",
    );
    let flows = own.sign_in.as_ref().unwrap();
    assert_eq!(flows.client_id.as_deref(), Some("portolan"));
    assert_eq!(flows.kinds(), [FlowKind::Browser]);
    assert_eq!(flows.client(), FlowClient::Setting);
    let discovery = flows.discovery.as_ref().unwrap();
    assert_eq!(
        discovery.issuer.as_str(),
        "https://login.example.com/realms/main"
    );
    assert_eq!(discovery.scopes, ["openid", "models"]);
    let router = good("[openrouter]\nscopes = [\"one\"]", "openrouter");
    let flow = router.sign_in.as_ref().unwrap().browser.as_ref().unwrap();
    assert_eq!(flow.scopes, ["one"]);
}

#[test]
fn s58_endpoints_of_ones_own_leave_the_built_in_sign_in_behind() {
    let moved = "[openrouter]\nendpoints = { openai-chat = \"https://a.example.com/v1\" }";
    assert_eq!(good(moved, "openrouter").sign_in, None);
    let with_issuer = format!("{moved}\nissuer = \"https://login.example.com\"");
    let flows = good(&with_issuer, "openrouter").sign_in.clone().unwrap();
    assert!(flows.browser.is_none() && flows.discovery.is_some());
    let stolen = "[openrouter]\nissuer = \"https://login.example.com\"";
    assert_eq!(keys(stolen), ["provider.openrouter:issuer"]);
}

#[test]
fn settings_of_a_sign_in_are_checked() {
    let with = |line: &str| {
        format!("[x]\nendpoints = {{ openai-chat = \"https://a.example.com/v1\" }}\n{line}")
    };
    for (line, key) in [
        ("issuer = \"http://login.example.com\"", "issuer"),
        (
            "issuer = \"http://login.example.com\"\nallow_private = true",
            "issuer",
        ),
        ("issuer = \"https://10.0.0.1\"", "issuer"),
        ("issuer = \"https://login.example.com/?a=b\"", "issuer"),
        ("client_id = \"one\"", "client_id"),
        ("scopes = [\"one\"]", "scopes"),
        (
            "issuer = \"https://login.example.com\"\nclient_id = \"a b\"",
            "client_id",
        ),
        (
            "issuer = \"https://login.example.com\"\nscopes = [\"a\", \"a b\"]",
            "scopes[1]",
        ),
    ] {
        assert_eq!(keys(&with(line)), [format!("provider.x:{key}")], "{line}");
    }
    let local = with("issuer = \"http://127.0.0.1:9000\"\nallow_private = true");
    assert!(good(&local, "x").sign_in.is_some());
}

#[test]
fn an_agent_of_ones_own_is_a_provider() {
    let crew = good(
        r#"
        [crew.agent]
        command = "/opt/crew/bin/crew"
        arguments = ["--acp"]
        environment = ["CREW_KEY"]
        variables = { CREW_MODE = "quiet" }
        folder = "/srv/work"
        tools = ["read", "search"]
        idle_minutes = 0
        patience_seconds = 30
        "#,
        "crew",
    );
    assert!(!crew.needs_key() && crew.local && crew.model_list().is_none());
    // Its one model has its name.
    assert!(crew.model("crew").is_some());
    let agent = crew.agent.as_ref().unwrap();
    assert_eq!(agent.line(), "/opt/crew/bin/crew --acp");
    assert_eq!((agent.idle, agent.patience.as_secs()), (None, 30));
    assert!(agent.tools.allow(ToolKind::Read) && !agent.tools.allow(ToolKind::Execute));
    assert_eq!(agent.form, AgentForm::Lines);
    assert_eq!(crew.endpoints.len(), 1);
}

#[test]
fn s28_an_agent_may_use_no_tool_unless_that_is_said() {
    let crew = good("[crew]\nagent = { command = \"crew\" }\n", "crew");
    let agent = crew.agent.as_ref().unwrap();
    assert!(ToolKind::ALL.iter().all(|kind| !agent.tools.allow(*kind)));
}

#[test]
fn an_agent_that_is_known_keeps_what_is_not_named() {
    let known = good("[iflow-cli.agent]\ncommand = \"/opt/iflow\"\n", "iflow-cli");
    let agent = known.agent.as_ref().unwrap();
    assert_eq!(agent.line(), "/opt/iflow --experimental-acp --port {port}");
    assert_eq!(agent.form, AgentForm::Socket("/acp?peer=iflow".to_owned()));
    assert!(known.model("iflow").is_some());
    // Beside `agent`, too.
    let renamed = good(
        "[opencode]\nname = \"Mine\"\nmodels = [\"mine\"]\n",
        "opencode",
    );
    assert!(renamed.agent.is_some() && renamed.model("mine").is_some());
}

#[test]
fn s36_each_mistake_of_an_agent_names_its_key() {
    for (written, key) in [
        ("{}", "provider.x:agent.command"),
        ("{ command = \" \" }", "provider.x:agent.command"),
        ("{ command = \"a\\u0000\" }", "provider.x:agent.command"),
        (
            "{ command = \"a\", arguments = [\"b\", \"\\n\"] }",
            "provider.x:agent.arguments[1]",
        ),
        (
            "{ command = \"a\", socket = \"acp\" }",
            "provider.x:agent.socket",
        ),
        (
            "{ command = \"a\", folder = \"here\" }",
            "provider.x:agent.folder",
        ),
        (
            "{ command = \"a\", tools = [\"read\", \"all\"] }",
            "provider.x:agent.tools[1]",
        ),
        (
            "{ command = \"a\", patience_seconds = 0 }",
            "provider.x:agent.patience_seconds",
        ),
        (
            "{ command = \"a\", environment = [\"1A\"] }",
            "provider.x:agent.environment[0]",
        ),
        (
            "{ command = \"a\", environment = [\"PORTOLAN_MASTER_KEY\"] }",
            "provider.x:agent.environment[0]",
        ),
        (
            "{ command = \"a\", variables = { \"A B\" = \"c\" } }",
            "provider.x:agent.variables.\"A B\"",
        ),
    ] {
        assert_eq!(
            keys(&format!("[x]\nagent = {written}\n")),
            [key],
            "{written}"
        );
    }
    let both = "[x]\nagent = { command = \"a\" }\nendpoints = { openai-chat = \"https://a.example/v1\" }\n";
    assert_eq!(keys(both), ["provider.x:agent"]);
    assert_eq!(
        keys("[openai.agent]\ncommand = \"a\"\n"),
        ["provider.openai:agent"]
    );
}

#[test]
fn who_looks_at_pictures_can_be_set_and_left_out() {
    let iflow = good("[iflow]\npictures_by = \"qwen-vl-max\"", "iflow");
    assert_eq!(iflow.seer("glm-5"), Some("qwen-vl-max"));
    // One that sees is asked itself, and nothing is known of a model that is on no list.
    assert_eq!(
        (iflow.seer("qwen3-vl-plus"), iflow.seer("other")),
        (None, None)
    );
    let iflow = good("[iflow]\npictures_by = \"\"", "iflow");
    assert_eq!(iflow.seer("glm-5"), None);
    // Of models that the user lists, those of which nothing is known see none.
    let own = "endpoints = { openai-chat = \"https://a.example/v1\" }\npictures_by = \"eyes\"";
    let text = format!("[own]\nmodels = [\"blind\", \"eyes\"]\n{own}");
    let listed = good(&text, "own");
    assert_eq!(
        (listed.seer("blind"), listed.seer("eyes")),
        (Some("eyes"), None)
    );
    assert_eq!(good(&format!("[own]\n{own}"), "own").seer("blind"), None);
    assert_eq!(
        keys("[iflow]\npictures_by = \" \\n\""),
        ["provider.iflow:pictures_by"]
    );
}
