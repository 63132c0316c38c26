"""Pictures of the real window: each theme, each language."""

import subprocess
from pathlib import Path

from webview import Window

PAGES = ["home", "providers", "activity", "settings"]
LARGEST = 150 * 1024
LOOKS = [("en", "dark"), ("en", "light"), ("zh-CN", "dark"), ("zh-CN", "light")]
ASK = '{"model":"demo","messages":[{"role":"user","content":"Which ports do pilots know?"}]}'


def take(session, folder):
    """Every page in every theme and language, as `<page>-<theme>-<language>.png`."""
    folder = Path(folder)
    session.configure('\n[activity]\nretention_days = 1\n')
    with Window(session) as window:
        session.until("the gateway answers", session.health)
        key = window.rpc("keys.reveal")[1]["value"]
        for _ in range(3):
            subprocess.run(
                ["curl", "-s", "-m", "20", "-o", "/dev/null", "-H", f"authorization: Bearer {key}", "-H", "content-type: application/json",
                 "-d", ASK, f"http://127.0.0.1:{session.port}/v1/chat/completions"], check=True,
            )
        for language, theme in LOOKS:
            good, error = window.rpc("settings.change", {"language": language, "theme": theme})
            assert good, error
            session.until("the theme is there", lambda: window.run("return document.documentElement.dataset.theme") == theme)
            session.until("the language is there", lambda: window.run("return document.documentElement.lang").startswith(language[:2]))
            for page in PAGES:
                window.run("window.location.hash = arguments[0]", "#/" if page == "home" else f"#/{page}")
                session.until("the page is there", lambda: window.run("return document.querySelector('main')?.innerText ?? ''"))
                session.rest(1.2)
                shown = session.windows()
                assert shown, "the window is there"
                file = folder / f"{page}-{theme}-{language}.png"
                # grey letters need few colours; as many as there is room for
                for colours in (96, 48, 24, 16):
                    command = ["import", "-window", shown[0], "-strip", "+dither", "-colors", str(colours), str(file)]
                    subprocess.run(command, check=True, timeout=30)
                    if file.stat().st_size < LARGEST:
                        break
                print(f"        {file.name}: {file.stat().st_size // 1024} KiB", flush=True)
