"""Scenarios given in Python: a scenario file, and what is assumed otherwise than in it.

Owns the text of the scenario file that they amount to. It is kept with the ensemble, so that the runs can be made again
without the program that asked for them.
"""

import json
import math
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeAlias

from sim.analysis.added_questions import extending
from sim.build.cases.case import Case
from sim.errors import UsageError

ASSUMED = "sim.assume(...)"  # how messages call the text that stands in no file


@dataclass(frozen=True)
class Variant:
    """A scenario that extends the one in the file `base` by `lines`, each a key of a scenario file with its value.

    `changed` says what they change, for a title if there is no other. Without a `name` it is that of the base and
    `suffix`.
    """

    base: Path
    name: str
    title: str
    lines: tuple[str, ...]
    changed: str
    suffix: str = "-changed"

    def text(self, case: Case) -> str:
        """Return the text of the scenario file that it amounts to; `case` is that of `base`."""
        title = self.title or f"{case.scenario.title}, {self.changed}"
        return extending(case, self.lines, self.name or f"{case.scenario.name}{self.suffix}", title)


Target: TypeAlias = Path | str | Variant


def assume(
    base: Path | str,
    *,
    name: str = "",
    title: str = "",
    question: str = "",
    parameters: Mapping[str, Any] | None = None,
    disable: str | Sequence[str] = (),
    omit: str | Sequence[str] = (),
    events: Sequence[Mapping[str, Any]] = (),
    changes: Sequence[Mapping[str, Any]] = (),
    rules: Mapping[str, Any] | None = None,
    event_types: Mapping[str, Any] | None = None,
    factions: Mapping[str, Any] | None = None,
    branch: Mapping[str, Any] | None = None,
    horizon: Any = None,
    outcomes: Mapping[str, Any] | None = None,
    measures: Mapping[str, Any] | None = None,
) -> Variant:
    """Return a scenario that extends the one in the file `base`; each argument is a key of a scenario file.

    `parameters` go by name: a number, an expression as text, or a mapping with `value` or `prior`. `disable` names
    rules, `omit` documented events that are taken out of the past. `events` happen at exact times (`at` or `after`, and
    `event`, or a `title` and what they `set`). `changes` hold from a date on (`from`, and `parameters`, `disable` or
    `enable`). `rules`, `event_types` and `factions` are the scenario's own, beside the model's. `branch` has one of
    `after`, `before`, `at`. `horizon` is a date or a time since the branch, such as "90 days". `outcomes` and
    `measures` are asked beside the model's. `sim explain scenario` has the keys. `run` and `compare` take what is
    returned wherever they take a file.

        sim.run(sim.assume("status-quo.yaml", parameters={"word_kept": 0.7}))
        sim.assume("status-quo.yaml", name="wider", parameters={"word_kept": {"prior": {"pert": [0.1, 0.5, 0.9]}}})

    Raise UsageError E024 for a value that has no form in YAML. What is wrong with a change is found when it is run:
    LanguageError, with the line of the text that it amounts to.
    """
    disable, omit = ([one] if isinstance(one, str) else [*one] for one in (disable, omit))
    given = {
        "question": question, "branch": branch, "horizon": horizon, "parameters": parameters, "disable": disable,
        "omit": omit, "events": events, "changes": changes, "rules": rules, "event_types": event_types,
        "factions": factions, "outcomes": outcomes, "measures": measures,
    }  # fmt: skip
    lines = [f"{key}: {_as_yaml(key, value)}" for key, value in given.items() if not _is_empty(value)]
    if not isinstance(base, str | Path | Variant):
        raise UsageError("E024", f"expected a scenario file as base, got {base!r}")
    if isinstance(base, Variant):
        raise UsageError("E024", "expected a file as base, got a scenario that has changes", "give all changes at once")
    if Path(base).is_dir():
        raise UsageError("E024", f"expected a scenario file as base, got the folder '{base}'")
    if not isinstance(parameters, Mapping | None):
        raise UsageError("E024", f"expected a mapping as parameters, got {parameters!r}", 'such as {"word_kept": 0.7}')
    others = [
        f"other {line.partition(':')[0]}" for line in lines if not line.startswith(("parameters:", "disable:", "omit:"))
    ]
    values = [f"{name} otherwise" if isinstance(value, Mapping) else f"{name} = {value}"
              for name, value in (parameters or {}).items()]  # fmt: skip
    changed = ", ".join([*values, *(f"without {name}" for name in (*disable, *omit)), *others]) or "nothing changed"
    return Variant(base=Path(base), name=name, title=title, lines=tuple(lines), changed=changed)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, Sized) and not len(value))


def _as_yaml(key: str, value: Any) -> str:
    return json.dumps(_plain(key, value), ensure_ascii=False)


def _plain(key: str, value: Any) -> Any:
    """Return a value as JSON has it, which YAML reads as the same. Raise UsageError E024 for one of another type."""
    if hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0:
        value = value.item()  # one of NumPy's
    match value:
        case None | bool() | str():
            return value
        case Integral():
            return int(value)
        case Real() if math.isfinite(value):
            return float(value)
        case Real():
            raise UsageError("E024", f"expected a finite number for '{key}', got {value!r}")
        case datetime() if value.tzinfo is None and not value.microsecond:
            return value.isoformat()
        case datetime():
            raise UsageError("E024", f"expected a local date, to the second, for '{key}', got {value.isoformat()}")
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(f"{key}.{name}", item) for name, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [_plain(key, item) for item in value]
    raise UsageError("E024", f"expected a number, a text, a list or a mapping for '{key}', got {value!r}")
