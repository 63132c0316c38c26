"""Runs the real application in a session of its own.

usage: python3 tests/desktop/main.py PROGRAM SERVER [CASE... | --pictures FOLDER | --measure]

PROGRAM is `portolan-desktop`, SERVER is `portolan`. Needs the system's own python3 (with dbus and gi),
minisign, gsettings, Xvfb, openbox, xdotool, wmctrl, xclip, WebKitWebDriver, and runs itself again under a display and a bus of its own.
"""

import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

INSIDE = "PORTOLAN_DESKTOP_SESSION"
LONGEST = 900


def outside():
    """A display, and this program again on a bus of its own."""
    reading, writing = os.pipe()
    display = subprocess.Popen(
        ["timeout", "-k", "5", str(LONGEST), "Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        number = os.read(reading, 16).decode().strip()
        if not number:
            print("Xvfb did not start")
            return 1
        env = {k: v for k, v in os.environ.items() if k not in ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY")}
        env.update(DISPLAY=f":{number}", GDK_BACKEND="x11", **{INSIDE: "1"})
        again = ["timeout", "-k", "5", str(LONGEST), "dbus-run-session", "--", sys.executable, __file__, *sys.argv[1:]]
        return subprocess.run(again, env=env, check=False).returncode
    finally:
        display.terminate()
        display.wait()


def inside(program, server, wanted):
    import cases
    import proxies
    import sign_ins
    import updates
    import webview
    from session import Session

    manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    passed = failed = 0
    try:
        session = Session(program, server)
        if wanted[:1] == ["--pictures"]:
            import pictures

            pictures.take(session, wanted[1])
            session.close()
            return 0
        if wanted == ["--measure"]:
            import measure

            code = measure.take(session)
            session.close()
            return code
        for case in cases.CASES + webview.CASES + sign_ins.CASES + proxies.CASES + updates.CASES:
            name = case.__name__.replace("_", " ")
            if wanted and case.__name__ not in wanted:
                continue
            session.fresh_home()
            began = time.monotonic()
            try:
                case(session)
                passed += 1
                print(f"ok      {name}, {time.monotonic() - began:.1f} s", flush=True)
            except Exception:  # noqa: BLE001: one failure must not hide the others
                failed += 1
                print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
                session.tell()
            finally:
                session.end_all()
        session.close()
    finally:
        manager.terminate()
        manager.wait()
    print(f"desktop: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if os.environ.get(INSIDE):
        sys.path.insert(0, str(Path(__file__).parent))
        sys.exit(inside(sys.argv[1], sys.argv[2], sys.argv[3:]))
    sys.exit(outside())
