"""The tables of the page on performance, which `python -m tests.docs` writes from the newest results of benchmarks."""

import re
from collections.abc import Mapping
from typing import Any

from sim.cli.topics import pages
from sim.docs.reference_pages import PAGES
from tests.benchmarks.figures import HEAD, Figure
from tests.benchmarks.results import newest

PAGE = "explanation/performance.md"
_PLACE = re.compile(r"(?<=<!-- benchmark: )(\w+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)


def shown(benchmark: str, kept: Mapping[str, Any]) -> str:
    """Return what is kept of a benchmark as Markdown: a table of its figures, or what it printed."""
    machine = f"{kept['machine']}, {kept['cores']} cores, Python {kept['python']}, {kept['date']}"
    where = f"`python -m tests.benchmarks.{benchmark}`: {machine}.\n"
    if "printed" in kept:
        return "\n".join([where, "```text", *kept["printed"], "```", ""])
    return "\n".join([where, *HEAD, *(Figure(**one).row for one in kept["figures"]), ""])


def with_results(text: str) -> str:
    """Return the page with the newest results in their places. Raise KeyError for a benchmark that has none."""
    results = newest()
    return _PLACE.sub(lambda found: f"{found[1]}{found[2]}\n{shown(found[1], results[found[1]])}\n", text)


def write() -> None:
    (PAGES / PAGE).write_text(with_results(pages()[PAGE]), encoding="utf-8")
