"""A model that is made of several files means what it would mean in one, and says where each part of it stands."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import StringConstraints

from sim.build.assembling.layers import LISTS, SINGLE
from sim.build.assembling.part_alone import checked_part
from sim.build.model import load_model, loads_model
from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.language.diagnostics import LanguageError
from sim.language.references import GROUPS, NAMING, WORDS_OF_THEIR_OWN
from sim.language.shapes.documents import ModelShape, PartShape
from sim.language.shapes.load import loads
from sim.language.shapes.reuse import NamesShape
from sim.language.shapes.shape import INDEXED, NAME, Shape
from sim.model.bounds import bounds
from sim.model.canonical import canonical_model, canonical_questions, canonical_scenario, digest, measured
from sim.model.model import Model
from sim.model.program import compile_model
from sim.testing.models import alone, text_of
from tests.build.assembling.splitting import Data, Files, extensions, uses
from tests.examples import fewer
from tests.language.quarrel import slipped
from tests.language.reading import told

SHAPE = "model: m\ntitle: M\ntime: {unit: day}\nfactions: {a: {title: A}}\n"
BASE = """\
model: coin
title: A coin that is pushed
horizon: 10 days
time: {unit: day}
factions: {hand: {title: A hand}}
state: {heads: {type: bool, initial: false}, pushes: {type: int, initial: 0}}
parameters: {speed: {value: 0.1, unit: 1/day, basis: {judgement: by eye}}}
events: {pushed: {by: hand, effects: {heads: not heads, pushes: pushes + 1}}}
rules: {push: {faction: hand, clock: {rate: speed}, emits: pushed, basis: {judgement: by eye}}}
outcomes: {up: {when: heads}}
"""
PART = """\
part: tiring
title: Somebody who tires of what happens
needs:
  who: {is: faction, title: Who tires}
  load: {is: state, type: int}
  blow: {is: event}
state: {tired: {type: bool, initial: false}}
parameters: {strength: {value: 3, basis: {judgement: by eye}}}
events: {sat_down: {by: who, effects: {tired: true, load: 0}}}
rules:
  sit: {faction: who, on: blow, when: load > strength and not tired, clock: {fixed: 1 day}, emits: sat_down}
