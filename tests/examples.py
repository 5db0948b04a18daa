"""Claims about whatever Hypothesis makes up, each tried on so many examples: few where each costs a compilation."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

fewer = settings(max_examples=settings.default.max_examples // 2)  # where each example is a model and its runs


def examples(number: int, claim: Callable[..., None], *strategies: st.SearchStrategy[Any]) -> None:
    """Try a claim on so many examples, and on as many times more as the profile tries more than the quick one does."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]

    @settings(max_examples=number * settings.default.max_examples // 60 or 1, suppress_health_check=checks)
    @given(st.tuples(*strategies))
    def each(drawn: Sequence[Any]) -> None:
        claim(*drawn)

    each()


def few_or_many(few: int, many: int, *strategies: st.SearchStrategy[Any]) -> Callable[..., Callable[[int], None]]:
    """Make a test of a claim: on few examples in the quick suite, and on many among the slow tests."""

    def made(claim: Callable[..., None]) -> Callable[[int], None]:
        @pytest.mark.parametrize("number", [few, pytest.param(many, marks=pytest.mark.slow)])
        def test(number: int) -> None:
            examples(number, claim, *strategies)

        return test

    return made
