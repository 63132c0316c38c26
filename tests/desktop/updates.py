"""Updates, from a local server, signed by keys that are thrown away."""

import base64
import http.server
import json
import os
import shutil
import subprocess
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


class Publisher:
    """Signs releases as Tauri's command line does, and offers them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.key = self.make_key("ours")
        self.make_key("theirs")
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

    def offer(self, version, package, signature):
        machine = os.uname().machine
        entry = {"signature": signature, "url": f"{self.address}/package"}
        manifest = {"version": version, "notes": "Better", "platforms": {f"linux-{machine}": entry}}
        self.server.files = {"/latest.json": json.dumps(manifest).encode(), "/package": package}

    def variables(self):
        return {"PORTOLAN_UPDATE_ENDPOINT": f"{self.address}/latest.json", "PORTOLAN_UPDATE_KEY": self.key}


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
    session.notifications.shown.clear()
    publisher.offer(THIS_VERSION, package, publisher.sign(package, THIS_VERSION))
    session.click("Check for updates")
    session.until("there is none", lambda: "There is no newer version" in shown())
    assert session.stop(process)[0] == 0
    session.configure("\n[desktop]\ncheck_updates = true\n")
    publisher.offer("0.3.0", package, publisher.sign(package, "0.3.0"))
    session.notifications.shown.clear()
    process = session.start("--hidden", **publisher.variables())
    session.item()
    session.until("turned on, it looks by itself", lambda: any("0.3.0" in title for title in shown()))
    assert session.stop(process)[0] == 0


def s64_only_what_the_makers_signed_for_a_newer_version_is_installed(session):
    publisher = Publisher(session.home)
    program = session.home / "portolan-desktop"
    shutil.copy2(session.program, program)
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
        publisher.offer("0.2.0", package, good)
        told = window.rpc("updates.check")
        assert told == [True, {"state": "found", "version": "0.2.0", "notes": "Better"}], told
        assert session.health()
        window.run("window.__TAURI_INTERNALS__.invoke('rpc', { method: 'updates.install', params: null }); return true")
        session.until("it was replaced", lambda: program.read_bytes() == package)
        session.until("the old one has ended", lambda: not session.health())
        window.id = None


def without_an_address_there_are_no_updates(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    assert "Check for updates" not in session.labels()
    assert session.stop(process)[0] == 0


CASES = [
    is_silent_until_asked_and_tells_of_a_newer_version,
    s64_only_what_the_makers_signed_for_a_newer_version_is_installed,
    without_an_address_there_are_no_updates,
]
