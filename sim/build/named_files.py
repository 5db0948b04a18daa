"""The files that a document names: whether they are there, how messages call them, and a document's sources file."""

import os.path
from pathlib import Path

from sim.build.context import Sources
from sim.build.evidence.source_files import load_sources
from sim.language.diagnostics import Complaints, Span
from sim.language.files import why_unfit
from sim.language.shapes.documents import ModelShape, PartShape
from sim.language.shapes.evidence import HistoryShape
from sim.language.shapes.load import Loaded
from sim.language.suggest import did_you_mean

LONGEST_CHAIN = 10  # of scenarios, or models, that extend each other


def sources_of(
    loaded: Loaded[ModelShape] | Loaded[PartShape] | Loaded[HistoryShape], complaints: Complaints
) -> Sources:
    """Load the sources file that a document names, if it names one; complain of what is wrong (E108: no such file).

    None where there is nothing left of the file, and then no citation is complained of.
    """
    named = loaded.shape.sources
    if named is None:
        return None
    found = None
    path = loaded.path.parent / named
    if not loaded.document.is_refused(("sources",)):
        span = loaded.document.value_span(("sources",))
        if is_file(path, named, f"there is no sources file '{named}'", span, complaints):
            found = load_sources(path, complaints, beside(loaded.document.path, named))
    if found is None:
        complaints.muted.add("E315")
    return found


def is_file(path: Path, named: str, missing: str, span: Span, complaints: Complaints) -> bool:
    """Return whether a path that a document names is of a file; complain (E108) if not, `missing` where none is."""
    found = why_unfit(path)
    if found:
        complaints.add("E108", f"'{named}' is {found}", span, "expected a YAML file")
    elif found is not None:
        complaints.add("E108", missing, span, *near(path))
    return found is None


def near(path: Path) -> tuple[str, ...]:
    """Return the notes that help somebody who named a file that is not there."""
    try:
        beside_it = [other.name for other in path.parent.glob("*.yaml") if why_unfit(other) is None]
    except (OSError, ValueError):
        return ()
    return did_you_mean(path.name, beside_it)


def beside(shown: str, named: str) -> str:
    """Return how messages call a file that is `named` in the file called `shown`: without detours by '..'."""
    return os.path.normpath(Path(shown).parent / named)


def real(path: Path) -> Path:
    """Return the path that links lead to, or the path itself where the system cannot say."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return path
