"""The rules that wait at a branch since before it: as a table, in a few lines before figures, and as data.

`sim.build.pending` says which they are. A line is worth a hurried reader's time only where the runs depend on the wait.
"""

import math
from typing import Any, assert_never

from sim.build.pending import DRAWS, Pending, about, by_family, in_percent, over_priors, pending_rules
from sim.language.counts import counted
from sim.language.expressions.types import Calendar
from sim.language.visible import quoted
from sim.model.model import AtDate, Clock, Every, Immediately, LawClock, Model, Rate
from sim.model.scenario import Scenario
from sim.report.table import Table, sided

MOST_LISTED = 20  # rows of the table
NOTABLE = 0.05  # what is said of a rule before figures, where so long a wait is less likely
MOST_NOTED = 3


def table(scenario: Scenario, moment: str) -> Table:
    """Return the rules that wait at `moment`, what is least likely first: MOST_LISTED of them, the others counted."""
    found = pending_rules(scenario)
    shown = found[:MOST_LISTED]
    means = over_priors(scenario, [item.rule.name for item in shown if not item.impossible])
    calendar = scenario.model.calendar
    rows = [
        (
            item.rule.name,
            scenario.model.factions[item.rule.faction],
            clock_in_words(item.rule.clock),
            calendar.moment(item.since) + (f" ({item.after})" if item.after else ""),
            calendar.length(item.ran, digits=3),
            "cannot" if item.impossible else in_percent(item.survival),
            in_percent(means[item.rule.name]) if item.rule.name in means else "",
            _half(calendar, item),
        )
        for item in shown
    ]
    drawn = any(row[6] for row in rows)
    paced = any(isinstance(item.rule.clock, LawClock) and item.rule.clock.speed is not None for item in shown)
    right = ["waits so long", *(["over the priors"] if drawn else []), "half fire within"]
    columns = sided(["rule", "faction", "clock", "waits since", "for"], right)
    kept = [row if drawn else (*row[:6], row[7]) for row in rows]
    return Table(
        title=f"Rules that wait {moment}",
        columns=columns,
        rows=kept,
        caption=_caption(len(found), len(shown), drawn=drawn, paced=paced),
        spared=(1, 2),
    )


def _caption(many: int, shown: int, *, drawn: bool, paced: bool) -> str:
    if not many:
        return "No rule was enabled before that and is so still."
    lines = [
        f"{counted(many, 'rule')}" + (f", of which the {shown} least likely are shown" if shown < many else "") + "."
    ]
    lines.append(
        "'waits so long' is the probability that the clock lets the rule wait so long, at the central parameters"
        + (f"; 'over the priors' its mean over {DRAWS} draws of the parameters" if drawn else "")
        + ". 'half fire within' is counted from then on, if nothing stops it: a rate does not age, other clocks do."
        + (" Of a clock with a speed, 'for' is its age." if paced else "")
    )
    if many > 1:
        lines.append(f"By chance alone, one of so many is expected below {in_percent(1 / many)}.")
    return " ".join(lines)


def _half(calendar: Calendar, item: Pending) -> str:
    return "never" if item.half_within == math.inf else about(calendar, item.half_within)


def head(scenario: Scenario, path: str) -> list[str]:
    """Return what stands before a scenario's figures about rules that have hardly ever waited so long; mostly nothing.

    Rules whose wait makes no difference to the runs are left to the table, which the last line names, and so are all
    but the first of a family.
    """
    found = pending_rules(scenario)
    families = by_family(item for item in found if item.survival < NOTABLE and not item.indifferent)
    notable = [item for item, *_ in families]
    if not notable:
        return []
    lines = [_line(scenario.model, item) for item in notable[:MOST_NOTED]]
    more = len(found) - len(lines)
    others = f"{counted(more, 'more rule')} wait{'s' if more == 1 else ''} at the branch" if more else "More about them"
    return [*lines, f"{others}: sim replay {quoted(path)} --state"]


def _line(model: Model, item: Pending) -> str:
    calendar = model.calendar
    after = f" ({item.after})" if item.after else ""
    chance = (
        "its clock cannot let it wait so long"
        if item.impossible
        else (f"its clock lets it wait so long with a probability of {in_percent(item.survival)}")
    )
    soon = f"half of the runs have it within {_half(calendar, item)}, if nothing stops it"
    if item.half_within == math.inf:
        soon = "as things stand, it does not fire in the runs"
    elif item.half_within == 0.0:
        soon = "it fires at the branch, if nothing stops it"
    return (
        f"At the branch '{item.rule.name}' has waited {calendar.length(item.ran, digits=3)}, since "
        f"{calendar.moment(item.since)}{after}: {chance}, and {soon}."
    )


def as_data(scenario: Scenario) -> list[dict[str, Any]]:
    """Give the rules that wait at the branch as JSON-ready data; `survival_over_priors` is None without priors."""
    found = pending_rules(scenario)
    means = over_priors(scenario, [item.rule.name for item in found])
    calendar = scenario.model.calendar

    def date(time: float) -> str | None:
        moment = calendar.date_of(time)
        return moment.isoformat() if moment else None

    return [
        {
            "rule": item.rule.name, "faction": item.rule.faction, "clock": clock_in_words(item.rule.clock),
            "since": item.since, "since_date": date(item.since), "after": item.after or None, "for": item.ran,
            "survival": item.survival, "survival_over_priors": means.get(item.rule.name),
            "impossible": item.impossible,
            "half_within": None if item.half_within == math.inf else item.half_within,
            "runs_depend_on_it": not item.indifferent,
        }
        for item in found
    ]  # fmt: skip


def clock_in_words(clock: Clock) -> str:
    """Write a clock as the document has it: `gamma: shape 2, mean delay`, `rate 0.05 per day`, `at deadline`."""
    match clock:
        case Rate(argument=argument):
            return argument.text if " within " in argument.text else f"rate {argument.text}"
        case LawClock(law=law, form=form, arguments=arguments):
            given = zip(form.parameters, arguments, strict=True)
            named = ", ".join(f"{name} {argument.text}" for name, argument in given)
            words = f"{law.name} {arguments[0].text}" if form.parameters == ("value",) else f"{law.name}: {named}"
            return words if clock.speed is None else f"{words}; speed {clock.speed.text}"
        case AtDate(argument=argument):
            return f"at {argument.text}"
        case Every(argument=argument):
            return f"every {argument.text}"
        case Immediately():
            return "immediately"
        case _:
            assert_never(clock)
