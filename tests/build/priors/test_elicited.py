"""What experts say of a parameter becomes its prior: in its unit, over what it can be, by the experts' weights."""

import pytest

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.build.words.assumptions import assumptions
from sim.distributions.elicited.least_squares import fit
from sim.distributions.elicited.linear_pool import laws_of
from sim.model.canonical import specification
from sim.model.model import Parameter
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.report.model_values import known
from tests.engines.kernel.alike import check_alike
from tests.model.quarrel import text

ANNA, BASIL = "anna: {5: 2, 50: 7, 95: 30}", "basil: {25: 3, 50: 5, 75: 8}"


def parameter(inner: str) -> Parameter:
    """Return a parameter of which experts say something."""
    model = loads_model(text(parameters=f"{{p: {{{inner}, basis: {{judgement: asked}}}}}}"))
    return model.parameters["p"]


def elicited(experts: str, more: str = "") -> str:
    return f"elicited: {{experts: {{{experts}}}{more}}}"


def test_one_expert_gives_the_law_that_is_nearest():
    found = parameter(elicited(ANNA))
    law = fit("lognormal", ((0.05, 2.0), (0.5, 7.0), (0.95, 30.0)))

    assert laws_of(found.arguments)[0][1].family == "lognormal"
    assert (found.arguments[2], found.arguments[3]) == (law.first, law.second)
    assert found.value == law.first
    assert known(found) == "lognormal(7.07839, 0.812299)"


@pytest.mark.parametrize("more", ["", ", pool: {basil: 1, anna: 3}"])
def test_the_order_in_which_experts_stand_has_no_meaning(more):
    one, other = (parameter(elicited(experts, more)) for experts in (f"{ANNA}, {BASIL}", f"{BASIL}, {ANNA}"))

    assert one == other


@pytest.mark.parametrize(
    ("more", "weights"),
    [("", (0.5, 0.5)), (", pool: equal", (0.5, 0.5)), (", pool: {anna: 3, basil: 1}", (0.75, 0.25))],
)
def test_experts_are_pooled_by_their_weights(more, weights):
    found = parameter(elicited(f"{ANNA}, {BASIL}", more))

    assert tuple(weight for weight, _ in laws_of(found.arguments)) == weights
    assert tuple(expert.weight for expert in found.experts) == weights
    middle = [expert.laws[0].quantile(0.5) for expert in found.experts]
    assert min(middle) < found.value < max(middle)


def test_an_expert_without_weight_is_shown_and_not_drawn_from():
    found = parameter(elicited(f"{ANNA}, {BASIL}", ", pool: {anna: 1, basil: 0}"))

    assert len(laws_of(found.arguments)) == 1
    assert [expert.name for expert in found.experts] == ["anna", "basil"]


@pytest.mark.parametrize(
    ("inner", "families", "domain"),
    [
        (elicited("a: {5: 1, 95: 2}"), {"lognormal", "gamma"}, (0.0, float("inf"))),
        (elicited("a: {5: 1, 95: 2}", ", fit: normal"), {"normal"}, (float("-inf"), float("inf"))),
        (elicited("a: {5: -1, 95: 2}"), {"normal"}, (float("-inf"), float("inf"))),
        (elicited("a: {5: 1, 95: 2}") + ", range: [0, 3]", {"beta"}, (0.0, 3.0)),
        (elicited("a: {5: 1, 95: 2}", ", fit: gamma"), {"gamma"}, (0.0, float("inf"))),
    ],
)
def test_the_law_fits_what_the_parameter_can_be(inner, families, domain):
    found = parameter(inner)

    assert {law.family for expert in found.experts for law in expert.laws} == families
    assert found.domain == domain


def test_values_may_have_units_and_a_range_is_in_the_units_of_its_author():
    weeks = parameter(elicited("a: {5: 7 days, 50: 2, 95: 28 days}") + ", unit: week, range: [0, 6]")
    days = parameter(elicited("a: {5: 7, 50: 14, 95: 28}") + ", unit: day, range: [0, 42]")

    assert weeks.experts[0].judged == ((0.05, 1.0), (0.5, 2.0), (0.95, 4.0))
    assert weeks.domain == days.domain == (0.0, 42.0)
    for u in (0.01, 0.5, 0.99):
        assert weeks.quantile(u) == pytest.approx(days.quantile(u), rel=1e-6)


def test_who_said_it_is_no_part_of_what_runs_depend_on():
    whole = "{p: {elicited: {experts: {anna: {5: 2, 95: 9}}}, basis: {judgement: asked}}}"
    models = [loads_model(text(parameters=one, horizon="9 days")) for one in (whole, whole.replace("anna", "basil"))]
    ids = {str(specification(Scenario.of(model), 1, central=False)) for model in models}

    assert len(ids) == 1


def test_a_scenario_may_have_what_experts_say_and_tells_it(tmp_path):
    model = text(parameters="{p: {prior: {gamma: [2, 9]}, unit: day, basis: {judgement: a guess}}}",
                 measures="{p: {value: p}}", horizon="30 days")  # fmt: skip
    (tmp_path / "model.yaml").write_text(model, encoding="utf-8")
    for where in ("parameters: {p: GIVEN}", "changes: [{from: 9 days, parameters: {p: GIVEN}}]"):
        given = where.replace("GIVEN", f"{{{elicited(ANNA)}}}")
        (tmp_path / "s.yaml").write_text(f"scenario: s\nmodel: model.yaml\n{given}\n", encoding="utf-8")
        scenario = load_scenario(tmp_path / "s.yaml").scenario

        assert "p is drawn from lognormal(7.07839, 0.812299) days instead of gamma(2, 9) days" in str(
            assumptions(scenario)[0]
        )
        check_alike(compile_model(scenario.model), scenario, 1, range(5))
