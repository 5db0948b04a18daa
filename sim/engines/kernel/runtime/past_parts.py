"""What a scenario's past must define for `kept_past`: a declaration, as in a header, whose text `past_text` writes."""

from sim.engines.kernel.compiler.subset import Ints, Reals


def refold(f: Reals, n: Ints) -> None:
    """Fold again what in the past depends on parameters; all else stands as the past has left it. May raise."""
