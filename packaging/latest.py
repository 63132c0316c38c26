"""Writes latest.json, which the updater asks for, beside the packages and their signatures.

usage: python3 packaging/latest.py FOLDER TAG ADDRESS
"""

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


def platform(name):
    machine = next((MACHINES[word] for word in MACHINES if word in name), None)
    kind = next((KINDS[end] for end in KINDS if name.endswith(end)), None)
    return kind.format(machine=machine) if machine and kind else None


def main(folder, tag, address):
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
        print("nothing is signed: no latest.json")
        return
    latest = {"version": tag.removeprefix("v"), "platforms": platforms}
    (Path(folder) / "latest.json").write_text(json.dumps(latest, indent=2) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
