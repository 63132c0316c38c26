"""What has to be true of a container."""

import contextlib
import json
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from box import Box, ask
from recipe import Stage

KEY = "pk-of-the-container"
MASTER = "0123456789abcdef0123456789abcdef"
PASSWORD = "correct horse battery staple"
PROVIDER = "sk-canary-of-the-provider"
SECRETS = {"client-key": KEY, "master-key": MASTER + "\n", "admin-password": PASSWORD, "provider-key": PROVIDER}
KEYS = {"PORTOLAN_CLIENT_KEY_FILE": "/run/secrets/client-key", "PORTOLAN_MASTER_KEY_FILE": "/run/secrets/master-key"}
OWNED = {**KEYS, "PORTOLAN_ADMIN_PASSWORD_FILE": "/run/secrets/admin-password"}
# what a program of Rust needs of Debian's C library, and the loader
LIBRARIES = re.compile(r"(linux-vdso|libgcc_s|libc|libm|libdl|libpthread|librt|ld-linux-[a-z0-9-]+)\.so\.\d+")
GRAPHICAL = re.compile(r"gtk|gdk|webkit|wayland|x11|xcb|qt[56]|cairo|pango|libgl")


@dataclass
class Bed:
    root: Path
    stage: Stage
    place: Path
    address: str
    program: Path
    source: Path

    @contextlib.contextmanager
    def box(self):
        made = Box(self.root, self.stage, self.place, SECRETS)
        try:
            yield made
        finally:
            made.away()

    @contextlib.contextmanager
    def running(self, more, words=None, settings=""):
        """A container that has begun, and is ended whatever happens."""
        with self.box() as made:
            if settings:
                (made.volume / "config.toml").write_text(settings)
                shutil.chown(made.volume / "config.toml", int(made.user), int(made.group))
            running = made.start(more, words)
            try:
                yield made, running
            finally:
                running.process.kill()
                running.process.wait()

    def post(self, method, body):
        return ask(self.address, "POST", f"/admin/api/{method}", body, Origin=f"http://{self.address}:28000")

    def demo(self, key=KEY):
        body = {"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}
        return ask(self.address, "POST", "/v1/chat/completions", body, Authorization=f"Bearer {key}")


def no_library_of_a_desktop(bed):
    """the image has no graphical library, and the program needs the C library alone"""
    listed = subprocess.run(["chroot", str(bed.root), "ldd", "/usr/local/bin/portolan"], check=True, text=True, capture_output=True).stdout
    for line in listed.splitlines():
        name = Path(line.split()[0]).name
        assert LIBRARIES.fullmatch(name), line
    packages = (bed.root / "var/lib/dpkg/status").read_text()
    names = re.findall(r"^Package: (.+)$", packages, re.M)
    assert len(names) > 50 and not [name for name in names if GRAPHICAL.search(name)], names


def built_as_everywhere(bed):
    """the program in the image is built with the same settings as any other (ADR 9)"""
    settings = (bed.source / ".cargo/config.toml").read_text()
    (wanted,) = re.findall(r'^JEMALLOC_SYS_WITH_MALLOC_CONF = "(.+)"$', settings, re.M)
    assert wanted.encode() in (bed.root / "usr/local/bin/portolan").read_bytes()


def no_right_and_no_place(bed):
    """it runs as nobody special, without a capability, and can write to its volume alone"""
    with bed.running(KEYS) as (made, running):
        running.token()
        status = running.status()
        assert status["Uid"] == [made.user] * 4 and status["Gid"] == [made.group] * 4, status
        assert made.user != "0" and status.get("Groups") == [], status
        assert status["NoNewPrivs"] == ["1"], status
        for each in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(status[each][0], 16) == 0, (each, status)
        for place in ("/", "/etc", "/tmp", "/usr/local/bin", "/run", "/run/secrets", "/var/tmp"):
            tried = made.run(["touch", f"{place}/x"])
            assert tried.returncode != 0, place
        assert made.run(["touch", "/data/x"]).returncode == 0
        assert made.volume.stat().st_mode & 0o077 == 0
        others = [str(path) for path in made.volume.rglob("*") if path.name != "x" and path.lstat().st_mode & 0o077 and not path.is_symlink()]
        assert not others, others


def s12_locked_until_claimed(bed):
    """S-12: it answers nobody until it is claimed, with the link, once; then it serves"""
    with bed.running(KEYS) as (made, running):
        token = running.token()
        assert re.search(r"http://localhost:28000/admin/#bootstrap=", running.said["err"])
        for method, path in (("GET", "/health"), ("GET", "/v1/models"), ("POST", "/v1/messages"), ("GET", "/"), ("GET", "/ready")):
            status, text = ask(bed.address, method, path, {} if method == "POST" else None, Authorization=f"Bearer {KEY}")
            assert status == 423, (path, status, text)
        assert bed.demo()[0] == 423
        check = made.health(KEYS)
        assert check.returncode == 0, check
        status, text = bed.post("session.claim", {"token": "x" * len(token), "password": PASSWORD})
        assert status != 200 and "admin-link-invalid" in text, (status, text)
        status, text = bed.post("serving.start", {})
        assert status == 401, (status, text)
        assert "portolan listening" not in running.said["out"]
        claim = {"token": token, "password": PASSWORD}
        status, text = bed.post("session.claim", claim)
        assert status == 200, (status, text)
        running.hears("out", "portolan listening on http://0.0.0.0:28000")
        status, text = bed.post("session.claim", claim)
        assert status != 200 and "admin-link-invalid" in text, (status, text)
        status, text = bed.demo()
        assert status == 200 and json.loads(text)["choices"][0]["message"]["content"], (status, text)
        assert bed.demo("pk-another")[0] == 401
        check = made.health(KEYS)
        assert check.returncode == 0, check
        assert running.end() == 0, running.said
        check = made.health(KEYS)
        assert check.returncode == 1, check
        assert token not in running.said["out"]


def another_link(bed):
    """a later link comes from a command in the container, and the owner is still there at the next start"""
    with bed.running(KEYS) as (made, running):
        first = running.token()
        said = made.run(["portolan", "admin", "bootstrap"], KEYS)
        assert said.returncode == 0, said
        token = said.stdout.strip().split("#bootstrap=")[1]
        assert token != first
        status, text = bed.post("session.claim", {"token": token, "password": PASSWORD})
        assert status == 200, (status, text)
        running.hears("out", "portolan listening")
        assert running.end() == 0
        again = made.start(KEYS)
        try:
            again.hears("out", "portolan listening")
            assert "#bootstrap=" not in again.said["err"], again.said
            assert bed.demo()[0] == 200
            assert again.end() == 0
        finally:
            again.process.kill()
            again.process.wait()


def secrets_from_files(bed):
    """password, client key, the vault's key and a provider's key come from files, and nothing of them lies in the volume"""
    with bed.running(OWNED) as (made, running):
        running.hears("out", "portolan listening")
        assert "#bootstrap=" not in running.said["err"], running.said
        assert bed.demo()[0] == 200
        status, text = bed.post("session.sign_in", {"password": PASSWORD})
        assert status == 200, (status, text)
        said = made.run(["portolan", "accounts", "add", "deepinfra", "--json"], OWNED, given=PROVIDER)
        assert said.returncode == 0 and json.loads(said.stdout)["standing"]["state"] == "ready", said
        said = made.run(["portolan", "accounts", "add", "openrouter", "--key-file", "/run/secrets/provider-key", "--json"], OWNED)
        assert said.returncode == 0 and json.loads(said.stdout)["standing"]["state"] == "ready", said
        said = made.run(["portolan", "status", "--json"], OWNED)
        assert json.loads(said.stdout)["vault"]["state"] == "ready", said
        assert running.end() == 0
        found = "".join(running.said.values())
        for text in (KEY, MASTER, PASSWORD, PROVIDER):
            assert text not in found
            for file in made.volume.rglob("*"):
                assert not file.is_file() or text.encode() not in file.read_bytes(), (file, text)


class Slow(BaseHTTPRequestHandler):
    """A provider that answers when it is let."""

    asked, let = threading.Event(), threading.Event()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.set()
        self.let.wait(60)
        message = {"role": "assistant", "content": "late, but whole"}
        body = json.dumps({"id": "x", "object": "chat.completion", "created": 0, "model": "slow", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


SLOW = """version = 1
[provider.slow]
endpoints = { openai-chat = "http://127.0.0.1:9001/v1" }
models = ["slow"]
allow_private = true
[[account]]
provider = "slow"
key_file = "/run/secrets/provider-key"
"""


def an_answer_under_way(bed):
    """SIGTERM lets the answer that is under way come to its end, and it ends with 0"""
    upstream = HTTPServer(("127.0.0.1", 9001), Slow)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    answers = []
    body = {"model": "slow", "messages": [{"role": "user", "content": "Hello"}]}

    def client():
        answers.append(ask(bed.address, "POST", "/v1/chat/completions", body, Authorization=f"Bearer {KEY}"))

    try:
        with bed.running(OWNED, settings=SLOW) as (_, running):
            running.hears("out", "portolan listening")
            asking = threading.Thread(target=client)
            asking.start()
            assert Slow.asked.wait(60)
            running.process.terminate()
            running.hears("err", "stopping")
            assert not answers and running.process.poll() is None
            Slow.let.set()
            asking.join(60)
            assert running.ended() == 0, running.said
    finally:
        Slow.let.set()
        upstream.shutdown()
        upstream.server_close()
    assert len(answers) == 1 and answers[0][0] == 200 and "late, but whole" in answers[0][1], answers


def s11_never_open_by_itself(bed):
    """S-11: without a password and without waiting for an owner it refuses to start, and says 78"""
    with bed.running(KEYS, words=["serve"]) as (made, running):
        assert running.ended() == 78, running.said
        assert made.health(KEYS).returncode == 1


EVERY = [
    no_library_of_a_desktop,
    built_as_everywhere,
    no_right_and_no_place,
    s12_locked_until_claimed,
    another_link,
    secrets_from_files,
    an_answer_under_way,
    s11_never_open_by_itself,
]
