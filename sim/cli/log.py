"""`sim log`: one run as a timeline, the documented past and the simulated future plainly told apart."""

import json
from pathlib import Path
from typing import Any

import click

from sim.cli import options
from sim.cli.replay import doubt, event_as_data
from sim.cli.terminal import change, print_table, value
from sim.errors import UsageError
from sim.experiment import reopen
from sim.ledger.ledger import Ledger
from sim.model.event import Event, Log
from sim.model.evolve import initial, typed
from sim.model.history import Documented
from sim.model.model import Basis, Model
from sim.model.program import Program, compile_model
from sim.model.replay import CHANGING, changes, parameters_of, replay, state_of

PAST, FUTURE = "documented", "simulated"


@click.command("log")
@click.argument("ensemble")
@click.option("--run", "run", required=True, type=click.IntRange(0), help="The run's number, from 0.")
@options.ledger
@click.option("--future", is_flag=True, help="Leave the documented past out.")
@options.as_json
def command(ensemble: str, run: int, ledger: Path, future: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show one run of an ENSEMBLE, given by its id or the beginning of it.

    The number in the first column is the one that `sim run --from ENSEMBLE:RUN:EVENT` takes.

    \b
    Example:  sim log 3f9a --run 17
    """
    shelf = Ledger(ledger)
    kept = shelf.find(ensemble)
    missing = [gap for gap in kept.missing(run + 1) if run in gap]
    if missing:
        raise UsageError(
            "E708", f"run {run} is not in ensemble {kept.id[:12]}", "see `sim list` for how many runs it has"
        )
    log = kept.log(run)
    experiment = reopen(kept, shelf)
    case, scenario = experiment.case, experiment.scenario
    program = compile_model(scenario.model)
    past = [event.sequence for event in scenario.past if event.kind == "documented"]
    documented = dict(zip(past, case.history.documented, strict=False)) if case.history else {}
    steps = _steps(program, scenario.past, log)
    if future:
        steps = [step for step in steps if step[0] == FUTURE]
    if as_json:
        listed = [
            {
                "part": part,
                **event_as_data(scenario.model, event),
                "changed": {name: new for name, (_, new) in changed.items()},
            }
            for part, event, changed in steps
        ]
        click.echo(json.dumps({"ensemble": kept.id, "run": run, "events": listed}, indent=2, ensure_ascii=False))
        return
    rows = [_row(scenario.model, part, event, changed, documented) for part, event, changed in steps]
    when = scenario.model.clockwork.moment(scenario.start)
    columns = [
        ("#", "right"),
        ("", "left"),
        ("date", "left"),
        ("faction", "left"),
        ("event", "left"),
        ("what changed", "left"),
        ("why", "left"),
    ]
    print_table(
        f"Run {run} of '{scenario.name}', ensemble {kept.id[:12]}: branches at {when}", columns, rows,
        "A simulated event is one possible future, not a forecast of that event.",
    )  # fmt: skip
    if log[-1].kind == "failed":
        click.echo(f"the run failed: {log[-1].type}: {log[-1].note}", err=True)
        raise click.exceptions.Exit(1)


Step = tuple[str, Event, dict[str, tuple[Any, Any]]]


def _steps(program: Program, past: Log, log: Log) -> list[Step]:
    parameters = parameters_of(program, log)
    frame = initial(program, parameters)
    before = state_of(program, frame)
    steps: list[Step] = []
    for part, events in ((PAST, past), (FUTURE, log)):
        for event, _ in replay(program, frame, events):
            after = state_of(program, frame) if event.kind in CHANGING else before
            steps.append((part, event, changes(before, after)))
            before = after
    return steps


def _row(
    model: Model, part: str, event: Event, changed: dict[str, tuple[Any, Any]], documented: dict[int, Documented]
) -> tuple[str, ...]:
    item = documented.get(event.sequence) if part == PAST and event.kind == "documented" else None
    kind = model.events[event.type] if event.kind in CHANGING else None
    what, why = (kind.title if kind else event.type), ""
    if item is not None:
        what = doubt(item.status) + item.claim
        why = "; ".join(str(citation) for citation in item.citations)
    elif event.kind == "fired":
        rule = model.rules[event.rule]
        why = f"{rule.title} [{'; '.join(_short(basis) for basis in rule.basis) or 'no basis given'}]"
    elif event.kind == "scheduled":
        why = "assumed by the scenario"
    elif event.kind == "outcome":
        what = f"OUTCOME: {model.outcomes[event.type].title}"
    elif event.kind == "started":
        what = "the branch: from here on, a simulated future"
        why = f"{len(event.marks)} parameters drawn or fixed"
    elif event.kind in ("ended", "failed"):
        what = f"the run ended: {event.note}" if event.kind == "ended" else f"the run failed: {event.type}"
    if kind is not None and kind.marks:
        marks = zip(kind.marks.items(), event.marks, strict=True)
        what += " (" + ", ".join(f"{name} {value(typed(mark, given))}" for (name, mark), given in marks) + ")"
    news = ", ".join(change(model, name, new) for name, (_, new) in changed.items())
    number = str(event.sequence) if part == FUTURE else ""
    sign = "" if part == PAST else "~"
    faction = model.factions.get(event.faction, "")
    return number, sign, model.clockwork.moment(event.time), faction, what, news, why


def _short(basis: Basis) -> str:
    return "judgement" if basis.judgement else str(basis)
