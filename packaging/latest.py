"""The news of a release, which the updater asks for, beside the packages and their signatures.

usage: python3 packaging/latest.py news FOLDER TAG ADDRESS   writes FOLDER/news.json, to be signed
       python3 packaging/latest.py again FOLDER              the same of FOLDER/latest.json, for another term
       python3 packaging/latest.py seal FOLDER               makes FOLDER/latest.json of it and FOLDER/news.json.sig
"""

import datetime
import json
import sys
from pathlib import Path

# What a package is for, by the end of its name and the machine that the name tells.
KINDS = {
    ".AppImage": "linux-{machine}-appimage",
    ".deb": "linux-{machine}-deb",
    ".rpm": "linux-{machine}-rpm",
    "-setup.exe": "windows-{machine}-nsis",
    ".msi": "windows-{machine}-msi",
    ".app.tar.gz": "darwin-{machine}-app",
}
MACHINES = {"aarch64": "aarch64", "arm64": "aarch64", "x86_64": "x86_64", "amd64": "x86_64", "x64": "x86_64"}

# How long the news count, and how long it takes until everybody is offered a release.
DAYS = 90
ROLLOUT_HOURS = 72


def platform(name):
    machine = next((MACHINES[word] for word in MACHINES if word in name), None)
    kind = next((KINDS[end] for end in KINDS if name.endswith(end)), None)
    return kind.format(machine=machine) if machine and kind else None


def written(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def expires():
    return written(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=DAYS))


def write(folder, news):
    (Path(folder) / "news.json").write_text(json.dumps(news, ensure_ascii=False))


def news(folder, tag, address):
    platforms = {}
    for signature in sorted(Path(folder).rglob("*.sig")):
        package = signature.name.removesuffix(".sig")
        found = platform(package)
        if found is None:
            # macOS's archives have one name for both machines: the folder tells which
            if not package.endswith(".app.tar.gz"):
                sys.exit(f"what is {package} for?")
            machine = "x86_64" if "intel" in str(signature) else "aarch64"
            found = f"darwin-{machine}-app"
            renamed = package.replace(".app", f"_{machine}.app")
            (signature.parent / package).rename(signature.parent / renamed)
            signature = signature.rename(signature.parent / f"{renamed}.sig")
            package = renamed
        platforms[found] = {"signature": signature.read_text().strip(), "url": f"{address}/{package}"}
    if not platforms:
        print("nothing is signed: no news")
        return
    now = datetime.datetime.now(datetime.timezone.utc)
    write(
        folder,
        {
            "version": tag.removeprefix("v"),
            "pub_date": written(now),
            "expires": expires(),
            "rollout_hours": ROLLOUT_HOURS,
            "platforms": platforms,
        },
    )


def again(folder):
    """What was told stays as it is; only the term is another."""
    latest = json.loads((Path(folder) / "latest.json").read_text())
    write(folder, json.loads(latest["signed"]) | {"expires": expires()})


def seal(folder):
    signed, signature = Path(folder) / "news.json", Path(folder) / "news.json.sig"
    if not signed.exists():
        return
    latest = {"signed": signed.read_text(), "signature": signature.read_text().strip()}
    (Path(folder) / "latest.json").write_text(json.dumps(latest, indent=2) + "\n")
    signed.unlink()
    signature.unlink()


if __name__ == "__main__":
    steps = {"news": (news, 5), "again": (again, 3), "seal": (seal, 3)}
    step, count = steps.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if len(sys.argv) != count:
        sys.exit(__doc__)
    step(*sys.argv[2:])
