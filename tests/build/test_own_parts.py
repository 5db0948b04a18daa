"""What a scenario adds to its model, and what it changes from dates on, as documents say it."""

from pathlib import Path

import pytest

from sim.build.scenario import load_scenario
from sim.language.expressions.tree import Expression
from sim.model.canonical import canonical_base, canonical_scenario
from tests.build.test_scenario import START, case, folder  # noqa: F401 - the fixture

BRANCH = START + "branch: {after: call}\n"


def test_changes_are_in_order_of_time_and_numbered_in_it(folder: Path) -> None:  # noqa: F811
    found = case(folder, BRANCH + """
changes:
  - {from: 30 days, disable: north_shoots}
  - {from: 2030-01-20, parameters: {delay: 2 * delay, bridges: 4}}
  - {from: 2030-01-20, parameters: {provocation: {prior: {pert: [0.1, 0.2, 0.3]}}}}
""".replace("disable: north_shoots", "disable: [north_shoots]")).scenario  # fmt: skip

    assert [(change.number, change.time) for change in found.changes] == [
        (0, 19.0), (1, 19.0), (2, found.start + 30),
    ]  # fmt: skip
    first, second, third = found.changes
    assert list(first.parameters) == ["bridges", "delay"]
    assert isinstance(first.parameters["delay"], Expression)
    assert first.known["bridges"].value == 4
    assert second.known["provocation"].prior == "pert"
    assert third.disabled == ("north_shoots",)
    assert [list(assigned) for assigned in found.model.assigned] == [["delay"], [], []]


def test_an_event_that_sets_the_state_is_of_a_type_of_its_own(folder: Path) -> None:  # noqa: F811
    text = (
        BRANCH
        + "events:\n  - {at: 2030-02-01, title: The river freezes, by: north, set: {calm: false, trust: trust / 2}}\n"
    )
    found = case(folder, text).scenario

    kind = found.model.events["the_river_freezes"]
    assert (kind.title, kind.faction, list(kind.effects)) == ("The river freezes", "north", ["calm", "trust"])
    assert found.own_events == ("the_river_freezes",)
    assert [(item.event, item.time) for item in found.timetable if item.event == kind.name] == [(kind.name, 31.0)]


def test_own_factions_event_types_and_rules_stand_beside_those_of_the_model(folder: Path) -> None:  # noqa: F811
    found = case(folder, BRANCH + """
factions: {donors: {title: The donors}}
event_types: {money_offered: {by: donors, marks: {sum: real}, effects: {trust: trust + 0.1}}}
rules:
  donors_offer: {faction: donors, clock: {rate: 1 per week}, emits: {event: money_offered, sum: exponential(3)},
                 basis: {judgement: so}}
  south_takes: {faction: south, on: money_offered, clock: immediately, emits: talks_opened, basis: {source: letter-3}}
events: [{after: 1 day, event: money_offered, sum: 7}]
outcomes: {paid: {on: money_offered}}
measures: {money: {sum: sum, on: money_offered}}
disable: [donors_offer]
""").scenario  # fmt: skip

    assert found.own_rules == ("donors_offer", "south_takes")
    assert found.model.factions["donors"] == "The donors"
    assert found.model.rules["south_takes"].on == ("money_offered",)
    assert found.disabled == ("donors_offer",)
    assert found.timetable[0].marks == (7.0,)
    base = case(folder, BRANCH).scenario
    assert canonical_base(found) == canonical_base(base)


def test_a_scenario_may_change_what_the_one_that_it_extends_adds(folder: Path) -> None:  # noqa: F811
    own = (
        "rules: {south_waits: {faction: south, clock: {fixed: 9 days}, emits: talks_opened, basis: {judgement: so}}}\n"
    )
    nearer = "scenario: t\nextends: s.yaml\nchanges: [{from: 2030-02-01, disable: [south_waits]}]\n"
    case(folder, BRANCH + own)
    (folder / "t.yaml").write_text(nearer, encoding="utf-8")
    found = load_scenario(folder / "t.yaml", "t.yaml").scenario

    assert found.own_rules == ("south_waits",)
    assert found.changes[0].disabled == ("south_waits",)


def test_what_is_not_used_is_no_part_of_what_names_an_ensemble(folder: Path) -> None:  # noqa: F811
    plain = canonical_scenario(case(folder, BRANCH).scenario)

    assert set(plain) == {"start", "horizon", "timetable", "disabled", "replaced"}
    assert set(
        canonical_scenario(case(folder, BRANCH + "changes: [{from: 2030-02-01, disable: [north_shoots]}]\n").scenario)
    ) > set(plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{from: 2030-02-01, disable: [north_shoots]}", "{from: 2030-02-02, disable: [north_shoots]}"),
        ("{from: 2030-02-01, disable: [north_shoots]}", "{from: 2030-02-01, enable: [north_shoots]}"),
        ("{from: 2030-02-01, parameters: {bridges: 4}}", "{from: 2030-02-01, parameters: {bridges: 5}}"),
        (
            "{from: 2030-02-01, parameters: {bridges: bridges + 1}}",
            "{from: 2030-02-01, parameters: {bridges: bridges + 2}}",
        ),
    ],
)
def test_other_changes_are_another_ensemble(folder: Path, one: str, other: str) -> None:  # noqa: F811
    said = [canonical_scenario(case(folder, BRANCH + f"changes: [{change}]\n").scenario) for change in (one, other)]

    assert said[0] != said[1]
