"""What a user can meet is documented, and what is documented is there."""

import contextlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sim.cli.main import COMMANDS, group, module_of
from sim.language.codes.entries import CODES
from sim.language.shapes.documents import SHAPES
from sim.language.shapes.shape import Shape

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_takes_json(name: str) -> None:
    command = module_of(name).command

    assert isinstance(command, click.Command)
    assert command.name == name
    assert re.search(rf"Examples?:\s+sim {name}", command.help or "")
    assert "--json" in {option for parameter in command.params for option in parameter.opts}
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


def test_every_command_has_a_file_and_a_line_in_the_readme() -> None:
    assert set(COMMANDS) == set(group.list_commands(click.Context(group)))
    for name in COMMANDS:
        assert re.search(rf"\| `sim {name}\b", README), f"the README's table lacks `sim {name}`"


def test_every_code_that_is_raised_is_explained_and_every_one_explained_is_raised() -> None:
    raised = set()
    for path in (TOP / "sim").rglob("*.py"):
        raised |= set(re.findall(r'"([EW]\d{3})"', path.read_text(encoding="utf-8")))

    assert raised == set(CODES)


def shapes(shape: type[Shape], seen: set[type[Shape]]) -> Iterator[type[Shape]]:
    if shape in seen:
        return
    seen.add(shape)
    yield shape
    for field in shape.model_fields.values():
        pending = [field.annotation]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, Shape):
                yield from shapes(annotation, seen)
            pending += getattr(annotation, "__args__", ())


def test_every_key_of_every_file_has_a_description() -> None:
    seen: set[type[Shape]] = set()
    for root in SHAPES.values():
        for shape in shapes(root, seen):
            for name, field in shape.model_fields.items():
                assert field.description, f"{shape.__name__}.{name} has no description"
    assert len(seen) > 15


def test_every_command_line_in_the_readme_and_in_help_texts_is_understood() -> None:
    texts = [README, *(module_of(name).command.help for name in COMMANDS)]
    pattern = rf"(?:^|[`\s])sim ((?:{'|'.join(COMMANDS)})\b[^`\n|]*)"
    lines = [line for text in texts for line in re.findall(pattern, text)]
    assert len(lines) > 15
    for line in lines:
        said = re.sub(r"\s{3,}.*", "", line).split(" > ")[0].strip(" .;,")
        name, *rest = shlex.split(said, comments=True)
        command = group.get_command(click.Context(group), name)
        assert command is not None
        with contextlib.suppress(click.MissingParameter):  # a mention, such as `sim list`, is no whole command
            command.make_context(name, list(rest))


def test_the_index_of_the_readme_names_files_that_are_there() -> None:
    for named in re.findall(r"\| `(sim/[^`<]+)` \|", README):
        assert (TOP / named).exists(), named


def test_help_answers_without_loading_what_only_a_run_needs() -> None:
    code = r"""
import sys
from sim.cli.main import main

sys.argv = ["sim", "--help"]
try:
    main()
except SystemExit:
    print(*sys.modules)
"""
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"pydantic", "yaml", "simpy", "pyarrow", "rich", "numpy", "scipy"} & set(loaded)
