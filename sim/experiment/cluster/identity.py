"""What driver and workers must have in common, so that all of them make the same runs.

The sources of all that a task may call are compared, since an edited copy has the same release. Commands, reports and
exports stay with the driver, and may differ.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeAlias

from sim import __version__
from sim.engines.sources import digest_of_sources
from sim.model.canonical import GENERATOR, SEMANTICS

# Tasks are made of these, and name them: a pickled task is read with the same text that wrote it.
DECISIVE = (
    "analysis", "build", "distributions", "engines", "errors.py", "experiment", "language", "ledger", "model",
    "numerics", "sql", "statistics", "study",
)  # fmt: skip

# Plain values, which any version of sim can read: release, meaning of models, random numbers, digest of the sources.
Identity: TypeAlias = tuple[str, int, str, str]


@cache
def identity() -> Identity:
    """Return what this process is."""
    return __version__, SEMANTICS, GENERATOR, sources(files("sim"))


def alike(one: object, other: Identity) -> bool:
    """Return whether two processes make the same runs. The release does not matter where the sources are the same."""
    return isinstance(one, tuple) and one[1:] == other[1:]


def described(answer: object) -> str:
    """Return what a process is, from what it answered or raised when it was asked for its identity."""
    match answer:
        case (str(release), int(semantics), str(generator), str(digest)):
            return f"has sim {release} (meaning {semantics}, {generator}, sources {digest[:12]})"
        case BaseException():
            return f"has no sim that can be asked: {first_line(answer)}"
    return f"answers {answer!r}"


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says; its kind if it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def sources(package: Traversable) -> str:
    """Return the SHA-256 of the sources that decide what runs come to, in hexadecimal."""
    return digest_of_sources(package, DECISIVE)
