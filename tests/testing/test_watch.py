"""What each kind of claim means for a sequence of events, on logs that are made up."""

from dataclasses import replace

import pytest

from sim.build.checks import check_from
from sim.build.model import loads_model
from sim.model.event import Event
from sim.model.program import compile_model
from sim.testing.watch import NO_FAILURE, Watchers, watch

MODEL = """
model: bench
title: A bench
time: {unit: abstract}
horizon: 100
factions: {a: {title: A}}
state:
  n: {type: int, range: [0, 100], initial: 2}
  x: {type: real, initial: 1}
  heat: {type: real, range: [0, 1], initial: 1, relaxes: {towards: 0, half_life: 2}}
  mood: {type: enum, values: [calm, angry], initial: calm}
derived: {late: {value: time > 3}, quiet_for: {value: "since(rose, 0)"}}
parameters: {p: {value: 3, basis: {judgement: a guess}}}
events:
  rose:  {by: a, marks: {k: int}, effects: {n: n + k}}
  fell:  {by: a, effects: {n: n - 1}}
  raged: {by: a, effects: {mood: angry}}
  calmed: {by: a, effects: {mood: calm}}
rules: {r: {faction: a, clock: {rate: 1}, emits: {event: rose, k: 1}}}
outcomes: {many: {when: n > 3}}
"""


def broken(claim: dict[str, object], *happened: tuple[object, ...]) -> str | None:
    """Return how a claim is broken by events (time, type, marks...), or None."""
    model = loads_model(MODEL)
    check = check_from(model, claim)
    program = compile_model(replace(model, checks={check.name: check}))
    events = [Event(number, float(time), kind if kind in ("outcome", "ended", "failed") else "fired",
                    "many" if kind == "outcome" else kind, marks=tuple(float(mark) for mark in marks))
              for number, (time, kind, *marks) in enumerate(happened)]  # fmt: skip
    found = watch(Watchers(program, [check]), (3.0,), events).get(check.name)
    if found is None:
        return None
    return f"{found.event.sequence if found.event else 'start'}: {found.why}"


@pytest.mark.parametrize(
    ("claim", "events", "said"),
    [
        ({"always": "n > 0"}, [(1, "fell"), (2, "fell")], "1: n = 0"),
        ({"always": "n > 0"}, [(1, "fell"), (2, "rose", 1), (3, "fell")], None),
        ({"always": "n != 2"}, [], "start: n = 2"),
        ({"never": "n == 2 and mood == calm"}, [], "start: mood = calm, n = 2"),
        ({"never": "mood == angry and n > 2"}, [(1, "rose", 1), (2, "raged")], "1: mood = angry, n = 3"),
        ({"never": "happened(raged) and n < 2"}, [(1, "raged"), (2, "fell")], "1: n = 1, times(raged) = 1"),
        ({"never": "times(fell) > 1"}, [(1, "fell"), (2, "fell")], "1: times(fell) = 2"),
        ({"never": "reached(many)"}, [(1, "rose", 5), (1, "outcome")], "1: reached(many) = true"),
        ({"always": "1 / (n - 1) > 0"}, [(1, "fell")], "0: it has no value: 1.0 is divided by zero"),
        ({"after": "rose", "holds": "n > k"}, [(1, "rose", 1), (2, "fell"), (3, "fell"), (4, "fell"), (5, "rose", 2)],
         "4: n = 2, k = 2"),
        ({"after": "rose", "holds": "n > 2"}, [(1, "fell")], None),
        ({"before": "rose", "holds": "n >= k"}, [(1, "rose", 2), (2, "rose", 5)], "1: n = 4, k = 5"),
        ({"before": ["fell", "rose"], "holds": "n > p"}, [(1, "fell")], "0: n = 2, p = 3"),
        ({"after": "fell", "happened": "rose"}, [(1, "fell")], "0: rose had not happened"),
        ({"after": "fell", "happened": "rose"}, [(1, "rose", 1), (2, "fell")], None),
        ({"after": "fell", "happened": ["rose", "raged"]}, [(1, "rose", 1), (2, "fell")], "1: raged had not happened"),
        ({"after": "fell", "happened": "fell"}, [(1, "fell")], "0: fell had not happened"),
        ({"never_falls": "n"}, [(1, "rose", 1), (2, "fell")], "1: n goes from 3 to 2"),
        ({"never_falls": "n"}, [(1, "rose", 1), (2, "rose", 0)], None),
        ({"never_rises": "n + x"}, [(1, "fell"), (2, "rose", 1)], "1: n + x goes from 2 to 3"),
        ({"unchanged_by": "raged", "value": "n"}, [(1, "fell"), (2, "raged")], None),
        ({"unchanged_by": "raged", "value": "mood"}, [(1, "raged")], "0: mood goes from calm to angry"),
        ({"changed_only_by": "rose", "value": "n"}, [(1, "rose", 1), (2, "fell")], "1: n goes from 3 to 2"),
        ({"changed_only_by": ["rose", "fell"], "value": "n"}, [(1, "rose", 1), (2, "fell"), (3, "raged")], None),
        ({"after": "rose", "leads_to": "n > 4", "within": "5"}, [(1, "rose", 1), (6, "rose", 2)], None),
        ({"after": "rose", "leads_to": "n > 4", "within": "5"}, [(1, "rose", 1), (6.1, "rose", 2)],
         "1: it had not come by 6"),
        ({"after": "rose", "leads_to": "n > 4", "within": "5"}, [(1, "rose", 1), (4, "rose", 0), (7, "fell")],
         "2: it had not come by 6"),
        ({"after": "rose", "leads_to": "n > 2", "within": "5"}, [(1, "rose", 1), (2, "fell"), (9, "fell")], None),
        ({"after": "rose", "leads_to": "n > 4", "within": "5"}, [(1, "rose", 1), (6, "ended")], None),
        ({"after": "rose", "leads_to": "n > 4", "within": "5"}, [(1, "rose", 1), (100, "ended")],
         "1: it had not come by 6"),
        ({"when": "mood == angry", "leads_to": "n == 0", "within": "5"}, [(1, "raged"), (3, "raged"), (7, "fell")],
         "2: it had not come by 6"),
        ({"when": "n == 2", "leads_to": "mood == angry", "within": "5"}, [(6, "raged")], "0: it had not come by 5"),
    ],
)  # fmt: skip
def test_a_claim_means_what_it_says(
    claim: dict[str, object], events: list[tuple[object, ...]], said: str | None
) -> None:
    assert broken(claim, *events) == said


