"""The functions of `import sim` have the options of the command line, by name, with the same meaning."""

import inspect

import pytest

from sim.cli.commands.running import compare as compare_command
from sim.cli.commands.running import run as run_command
from sim.study import api

# What the command line calls otherwise, or what only it can want.
OTHERWISE = {"paths": "target", "targets": "targets", "goals": "until", "retention": "keep"}
# `--set` is `parameters` in `run`; in `compare`, `sim.assume` gives the scenario that it adds.
ONLY_PRINTED = {"set_texts", "as_json", "statistics", "outcomes", "asked_outcomes", "asked_measures"}


@pytest.mark.parametrize(
    ("function", "command"), [(api.run, run_command.command), (api.compare, compare_command.command)]
)
def test_every_option_of_the_command_is_an_argument(function, command):
    wanted = {OTHERWISE.get(option.name, option.name) for option in command.params} - ONLY_PRINTED - {"help"}

    assert wanted <= set(inspect.signature(function).parameters)


def test_the_options_of_several_scenarios_are_those_of_one():
    own = set(inspect.signature(api.run).parameters) - {"target"}

    assert own == set(api.RunOptions.__annotations__)