outcomes: {resting: {when: tired, title: It rests}}
"""
USES = "model: tired\nextends: base.yaml\nuse: [{part: part.yaml, with: {who: hand, load: pushes, blow: pushed}}]\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    for name, text in {"base": BASE, "part": PART, "model": USES}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def said(path: Path) -> list[str]:
    """Return what is complained of, as line, column, code and message, without the folder."""
    with pytest.raises(LanguageError) as caught:
        load_model(path, path.name)
    return [f"{str(one).splitlines()[0]}" for one in caught.value.diagnostics]


def written(folder: str, files: Files) -> Path:
    for name, data in files.items():
        Path(folder, f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")
    return Path(folder, "model.yaml")


def same(one: Model, other: Model) -> None:
    for canonical in (canonical_model, canonical_questions, measured):
        assert canonical(one) == canonical(other)
    assert digest(canonical_scenario(alone(one))) == digest(canonical_scenario(alone(other)))
    assert {name: check.claim for name, check in one.checks.items()} == {
        name: check.claim for name, check in other.checks.items()
    }
    assert {name: (rate.outcome, rate.count) for name, rate in one.base_rates.items()} == {
        name: (rate.outcome, rate.count) for name, rate in other.base_rates.items()
    }
    assert log(one) == log(other)


def log(model: Model) -> object:
    return [ReferenceEngine(compile_model(model), alone(model), 7).run(run) for run in range(2)]


@fewer
@given(extensions())
def test_a_model_and_its_extension_are_the_model_written_out(drawn: tuple[Data, Files]) -> None:
    whole, files = drawn
    with TemporaryDirectory() as folder:
        found = load_model(written(folder, files))

    same(found, loads_model(text_of(whole)))


@fewer
@given(uses())
def test_a_model_that_uses_a_part_is_the_model_written_out(drawn: tuple[Data, Files]) -> None:
    whole, files = drawn
    with TemporaryDirectory() as folder:
        found = load_model(written(folder, files))
        checked_part(Path(folder, "part.yaml"))

    same(found, loads_model(text_of(whole)))


def test_a_part_whose_prior_reads_what_it_needs_is_not_held_to_values_that_nobody_knows(tmp_path: Path) -> None:
    part = tmp_path / "part.yaml"
    prior = "prior: {gamma: [2, load - 0.3]}, basis: {judgement: by eye}"
    further = "prior: {gamma: [strength, 1]}, basis: {judgement: by eye}"
    part.write_text(
        "part: p\ntitle: P\nneeds: {load: {is: parameter, type: real}}\n"
        f"parameters: {{strength: {{{prior}}}, zeal: {{{further}}}}}\n"
    )
    checked_part(part)

    part.write_text(part.read_text().replace("[2, load - 0.3]", "[-2, load - 0.3]"))
    with pytest.raises(LanguageError, match="E311"):
        checked_part(part)


@fewer
@given(st.one_of(extensions(), uses()), st.data())
def test_files_with_slips_are_read_or_refused_each_complaint_at_its_place(
    drawn: tuple[Data, Files], data: st.DataObject
) -> None:
    _, files = drawn
    wrong = data.draw(st.sampled_from(sorted(files)))
    files = {**files, wrong: data.draw(slipped(files[wrong]))}
    with TemporaryDirectory() as folder:
        path = written(folder, files)
        texts = {f"{name}.yaml": Path(folder, f"{name}.yaml").read_text() for name in files}
        told(lambda: load_model(path, "model.yaml"), Model, texts)


def test_a_use_says_the_names_and_the_part_their_places(case: Path) -> None:
    model = load_model(case / "model.yaml", "model.yaml")

    assert list(model.rules) == ["push", "sit"]
    assert model.rules["sit"].guard.text == "pushes > strength and not tired"
    assert model.rules["sit"].guard.location == "part.yaml:11:39"
    assert model.rules["sit"].on == ("pushed",)
    assert list(model.events["sat_down"].effects) == ["pushes", "tired"]
    assert model.path == "model.yaml"


def test_names_of_two_uses_are_told_apart_by_a_word(case: Path) -> None:
    second = "{part: part.yaml, as: more, with: {who: hand, load: pushes, blow: pushed}}"
    (case / "model.yaml").write_text(USES.replace("}}]", "}}, " + second + "]"))
    model = load_model(case / "model.yaml")

    assert {"tired", "more_tired"} < set(model.variables)
    assert model.rules["more_sit"].guard.text == "pushes > more_strength and not more_tired"
    assert model.outcomes["more_resting"].title == "It rests"


def test_a_title_names_what_fills_the_part_in(case: Path) -> None:
    text = PART.replace("title: It rests", 'title: "{who} rests after {blow}, {weekday}"')
    (case / "part.yaml").write_text(text.replace("on: blow", 'title: "When does {who} rest?", on: blow'))
    model = load_model(case / "model.yaml")

    assert model.outcomes["resting"].title == "A hand rests after pushed, {weekday}"
    assert model.rules["sit"].title == "When does a hand rest?"


def test_a_model_replaces_and_removes_what_a_part_brings(case: Path) -> None:
    own = "parameters: {strength: {value: 9, basis: {judgement: asked}}}\n"
    (case / "model.yaml").write_text(
        f"{USES}replace: {{parameters: [strength]}}\nremove: {{outcomes: [resting, up]}}\n{own}"
    )
    model = load_model(case / "model.yaml")

    assert model.parameters["strength"].value == 9
    assert model.parameters["strength"].basis[0].judgement == "asked"
    assert not model.outcomes
    assert model.shown_order["parameters"] == ("speed", "strength")


def test_models_extend_each_other_in_a_chain_of_ten_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "0.yaml").write_text(BASE)
    for number in range(1, 11):
        text = f"model: m{number}\nextends: {number - 1}.yaml\nmeasures: {{m{number}: {{value: heads}}}}\n"
        (tmp_path / f"{number}.yaml").write_text(text)

    assert len(load_model(tmp_path / "9.yaml").measures) == 9
    assert said(tmp_path / "10.yaml") == ["1.yaml:2:10: error E506: a chain of more than 10 models"]


def test_what_no_file_gives_is_missing_in_the_one_that_is_named(case: Path) -> None:
    (case / "base.yaml").write_text(
        BASE.replace("model: coin", "part: coin\nneeds: {}").replace("horizon: 10 days\n", "")
    )
    (case / "base.yaml").write_text(re.sub("time: .*\n", "", (case / "base.yaml").read_text()))
    (case / "model.yaml").write_text("model: m\ntitle: M\nuse: [{part: base.yaml}]\n")

    assert said(case / "model.yaml") == ["model.yaml:1:1: error E105: the key 'time' is missing in this file"]


def test_a_slip_in_the_key_that_names_others_is_all_that_is_said(case: Path) -> None:
    (case / "model.yaml").write_text("model: tired\nextend: base.yaml\n")

    assert said(case / "model.yaml") == ["model.yaml:2:1: error E104: unknown key 'extend'"]


@pytest.mark.parametrize(
    ("wrong", "said_of_it"),
    [
        ("extends: []", "2:10: error E106: 'extends' cannot be a list"),
        ("extends: base.yaml\nuse: [{part: []}]", "3:14: error E106: 'part' cannot be a list"),
    ],
)
def test_what_cannot_name_a_file_is_not_looked_for(case: Path, wrong: str, said_of_it: str) -> None:
    (case / "model.yaml").write_text(f"model: tired\n{wrong}\n")

    assert said(case / "model.yaml") == [f"model.yaml:{said_of_it}"]


def test_what_is_wrong_in_the_extended_model_is_said_once_and_nothing_that_follows(case: Path) -> None:
    (case / "base.yaml").write_text(BASE.replace("heads: {type: bool", "heads: {type: boolean"))

    assert said(case / "model.yaml") == ["base.yaml:6:23: error E106: 'type' cannot be 'boolean'"]


def test_a_complaint_about_a_part_says_which_use_leads_to_it(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("not tired", "not tierd"))
    with pytest.raises(LanguageError) as caught:
        load_model(case / "model.yaml", "model.yaml")

    (found,) = caught.value.diagnostics
    assert str(found).splitlines()[2].startswith("11 |   sit: {faction: who, on: blow, when: load >")
    assert found.all_notes[-1] == "in the part 'tiring', which is used at model.yaml:3:7"
    assert found.as_data()["notes"] == list(found.all_notes)


def test_a_part_names_nothing_of_a_model_that_it_does_not_need(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("load > strength", "load > strength and heads").replace(
        "on: blow", "on: [blow, pushed]"))  # fmt: skip

    assert said(case / "model.yaml") == [
        "part.yaml:11:34: error E343: the part 'tiring' names 'pushed' of the model, and does not say that it needs it",
        "part.yaml:11:69: error E343: the part 'tiring' names 'heads' of the model, and does not say that it needs it",
    ]


def test_two_needs_of_which_the_same_name_is_changed_cannot_be_one(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("  blow: ", "  other: {is: state}\n  blow: ").replace(
        "load: 0", "load: 0, other: 1"))  # fmt: skip
    (case / "model.yaml").write_text(USES.replace("load: pushes", "load: pushes, other: pushes"))

    assert said(case / "model.yaml") == [
        "part.yaml:10:62: error E343: 'load' and 'other' of the part are both 'pushes' here"
    ]


def test_what_a_part_lacks_is_said_once(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("sit: {faction: who, ", "sit: {"))

    assert said(case / "model.yaml") == ["part.yaml:11:3: error E105: the key 'faction' is missing in 'sit'"]

    (case / "part.yaml").write_text(PART.replace("type: bool, initial: false", "type: bool"))
    (case / "model.yaml").write_text(USES.replace("{part: part.yaml,", "{part: part.yaml, as: my,"))
    assert said(case / "model.yaml") == ["part.yaml:7:9: error E105: the key 'initial' is missing in 'tired'"]


def test_a_warning_about_a_part_points_into_its_file(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("{fixed: 1 day}", "{rate: (strength - 4) * 1 per day}").replace(
        "{value: 3,", "{prior: {uniform: [3, 5]},"))  # fmt: skip
    (warned,) = load_scenario(case / "model.yaml", "model.yaml").warnings

    assert warned.code == "W330"
    assert warned.span is not None
    assert (warned.span.path, warned.span.line) == ("part.yaml", 11)
    assert warned.span.text[warned.span.column - 1 :].startswith("(strength - 4)")


def test_a_case_has_all_files_that_its_model_is_made_of(case: Path, tmp_path: Path) -> None:
    (case / "scenario.yaml").write_text("scenario: s\nmodel: model.yaml\nhorizon: 3 days\n")
    found = load_scenario(case / "scenario.yaml")
    other = tmp_path / "elsewhere"
    other.mkdir()
    for path, content in found.files.items():
        (other / path.name).write_bytes(content)
    again = load_scenario(other / "scenario.yaml")

    assert [path.name for path in found.files] == ["scenario.yaml", "model.yaml", "base.yaml", "part.yaml"]
    assert canonical_model(again.scenario.model) == canonical_model(found.scenario.model)


@pytest.mark.parametrize("name", ["base", "part"])
def test_another_file_of_a_model_that_was_changed_is_read_anew(case: Path, name: str) -> None:
    before = load_model(case / "model.yaml")
    (case / f"{name}.yaml").write_text({"base": BASE, "part": PART}[name].replace("by eye", "by ear"))
    after = load_model(case / "model.yaml")

    assert load_model(case / "model.yaml").rules is after.rules
    assert before.parameters != after.parameters


def test_sources_of_all_files_may_be_cited(case: Path) -> None:
    for name in ("base", "part", "model"):
        title = f"{{title: The {name} report, reliability: high, paragraphs: 3}}"
        (case / f"{name}-sources.yaml").write_text(f"sources: {name}\ndocuments: {{{name}-report: {title}}}\n")
        text = (case / f"{name}.yaml").read_text() + f"sources: {name}-sources.yaml\n"
        text = text.replace("emits: sat_down}", "emits: sat_down, basis: {judgement: by eye}}")
        (case / f"{name}.yaml").write_text(text.replace("judgement: by eye", f"source: {name}-report, paragraph: 2"))
    model = load_model(case / "model.yaml")

    assert set(model.sources) == {"base-report", "part-report", "model-report"}
    assert model.parameters["strength"].basis[0].source == "part-report"
    assert {path.name for path in load_scenario(case / "model.yaml").files} == {path.name for path in case.iterdir()}


def test_a_part_is_checked_by_itself_as_far_as_it_says_what_it_needs(case: Path) -> None:
    part = case / "part.yaml"
    assert checked_part(part).part == "tiring"
    part.write_text(PART.replace("load > strength", "load and not tired"))
    with pytest.raises(LanguageError, match=r"part.yaml:11:39: error E302"):
        checked_part(part)
    part.write_text(part.read_text().replace("load: {is: state, type: int}", "load: {is: state}"))
    assert checked_part(part)


def test_a_part_for_abstract_time_is_right_by_itself(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("{fixed: 1 day}", "{fixed: 1}"))
    assert checked_part(case / "part.yaml")
    (case / "part.yaml").write_text(PART.replace("{fixed: 1 day}", "{fixed: tired}"))
    with pytest.raises(LanguageError, match="E302"):
        checked_part(case / "part.yaml")


def test_a_part_that_needs_a_name_which_it_has_is_refused(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("  load: ", "  tired: "))
    with pytest.raises(LanguageError, match="has something else of this name"):
        checked_part(case / "part.yaml")


def test_a_family_or_a_member_of_one_may_fill_a_part_in(case: Path) -> None:
    (case / "base.yaml").write_text(BASE.replace("pushes: {type: int", "pushes: {for: i in 1..2, type: int").replace(
        "pushes: pushes + 1", '"pushes[1]": "pushes[1] + 1"'))  # fmt: skip
    (case / "model.yaml").write_text(USES.replace("load: pushes", '"load": "pushes[1]"'))
    assert load_model(case / "model.yaml").rules["sit"].guard.text == "pushes[1] > strength and not tired"

    (case / "part.yaml").write_text(PART.replace("load > strength", '"load[2] > strength').replace(
        "not tired,", 'not tired",').replace("load: 0", '"load[2]": 0'))  # fmt: skip
    (case / "model.yaml").write_text(USES)
    model = load_model(case / "model.yaml")
    assert list(model.events["sat_down"].effects) == ["pushes[2]", "tired"]


def test_units_and_words_of_the_language_are_no_names(tmp_path: Path) -> None:
    """A part may call a rule `days` or an event `rate`: neither is meant where a unit or a key stands."""
    (tmp_path / "part.yaml").write_text(
        "part: odd\ntitle: Odd names\nneeds: {who: {is: faction}}\nstate: {on: {type: bool, initial: false}}\n"
        "parameters: {days: {value: 2, basis: {judgement: x}}}\nevents: {rate: {by: who, effects: {on: true}}}\n"
        "rules: {week: {faction: who, when: not on, clock: {fixed: days * 2 days}, emits: rate}}\n"
    )
    use = "use: [{part: part.yaml, as: my, with: {who: a}}]\nhorizon: 9 days\n"
    (tmp_path / "model.yaml").write_text(SHAPE + use)
    model = load_model(tmp_path / "model.yaml")

    assert [part.text for part in model.rules["my_week"].clock.arguments] == ["my_days * 2 days"]
    assert model.rules["my_week"].emissions[0].event == "my_rate"


def test_a_function_is_not_taken_for_a_name_of_the_part(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text(
        "part: wave\ntitle: A wave\nneeds: {who: {is: faction}}\n"
        "parameters: {sin: {value: 2, basis: {judgement: x}}, pi: {value: 3, basis: {judgement: x}}}\n"
        "derived: {now: {value: sin (pi) + sin * cos(pi)}}\n"
    )
    use = "use: [{part: part.yaml, as: my, with: {who: hand}}]\nmeasures: {m: {value: my_now}}\n"
    (tmp_path / "model.yaml").write_text(BASE + use)
    known = {("parameter", "my_sin"): (2.0, 2.0), ("parameter", "my_pi"): (3.0, 3.0)}

    found = load_model(tmp_path / "model.yaml").measures["m"].expression
    assert bounds(found.tree, known) == pytest.approx((math.sin(3) + 2 * math.cos(3),) * 2)


def test_a_schema_lets_what_a_model_needs_come_from_others() -> None:
    needed = ModelShape.model_json_schema(by_alias=True)["anyOf"]
    assert needed[1:] == [{"required": ["extends"]}, {"required": ["use"]}]
    with pytest.raises(LanguageError, match="the key 'time' is missing"):
        loads("model: m\ntitle: M\n", ModelShape, "model.yaml")


def places_of_names(kind: Any, place: str, *, named: bool = False) -> Iterator[str]:
    """Yield the places, as `NAMING` writes them, where a type says that a name stands, as a value or as a key."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        patterns = {one.pattern for one in inner[1:] if isinstance(one, StringConstraints)}
        yield from places_of_names(inner[0], place, named=named or bool(patterns & {NAME, INDEXED}))
    elif origin is dict:
        yield from places_of_names(inner[0], place)
        yield from places_of_names(inner[1], f"{place}.*")
    elif isinstance(kind, type) and issubclass(kind, Shape):
        hints = get_type_hints(kind, include_extras=True)
        for name, field in kind.model_fields.items():
            yield from places_of_names(hints[name], f"{place}.{field.alias or name}")
    elif named and kind is str:
        yield place
    for part in inner if origin in (list, Union, UnionType) else ():
        yield from places_of_names(part, place)


