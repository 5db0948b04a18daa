"""What an expert said of a parameter, and what was fitted to it.

How laws are fitted and pooled is left to `sim.distributions.elicited`, what documents say to `sim.build.priors`.
"""

from dataclasses import dataclass

from sim.distributions.elicited.families import Fitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """What an expert said of a parameter, in its author's unit: chances and values, and the `laws` fitted, best first.

    `weight` is that of the expert in the pool: a share of 1.
    """

    name: str
    judged: tuple[tuple[float, float], ...]
    laws: tuple[Fitted, ...]
    weight: float
