"""What has to be true of the unit for systemd."""

import re
import shutil
import subprocess

# of systemd's own measure, from 0 (as little exposed as can be) to 10
MOST = 1.5
PLACE = "/usr/local/bin/portolan"


def analyze(*words):
    return subprocess.run(["systemd-analyze", *map(str, words)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)


def understood(bed):
    """systemd understands every line of the unit"""
    if shutil.which("systemd-analyze") is None:
        raise AssertionError("systemd-analyze is not installed")
    text = (bed.source / "packaging/portolan.service").read_text()
    assert text.count(f"ExecStart={PLACE} serve --claim\n") == 1
    # it looks whether the program is there
    unit = bed.place / "portolan.service"
    unit.write_text(text.replace(f"ExecStart={PLACE}", f"ExecStart={bed.program}"))
    said = analyze("verify", "--man=no", unit)
    ours = [line for line in said.stdout.splitlines() if "portolan" in line]
    assert said.returncode == 0 and not ours, said.stdout
    unit.write_text(text.replace("ProtectClock=yes", "ProtectClocks=yes"))
    assert "ProtectClocks" in analyze("verify", "--man=no", unit).stdout


def little_exposed(bed):
    """by systemd's own measure the unit is exposed to 1.5 of 10 at most"""
    said = analyze("security", "--offline=true", bed.source / "packaging/portolan.service").stdout
    level = re.search(r"Overall exposure level for portolan.service: ([0-9.]+)", said)
    assert level, said
    print(f"exposure of the unit: {level[1]} of 10")
    assert float(level[1]) <= MOST, said


EVERY = [understood, little_exposed]
