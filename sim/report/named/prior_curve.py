"""A prior as a small curve of text: how dense it is from one end to the other."""

from collections.abc import Callable

BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII = " .:-=+*#%@"
CELLS = 32
DRAWN = 2_000  # quantiles that the curve is made of
ENDS = (0.005, 0.995)


def curve(quantile: Callable[[float], float], signs: str = BLOCKS, cells: int = CELLS) -> tuple[float, float, str]:
    """Return the ends of the curve, its quantiles at ENDS, and a sign for each of so many cells between them.

    The higher the sign, the denser the prior; a cell with any of it has a sign. The prior has no more than one value
    where both ends are the same: there is one sign then.
    """
    low, high = map(quantile, ENDS)
    if not low < high:
        return low, high, signs[-1]
    counts = [0] * cells
    for number in range(DRAWN):
        place = (quantile((number + 0.5) / DRAWN) - low) / (high - low)
        if 0.0 <= place <= 1.0:
            counts[min(int(place * cells), cells - 1)] += 1
    most = max(counts)
    return low, high, "".join(_sign(count / most, signs) for count in counts)


def _sign(height: float, signs: str) -> str:
    return signs[0] if height == 0.0 else signs[max(1, round(height * (len(signs) - 1)))]
