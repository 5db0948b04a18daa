"""A branch from a simulated run: the scenario that goes on from one of its events.

The run's past and its own part keep the parameters that they had; what the branch assumes holds from the branch on.
With the run's own random streams it is a counterfactual, with others a forecast given that past. Folding the run's log
gives the state, and every clock's age.

A branch goes on with the run's outcomes, too: what had come true stays so, `within` counts from where the run began,
and a broken `while` stays broken. So with its streams kept and nothing changed, the run goes on exactly as it did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from sim.errors import UsageError
from sim.language.expressions.tree import Value
from sim.model.canonical import canonical_base, canonical_model, canonical_questions, change_meaning
from sim.model.event import HORIZON, LIMIT_OF_EVENTS, Log
from sim.model.evolve import typed
from sim.model.model import Parameter, Scheduled
from sim.model.priors.joint_prior import JointPrior, affected
from sim.model.scenario import Change, Lineage, PastTurn, Scenario
from sim.numerics.streams import stream_key, uniform


def branch_from_run(
    scenario: Scenario, before: Scenario, log: Log, *, ensemble: str, run: int, event: int, seed: int,
    streams: Literal["keep", "fresh"], central: bool = False, runs_per_draw: int = 1,
) -> Scenario:  # fmt: skip
    """Return `scenario` as it is from event number `event` of a run of `before` on, instead of from its own branch.

    `log` is that run's; `seed`, `central` and `runs_per_draw` are what it was drawn with. The run's parameters stand,
    except those that `scenario` has otherwise, and so does what has changed in it; the scenario's timetable stands from
    the branch on, and its changes, those that are overdue at the branch itself.

    Raise UsageError E508 if nothing follows the event, E501 if the two scenarios are not of one model, E502 if the
    horizon is past, E507 if its streams cannot be kept, RunError E620 if a prior of the scenario cannot be drawn there.
    """
    last = len(log) - 2  # a run's last event is its end
    if not 0 <= event <= last:
        raise UsageError("E508", f"no branch can go on from event {event}", f"expected an event from 0 to {last}")
    event = settled(before, log, event)
    if event == last and log[-1].note not in (HORIZON, LIMIT_OF_EVENTS):
        raise UsageError("E508", f"the run was over by then: {log[-1].note}", "branch from an earlier event")
    lacking = _lacking(scenario, before)
    if lacking:
        message = f"the run has {' and '.join(lacking[:2])} of its scenario's own, and '{scenario.name}' has not"
        raise UsageError("E501", message, f"branch with a scenario that extends '{before.name}'")
    more = [name for name in scenario.model.parameters if name not in before.model.parameters]
    if more:
        note = "run the scenario itself, or write a number that is known in its stead"
        raise UsageError("E501", f"the run has drawn no '{more[0]}', which '{scenario.name}' adds", note)
    if not _goes_on(scenario, before):
        message = f"'{scenario.name}' is a scenario of another model than the run"
        raise UsageError("E501", message, "only parameters may differ, and what a scenario adds of its own")
    if streams == "keep" and before.lineage is not None:
        raise UsageError("E507", "luck cannot be kept twice", "branch from the run that this one branched from")
    start = log[event].time
    if scenario.horizon <= start:
        raise UsageError("E502", "the horizon of the scenario does not lie after the branch")
    begun = before.lineage.begun if before.lineage else log[0].time
    numbered = {change.number: change for change in before.changes}
    made = [numbered[item.occurrence] for item in log[: event + 1] if item.kind == "changed"]
    past_changes = (*before.made, *made)
    coming, shared = _apart(scenario.changes, past_changes)
    enabled = {name for change in shared for name in change.enabled}
    number = None if central else run // runs_per_draw
    values = _parameters(scenario, before, log[: event + 1], seed, number)
    branched = replace(
        scenario,
        past=(*before.past, *log[: event + 1]),
        start=start,
        timetable=_still_to_come(scenario.timetable, log[: event + 1], start),
        lineage=Lineage(ensemble=ensemble, run=run, event=event, begun=begun, seed=seed, streams=streams),
        parameters=tuple(values.values()),
        asked=_asked(scenario, before, values) if number != run else {},
        own=before.replaced,
        disabled=tuple(name for name in scenario.disabled if name not in enabled),
        past_turns=(*before.past_turns, *_turns(before, made)),
        made=past_changes,
    )
    return branched.with_changes(
        tuple(_at_branch(_as_pending(change, before.changes), start, seed, number) for change in coming)
    )


def settled(before: Scenario, log: Log, event: int) -> int:
    """Return the number of the last event that stands with this one: the outcomes that it made true."""
    while event + 1 < len(log) and log[event + 1].kind == "outcome" and log[event + 1].time == log[event].time:
        if before.model.outcomes[log[event + 1].type].otherwise:
            break
        event += 1
    return event


def _lacking(scenario: Scenario, before: Scenario) -> list[str]:
    """Return the rules and event types, in words, that the scenario of a run adds and another has not as they are."""
    mine, theirs = canonical_model(scenario.model), canonical_model(before.model)
    return [
        f"the {what} '{name}'"
        for kind, what, own in (("rules", "rule", before.own_rules), ("events", "event type", before.own_events))
        for name in own
        if mine[kind].get(name) != theirs[kind][name]
    ]


def _goes_on(scenario: Scenario, before: Scenario) -> bool:
    """Return whether a scenario is of the model of a run; it may have rules and event types of its own beside them."""
    one, other = canonical_base(scenario), canonical_base(before)
    same = all(one[kind] == other[kind] for kind in one if kind != "parameters")
    return same and canonical_questions(scenario.model) == canonical_questions(before.model)


def _apart(changes: Sequence[Change], made: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """Return those of the changes that have not been made, and those that have."""
    left = [change_meaning(change.written or change) for change in made]
    coming: list[Change] = []
    shared: list[Change] = []
    for change in changes:
        if (meaning := change_meaning(change)) in left:
            left.remove(meaning)
            shared.append(change)
        else:
            coming.append(change)
    return coming, shared


def _turns(before: Scenario, made: Sequence[Change]) -> list[PastTurn]:
    """Return what the start of the run did to its rules, and each of the changes that it made.

    What it disabled for good is left to its branch, where that is decided again.
    """
    woken = {name for change in before.changes for name in change.enabled}
    asleep = tuple(name for name in before.disabled if name in woken)
    began = PastTurn(asleep, tuple(sorted(before.starting)), began=True)
    return [began, *(PastTurn(change.disabled, change.enabled) for change in made)]


def _as_pending(change: Change, pending: Sequence[Change]) -> Change:
    """Return a change as the run had it before it, with the values that were fixed when that run branched itself."""
    meaning = change_meaning(change)
    for other in pending:
        if other.written is not None and change_meaning(other.written) == meaning:
            return replace(other, number=change.number, location=change.location)
    return change


def _at_branch(change: Change, start: float, seed: int, number: int | None) -> Change:
    """Return a change as it is after the branch: one that is overdue comes at once.

    A prior is asked for the quantile that the run drew, as draw `number` of its parameters; None: it drew none.
    """
    known = {
        name: parameter if number is None or not parameter.prior else _fixed(parameter, seed, number)
        for name, parameter in change.known.items()
    }
    written = change.written or change
    return replace(change, time=max(change.time, start), parameters={**change.parameters, **known}, written=written)


def _fixed(parameter: Parameter, seed: int, number: int) -> Parameter:
    value = _value(parameter, seed, number)
    return replace(parameter, value=value, prior="", arguments=(), given=(), experts=(), factor=1.0)


def _still_to_come(timetable: tuple[Scheduled, ...], past: Log, start: float) -> tuple[Scheduled, ...]:
    """Drop what is over; of what is due at the branch itself, as much as has happened already."""
    happened = Counter((item.type, item.marks) for item in past if item.kind == "scheduled" and item.time == start)
    coming = []
    for item in timetable:
        key = (item.event, item.marks)
        if item.time == start and happened[key]:
            happened[key] -= 1
        elif item.time >= start:
            coming.append(item)
    return tuple(coming)


def _parameters(scenario: Scenario, before: Scenario, log: Log, seed: int, number: int | None) -> dict[str, float]:
    """Return the run's parameters, but the scenario's own where it has one otherwise than the run's scenario.

    A prior that differs, or that reads one which differs, is asked for the quantile that the run drew, as draw `number`
    of its parameters, so that the two stay comparable; None: it drew none.
    """
    joint, otherwise = JointPrior(scenario.model.parameters), _otherwise(scenario, before)
    holding = [event for event in log if event.kind in ("started", "changed")][-1]
    values: dict[str, Value] = {}
    for mark, (name, parameter) in zip(holding.marks, joint.parameters.items(), strict=False):
        asked = name in otherwise and not parameter.given
        values[name] = _value(parameter, seed, number) if asked else typed(parameter.type, mark)
    for parameter in joint.dependent:
        if parameter.name in otherwise:
            chance = None if number is None else _chance(parameter, seed, number)
            values[parameter.name] = joint.value(parameter, values.values(), chance)
    return {name: float(value) for name, value in values.items()}


def _asked(scenario: Scenario, before: Scenario, values: Mapping[str, float]) -> dict[str, float]:
    """Return what the priors are given that the scenario has otherwise than the run's scenario, by parameter."""
    known = scenario.model.parameters
    return {name: values[name] for name in known if name in _otherwise(scenario, before) and known[name].prior}


def _otherwise(scenario: Scenario, before: Scenario) -> frozenset[str]:
    """Return the parameters that a scenario has otherwise than a run's scenario, with those that read one of them."""
    own, known = scenario.model.parameters, before.model.parameters
    return affected(own, [name for name, parameter in own.items() if parameter.known != known[name].known])


def _value(parameter: Parameter, seed: int, number: int | None) -> Value:
    """Return a parameter's value in a draw of all parameters; None: its central value."""
    if number is None or not parameter.prior:
        return parameter.value
    return typed(parameter.type, parameter.quantile(_chance(parameter, seed, number)))


def _chance(parameter: Parameter, seed: int, number: int) -> float:
    """Return the quantile at which a draw of all parameters has a parameter."""
    return uniform(stream_key(seed, f"parameter:{parameter.name}"), number, 0, 0)
