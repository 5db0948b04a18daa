"""What changes without a source: what is done to each part that rests on it, the differences, and both in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sim.analysis import labels
from sim.analysis.comparison import Comparison, Versus
from sim.explain.graph.traced_case import TracedCase
from sim.language.counts import counted
from sim.report.comparison_tables import points, tables
from sim.report.table import Table, as_a_list, sided
from sim.report.tracing.walk_trees import singular
from sim.statistics.differences import OutcomeDifference
from sim.study.widening import FACTOR
from sim.study.withdrawal import Done, Withdrawal

ORDER: Sequence[Done] = ("taken out", "switched off", "widened", "kept")
OURS = (
    f"That a prior reaches {FACTOR:g} times as far is a choice of this program, made to be wide; it estimates nothing. "
    "A `range` of the parameter in the model, over which it is then uniform, says it better."
)
OTHER_PAST = (
    "The two begin with different pasts, so their runs are not pairs in all: run i of both has the same seed and the "
    "same number, and they share the draws that both make. Differences and their intervals go run by run; each "
    "interval holds by itself. What made single runs part is not told."
)
CAUTION = (
    "It says what the model makes of the rest. A rule that is switched off is not replaced by another, and what a "
    "source suggested to the model's authors without being cited stays."
)


def treated_table(case: TracedCase, found: Withdrawal) -> Table:
    """Return what rests on what is withdrawn, with what is done to each."""
    listed = sorted(found.treated, key=lambda one: (ORDER.index(one.done), one.node))
    rows = [(f"{singular(one.node.kind)} {one.node.name}", one.done, one.why, case.place(one.node)) for one in listed]
    ours = [OURS] if any(one.widened and one.widened.stretched for one in found.treated) else []
    caption = "\n".join([counted_treated(found), *ours])
    columns = sided(["what rests on it", "done", "why, or how", "place"], [])
    return Table(title=f"Without {found.named}", columns=columns, rows=rows, caption=caption, spared=(3,))


def counted_treated(found: Withdrawal) -> str:
    """Return how much is done: `2 rules are switched off, 1 parameter is widened and 3 are kept.`"""
    parts = []
    for done in ORDER[:-1]:
        kinds = [one.node.kind for one in found.treated if one.done == done]
        if kinds:
            parts.append(f"{counted(len(kinds), singular(kinds[0]))} {'are' if len(kinds) > 1 else 'is'} {done}")
    kept = len(found.names("kept"))
    if kept:
        parts.append(f"{kept} {'are' if kept > 1 else 'is'} kept")
    return f"{as_a_list(parts)}." if parts else ""


def nothing_changes(found: Withdrawal) -> str:
    """Return that nothing is done: all that rests on what is withdrawn has other support, or is in no run."""
    said = f"Nothing changes without {found.named}: all that rests on it is kept, as the table says. Nothing was run."
    left = Counter(piece for one in found.treated if one.resting for piece in one.resting.left if piece.source)
    if not left:
        return said
    piece, times = min(left.items(), key=lambda item: (-item[1], item[0]))
    also = f"{piece.source}:{piece.paragraph}" if piece.paragraph else piece.source
    parts = f"{times} of these {len(found.treated)} parts {'rest' if times > 1 else 'rests'}"
    return f"{said}\n{parts} on {piece}, too. To withdraw that as well, add: --without {also}"


def difference_tables(comparison: Comparison) -> list[Table]:
    """Return the comparison with the unchanged scenario as tables."""
    versus = comparison.versus[0]
    made = tables(comparison)
    if versus.paired:
        return made
    return [replace(table, caption=OTHER_PAST) if "Not paired" in table.caption else table for table in made]


def in_words(comparison: Comparison) -> str:
    """Return which outcomes change for sure, the most first, and how much the others may change."""
    versus = comparison.versus[0]
    if versus.other.withheld or versus.baseline.withheld:
        return f"No figure is given: too many runs failed. {CAUTION}"
    changes = {one: versus.change(one) for one in comparison.counted(comparison.outcomes)}
    sure = [one for one, found in changes.items() if found.difference.excludes_zero]
    sure.sort(key=lambda one: -abs(changes[one].difference.value or 0.0))
    others = [_reach(found) for one, found in changes.items() if one not in sure]
    lines = ["What changes, each with 95 %:" if sure else "No outcome surely changes."]
    lines += [_changed(versus, one) for one in sure]
    if others:
        which = f"the other {counted(len(others), 'outcome')}" if sure else "them"
        lines.append(f"In {which}, changes up to {max(others) * 100:.1f} points cannot be ruled out.")
    return "\n".join([*lines, CAUTION])


def without_data(case: TracedCase, found: Withdrawal, comparison: Comparison | None) -> dict[str, Any]:
    """Return what was done, and the comparison, as JSON-ready data; without a comparison where nothing was run."""
    return {
        "withdrawn": list(found.texts),
        "treated": [
            {
                "kind": one.node.kind, "name": one.node.name, "title": case.title(one.node),
                "place": case.place(one.node), "done": one.done, "why": one.why,
                "rested_on": [str(piece) for piece in one.resting.covered] if one.resting else [],
                "still_rests_on": [str(piece) for piece in one.resting.left] if one.resting else [],
                "prior": None if one.widened is None else asdict(one.widened),
            }
            for one in sorted(found.treated, key=lambda one: (ORDER.index(one.done), one.node))
        ],
        "comparison": None if comparison is None else {**comparison.as_data(), "queries": comparison.queries},
    }  # fmt: skip


def _changed(versus: Versus, one: labels.Counted) -> str:
    found = versus.change(one)
    title = labels.short(versus.baseline.model, one.outcome, first=one.first)
    low, high = points(found.difference.low), points(found.difference.high)
    value = found.difference.value or 0.0
    verb = "rises" if value > 0 else "falls"
    return f"- '{title}' {verb} from {found.one} to {found.other}: {points(value)} points ({low} to {high})"


def _reach(found: OutcomeDifference) -> float:
    return max(abs(found.difference.low or 0.0), abs(found.difference.high or 0.0))
