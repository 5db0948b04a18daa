"""Commands of the pages as a reader types them: in a terminal of 100 columns, beside the cases of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).parents[2]
COLUMNS = 100
LIMIT = 300  # seconds for one command


def with_cases(folder: Path) -> Path:
    """Copy the cases of the project into a folder."""
    for part in ("scenarios", "seeds"):
        shutil.copytree(TOP / part, folder / part)
    return folder


def typed(command: str, folder: Path, *, columns: int = COLUMNS) -> str:
    """Return what a line with `sim` writes to a terminal, without progress and colours; it must end with 0."""
    words = shlex.split(command, comments=True)
    assert words[0] == "sim", command
    ours, theirs = os.openpty()
    given = {
        **os.environ,
        "COLUMNS": str(columns),
        "LINES": "500",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONPATH": str(TOP),
    }
    with (folder / "stderr.txt").open("w+b") as said:
        done = subprocess.Popen([sys.executable, "-m", "sim", *words[1:]], stdin=theirs, stdout=theirs, stderr=said,
                                env=given, cwd=folder)  # fmt: skip
        os.close(theirs)
        found = _all_of(ours)
        assert done.wait(LIMIT) == 0, (folder / "stderr.txt").read_text(encoding="utf-8")
    text = re.sub(r"[\u2066-\u2069]", "", found.decode().replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def _all_of(number: int) -> bytes:
    """Read a terminal until the other end is closed."""
    found = b""
    ends = time.monotonic() + LIMIT
    while time.monotonic() < ends:
        try:
            piece = os.read(number, 65536)
        except OSError:
            break
        if not piece:
            break
        found += piece
    os.close(number)
    return found
