"""A desktop session of its own: display, window manager, bus, home, and a watcher for tray items."""

import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
LONGEST = 30.0


def read_entries(layout):
    """What a menu on the bus shows: number, label, whether it can be chosen, all its properties, and the entries within it."""
    return [
        (int(child[0]), str(child[1].get("label", "")), bool(child[1].get("enabled", True)), child[1], read_entries(child))
        for child in layout[2]
    ]


class Watcher(dbus.service.Object):
    """What a panel is to programs with tray items."""

    def __init__(self, bus):
        self.name = dbus.service.BusName(WATCHER, bus, do_not_queue=True)
        super().__init__(bus, "/StatusNotifierWatcher")
        self.items = []

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        path = service if service.startswith("/") else "/StatusNotifierItem"
        name = sender if service.startswith("/") else service
        self.items.append((name, path))
        self.StatusNotifierItemRegistered(name + path)

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, item):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {
            "RegisteredStatusNotifierItems": dbus.Array([n + p for n, p in self.items], signature="s"),
            "IsStatusNotifierHostRegistered": True,
            "ProtocolVersion": dbus.Int32(0),
        }


class Notifications(dbus.service.Object):
    """What shows notifications; it keeps them."""

    FACE = "org.freedesktop.Notifications"

    def __init__(self, bus):
        self.name = dbus.service.BusName(self.FACE, bus, do_not_queue=True)
        super().__init__(bus, "/org/freedesktop/Notifications")
        self.shown = []

    @dbus.service.method(FACE, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, summary, body, actions, hints, expires):
        self.shown.append((str(summary), str(body)))
        return len(self.shown)

    @dbus.service.method(FACE, out_signature="ssss")
    def GetServerInformation(self):
        return ("test", "test", "1", "1.2")

    @dbus.service.method(FACE, out_signature="as")
    def GetCapabilities(self):
        return ["body"]


class Portal(dbus.service.Object):
    """What tells programs of the desktop's theme; 1 is dark, 2 is light."""

    FACE = "org.freedesktop.portal.Settings"

    def __init__(self, bus, scheme):
        self.name = dbus.service.BusName("org.freedesktop.portal.Desktop", bus, do_not_queue=True)
        super().__init__(bus, "/org/freedesktop/portal/desktop")
        self.scheme = scheme

    @dbus.service.method(FACE, in_signature="ss", out_signature="v")
    def ReadOne(self, namespace, key):
        assert (namespace, key) == ("org.freedesktop.appearance", "color-scheme")
        return dbus.UInt32(self.scheme, variant_level=1)

    @dbus.service.signal(FACE, signature="ssv")
    def SettingChanged(self, namespace, key, value):
        pass

    def change(self, scheme):
        self.scheme = scheme
        self.SettingChanged("org.freedesktop.appearance", "color-scheme", dbus.UInt32(scheme, variant_level=1))


