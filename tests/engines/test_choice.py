"""Which engine `auto` takes."""

import subprocess
import sys
import time

import pytest

from sim.build.model import loads_model
from sim.engines.choice import COMPILING, FEW, FEW_UNCOMPILED, HUGE, LARGE, LOADING, chosen


def model_of(rules):
    lines = "\n".join(f"  r{place}: {{faction: a, clock: {{rate: 1}}, emits: e}}" for place in range(rules))
    return loads_model(f"""
model: many
title: As many rules as one likes
time: {{unit: abstract}}
horizon: 1
factions: {{a: {{title: A}}}}
state: {{}}
events: {{e: {{by: a}}}}
rules:
{lines}
""")


@pytest.fixture(autouse=True)
def nothing_compiled(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_CACHE", str(tmp_path))


def never():
    raise AssertionError("no run was to be timed")


def at_once():
    return False


def slow():
    time.sleep((LOADING + COMPILING * LARGE) / 10)
    return False


def longer():
    return True


@pytest.mark.parametrize("wanted", ["reference", "kernel"])
def test_an_engine_that_is_named_is_taken(wanted):
    assert chosen(wanted, model_of(1), 5, never) == wanted


@pytest.mark.parametrize(("runs", "engine"), [(1, "reference"), (FEW, "reference"), (FEW_UNCOMPILED, "kernel")])
def test_the_number_of_runs_decides_where_runs_are_short(runs, engine):
    assert chosen("auto", model_of(1), runs, at_once) == engine


@pytest.mark.parametrize("runs", [2, FEW, FEW_UNCOMPILED - 1])
def test_few_runs_that_have_many_events_go_to_the_kernel(runs):
    assert chosen("auto", model_of(1), runs, longer) == "kernel"
    assert chosen("auto", model_of(1), runs, None) == "reference"


def test_one_run_of_a_large_model_is_not_made_twice():
    assert chosen("auto", model_of(LARGE), 1, never) == "reference"


def test_a_few_runs_of_a_large_model_go_to_the_kernel_if_one_takes_long():
    assert chosen("auto", model_of(LARGE), 20, slow) == "kernel"
    assert chosen("auto", model_of(LARGE), 20, at_once) == "reference"
    assert chosen("auto", model_of(LARGE), FEW_UNCOMPILED, never) == "kernel"


def test_many_runs_of_a_huge_model_go_to_the_kernel_only_if_they_take_longer_than_compiling_it():
    huge = model_of(HUGE)

    assert chosen("auto", huge, FEW_UNCOMPILED, at_once) == "reference"
    assert chosen("auto", huge, FEW_UNCOMPILED, lambda: bool(time.sleep(0.2))) == "kernel"
    assert chosen("auto", huge, 10**6, None) == "reference"


def test_what_is_timed_is_a_run_and_not_loading_the_reference_engine():
    script = """
import sys
from tests.engines.test_choice import chosen, model_of

before = "simpy" in sys.modules
chosen("auto", model_of(1), 5, lambda: print(before, "simpy" in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False True\n"
