"""Known answers after a branch: what is left of each clock, given that it has not run out before.

Whether the branch is in a simulated run or after a documented past, a clock of age a is left with S(a + t) / S(a).
"""

import math
from collections.abc import Callable
from dataclasses import replace

from sim.model.branching import branch_from_run
from sim.model.event import Event
from sim.model.scenario import Scenario
from tests.engines.conformance import numerics, speeds
from tests.engines.conformance.answers import Times
from tests.engines.conformance.engines import Engine
from tests.engines.conformance.known import Known, Question, fired, text_of
from tests.engines.conformance.memories import RATE, WEIBULL, fresh, keep, repeat
from tests.engines.conformance.moving import HAZARDS, by_hazard
from tests.engines.conformance.numerics import Survival, by, left
from tests.engines.conformance.speeds import with_pause

SOURCE = "Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, chapter 1: left truncation"
NOTED, STOPPED, DOCUMENTED = 1.9, 2.35, 2.0


def at_moment(time: float, seed: int) -> Callable[[Callable[[Scenario], Engine], Scenario], Scenario]:
    """Branch, with fresh luck, at what the timetable does at `time`, in the first run in which no rule fired before."""

    def branch(engine_of: Callable[[Scenario], Engine], scenario: Scenario) -> Scenario:
        engine = engine_of(scenario)
        for number in range(10_000):
            log = engine.run(number)
            event = next(place for place, event in enumerate(log) if event.time >= time)
            if log[event].time == time and not any(item.kind == "fired" for item in log[:event]):
                return branch_from_run(
                    scenario, scenario, log, ensemble="e", run=number, event=event, seed=seed, streams="fresh"
                )
        raise AssertionError("in no run have all clocks run on")

    return branch


def after_history(_: object, scenario: Scenario) -> Scenario:
    """Begin after two documented events, between two of the timetable's."""
    past = (Event(0, 0.7, "documented", "stopped"), Event(1, 1.25, "documented", "went_on"))
    coming = tuple(item for item in scenario.timetable if item.time >= DOCUMENTED)
    return replace(scenario, past=past, start=DOCUMENTED, timetable=coming)


AGED: dict[str, Survival] = {
    "exponential": numerics.exponential(3.0),
    "weibull_early": numerics.weibull(0.7, 2.0),
    "weibull_late": numerics.weibull(3.0, 3.0),
    "gamma_early": numerics.gamma(0.4, 2.0),
    "gamma_late": numerics.gamma(3.5, 2.0),
    "lognormal": numerics.lognormal(4.0, 0.8),
    "loglogistic": numerics.loglogistic(1.6, 2.0),
    "uniform": numerics.uniform(0.5, 3.0),
    "triangular": numerics.triangular(0.2, 1.0, 4.0),
    "rate": numerics.exponential(2.5),
}
LONGEST = {"uniform": 3.0, "triangular": 4.0}


def aged() -> Known:
    known = Known(
        "aged",
        text_of("aged"),
        tuple(
            Question(
                name,
                fired(name),
                Times(by(left(survival, 1.23)), high=LONGEST.get(name, math.inf) - 1.23),
                "1 - S(1.23 + t) / S(1.23)",
                SOURCE,
            )
            for name, survival in AGED.items()
        ),
    )
    return replace(known, branch=at_moment(1.23, known.seed))


REMEMBERED: dict[str, Survival] = {
    "fresh": fresh(WEIBULL),
    "keep": keep(WEIBULL),
    "repeat": repeat(WEIBULL),
    "rate_kept": keep(RATE),
    "rate_repeated": repeat(RATE),
}


def remembered(name: str, time: float) -> Known:
    questions = tuple(
        Question(
            rule,
            fired(rule),
            Times(by(left(survival, time))),
            f"1 - S({time} + t) / S({time}), S as without the branch",
            SOURCE,
        )
        for rule, survival in REMEMBERED.items()
    )
    return Known(name, text_of("memories"), questions)


def branch_while_running() -> Known:
    known = remembered("branch_while_running", NOTED)
    return replace(known, branch=at_moment(NOTED, known.seed))


def branch_while_paused() -> Known:
    known = remembered("branch_while_paused", STOPPED)
    return replace(known, branch=at_moment(STOPPED, known.seed))


def branch_after_history() -> Known:
    return replace(remembered("branch_after_history", DOCUMENTED), branch=after_history)


MIDST, WORN = 0.9, 2.7


def with_note(name: str, time: float) -> str:
    """Return the text of a model in which somebody looks at the clocks at a time."""
    flow, block = ("events: {", "noted: {by: people}, "), ("events:\n", "  noted: {by: people}\n")
    text = text_of(name)
    for begins, noted in (flow, block):
        text = text.replace(begins, begins + noted)
    return f"{text}timetable: [{{at: {time}, event: noted}}]\n"


def branch_within_cells() -> Known:
    """Rates that move go on from the hazard that they have reached in the middle of a cell."""
    questions = tuple(
        Question(
            name,
            fired(name),
            by_hazard(lambda t, hazard=hazard: hazard(MIDST + t) - hazard(MIDST)),
            f"1 - exp(H({MIDST}) - H({MIDST} + t)), H = {formula}",
            SOURCE,
        )
        for name, (hazard, formula) in HAZARDS.items()
    )
    known = Known("branch_within_cells", with_note("moving", MIDST), questions)
    return replace(known, branch=at_moment(MIDST, known.seed))


PACED: dict[str, Survival] = {
    "paced": lambda t: math.exp(-speeds.worn(speeds.paced(t))),
    "fresh": speeds.fresh,
    "keep": lambda t: math.exp(-speeds.worn(speeds.paced(t))),
    "repeat": speeds.repeat,
    "rate_kept": speeds.rate_kept,
}


def branch_with_speeds() -> Known:
    """A law with a speed goes on from its age, not from the time that has gone."""
    questions = tuple(
        Question(
            name,
            fired(name),
            with_pause(left(survival, WORN), WORN),
            f"1 - S({WORN} + t) / S({WORN}), S as without the branch",
            SOURCE,
        )
        for name, survival in PACED.items()
    )
    strained = Times(by(left(speeds.strained, WORN)))
    known = Known(
        "branch_with_speeds",
        with_note("speeds", WORN),
        (*questions, Question("strained", fired("strained"), strained, "the same", SOURCE)),
    )
    return replace(known, branch=at_moment(WORN, known.seed))


KNOWN = (
    aged, branch_while_running, branch_while_paused, branch_after_history, branch_within_cells, branch_with_speeds,
)  # fmt: skip
