"""The site has every page once, and nothing that is fetched from elsewhere."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sim.cli.topics import pages
from sim.docs.site import build, configuration
from sim.errors import UsageError


def paths(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [path for part in parts for path in paths(part)]


def test_every_page_has_one_place_in_the_order() -> None:
    nav = tomllib.loads(configuration())["project"]["nav"]

    assert sorted(paths(nav)) == sorted(pages())
    assert [next(iter(group)) for group in nav][:5] == ["sim", "Tutorial", "How to", "Reference", "Explanation"]


def test_the_look_names_nothing_elsewhere() -> None:
    assert "://" not in configuration()
    assert tomllib.loads(configuration())["project"]["theme"]["font"] is False


def test_nothing_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="E014"):
        build(tmp_path)


def test_the_site_is_built_and_asks_no_other_server(tmp_path: Path) -> None:
    build(tmp_path / "site")

    for page in pages():
        html = (tmp_path / "site" / page.replace(".md", ".html")).read_text(encoding="utf-8")
        assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"?https?://", html)
