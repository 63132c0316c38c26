"""The image without Docker: made in a clean Debian as the Dockerfile says, and started as a container is."""

import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import box
import build
import cases
import recipe
import unit

SOURCE = Path(__file__).resolve().parents[2]
ADDRESS = "192.0.2.7"


def prove(root, program):
    """In a network and with mounts of their own, which go with this process."""
    box.network(ADDRESS)
    stage = recipe.stages((SOURCE / "Dockerfile").read_text())[-1]
    failed = 0
    every = [*cases.EVERY, *unit.EVERY]
    for case in every:
        with tempfile.TemporaryDirectory(prefix="portolan-container-") as place:
            try:
                case(cases.Bed(root, stage, Path(place), ADDRESS, program, SOURCE))
                print(f"ok      {case.__doc__.strip()}", flush=True)
            except (AssertionError, OSError, ValueError, subprocess.SubprocessError):
                failed += 1
                print(f"FAILED  {case.__doc__.strip()}\n{traceback.format_exc()}", flush=True)
    print(f"\n{len(every) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1] == "--prove":
        sys.exit(prove(Path(sys.argv[2]), Path(sys.argv[3])))
    root, target = (Path(each).resolve() for each in sys.argv[1:3])
    profile = sys.argv[3] if len(sys.argv) > 3 else "release"
    build.root(SOURCE, target, root, profile)
    alone = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp("unshare", [*alone, sys.executable, __file__, "--prove", str(root), str(target / profile / "portolan")])
