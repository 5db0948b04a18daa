"""Reading what was made up: the good case with one document changed, and what the language may say of it.

There are two results: what was asked for, or complaints that can be shown, each at a place in the text.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from sim.build.cases.case import Case
from sim.build.scenario import load_scenario
from sim.errors import SimError
from sim.language.codes.entries import CODES
from sim.language.diagnostics import LanguageError

GOOD = Path(__file__).parent / "good"
FILES = ("model", "scenario", "history", "sources")
DOCUMENTS = {name: (GOOD / f"{name}.yaml").read_text(encoding="utf-8") for name in FILES}
EXAMPLES = int(os.environ.get("SIM_EXAMPLES", "0"))


def some(examples: int) -> Any:
    """Try so many examples, the same each time; `SIM_EXAMPLES` says how many others instead."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def told(read: Callable[[], object], kind: type, texts: Mapping[str, str] | None = None) -> None:
    """Read a document; it must give what is wanted, or complaints that can be shown.

    `texts` has the files by the names that messages call them: what a complaint points at stands there.
    """
    complaints: tuple[Any, ...] = ()
    try:
        assert isinstance(read(), kind)
    except LanguageError as error:
        complaints = error.diagnostics
        str(error).encode()
        assert complaints
    for item in complaints:
        assert item.code in CODES
        assert f"error {item.code}: " in str(item)
        json.dumps(item.as_data())
        if item.span is not None:
            assert item.span.line >= 1
            assert 1 <= item.span.column <= len(item.span.text) + 1
            assert item.span.length >= 1
            if texts is not None:
                lines = re.split(r"\r\n|\n|\r", texts[item.span.path].removeprefix("\ufeff"))
                assert item.span.text == lines[item.span.line - 1]


def refused(read: Callable[[], object]) -> bool:
    """Say whether a document is refused with located complaints, or with one of the other documented errors."""
    refusal: SimError | None = None
    try:
        read()
    except SimError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code in CODES
        str(refusal).encode()
    return refusal is not None


def written(folder: Path, name: str, text: str | bytes) -> Path:
    """Write the good case into a folder, with one document changed, and return its scenario."""
    for other, good in DOCUMENTS.items():
        (folder / f"{other}.yaml").write_text(good, encoding="utf-8")
    if isinstance(text, str):
        text = text.encode()
    (folder / f"{name}.yaml").write_bytes(text)
    return folder / "scenario.yaml"


def case(folder: Path, name: str, text: str | bytes) -> Case:
    """Read the good case with one document changed."""
    return load_scenario(written(folder, name, text), "scenario.yaml")


def texts_with(name: str, text: str) -> dict[str, str]:
    """Return the files of the good case with one document changed, by the names that messages call them."""
    return {f"{other}.yaml": text if other == name else good for other, good in DOCUMENTS.items()}
