"""What a number or a rule rests on, as every output writes it, and the share that a count of cases speaks for.

Owns the interval of a count: that of Clopper and Pearson, which covers no less often than it says.
"""

from sim.model.evidence.basis import Basis, CaseCount
from sim.statistics.estimates import LEVEL, clopper_pearson, percent


def share_interval(count: CaseCount, level: float = LEVEL) -> tuple[float, float]:
    """Return the ends of the interval of the share that a count speaks for.

    In at least `level` of all counts it holds the probability of a case, if the cases are exchangeable: if nothing but
    chance tells those in which it happened from the others. A count of no case at all gives an upper end alone.
    """
    return clopper_pearson(count.hits, count.cases, level)


def written_share(count: CaseCount) -> str:
    """Write the share of a count with its interval: `21.6 % (9.8 % to 38.2 %)`, `0 % (below 9.5 %)`."""
    low, high = share_interval(count)
    interval = f"{percent(low)} to {percent(high)}"
    if count.hits == 0:
        interval = f"below {percent(high, 'up')}"
    elif count.hits == count.cases:
        interval = f"above {percent(low, 'down')}"
    return f"{percent(count.hits / count.cases)} ({interval})"


def written_basis(basis: Basis, *, brief: bool = False) -> str:
    """Write a basis: `8 of 37 within 180 days (un-list, paragraph 4): 21.6 % (9.8 % to 38.2 %)`.

    A `brief` one has a judgement without its reason.
    """
    where = "judgement" if brief and basis.judgement else basis.where
    return where if basis.count is None else f"{basis.count} ({where}): {written_share(basis.count)}"
