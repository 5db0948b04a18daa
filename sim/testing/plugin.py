"""The pytest plugin: `pytest scenarios/` collects the model.yaml of each case, with one test for each of its checks.

A scenario is collected where it is named by itself: `pytest scenarios/lesotho-2014/talks-hold.yaml`.
A file's checks are tried together, once, when the first of them is run. A check that runs neither contradict nor show
is skipped, with what they do show. With pytest-xdist each process tries them by itself, so `-n` saves no time here.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import SimError
from sim.language.visible import visible
from sim.language.yaml.parser import meant_as
from sim.testing.session import BUDGETS, Report, Verdict, no_failure, try_checks
from sim.testing.subject import load_subject

_TAKING_OVER = ("extends", "use")  # keys by which a model has what other files declare


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the checks' budget and seed."""
    group = parser.getgroup("sim", "checks of simulation models")
    group.addoption("--sim-budget", choices=sorted(BUDGETS), default="default", help="How much is tried.")
    group.addoption("--sim-seed", type=int, default=1, help="The seed of what is tried.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CaseFile | None":
    """Collect a model.yaml that has checks, or may take them over, or a scenario that is named by itself."""
    model = file_path.name == "model.yaml" and any(meant_as(file_path, key) for key in ("checks", *_TAKING_OVER))
    named = file_path.suffix in (".yaml", ".yml") and parent.session.isinitpath(file_path)
    if not model and not (named and meant_as(file_path, "scenario")):
        return None
    file: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return file


class CaseFile(pytest.File):
    """The checks of one model, under one scenario or by itself."""

    _report: Report | None = None

    def collect(self) -> Iterable["CheckItem"]:
        """Yield a test for each check."""
        try:
            subject = load_subject(self.path)
        except SimError as error:
            raise self.CollectError(visible(str(error))) from None
        if not subject.checks and any(meant_as(self.path, key) for key in _TAKING_OVER):
            return  # it has none, and takes none over
        for check in (no_failure(), *subject.checks.values()):
            yield CheckItem.from_parent(self, name=check.name)

    def verdict(self, name: str) -> Verdict:
        """Return what came of a check; the first call tries all those that are to be run."""
        if self._report is None:
            wanted = [item.name for item in self.session.items if item.parent is self]
            given = self.config.option
            self._report = try_checks(self.path, budget=given.sim_budget, seed=given.sim_seed, only=wanted, workers=1)
        return next(verdict for verdict in self._report.verdicts if verdict.check.name == name)


class CheckItem(pytest.Item):
    """One check."""

    def runtest(self) -> None:
        """Fail if the check is broken; skip if it is open."""
        assert isinstance(self.parent, CaseFile), "a check belongs to its file"
        verdict = self.parent.verdict(self.name)
        if verdict.status == "broken":
            raise BrokenClaim(verdict)
        if verdict.status == "open":
            pytest.skip(visible(verdict.why))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any) -> Any:
        """Show a broken check as `sim test` would, without the traceback of this module."""
        if isinstance(excinfo.value, BrokenClaim | SimError):
            return visible(str(excinfo.value))
        return super().repr_failure(excinfo, *arguments)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the check."""
        return self.path, None, f"check: {self.name}"


class BrokenClaim(Exception):
    """A check is broken."""

    def __init__(self, verdict: Verdict) -> None:
        check = verdict.check
        events = verdict.run.log[1:] if verdict.run else ()
        lines = [
            f"{check.location}: the check '{check.name}' is broken",
            f"   {check.claim}",
            f"   because {check.because}",
            f"   = {verdict.why}",
            *(f"   {event.time:12.4f}  {event.rule or event.kind}: {event.type}" for event in events),
        ]
        if verdict.file:
            lines.append(f"   = see it: sim test {verdict.file}")
        super().__init__("\n".join(lines))
