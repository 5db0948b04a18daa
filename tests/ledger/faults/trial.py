"""A kind of fault: how often it was tried, what came of it, and what was wrong."""

import os
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Trial:
    what: str
    tried: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, end: str, *wrong: str) -> None:
        """Count one try, and what it came to."""
        self.tried += 1
        self.ends[end] += 1
        self.wrong += wrong

    def line(self) -> str:
        """Write the trial as a row of the table."""
        ends = ", ".join(f"{count:,} {end}" for end, count in self.ends.most_common())
        lost = f"{len(self.wrong)}: {self.wrong[0]}" if self.wrong else "nothing"
        return f"| {self.what} | {self.tried:,} | {ends} | {lost} |"


# Where ledgers are tried: in memory, if there is such a folder. No trial takes the power away, so none needs a disk
# that lasts, and forcing files to one is most of the time that they would take.
PLACE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

HEADING = "| fault | tried | what came of it | lost or wrong |\n|---|---|---|---|"
