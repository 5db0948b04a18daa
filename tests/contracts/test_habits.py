"""What a maintained project promises about itself: a licence, a citation, a changelog that keeps up."""

import re
import tomllib
from pathlib import Path

import yaml

import sim
from sim.model.canonical import SEMANTICS

TOP = Path(__file__).parents[2]
CHANGELOG = (TOP / "sim/docs/changelog.md").read_text()


def test_the_licence_is_named_where_the_wheel_finds_it():
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    (file,) = project["license-files"]
    assert project["license"] == "MIT"
    assert (TOP / file).read_text().startswith("MIT License")


def test_the_citation_names_this_version():
    citation = yaml.safe_load((TOP / ".github/CITATION.cff").read_text())
    assert citation["version"] == sim.__version__
    assert citation["license"] == "MIT"


def test_the_changelog_has_an_entry_for_this_version():
    assert re.search(rf"^## {re.escape(sim.__version__)}\b", CHANGELOG, re.MULTILINE)


def test_the_changelog_explains_every_value_of_semantics():
    rows = re.findall(r"^\| (\d+) \| .*0\.\d+\.\d+", CHANGELOG, re.MULTILINE)
    assert rows == [str(value) for value in range(1, SEMANTICS + 1)]
