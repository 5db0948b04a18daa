"""Which scenario files a path on the command line means: a file is itself, a folder is all its scenarios."""

from pathlib import Path

from sim.errors import SimError
from sim.language.suggest import did_you_mean


def scenarios_in(paths: tuple[Path, ...]) -> list[Path]:
    """Return the scenario files that the paths name, in order; a folder's in order of names.

    Raise SimError E108 for a folder without scenarios and for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.glob("*.yaml")) if _is_scenario(file)]
            if not inside:
                inner = sorted(str(other.parent) for other in path.glob("*/model.yaml"))
                notes = ["cases below it: " + ", ".join(inner[:12])] if inner else ["expected a case's folder"]
                raise SimError("E108", f"the folder '{path}' holds no scenario", *notes)
            found += inside
        elif path.exists():
            found.append(path)
        else:
            beside = [str(other) for other in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
            raise SimError("E108", f"there is no file or folder '{path}'", *did_you_mean(str(path), beside))
    return list(dict.fromkeys(found))


def _is_scenario(path: Path) -> bool:
    """Say whether a file is meant as a scenario, right or wrong: its first keys are enough to tell."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return any(line.startswith("scenario:") for line in file)


def named(target: str) -> list[Path | str]:
    """Return the scenario files that a target means, or the target itself where it can be an ensemble's id."""
    path = Path(target)
    return [*scenarios_in((path,))] if path.exists() or "/" in target or path.suffix else [target]
