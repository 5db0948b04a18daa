"""Questions asked of runs that are there: the text of a scenario file that adds them and changes nothing.

A question is `NAME: EXPRESSION` or `NAME: {...}` with the keys that the model file knows: a bare expression is an
outcome's `when`, or a measure's `value` at the end of the run.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import partial

from sim.build.cases.case import Case
from sim.errors import UsageError

_FILE = 2  # the line of such a text that names the file
_QUESTION = re.compile(r"\s*([a-z][a-z0-9_]*)\s*:\s*(\S.*)", re.DOTALL)


def asking(outcomes: Sequence[str], measures: Sequence[str]) -> Callable[[Case], str] | None:
    """Return the function from a case to the text that asks it these questions, if any. Raise UsageError E012."""
    lines = []
    for kind, key, texts in (("outcomes", "when", outcomes), ("measures", "value", measures)):
        if texts:
            lines += [f"{kind}:", *(_line(text, key) for text in texts)]
    return partial(_text, lines) if lines else None


def _line(text: str, key: str) -> str:
    found = _QUESTION.fullmatch(text)
    if not found:
        expected = f"expected NAME: EXPRESSION, or NAME: {{{key}: EXPRESSION}}"
        raise UsageError("E012", f"'{text}' is not a question", expected)
    name, body = found[1], " ".join(found[2].split())
    if not body.startswith("{"):
        body = "{" + f"{key}: {json.dumps(body)}" + "}"
    return f"  {name}: {body}"


def _text(lines: Sequence[str], case: Case) -> str:
    if case.extension:
        raise UsageError("E012", "these runs were asked questions already", "ask them of the scenario's own file")
    return extending(case, lines)


def extending(case: Case, lines: Sequence[str], name: str = "", title: str = "") -> str:
    """Return the text of a scenario file that extends a case's own by `lines`, and by what extends that already.

    A key that is given in `lines` replaces the one of before.
    """
    scenario, lines_before = case.scenario, case.extension.splitlines()
    alone = scenario.path and not case.history and scenario.model.path == scenario.path
    head = [
        f"scenario: {json.dumps(name, ensure_ascii=False) if name else scenario.name}",
        f"title: {json.dumps(title or scenario.title, ensure_ascii=False)}",
        lines_before[_FILE] if lines_before else f"{'model' if alone else 'extends'}: {json.dumps(case.path.name)}",
    ]
    return "\n".join([*head, *lines, *_without(lines_before[_FILE + 1 :], lines), ""])


def _without(before: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Return the lines whose key stands in none of the others; what is set in below a key goes with it."""
    given = {line.partition(":")[0] for line in lines if not line.startswith(" ")}
    kept, key = [], ""
    for line in before:
        key = key if line.startswith(" ") else line.partition(":")[0]
        kept += [] if key in given else [line]
    return kept
