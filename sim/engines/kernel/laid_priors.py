"""The tables of priors by which the kernel draws parameters, laid out once for a machine."""

from collections.abc import Sequence

from sim.distributions.priors import DRAWN
from sim.engines.kept import kept

FEWEST_KEPT = 5  # priors


def prepared(priors: Sequence[tuple[str, tuple[float, ...]]]) -> list[tuple[float, ...]]:
    """Return the tables of priors by their names and arguments. The making of each may take 2 ms, so they are kept."""

    def made() -> list[tuple[float, ...]]:
        return [DRAWN[name].prepare(*arguments) for name, arguments in priors]

    return kept("priors", (repr(priors),), made) if len(priors) >= FEWEST_KEPT else made()
