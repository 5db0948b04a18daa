from pathlib import Path

import pytest

from sim.build.history import build_history
from sim.build.model import build, load_model, loads_model
from sim.language.diagnostics import Complaints, LanguageError
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.evidence import HistoryShape, SourcesShape
from sim.language.shapes.load import load, loads
from sim.model.event import Event
from sim.model.evidence.documented import History, documented_in, merged
from sim.model.model import Scheduled
from tests.effort import effort

GOOD = Path(__file__).parents[1] / "language" / "good"
SOURCES = loads(
    "sources: s\ndocuments: {letter: {title: L, reliability: high, paragraphs: 4}}\n", SourcesShape, "sources.yaml"
)
MODEL = """\
model: quarrel
title: A quarrel
time: {unit: day, origin: 2030-01-01}
factions: {north: {title: N}, south: {title: S}}
state:
  calm: {type: bool, initial: true}
  trust: {type: real, range: [0, 1], initial: start}
  up: {for: i in 1..2, type: bool, initial: true}
parameters: {start: {prior: {uniform: [0.4, 0.6]}, basis: {judgement: none}}}
events:
  shots_fired: {by: north, marks: {deaths: int}, effects: {calm: false, trust: trust - 0.2}}
  peace_made: {by: south, effects: {calm: true}}
  answered: {by: south}
  flood_came: {exogenous: true, effects: {trust: 1}}
  fell: {by: north, for: i in 1..2, effects: {"up[i]": false}}
  storm_came: {by: north, effects: {calm: false}}
rules:
  north_shoots: {faction: north, when: calm, clock: {rate: 1 per day}, emits: {event: shots_fired, deaths: poisson(1)},
    basis: {judgement: so}}
  north_raids: {faction: north, when: trust < 0.9, clock: {rate: 1 per day}, emits: {event: shots_fired, deaths: 3},
    basis: {judgement: so}}
  south_gives_in: {faction: south, when: not calm, clock: {fixed: 3 days}, emits: peace_made, basis: {judgement: so}}
  south_answers: {faction: south, on: shots_fired, when: true, clock: {rate: 1 per day}, emits: answered,
    basis: {judgement: so}}
  fails: {for: i in 1..2, faction: north, when: "up[i]", clock: {rate: 1 per day}, emits: "fell[i]",
    basis: {judgement: so}}
timetable: [{at: 2030-01-20, event: storm_came}]
horizon: 90 days
"""


def event(at: str, kind: str, name: str = "", more: str = "", cite: str = "{source: letter}") -> str:
    name = name or f"e-{at.lower().replace(':', '-')}-{kind.replace('[', '-').replace(']', '')}"
    return f"  - {{id: {name}, at: {at}, event: '{kind}', claim: So it was., sources: [{cite}]{more}}}\n"


def history(*events: str, model: str = MODEL) -> History:
    text = "history: h\ntitle: H\nsources: sources.yaml\nevents:\n" + ("".join(events) or "  []\n")
    complaints = Complaints()
    known = build(loads(model, ModelShape, "model.yaml"), None, complaints)
    found = build_history(loads(text, HistoryShape, "history.yaml"), SOURCES, known, complaints)
    complaints.raise_any()
    return found


def said(*events: str, model: str = MODEL) -> list[str]:
    try:
        history(*events, model=model)
    except LanguageError as error:
        return [f"{item.code} {item.message} | {' | '.join(item.notes)}" for item in error.diagnostics]
    return []


SHOTS = ", marks: {deaths: 2}"


def test_a_documented_event_keeps_what_is_known_about_it() -> None:
    model = load_model(GOOD / "model.yaml")
    sources = load(GOOD / "sources.yaml", SourcesShape)
    complaints = Complaints()
    found = build_history(load(GOOD / "history.yaml", HistoryShape), sources, model, complaints)
    assert not complaints
    first, call, flood = found.documented

    assert (first.event.time, first.event.marks, first.event.rule, first.reported) == (
        2.0,
        (2.0,),
        "north_shoots",
        "2030-01-04",
    )
    assert (call.event.rule, call.event.faction, call.status, call.act, call.due) == (
        "south_calls", "south", "alleged", "commitment", "2030-01-20",
    )  # fmt: skip
    assert (flood.event.rule, flood.until, flood.note, str(flood.citations[0])) == (
        "",
        "2030-01-14",
        "a rumour",
        "letter-3",
    )
    assert str(call.citations[0]) == "letter-3 §2, 3"
    assert [found.find(name) for name in ("first-shots", "flood", "no")] == [0, 2, None]


def test_an_empty_history_is_a_history() -> None:
    assert history().documented == ()


