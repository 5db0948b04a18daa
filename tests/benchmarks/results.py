"""Keep what benchmarks print, as one small JSON file for each version: tests/benchmarks/results/<version>.json.

    python -m tests.benchmarks.results reference_engine kernel_engine

What is named is measured anew, one after the other; what the file has of other benchmarks stays. Figures of two
machines cannot be compared, ratios can.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
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
    """Run a benchmark, and return what it printed with when and where it was run."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{benchmark}"], stdout=subprocess.PIPE, text=True, check=True
    )
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "printed": done.stdout.splitlines(),
    }


def main() -> None:
    file = FOLDER / f"{sim.__version__}.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    for benchmark in sys.argv[1:]:
        kept[benchmark] = measured(benchmark)
    FOLDER.mkdir(exist_ok=True)
    file.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
