"""The desktop's figures: memory before and after a window, and how soon a window is there again.

Give it release programs (`cargo xtask dist` makes them): what a debug build takes says nothing.
"""

import time

# the least that is asked for: private memory in MiB, and seconds
MOST = {"no window, private MiB": 40, "after a window, private MiB": 60, "reopened, seconds": 0.5, "web processes left": 0}


def tree(session, pid):
    """Private memory of the process and of all that it started."""
    total = 0
    for each in [pid, *session.descendants(pid)]:
        try:
            total += session.private_memory(each)
        except OSError:
            pass
    return total


def take(session):
    process = session.start("--hidden")
    item = session.item()
    session.wait_label("● Running on")
    pid = session.pid(process)
    session.rest(5)
    figures = {"no window, private MiB": tree(session, pid)}
    reopened = []
    for _ in range(4):
        began = time.monotonic()
        session.call(item, "org.kde.StatusNotifierItem", "Activate", 0, 0)
        session.until("a window appears", session.windows)
        reopened.append(time.monotonic() - began)
        session.until("the web view runs", lambda: session.web_processes(pid))
        session.rest(2)
        session.close_window()
        session.until("the window is gone", lambda: not session.windows())
        session.rest(2)
    figures["reopened, seconds"] = min(reopened[1:])
    session.rest(5)
    figures["web processes left"] = len(session.web_processes(pid))
    figures["after a window, private MiB"] = tree(session, pid)
    session.stop(process)
    missed = [name for name, most in MOST.items() if figures[name] > most]
    for name, figure in figures.items():
        print(f"{name:<30} {figure:8.2f}   at most {MOST[name]}{'   MISSED' if name in missed else ''}", flush=True)
    return 1 if missed else 0
