"""One container: the image's root read-only, a user without rights, a volume and secrets from outside."""

import fcntl
import json
import shutil
import signal
import socket
import struct
import subprocess
import threading
from http.client import HTTPConnection
from pathlib import Path

import recipe

# of linux/sockios.h and linux/if.h
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x8913, 0x8914, 0x8916, 1
PATIENCE = 60


def network(address):
    """The loopback device of a network that is new and empty, with one more address, which is none of loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        asked = fcntl.ioctl(control, SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", asked)[1] | IFF_UP
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))
        one = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16s16s", b"lo:1", one))


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


class Box:
    """Its volume begins as what the image has there, as Docker's does."""

    def __init__(self, root, stage, place, secrets):
        self.root, self.stage, self.volume = root, stage, place / "volume"
        (data,) = recipe.words(stage.last("VOLUME"))
        self.data = root / data.lstrip("/")
        self.user, self.group = stage.last("USER").split(":")
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **recipe.variables(stage)}
        shutil.copytree(self.data, self.volume)
        made = self.data.stat()
        shutil.chown(self.volume, made.st_uid, made.st_gid)
        self.volume.chmod(made.st_mode & 0o7777)
        kept = place / "secrets"
        kept.mkdir()
        for name, text in secrets.items():
            (kept / name).write_text(text)
            shutil.chown(kept / name, int(self.user), int(self.group))
            (kept / name).chmod(0o400)
        (root / "run/secrets").mkdir(parents=True, exist_ok=True)
        mount("--bind", root, root)
        mount("--bind", self.volume, self.data)
        mount("--bind", kept, root / "run/secrets")
        mount("-o", "remount,bind,ro", root / "run/secrets")
        mount("-t", "proc", "proc", root / "proc")
        mount("-o", "remount,bind,ro", root)

    def away(self):
        for place in ("proc", "run/secrets", str(self.data.relative_to(self.root)), "."):
            subprocess.run(["umount", str(self.root / place)], check=True)

    def command(self, words, more=None):
        """A command in it, with nothing that its user does not have."""
        variables = [f"{name}={value}" for name, value in {**self.environment, **(more or {})}.items()]
        rights = ["setpriv", f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups", "--no-new-privs"]
        rights += ["--bounding-set=-all", "--inh-caps=-all"]
        return ["chroot", str(self.root), "/usr/bin/env", "-i", *variables, *rights, *words]

    def run(self, words, more=None, given=""):
        return subprocess.run(self.command(words, more), input=given, text=True, capture_output=True, timeout=PATIENCE)

    def health(self, more=None):
        """The image's own check."""
        check = self.stage.last("HEALTHCHECK").split(" CMD ", 1)[1]
        return self.run(recipe.words(check), more)

    def start(self, more, words=None):
        default = recipe.words(self.stage.last("CMD")) if words is None else words
        return Running(self.command([*recipe.words(self.stage.last("ENTRYPOINT")), *default], more))


class Running:
    """The container's first process, and what it has said."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said, self.news = {"out": "", "err": ""}, threading.Condition()
        self.readers = [threading.Thread(target=self.read, args=each, daemon=True) for each in (("out", self.process.stdout), ("err", self.process.stderr))]
        for reader in self.readers:
            reader.start()

    def read(self, name, stream):
        for line in stream:
            with self.news:
                self.said[name] += line
                self.news.notify_all()

    def hears(self, name, text):
        """Waits until it says that."""
        with self.news:
            if not self.news.wait_for(lambda: text in self.said[name], PATIENCE):
                raise AssertionError(f"it never said {text!r}: {self.said}")
            return self.said[name]

    def token(self):
        said = self.hears("err", "#bootstrap=")
        return said.split("#bootstrap=", 1)[1].split()[0]

    def status(self):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return {name: value.split() for name, value in (line.split(":", 1) for line in lines)}

    def end(self):
        """Tells it to end, as `docker stop` does, and gives back with what it ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self):
        """Waits for its end; a second signal would end what is under way, too."""
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return code


def ask(address, method, path, body=None, **fields):
    """One request: status and text of the answer."""
    connection = HTTPConnection(address, 28000, timeout=PATIENCE)
    try:
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        if body is not None:
            body, fields["Content-Type"] = json.dumps(body), "application/json"
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
