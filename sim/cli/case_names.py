"""`sim explain NAME` of a name of a case: where it is looked up, and its cards on the terminal.

Owns which case is meant, and how it is printed. What a card says is left to `sim.report.named`, pages and codes to
`commands/explaining/explain.py`.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from sim.cli.terminal import print_json
from sim.errors import SimError, UsageError
from sim.language.counts import counted
from sim.language.suggest import did_you_mean

if TYPE_CHECKING:
    from sim.explain.named_case import NamedCase
    from sim.ledger.files.stored import StorePath
    from sim.report.named.card import Card
    from sim.report.named.ensemble_figures import Figures

WIDEST = 110
MOST_CASES = 12  # below the current folder that are read for a name
MOST_NEAR = 5  # names like a word that are shown
CLOSE = 0.75  # of 1: how like, by difflib


class CaseNames:
    """The names of the case or cases that a question may be about."""

    def __init__(
        self, cases: "Sequence[NamedCase]", figures: "Figures | None" = None, broken: tuple[str, ...] = (),
        unasked: int = 0,
    ) -> None:  # fmt: skip
        """Look names up in these cases, with the figures of an ensemble.

        `broken` are folders that cannot be read, `unasked` how many cases are there that are too many to be read.
        """
        self.cases = cases
        self.unasked = unasked
        self.figures = figures
        self.broken = broken

    def all(self) -> set[str]:
        """Return all names of all cases."""
        return {name for case in self.cases for name in case.names()}

    def near(self, word: str) -> tuple[str, ...]:
        """Return the notes that help somebody who wrote what is not a name: names like it, or with it in them."""
        names = sorted(self.all())
        within = [name for name in names if _words(word) <= _words(name)]
        more = f", and {len(within) - MOST_NEAR} more" if len(within) > MOST_NEAR else ""
        if len(within) > 1:
            return (f"names with it in them: {', '.join(within[:MOST_NEAR])}{more}",)
        like = () if within else did_you_mean(word, names)
        meant = () if like else within or get_close_matches(word, names, n=1, cutoff=CLOSE)
        return like or tuple(f"did you mean '{name}'?" for name in meant)

    def explained(self, name: str, *, is_topic: bool, as_json: bool) -> bool:
        """Print what a name is, and return whether any of the cases has it."""
        found = [case for case in self.cases if case.named(name)]
        if not found:
            return False
        if len(found) > 1:
            _print_several(name, found, as_json=as_json)
            return True
        from sim.report.named.all_cards import cards

        shown = list(cards(found[0], name, self.figures, _signs()))
        if as_json:
            print_json({"what": name, "case": found[0].shown, "names": [card.as_data() for card in shown],
                        "also_a_topic": is_topic})  # fmt: skip
        else:
            _print(shown, found[0], name, is_topic=is_topic)
        return True


def names_of(case: Path | None, ensemble: str | None, ledger: "StorePath") -> CaseNames:
    """Return the names of a case, of an ensemble's case, or of what lies in the current folder and below it.

    Of the last those that cannot be read are left out, and all if there are more than MOST_CASES; any other case raises
    what is wrong with it.
    """
    from sim.study.named_cases import case_at, cases_here

    if ensemble is not None:
        if case is not None:
            raise UsageError("E013", "an ensemble has a case of its own", "leave --case or --ensemble out")
        return _of_ensemble(ensemble, ledger)
    if case is not None:
        return CaseNames([case_at(case)])
    found, broken = [], []
    here = cases_here(Path())
    if len(here) > MOST_CASES:
        return CaseNames([], unasked=len(here))
    for folder in here:
        try:
            found.append(case_at(folder))
        except SimError:
            broken.append(str(folder))
    return CaseNames(found, broken=tuple(broken))


def _words(name: str) -> set[str]:
    return {*re.split(r"[\W_]+", name.lower())}


def _of_ensemble(ensemble: str, ledger: "StorePath") -> CaseNames:
    from sim.experiment import reopen
    from sim.explain.named_case import NamedCase
    from sim.ledger.ledger import Ledger
    from sim.report.named.ensemble_figures import Figures
    from sim.study.plan import results_of, sealed

    opened = Ledger(ledger)
    experiment = reopen(opened.find(ensemble), opened)
    runs = sealed(experiment)
    if not runs:
        raise SimError("E708", f"ensemble {experiment.ensemble.id[:12]} has no runs yet", "`sim run` makes them")
    case = replace(experiment.case, scenario=experiment.scenario)
    named = NamedCase(case, f"ensemble {experiment.ensemble.id[:12]}", of_ensemble=True)
    return CaseNames([named], Figures(experiment, results_of(experiment, runs)))


def _signs() -> str:
    """Return the signs of curves that can be written on stdout."""
    from sim.report.named.prior_curve import ASCII, BLOCKS

    try:
        BLOCKS.encode(sys.stdout.encoding or "utf-8")
    except UnicodeError:
        return ASCII
    return BLOCKS


def width() -> int:
    """Return how many characters a line of a card has."""
    return min(get_terminal_size().columns, WIDEST)


def _print(shown: "Sequence[Card]", case: "NamedCase", name: str, *, is_topic: bool) -> None:
    lines: list[str] = []
    for card in shown:
        lines += [*card.lines(width()), ""]
    if is_topic:
        lines.append(f"The documentation has the word, too: sim explain --topic {name}")
    if case.unread:
        which, are = counted(case.unread, "scenario"), "is" if case.unread == 1 else "are"
        lines.append(f"{which} of the case cannot be read and {are} left out: sim check {case.shown}")
    click.echo("\n".join(lines).rstrip())


def _print_several(name: str, found: "Sequence[NamedCase]", *, as_json: bool) -> None:
    commands = [f"sim explain {name} --case {case.shown}" for case in found]
    if as_json:
        print_json({"what": name, "cases": [case.shown for case in found]})
        return
    click.echo("\n".join([f"{len(found)} cases here have the name '{name}'; --case says which is meant:", *commands]))


def print_names(names: CaseNames, *, as_json: bool) -> None:
    """Print all names of a case, by kind."""
    from sim.report.named.card import Card, entries
    from sim.report.named.link_texts import KINDS

    (case,) = names.cases
    by_kind: dict[str, list[str]] = {}
    for node in sorted(case.owners):
        family = node.name.partition("[")[0]
        if family in case.names() and family not in by_kind.setdefault(KINDS[node.kind], []):
            by_kind[KINDS[node.kind]].append(family)
    if as_json:
        data: dict[str, Any] = {"case": case.shown, "names": by_kind}
        print_json(data)
        return
    listed = entries(*((kind, ", ".join(found)) for kind in KINDS.values() if (found := by_kind.get(kind))))
    card = Card(name=case.model.name, kind="the names", case=case.shown, title=case.model.title, entries=listed)
    click.echo("\n".join(card.lines(width())))
