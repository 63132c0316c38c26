"""The real window through WebKitWebDriver: what its page may do and what it may not."""

import json
import subprocess
import threading
import time
import urllib.request


class Window:
    """A window driven from outside, by the W3C's WebDriver protocol."""

    def __init__(self, session, program=None, **more):
        self.session, self.id = session, None
        self.program = str(program or session.program)
        self.port = session.free_port()
        env = session.environment(TAURI_AUTOMATION="true", TAURI_WEBVIEW_AUTOMATION="true", **more)
        self.driver = subprocess.Popen(
            ["timeout", "-k", "5", "180", "WebKitWebDriver", f"--port={self.port}"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        options = {"binary": self.program, "args": []}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        for _ in range(50):
            try:
                self.id = self.ask("POST", "", wanted)["sessionId"]
                return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError("WebKitWebDriver gave no session")

    def __exit__(self, *_):
        try:
            if self.id:
                self.ask("DELETE", "")
        except OSError:
            pass
        self.driver.terminate()
        self.driver.wait()

    def ask(self, method, path, body=None):
        url = f"http://127.0.0.1:{self.port}/session" + (f"/{self.id}" if self.id else "") + path
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
        box = {}

        def wait():
            try:
                with urllib.request.urlopen(request, timeout=25) as answer:
                    box["value"] = json.load(answer)["value"]
            except (OSError, ValueError) as error:
                box["error"] = error

        # beside us, for the program asks our tray's watcher before its window is there
        threading.Thread(target=wait, daemon=True).start()
        self.session.until(f"WebDriver answers {path or method}", lambda: box)
        if "error" in box:
            raise box["error"]
        return box["value"]

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, *arguments):
        """Runs what ends by calling its last argument."""
        return self.ask("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def rpc(self, method, params=None):
        """What the page gets: `[true, answer]` or `[false, error]`."""
        script = """
            const [method, params, done] = arguments;
            window.__TAURI_INTERNALS__.invoke("rpc", { method, params })
                .then((answer) => done([true, answer]), (error) => done([false, error]));
        """
        return self.wait(script, method, params)

    def url(self):
        return self.ask("GET", "/url")

    def text(self):
        return self.run("return document.body.innerText")

    def sees(self, what, *words):
        """Waits until all of the words stand in the window."""
        self.session.until(what, lambda: all(word in self.text() for word in words))

    def press(self, words):
        """Clicks the button or link with these words, once it is there."""
        find = """
            const named = (each) => each.getAttribute("aria-label") ?? each.innerText;
            const all = [...document.querySelectorAll("button, a")].filter((each) => !each.disabled);
            const found = all.find((each) => named(each).trim() === arguments[0]) ?? all.find((each) => named(each).includes(arguments[0]));
            found?.click();
            return found !== undefined;
        """
        self.session.until(f"there is {words} to press", lambda: self.run(find, words))

    def fill(self, selector, value):
        """Types into a field or chooses in a list, as far as the page can tell."""
        fill = """
            const [selector, value] = arguments;
            const field = document.querySelector(selector);
            if (field === null) return false;
            const kind = field instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
            Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, value);
            field.dispatchEvent(new Event(kind === HTMLSelectElement ? "change" : "input", { bubbles: true }));
            return true;
        """
        self.session.until(f"there is {selector}", lambda: self.run(fill, selector, value))


def the_window_asks_the_daemon(session):
    with Window(session) as window:
        session.until("the gateway answers", session.health)
        good, status = window.rpc("status.get")
        assert good and status["serving"] is True, status
        good, error = window.rpc("no.such-method")
        assert not good and error["code"] == "unknown-method", error
        good, error = window.rpc("status.get", {"text": "x" * (1 << 20)})
        assert not good and error["code"] == "invalid-params", error
        good, _ = window.rpc("serving.stop")
        assert good
        session.until("the port is closed", lambda: not session.health())
        assert window.rpc("status.get")[1]["serving"] is False, "control answers while stopped"
        good, _ = window.rpc("serving.start")
        session.until("it answers again", session.health)
        good, _ = window.rpc("settings.change", {"language": "zh-CN"})
        assert good
        session.wait_label("● 运行中：")
        told = lambda on: [True, {"autostart": on, "updates": False}]
        assert window.rpc("desktop.get") == told(False)
        assert window.rpc("desktop.change", {"autostart": True}) == told(True)
        assert window.rpc("desktop.change", {"autostart": False}) == told(False)
        assert window.rpc("updates.get") == [True, None], "this build has none"
        good, error = window.rpc("desktop.change", {"shell": "sh"})
        assert not good and error["code"] == "invalid-params", error


def the_window_hears_of_changes(session):
    with Window(session) as window:
        session.until("the gateway answers", session.health)
        window.wait("""
            const done = arguments[0];
            window.heard = [];
            const internals = window.__TAURI_INTERNALS__;
            const handler = internals.transformCallback((event) => window.heard.push(event.payload.topic));
            internals.invoke("plugin:event|listen", { event: "changed", target: { kind: "Any" }, handler })
                .then(() => done(true), (error) => done(String(error)));
        """)
        made = session.ask("keys", "create", "--name", "laptop")
        assert made.returncode == 0, made
        session.until("the window hears", lambda: "keys" in window.run("return window.heard"))


def s60_the_page_may_call_nothing_else(session):
    with Window(session) as window:
        for command in ["plugin:opener|open_url", "plugin:autostart|enable", "plugin:notification|notify",
                        "plugin:window|close", "plugin:event|emit", "plugin:updater|check", "plugin:webview|create_webview_window"]:
            script = """
                const [command, done] = arguments;
                window.__TAURI_INTERNALS__.invoke(command, {}).then(() => done("done"), (error) => done(String(error)));
            """
            answer = window.wait(script, command)
            assert "not allowed" in answer, (command, answer)
        assert window.run("return typeof window.__TAURI__") == "undefined"
        assert window.run("return Object.isFrozen(Object.prototype)")


def s61_inline_scripts_and_foreign_images_are_blocked(session):
    with Window(session) as window:
        window.run("""
            const script = document.createElement("script");
            script.textContent = "window.inline = true";
            document.head.append(script);
        """)
        assert not window.run("return window.inline === true")
        loaded = window.wait("""
            const [url, done] = arguments;
            const image = new Image();
            image.onload = () => done("loaded");
            image.onerror = () => done("blocked");
            image.src = url;
        """, f"http://127.0.0.1:{session.port}/health")
        assert loaded == "blocked"
        fetched = window.wait("""
            const [url, done] = arguments;
            fetch(url, { mode: "no-cors" }).then(() => done("fetched"), () => done("blocked"));
        """, f"http://127.0.0.1:{session.port}/health")
        assert fetched == "blocked"


def s61_what_the_window_says_passes_through_a_frame_of_its_own(session):
    with Window(session) as window:
        session.until("the gateway answers", session.health)
        assert window.rpc("status.get")[0]
        frame = window.run("""
            const frame = document.querySelector("iframe");
            let inside = "closed";
            try { inside = String(frame.contentWindow.document) } catch {}
            return [frame.sandbox.value, frame.contentDocument, inside, getComputedStyle(frame).display,
                    document.querySelectorAll("iframe").length, window.__TAURI_INTERNALS__.__TAURI_PATTERN__.pattern];
        """)
        assert frame == ["allow-scripts", None, "closed", "none", 1, "isolation"], frame
        # Past the frame nothing is believed: what did not go through it is not sealed with its key.
        past = window.wait("""
            const done = arguments[0];
            const internals = window.__TAURI_INTERNALS__;
            const callback = internals.transformCallback((answer) => done([true, JSON.stringify(answer)]));
            const error = internals.transformCallback((error) => done([false, JSON.stringify(error)]));
            internals.postMessage({ cmd: "rpc", callback, error, payload: { method: "status.get", params: null }, options: {} });
            setTimeout(() => done([false, "no answer"]), 2000);
        """)
        assert past[0] is False and "serving" not in past[1], past


def s62_the_window_stays_where_it_is(session):
    with Window(session) as window:
        session.until("the gateway answers", session.health)
        window.sees("the first page is there", "Who should answer?")
        home = window.url()
        assert home.startswith("tauri://localhost"), home
        for url in [f"http://localhost:{session.port}/health", "file:///etc/hostname", "data:text/html,x"]:
            window.run("window.location.assign(arguments[0])", url)
            session.rest(0.5)
            assert window.url() == home, (url, window.url())
        window.run("window.open(arguments[0])", f"http://localhost:{session.port}/health")
        session.rest(0.5)
        assert len(session.windows()) == 1 and window.url() == home


def a_person_tries_it_and_sees_it_in_the_activity(session):
    session.slow_upstream(with_key=True)
    with Window(session) as window:
        window.sees("the first run asks who should answer", "Who should answer?")
        window.press("Skip and use the demo model")
        window.sees("the second step", "Ask something.")
        window.press("Send")
        window.sees("a real answer", "It works.", "Answered by demo")
        window.press("Continue")
        window.sees("a text to copy for a program", "ANTHROPIC_BASE_URL")
        window.press("Finish")
        window.sees("Home, with what happened", "without an account", "demo")
        window.press("Settings")
        window.fill("#language", "zh-CN")
        window.sees("the window is in Chinese", "语言")
        session.wait_label("● 运行中：")
        window.fill("#theme", "light")
        session.until("the window is light", lambda: window.run("return document.documentElement.dataset.theme") == "light")
        window.fill("#language", "en")
        window.sees("the window is in English again", "Language")
        window.press("Providers")
        window.press("slow")
        window.fill("input[type=password]", "sk-of-a-person")
        window.press("Save the key")
        window.sees("the account, without its key", "Key in the vault")
        assert "sk-of-a-person" not in window.text()
        window.press("Home")
        window.press("Send")
        window.sees("the provider's answer", "0 1 2 3 4 5 6 7 8", "Answered by slow/slow")
        window.press("Activity")
        window.sees("both requests", "slow", "demo", "Done")


CASES = [
    a_person_tries_it_and_sees_it_in_the_activity,
    the_window_asks_the_daemon,
    the_window_hears_of_changes,
    s60_the_page_may_call_nothing_else,
    s61_inline_scripts_and_foreign_images_are_blocked,
    s61_what_the_window_says_passes_through_a_frame_of_its_own,
    s62_the_window_stays_where_it_is,
]
