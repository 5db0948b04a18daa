"""A simulated run as a composed one: its log's events as moves, so that it can be shrunk and kept like any other."""

from sim.engines.reference import ReferenceEngine
from sim.language.expressions.tree import draws
from sim.model.decide import FIRST_MARK
from sim.model.event import Event
from sim.model.replay import CHANGING
from sim.testing.composed import ComposedRun, Move, perform
from sim.testing.subject import BEGINNING, BRANCH, Subject
from sim.testing.watch import Breach


def composed_from(subject: Subject, number: int, seed: int, breach: Breach) -> ComposedRun | None:
    """Return simulated run `number` as a composed one that breaks the same check.

    None where its moves do not break the check again: then the run itself has to be looked at.
    """
    engine = ReferenceEngine(subject.program, subject.case.scenario, seed)
    log = engine.run(number)
    values = dict(zip(subject.model.parameters, log[0].marks, strict=True))
    changed = {name: value for name, value in values.items() if value != subject.model.parameters[name].value}

    def move(event: Event) -> Move:
        if event.kind != "fired":
            return Move("", event.time)
        rule = subject.model.rules[event.rule]
        choice = next(place for place, part in enumerate(rule.emissions) if part.event == event.type)
        uniform = engine.streams.uniforms(number, subject.program.numbers[event.rule], event.occurrence)
        count = sum(draws(mark.tree) for mark in rule.emissions[choice].marks)
        return Move(event.rule, event.time, choice, tuple(uniform(FIRST_MARK + index) for index in range(count)))

    moves = [move(event) for event in log if event.kind in CHANGING]
    if log[-1].kind == "ended" and log[-1].note == "horizon":
        moves.append(Move("", log[-1].time))
    begins = BRANCH if BRANCH in subject.beginnings else BEGINNING
    # The firing that failed is not an event of the log; it would have emitted one of its rule's events.
    failed = subject.model.rules.get(log[-1].rule) if log[-1].kind == "failed" else None
    last = [Move(failed.name, log[-1].time, choice) for choice in range(len(failed.emissions))] if failed else []
    for end in ([], *([move] for move in last)):
        run = perform(subject, begins, changed, [*moves, *end], breach.check)
        if breach.check in run.breaches:
            return run
    return None
