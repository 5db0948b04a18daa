"""Rules that do not say what they rest on (W335), where the model names no sources; where it does, that is an error."""

from collections.abc import Iterator
from itertools import groupby

from sim.build.builder import HOW_TO_GIVE_A_BASIS
from sim.build.warnings import warning
from sim.language.diagnostics import Diagnostic
from sim.language.shapes.documents import ModelShape, PartShape, ScenarioShape
from sim.language.shapes.load import Loaded

MOST_NAMED = 3


def rules_without_basis(loaded: Loaded[ModelShape] | Loaded[PartShape] | Loaded[ScenarioShape]) -> Iterator[Diagnostic]:
    """Warn once for each file of a document: of the first rules by name, and of how many there are."""
    document = loaded.document
    spans = [(document.key_span(("rules", name)), name) for name, rule in loaded.shape.rules.items() if not rule.basis]
    for _, found in groupby(sorted(spans, key=lambda one: one[0].path), key=lambda one: one[0].path):
        (first, name), *others = found
        message = f"the rule '{name}' has no basis"
        if others:
            names = ", ".join(f"'{other}'" for other in [name, *(other for _, other in others)][:MOST_NAMED])
            more = len(others) + 1 - MOST_NAMED
            message = f"{len(others) + 1} rules have no basis: {names}" + (f" and {more} more" if more > 0 else "")
        note = "a model that names its sources refuses that (E305)"
        yield warning("W335", message, first, HOW_TO_GIVE_A_BASIS, note)
