"""Which numbers of rules and effects count as written as known, where they stand, and which models refuse them."""

from pathlib import Path

import pytest

from sim.build.assembling.whole_models import read_model
from sim.build.guesses.literals import LiteralNumber, literals_of
from sim.build.model import load_model, loads_model
from sim.build.scenario import load_scenario
from sim.language.diagnostics import Complaints, LanguageError
from sim.language.shapes.documents import ModelShape, ScenarioShape
from sim.language.shapes.load import load, loads_rest

HEAD = """
model: quarrel
title: A quarrel
time: {unit: day, origin: 2030-01-01}
horizon: 60 days
factions: {north: {title: The north}}
state:
  trust: {type: real, range: [0, 1], initial: 0.25, at_bounds: saturate}
  due: {type: instant, initial: 2030-01-05}
  up: {for: i in 1..3, type: bool, initial: true}
parameters: {pace: {value: 7, basis: {judgement: so}}}
"""


def text(clock="immediately", when="true", effect="trust", emits="shot", derived="trust", relaxes=""):
    relaxing = f"  tension: {{type: real, range: [0, 1], initial: 0, relaxes: {relaxes}}}\n" if relaxes else ""
    return HEAD.replace("parameters:", f"{relaxing}parameters:") + (
        f"derived: {{heat: {{value: {derived!r}}}}}\n"
        f"events: {{shot: {{by: north, marks: {{dead: real}}, effects: {{trust: {effect!r}}}}}}}\n"
        f"rules: {{shoots: {{faction: north, when: {when!r}, clock: {clock}, basis: {{judgement: so}},\n"
        f"  {emits if ':' in emits else 'emits: {event: shot, dead: 1}'}}}}}\n"
        "outcomes: {calm: {when: trust > 0.9, within: 30 days}}\n"
        "measures: {half: {value: trust / 2}}\n"
    )


def found(**parts) -> list[LiteralNumber]:
    loaded = loads_rest(text(**parts), ModelShape, Complaints(), "model.yaml")
    return list(literals_of(loaded.document, loaded.shape))


@pytest.mark.parametrize(
    ("parts", "numbers"),
    [
        ({"effect": "trust - 0.1 * (1 - trust)"}, ["0.1"]),
        ({"effect": "-0.5 * trust ** 2 + 1e0 * trust"}, ["0.5"]),
        ({"effect": "trust ** 0.5 + 2 ** pace"}, ["0.5", "2"]),
        ({"effect": "trust ** -2"}, []),
        ({"effect": "clamp(trust + 0.2, 0, 1)"}, ["0.2"]),
        ({"effect": "(0.3 if up[2] else trust)"}, ["0.3"]),
        ({"effect": "about(0.3, 2) * trust"}, []),
        ({"effect": "about(0.3, 2) * 0.4"}, ["0.4"]),
        ({"effect": "sum(0.1 for j in 1..3 if j != 2) * trust"}, ["0.1"]),
        ({"derived": "1.5 * trust"}, ["1.5"]),
        ({"derived": "sin(2 * pi * trust) + cos(trust * 2 * pi / 3) + sin(-2 * pi)"}, []),
        ({"derived": "sin(2.5 * pi * trust) + 2 / pi"}, ["2.5", "2"]),
        ({"derived": "sin(2 * pi * (time - 2030-01-01) / 7 days)"}, ["7 days"]),
        ({"relaxes": "{towards: 0.1, half_life: 12 days}"}, ["0.1", "12 days"]),
        ({"relaxes": "{towards: 0, half_life: pace * 1 day}"}, []),
        ({"when": "trust > 0.6 and up[3]"}, ["0.6"]),
        ({"clock": "{rate: 0.02 per day * trust}"}, ["0.02 per day"]),
        ({"clock": "{rate: 1 per week}"}, []),
        ({"clock": "{fixed: 3 days}"}, ["3 days"]),
        ({"clock": "{every: 2 weeks}"}, ["2 weeks"]),
        ({"clock": "{at: due + 2 days}"}, ["2 days"]),
        ({"clock": "{at: 2030-02-01}"}, []),
        ({"clock": "{gamma: {shape: 3, mean: 10 days}}"}, ["3", "10 days"]),
        ({"clock": "30 % within 14 days"}, ["30 %"]),
        ({"clock": "100 * trust / pace within 14 days"}, ["100"]),
        ({"clock": "'about(30 %, 2) within 14 days'"}, []),
        ({"clock": "'30 % within about(14 days, 2)'"}, []),
        ({"emits": "emits: {event: shot, dead: poisson(2.5)}"}, ["2.5"]),
        ({"emits": "choose: [{event: shot, weight: 3, dead: 4}, {event: shot, weight: 1, dead: 5}]"}, ["3", "4", "5"]),
        ({}, []),
    ],
)
def test_what_counts_is_what_may_be_a_guess(parts, numbers):
    assert [one.written for one in found(**parts)] == numbers


