"""What two models or scenarios differ in, as it is printed, shown in a notebook, and written as data."""

from typing import Any

from sim.model.differences.field_bearing import Bearing
from sim.report.differing.difference_tables import run_sentences, runs_table, ways_table
from sim.report.differing.difference_words import HEADINGS, sentence, sentences
from sim.report.model_values import place, written
from sim.report.table import as_html
from sim.study.diff import Differences, DiffSide

_ORDER: tuple[Bearing, ...] = ("runs", "questions", "nothing")


def paragraphs(found: Differences) -> list[str]:
    """Return what is compared, and what differs in it."""
    one, other = found.one, found.other
    heads = "\n".join(f"{letter}: {_called(side)}" for letter, side in (("A", one), ("B", other)))
    listed = []
    for bears in _ORDER:
        lines = sentences(found.found, one.scenario, other.scenario, bears)
        if lines:
            listed.append("\n".join([f"{HEADINGS[bears]}:", *(f"- {line}" for line in lines)]))
    if found.same_meaning:
        listed.insert(
            0, "Nothing differs." if not found.found else "Nothing differs in meaning: both make the same runs."
        )
    return [heads, *listed]


def as_text(found: Differences) -> str:
    """Return all that is known as text: what differs, then which runs do, then the digests."""
    lines = "\n".join(run_sentences(found))
    tables = [str(table) for table in (ways_table(found), runs_table(found)) if table is not None]
    return "\n\n".join(part for part in (*paragraphs(found), lines, *tables, foot(found)) if part)


def as_page(found: Differences) -> str:
    """Return the same as HTML."""
    lines = [line for paragraph in paragraphs(found) for line in paragraph.splitlines()]
    tables = [table for table in (ways_table(found), runs_table(found)) if table is not None]
    return as_html([], *lines, *run_sentences(found)) + as_html(tables, foot(found))


def _called(side: DiffSide) -> str:
    scenario = side.scenario
    if side.experiment is not None and side.experiment.by_id:
        return f"ensemble {side.experiment.ensemble.id[:12]} of scenario '{scenario.name}'"
    kind = "model" if scenario.name == scenario.model.name else "scenario"
    return f"{kind} '{scenario.name}', {side.named}"


def foot(found: Differences) -> str:
    """Return the digests of both sides: where they agree, both mean the same."""
    pairs = zip(found.one.digests.items(), found.other.digests.values(), strict=True)
    parts = [f"{part} {one[:12]}" + ("" if one == other else f" and {other[:12]}") for (part, one), other in pairs]
    return f"Digests of A and of B: {', '.join(parts)}."


def as_data(found: Differences) -> dict[str, Any]:
    """Return all that was found as JSON has it, each run that differs with its whole digests."""
    sides = {
        name: {
            "named": side.named,
            "scenario": side.scenario.name,
            "model": side.scenario.model.name,
            "digests": dict(side.digests),
            "ensemble": side.experiment.ensemble.id if side.experiment else None,
            "seed": side.experiment.spec["seed"] if side.experiment else None,
            "parameters": side.experiment.spec["parameters"] if side.experiment else None,
        }
        for name, side in (("one", found.one), ("other", found.other))
    }
    scenarios = found.one.scenario, found.other.scenario
    differences = [
        {
            "path": list(item.path),
            "how": item.how,
            "bears": item.bears,
            **{name: None if value is None else written(value, side.model, item.owner, item.path[-1])
               for name, value, side in zip(("one", "other"), (item.one, item.other), scenarios, strict=True)},
            "one_at": place(item.one),
            "other_at": place(item.other),
            "sentence": sentence(item, *scenarios),
        }
        for item in found.found
    ]  # fmt: skip
    return {**sides, "differences": differences, "same_meaning": found.same_meaning, "runs": _runs(found)}


def _runs(found: Differences) -> dict[str, Any]:
    runs = found.runs
    if runs is None:
        return {"compared": 0, "why": found.why_no_runs}
    parted = [
        {
            "run": item.run,
            "how": item.how,
            "digests": [runs.digest(side, item.run).hex() for side in (0, 1)],
            **{name: {"event": event.sequence, "time": event.time, "kind": event.kind, "type": event.type,
                      "rule": event.rule, "marks": list(event.marks), "note": event.note}
               for name, event in (("one", item.one), ("other", item.other))},
        }
        for item in runs.parted
    ]  # fmt: skip
    return {"compared": runs.count, "same": runs.same, "root_of_same": runs.root_of_same, "parted": parted}