def test_an_event_is_put_down_to_the_enabled_rule_that_is_first() -> None:
    assert history(event("2030-01-03", "shots_fired", more=SHOTS)).documented[0].event.rule == "north_raids"


def test_an_event_may_say_which_rule_it_was() -> None:
    (only,) = history(event("2030-01-03", "shots_fired", more=SHOTS + ", rule: north_shoots")).documented

    assert only.event.rule == "north_shoots"


def test_events_at_one_time_stand_in_the_order_that_they_are_written_in() -> None:
    found = history(event("2030-01-03", "shots_fired", more=SHOTS), event("2030-01-03", "peace_made"))

    assert [item.event.type for item in found.documented] == ["shots_fired", "peace_made"]


def test_an_event_that_no_rule_admits_says_since_when_and_by_what() -> None:
    events = [
        event("2030-01-02", "shots_fired", "shots", SHOTS),
        event("2030-01-03", "peace_made"),
        event("2030-01-04", "peace_made"),
    ]

    assert said(*events) == [
        "E402 'peace_made' cannot have happened here | rule 'south_gives_in' was not enabled: its guard 'not calm' was "
        "false since e-2030-01-03-peace_made at history.yaml:6:6"
    ]


def test_an_event_whose_guard_was_never_true_says_since_the_beginning() -> None:
    assert "was false since the beginning" in said(event("2030-01-02", "peace_made"))[0]


def test_a_rule_that_waits_for_an_event_admits_none_before_it() -> None:
    shots, answer = event("2030-01-02", "shots_fired", more=SHOTS), event("2030-01-03", "answered")

    assert said(shots, answer) == []
    assert said(answer) == [
        "E402 'answered' cannot have happened here | rule 'south_answers' was not enabled: it waits for shots_fired, "
        "which had not come since it last fired"
    ]
    assert len(said(shots, answer, event("2030-01-04", "answered"))) == 1


def test_an_event_from_outside_needs_no_rule() -> None:
    assert said(event("2030-01-02", "flood_came")) == []


def test_an_event_that_no_rule_emits_is_told_how_it_may_come_from_outside() -> None:
    assert "declare the event type `exogenous: true`" in said(event("2030-01-02", "storm_came"))[0]


def test_the_named_rule_must_be_the_enabled_one() -> None:
    shots = event("2030-01-02", "shots_fired", more=SHOTS)
    again = event("2030-01-03", "shots_fired", "again", SHOTS + ", rule: north_shoots")

    assert "rule 'north_shoots' was not enabled: its guard 'calm' was false since" in said(shots, again)[0]


def test_an_event_from_outside_that_names_a_rule_is_that_rules_and_no_other_ones() -> None:
    model = MODEL.replace("peace_made: {by: south,", "peace_made: {by: south, exogenous: true,")
    named = event("2030-01-03", "peace_made", more=", rule: south_gives_in")

    assert history(event("2030-01-03", "peace_made"), model=model).documented[0].event.rule == ""
    assert said(named, model=model)[0].startswith("E402 'peace_made' cannot have happened here")


def test_a_member_of_a_family_is_an_event_type() -> None:
    fell = event("2030-01-02", "fell[2]", "once")

    assert history(fell).documented[0].event.rule == "fails[2]"
    assert said(fell, event("2030-01-03", "fell[2]", "twice"))[0].startswith("E402 'fell[2]' cannot have happened here")
    assert said(event("2030-01-03", "fell[3]"))[0].startswith("E401 unknown event type 'fell[3]'")
    assert said(event("2030-01-03", "fell[(]", "none")) == [
        "E312 '(' names no member | expected an index, a number or a word"
    ]


def test_the_models_own_timetable_happens_in_between() -> None:
    made = event("2030-01-21", "peace_made")

    assert said(made) == []
    assert said(event("2030-01-20", "peace_made")) == []  # the timetable comes first at its time
    assert said(event("2030-01-19", "peace_made"))[0].startswith("E402")


MOVING = """\
  trust: {type: real, range: [0, 1], initial: 0.8, relaxes: {towards: 0.2, half_life: 4 days}}"""