def test_a_run_that_fails_breaks_the_claim_that_every_model_makes() -> None:
    model = loads_model(MODEL)
    watchers = Watchers(compile_model(model), [])
    found = watch(watchers, (3.0,), [Event(0, 1.0, "failed", "E601", "r", note="the rate of 'r' is -1")])

    assert found[NO_FAILURE].why == "error E601: the rate of 'r' is -1"


def test_an_event_that_cannot_happen_breaks_it_too() -> None:
    model = loads_model(MODEL)
    found = watch(Watchers(compile_model(model), []), (3.0,), [Event(0, 1.0, "fired", "rose", "r", marks=(900.0,))])

    assert found[NO_FAILURE].why.startswith("error E602: 'n' would be 902")


def test_only_the_first_breach_of_a_check_is_told() -> None:
    assert broken({"never": "n < 2"}, (1, "fell"), (2, "fell")) == "0: n = 1"


def test_what_is_reached_counts_at_once_where_something_leads_to_it_or_from_it() -> None:
    to = {"after": "rose", "leads_to": "reached(many)", "within": "5"}
    since = {"when": "reached(many)", "leads_to": "mood == angry", "within": "5"}
    alone = {"changed_only_by": "fell", "value": "reached(many)"}

    assert broken(to, (1, "rose", 3), (1, "outcome"), (9, "fell")) is None
    assert broken(since, (1, "rose", 3), (1, "outcome"), (9, "fell")) == "2: it had not come by 6"
    assert broken(since, (1, "rose", 3), (1, "outcome"), (6, "raged")) is None
    assert broken(alone, (1, "rose", 3), (1, "outcome")) == "1: reached(many) goes from false to true"


def test_what_holds_at_an_event_may_depend_on_the_time() -> None:
    assert broken({"before": "rose", "holds": "time < 5"}, (1, "rose", 1), (7, "rose", 1)) == "1: time = 7"


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ({"after": "raged", "holds": "heat < 0.5"}, None),
        ({"after": "raged", "holds": "heat > 0.5"}, "1: heat = 0.25"),
        ({"never": "heat < 0.5"}, "1: heat = 0.25"),
        ({"never": "heat == 0.25"}, "1: heat = 0.25"),
        ({"always": "not late"}, "1: time = 4"),
        ({"never": "quiet_for > 3"}, "1: since(rose) = 3.5"),
        ({"after": "raged", "holds": "since(calmed, 7) < 3"}, "1: calmed has not happened"),
    ],
)
def test_a_claim_knows_what_moves_as_it_is_at_the_event(claim: dict[str, object], said: str | None) -> None:
    assert broken(claim, (0.5, "rose", 1), (4, "raged")) == said
