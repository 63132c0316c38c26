"""What the desktop application has to show, seen from outside."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from session import Portal


def starts_and_stops_from_the_tray(session):
    process = session.start("--hidden")
    session.item()
    running = session.wait_label("● Running on")
    assert f"localhost:{session.port}" in running, running
    assert session.health(), "the gateway answers"
    assert not session.windows(), "--hidden opens no window"
    pid = session.pid(process)
    print(f"        private memory with no window: {session.private_memory(pid):.1f} MiB")
    assert not session.descendants(pid), "the tray is one process"
    assert not session.toolkits(pid), "the tray needs no library of a window"
    assert session.labels()[1:] == ["Stop", "Copy address", "Copy key", "Open Portolan", "Launch at login", "Quit"]
    icon = session.property("IconPixmap")
    session.click("Stop")
    session.wait_label("○ Stopped")
    session.until("the port is closed", lambda: not session.health())
    assert session.property("IconPixmap") != icon, "another shape for another state"
    session.click("Start")
    session.wait_label("● Running on")
    session.until("it answers again", session.health)
    code, said = session.stop(process)
    assert code == 0, (code, said)
    assert not session.health()


def quits_from_the_tray(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    session.click("Quit", ends=True)
    session.until("it ends", lambda: process.poll() is not None)
    assert process.returncode == 0, process.communicate()


def opens_and_closes_its_window(session):
    process = session.start("--hidden")
    item = session.item()
    session.wait_label("● Running on")
    session.click("Open Portolan")
    session.until("a window appears", session.windows)
    pid = session.pid(process)
    session.until("the web view runs", lambda: session.web_processes(pid))
    session.close_window()
    session.until("the window is gone", lambda: not session.windows())
    session.until("nothing is left of it", lambda: not session.descendants(pid) and not session.others(pid))
    assert not session.toolkits(pid), "the tray needs no library of a window"
    assert process.poll() is None and session.health(), "the gateway goes on"
    print(f"        private memory after a window: {session.private_memory(pid):.1f} MiB")
    assert not session.notifications.shown, "a window that was closed is no misfortune"
    session.call(item, "org.kde.StatusNotifierItem", "Activate", 0, 0)
    session.until("a left click opens it again", session.windows)
    code, said = session.stop(process)
    assert code == 0, (code, said)


def a_window_that_ends_by_itself_takes_nothing_with_it(session):
    process = session.start("--hidden")
    item = session.item()
    session.wait_label("● Running on")
    session.click("Open Portolan")
    session.until("a window appears", session.windows)
    pid = session.pid(process)
    os.kill(session.window(pid), signal.SIGKILL)
    shown = lambda: [title for title, _ in session.notifications.shown]
    session.until("it is told", lambda: "The window is gone" in shown())
    session.until("nothing is left of it", lambda: not session.descendants(pid) and not session.windows())
    assert process.poll() is None and session.health(), "the gateway goes on"
    session.call(item, "org.kde.StatusNotifierItem", "Activate", 0, 0)
    session.until("it can be opened again", session.windows)
    window = session.window(pid)
    os.kill(pid, signal.SIGKILL)
    session.until("a window without its tray ends", lambda: not session.runs(window))
    session.until("nothing is left at all", lambda: not session.windows() and not session.others(pid))


def ends_with_its_display(session):
    display, name = session.display()
    process = session.start("--hidden", DISPLAY=name)
    session.item()
    session.wait_label("● Running on")
    display.terminate()
    session.until("it ends", lambda: process.poll() is not None)
    assert process.returncode == 0, process.communicate()
    assert not session.health()
    display.wait()


def a_second_start_focuses_the_first(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    assert not session.windows()
    second = session.start("portolan://page/activity")
    session.until("the second one ends", lambda: second.poll() is not None)
    assert second.returncode == 0, second.communicate()
    session.until("the first one opens its window", session.windows)
    # a window manager takes a new window out of sight for a moment, to put it into its frame
    session.until("there is one window", lambda: len(session.windows()) == 1)
    window = session.window(session.pid(process))
    third = session.start()
    session.until("the third one ends", lambda: third.poll() is not None)
    assert third.returncode == 0, third.communicate()
    session.rest(1)
    session.until("there is one window still", lambda: len(session.windows()) == 1)
    assert session.window(session.pid(process)) == window, "the same one"
    assert process.poll() is None
    code, said = session.stop(process, signal.SIGINT)
    assert code == 0, (code, said)


def starts_with_the_session_only_when_asked(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    folder = session.home / ".config" / "autostart"
    files = lambda: list(folder.glob("*.desktop")) if folder.exists() else []
    assert not files(), "off until asked for"
    session.click("Launch at login")
    file = session.until("a file is written", files)[0]
    words = session.until("it is whole", lambda: (lambda text: text if "Exec=" in text else None)(file.read_text()))
    assert "--hidden" in words, words
    checked = lambda: any(each[1] == "Launch at login" and each[3].get("toggle-state") == 1 for each in session.entries())
    session.until("the entry is ticked", checked)
    session.click("Launch at login")
    session.until("the file is gone", lambda: not files())
    session.until("the entry is not ticked", lambda: not checked())
    assert session.stop(process)[0] == 0


def a_busy_port_is_shown_and_another_taken(session):
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", session.port))
        holder.listen()
        process = session.start("--hidden")
        session.item()
        session.wait_label("✕ Cannot serve")
        fault = session.wait_label("✕ listen on")
        assert str(session.port) in fault and "python3" in fault, fault
        other = session.wait_label("Use port ")
        port = session.port + 1
        assert str(port) in other
        session.click(other)
        session.wait_label("● Running on")
        session.until("the other port answers", lambda: session.health(port))
        settings = (session.home / ".config" / "portolan" / "config.toml").read_text()
        assert f"port = {port}" in settings, settings
        assert session.stop(process)[0] == 0


def starts_and_stops_an_instance_alone(session):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    session.configure(f'\n[[instance]]\nname = "work"\nport = {port}\n')
    label = f"work · localhost:{port}"
    settings = session.home / ".config" / "portolan" / "config.toml"

    def ticked(now):
        return int(session.inner("Instances").get(label, (0, "", True, {}))[3].get("toggle-state", -1)) == now

    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    session.until("it is in the menu, and ticked", lambda: ticked(1))
    assert session.health(port), "it answers"
    session.click(label, inside="Instances")
    session.until("it is not ticked", lambda: ticked(0))
    session.until("its port is closed", lambda: not session.health(port))
    assert session.health(), "the first one answers"
    assert "enabled = false" in settings.read_text(), settings.read_text()
    assert session.stop(process)[0] == 0
    process = session.start("--hidden")
    session.until("it is as it was", lambda: session.labels() and ticked(0) and session.health())
    assert not session.health(port)
    session.click(label, inside="Instances")
    session.until("it answers again", lambda: ticked(1) and session.health(port))
    assert session.stop(process)[0] == 0


def speaks_chinese(session):
    process = session.start("--hidden", LANG="zh_CN.UTF-8")
    session.item()
    session.wait_label("● 运行中：")
    assert session.labels()[1:] == ["停止", "复制地址", "复制密钥", "打开 Portolan", "登录时启动", "退出"]
    session.click("停止")
    session.wait_label("○ 已停止")
    assert session.stop(process)[0] == 0


def copies_the_address_and_the_key(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")

    def copied():
        asked = subprocess.Popen(
            ["xclip", "-selection", "clipboard", "-o"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        session.until("the clipboard answers", lambda: asked.poll() is not None)
        return asked.communicate()[0]

    session.click("Copy address")
    session.until("the address is there", lambda: copied() == f"http://localhost:{session.port}")
    session.click("Copy key")
    session.until("the key is there", lambda: copied().startswith("pk-"))
    assert session.stop(process)[0] == 0


def tells_that_a_server_has_the_home(session):
    server = session.serve()
    session.until("the server answers", session.health)
    process = session.start("--hidden")
    session.item()
    session.wait_label("▲ Running in another program")
    labels = session.labels()
    assert "Start" not in labels and "Stop" not in labels, labels
    assert "Copy address" in labels, labels
    assert session.health(), "the server was left alone"
    code, said = session.stop(server)
    assert code == 0, said
    session.wait_label("○ Stopped")
    session.click("Start")
    session.until("it serves now", session.health)
    assert session.stop(process)[0] == 0


def answers_the_command_line(session):
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    asked = session.ask("status", "--json")
    assert asked.returncode == 0 and '"serving": true' in asked.stdout.replace('":true', '": true'), asked
    assert session.stop(process)[0] == 0


def tells_that_an_account_wants_a_key(session):
    account = '\n[[account]]\nprovider = "openai"\nkey_env = "NO_SUCH_KEY"\n'
    session.configure(account)
    process = session.start("--hidden")
    session.item()
    session.wait_label("▲ Running on")
    session.wait_label("▲ OpenAI wants to be signed in")
    shown = lambda: [title for title, _ in session.notifications.shown]
    session.until("a notification is shown", lambda: any("OpenAI" in title for title in shown()))
    assert session.stop(process)[0] == 0
    session.notifications.shown.clear()
    session.configure("\n[desktop]\nnotify_sign_in = false\n" + account)
    process = session.start("--hidden")
    session.item()
    session.wait_label("▲ OpenAI wants to be signed in")
    session.rest(1.0)
    assert not shown(), "it was turned off"
    assert session.stop(process)[0] == 0


def drains_a_stream_before_it_ends(session):
    session.slow_upstream()
    process = session.start("--hidden")
    session.item()
    session.wait_label("● Running on")
    key = session.ask("keys", "show", "--json")
    assert key.returncode == 0, key
    stream = session.stream(json.loads(key.stdout)["value"])
    session.until("the stream begins", lambda: stream.poll() is not None or session.heard(stream))
    assert stream.poll() is None, "it still runs"
    code, said = session.stop(process)
    assert code == 0, (code, said)
    session.until("the stream ends", lambda: stream.poll() is not None)
    assert "[DONE]" in session.heard(stream), session.heard(stream)


def ends_with_a_sentence_where_there_is_no_display(session):
    for display in (None, ":4242"):
        process = session.start(DISPLAY=display, WAYLAND_DISPLAY=None)
        session.until("it ends", lambda: process.poll() is not None)
        out, err = process.communicate()
        assert process.returncode == 1, (display, process.returncode, err)
        assert "portolan serve" in err and "panicked" not in err, (display, out, err)
        assert len(err.strip().splitlines()) == 1, (display, err)


def brightness(session):
    """How bright what is drawn of the tray's icon is, from 0 to 255."""
    _, _, data = session.property("IconPixmap")[0]
    data = bytes(data)
    drawn = [data[at + 1] for at in range(0, len(data), 4) if data[at] > 200]
    return sum(drawn) / len(drawn)


