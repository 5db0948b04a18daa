"""What to say of a folder in which a command finds nothing to work on: where below it there are cases."""

from pathlib import Path

from sim.errors import SimError

MOST_SHOWN = 12


def no_case(path: Path, lacks: str) -> SimError:
    """Return the error (E108) about a folder that lacks what a command needs; it names the cases below."""
    cases = cases_below(path)
    if not cases:
        return SimError("E108", f"the folder '{path}' {lacks}", "expected a case's folder; `sim new NAME` makes one")
    more = f", and {len(cases) - MOST_SHOWN} more" if len(cases) > MOST_SHOWN else ""
    notes = [
        "cases below it: " + ", ".join(map(str, cases[:MOST_SHOWN])) + more,
        f"name one of them, such as {cases[0]}",
    ]
    return SimError("E108", f"the folder '{path}' {lacks}", *notes)


def cases_below(path: Path) -> list[Path]:
    """Return the folders of cases up to two levels below one: those with a model.yaml."""
    return sorted({file.parent for pattern in ("*/model.yaml", "*/*/model.yaml") for file in path.glob(pattern)})
