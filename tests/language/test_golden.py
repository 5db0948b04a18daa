"""Every wrong document of `diagnostics/`, and the whole message that it gets.

A case is `<CODE>-<what>.yaml`, or a folder of that name with a `scenario.yaml` in it; `<CODE>-<what>.expected`
stands beside it. Cases are models, but for those with the key `documents`, which are sources files. Warnings, whose
codes begin with W, are about documents that are fine. To write the expected messages anew, and then read the
difference:

    SIM_GOLDEN=write pytest tests/language/test_golden.py
"""

import os
import re
from pathlib import Path

import pytest

from sim.build.evidence.source_files import checked_sources
from sim.build.model import checked_model
from sim.build.scenario import load_scenario
from sim.language.codes.entries import CODES
from sim.language.diagnostics import LanguageError
from sim.language.files import meant_as

FOLDER = Path(__file__).parent / "diagnostics"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir() or path.suffix == ".yaml")
# What Python, PyYAML and pydantic say, some of which changes from one of their versions to the next.
BORROWED = re.compile(
    r"out of range for month|must be in \d|fromisoformat|isoformat|invalid literal|could not convert|invalid syntax|"
    r"was never closed|unterminated|mapping values|did not find|could not find|while (parsing|scanning)|scalar|"
    r"(block|flow) (mapping|sequence)|end of stream|start any token|should (be|have)|valid (string|integer|dictionary)|"
    r"validation|Input |Field required|regex|Expecting|codec"
)


def message(case: Path) -> str:
    try:
        if case.is_dir():
            found = load_scenario(case / "scenario.yaml", f"{case.name}/scenario.yaml").warnings
        elif meant_as(case, "documents"):
            found = checked_sources(case, case.name)[1]
        else:
            found = checked_model(case, case.name)[1]
    except LanguageError as error:
        return str(error)
    return "\n\n".join(map(str, found)) or "nothing is wrong"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_wrong_document_gets_its_message(case: Path) -> None:
    expected = FOLDER / f"{case.stem}.expected"
    said = message(case) + "\n"
    if os.environ.get("SIM_GOLDEN") == "write":
        expected.write_text(said, encoding="utf-8")

    assert said == expected.read_text(encoding="utf-8")
    code = case.stem.partition("-")[0]
    assert f"{'warning' if code.startswith('W') else 'error'} {code}: " in said


def test_every_expected_message_has_its_document() -> None:
    assert {path.stem for path in FOLDER.glob("*.expected")} == {case.stem for case in CASES}


def test_every_code_about_documents_has_a_wrong_document() -> None:
    shown = {case.stem.partition("-")[0] for case in CASES}
    wanted = {code for code in CODES if code[1] in "12345"} - {
        "E507",
        "E508",
        "E510",
        "E511",
        "E512",
    }  # about runs that were kept, or about several files of a folder

    assert wanted == shown


def test_no_message_leaks_what_stands_behind_the_language() -> None:
    for path in FOLDER.glob("*.expected"):
        said = path.read_text(encoding="utf-8")

        assert not re.search(r"\b(None|pydantic|dict|NoneType|Traceback|ast\.)", said), path.name
        assert not BORROWED.search(said), path.name