def the_icon_follows_plasmas_theme(session):
    portal = Portal(session.bus, 2)
    try:
        process = session.start("--hidden", XDG_CURRENT_DESKTOP="KDE")
        session.until("a dark icon on a light bar", lambda: brightness(session) < 100)
        portal.change(1)
        session.until("a bright one on a dark bar", lambda: brightness(session) > 150)
        portal.change(0)
        session.rest(1)
        assert brightness(session) > 150, "as everywhere where nobody tells"
        assert session.stop(process)[0] == 0
        # As Breeze Twilight has it: a dark panel beside light windows.
        defaults = session.home / ".config" / "kdedefaults"
        defaults.mkdir()
        (defaults / "plasmarc").write_text("[Theme]\nname=breeze-dark\n")
        portal.scheme = 2
        process = session.start("--hidden", XDG_CURRENT_DESKTOP="KDE")
        session.until("a bright icon on the panel", lambda: brightness(session) > 150)
        (defaults / "plasmarc").write_text("[Theme]\nname=default\n")
        portal.change(2)
        session.until("a dark one with the windows", lambda: brightness(session) < 100)
        assert session.stop(process)[0] == 0
    finally:
        portal.remove_from_connection()
        del portal.name


def the_icon_follows_xfces_panel(session):
    """By Xfce's own settings daemon, with a home of this test's."""
    service = Path("/usr/share/dbus-1/services/org.xfce.Xfconf.service")
    if not service.exists():
        print("        not shown: xfconf is not installed", flush=True)
        return
    daemon = next(line.removeprefix("Exec=") for line in service.read_text().splitlines() if line.startswith("Exec="))
    session.spawn(daemon)
    session.until("the settings are there", lambda: session.bus.name_has_owner("org.xfce.Xfconf"))
    setting = ["xfconf-query", "-c", "xfce4-panel", "-p", "/panels/dark-mode"]
    theme = ["xfconf-query", "-c", "xsettings", "-p", "/Net/ThemeName"]

    def choose(command, kind, value):
        subprocess.run([*command, "-n", "-t", kind, "-s", value], env=session.environment(), check=True, timeout=20)

    choose(setting, "bool", "true")
    choose(theme, "string", "Greybird")
    process = session.start("--hidden", XDG_CURRENT_DESKTOP="XFCE")
    session.until("a bright icon on a dark bar", lambda: brightness(session) > 150)
    choose(setting, "bool", "false")
    session.until("a dark one on a light bar", lambda: brightness(session) < 100)
    choose(theme, "string", "Greybird-dark")
    session.until("a bright one on a dark theme", lambda: brightness(session) > 150)
    assert session.stop(process)[0] == 0


def the_window_brings_no_sqlite_of_ours(session):
    """WebKit and libsoup would call ours in place of the one that they were made for."""
    magic = b"SQLite format 3"
    assert magic in Path(session.program).read_bytes(), "this would not find it"
    assert magic not in Path(session.program).with_name("portolan-window").read_bytes()


CASES = [
    starts_and_stops_from_the_tray,
    quits_from_the_tray,
    opens_and_closes_its_window,
    a_window_that_ends_by_itself_takes_nothing_with_it,
    ends_with_its_display,
    a_second_start_focuses_the_first,
    starts_with_the_session_only_when_asked,
    a_busy_port_is_shown_and_another_taken,
    speaks_chinese,
    copies_the_address_and_the_key,
    tells_that_a_server_has_the_home,
    answers_the_command_line,
    tells_that_an_account_wants_a_key,
    drains_a_stream_before_it_ends,
    ends_with_a_sentence_where_there_is_no_display,
    the_icon_follows_plasmas_theme,
    the_icon_follows_xfces_panel,
    the_window_brings_no_sqlite_of_ours,
]
