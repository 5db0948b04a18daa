"""The one way in: a path to a checked shape with the place of every part, or every complaint at once.

Owns the step from plain data to the shapes of `documents`, and how pydantic's findings become located
diagnostics. What the parts mean together is checked where a model is built.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from sim.language.counts import counted
from sim.language.diagnostics import Complaints, LanguageError
from sim.language.files import MOST_REMEMBERED
from sim.language.shapes.documents import SHAPES
from sim.language.shapes.fields import field_of, in_file, keys_at, shape_at
from sim.language.shapes.salvage import salvage, torn
from sim.language.shapes.shape import Shape
from sim.language.suggest import did_you_mean, nearest
from sim.language.yaml.parser import Document, Keys, parse, read

S = TypeVar("S", bound=Shape)

NO_EFFECTS = "what an event changes is declared with its type; in a scenario an event of its own has `set`"
NAMES_ALONE = "names alone stand here, in a list; what stands in their place is given under its own key, as all else is"
FEW_KEYS = 4  # of a mapping, to be listed where something else stands in its place
_COMMA = "between { } a comma ends a value: put text with a comma in quotes"

_PATTERNS = {
    "{0,63}(\\.": "expected a name in small letters, digits and '_', beginning with a letter",
    "[a-z][a-z0-9_]{0,63}$": "expected a name in small letters, digits and '_', beginning with a letter",
    "[a-z0-9][a-z0-9_.-]": "expected an id in small letters, digits, '-', '_' and '.'",
    "[1-9][0-9]": "expected the number of a paragraph, from 1 on",
    "in .+": "expected an index and its values, as in 'i in 1..5' or 'p in north, south'",
    "(\\[": "expected a name, or a member of a family such as up[i]",
}


@dataclass(frozen=True)
class Loaded(Generic[S]):
    """A document whose shape is right: the shape, and where each of its parts stands. Equal documents make it equal."""

    shape: S = field(compare=False)
    document: Document
    path: Path = field(compare=False)


def load(path: Path, shape: type[S], shown: str | None = None) -> Loaded[S]:
    """Read the file at `path` as `shape`. Raise LanguageError with every complaint of the file.

    `shown` is how messages call the file; by default the path as given.
    """
    return _whole(lambda complaints: load_rest(path, shape, complaints, shown))


def loads(text: str, shape: type[S], shown: str) -> Loaded[S]:
    """Read `text` as `load` reads a file called `shown`; paths in it are seen from its folder."""
    return _whole(lambda complaints: loads_rest(text, shape, complaints, shown))


def load_rest(path: Path, shape: type[S], complaints: Complaints, shown: str | None = None) -> Loaded[S] | None:
    """Read the file at `path` as far as it is right; what is wrong goes to `complaints`.

    The parts that were complained of are marked as refused in the document. None if nothing is left.
    """
    return _rest(lambda: read(path, shown or str(path), complaints), path, shape, complaints)


def loads_rest(text: str, shape: type[S], complaints: Complaints, shown: str) -> Loaded[S] | None:
    """Read `text` as `load_rest` reads a file called `shown`."""
    return _rest(lambda: parse(text, shown, complaints), Path(shown), shape, complaints)


def _whole(reading: Callable[[Complaints], Loaded[S] | None]) -> Loaded[S]:
    complaints = Complaints()
    loaded = reading(complaints)
    complaints.raise_any()
    assert loaded is not None, "a document was refused and nothing said"
    return loaded


def _rest(reading: Callable[[], Document], path: Path, shape: type[S], complaints: Complaints) -> Loaded[S] | None:
    try:
        document = reading()
    except LanguageError as error:
        complaints.extend(error.diagnostics)
        return None
    if not isinstance(document.data, dict):
        kind = next((name for name, known in SHAPES.items() if known is shape), "YAML")
        complaints.add("E106", f"expected a {kind} file, that is a mapping of keys", document.value_span(()))
        return None
    complaints.doubtful.update(*(document.words(keys) for keys in document.refused))
    return fit_rest(document, path, shape, complaints)


def fit_rest(document: Document, path: Path, shape: type[S], complaints: Complaints) -> Loaded[S] | None:
    """Give a document that is a mapping its shape, as far as it is right; what is wrong goes to `complaints`."""
    try:
        # A text that is in no file is not likely to come again.
        fitted = _fitted(document, shape) if document.content else shape.model_validate(document.data)
        return Loaded(fitted, document, path)
    except ValidationError as error:
        findings = error.errors(include_url=False)
    misspelt = _misspelt(document, shape, findings)
    for finding in findings:
        if not _said_already(document, finding) and _key_of(document, finding) not in misspelt:
            _complain(document, shape, finding, complaints)
    found = salvage(document, shape, findings)
    if found is None:
        return None
    complaints.doubtful |= found.words
    return Loaded(found.shape, found.document, path)


@lru_cache(MOST_REMEMBERED)
def _fitted(document: Document, shape: type[S]) -> S:
    return shape.model_validate(document.data)


def _key_of(document: Document, finding: Any) -> Keys:
    """Return the key that a finding is about; one that is missing as if it were there."""
    *holder, key = finding["loc"]
    return (*in_file(document, tuple(holder)), key)


def _misspelt(document: Document, shape: type[Shape], findings: list[Any]) -> set[Keys]:
    """Return the missing keys that unknown ones beside them are close to: they are there, misspelt."""
    missing: dict[Keys, list[str]] = {}
    for finding in findings:
        if finding["type"] == "missing":
            *holder, name = _key_of(document, finding)
            missing.setdefault(tuple(holder), []).append(str(name))
    found = set()
    for finding in findings:
        if finding["type"] == "extra_forbidden":
            keys = _key_of(document, finding)
            if nearest(str(keys[-1]), missing.get(keys[:-1], ())):  # there may be thousands of unknown keys
                found.add((*keys[:-1], nearest(str(keys[-1]), keys_at(shape, finding["loc"][:-1]))))
    return found


def _said_already(document: Document, finding: Any) -> bool:
    """Return whether a finding is about a part of broken YAML, which was complained of."""
    keys = in_file(document, finding["loc"])
    if finding["type"] == "missing":
        return document.is_refused((*keys, finding["loc"][-1])) or (*keys, "<<") in document.refused
    return document.is_refused(keys)


def _complain(document: Document, shape: type[Shape], finding: Any, complaints: Complaints) -> None:
    *holder, last = finding["loc"]
    keys = in_file(document, finding["loc"])
    kind, context = finding["type"], finding.get("ctx", {})
    named = f"'{keys[-1]}'" if keys and isinstance(keys[-1], str) else "this item"
    value = finding.get("input")
    span = document.value_span(keys)
    if kind == "extra_forbidden":
        key = str(last).partition(" (again at ")[0]
        comma = (_COMMA,) if value is None else ()
        notes = _allowed(key, keys_at(shape, tuple(holder)))
        if (*keys[-2:-1], key) == ("clock", "within"):
            notes = ("a chance within a time is the whole clock, as in clock: 30 % within 14 days",)
        complaints.add("E104", f"unknown key '{key}'", document.key_span(keys), *comma, *notes)
    elif kind == "missing":
        message = f"the key '{last}' is missing in {named if keys else 'this file'}"
        complaints.add("E105", message, document.key_span(keys), *_hint(shape, finding))
    elif kind == "string_pattern_mismatch":
        note = next((note for part, note in _PATTERNS.items() if part in context["pattern"]), "")
        span = document.key_span(keys) if last == "[key]" else span
        small = re.sub(r"\W+", "_", str(value).lower()).strip("_")
        better = (f"write '{small}'",) if small != value and re.search(context["pattern"], small) else ()
        complaints.add("E106", f"'{value}' will not do here", span, note, *better)
    elif kind == "literal_error":
        allowed = [part.strip().strip("'") for part in context["expected"].replace(" or ", ", ").split(", ")]
        complaints.add("E106", f"{named} cannot be {_shown(value)}", span, *_allowed(str(value), allowed))
    elif kind in ("too_short", "too_long") and not isinstance(value, str):
        has = counted(context.get("actual_length") or len(value), "item")
        complaints.add("E106", f"{named} has {has}", span, _expected(finding), *_hint(shape, finding))
    else:
        message = f"{named} cannot be {_shown(value)}" if keys else "this file is not of the right shape"
        comma = (_COMMA,) if keys and torn(keys[-1], value) else ()
        own = (NO_EFFECTS,) if keys[-1:] == ("effects",) and len(keys) == 3 and isinstance(keys[1], int) else ()
        if keys[:1] in (("remove",), ("replace",)) and isinstance(value, dict) and shape_at(shape, keys[:1]):
            own = (NAMES_ALONE,)
        complaints.add("E106", message, span, *comma, *(own or (_expected(finding), *_keys_of(shape, finding))))


def _expected(finding: Any) -> str:
    context = finding.get("ctx", {})
    item = "character" if isinstance(finding.get("input"), str) else "item"
    wanted = {
        "string_type": "a word or an expression",
        "int_type": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "dict_type": "a mapping of keys",
        "list_type": "a list",
        "model_type": "a mapping of keys",
        "finite_number": "a finite number",
        "too_short": f"at least {counted(context.get('min_length', 0), item)}",
        "too_long": f"at most {counted(context.get('max_length', 0), item)}",
    }
    kind = finding["type"]
    return "expected " + wanted.get(kind.replace("string_too", "too"), "something else here")


def _keys_of(shape: type[Shape], finding: Any) -> tuple[str, ...]:
    """Return the note of the keys of a mapping for which something else stands, if they are few."""
    keys = keys_at(shape, tuple(finding["loc"])) if finding["type"] == "model_type" else []
    return (f"its keys: {', '.join(keys)}",) if 0 < len(keys) <= FEW_KEYS else ()


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        value = str(value).lower()
    text = str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"


def _allowed(word: str, allowed: list[str]) -> tuple[str, ...]:
    notes = did_you_mean(word, allowed)
    if notes and notes[0].startswith("allowed"):
        return notes
    listed = ("allowed here: " + ", ".join(sorted(allowed)),) if allowed else ()
    return (*notes, *listed)


def _hint(shape: type[Shape], finding: Any) -> tuple[str, ...]:
    *holder, key = finding["loc"]
    field = field_of([shape_at(shape, tuple(holder))], key)
    return (f"{key}: {field.description}",) if field else ()
