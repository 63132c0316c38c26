//! In Chinese no sentence of ours is English: every command and every way in which one fails.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "each test file uses a part of the bed")]

mod bed;

use bed::{Bed, MASTER_KEY, Said};

fn bed() -> Bed {
    Bed::new().with("LC_ALL", "zh_CN.UTF-8")
}

/// Three or more English words in a row, outside quotes, commands and the log of diagnostics.
fn english(line: &str) -> Option<String> {
    // A line of the log begins with its moment.
    if line.starts_with(|c: char| c.is_ascii_digit()) && line.contains('T') {
        return None;
    }
    let mut outside = String::new();
    let mut depth = 0_usize;
    for c in line.chars() {
        match c {
            '“' => depth += 1,
            '”' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
        if depth > 0 && c == '“' {
            outside.push('.');
        }
    }
    let is_word = |word: &str| {
        let word = word.trim_end_matches([',', '.', ':', ';']);
        word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
            && word.chars().any(|c| c.is_ascii_lowercase())
    };
    let mut run: Vec<&str> = Vec::new();
    for word in outside.split_whitespace().chain(["."]) {
        if is_word(word) && word != "portolan" && !run.contains(&"portolan") {
            run.push(word);
            continue;
        }
        if run.len() >= 3 {
            return Some(run.join(" "));
        }
        run.clear();
        if word == "portolan" {
            run.push(word);
        }
    }
    None
}

/// Checks everything that was said, and that the way it was to take was taken.
fn check(what: &str, said: &Said, expected: &str) {
    let all = format!("{}{}", said.out, said.err);
    assert!(
        all.contains(expected),
        "{what}: {expected} is missing: {said:?}"
    );
    for line in all.lines() {
        // A synopsis is made of the names of commands.
        if !line.starts_with("用法：") && !line.contains("可用的命令：") {
            assert_eq!(english(line), None, "{what}: {line}");
        }
    }
}

#[test]
fn english_is_found_where_it_is() {
    let found = |line| english(line).is_some();
    assert!(found("错误：the port is taken"));
    assert!(found("no key: the keyring is locked"));
    assert!(!found("系统提示“no such file or directory”"));
    assert!(!found("用 portolan accounts add openai 添加"));
    assert!(!found(
        "2026-11-21T09:00:00Z  INFO the settings were read anew"
    ));
}

#[test]
fn commands_and_their_failures() {
    let bed = bed().with("PORTOLAN_MASTER_KEY", MASTER_KEY);
    for (arguments, expected) in [
        (&["status"][..], "没有运行"),
        (&["accounts", "list"], "还没有账号"),
        (&["keys", "list"], "还没有密钥"),
        (&["routes", "list"], "没有路由"),
        (&["models"], "模型"),
        (&["version"], "portolan"),
        (&["keys", "show"], "没有保存"),
        (&["accounts", "add", "nobody"], "找不到服务商"),
        (&["accounts", "add", "demo"], "由 Portolan 自己应答"),
        (&["accounts", "add", "openai"], "缺少密钥"),
        (
            &["accounts", "add", "ollama", "--name", "A b"],
            "账号不能叫",
        ),
        (&["accounts", "remove", "gone"], "找不到账号"),
        (&["accounts", "test", "gone"], "找不到账号"),
        (&["keys", "create", "--name", "a b"], "密钥不能叫"),
        (
            &["keys", "create", "--name", "a", "--value", " x "],
            "内容不合要求",
        ),
        (&["keys", "create", "--name", "a"], "已创建密钥"),
        (&["keys", "create", "--name", "a"], "已经存在"),
        (&["keys", "revoke", "b"], "找不到密钥"),
        (&["keys", "revoke", "a"], "已吊销密钥"),
        (&["routes", "explain", "claude-x"], "default_model"),
        (&["routes", "explain", "dmeo"], "相近的名字"),
        (
            &["routes", "explain", "demo", "--dialect", "x"],
            "找不到接口",
        ),
        (&["routes", "explain", "demo"], "由 Portolan 自己应答"),
        (
            &["accounts", "add", "openai", "--key-env", "UNSET"],
            "已添加账号",
        ),
        (
            &["accounts", "add", "anthropic", "--key-file", "/nowhere/k"],
            "已添加账号",
        ),
        (&["accounts", "list"], "没有设置环境变量 UNSET"),
        (&["accounts", "list"], "读不了文件"),
        (&["accounts", "test", "openai"], "用不了"),
        (
            &["accounts", "set-key", "openai"],
            "它来自环境变量 UNSET\n提示：把 UNSET 改为新密钥后重新启动",
        ),
        (&["accounts", "set-key", "anthropic"], "它来自 /nowhere/k"),
        (&["accounts", "set-key", "gone"], "找不到账号"),
        (&["accounts", "set-key", "--help"], "从标准输入读取"),
        (&["models"], "没有设置环境变量"),
        (&["routes", "explain", "gpt-9"], "没有账号提供模型"),
        (&["accounts", "remove", "openai"], "已移除账号"),
        (&["serve", "--host", "0.0.0.0"], "管理密码"),
        (&["frob"], "没有“frob”这个命令"),
        (&["serve", "--port", "x"], "端口是 0 到 65535"),
        (&["--help"], "用法："),
        (&["accounts", "add", "--help"], "标准输入"),
    ] {
        check(&arguments.join(" "), &bed.run(arguments), expected);
    }
    let said = bed.run_with_input(&["accounts", "add", "openai"], Some("sk\u{7}\n"));
    check("a key with a bell", &said, "控制字符");
}

#[test]
fn settings_that_cannot_be() {
    let route = "[[route]]\nmatch = \"a\"\n";
    let own = "[provider.own]\n";
    for (text, expected) in [
        ("version = \n".to_owned(), "不是有效的 TOML"),
        ("version = 2\n".to_owned(), "更新版本"),
        ("[listen]\nport = 70000\n".to_owned(), "之间的数字"),
        (
            "[listen]\nport = \"x\"\n".to_owned(),
            "实际是：带引号的文本",
        ),
        ("[listen]\nhost = \"nas\"\n".to_owned(), "不是 localhost"),
        ("[[account]]\nname = \"x\"\n".to_owned(), "缺少 provider"),
        ("[proxy]\nmode = \"tor\"\n".to_owned(), "可选值"),
        ("[proxy]\nmode = \"manual\"\n".to_owned(), "要写 url"),
        (format!("{route}targets = []\n"), "至少要有一个目标"),
        (format!("{route}targets = [\"x\"]\n"), "服务商/模型"),
        (format!("{own}name = \"x\"\n"), "接口地址"),
        (
            format!("{own}endpoints = {{ openai-chat = \"http://10.0.0.1\" }}\n"),
            "内网地址",
        ),
        (
            format!("{own}endpoints = {{ openai-chat = \"x\" }}\n"),
            "不是 http",
        ),
        (
            format!("{own}endpoints = {{ odd = \"https://a.example\" }}\n"),
            "可选值",
        ),
        (
            "[listn]\n[[account]]\nprovider = \"opnai\"\n[[key]]\nname = \"k\"\n".to_owned(),
            "你是不是想写 openai",
        ),
    ] {
        let bed = bed().with_settings(&text);
        check(&text, &bed.run(&["status"]), expected);
    }
}

#[test]
fn environments_vaults_and_files_that_cannot_be() {
    for (name, value, expected) in [
        ("PORTOLAN_PORT", "x", "不是端口"),
        ("PORTOLAN_HOST", "nas", "不是 localhost"),
        ("PORTOLAN_CLIENT_KEY_FILE", "/nowhere/k", "读不了文件"),
        ("PORTOLAN_MASTER_KEY", "short", "至少要 32 个"),
        ("PORTOLAN_LOG", "a=b=c", "没有运行"),
    ] {
        check(name, &bed().with(name, value).run(&["status"]), expected);
    }
    check("no keyring", &bed().run(&["status"]), "没有系统密钥环");
    let bed = bed().with("PORTOLAN_MASTER_KEY", MASTER_KEY);
    let said = bed.run_with_input(&["accounts", "add", "openai"], Some("sk-x\n"));
    check("sealed", &said, "已添加账号");
    let other = bed.with("PORTOLAN_MASTER_KEY", &MASTER_KEY.replace('0', "x"));
    check("another key", &other.run(&["status"]), "打不开这个保险库");
    check(
        "another key",
        &other.run(&["accounts", "list"]),
        "打不开这个保险库",
    );
    std::fs::write(other.path().join("keys.json"), "{").unwrap();
    check("keys", &other.run(&["keys", "list"]), "解析器提示");
}

#[test]
fn a_server_and_what_keeps_one_from_starting() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let one = bed().with("PORTOLAN_HOST", "127.0.0.1");
    check("taken", &one.run(&["serve", "--port", &port]), "占用");
    drop(holder);
    let one = one
        .with("PORTOLAN_CLIENT_KEY", "mine")
        .with_settings("prot = 1\ndefault_model = \"demo\"\n");
    let server = one.serve(&["--port", "0"]);
    check("status", &one.run(&["status"]), "正在运行");
    check("again", &one.run(&["serve"]), "已在");
    #[cfg(unix)]
    {
        server.signal("TERM");
        let (said, _) = server.wait();
        check("what a server says", &said, "同样有效");
        assert!(
            said.err
                .contains("注意：config.toml:1：prot：没有这个配置项"),
            "{said:?}"
        );
        check(
            "default",
            &said,
            "注意：config.toml:2：default_model：demo 只响应",
        );
    }
}