@pytest.mark.parametrize("clock", ["{rate: 1 per day * trust}", "{gamma: {shape: 2, mean: 4 days}, speed: 1 + trust}"])
@pytest.mark.parametrize("guard", ["trust < 0.5", "time > 2030-01-05", "since(flood_came, 9 days) < 4 days"])
def test_a_guard_that_flips_as_time_passes_admits_events_from_then_on(guard: str, clock: str) -> None:
    model = MODEL.replace("  trust: {type: real, range: [0, 1], initial: start}", MOVING)
    model = model.replace("when: not calm, clock: {fixed: 3 days}", f"when: '{guard}', clock: {clock}")
    flood = event("2030-01-06", "flood_came")

    assert said(event("2030-01-04", "peace_made"), model=model)[0].startswith("E402")
    if "time" in guard:
        assert "a condition flips at that very moment" in said(event("2030-01-05", "peace_made"), model=model)[0]
    if "since" in guard:
        assert said(flood, event("2030-01-09", "peace_made"), model=model) == []
        late = said(flood, event("2030-01-12", "peace_made"), model=model)
        assert late[0].endswith(f"its guard '{guard}' was false since 2030-01-10")
    else:
        assert said(event("2030-01-06", "peace_made"), event("2030-01-16", "peace_made"), model=model) == []


def test_every_complaint_of_a_history_comes_in_one_pass() -> None:
    found = said(
        event("2030-01-09", "shots_fird", "a"),
        event("2030-01-10", "shots_fired", "b"),
        event("2030-01-04", "flood_came", "a"),
        event("2030-01-05", "peace_made", "c", ", rule: south_gives_up"),
        event("2030-01-06", "peace_made", "d", ", rule: north_raids", "{source: leter, paragraph: 1}"),
        event("2029-01-06", "flood_came", "e", ", until: never", "{source: letter, paragraph: [1, 5, 0]}"),
        event("06.01.2030", "flood_came", "f"),
        event("2030-01-20", "shots_fired", "g", ", marks: {deaths: many, wounded: 1}"),
        event("2030-01-20", "shots_fired", "h", ", marks: {deaths: poisson(1)}"),
    )

    assert [line.partition(" ")[0] for line in found] == [
        "E401", "E320", "E405", "E403", "E401", "E315", "E401", "E403", "E315", "E315", "E403", "E403", "E301", "E320",
        "E320",
    ]  # fmt: skip


def test_a_model_without_dates_has_no_history() -> None:
    model = MODEL.replace(", origin: 2030-01-01", "").replace("2030-01-20", "19 days")

    assert said(event("2030-01-09", "flood_came"), model=model) == [
        "E403 this model has no dates: its time has no origin | "
    ]


def test_an_event_that_breaks_the_model_is_complained_of() -> None:
    found = said(*(event(f"2030-01-0{day}", "shots_fired", more=SHOTS) for day in range(2, 6)))

    assert [line.partition(":")[0] for line in found] == ["E404 'shots_fired' cannot happen here"] * 2


def test_a_model_that_cannot_begin_is_complained_of() -> None:
    model = MODEL.replace("initial: start", "initial: start * 9")

    assert said(event("2030-01-02", "flood_came"), model=model)[0].startswith("E404 the model cannot begin")


def test_twice_as_many_documented_events_are_little_more_than_twice_the_work() -> None:
    events = [event(f"2030-01-{1 + number // 100:02}", "flood_came", f"e{number}") for number in range(600)]

    once, twice = (effort(lambda many=many: history(*events[:many])) for many in (300, 600))

    assert len(history(*events).documented) == 600
    assert twice < 2.6 * once


def test_the_timetable_that_is_over_is_merged_into_the_past_and_comes_first_at_equal_times() -> None:
    model = loads_model(MODEL)
    documented = (Event(0, 2.0, "documented", "flood_came"), Event(1, 5.0, "documented", "flood_came"))
    timetable = tuple(Scheduled(at, "storm_came", (), "") for at in (2.0, 3.0, 5.0))
    past = merged(documented, timetable, model)

    assert [(item.sequence, item.time, item.type) for item in past] == [
        (0, 2.0, "storm_came"), (1, 2.0, "flood_came"), (2, 3.0, "storm_came"), (3, 5.0, "storm_came"),
        (4, 5.0, "flood_came"),
    ]  # fmt: skip


def test_documented_events_of_a_past_are_found_by_their_places_among_those_of_the_timetable() -> None:
    model = loads_model(MODEL)
    dates = {"one": "2030-01-03", "two": "2030-01-06", "later": "2030-01-09"}
    known = history(*(event(at, "flood_came", name) for name, at in dates.items()))
    timetable = tuple(Scheduled(at, "flood_came", (), "") for at in (2.0, 3.0))
    past = merged(tuple(item.event for item in known.documented[:2]), timetable, model)

    found = documented_in(past, known)

    assert {place: item.id for place, item in found.items()} == {1: "one", 3: "two"}
    assert all(past[place].sequence == place for place in found)
    assert documented_in(past, None) == {}


@pytest.mark.parametrize("at", ["2030-01-03T04:30", "2030-01-03T04:30:00"])
def test_a_time_of_day_counts(at: str) -> None:
    assert history(event(at, "flood_came", "flood")).documented[0].event.time == 2.1875
