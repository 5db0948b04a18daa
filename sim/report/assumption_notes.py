"""How outputs say what scenarios assume against their model: before one scenario's figures, below those of several.

The sentences are `sim.build.words.assumptions`'. A scenario that assumes nothing has no line.
"""

from collections.abc import Iterable, Sequence

from sim.build.words.assumptions import asked_beside, assumptions
from sim.model.scenario import Scenario

MOST_LISTED = 12  # assumptions of one scenario that are told one by one
MOST_BESIDE = 4  # and where it is one of several
MOST_IN_A_FOOT = 4  # scenarios
ASSUMED = "Assumed, against the model:"


def head(scenario: Scenario) -> list[str]:
    """Return the lines that stand before the figures of one scenario; none if it assumes and asks nothing more."""
    found = assumptions(scenario)
    lines = [ASSUMED, *(f"- {one}" for one in found[:MOST_LISTED])] if found else []
    if len(found) > MOST_LISTED:
        lines.append(f"- and {len(found) - MOST_LISTED} more, all of which `--json` gives")
    asked = asked_beside(scenario)
    return [*lines, *([f"Asked beside the model's questions: {_titles(asked)}."] if asked else [])]


def beside(scenarios: Iterable[Scenario]) -> str:
    """Return what several scenarios assume, a line for each that assumes anything; "" if none does."""
    lines = [f"- {one.title}: {in_a_line(one)}" for one in scenarios if assumptions(one)]
    return "\n".join([ASSUMED, *lines]) if lines else ""


def foot(scenarios: Sequence[Scenario]) -> str:
    """Return what the foot of a picture says of its scenarios; "" if they assume nothing, or too many do for a foot."""
    assuming = [one for one in scenarios if assumptions(one)]
    if not assuming or len(assuming) > MOST_IN_A_FOOT:
        return ""
    lines = [in_a_line(one) if len(scenarios) == 1 else f"'{one.title}': {in_a_line(one)}" for one in assuming]
    return f"{ASSUMED} {'. '.join(lines)}."


def in_a_line(scenario: Scenario) -> str:
    """Return what a scenario assumes in one line, with each moment said once: for a foot, or beside others."""
    found = assumptions(scenario)
    parts: dict[str, list[str]] = {}
    for one in found[:MOST_BESIDE]:
        parts.setdefault(one.moment, []).append(one.words)
    more = f"; and {len(found) - MOST_BESIDE} more" if len(found) > MOST_BESIDE else ""
    return "; ".join(f"{moment}: {'; '.join(words)}" for moment, words in parts.items()) + more


def _titles(titles: tuple[str, ...]) -> str:
    return ", ".join(f"'{title}'" for title in titles)
