"""What is run: commands that make an ensemble or several, each with sizes to grow to."""

from dataclasses import dataclass
from pathlib import Path

from tests.dice import DICE
from tests.ledger.faults.farm import TOP

CROWD = """
model: crowd
title: People come and go, four hundred events in a run
time: {unit: day}
horizon: 100 days
factions: {crowd: {title: The crowd}}
state: {present: {type: int, range: [0, 100000], initial: 0}}
parameters:
  coming: {prior: {uniform: [1, 3]}, unit: 1/day, basis: {judgement: one to three a day}}
  leaving: {value: 0.2, unit: 1/day, basis: {judgement: five days on average}}
events:
  came: {by: crowd, effects: {present: present + 1}}
  left: {by: crowd, effects: {present: present - 1}}
rules:
  one_comes: {faction: crowd, clock: {rate: coming}, emits: came}
  one_leaves: {faction: crowd, when: present > 0, clock: {rate: leaving * present}, emits: left}
outcomes: {many: {when: present >= 20}}
measures: {comings: {count: [came]}, most: {max: present}}
"""
MODELS = {"dice.yaml": DICE, "crowd.yaml": CROWD}
LESOTHO = TOP / "scenarios" / "lesotho-2014"


@dataclass(frozen=True, slots=True)
class Case:
    """A command without its sizes; `sizes` are numbers of runs that it grows to, given by the option `grows`.

    `slow` is how many more runs the reference engine can make in some seconds.
    """

    name: str
    command: tuple[str, ...]
    sizes: tuple[int, ...]
    slow: int
    grows: str = "--runs"

    def argv(self, size: int, ledger: Path, *, engine: str, workers: int, keep: str | None = None) -> tuple[str, ...]:
        """Return the whole command. `keep` is for `sim run` alone."""
        kept = ("--keep", keep) if keep and self.command[0] == "run" else ()
        options = (self.grows, str(size), "--ledger", str(ledger), "--engine", engine, "--workers", str(workers))
        return (*self.command, *options, *kept, "--json")


def cases(folder: Path) -> tuple[Case, ...]:
    """Write the small models into a folder, and return all cases."""
    for name, text in MODELS.items():
        (folder / name).write_text(text, encoding="utf-8")
    dice, crowd = str(folder / "dice.yaml"), str(folder / "crowd.yaml")
    quo, hold = str(LESOTHO / "status-quo.yaml"), str(LESOTHO / "talks-hold.yaml")
    asked = ("outcomes", dice, "--outcome", "five: last == 5", "--measure", "end: last")
    return (
        Case("dice", ("run", dice), (500, 1000, 2500, 6000, 12000), slow=1500),
        Case("central dice", ("run", dice, "--central", "--seed", "5"), (700, 1300, 2600), slow=1300),
        Case("drawn dice", ("run", dice, "--runs", "100"), (4, 9, 21), slow=12, grows="--draws"),
        Case("asked dice", asked, (500, 1000, 2500), slow=1500),
        Case("crowd", ("run", crowd), (300, 800, 1600, 2400), slow=500),
        Case("lesotho", ("run", quo), (150, 550, 1100), slow=200),
        Case("scenarios", ("compare", quo, hold), (120, 550, 750), slow=120),
    )
