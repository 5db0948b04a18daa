"""Results as Markdown, to be put into a README: where and when they were measured, and a table for each contest."""

import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from math import floor, log10
from pathlib import Path

from tests.benchmarks.peers.processes import Process
from tests.benchmarks.peers.race import Line, at_the_end
from tests.benchmarks.peers.stores import COLUMNS, EVENTS
from tests.benchmarks.peers.storing import Kept


def measured() -> str:
    """Say when and on what machine this is."""
    machine = f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"Measured on {datetime.now(UTC):%d %B %Y}: {machine}."


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def race_table(process: Process, lines: Sequence[Line], absent: Mapping[str, str]) -> str:
    """Write a process's table; all are compared with the first line."""
    first = lines[0]
    rows = [
        (
            line.tool.name,
            figure(statistics.median(line.rates)),
            spread([ours / own for ours, own in zip(first.rates, line.rates, strict=True)]),
            f"{line.ready[0]:.2f}, {line.ready[1]:.2f}",
            "{:.2f} ± {:.2f}".format(*at_the_end(process, line.runs)),
            line.tool.records,
        )
        for line in lines
    ]
    known = f"events a run: {process.events:,.0f}; left at the end: {process.last:.4g}"
    head = (
        "tool", "events per CPU second", f"{first.tool.name}: times as fast", "ready in, CPU s: first, again",
        "left at the end", "what is there after a run",
    )  # fmt: skip
    return f"**{process.title}** (known means: {known})\n\n{markdown(head, rows, absent)}"


def store_table(events: int, results: Sequence[Kept], absent: Mapping[str, str]) -> str:
    """Write the stores' table; all are compared with the first line, where that has the same form."""
    first = results[0]
    rows = [
        (
            one.store.name,
            *(pace(events, first.written, one.written, form) for form in (EVENTS, COLUMNS)),
            *(pace(events, first.read, one.read, form) for form in (EVENTS, COLUMNS)),
            f"{one.size / events:.1f}",
            one.store.synced,
            one.store.checked,
            f"{one.flips.noticed} / {one.flips.harmless} / {one.flips.missed}",
        )
        for one in results
    ]
    head = (
        "store", "written from events", "written from columns", "read as events", "read as columns", "bytes an event",
        "before a write is acknowledged", "checked by reading", "flipped bits: noticed / harmless / missed",
    )  # fmt: skip
    title = f"**{events:,} events in a log on disk** (rows per second; {first.store.name}: times as fast)"
    return f"{title}\n\n{markdown(head, rows, absent)}"


def pace(events: int, ours: Mapping[str, Sequence[float]], own: Mapping[str, Sequence[float]], form: str) -> str:
    """Say how many rows a second from seconds by form, and how many times as fast ours is."""
    if form not in own:
        return "-"
    rate = figure(events / statistics.median(own[form]))
    if form not in ours:
        return rate
    return f"{rate}; {spread([other / mine for mine, other in zip(ours[form], own[form], strict=True)])}"


def spread(ratios: Sequence[float]) -> str:
    """Write the median of ratios and their range; nothing more where all are one."""
    low, middle, high = (significant(ratio, 2) for ratio in (min(ratios), statistics.median(ratios), max(ratios)))
    return "1" if low == high == 1 else f"{middle:,g} ({low:,g} to {high:,g})"


def figure(number: float) -> str:
    return f"{significant(number, 3):,.0f}"


def significant(number: float, digits: int) -> float:
    return round(number, digits - 1 - floor(log10(number)))


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], absent: Mapping[str, str]) -> str:
    """Write a table, with those that are absent and why in its last rows."""
    missing = [(name, f"left out: {reason}", *[""] * (len(head) - 2)) for name, reason in absent.items()]
    lines = [head, ["---"] * len(head), *rows, *missing]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
