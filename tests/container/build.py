"""Makes the image's root folder: the last stage's instructions, run in a clean Debian."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import recipe

# a root of its own for one command, with its processes
INSIDE = 'mount -t proc proc "$1/proc" && exec chroot "$1" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root sh -c "$2"'
# the source, as docker would see it, at its own place, so that what is built already counts
BUILD = """
if [ -n "$4" ]; then mkdir -p "$1/$4"; mount --bind "$3" "$1/$4"; fi
mount --rbind "$1" "$2"
cd "$2"
exec sh -c "$5"
"""


def unshared(script, *arguments, **more):
    subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", script, "sh", *map(str, arguments)], check=True, **more)


def program(source, stage, target, work, profile):
    """The stage that compiles: its own command, in nothing but what .dockerignore leaves. The images with the compiler
    and with Node are not at hand: this machine's compiler stands in, and the pages that the step `ui` has built."""
    context = work / "context"
    context.mkdir()
    recipe.context(source, (source / ".dockerignore").read_text(), context)
    for pages in ("ui/dist", "ui/documents/dist"):
        shutil.copytree(source / pages, context / pages)
    toolchain = re.search(r'^channel = "(.+)"$', (source / "rust-toolchain.toml").read_text(), re.M)[1]
    if not stage.image.startswith(f"rust:{toolchain}-"):
        raise ValueError(f"the image is built with {stage.image}, everything else with {toolchain}")
    command = stage.last("RUN")
    if profile == "debug":
        command = command.replace(" --release", "")
    target.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "RUSTUP_TOOLCHAIN": toolchain}
    within = target.relative_to(source) if target.is_relative_to(source) else ""
    unshared(BUILD, context, source, target, within, command, env=environment)
    return context, target / profile / "portolan"


def root(source, target, root, profile):
    """Carries the instructions out, and gives back the stage for what it says about the start."""
    stages = recipe.stages((source / "Dockerfile").read_text())
    last = stages[-1]
    suite = re.search(r"^VERSION_CODENAME=(.+)$", (root / "etc/os-release").read_text(), re.M)[1]
    if not last.image.startswith(f"debian:{suite}"):
        print(f"note: the image begins with {last.image}, this one with {suite}")
    named = {stage.name: stage for stage in stages}
    with tempfile.TemporaryDirectory() as work:
        context, built = program(source, named["program"], target, Path(work), profile)
        for word, rest in last.steps:
            if word == "RUN":
                unshared(INSIDE, root, rest, stdout=subprocess.DEVNULL)
            elif word == "COPY":
                stage, sources, destination = recipe.copy(rest)
                place = root / destination.lstrip("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                for each in sources:
                    found = built if (stage, each) == ("program", "/source/target/release/portolan") else context / each
                    shutil.copy2(found, place)
    return last
