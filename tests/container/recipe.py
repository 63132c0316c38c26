"""Reads the Dockerfile and .dockerignore as far as ours use them; what is not known here is refused."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

KNOWN = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}


@dataclass
class Stage:
    image: str
    name: str
    steps: list = field(default_factory=list)

    def every(self, word):
        return [rest for found, rest in self.steps if found == word]

    def last(self, word):
        found = self.every(word)
        return found[-1] if found else None


def stages(text):
    """The stages, each with its instructions in order."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found = []
    for line in whole.splitlines():
        if not line.strip():
            continue
        word, rest = line.split(None, 1)
        if word not in KNOWN:
            raise ValueError(f"the Dockerfile has {word}, which this test does not know")
        if word == "FROM":
            image, *name = re.split(r"\s+AS\s+", rest.strip())
            found.append(Stage(image, name[0] if name else ""))
        else:
            found[-1].steps.append((word, rest.strip()))
    return found


def words(rest):
    """The words of an instruction's JSON form, the only one that starts no shell."""
    return json.loads(rest)


def variables(stage):
    """What ENV sets."""
    pairs = (word.split("=", 1) for rest in stage.every("ENV") for word in shlex.split(rest))
    return dict(pairs)


def copy(rest):
    """Where a COPY takes from (None: the context), its sources, its destination."""
    given = shlex.split(rest)
    flags = dict(word[2:].split("=", 1) for word in given if word.startswith("--"))
    if set(flags) - {"from"}:
        raise ValueError(f"COPY with {flags}, which this test does not know")
    *sources, destination = [word for word in given if not word.startswith("--")]
    return flags.get("from"), sources, destination


def context(source, ignored, destination):
    """Copies what .dockerignore leaves of a folder. Ours first leaves everything out, takes back some of what lies
    on top, and then leaves out paths of that."""
    lines = [line.strip() for line in ignored.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if lines[0] != "*":
        raise ValueError(".dockerignore does not begin with *")
    kept = [line[1:] for line in lines if line.startswith("!")]
    left = {line for line in lines[1:] if not line.startswith("!")}
    if any("/" in name or "*" in name for name in kept) or any("*" in path for path in left):
        raise ValueError("a pattern in .dockerignore that this test does not know")

    def skip(folder, names):
        inner = Path(folder).relative_to(source)
        return [name for name in names if str(inner / name) in left]

    for name in kept:
        if (source / name).is_dir():
            shutil.copytree(source / name, destination / name, symlinks=True, ignore=skip)
        else:
            shutil.copy2(source / name, destination / name)
