"""What names an ensemble: canonical JSON, and the SHA-256 of its bytes.

Canonical means: keys in order, no spaces, UTF-8, floats as Python's shortest text that reads back the same, no NaN and
no infinity. So `sha256sum spec.json` prints the ensemble's id. Callers decide what belongs into a spec.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from sim.ledger.files import faults
from sim.ledger.files.stored import StorePath
from sim.ledger.segments.schema import FORMAT

Spec: TypeAlias = Mapping[str, Any]


def canonical(value: object) -> bytes:
    """Write any JSON value as canonical bytes; raises TypeError or ValueError, naming the place."""
    plain = _plain(value, "the spec")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def spec_content(spec: Spec, form: int = FORMAT) -> bytes:
    """Write a spec as it stands in the `spec.json` of an ensemble of that format."""
    assert "format" not in spec, "the key 'format' of a spec belongs to the ledger"
    return canonical({**spec, "format": form})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_spec(path: StorePath, identity: str) -> tuple[dict[str, Any], int]:
    """Read `spec.json`, and return the spec and the ensemble's format.

    Raise E703 if its SHA-256 is not `identity`, E704 if it is missing, E705 if it is newer.
    """
    data = faults.content(path, "run the ensemble again: it is written anew")
    if digest(data) != identity:
        raise faults.damaged(path, "was changed: its SHA-256 is not the name of its folder")
    spec = decoded(path, data)
    form: int = spec.pop("format")
    if form > FORMAT:
        raise faults.newer(path, form, FORMAT)
    return spec, form


def decoded(path: StorePath, data: bytes, remedy: str = faults.AGAIN) -> dict[str, Any]:
    """Read a JSON object that carries a `format`. Raise E703 if it is anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise faults.damaged(path, "is not JSON", remedy) from error
    if not isinstance(value, dict) or type(value.get("format")) is not int:
        raise faults.damaged(path, "is not a JSON object with a 'format'", remedy)
    return value


def _plain(value: object, place: str) -> object:
    match value:
        case None | bool() | int():
            return value
        case str():
            if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise ValueError(f"{place} holds a text that is not Unicode: {value!r}")
            return value
        case float():
            if not math.isfinite(value):
                raise ValueError(f"{place} holds {value}, which JSON cannot write")
            return value
        case Mapping():
            for key in value:
                if not isinstance(key, str):
                    raise TypeError(f"{place} has the key {key!r}, which is not text")
                _plain(key, place)
            return {key: _plain(item, f"{place}[{key!r}]") for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
    raise TypeError(f"{place} holds {value!r}, which is not a JSON value")
