"""The desktop's figures: memory before and after a window, and how soon a window is there again.

Give it release programs (`cargo xtask dist` makes them): what a debug build takes says nothing.

Private memory is told twice: all of it, which the limits are for, and without the unchanged pages of the system's
own libraries, which are the process's own only as long as no other program uses them.
"""

import time
from pathlib import Path

# the most that is allowed: private memory in MiB, seconds, processes
MOST = {"no window, MiB": 30, "after a window, MiB": 45, "reopened, s": 0.5, "web processes left": 0}


def private(program, pid):
    """What the process alone holds in MiB, and how much of it are unchanged pages of others' files."""
    total = borrowed = 0
    theirs = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split(maxsplit=5)
        if not words[0].endswith(":"):
            path = words[5] if len(words) > 5 else ""
            theirs = path.startswith("/") and path != program
        elif words[0] in ("Private_Clean:", "Private_Dirty:", "Private_Hugetlb:"):
            total += int(words[1])
            if theirs and words[0] == "Private_Clean:":
                borrowed += int(words[1])
    return total / 1024, borrowed / 1024


def tree(session, pid):
    """The same of the process and of all that came of it."""
    total = borrowed = 0
    for each in {pid, *session.descendants(pid), *session.others(pid)}:
        try:
            more, less = private(str(Path(session.program).resolve()), each)
        except OSError:
            continue
        total += more
        borrowed += less
    return total, borrowed


def take(session):
    process = session.start("--hidden")
    item = session.item()
    session.wait_label("● Running on")
    pid = session.pid(process)
    session.rest(5)
    figures = {}

    def weigh(when):
        total, borrowed = tree(session, pid)
        figures[f"{when}, MiB"] = total
        figures[f"{when}, without, MiB"] = total - borrowed

    weigh("no window")
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
    figures["reopened, s"] = min(reopened[1:])
    session.rest(5)
    figures["web processes left"] = len(session.web_processes(pid))
    weigh("after a window")
    session.stop(process)
    missed = [name for name, most in MOST.items() if figures[name] > most]
    for name, figure in figures.items():
        limit = f"   at most {MOST[name]}" if name in MOST else ""
        print(f"{name:<32} {figure:8.2f}{limit}{'   MISSED' if name in missed else ''}", flush=True)
    return 1 if missed else 0
