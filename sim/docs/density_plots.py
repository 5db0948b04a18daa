"""Small pictures of distributions, as SVG: the density of what a quantile function gives, or bars for whole numbers.

Made of the project's own numbers, whose bits are the same on every machine, so that the pictures are, too.
"""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

WIDTH, HEIGHT, MARGIN = 360, 120, 10
BASE, TALLEST = 100, 88
STEPS = 240
CHANCES = 2000  # of which the share of each whole number is counted
LEAST, MOST = 0.004, 0.985  # the part of the probability that is drawn
HIGHEST = 4.0  # densities above so many times the median one are cut
INK, FILL = "#3355aa", "#c9d5f2"

Quantile = Callable[[float], float]


def density(quantile: Quantile, *, whole: bool = False, label: str = "") -> str:
    """Return the picture of a distribution by its quantile function of a chance in (0, 1)."""
    if whole:
        return _bars(quantile, label)
    values = [float(quantile(LEAST + (MOST - LEAST) * step / STEPS)) for step in range(STEPS + 1)]
    low, high = values[0], values[-1]
    if high - low < 1e-12:
        return _svg(f'<path d="M{WIDTH / 2:g} 10V{BASE}" stroke="{INK}" stroke-width="2"/>', low, high, label)

    def across(value: float) -> str:
        return f"{MARGIN + (WIDTH - 2 * MARGIN) * (value - low) / (high - low):.1f}"

    points = [((a + b) / 2, (MOST - LEAST) / STEPS / (b - a)) for a, b in pairwise(values) if b > a]
    usual = sorted(height for _, height in points)[len(points) // 2]
    top = min(max(height for _, height in points), HIGHEST * usual)
    line = [f"{across(x)},{BASE - TALLEST * min(height, top) / top:.1f}" for x, height in points]
    path = " ".join([f"{across(points[0][0])},{BASE}", *line, f"{across(points[-1][0])},{BASE}"])
    middle = across(float(quantile(0.5)))
    drawn = (
        f'<polyline points="{path}" fill="{FILL}" stroke="{INK}" stroke-width="1.5"/>\n'
        f'<path d="M{middle} 12V{BASE}" stroke="{INK}" stroke-dasharray="3 3"/>'
    )
    return _svg(drawn, low, high, label)


def _bars(quantile: Quantile, label: str) -> str:
    counted = Counter(int(quantile((step + 0.5) / CHANCES)) for step in range(CHANCES))
    low, high, most = min(counted), max(counted), max(counted.values())
    step = (WIDTH - 2 * MARGIN) / (high - low + 1)
    bars = [
        f'<rect x="{MARGIN + step * (value - low + 0.1):.1f}" y="{BASE - TALLEST * count / most:.1f}" '
        f'width="{step * 0.8:.1f}" height="{TALLEST * count / most:.1f}"/>'
        for value, count in sorted(counted.items())
    ]
    return _svg(f'<g fill="{FILL}" stroke="{INK}">{"".join(bars)}</g>', low, high, label)


def _svg(drawn: str, low: float, high: float, label: str) -> str:
    text = 'font-family="sans-serif" font-size="11" fill="#555555"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{label}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{drawn}\n'
        f'<path d="M5 {BASE}H{WIDTH - 5}" stroke="#888888"/>\n'
        f'<text x="{MARGIN}" y="115" {text}>{low:.3g}</text>\n'
        f'<text x="{WIDTH - MARGIN}" y="115" text-anchor="end" {text}>{high:.3g}</text>\n</svg>\n'
    )
