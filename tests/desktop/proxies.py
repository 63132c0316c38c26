"""The desktop's own proxy settings, changed while the application runs."""

import json
import subprocess
import urllib.error
import urllib.request

from answering import answering

VARIABLES = {name: None for each in ("all", "http", "https", "no") for name in (f"{each}_proxy", f"{each.upper()}_PROXY")}


def choose(session, schema, key, value):
    """What a person chooses in GNOME's settings; on a bus of its own, whose programs have this home."""
    command = ["dbus-run-session", "--", "gsettings", "set", schema, key, value]
    subprocess.run(command, env=session.environment(), check=True, timeout=20, capture_output=True)


def status_of(session, key):
    body = json.dumps({"model": "far", "messages": [{"role": "user", "content": "Hello"}]}).encode()
    fields = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{session.port}/v1/chat/completions", body, fields)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def follows_the_desktops_proxy(session):
    # It answers in the place of a model that is nowhere.
    proxy = answering("Hello")
    session.configure(
        '\n[provider.far]\nendpoints = { openai-chat = "http://models.invalid/v1" }\nmodels = ["far"]\n'
        'allow_private = true\nauth = "none"\n\n[[account]]\nprovider = "far"\n'
    )
    process = session.start("--hidden", **VARIABLES)
    session.item()
    session.wait_label("● Running on")
    key = json.loads(session.ask("keys", "show", "--json").stdout)["value"]
    told = lambda: json.loads(session.ask("status", "--json").stdout)["proxy"]

    assert status_of(session, key) == 502, "nobody leads there"
    assert told()["source"] == "direct", told()

    choose(session, "org.gnome.system.proxy.http", "host", "127.0.0.1")
    choose(session, "org.gnome.system.proxy.http", "port", str(proxy.server_port))
    choose(session, "org.gnome.system.proxy", "mode", "manual")
    session.until("the proxy is gone through", lambda: status_of(session, key) == 200)
    assert proxy.asked[-1] == "http://models.invalid/v1/chat/completions", proxy.asked
    assert told() == {"mode": "system", "source": "system", "address": f"http://127.0.0.1:{proxy.server_port}", "script": False}

    choose(session, "org.gnome.system.proxy", "mode", "auto")
    session.until("a script is told", lambda: told()["script"])
    choose(session, "org.gnome.system.proxy", "mode", "none")
    session.until("it is direct again", lambda: told()["source"] == "direct")
    seen = len(proxy.asked)
    assert status_of(session, key) == 502 and len(proxy.asked) == seen
    assert session.stop(process)[0] == 0
    proxy.shutdown()


CASES = [follows_the_desktops_proxy]
