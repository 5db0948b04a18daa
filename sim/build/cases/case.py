"""A case as it was built: a scenario ready to run, its history, the files behind both and the warnings about them.

`sim.build.scenario` makes it of documents; to hold one, or to read one back, needs none of what reads documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.language.diagnostics import Diagnostic
from sim.model.evidence.documented import History
from sim.model.scenario import Scenario

BASELINE = "status-quo"  # the scenario of this name is what the others of a folder are compared with
COMMAND_LINE = "the command line"  # how messages call a text of questions that stands in no file


@dataclass(frozen=True)
class Case:
    """A scenario ready to run, with the history that it branches from and the files that it was read from.

    `files` has each file's content, the scenario's own first. `warnings` say what in them is allowed and seldom meant.
    """

    scenario: Scenario
    history: History | None
    files: Mapping[Path, bytes]
    extension: str = ""
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def path(self) -> Path:
        """The file of the scenario."""
        return next(iter(self.files))
