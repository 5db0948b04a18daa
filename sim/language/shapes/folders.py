"""What is wrong with files of one folder together, though each of them may be fine by itself (E512)."""

from collections.abc import Iterable
from pathlib import Path

from sim.language.diagnostics import Diagnostic, LanguageError
from sim.language.files import meant_as
from sim.language.yaml.parser import read


def repeated_scenarios(files: Iterable[Path]) -> tuple[Diagnostic, ...]:
    """Return a complaint about each scenario file whose id another one in its folder has, the first of them apart.

    A file that cannot be read says so elsewhere.
    """
    first: dict[tuple[Path, str], str] = {}
    found = []
    for file in files:
        if not meant_as(file, "scenario"):
            continue
        try:
            document = read(file, str(file))
        except LanguageError:
            continue
        data = document.data
        if not isinstance(data, dict) or "scenario" not in data or "counterexample" in data:
            continue
        name, span = str(data["scenario"]), document.value_span(("scenario",))
        known = first.setdefault((file.parent, name), span.location)
        if known != span.location:
            message = f"two scenarios of this folder have the id '{name}'"
            wanted = "expected an id of its own for each: commands tell them apart by it"
            notes = (f"the first is at {known}", wanted)
            found.append(Diagnostic(code="E512", message=message, span=span, notes=notes))
    return tuple(found)
