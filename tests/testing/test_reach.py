"""What the search for what seems unreachable says of it: true of what was seen, and tried under every scenario."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.language.expressions.conjuncts import conjuncts
from sim.model.expression import compiled
from sim.testing import session
from sim.testing.reach import GuardSeen
from sim.testing.session import Budget, Report, try_checks
from sim.testing.subject import Subject, load_subject
from tests.testing.apart import Apart

MODEL = """
model: dead
title: A rule that waits for what only some scenarios bring
time: {unit: day}
horizon: 30 days
factions: {a: {title: A}}
state: {x: {type: bool, initial: false}, judges: {type: bool, initial: false}}
events:
  filed: {by: a, effects: {x: true}}
  decided: {by: a}
  judges_arrive: {by: a, exogenous: true, effects: {judges: true}}
rules:
  a_files: {faction: a, when: not x, clock: {rate: 0.5 per day}, emits: filed, basis: {judgement: j}}
  a_decides:
    {faction: a, when: (x or judges) and judges, clock: {rate: 0.5 per day}, emits: decided, basis: {judgement: j}}
outcomes: {done: {on: [decided], ends_run: true}, neither: {otherwise: true}}
checks:
  nothing_is_dead: {reachable: all, because: no rule is there for nothing}
"""


@pytest.fixture(autouse=True, scope="module")
def small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(session.BUDGETS, "small", Budget("small", 40, 20, 10, 40))
        yield


Tried: TypeAlias = Callable[[Path], Report]


@pytest.fixture(scope="module")
def tried(apart: Apart) -> Tried:
    return lambda path: try_checks(path, budget="small", workers=apart, save=False)


def verdict(report: Report) -> tuple[str, str]:
    found = next(item for item in report.verdicts if item.check.name == "nothing_is_dead")
    return found.status, found.why


def scenario(folder: Path, name: str, more: str = "", names: str = "model: model.yaml") -> None:
    (folder / f"{name}.yaml").write_text(f"scenario: {name}\n{names}\n{more}\n", encoding="utf-8")


def test_the_part_of_a_guard_that_never_held_is_named(tmp_path: Path, tried: Tried) -> None:
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")

    assert verdict(tried(tmp_path)) == (
        "broken",
        "nothing reached rule a_decides: in the states that were looked at its guard never held, because 'judges' "
        "never did; outcome done: it never came true",
    )


def test_what_another_scenario_of_the_folder_reaches_is_not_dead(
    tmp_path: Path, tried: Callable[[Path], Report]
) -> None:
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    scenario(tmp_path, "status-quo")
    scenario(tmp_path, "judges-come", "events: [{at: 5 days, event: judges_arrive}]", names="extends: status-quo.yaml")

    assert load_subject(tmp_path).path == load_subject(tmp_path / "model.yaml").path
    assert verdict(tried(tmp_path)) == (
        "held",
        "all 4 were reached, rule a_decides under 'judges-come', outcome done under 'judges-come'",
    )
    assert verdict(tried(tmp_path / "status-quo.yaml"))[0] == "broken"


def test_what_no_scenario_reaches_is_dead_and_each_was_tried(tmp_path: Path, tried: Tried) -> None:
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    for name in ("status-quo", "one-more"):
        scenario(tmp_path, name)
    (tmp_path / "other.yaml").write_text(MODEL, encoding="utf-8")
    scenario(tmp_path, "of-another-model", "events: [{at: 5 days, event: judges_arrive}]", names="model: other.yaml")

    status, why = verdict(tried(tmp_path))

    assert status == "broken"
    assert "'judges' never did (under status-quo, one-more)" in why
    assert "outcome done: it never came true (under status-quo, one-more)" in why


NAMES = ("a", "b", "c")
GUARDED = """
model: guarded
title: A guard
time: {{unit: day}}
factions: {{f: {{title: F}}}}
state:
  a: {{type: bool, initial: false}}
  b: {{type: bool, initial: false}}
  c: {{type: bool, initial: false}}
  x: {{type: int, range: [0, 3], initial: 0}}
derived: {{both: {{value: a and b}}}}
events: {{done: {{by: f}}}}
rules: {{r: {{faction: f, when: {guard!r}, emits: done}}}}
"""
ATOMS = st.sampled_from((*NAMES, "both", "not a", "x > 1", "0 < x < 3", "(a or b)", "(x == 1 if a else x == 2)"))
GUARDS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda parts, word, bracket: ("({})" if bracket else "{}").format(f" {word} ".join(parts)),
        st.lists(inner, min_size=2, max_size=5), st.sampled_from(("and", "and", "or")), st.booleans(),
    ),
    max_leaves=8,
)  # fmt: skip
FRAMES = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 3)), min_size=1, max_size=6)


def subject_of(guard: str, folder: Path) -> Subject:
    path = folder / "model.yaml"
    path.write_text(GUARDED.format(guard=guard) + "horizon: 3 days\n", encoding="utf-8")
    return load_subject(path)


@given(guard=GUARDS, states=FRAMES)
def test_what_is_said_of_a_guard_is_true_of_the_states_that_were_looked_at(guard, states, tmp_path_factory) -> None:
    tested = subject_of(guard, tmp_path_factory.mktemp("guard"))
    rule, slots = tested.model.rules["r"], tested.program.slots
    seen = GuardSeen(tested, rule)
    frames = []
    for state in states:
        frame = [None] * tested.program.width
        for name, value in zip(("a", "b", "c", "x"), state, strict=True):
            frame[slots["state", name]] = value
        frames.append(frame)
        seen.look(frame)

    held = [any(compiled(part.tree, slots)(frame) for frame in frames) for part in conjuncts(rule.guard)]
    texts = [part.text for part in conjuncts(rule.guard)]
    why = seen.why()

    # Python itself reads the guard and its parts, as text.
    def of_python(text: str, state: tuple) -> bool:
        names = dict(zip(("a", "b", "c", "x"), state, strict=True))
        return bool(eval(text, {}, {**names, "both": names["a"] and names["b"]}))  # noqa: S307

    assert [any(of_python(text, state) for state in states) for text in texts] == held
    assert [all(of_python(text, state) for text in texts) for state in states] == [
        of_python(guard, state) for state in states
    ]
    if any(of_python(guard, state) for state in states):
        assert why.startswith("its guard held")
    elif all(held):
        assert "held at some time, but never all at once" in why
    else:
        named = why.split("never held")[1]
        assert [f"'{text}'" in named for text in texts] == [not known for known in held] or len(set(texts)) < len(texts)


def test_a_guard_is_cut_at_its_ands_alone() -> None:
    guard = "a and (b and not c) and (a or b and c) and 0 < x < 3 and both"
    model = loads_model(GUARDED.format(guard=guard))

    assert [part.text for part in conjuncts(model.rules["r"].guard)] == [
        "a", "b", "not c", "a or b and c", "0 < x < 3", "both",
    ]  # fmt: skip