def test_each_says_where_it_stands_and_in_what():
    (one,) = found(clock="{rate: trust * 0.02 per day}")

    assert (one.kind, one.owner, one.place) == ("rule", "shoots", "rate")
    assert one.span.text[one.span.column - 1 :].startswith("0.02 per day}")
    assert one.span.length == len("0.02 per day")
    assert (one.text, one.text[one.begins :]) == ("trust * 0.02 per day", "0.02 per day")


def test_what_a_scenario_adds_counts_in_its_own_file():
    loaded = loads_rest(
        "scenario: more\nextends: status-quo.yaml\n"
        "event_types: {paid: {by: north, effects: {trust: trust + 0.2}}}\n"
        "rules: {pays: {faction: north, clock: {rate: 0.3 per day}, emits: paid}}\n"
        "events: [{after: 2 days, title: A flood, set: {trust: 0.5 * trust}}]\n"
        "parameters: {pace: 9}\n",
        ScenarioShape,
        Complaints(),
        "more.yaml",
    )
    numbers = literals_of(loaded.document, loaded.shape)

    assert [(one.kind, one.owner, one.place, one.written) for one in numbers] == [
        ("event type", "paid", "effects.trust", "0.2"),
        ("event", "A flood", "effects.trust", "0.5"),
        ("rule", "pays", "rate", "0.3 per day"),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = text(clock="{rate: 'about(0.02 per day, 2)'}").replace("title: A quarrel", "title: A\nliterals: uncertain")
    (tmp_path / "model.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "status-quo.yaml").write_text("scenario: status-quo\nmodel: model.yaml\n", encoding="utf-8")
    return tmp_path


def test_a_model_that_demands_guesses_loads_where_all_are(folder):
    assert load_model(folder / "model.yaml").literals == "uncertain"
    assert loads_model(text(clock="{rate: 0.02 per day}")).literals == "any"


def test_its_scenarios_and_the_models_that_extend_it_are_held_to_it(folder):
    rule = "rules: {again: {faction: north, clock: {rate: 0.3 per day}, emits: {event: shot, dead: 1}, basis: {judgement: so}}}\n"  # noqa: E501
    (folder / "more.yaml").write_text(f"scenario: more\nextends: status-quo.yaml\n{rule}", encoding="utf-8")
    (folder / "other.yaml").write_text(f"model: other\nextends: model.yaml\n{rule}", encoding="utf-8")

    for path in ("more.yaml", "other.yaml"):
        with pytest.raises(LanguageError, match=rf"{path}:3:\d+: error E355: '0.3 per day' is written as known"):
            load_scenario(folder / path) if path == "more.yaml" else load_model(folder / path)


def test_a_model_that_extends_it_may_let_any_number_stand(folder):
    rule = "rules: {again: {faction: north, clock: {rate: 0.3 per day}, emits: {event: shot, dead: 1}, basis: {judgement: so}}}\n"  # noqa: E501
    (folder / "other.yaml").write_text(f"model: other\nextends: model.yaml\nliterals: any\n{rule}", encoding="utf-8")

    assert load_model(folder / "other.yaml").literals == "any"


def test_a_part_that_is_used_twice_has_its_numbers_in_both_rules(tmp_path):
    (tmp_path / "probing.yaml").write_text(
        "part: probing\ntitle: Probing\nneeds: {prober: {is: faction}}\nevents: {probed: {by: prober}}\n"
        "rules: {probes: {faction: prober, clock: {rate: 0.2 per day}, emits: probed, basis: {judgement: so}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "model.yaml").write_text(
        HEAD + "events: {}\nuse:\n  - {part: probing.yaml, with: {prober: north}, as: first}\n"
        "  - {part: probing.yaml, with: {prober: north}, as: second}\n",
        encoding="utf-8",
    )
    whole = read_model(tmp_path / "model.yaml", Complaints())
    numbers = literals_of(whole.loaded.document, whole.loaded.shape)

    assert [(one.owner, Path(one.span.path).name, one.span.line) for one in numbers] == [
        ("first_probes", "probing.yaml", 5),
        ("second_probes", "probing.yaml", 5),
    ]


def test_the_case_of_lesotho_has_as_many_as_are_in_its_file():
    path = Path(__file__).parents[3] / "scenarios" / "lesotho-2014" / "model.yaml"
    loaded = load(path, ModelShape)
    numbers = literals_of(loaded.document, loaded.shape)

    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(numbers) > 100
    assert all(lines[one.span.line - 1][one.span.column - 1 :].startswith(one.written) for one in numbers)
