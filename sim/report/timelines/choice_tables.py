"""The choices that rules made in a run, as a table: each alternative with its share, and the number that decided."""

from collections.abc import Sequence
from typing import Any

from sim.analysis.single.choices import RuleChoice
from sim.model.model import Model
from sim.report.table import Table, sided

CHOSEN = "→"
EXPLAINED = (
    f"{CHOSEN} is what happened. Shares are those of the weights at that moment, before the event. The number drawn is "
    "uniform in (0, 1]: it lies in the share of what happened, the shares standing one after another."
)
NONE = "No rule chose among several events at the rows that are shown."


def choice_table(title: str, model: Model, choices: Sequence[RuleChoice]) -> Table:
    """Return a row for each alternative of each choice, in order of the events."""
    rows: list[tuple[str, ...]] = []
    for choice in choices:
        event = choice.event
        when, why = model.calendar.moment(event.time), model.rules[event.rule].title
        head = [str(event.sequence), when, why, f"{choice.uniform:.4f}"]
        for place, one in enumerate(choice.alternatives):
            number, when, rule, drawn = head if place == 0 else ("", "", "", "")
            mark = CHOSEN if place == choice.chosen else ""
            bounds = f"{one.low:.4f} to {one.high:.4f}"
            name = model.events[one.event].title
            rows.append((number, when, rule, mark, name, f"{100.0 * one.share:.1f} %", bounds, drawn))
    columns = [
        *sided([], ["#"]), *sided(["date", "rule", "", "alternative"], ["share", "from 0 to 1", "drawn"]),
    ]  # fmt: skip
    return Table(title=title, columns=columns, rows=rows, caption=EXPLAINED if rows else NONE, spared=(1, 6))


def choice_as_data(choice: RuleChoice) -> dict[str, Any]:
    """Return a choice as JSON-ready data."""
    return {
        "rule": choice.event.rule, "drawn": choice.uniform,
        "alternatives": [
            {"event": one.event, "share": one.share, "from": one.low, "to": one.high, "chosen": place == choice.chosen}
            for place, one in enumerate(choice.alternatives)
        ],
    }  # fmt: skip
