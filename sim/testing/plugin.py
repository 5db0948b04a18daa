"""The pytest plugin: `pytest scenarios/` collects the model.yaml of each case, a test for each check and base rate.

A scenario is collected where it is named by itself: `pytest scenarios/lesotho-2014/talks-hold.yaml`.
A file's checks are tried together, once, when the first of them is run. What is open, because runs neither contradict
nor show it, is skipped, with what they do show. With pytest-xdist each process tries them by itself, so `-n` saves no
time here.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import SimError
from sim.language.files import meant_as
from sim.language.visible import visible
from sim.testing.base_rates import RateVerdict
from sim.testing.session import BUDGETS, Report, Verdict, no_failure, try_checks
from sim.testing.subject import load_subject

_CLAIMING = ("checks", "base_rates")
_TAKING_OVER = ("extends", "use")  # keys by which a model has what other files declare


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the checks' budget and seed."""
    group = parser.getgroup("sim", "checks of simulation models")
    group.addoption("--sim-budget", choices=sorted(BUDGETS), default="default", help="How much is tried.")
    group.addoption("--sim-seed", type=int, default=1, help="The seed of what is tried.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "CaseFile | None":
    """Collect a model.yaml that has checks, or may take them over, or a scenario that is named by itself."""
    model = file_path.name == "model.yaml" and any(meant_as(file_path, key) for key in (*_CLAIMING, *_TAKING_OVER))
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
        if not subject.checks and not subject.base_rates and any(meant_as(self.path, key) for key in _TAKING_OVER):
            return  # it has none, and takes none over
        for check in (no_failure(), *subject.checks.values()):
            yield CheckItem.from_parent(self, name=check.name)
        for name in subject.base_rates:
            yield RateItem.from_parent(self, name=name)

    @property
    def report(self) -> Report:
        """What came of all checks and base rates that are to be run; the first call tries them."""
        if self._report is None:
            wanted = [item.name for item in self.session.items if item.parent is self]
            given = self.config.option
            self._report = try_checks(self.path, budget=given.sim_budget, seed=given.sim_seed, only=wanted, workers=1)
        return self._report


class CheckItem(pytest.Item):
    """One check."""

    def runtest(self) -> None:
        """Fail if the check is broken; skip if it is open."""
        assert isinstance(self.parent, CaseFile), "a check belongs to its file"
        verdict = next(one for one in self.parent.report.verdicts if one.check.name == self.name)
        if verdict.status == "broken":
            raise BrokenClaim(verdict)
        if verdict.status == "open":
            pytest.skip(visible(verdict.why))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any) -> Any:
        """Show a broken check as `sim test` would, without the traceback of this module."""
        if isinstance(excinfo.value, BrokenClaim | BrokenRate | SimError):
            return visible(str(excinfo.value))
        return super().repr_failure(excinfo, *arguments)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the check."""
        return self.path, None, f"check: {self.name}"


class RateItem(CheckItem):
    """One base rate."""

    def runtest(self) -> None:
        """Fail if the runs and the count exclude each other; skip if the runs do not tell."""
        assert isinstance(self.parent, CaseFile), "a base rate belongs to its file"
        verdict = next(one for one in self.parent.report.rates if one.rate.name == self.name)
        if verdict.status == "broken":
            raise BrokenRate(verdict)
        if verdict.status == "open":
            pytest.skip(visible(verdict.why))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the base rate."""
        return self.path, None, f"base rate: {self.name}"


class BrokenRate(Exception):
    """The runs of a model and a count of cases exclude each other."""

    def __init__(self, verdict: RateVerdict) -> None:
        rate = verdict.rate
        super().__init__(
            f"{rate.location}: the base rate '{rate.name}' is broken\n"
            f"   counted: {verdict.counted}, by {verdict.basis}\n"
            f"   '{rate.outcome}' in the model: {verdict.evidence}\n"
            f"   = {verdict.why}"
        )


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
