from pathlib import Path

import pytest

from sim.report.describing.described_case import DescribedCase
from sim.report.describing.described_evidence import as_data
from sim.report.describing.description import description
from sim.report.describing.markdown_text import anchor, code
from sim.study.case_files import case_of_files
from sim.testing.models import model_data, text_of
from tests.examples import examples
from tests.explain.quarrel import MODEL, SCENARIO, write
from tests.report.describing.reading import anchors, assert_sound

LESOTHO = Path(__file__).parents[3] / "scenarios/lesotho-2014"
UNFOUNDED = """\
model: unfounded
title: A model without sources
time: {unit: abstract}
factions: {one: {title: The one}}
state: {coming: {type: int, range: [0, 100], initial: 0}}
events: {came: {by: one, effects: {coming: coming + 7}}}
rules: {waits: {faction: one, clock: {fixed: 3}, emits: came}}
"""
GOLDEN = Path(__file__).parent / "quarrel.md"


def described(path: Path) -> str:
    return description(DescribedCase(case_of_files(path)))


@pytest.fixture(scope="module")
def lesotho():
    return DescribedCase(case_of_files(LESOTHO))


@pytest.fixture(scope="module")
def text(lesotho):
    return description(lesotho)


def test_a_small_case_is_described_as_it_was_read_and_found_right(tmp_path):
    write(tmp_path)
    assert described(tmp_path) == GOLDEN.read_text(encoding="utf-8")


def test_the_same_case_gives_the_same_bytes(text):
    assert described(LESOTHO) == text


def test_each_part_of_lesotho_is_told_once_at_its_place(lesotho, text):
    model, history = lesotho.model, lesotho.case.history
    kinds = {
        "rule": model.rules, "parameter": model.parameters, "source": lesotho.case.sources, "event": model.events,
        "state": model.variables, "derived": model.derived, "outcome": model.outcomes, "measure": model.measures,
        "check": model.checks, "faction": model.factions, "documented": [one.id for one in history.documented],
        "scenario": [one.name for one in lesotho.scenarios],
    }  # fmt: skip
    expected = [anchor(kind, name) for kind, names in kinds.items() for name in names]

    assert sorted(one for one in anchors(text) if not one.startswith("section-")) == sorted(expected)


def test_lesotho_is_sound_markdown(text):
    assert_sound(text)


def test_what_lesotho_rests_on_is_counted_without_a_rest(lesotho):
    model = lesotho.model
    found = as_data(lesotho)["rests_on"]
    for word, held in (("rules", model.rules), ("parameters", model.parameters)):
        alone = [one.name for one in held.values() if all(basis.judgement for basis in one.basis) and one.basis]
        assert sorted(found[word]["judgement"]) == sorted(alone)
        assert sorted(name for names in found[word].values() for name in names) == sorted(held)


def test_a_reader_sees_what_has_no_basis_and_which_numbers_nothing_explains(tmp_path):
    (tmp_path / "model.yaml").write_text(UNFOUNDED)

    told = described(tmp_path)

    assert "It rests on **nothing that is named**." in told
    assert "Rules that rest on nothing that is named: [R1](#rule-waits)." in told
    assert "without a basis of their own and without a range: 2." in told
    assert "| [R1](#rule-waits) `waits` | `3` |" in told
    assert "| event type `came` | `7` |" in told


def test_a_guess_within_a_formula_is_called_a_guess(tmp_path):
    write(tmp_path, model=MODEL.replace("clock: {rate: grace}", 'clock: {rate: "grace * about(0.5, 2)"}'))

    told = described(tmp_path)

    row = "`south_calms.rate` | `about(0.5, 2)` | 0.5 | [R3](#rule-south_calms) | a guess; a judgement: so it seems"
    assert row in told
    assert "is a guess within a formula" in told


def test_what_a_model_lacks_is_said(tmp_path):
    write(tmp_path)
    whole, alone = described(tmp_path), described(tmp_path / "model.yaml")

    assert "- No measures." not in whole
    assert "- No documented past." not in whole
    assert "- No documented past." in alone
    assert "- No scenarios." in alone
    assert "- No choices among several events." in alone
    assert "There is no documented past: runs begin from the initial state." in alone


def test_what_a_scenario_has_of_its_own_is_told_with_it(tmp_path):
    own = "rules: {north_waits: {faction: north, clock: {fixed: 3 days}, emits: calmed, basis: {judgement: so}}}\n"
    scenario = write(tmp_path)
    scenario.write_text(SCENARIO + own, encoding="utf-8")

    told = described(tmp_path)

    assert '- The rule `north_waits`: At any time the north will act after 3 days: "calmed".' in told
    assert 'id="rule-north_waits"' not in told
    assert 'id="rule-north_waits"' in described(scenario)


def test_a_family_is_told_by_its_first_member(tmp_path):
    model = MODEL.replace(
        "  north_shoots:", "  both_pray: {for: i in 1..12, faction: north, when: calm, clock: {rate: i * grace}, "
        "emits: calmed, basis: {judgement: so it seems}}\n  north_shoots:",
    )  # fmt: skip
    write(tmp_path, model=model)

    told = described(tmp_path)

    assert "**R1. Both pray** (`both_pray[1]` to `both_pray[12]` (12 members))" in told
    assert told.count('id="rule-both_pray') == 1
    assert_sound(told)


def test_texts_of_authors_cannot_break_the_document(tmp_path):
    hostile = MODEL.replace("All is calm", '"*All* | is <b>calm</b> [x](y) `z"').replace("The north", '"# N"')
    write(tmp_path, model=hostile)

    told = described(tmp_path)

    assert_sound(told)
    assert r"\*All\* \| is \<b\>calm\</b\> \[x\](y) \`z" in told


def test_every_name_of_any_model_appears_and_every_link_leads_somewhere(tmp_path):
    def claim(data):
        path = tmp_path / "model.yaml"
        path.write_text(text_of(data), encoding="utf-8")
        case = DescribedCase(case_of_files(path))
        told = description(case)
        model = case.model
        assert_sound(told)
        for kind, held in (("state", model.variables), ("derived", model.derived), ("events", model.events),
                           ("rules", model.rules), ("outcomes", model.outcomes), ("measures", model.measures),
                           ("checks", model.checks)):  # fmt: skip
            assert all(code(one.first) in told for one in case.families(kind, held))
        assert all(code(name) in told for name in (*model.factions, *model.parameters))

    examples(30, claim, model_data())
