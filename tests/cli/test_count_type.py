"""Numbers on the command line mean what people write them for."""

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli.count_type import Count, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [("1000", 1000), ("10,000", 10_000), ("1,234,567", 1_234_567), ("10_000", 10_000), ("1e6", 10**6), ("1E6", 10**6),
     ("1.5e3", 1500), ("2e+3", 2000), (" 5 ", 5), ("-3", -3), ("0", 0), ("10'000", 10_000)],
)  # fmt: skip
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    "text",
    ["1.5", "1,5", "1,50", "10,00", "1.234", "1,0000", "1e-3", "1.55e1", "e6", "", "many", "1e", "0x10", "1 000",
     "1__0", "1e999", "½", "--1"],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert whole(text) is None


@given(st.integers(-(10**12), 10**12))
def test_a_number_is_read_however_it_is_grouped(number: int) -> None:
    assert whole(str(number)) == whole(f"{number:,}") == whole(f"{number:_}") == number


def test_bounds_are_said_in_words() -> None:
    with pytest.raises(click.BadParameter, match="0 is too small: the least is 1"):
        Count(1, 10).convert("0", None, None)
    with pytest.raises(click.BadParameter, match="1,000 is too large: the greatest is 10"):
        Count(1, 10).convert("1e3", None, None)


def test_runs_are_counted_as_written(sim, case) -> None:
    assert "30 runs" in sim("run", case / "status-quo.yaml", "--runs", "3e1").out

    refused = sim("run", case / "status-quo.yaml", "--runs", "1.5")
    assert refused.code == 2
    assert "'1.5' is not a whole number: expected one such as 1000, 10,000 or 1e6" in refused.err
