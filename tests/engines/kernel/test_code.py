"""A model's code is linked once for all scenarios that share it."""

from dataclasses import replace
from pathlib import Path

from sim.build.model import load_model
from sim.engines.kernel.code import Code, structure
from sim.model.program import compile_model

MODEL = load_model(Path("tests/specimens/gamblers_ruin.yaml"))


def test_models_that_differ_in_values_alone_share_what_is_linked():
    name, parameter = next(iter(MODEL.parameters.items()))
    otherwise = replace(MODEL, parameters={**MODEL.parameters, name: replace(parameter, value=parameter.value / 2)})
    less = replace(MODEL, rules=dict(list(MODEL.rules.items())[1:]))
    one, other, less = (Code(compile_model(model)) for model in (MODEL, otherwise, less))

    assert one._loaded is other._loaded
    assert one._loaded is not less._loaded


def test_a_model_in_the_place_of_one_that_is_gone_has_a_structure_of_its_own():
    less = replace(MODEL, rules=dict(list(MODEL.rules.items())[1:]))
    known = {structure(MODEL), structure(less)}

    found = {structure(replace(model)) for _ in range(20) for model in (MODEL, less)}  # each is gone at once

    assert len(known) == 2
    assert found == known
