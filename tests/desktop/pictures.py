"""Pictures of the real window and of the tray: each theme, each language."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from answering import answering
from webview import Window

PAGES = ["home", "providers", "activity", "settings"]
LARGEST = 150 * 1024
USUAL_PORT = 28000
LOOKS = [("en", "dark"), ("en", "light"), ("zh-CN", "dark"), ("zh-CN", "light")]
# who asks for what: programs as they name themselves
ASKED = [
    ("curl/8.5.0", "demo"),
    ("claude-cli/2.1.4 (external, cli)", "qwen3-coder"),
    ("OpenAI/Python 2.8.1", "llama-3.3-70b"),
    ("claude-cli/2.1.4 (external, cli)", "qwen3-coder"),
    ("opencode/1.0.60", "qwen3-coder"),
    ("claude-cli/2.1.4 (external, cli)", "ports-that-no-pilot-knows"),
    ("OpenAI/Python 2.8.1", "llama-3.3-70b"),
    ("claude-cli/2.1.4 (external, cli)", "qwen3-coder"),
]
SETTINGS = """
[provider.workshop]
name = "Workshop"
endpoints = {{ openai-chat = "{address}" }}
models = ["qwen3-coder"]
allow_private = true
auth = "none"

[provider.office]
name = "Office"
endpoints = {{ openai-chat = "{address}" }}
models = ["llama-3.3-70b", "qwen3-coder"]
allow_private = true
auth = "none"

[[account]]
provider = "workshop"

[[account]]
provider = "office"

[activity]
retention_days = 30
"""
PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator"><property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/></property>
    <property name="plugin-2" type="string" value="systray"><property name="square-icons" type="bool" value="true"/></property>
    <property name="plugin-3" type="string" value="clock"><property name="digital-time-format" type="string" value="%H:%M"/></property>
  </property>
</channel>
"""


def take(session, folder):
    """Every page as `<page>-<theme>-<language>.png`, and the tray where there is a panel for it."""
    folder = Path(folder)
    session.port = usual_port(session.port)
    # its path is in a picture
    session.home = Path(tempfile.gettempdir()) / "you"
    session.home.mkdir()
    try:
        picture(session, folder)
    finally:
        session.end_all()
        shutil.rmtree(session.home)


def usual_port(other):
    """The port that everybody has, where it is free."""
    with socket.socket() as each:
        try:
            each.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return other
    return USUAL_PORT


def picture(session, folder):
    server = answering("The Portolan charts show harbours, winds and the bearings between them.")
    session.configure(SETTINGS.format(address=f"http://127.0.0.1:{server.server_port}/v1"))
    with Window(session) as window:
        session.until("the gateway answers", session.health)
        key = window.rpc("keys.reveal")[1]["value"]
        for agent, model in ASKED:
            ask = json.dumps({"model": model, "messages": [{"role": "user", "content": "Which ports do pilots know?"}]})
            subprocess.run(
                ["curl", "-s", "-m", "20", "-o", "/dev/null", "-A", agent, "-H", f"authorization: Bearer {key}", "-H", "content-type: application/json",
                 "-d", ask, f"http://127.0.0.1:{session.port}/v1/chat/completions"], check=True,
            )
        session.rest(2)  # until the last of them is written down
        for language, theme in LOOKS:
            good, error = window.rpc("settings.change", {"language": language, "theme": theme})
            assert good, error
            session.until("the theme is there", lambda: window.run("return document.documentElement.dataset.theme") == theme)
            session.until("the language is there", lambda: window.run("return document.documentElement.lang").startswith(language[:2]))
            for page in PAGES:
                window.run("window.location.hash = arguments[0]", f"#/{page}")
                session.until("the page is there", lambda: window.run("return document.querySelector('main')?.innerText ?? ''"))
                session.rest(1.5)
                shown = session.windows()
                assert shown, "the window is there"
                keep(folder / f"{page}-{theme}-{language}.png", "-window", shown[0])
    session.end_all()
    if shutil.which("xfce4-panel"):
        for language, theme in LOOKS:
            tray(session, folder, language, theme)
    else:
        print("        no picture of the tray: xfce4-panel is not installed", flush=True)


def tray(session, folder, language, theme):
    """The icon in a real panel with its menu open, as `tray-<theme>-<language>.png`."""
    session.configure(f'\n[desktop]\ntheme = "{theme}"\nlanguage = "{language}"\n')
    configuration = session.home / ".config" / "xfce4" / "xfconf" / "xfce-perchannel-xml"
    configuration.mkdir(parents=True, exist_ok=True)
    (configuration / "xfce4-panel.xml").write_text(PANEL.format(dark=str(theme == "dark").lower()))
    gtk = session.home / ".config" / "gtk-3.0"
    gtk.mkdir(parents=True, exist_ok=True)
    (gtk / "settings.ini").write_text(f"[Settings]\ngtk-application-prefer-dark-theme={int(theme == 'dark')}\n")
    # a bus of its own, whose watcher is the panel's
    inside = (
        'xfce4-panel --disable-wm-check & panel=$!; sleep 3; "$0" --hidden & shown=$!; sleep 4; '
        'xdotool mousemove "$1" 16 click 3; sleep 2; import -window root -crop 340x250+940+0 +repage -strip "$2"; '
        'xdotool key Escape; kill $shown; wait $shown; kill $panel; wait $panel'
    )
    file = folder / f"tray-{theme}-{language}.png"
    env = session.environment(LANG="zh_CN.UTF-8" if language == "zh-CN" else "C.UTF-8", DISPLAY=os.environ["DISPLAY"], GTK_THEME="Adwaita:dark" if theme == "dark" else "Adwaita")
    subprocess.run(["xsetroot", "-solid", "#26323a" if theme == "dark" else "#dfe5e8"], check=False)
    subprocess.run(
        ["timeout", "-k", "5", "60", "dbus-run-session", "--", "bash", "-c", inside, session.program, "1195", str(file)],
        env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    assert file.exists(), "the tray was not pictured"
    print(f"        {file.name}: {file.stat().st_size // 1024} KiB", flush=True)


def keep(file, *what):
    """Takes a picture with as many colours as there is room for; grey letters need few."""
    for colours in (96, 48, 24, 16):
        subprocess.run(["import", *what, "-strip", "+dither", "-colors", str(colours), str(file)], check=True, timeout=30)
        if file.stat().st_size < LARGEST:
            break
    print(f"        {file.name}: {file.stat().st_size // 1024} KiB", flush=True)
