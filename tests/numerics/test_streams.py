import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.numerics.streams import philox_uniform, signed, stream_key, threshold, uniform

WORD = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_uniforms_are_the_first_53_bits_of_the_generators_published_known_answers(counter, key, expected):
    run, occurrence, index = counter[0] | counter[1] << 32, counter[2], counter[3]

    found = uniform(key[0] | key[1] << 32, run, occurrence, index)

    assert found == (((expected[0] << 32 | expected[1]) >> 11) + 1) / 2**53


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**40), st.integers(0, 2**40), WORD)
def test_the_uniform_that_is_compiled_is_the_uniform(key, run, occurrence, index):
    assert philox_uniform(signed(key), run, occurrence, index) == uniform(key, run, occurrence, index)


@given(st.integers(0, 2**64 - 1))
def test_a_signed_key_has_the_bits_of_the_key(key):
    assert -(2**63) <= signed(key) < 2**63
    assert signed(key) % 2**64 == key


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), WORD)
def test_a_uniform_lies_above_nought_and_a_threshold_is_finite(key, run, occurrence):
    assert 0.0 < uniform(key, run, occurrence, 0) <= 1.0
    assert 0.0 <= threshold(key, run, occurrence) < 37.0
    assert str(threshold(key, run, occurrence))[0] != "-"


def test_distinct_runs_occurrences_indices_names_seeds_and_salts_have_distinct_draws():
    key = stream_key(1, "rule:x")
    draws = {
        uniform(key, run, occurrence, index) for run in range(30) for occurrence in range(10) for index in range(4)
    }
    assert len(draws) == 1200

    keys = {stream_key(seed, name, salt) for seed in range(5) for name in ("rule:x", "rule:y") for salt in ("", "a")}
    assert len(keys) == 20


def test_a_key_is_the_same_in_every_process():
    code = "from sim.numerics.streams import stream_key; print(stream_key(7, 'rule:tšooana', 'salt'))"
    elsewhere = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }

    assert elsewhere == {f"{stream_key(7, 'rule:tšooana', 'salt')}\n"}


def test_uniforms_are_even_and_their_neighbours_do_not_go_together():
    key = stream_key(3, "rule:x")
    number = 40_000
    draws = [uniform(key, run, 0, 0) for run in range(number)]
    counts = [0] * 100
    for draw in draws:
        counts[min(int(draw * 100), 99)] += 1
    chi_square = sum((count - number / 100) ** 2 / (number / 100) for count in counts)
    mean = sum(draws) / number
    together = sum((a - mean) * (b - mean) for a, b in pairwise(draws)) / number * 12

    assert chi_square < 180  # 99 degrees of freedom: passed by chance once in a million
    assert abs(together) < 5 / number**0.5
