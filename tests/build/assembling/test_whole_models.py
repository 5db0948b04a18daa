"""A model that is made of several files means what it would mean in one, and says where each part of it stands."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import load_model, loads_model
from sim.engines.reference import ReferenceEngine
from sim.model.canonical import canonical_model, canonical_questions, digest, measured
from sim.model.model import Model
from sim.model.program import compile_model
from sim.testing.models import alone, model_data, text_of

Data = dict[str, Any]
GROUPS = ("factions", "state", "parameters", "derived", "events", "rules", "outcomes", "measures", "checks")
KINDS = {"factions": "faction", "events": "event", "rules": "rule", "outcomes": "outcome"}
UNSAFE = {"over", "rest", "marks", "fire"}  # words that stand for other things in a model's text, too
CHECKS: Data = {
    "warm_enough": {"because": "it is bounded", "never": "heat > 1 or happened(worn) and heat < 0"},
    "in_order": {"because": "it is bounded", "after": ["worn", "settled"], "holds": "heat <= 1 and times(worn) > 0"},
    "steady": {"because": "only these do", "changed_only_by": ["worn"], "value": "up[1]"},
    "rising": {"because": "it heats", "monotone": "pace", "never_lowers": "hot"},
    "there": {"because": "they can", "reachable": ["settles", "hot"]},
}


@st.composite
def checked_models(draw: st.DrawFn) -> Data:
    """Draw a model as data, with checks, for which no run is made, so they may be broken."""
    data: Data = draw(model_data())
    return {**data, "checks": CHECKS}


def built(folder: Path, **files: Data) -> Model:
    """Write files, of which `model` names the others, and build it."""
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")
    return load_model(folder / "model.yaml")


def same(one: Model, other: Model) -> None:
    assert digest(canonical_model(one)) == digest(canonical_model(other))
    assert canonical_questions(one) == canonical_questions(other)
    assert measured(one) == measured(other)
    assert one.timetable == other.timetable or [(item.time, item.event, item.marks) for item in one.timetable] == [
        (item.time, item.event, item.marks) for item in other.timetable
    ]
    assert {name: check.claim for name, check in one.checks.items()} == {
        name: check.claim for name, check in other.checks.items()
    }
    assert one.horizon == other.horizon
    logs = [
        [ReferenceEngine(compile_model(model), alone(model), 7).run(run) for run in range(2)] for model in (one, other)
    ]
    assert logs[0] == logs[1]


@given(checked_models(), st.data())
def test_a_model_split_into_one_and_its_extension_is_the_same_model(whole: Data, data: st.DataObject) -> None:
    base: Data = {"model": "base", **{key: whole[key] for key in ("title", "time")}}
    own: Data = {"model": "generated", "extends": "base.yaml", "remove": {}, "replace": {}}
    for group in GROUPS:
        names = list(whole[group])
        kept = [name for name in names if data.draw(st.booleans())]
        replaced = [name for name in names if name not in kept and data.draw(st.booleans())]
        base[group] = {name: whole[group][name] for name in kept}
        own[group] = {name: whole[group][name] for name in names if name not in kept}
        base[group] |= {name: next(iter(whole[group].values())) for name in replaced}
        own["replace"][group] = replaced
        base[group] |= {f"extra_{group}": next(iter(whole[group].values()))}
        own["remove"][group] = [f"extra_{group}"]
    cut = data.draw(st.integers(0, len(whole["timetable"])))
    base["timetable"], own["timetable"] = whole["timetable"][:cut], whole["timetable"][cut:]
    (base if data.draw(st.booleans()) else own)["horizon"] = whole["horizon"]
    with TemporaryDirectory() as folder:
        found = built(Path(folder), base=base, model=own)

    same(found, loads_model(text_of(whole)))


@given(checked_models(), st.data())
def test_a_model_that_uses_a_part_is_the_model_written_out(whole: Data, data: st.DataObject) -> None:
    named = {name: group for group in GROUPS for name in whole[group] if name not in UNSAFE}
    inside = {name for name, group in named.items() if group != "factions" and data.draw(st.booleans())}
    prefix = data.draw(st.sampled_from(["", "west"]))
    if prefix:
        whole = json.loads(renamed(json.dumps(whole), {name: f"{prefix}_{name}" for name in inside}))
    within = {f"{prefix}_{name}" if prefix else name for name in inside}
    part: Data = {group: {name: whole[group][name] for name in whole[group] if name in within} for group in GROUPS}
    own = {
        **whole,
        **{group: {name: whole[group][name] for name in whole[group] if name not in within} for group in GROUPS},
    }
    text = json.dumps(part)
    needed = [name for name in named if name not in inside and re.search(rf"\b{name}\b", text)]
    text = renamed(text, {name: f"its_{name}" for name in needed} | {f"{prefix}_{name}": name for name in inside})
    needs = {f"its_{name}": {"is": KINDS.get(named[name], "quantity")} for name in needed}
    use: Data = {"part": "part.yaml", "with": {f"its_{name}": name for name in needed}}
    use |= {"as": prefix} if prefix else {}
    with TemporaryDirectory() as folder:
        files = {"part": {"part": "split", "title": "A part", "needs": needs, **json.loads(text)}}
        found = built(Path(folder), model={**own, "use": [use]}, **files)

    same(found, loads_model(text_of(whole)))


def renamed(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\b[a-z][a-z0-9_]*\b", lambda match: names.get(match.group(), match.group()), text)
