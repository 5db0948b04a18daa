"""`sim replay`: the documented history, event by event, with what each changed and who says so."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sim.build.cases.case import BASELINE, Case
from sim.cli import options
from sim.cli.terminal import print_json, print_lines, show
from sim.engines.kept import kept_case
from sim.errors import UsageError
from sim.language.counts import counted
from sim.model.event import Event
from sim.model.evidence.documented import Documented, merged
from sim.model.evolve import initial
from sim.model.model import Model
from sim.model.program import compile_model
from sim.model.replay import CHANGING, at_branch, central_start, changed_by, state_of
from sim.model.scenario import Scenario
from sim.report import pending_rules
from sim.report.cited_sources import as_data, cited_sources, written_sources
from sim.report.table import Table, sided
from sim.report.timeline import change, doubt, of_moving, what_changed
from sim.study.targets import scenarios_in


@click.command("replay")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--state", is_flag=True,
    help="End with the whole state at the branch (of a folder, that of its status-quo), or with --until then, and with "
    "the rules that wait there.",
)  # fmt: skip
@click.option(
    "--until", metavar="DATE",
    help="Stop at the end of this day, such as 2014-09-01, or at a time of it: 2014-09-01T12:00.",
)  # fmt: skip
@options.sources
@options.as_json
def command(path: Path, state: bool, until: str | None, with_sources: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Replay the documented history of a case (PATH: its folder, or one of its scenarios).

    Nothing is drawn: each documented event changes the state as the model says, with the parameters at their
    central values. A mark tells what is only alleged (?) or disputed (??).

    \b
    Example:  sim replay scenarios/lesotho-2014
    """
    files = sorted(scenarios_in((path,)), key=lambda file: file.stem != BASELINE)
    case = next((case for case in map(kept_case, files) if case.history), None)
    if case is None or case.history is None:
        raise UsageError("E002", f"'{path}' names no history", "a scenario names its history by the key 'history'")
    model = case.scenario.model
    try:
        last = math.inf if until is None else model.calendar.closing(until)
    except ValueError as error:
        raise UsageError("E007", str(error)) from None
    steps = [step for step in _steps(case) if step[0].event.time <= last]
    branching = case.scenario if until is None else _branching_at(case, last)
    final = _state_at_branch(branching)
    citations = [citation for item, *_ in steps for citation in item.citations]
    cited = cited_sources((case.history.sources, citations)) if with_sources else None
    if as_json:
        listed = [_as_data(model, item, changed) for item, changed in steps]
        waiting = {"scenario": branching.name, "at": branching.start, "rules": pending_rules.as_data(branching)}
        sources = {} if cited is None else {"sources": as_data(cited)}
        print_json({"history": case.history.name, "events": listed, "state": final, "pending": waiting, **sources})
        return
    rows = []
    for item, changed in steps:
        when, faction = model.calendar.moment(item.event.time), model.factions.get(item.event.faction, "")
        news = what_changed(model, changed)
        rows.append((when, faction, doubt(item.status) + item.claim, news, "; ".join(map(str, item.citations))))
    columns = sided(["date", "faction", "event", "what changed", "source"], [])
    caption = f"{counted(len(rows), 'documented event')}. ? alleged, ?? disputed."
    show(
        Table(
            title=case.history.title,
            columns=columns,
            rows=rows,
            caption="\n".join(filter(None, [caption, of_moving(model)])),
            spared=(4,),
        )
    )
    if cited is not None:
        print_lines(f"{written_sources(cited)}\n")
    if state:
        cells = [change(model, name, now).split(": ", 1) for name, now in final.items()]
        whose = "" if until else f"the branch of '{branching.name}', "
        moment = f"at {whose}{model.calendar.moment(branching.start)}"
        show(Table(title=f"The state {moment}", columns=sided(["variable"], ["value"]), rows=cells))
        show(pending_rules.table(branching, moment))


def _branching_at(case: Case, time: float) -> Scenario:
    """Return a case's scenario as if it branched at a time."""
    assert case.history is not None, "the case was chosen for its history"
    scenario, model = case.scenario, case.scenario.model
    past = tuple(item.event for item in case.history.documented if item.event.time <= time)
    over = tuple(item for item in model.timetable if item.time < time)
    return replace(scenario, past=merged(past, over, model), start=time, timetable=())


def _state_at_branch(scenario: Scenario) -> dict[str, Any]:
    """Return the state at a scenario's branch, by name, with the parameters at their central values."""
    program = compile_model(scenario.model)
    return state_of(program, at_branch(program, scenario, (central_start(scenario),)))


def _steps(case: Case) -> Iterator[tuple[Documented, dict[str, tuple[Any, Any]]]]:
    """Yield each documented event with what it changed."""
    model, own = case.scenario.model, case.scenario.own
    program = compile_model(model)
    frame = initial(program, [own.get(name, parameter).value for name, parameter in model.parameters.items()])
    assert case.history is not None, "the case was chosen for its history"
    for item in case.history.documented:
        yield item, changed_by(program, frame, item.event)


def _as_data(model: Model, item: Documented, changed: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {
        "id": item.id,
        **event_as_data(model, item.event),
        **{name: getattr(item, name) for name in ("until", "reported", "claim", "status", "act", "due")},
        "changed": {name: {"from": old, "to": new} for name, (old, new) in changed.items()},
        "codes": dict(model.events[item.event.type].codes),
        "sources": [{"source": cited.source, "paragraphs": list(cited.paragraphs)} for cited in item.citations],
        "note": item.note,
    }


def event_as_data(model: Model, event: Event) -> dict[str, Any]:
    """Give an event as JSON-ready data, with its date and its marks by name."""
    date = model.calendar.date_of(event.time)
    if event.kind in ("started", "changed"):
        marks = dict(zip(model.parameters, event.marks, strict=False))
    else:
        names = model.events[event.type].marks if event.kind in CHANGING else ()
        marks = dict(zip(names, event.marks, strict=True))
    return {
        "sequence": event.sequence, "time": event.time, "date": date.isoformat() if date else None,
        "kind": event.kind, "event": event.type, "faction": event.faction, "rule": event.rule,
        "occurrence": event.occurrence, "marks": marks, "note": event.note,
    }  # fmt: skip
