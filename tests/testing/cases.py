"""A small case for the tests of `sim.testing`: two armies and an envoy, checks that hold, and slips that break them."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sim.build.cases.case import Case
from sim.build.scenario import load_scenario
from sim.testing.composed import ComposedRun
from sim.testing.explore import explore
from sim.testing.shrink import shrink
from sim.testing.subject import Subject, load_subject

FOLDER = Path(__file__).parent / "border"
HISTORIES = 300

# A slip for each check: what stands in the model, what stands there instead, and the events that break the check at
# the least: each is counted by hand.
SLIPS = {
    # A shot is possible at once.
    "shots_need_arms": ("when: armed and talks != signed, clock", "when: talks != signed, clock", 1),
    "talks_after_shots": ("on: [shots_fired], when: talks == none", "when: talks == none", 1),
    # The south arms, then one shot kills more than the next.
    "dead_stay_dead": ("{deaths: deaths + dead,", "{deaths: dead,", 3),
    "only_shots_kill": ("effects: {armed: true}", "effects: {armed: true, deaths: deaths + 1}", 1),
    "arms_make_no_trust": ("effects: {armed: true}", "effects: {armed: true, trust: 0.9 * trust}", 1),
    # The south arms, the north shoots, the envoy comes, the parties decide one way and then the other.
    "one_end": ("envoy\n    when: talks == open", "envoy\n    when: talks != none", 5),
    # The south arms, the north shoots, and anything happens after five days: a second shot, or the envoy herself.
    "envoy_is_quick": ("low: 1 day, high: 5 days", "low: 1 day, high: 6 days", 3),
    # Up to the accord it takes four events, and the army goes home late.
    "army_goes_home": ("low: 1 day, high: 4 days", "low: 1 day, high: 4.5 days", 5),
}

# Slips that only many runs, or a search that is in vain, can tell.
SLIPS_IN_RUNS = {
    "accord_is_likely": ("mean: 10 days", "mean: 200 days"),
    "skill_helps": (
        "weight: skill}, {event: talks_failed, weight: 1 - skill}",
        "weight: 1 - skill}, {event: talks_failed, weight: skill}",
    ),
    "all_alive": ("when: armed and talks == signed", "when: armed and talks == signed and deaths < 0"),
}


def written(folder: Path, slip: tuple[str, ...] | None = None, *, history: bool = False) -> Path:
    """Write the case into a folder, with a slip in its model if there is one, and return the model's file."""
    text = (FOLDER / "border.yaml").read_text(encoding="utf-8")
    if slip is not None:
        assert slip[0] in text
        text = text.replace(slip[0], slip[1], 1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    for name in ("history", "sources", "as-it-goes") if history else ():
        (folder / f"{name}.yaml").write_text((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder / "model.yaml"


def case(folder: Path, slip: tuple[str, ...] | None = None) -> Case:
    return load_scenario(written(folder, slip))


def subject(folder: Path, slip: tuple[str, ...] | None = None, *only: str) -> Subject:
    return load_subject(written(folder, slip), only)


@cache
def broken(check: str) -> tuple[Subject, ComposedRun]:
    """Return the model with the slip against a check, and the shortest history found that breaks it."""
    tried = subject(Path(mkdtemp()), SLIPS[check][:2], check)
    found = explore(tried, HISTORIES, 1, each=lambda run: check in run.breaches)
    return tried, shrink(tried, found.broken[check], check)
