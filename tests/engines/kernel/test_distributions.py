"""The compiled code chooses laws and priors by number: each number stands for what the registry has at that place."""

import ast
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from sim.distributions.clock_laws import LAWS
from sim.distributions.priors import DRAWN
from sim.engines.kernel.generator.layout import LAW_KINDS
from sim.engines.kernel.runtime import distributions, memory_map

ARGUMENTS = ("a", "b", "c")


def calls(function: Callable[..., Any]) -> list[str]:
    """Return what a choice by number comes to for 0, 1, 2, ..., the last one for every other number."""
    (tree,) = ast.parse(inspect.getsource(function)).body
    assert isinstance(tree, ast.FunctionDef)
    chosen, last = tree.body[-2:]
    assert isinstance(chosen, ast.Match)
    assert [ast.unparse(case.pattern) for case in chosen.cases] == [str(number) for number in range(len(chosen.cases))]
    returned = [*(case.body[0] for case in chosen.cases), last]
    return [ast.unparse(one.value) for one in returned if isinstance(one, ast.Return) and one.value is not None]


def named(function: Callable[..., Any]) -> str:
    """Return how `distributions` calls a function: by its module and its name."""
    module = function.__module__.rpartition(".")[2]
    assert getattr(getattr(distributions, module), function.__name__) is function
    return f"{module}.{function.__name__}"


@pytest.mark.parametrize(("function", "part"), [(distributions.law_hazard, "hazard"), (distributions.law_age, "age")])
def test_every_law_has_its_number_and_its_own_arguments(function: Callable[..., Any], part: str) -> None:
    last = inspect.getfullargspec(function).args[-1]
    wanted = []
    for law in LAWS.values():
        own = getattr(law, part)
        given = ARGUMENTS[: len(inspect.getfullargspec(own).args) - 1]
        wanted.append(f"{named(own)}({', '.join((*given, last))})")
    assert calls(function) == wanted


def test_every_prior_has_its_number() -> None:
    assert calls(distributions.quantile_of) == [f"{named(one.quantile)}(table, first, u)" for one in DRAWN.values()]


def test_a_clocks_kind_is_its_laws_number_after_the_other_kinds() -> None:
    assert list(LAW_KINDS.values()) == [memory_map.FIRST_LAW + number for number in range(len(LAWS))]
