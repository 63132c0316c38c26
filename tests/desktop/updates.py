"""Updates, from a local server, signed by keys that are thrown away."""

import base64
import datetime
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from webview import Window

THIS_VERSION = "0.1.0"


class Releases(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("content-length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


def memory(session):
    """What this home remembers of updates."""
    return session.home / ".local" / "share" / "portolan" / "updates.json"


def after(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Publisher:
    """Signs releases as Tauri's command line does, and offers them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.keys = {name: self.make_key(name) for name in ("ours", "next", "theirs")}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Releases)
        self.server.files, self.server.asked = {}, []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def make_key(self, name):
        public, secret = self.folder / f"{name}.pub", self.folder / f"{name}.key"
        subprocess.run(["minisign", "-G", "-W", "-p", public, "-s", secret], check=True, capture_output=True, timeout=20)
        return base64.b64encode(public.read_bytes()).decode()

    def sign(self, package, version, key="ours"):
        file = self.folder / "package"
        file.write_bytes(package)
        comment = f"timestamp:1700000000\tfile:package\tversion:{version}"
        command = ["minisign", "-S", "-s", self.folder / f"{key}.key", "-m", file, "-t", comment]
        subprocess.run(command, check=True, capture_output=True, timeout=20)
        return base64.b64encode(Path(f"{file}.minisig").read_bytes()).decode()

    def news(self, version, signature, **other):
        entry = {"signature": signature, "url": f"{self.address}/package"}
        platforms = {f"linux-{os.uname().machine}": entry}
        return {"version": version, "notes": "Better", "pub_date": after(0), "expires": after(1), "platforms": platforms} | other

    def answer(self, news, package, key="ours"):
        signed = json.dumps(news)
        answer = {"signed": signed, "signature": self.sign(signed.encode(), news["version"], key)}
        self.server.files = {"/latest.json": json.dumps(answer).encode(), "/package": package}

    def offer(self, version, package, signature, key="ours", **other):
        self.answer(self.news(version, signature, **other), package, key)

    def variables(self):
        keys = {"PORTOLAN_UPDATE_KEY": self.keys["ours"], "PORTOLAN_UPDATE_NEXT_KEY": self.keys["next"]}
        return {"PORTOLAN_UPDATE_ENDPOINT": f"{self.address}/latest.json"} | keys


def is_silent_until_asked_and_tells_of_a_newer_version(session):
    publisher = Publisher(session.home)
    package = Path("/bin/true").read_bytes()
    publisher.offer("0.2.0", package, publisher.sign(package, "0.2.0"))
    process = session.start("--hidden", **publisher.variables())
    session.item()
    session.wait_label("● Running on")
    session.rest(2)
    assert not publisher.server.asked, "off until turned on"
    shown = lambda: [title for title, _ in session.notifications.shown]
    session.click("Check for updates")
    session.until("it is told", lambda: any("0.2.0" in title for title in shown()))
    assert publisher.server.asked == ["/latest.json"], "nothing is fetched before somebody agrees"
    session.until("nobody stays who has looked", lambda: not session.descendants(session.pid(process)))
    session.notifications.shown.clear()
    publisher.offer(THIS_VERSION, package, publisher.sign(package, THIS_VERSION))
    session.click("Check for updates")
    session.until("there is none", lambda: "There is no newer version" in shown())
    assert session.stop(process)[0] == 0
    session.configure("\n[desktop]\ncheck_updates = true\n")
    session.notifications.shown.clear()
    # A release that reaches everybody in ten years has not reached this machine: its place is drawn.
    memory(session).write_text(json.dumps({"place": 1}))
    publisher.server.asked.clear()
    publisher.offer("0.3.0", package, publisher.sign(package, "0.3.0"), rollout_hours=87600)
    process = session.start("--hidden", **publisher.variables())
    session.item()
    session.until("turned on, it looks by itself", lambda: publisher.server.asked)
    session.rest(2)
    assert not shown(), "it is not its turn"
    session.click("Check for updates")
    session.until("who asks is told", lambda: any("0.3.0" in title for title in shown()))
    assert session.stop(process)[0] == 0
    publisher.offer("0.3.0", package, publisher.sign(package, "0.3.0"))
    session.notifications.shown.clear()
    process = session.start("--hidden", **publisher.variables())
    session.item()
    session.until("turned on, it looks by itself", lambda: any("0.3.0" in title for title in shown()))
    assert session.stop(process)[0] == 0


def s64_only_what_the_makers_signed_for_a_newer_version_is_installed(session):
    publisher = Publisher(session.home)
    program = session.home / "portolan-desktop"
    for name in (program.name, "portolan-window"):
        shutil.copy2(Path(session.program).with_name(name), session.home / name)
    before = program.stat().st_size
    package = Path("/bin/true").read_bytes()
    good = publisher.sign(package, "0.2.0")
    with Window(session, program, **publisher.variables()) as window:
        session.until("the gateway answers", session.health)
        assert window.rpc("desktop.get")[1]["updates"] is True
        assert window.rpc("updates.get") == [True, {"state": "unasked"}]
        refused = [
            ("tampered with", "0.2.0", package[:-1] + b"x", good, "update-unsigned"),
            ("cut off", "0.2.0", package[: len(package) // 2], good, "update-unsigned"),
            ("signed by others", "0.2.0", package, publisher.sign(package, "0.2.0", "theirs"), "update-unsigned"),
            ("an older one under a new number", "9.0.0", package, publisher.sign(package, "0.0.9"), "update-unsigned"),
            ("not signed", "0.2.0", package, "", "update-unsigned"),
        ]
        for name, version, data, signature, code in refused:
            publisher.offer(version, data, signature)
            good_answer, told = window.rpc("updates.check")
            assert good_answer and told["state"] == "found", (name, told)
            good_answer, error = window.rpc("updates.install")
            assert not good_answer and error["code"] == code, (name, error)
            assert program.stat().st_size == before, name
        for version in ("0.0.9", THIS_VERSION):
            publisher.offer(version, package, publisher.sign(package, version))
            assert window.rpc("updates.check") == [True, {"state": "current"}], version
            good_answer, error = window.rpc("updates.install")
            assert not good_answer and error["code"] == "no-update", error
        news_are_refused(publisher, window, package, good)
        publisher.offer("0.2.0", package, publisher.sign(package, "0.2.0", "next"))
        assert window.rpc("updates.check")[1]["state"] == "found"
        good_answer, error = window.rpc("updates.install")
        assert not good_answer and error["code"] == "update-unsigned", ("the package is of another key than its news", error)
        good = publisher.sign(package, "0.2.0", "next")
        publisher.offer("0.2.0", package, good, "next")
        told = window.rpc("updates.check")
        assert told == [True, {"state": "found", "version": "0.2.0", "notes": "Better"}], told
        assert session.health()
        window.run("window.__TAURI_INTERNALS__.invoke('rpc', { method: 'updates.install', params: null }); return true")
        session.until("it was replaced", lambda: program.read_bytes() == package)
        session.until("the old one has ended", lambda: not session.health())
        window.id = None
    kept = program.with_name(f"{program.name}.{THIS_VERSION}.previous")
    assert kept.stat().st_size == before, "the version before is kept"


def s64_one_can_go_back_to_the_version_before(session):
    publisher = Publisher(session.home)
    program = session.home / "portolan-desktop"
    for name in (program.name, "portolan-window"):
        shutil.copy2(Path(session.program).with_name(name), session.home / name)
    with Window(session, program, **publisher.variables()) as window:
        session.until("the gateway answers", session.health)
        assert window.rpc("updates.get") == [True, {"state": "unasked"}], "nothing was there before"
        good_answer, error = window.rpc("updates.back")
        assert not good_answer and error["code"] == "no-update", error
        shutil.copy2("/bin/true", session.home / "portolan-desktop.0.0.9.previous")
        assert window.rpc("updates.get") == [True, {"state": "unasked", "previous": "0.0.9"}]
        window.run("window.__TAURI_INTERNALS__.invoke('rpc', { method: 'updates.back', params: null }); return true")
        session.until("it is in its place", lambda: program.read_bytes() == Path("/bin/true").read_bytes())
        session.until("the newer one has ended", lambda: not session.health())
        window.id = None


def news_are_refused(publisher, window, package, good):
    """What is no news of the makers, or no longer, is told as what it is."""

    def refused(name, code):
        good_answer, error = window.rpc("updates.check")
        assert not good_answer and error["code"] == code, (name, error)

    publisher.offer("0.2.0", package, good, "theirs")
    refused("signed by others", "update-unsigned")
    publisher.offer("0.2.0", package, good)
    latest = publisher.server.files["/latest.json"]
    publisher.server.files["/latest.json"] = latest.replace(b"Better", b"Worse!")
    refused("tampered with", "update-unsigned")
    publisher.server.files["/latest.json"] = latest[: len(latest) // 2]
    refused("cut off", "update-failed")
    publisher.server.files["/latest.json"] = json.dumps(publisher.news("0.2.0", good)).encode()
    refused("as Tauri's own, not signed", "update-failed")
    publisher.offer("0.2.0", package, good, expires=after(-1))
    refused("frozen", "update-expired")
    publisher.offer("0.2.0", package, good, pub_date=after(-20))
    refused("repeated", "update-replayed")
    news = publisher.news("0.2.0", good)
    news["platforms"] = {"linux-other": next(iter(news["platforms"].values()))}
    publisher.answer(news, package)
    refused("of another machine", "update-failed")


def s64_the_recipe_of_a_release_makes_news_that_are_believed(session):
    publisher = Publisher(session.home)
    recipe = Path(__file__).parents[2] / "packaging" / "latest.py"
    packages = session.home / "packages"
    packages.mkdir()
    machine = {"x86_64": "amd64"}.get(os.uname().machine, os.uname().machine)
    package, name = Path("/bin/true").read_bytes(), f"Portolan_0.2.0_{machine}.deb"
    (packages / name).write_bytes(package)
    (packages / f"{name}.sig").write_text(publisher.sign(package, "0.2.0"))

    def step(*arguments):
        subprocess.run([sys.executable, recipe, *arguments], check=True, timeout=20)

    def sealed():
        news = packages / "news.json"
        (packages / "news.json.sig").write_text(publisher.sign(news.read_bytes(), "0.2.0"))
        step("seal", packages)
        return json.loads((packages / "latest.json").read_text())

    step("news", packages, "v0.2.0", publisher.address)
    first = sealed()
    assert list(json.loads(first["signed"])["platforms"]) == [f"linux-{os.uname().machine}-deb"]
    step("again", packages)
    again = sealed()
    assert not (packages / "news.json").exists() and not (packages / "news.json.sig").exists()
    dates = [json.loads(latest["signed"])["pub_date"] for latest in (first, again)]
    assert dates[0] == dates[1], "signed again they are the same news"
    # The program of this test was not installed from a .deb; all but the kind of package is real.
    news = (packages / "latest.json").read_text()
    publisher.server.files = {"/latest.json": news.encode()}
    with Window(session, **publisher.variables()) as window:
        session.until("the gateway answers", session.health)
        good_answer, error = window.rpc("updates.check")
        assert not good_answer and error["code"] == "update-failed", error
        assert "platform" in json.dumps(error) or "target" in json.dumps(error), error
        remembered = json.loads(memory(session).read_text())
        assert remembered["newest"] == dates[0], remembered


def without_an_address_there_are_no_updates(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    assert "Check for updates" not in session.labels()
    assert session.stop(process)[0] == 0


CASES = [
    is_silent_until_asked_and_tells_of_a_newer_version,
    s64_only_what_the_makers_signed_for_a_newer_version_is_installed,
    s64_one_can_go_back_to_the_version_before,
    s64_the_recipe_of_a_release_makes_news_that_are_believed,
    without_an_address_there_are_no_updates,
]
