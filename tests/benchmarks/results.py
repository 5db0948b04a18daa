"""Keep what benchmarks measured, as one small JSON file for each version: tests/benchmarks/results/<version>.json.

    python -m tests.benchmarks.results commands growth

What is named is measured, one after the other; what the file has of other benchmarks stays. Of a benchmark that gives
figures these are kept, of another what it printed. `python -m tests.docs` writes them into the page on performance.
Figures of two machines cannot be compared, ratios can.
"""

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import sim

FOLDER = Path(__file__).parent / "results"


def machine() -> str:
    """Name the processor, if the system says which it is."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text().splitlines() if about.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def measured(benchmark: str) -> dict[str, Any]:
    """Run a benchmark, and return its figures, or what it printed, with when and where it was run."""
    figures = getattr(import_module(f"tests.benchmarks.{benchmark}"), "figures", None)
    return {
        **_where(),
        **(_printed(benchmark) if figures is None else {"figures": [asdict(one) for one in figures([])]}),
    }


def _printed(benchmark: str) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.benchmarks.{benchmark}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {"printed": done.stdout.splitlines()}


def _where() -> dict[str, Any]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def newest() -> dict[str, Any]:
    """Return what the newest file has, by benchmark: of this version, else of the last that has one."""
    files = sorted(FOLDER.glob("*.json"), key=lambda file: [int(part) for part in file.stem.split(".")])
    found: dict[str, Any] = json.loads(files[-1].read_text(encoding="utf-8"))
    return found


def main() -> None:
    file = FOLDER / f"{sim.__version__}.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    for benchmark in sys.argv[1:]:
        kept[benchmark] = measured(benchmark)
    FOLDER.mkdir(exist_ok=True)
    file.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