class Slow(http.server.BaseHTTPRequestHandler):
    """Streams ten words, one every fifth of a second."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for word in range(10):
            piece = {"index": 0, "delta": {"role": "assistant", "content": f"{word} "}, "finish_reason": None}
            if word == 9:
                piece.update(delta={}, finish_reason="stop")
            self.say({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "slow", "choices": [piece]})
            time.sleep(0.2)
        self.wfile.write(b"data: [DONE]\n\n")

    def say(self, event):
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return each.getsockname()[1]


class Session:
    """Runs the program, and looks at it from outside."""

    def __init__(self, program, server):
        dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
        self.program, self.server = str(program), str(server)
        self.bus = dbus.SessionBus()
        self.watcher = Watcher(self.bus)
        self.notifications = Notifications(self.bus)
        self.folder = Path(tempfile.mkdtemp(prefix="portolan-desktop-"))
        self.port = free_port()
        self.started = []
        self.fresh_home()

    def free_port(self):
        return free_port()

    def fresh_home(self):
        self.watcher.items.clear()
        self.notifications.shown.clear()
        self.home = Path(tempfile.mkdtemp(dir=self.folder))
        self.run = Path(tempfile.mkdtemp(dir=self.folder))
        self.run.chmod(0o700)
        self.configure()

    def configure(self, more=""):
        """Writes the settings of this home."""
        folder = self.home / ".config" / "portolan"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(f"version = 1\n\n[listen]\nport = {self.port}\n{more}")

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "PORTOLAN_", "LC_", "LANG"))}
        env.update(
            HOME=str(self.home),
            XDG_RUNTIME_DIR=str(self.run),
            LANG="C.UTF-8",
            PORTOLAN_MASTER_KEY="0123456789abcdef0123456789abcdef",
            PORTOLAN_LOG="warn",
            GIO_USE_VFS="local",
            NO_AT_BRIDGE="1",
        )
        env.update(more)
        return {k: v for k, v in env.items() if v is not None}

    def start(self, *arguments, **more):
        first = not any(each.poll() is None and self.program in each.args for each in self.started)
        if first:
            self.watcher.items.clear()
        return self.spawn(self.program, *arguments, **more)

    def serve(self):
        return self.spawn(self.server, "serve")

    def ask(self, *arguments):
        return subprocess.run(
            [self.server, *arguments], env=self.environment(), capture_output=True, text=True, timeout=30, check=False
        )

    def spawn(self, *command, **more):
        process = subprocess.Popen(
            ["timeout", "-k", "5", "180", *command],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def pid(self, process):
        """The program's own number: what was started is `timeout`."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def turn(self):
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass
        time.sleep(0.02)

    def until(self, what, condition, longest=LONGEST):
        end = time.monotonic() + longest
        while time.monotonic() < end:
            self.turn()
            found = condition()
            if found:
                return found
        raise AssertionError(f"waited {longest:.0f} s in vain: {what}")

    def call(self, proxy, interface, method, *arguments):
        """Calls without blocking, for the program may call us while it answers."""
        box = {}
        getattr(dbus.Interface(proxy, interface), method)(
            *arguments,
            reply_handler=lambda *answer: box.update(answer=answer),
            error_handler=lambda error: box.update(error=error),
        )
        self.until(f"{method} answers", lambda: box)
        if "error" in box:
            raise AssertionError(f"{method}: {box['error']}")
        return box["answer"][0] if box["answer"] else None

    # the tray

    def item(self):
        name, path = self.until("a tray item registers", lambda: self.watcher.items and self.watcher.items[-1])
        return self.bus.get_object(name, path, introspect=False)

    def property(self, name):
        return self.call(self.item(), dbus.PROPERTIES_IFACE, "Get", ITEM, name)

    def menu(self):
        name, _ = self.watcher.items[-1]
        proxy = self.bus.get_object(name, str(self.property("Menu")), introspect=False)
        return proxy

    def inner(self, label):
        """The entries of the menu of that name within the menu, by their labels; none where there is no such menu."""
        menus = [each for each in self.entries() if each[1] == label]
        return {each[1]: each for menu in menus for each in menu[4]}

    def entries(self):
        box = {}
        dbus.Interface(self.menu(), MENU).GetLayout(
            0, -1, dbus.Array([], signature="s"),
            reply_handler=lambda revision, layout: box.update(layout=layout),
            error_handler=lambda error: box.update(error=error),
        )
        self.until("the menu is told", lambda: box)
        if "error" in box:
            raise AssertionError(box["error"])
        return read_entries(box["layout"])

    def labels(self):
        return [each[1] for each in self.entries() if each[1]]

    def click(self, label, ends=False, inside=None):
        """Chooses an entry, of the menu `inside` where it is named; one that ends the program may take its answer with it."""
        shown = self.entries() if inside is None else self.inner(inside).values()
        found = [each for each in shown if each[1] == label and each[2]]
        assert found, f"no entry {label!r} in {self.labels()}"
        click = (MENU, "Event", dbus.Int32(found[0][0]), "clicked", dbus.String("", variant_level=1), dbus.UInt32(0))
        try:
            self.call(self.menu(), *click)
        except AssertionError as error:
            if not (ends and "NoReply" in str(error)):
                raise

    def wait_label(self, start):
        return self.until(
            f"an entry {start!r}, last seen {self.labels()}",
            lambda: next((label for label in self.labels() if label.startswith(start)), None),
        )

    # the gateway

    def health(self, port=None):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stream(self, key):
        """A streamed request, whose answer goes to a file while it comes."""
        ask = '{"model":"slow","stream":true,"messages":[{"role":"user","content":"tell me a long story"}]}'
        out = open(self.home / "stream", "wb")
        return subprocess.Popen(
            ["curl", "-sN", "-m", "60", "-H", f"authorization: Bearer {key}", "-H", "content-type: application/json",
             "-d", ask, f"http://127.0.0.1:{self.port}/v1/chat/completions"],
            stdout=out,
        )

    def slow_upstream(self, with_key=False):
        """A provider whose answer takes two seconds, in the settings of this home; one that wants a key has no account."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/v1"
        self.configure(
            f'\n[provider.slow]\nendpoints = {{ openai-chat = "{address}" }}\nmodels = ["slow"]\n'
            "allow_private = true\n" + ("" if with_key else 'auth = "none"\n\n[[account]]\nprovider = "slow"\n')
        )

    def heard(self, _stream):
        return (self.home / "stream").read_text()

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()

    # windows

    def windows(self):
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "^Portolan$"], capture_output=True, text=True, check=False
        )
        return found.stdout.split()

    def close_window(self):
        subprocess.run(["wmctrl", "-c", "Portolan"], check=True)

    def descendants(self, pid):
        found, queue = [], [pid]
        while queue:
            here = queue.pop()
            try:
                text = Path(f"/proc/{here}/task").iterdir()
                children = [int(c) for task in text for c in (task / "children").read_text().split()]
            except OSError:
                continue
            found += children
            queue += children
        return found

    def window(self, pid):
        """The process of the window: the one that the tray itself has started."""
        tasks = Path(f"/proc/{pid}/task").iterdir()
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
        assert len(children) == 1, children
        return children[0]

    def others(self, pid):
        """All other processes of this home that came of a window, also those whose parent is gone."""
        found = []
        for each in Path("/proc").iterdir():
            try:
                name = (each / "comm").read_text().strip()
                ours = f"HOME={self.home}\0".encode() in (each / "environ").read_bytes() + b"\0"
            except OSError:
                continue
            if ours and int(each.name) != pid and name.startswith(("portolan", "WebKit")):
                found.append(int(each.name))
        return found

    def runs(self, pid):
        try:
            return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False

    def toolkits(self, pid):
        """What of a window's libraries the process has in its memory."""
        maps = Path(f"/proc/{pid}/maps").read_text()
        return [name for name in ("libgtk", "libgdk", "libwebkit", "libjavascriptcore", "libGL") if name in maps]

    def display(self):
        """A display of its own, and its name."""
        reading, writing = os.pipe()
        command = ["timeout", "-k", "5", "60", "Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-noreset", "-nolisten", "tcp"]
        started = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        # to the end of the line, which it may write by itself, and would not survive to find nobody there
        with os.fdopen(reading) as told:
            return started, f":{told.readline().strip()}"

    def web_processes(self, pid):
        names = []
        for child in self.descendants(pid):
            try:
                names.append(Path(f"/proc/{child}/comm").read_text().strip())
            except OSError:
                pass
        return [name for name in names if name.startswith("WebKitWebProc")]

    def private_memory(self, pid):
        """What the process alone holds, in MiB."""
        total = 0
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean", "Private_Dirty", "Private_Hugetlb")):
                total += int(line.split()[1])
        return total / 1024

    # the end

    def stop(self, process, how=signal.SIGTERM):
        """Ends it as a session does; the exit code and what it said."""
        pid = self.pid(process)
        if pid:
            os.kill(pid, how)
        self.until("it ends", lambda: process.poll() is not None, 45)
        out, err = process.communicate()
        self.started.remove(process)
        return process.returncode, out + err

    def tell(self):
        """What the programs of a failed case said."""
        self.end_all()
        for process in self.said:
            print(process, flush=True)

    def end_all(self):
        self.said = []
        for process in self.started:
            if process.poll() is None:
                pid = self.pid(process)
                if pid:
                    os.kill(pid, signal.SIGKILL)
                process.kill()
            out, err = process.communicate()
            if out or err:
                self.said.append(f"{process.args[4]}: {out}{err}")
        self.started = []

    def close(self):
        self.end_all()
        shutil.rmtree(self.folder, ignore_errors=True)
