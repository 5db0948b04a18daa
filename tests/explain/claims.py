"""What every explanation of a run must hold to, checked by evaluating the rules of its model again."""

import math
from dataclasses import replace

from sim.engines.reference import ReferenceEngine
from sim.explain.because import Because
from sim.explain.decisive_changes import ValueRead
from sim.explain.followed_run import INITIAL, PASSING, FollowedRun
from sim.explain.part_values import PartValues
from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.explain.why_not import WhyNot
from sim.language.expressions.conjuncts import conjuncts
from sim.language.expressions.tree import Expression, Literal
from sim.model.expression import TIME
from sim.model.model import EventType, Scheduled
from sim.model.program import compile_model


def gives_again(reasons: Reasons, because: Because) -> None:
    """Check that what an event that fired rests on gives that event, and with what was before, would not have."""
    run, values = reasons.run, reasons.values
    moment = run.moments[because.place]
    rule = run.program.rules[run.program.numbers[because.event.rule]]
    assert rule.guard(moment.before), "a rule fires while its guard holds"
    frame = values.plain(run, moment.before)
    parts = conjuncts(rule.rule.guard)
    for part, read in because.reads():
        if read.change is None or read.change.how == "passing":
            continue
        if part.what == "guard":
            tree = next(one.tree for one in parts if one.text == part.text)
            if values.value(tree, frame):  # else it turned true just then, by what moves
                assert not values.exchanged(tree, frame, read.slot, read.change.before)
        elif part.what == "rate":
            tree = rule.rule.clock.arguments[0].tree
            now, other = values.value(tree, frame), values.exchanged(tree, frame, read.slot, read.change.before)
            assert other is None or not now / 1.099 < other < now * 1.099
    if because.choice is not None:
        below, chosen = 0.0, []
        for event, share in because.choice.shares:
            if share > 0.0 and below - 1e-9 <= because.choice.uniform <= below + share + 1e-9:
                chosen.append(event)
            below += share
        assert because.event.type in chosen
        assert math.isclose(below, 1.0)


def chain_ends(why: Why) -> None:
    """Check that a causal past leads back in time, and ends in what needs no reason."""
    run = why.run
    for place, because in why.causes.items():
        behind = why.behind(place)
        assert all(0 <= one < place for one in behind), "what an event rests on came before it"
        assert set(behind) <= why.causes.keys()
        for _, read in because.reads():
            _rests_on_what_was(run, place, read)
        if not behind and because.event.kind == "fired":
            shown = [read for _, read in because.reads() if read.mattered]
            assert all(read.change.place in (INITIAL, PASSING) for read in shown)


def _rests_on_what_was(run: FollowedRun, place: int, read: ValueRead) -> None:
    if read.change is None:
        return
    if read.change.how == "event":
        moment = run.moments[read.change.place]
        assert read.change.place < place
        assert run.value(read.slot, moment.before) == read.change.before
    for inner in read.change.through:
        _rests_on_what_was(run, read.change.place, inner)


def unfired(run):
    """Yield each rule that did not fire after the branch, with why not."""
    why_not = WhyNot(run)
    for name in run.program.model.rules:
        if not any(run.events[place].rule == name for place in range(run.branch, len(run.events))):
            yield why_not.rule(name)


def lacks_what_it_says(run: FollowedRun) -> None:
    """Check that what a rule lacked was not there, and that each remedy would have made it true."""
    values = PartValues(run.program)
    for found in unfired(run):
        if found.nearest is None:
            continue
        guard = run.program.model.rules[found.rule].guard
        frames = [frame for place, frame in WhyNot(run).lacks.looks
                  if place == found.nearest.place and frame[TIME] == found.nearest.time]  # fmt: skip
        parts = {part.text: part.tree for part in conjuncts(guard)}
        for lack in found.nearest.lacks:
            assert any(values.value(parts[lack.text], frame) is not True for frame in frames)
            for remedy in lack.remedies:
                slot = values.slots["state", remedy.name]
                variable = run.program.model.variables[remedy.name]
                assert not isinstance(remedy.needed, float) or variable.low <= remedy.needed <= variable.high
                assert any(values.exchanged(parts[lack.text], frame, slot, remedy.needed) is True for frame in frames)


def is_enabled_by_what_lacked(run: FollowedRun, seed: int) -> int:
    """Check that an event that gives a rule what it lacked starts its clock; return for how many rules it could be."""
    tried = 0
    for found in unfired(run):
        rule = run.program.model.rules[found.rule]
        lacks = found.nearest.lacks if found.how == "never enabled" and found.nearest else ()
        remedies = {lack.remedies[0].name: lack.remedies[0].needed for lack in lacks if lack.remedies}
        time = math.nextafter(found.nearest.time, math.inf) if lacks else math.inf
        if len(lacks) == len(remedies) > 0 and not rule.on and time < found.nearest.until and not run.error:
            tried += 1
            assert time in _starts_with(run, seed, found.rule, time, remedies)
    return tried


def _starts_with(run, seed, rule, time, remedies):
    """Return when a rule's clock starts in a run in which an event gives variables these values at a time."""
    model = run.program.model
    effects = {
        name: Expression(Literal(value, model.variables[name].type), str(value))
        for name, value in sorted(remedies.items())
    }
    kind = EventType(
        name="put_right", title="", faction=next(iter(model.factions)), marks={}, effects=effects, exogenous=True,
        codes={},
    )  # fmt: skip
    changed = replace(model, events=dict(sorted({**model.events, "put_right": kind}.items())))
    item = Scheduled(time, "put_right", (), "test")
    timetable = tuple(sorted((*run.scenario.timetable, item), key=lambda one: one.time))
    scenario = replace(run.scenario, model=changed, timetable=timetable)
    made = FollowedRun.by(ReferenceEngine(compile_model(changed), scenario, seed, most_events=300), run.number)
    return {stretch.since for stretch in made.stretches_of(rule)}
