"""Every module has a test file of its name, or a home that the README of the tests names."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
SIM = TESTS.parent / "sim"
README = (TESTS / "README.md").read_text(encoding="utf-8")
HOMES = dict(re.findall(r"^\| `(sim/\S+)` \| `(\S+)` \|$", README, re.MULTILINE))


def test_every_module_has_a_test_file_of_its_name_or_a_home_that_is_named() -> None:
    modules = [path.relative_to(SIM) for path in SIM.rglob("*.py") if path.name != "__init__.py"]
    homeless = [path for path in modules if not (TESTS / path.with_name(f"test_{path.name}")).exists()]

    assert [
        str(path) for path in homeless if not {f"sim/{path}", f"sim/{path.parent}/".replace("/./", "/")} & {*HOMES}
    ] == []


def test_every_home_and_every_claim_is_there() -> None:
    named = re.findall(r"`([^` ]+(?:\.py|/))`", "\n".join(re.findall(r"^\|.*\|$", README, re.MULTILINE)))

    assert len(named) > 100
    assert [name for name in named if not (TESTS / name).exists() and not (TESTS.parent / name).exists()] == []
