"""A model's code is linked once for all scenarios that share it."""

from dataclasses import replace
from pathlib import Path

from sim.build.model import load_model
from sim.engines.kernel.code import Code
from sim.model.program import compile_model

MODEL = load_model(Path("tests/specimens/gamblers_ruin.yaml"))


def test_models_that_differ_in_values_alone_share_what_is_linked():
    name, parameter = next(iter(MODEL.parameters.items()))
    otherwise = replace(MODEL, parameters={**MODEL.parameters, name: replace(parameter, value=parameter.value / 2)})
    less = replace(MODEL, rules=dict(list(MODEL.rules.items())[1:]))
    one, other, less = (Code(compile_model(model)) for model in (MODEL, otherwise, less))

    assert one._loaded is other._loaded
    assert one._loaded is not less._loaded
