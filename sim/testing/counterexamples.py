"""Counterexamples as files: written beside their case, read back, and tried again before anything else.

A file names its scenario and holds the moves, so it does not depend on the search that found it.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sim.build.checks import NO_FAILURE
from sim.build.domains import inside
from sim.errors import SimError
from sim.language.files import why_unfit
from sim.language.shapes.claims import CounterexampleShape, StepShape
from sim.language.shapes.load import load
from sim.language.suggest import did_you_mean
from sim.language.yaml.emitter import write
from sim.ledger.files.publish import make_folder, publish
from sim.model.checks import Check
from sim.model.replay import CHANGING
from sim.testing.composed import ComposedRun, Composer, Move
from sim.testing.subject import Subject, load_subject

FOLDER = "regressions"


@dataclass(frozen=True)
class Counterexample:
    """A counterexample that was read back, with the subject that it names and its check."""

    path: Path
    shape: CounterexampleShape
    subject: Subject

    @property
    def check(self) -> str:
        return self.shape.check

    def perform(self) -> ComposedRun:
        """Make its moves, each as nearly as the model allows today."""
        composer = Composer(self.subject, self.shape.begins, self.shape.parameters)
        for step in self.shape.events:
            move = _move(composer, step)
            if move is not None:
                composer.take(move)
        return composer.composed()


def _move(composer: Composer, step: StepShape) -> Move | None:
    """Return the move that a step of the file is; None where its rule does not emit such an event any more."""
    if step.rule is None:
        return Move("", step.time)
    rule = composer.subject.model.rules.get(step.rule)
    places = [index for index, part in enumerate(rule.emissions) if part.event == step.event] if rule else []
    if not places:
        return None
    choice = step.choice if step.choice in places else places[0]
    return Move(step.rule, step.time, choice, tuple(step.draws))


def document(subject: Subject, run: ComposedRun, check: str, folder: Path) -> CounterexampleShape:
    """Return the file of a run that broke a check; the path of its scenario is seen from `folder`."""
    calendar = subject.model.calendar
    steps = []
    happened = [event for event in run.log if event.kind in (*CHANGING, "ended") and event.note in ("", "horizon")]
    for move, event in zip(run.moves, happened, strict=False):
        emitted = [part.event for part in subject.model.rules[move.rule].emissions] if move.rule else []
        date = calendar.date_of(move.time)
        steps.append(
            StepShape(
                time=move.time,
                date=f"{date:%Y-%m-%dT%H:%M}" if date else None,
                rule=move.rule or None,
                event=event.type,
                choice=move.choice if emitted.count(event.type) > 1 else None,
                draws=list(move.draws),
            )
        )
    content = (check, run.begins, sorted(run.parameters.items()), run.moves)
    return CounterexampleShape(
        counterexample=f"{check}-{sha256(repr(content).encode()).hexdigest()[:8]}",
        check=check,
        because=run.breaches[check].why[:2000],
        scenario=os.path.relpath(subject.path.resolve(), folder.resolve()),
        begins=run.begins,
        parameters=dict(run.parameters),
        events=steps,
    )


def save(subject: Subject, run: ComposedRun, check: str) -> Path:
    """Write a counterexample beside its case and return its file; one that is there already is left as it is.

    Raise LedgerError E706 if it cannot be written; nothing is half-written then.
    """
    folder = subject.path.parent / FOLDER
    shape = document(subject, run, check, folder)
    path = folder / f"{shape.counterexample}.yaml"
    make_folder(folder, folder.parent)
    publish(path, write(shape).encode())
    return path


def read_back(path: Path) -> Counterexample:
    """Read a counterexample. Raise LanguageError for the file or its case, SimError E511 where they do not fit."""

    def unfit(why: str, *notes: str) -> SimError:
        return SimError("E511", f"'{path}' {why}", *notes)

    shape = load(path, CounterexampleShape).shape
    found = path.parent / shape.scenario
    if why_unfit(found) is not None:
        raise unfit(f"names a scenario that is not there: {shape.scenario}")
    whole = load_subject(found)
    checks = [name for name in whole.checks if name == shape.check]
    if not checks and shape.check != NO_FAILURE:
        notes = (*did_you_mean(shape.check, whole.checks), "delete the file if the check was taken out on purpose")
        raise unfit(f"is about the check '{shape.check}', which the model does not have", *notes)
    if shape.begins not in whole.beginnings:
        notes = did_you_mean(shape.begins, whole.beginnings)
        raise unfit(f"begins at '{shape.begins}', which is not a moment of the case", *notes)
    for name in shape.parameters:
        if name not in whole.model.parameters:
            notes = did_you_mean(name, whole.model.parameters)
            raise unfit(f"changes the parameter '{name}', which the model does not have", *notes)
    for name, value in shape.parameters.items():
        low, high = whole.model.parameters[name].domain
        if not inside((value, value), (low, high)):
            limits = f"expected a value from {low:g} to {high:g}"
            raise unfit(f"sets the parameter '{name}' to {value:g}, which it cannot be", limits)
    return Counterexample(
        path, shape, Subject(case=whole.case, path=found, checks={name: whole.checks[name] for name in checks})
    )


def counterexamples_beside(subject: Subject, checks: Iterable[Check]) -> list[Counterexample]:
    """Return the counterexamples of a scenario that are kept beside it and about these checks, in order of names."""
    wanted = {check.name for check in checks} | {NO_FAILURE}
    found = []
    for path in sorted((subject.path.parent / FOLDER).glob("*.yaml")):
        shape = load(path, CounterexampleShape).shape
        if shape.check in wanted and (path.parent / shape.scenario).resolve() == subject.path.resolve():
            found.append(read_back(path))
    return found