def test_all_that_a_model_declares_can_be_taken_over_removed_replaced_and_shared() -> None:
    """A group of names that models gain is one of these, too."""
    declared = {name for name, kind in get_type_hints(ModelShape).items() if get_origin(kind) is dict}
    given = {field.alias or name for name, field in ModelShape.model_fields.items()}

    assert declared == set(GROUPS)
    assert given == {*GROUPS, *LISTS, *SINGLE, "model", "sources", "extends", "use", "remove", "replace"}
    assert set(NamesShape.model_fields) == {*GROUPS, "timetable"}
    assert set(PartShape.model_fields) == {*GROUPS, "units", "part", "title", "needs", "sources", "note"}


def test_of_every_place_of_a_name_in_a_model_it_is_known_what_it_names() -> None:
    """A key that holds names is in the table of what they name, or has words of its own; so has each new key."""
    hints = get_type_hints(PartShape, include_extras=True)
    found = {place for group in GROUPS for place in places_of_names(get_args(hints[group])[1], group)}

    assert {"rules.on", "rules.emits", "checks.monotone", "events.marks"} < found
    assert found <= {*NAMING, *WORDS_OF_THEIR_OWN, "events.effects"}
    assert {*NAMING, *WORDS_OF_THEIR_OWN} - found == {"rules.emits.event", "rules.choose.event"}  # among expressions


def test_a_warning_about_a_part_that_is_used_twice_names_no_use_that_it_is_not_about(case: Path) -> None:
    (case / "part.yaml").write_text(PART.replace("clock: {fixed: 1 day}", "clock: {rate: 1e15 / 1 day}"))
    use = "{part: part.yaml, with: {who: hand, load: pushes, blow: pushed}, as: %s}"
    (case / "model.yaml").write_text(f"model: tired\nextends: base.yaml\nuse:\n  - {use % 'one'}\n  - {use % 'two'}\n")

    found = [one for one in load_scenario(case / "model.yaml").warnings if one.code == "W503"]

    assert [re.findall(r"rule '(\w+)'", one.message) for one in found] == [["one_sit"], ["two_sit"]]
    for one in found:
        assert one.span is not None
        assert one.span.location.endswith("part.yaml:11:84")
        assert one.span.through == ""
