"""Rows of a timeline: the documented past and what came after it, plainly told apart."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from sim.language.counts import counted
from sim.model.event import LIMIT_OF_EVENTS, Event, Log
from sim.model.evidence.documented import Documented
from sim.model.evolve import typed
from sim.model.expression import Frame
from sim.model.model import Model
from sim.model.program import Program
from sim.model.replay import CHANGING, begin, changed_by, changes, follow
from sim.model.scenario import Scenario
from sim.report.bases import written_basis
from sim.report.table import sided

PAST, FUTURE = "documented", "simulated"
COLUMNS = [*sided([], ["#"]), *sided(["", "date", "faction", "event", "what changed", "why"], [])]

Step: TypeAlias = tuple[str, Event, dict[str, tuple[Any, Any]]]


def steps(program: Program, scenario: Scenario, log: Log) -> Iterator[Step]:
    """Yield each event of a run with the part that it belongs to, and what it changed: name -> (before, after).

    An event changes state variables, and a change in the scenario parameters.
    """
    frame = begin(program, scenario, log)
    parameters = _parameters_of(program, frame)
    for part, events in ((PAST, scenario.past), (FUTURE, log)):
        for event in events:
            if event.kind in CHANGING:
                yield part, event, changed_by(program, frame, event)
                continue
            follow(program, frame, event)
            was, parameters = parameters, _parameters_of(program, frame)
            yield part, event, changes(was, parameters) if event.kind == "changed" else {}


def _parameters_of(program: Program, frame: Frame) -> dict[str, Any]:
    return dict(zip(program.model.parameters, program.parameters_of(frame), strict=True))


def row(model: Model, step: Step, documented: Mapping[int, Documented], first: Event | None = None) -> tuple[str, ...]:
    """Write one step; `documented` has what is known about the events of the past, by their places in it.

    `first` is the run's first ending, which is told from others where the run may go on after it.
    """
    part, event, changed = step
    item = documented.get(event.sequence) if part == PAST and event.kind == "documented" else None
    kind = model.events[event.type] if event.kind in CHANGING else None
    what, why = (kind.title if kind else event.type), ""
    if item is not None:
        what = doubt(item.status) + item.claim
        why = "; ".join(str(citation) for citation in item.citations)
    elif event.kind == "fired":
        rule = model.rules[event.rule]
        bases = [written_basis(basis, brief=True) for basis in rule.basis]
        why = f"{rule.title} [{'; '.join(bases) or 'no basis given'}]"
    elif event.kind == "scheduled":
        why = "assumed by the scenario"
    elif event.kind == "changed":
        what, why = "the scenario changes what it assumes", "assumed by the scenario"
    elif event.kind == "outcome":
        which = "FIRST ENDING" if event is first and model.goes_on else "OUTCOME"
        what = f"{which}: {model.outcomes[event.type].title}"
    elif event.kind == "started":
        what = "the branch: from here on, a simulated future"
        unnamed = sum(parameter.unnamed for parameter in model.parameters.values())
        guesses = f" and {counted(unnamed, 'uncertain number')}" if unnamed else ""
        known = counted(len(model.parameters) - unnamed, "parameter")
        why = f"{known}{guesses} drawn or fixed"
    elif event.kind in ("ended", "failed"):
        stopped = event.note == LIMIT_OF_EVENTS
        ended = f"the run was stopped here: {event.note}" if stopped else f"the run ended: {event.note}"
        what = ended if event.kind == "ended" else f"the run failed: {event.type}"
    if kind is not None and kind.marks:
        marks = zip(kind.marks.items(), event.marks, strict=True)
        what += " (" + ", ".join(f"{name} {value(typed(mark, given))}" for (name, mark), given in marks) + ")"
    news = what_changed(model, changed)
    number = str(event.sequence) if part == FUTURE else ""
    sign = "" if part == PAST else "~"
    faction = model.factions.get(event.faction, "")
    return number, sign, model.calendar.moment(event.time), faction, what, news, why


def doubt(status: str) -> str:
    """Return the mark of a claim that is not simply attested."""
    return {"alleged": "? ", "disputed": "?? "}.get(status, "")


def what_changed(model: Model, changed: Mapping[str, tuple[Any, Any]]) -> str:
    """Write what an event changed; of what also changes with time, what it was just before, too."""
    return ", ".join(
        f"{name}: {value(before)} -> {value(after)}" if _relaxes(model, name) else change(model, name, after)
        for name, (before, after) in changed.items()
    )


def of_moving(model: Model) -> str:
    """Return the line of a caption that says what is listed of variables that relax; "" where none does."""
    moving = any(_relaxes(model, name) for name in model.variables)
    return (
        "Of variables that relax, what events set is listed, as before -> after, not what time does." if moving else ""
    )


def _relaxes(model: Model, name: str) -> bool:
    return name in model.variables and model.variables[name].relaxes is not None


def change(model: Model, name: str, now: object) -> str:
    """Write what a state variable, or a parameter, is now: a date as a date."""
    calendar = model.calendar
    dated = name in model.variables and model.variables[name].type == calendar.instant() and not calendar.abstract
    return f"{name}: {calendar.moment(now) if dated and isinstance(now, float) else value(now)}"


def value(number: object) -> str:
    """Write a state variable's value or a mark."""
    if isinstance(number, bool):
        return "yes" if number else "no"
    return f"{number:.3g}" if isinstance(number, float) else str(number)
