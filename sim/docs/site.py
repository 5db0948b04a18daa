"""The static site: the pages in the order of the index, built by Zensical, which the extra `docs` brings.

Zensical comes from the people of Material for MkDocs, whose upkeep ended in November 2026. Owns the order of the pages
and the folder that is handed over; `site.toml` has the look.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from posixpath import dirname

from sim.cli.topics import GROUPS, INDEX, pages, topics
from sim.docs.reference_pages import PAGES
from sim.errors import UsageError


def build(out: Path) -> None:
    """Build the site into a new folder. Raise UsageError if it is there, Zensical is not, or it refuses the pages."""
    if out.exists():
        raise UsageError("E014", f"there is already something at {out}", "name a folder that is not there yet")
    if find_spec("zensical") is None:
        raise UsageError("E010", "Zensical, which builds the site, is not installed", "pip install '.[docs]'")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(PAGES, place / "pages", ignore=shutil.ignore_patterns("*.py", "*.toml", "__pycache__"))
        (place / "zensical.toml").write_text(configuration(), encoding="utf-8")
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", "zensical.toml"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise UsageError("E014", f"Zensical could not build the site:\n{done.stdout}{done.stderr}")
        shutil.copytree(place / "site", out)


def configuration() -> str:
    """Return the configuration: where the pages are, in which order, and the look."""
    head = {
        "site_name": "sim",
        "docs_dir": "pages",
        "site_dir": "site",
        "use_directory_urls": False,
        "extra_css": ["site.css"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in head.items()]
    look = (PAGES / "site.toml").read_text(encoding="utf-8")
    return "\n".join(["[project]", *lines, f"nav = {_toml(order())}", look])


def order() -> list[dict[str, object]]:
    """Return the pages in groups, each with its title; those that the index does not name come last in theirs."""
    titles = {topic.page: topic.title for topic in topics() if topic.level == 1}
    named = [path for path in re.findall(r"\(([\w/-]+\.md)\)", pages()[INDEX]) if path in titles]
    all_pages = list(dict.fromkeys([*named, *titles]))
    grouped: list[dict[str, object]] = [{"sim": INDEX}]
    for folder, title in GROUPS.items():
        listed: list[dict[str, object]] = [
            {titles[page]: page} for page in all_pages if dirname(page) == folder and page != INDEX
        ]
        codes: list[dict[str, object]] = [
            {titles[page]: page} for page in all_pages if page.startswith(f"{folder}/codes/")
        ]
        if listed:
            grouped.append({title.partition(":")[0]: [*listed, *([{"Error codes": codes}] if codes else [])]})
    return grouped


def _toml(value: object) -> str:
    """Return lists and mappings of texts as TOML writes them in a line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {_toml(item)}' for key, item in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)
