"""What the text of a model must define for the walk. It is a declaration, as in a header."""

from sim.engines.kernel.compiler.subset import Ints, Reals


def value(f: Reals, n: Ints, part: int) -> float:
    """Return the value of a part of the model in the frame. May raise: the part has no value there."""
    raise NotImplementedError
