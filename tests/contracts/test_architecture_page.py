"""The page for maintainers, `explanation/architecture.md`: what it names is there, and it names every package."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "sim/docs/explanation/architecture.md").read_text()


def test_every_path_of_the_page_is_there() -> None:
    paths = re.findall(r"`((?:sim|tests)/[\w/.]+)`", PAGE)
    assert len(paths) > 30
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_the_page_has_a_line_for_every_package() -> None:
    rows = set(re.findall(r"^\| `(sim/[\w.]+)` \|", PAGE, re.MULTILINE))
    packages = {f"sim/{path.name}" for path in (ROOT / "sim").iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert rows == packages | {"sim/errors.py"}
