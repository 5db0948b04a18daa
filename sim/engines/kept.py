"""What was built from documents and found right is kept beside compiled code, so that it need not be built again.

It is believed only if it is what would be built now: from the same bytes of each document that was read, under the same
names in the same folder, by the same sources of sim, the same versions of Python and of what reads documents. It is
kept in the folder of `sim.engines.kernel.cache`, to which nobody else may write: like code, it could have anything run
here. What is wrong is not kept, so each complaint is found again. Where nothing can be kept, or what is kept is
damaged, documents are built each time, and nobody is told.
"""

import hashlib
import io
import os
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from sim import __version__
from sim.engines.kernel import cache as folder_of_code
from sim.engines.sources import digest_of_sources
from sim.language.files import UnfitError, document_bytes, noting

if TYPE_CHECKING:  # what is read back names its own modules
    from sim.build.cases.case import Case

MOST_KEPT = 100
LARGEST = 4_000_000  # bytes: what is larger is built each time, as scenarios that are built share their model
ENDING = ".built"
# The sources that decide what is kept here, and the modules that read documents and compute.
DECISIVE = ("build", "cli/commands/writing/check.py", "distributions", "engines", "errors.py", "experiment",
            "language", "ledger", "model", "numerics")  # fmt: skip
MODULES = ("numpy", "pydantic", "pydantic_core", "yaml")
T = TypeVar("T")


def kept_case(
    path: Path, shown: str | None = None, extension: str = "", *, own_branch: bool = True,
    extension_shown: str | None = None,
) -> "Case":  # fmt: skip
    """Return what `load_scenario` returns for these arguments. Raise what it raises."""
    shown = shown or str(path)

    def build() -> "Case":
        from sim.build.cases.case import COMMAND_LINE
        from sim.build.scenario import load_scenario

        called = extension_shown or COMMAND_LINE
        return load_scenario(path, shown, extension, own_branch=own_branch, extension_shown=called)

    return kept("case", (folder(), str(path), shown, extension, str(own_branch), extension_shown or ""), build)


def folder() -> str:
    """Return the current folder, from which documents are named; "" if it is gone, and then no document is found."""
    try:
        return os.getcwd()  # noqa: PTH109 - as fast as can be
    except OSError:
        return ""


def kept(
    what: str, arguments: Sequence[str], build: Callable[[], T], *, worth: Callable[[T], bool] = lambda built: True
) -> T:
    """Return what `build` returns, which depends on `arguments`, on the documents it reads and on sim itself alone.

    `what` tells one kind from another; what is not `worth` it is not kept. Raise what `build` raises.
    """
    name = _name(what, arguments)
    with suppress(OSError), folder_of_code.opened(silent=True) as place:
        data = place.read(name) if place and name else None
        if data is not None and (found := _believed(data)):
            return cast("T", found[0])
    with noting() as noted:
        built = build()
    documents = {str(path): _seen(path, content) for path, content in noted}
    if name and worth(built) and all(documents[str(path)] == _seen(path, content) for path, content in noted):
        _keep(name, documents, built)
    return built


def _keep(name: str, documents: Mapping[str, tuple[str, bytes]], built: object) -> None:
    try:
        data = pickle.dumps(documents) + pickle.dumps(built)
    except (RecursionError, MemoryError):  # so deep or so large that it is built each time
        return
    with suppress(OSError), folder_of_code.opened(make=True, silent=True) as place:
        if place and len(data) <= LARGEST:
            place.keep(name, data, MOST_KEPT)


def _believed(data: bytes) -> tuple[object] | None:
    """Return what was kept, if all documents are as they were when it was built."""
    stream = io.BytesIO(data)
    with suppress(UnfitError, OSError, ValueError):
        documents = pickle.load(stream)  # noqa: S301 - from a folder to which nobody else may write
        if all(_seen(Path(path), document_bytes(Path(path))) == known for path, known in documents.items()):
            return (pickle.load(stream),)  # noqa: S301 - likewise
    return None


def _seen(path: Path, content: bytes) -> tuple[str, bytes]:
    """Return where a path leads, and the digest of what was read there."""
    return os.path.realpath(path), hashlib.sha256(content).digest()


def _name(what: str, arguments: Sequence[str]) -> str:
    """Return the name of a file for what is built of these arguments here and now; "" where it cannot be told."""
    try:
        parts = (what, *arguments, *_here())
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest() + ENDING
    except (OSError, ValueError):
        return ""


@cache  # a process has the functions that it has loaded, whatever is written to their files meanwhile
def _here() -> tuple[str, ...]:
    """Return what this process is: sim's sources, Python, and the modules that others wrote."""
    return (__version__, digest_of_sources(files("sim"), DECISIVE), sys.version, *map(_version, MODULES))


def _version(module: str) -> str:
    """Return what tells one version of an installed module from another, without loading it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    found = os.stat(spec.origin)  # noqa: PTH116 - as fast as can be
    return repr((spec.origin, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
