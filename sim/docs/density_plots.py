"""Small pictures of distributions, as SVG: the density of what a quantile function gives, or bars for whole numbers.

Made of the project's own numbers, whose bits are the same on every machine, so that the pictures are, too.
"""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

WIDTH, HEIGHT, BASE = 360, 120, 100
STEPS = 240
LEAST, MOST = 0.004, 0.985  # the part of the probability that is drawn
HIGHEST = 4.0  # densities above so many times the median one are cut
INK, FILL = "#3355aa", "#c9d5f2"

Quantile = Callable[[float], float]


def density(quantile: Quantile, *, whole: bool = False, label: str = "") -> str:
    """Return the picture of a distribution by its quantile function of a chance in (0, 1)."""
    values = [float(quantile(LEAST + (MOST - LEAST) * step / STEPS)) for step in range(STEPS + 1)]
    low, high = values[0], values[-1]
    if whole:
        return _svg(_bars(quantile), low, high, label, "")
    if high - low < 1e-12:
        return _svg(f'<path d="M{WIDTH / 2:g} 10V{BASE}" stroke="{INK}" stroke-width="2"/>', low, high, label, "")
    points = [((a + b) / 2, (MOST - LEAST) / STEPS / (b - a)) for a, b in pairwise(values) if b > a]
    usual = sorted(height for _, height in points)[len(points) // 2]
    top = min(max(height for _, height in points), HIGHEST * usual)
    path = " ".join(
        f"{10 + (WIDTH - 20) * (x - low) / (high - low):.1f},{BASE - 88 * min(height, top) / top:.1f}"
        for x, height in points
    )
    ends = [f"{10 + (WIDTH - 20) * (x - low) / (high - low):.1f},{BASE}" for x in (points[0][0], points[-1][0])]
    drawn = f'<polyline points="{ends[0]} {path} {ends[1]}" fill="{FILL}" stroke="{INK}" stroke-width="1.5"/>'
    return _svg(drawn, low, high, label, _median(quantile, low, high))


def _median(quantile: Quantile, low: float, high: float) -> str:
    x = 10 + (WIDTH - 20) * (float(quantile(0.5)) - low) / (high - low)
    return f'<path d="M{x:.1f} 12V{BASE}" stroke="{INK}" stroke-width="1" stroke-dasharray="3 3"/>'


def _bars(quantile: Quantile) -> str:
    counted = Counter(int(quantile((step + 0.5) / 2000)) for step in range(2000))
    low, high = min(counted), max(counted)
    step = (WIDTH - 20) / (high - low + 1)
    most = max(counted.values())
    bars = [
        f'<rect x="{10 + step * (value - low) + step * 0.1:.1f}" y="{BASE - 88 * count / most:.1f}" '
        f'width="{step * 0.8:.1f}" height="{88 * count / most:.1f}"/>'
        for value, count in sorted(counted.items())
    ]
    return f'<g fill="{FILL}" stroke="{INK}">{"".join(bars)}</g>'


def _svg(drawn: str, low: float, high: float, label: str, more: str) -> str:
    text = 'font-family="sans-serif" font-size="11" fill="#555555"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{label}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{drawn}\n{more}\n'
        f'<path d="M5 {BASE}H{WIDTH - 5}" stroke="#888888"/>\n'
        f'<text x="10" y="115" {text}>{low:.3g}</text>\n'
        f'<text x="{WIDTH - 10}" y="115" text-anchor="end" {text}>{high:.3g}</text>\n</svg>\n'
    )
