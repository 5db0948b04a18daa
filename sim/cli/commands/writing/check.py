"""`sim check`: every complaint about files, or a line that says that they are fine."""

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from sim.cli import options
from sim.cli.terminal import fail_if, print_json, print_lines, show, warn
from sim.engines.kept import folder, kept
from sim.errors import SimError
from sim.language.counts import counted
from sim.language.diagnostics import Complaints, Diagnostic, LanguageError, file_order
from sim.study.targets import no_case

if TYPE_CHECKING:
    from sim.build.guesses.literals import LiteralNumber
    from sim.language.shapes.documents import PartShape
    from sim.model.model import Parameter

    _Known: TypeAlias = tuple[Mapping[str, Parameter], list[str]]

NOTHING: "_Known" = ({}, [])
COUNTEREXAMPLE = "counterexample"


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--literals", is_flag=True, help="List the numbers that are written as known in rules and effects, and count them."
)
@click.option(
    "--priors", is_flag=True, help="Show what is known about parameters: quantiles of priors, laws fitted to experts."
)
@options.as_json
def command(paths: tuple[Path, ...], literals: bool, priors: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Check model, part, scenario, history, sources and counterexample files; a folder means all its files.

    Every complaint about all files comes at once, with its line and column. Exits with 1 if there is an error; a
    warning says what is allowed and seldom meant, and stops nothing.

    `--priors` shows for each model what is known about its parameters, and for each scenario about those that it has
    otherwise, or adds in its own rules and events: the quantiles of every prior, and what experts said beside the laws
    that were fitted to it.

    \b
    Examples:  sim check scenarios/lesotho-2014
               sim check --priors scenarios/lesotho-2014/model.yaml
    """
    files = _files(paths)
    asked = (folder(), *map(str, files), str(literals), str(priors))
    found = kept("check", asked, partial(_checked, files, literals=literals, priors=priors), worth=_is_fine)
    if as_json:
        _print_data(found, literals=literals, priors=priors)
    else:
        _print(found, literals=literals, priors=priors)
    fail_if(found.errors)


@dataclass
class _Found:
    """What was found in files: what each of those is that are fine, and what there is to complain of.

    `known` has their parameters if they are to be shown, `numbers` what is written as known if that is to be listed.
    """

    fine: list[tuple[str, str]] = field(default_factory=list)
    known: "list[_Known]" = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    numbers: "tuple[LiteralNumber, ...]" = ()
    lasting: bool = True  # what made it is among the sources that decide whether it is believed again


def _is_fine(found: _Found) -> bool:
    return found.lasting and not found.errors


def _checked(files: list[Path], *, literals: bool, priors: bool) -> _Found:
    from sim.language.shapes.folders import repeated_scenarios

    found = _Found()
    for path in files:
        try:
            summary, warnings, parameters = _check(path)
            found.fine.append((str(path), summary))
            found.known.append(parameters if priors else NOTHING)
            found.warnings += warnings
            found.lasting = found.lasting and _kind(path) != COUNTEREXAMPLE
        except LanguageError as error:
            found.errors += error.diagnostics
        except SimError as error:  # about a file that no line of it can be blamed for
            found.errors.append(
                Diagnostic(code=error.code, message=error.message, span=None, notes=error.notes, path=str(path))
            )
    found.errors = sorted(dict.fromkeys([*found.errors, *repeated_scenarios(files)]), key=file_order)
    found.warnings = list(dict.fromkeys(found.warnings))
    found.numbers = _literals(files) if literals else ()
    return found


def _print_data(found: _Found, *, literals: bool, priors: bool) -> None:
    fine: list[dict[str, Any]] = [{"path": path, "summary": summary} for path, summary in found.fine]
    if priors:
        from sim.report.prior_tables import as_data

        for item, parameters in zip(fine, found.known, strict=True):
            item["priors"] = as_data(*parameters)
    listed: dict[str, Any] = {
        "errors": [error.as_data() for error in found.errors], "warnings": [one.as_data() for one in found.warnings],
    }  # fmt: skip
    if literals:
        from sim.report import literal_numbers

        listed["literals"] = literal_numbers.as_data(found.numbers)
    print_json({"fine": fine, **listed})


def _print(found: _Found, *, literals: bool, priors: bool) -> None:
    for (path, summary), parameters in zip(found.fine, found.known, strict=True):
        print_lines(f"{path}: fine: {summary}")
        if priors:
            from sim.report.prior_tables import tables

            for table in tables(*parameters):
                print_lines("")
                show(table)
    if literals and (found.numbers or not found.errors):  # what was not read may have some
        from sim.report import literal_numbers

        print_lines("")
        show(literal_numbers.table(found.numbers))
    warn(found.warnings)
    if found.errors:
        print_lines(str(LanguageError(found.errors)), err=True)


def _literals(files: list[Path]) -> "tuple[LiteralNumber, ...]":
    """Return the numbers that are written as known in models, parts and scenarios, as far as they can be read."""
    from sim.build.assembling.whole_models import read_model
    from sim.build.guesses.literals import literals_of
    from sim.language.shapes.documents import PartShape, ScenarioShape
    from sim.language.shapes.load import Loaded, load_rest

    found: dict[LiteralNumber, None] = {}
    for path in files:
        kind, complaints = _kind(path), Complaints()
        loaded: Loaded[Any] | None = None
        if kind == "model":
            whole = read_model(path, complaints)
            loaded = whole.loaded if whole else None
        elif kind in ("part", "scenario"):
            loaded = load_rest(path, PartShape if kind == "part" else ScenarioShape, complaints)
        if loaded is not None:
            found |= dict.fromkeys(literals_of(loaded.document, loaded.shape))
    return tuple(found)


def _kind(path: Path) -> str:
    """Return what kind of document a file is; a model if nothing in it says so."""
    from sim.language.yaml.parser import read

    data = read(path, str(path), Complaints()).data
    keys = data if isinstance(data, dict) else ()
    kinds = (COUNTEREXAMPLE, "scenario", "history", "model", "part", "sources")
    return next((one for one in kinds if one in keys), "model")


def _files(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            raise no_case(path, "holds no .yaml file")
        found += inside
    return list(dict.fromkeys(found))


def _check(path: Path) -> "tuple[str, tuple[Diagnostic, ...], _Known]":
    """Return what a file is, in a line, the warnings about it, and its parameters with the names of those to be shown.

    Raise LanguageError with what is wrong with it.
    """
    from sim.build.assembling.part_alone import checked_part
    from sim.build.evidence.source_files import checked_sources
    from sim.build.history import build_history
    from sim.build.model import checked_model
    from sim.build.named_files import sources_of
    from sim.build.scenario import load_scenario
    from sim.build.warnings.baseless import rules_without_basis
    from sim.build.warnings.untraceable import untraceable
    from sim.language.shapes.documents import PartShape, ScenarioShape
    from sim.language.shapes.evidence import HistoryShape
    from sim.language.shapes.load import load, load_rest
    from sim.testing.counterexamples import read_back

    kind = _kind(path)
    if kind == COUNTEREXAMPLE:
        kept = read_back(path)
        events = counted(len(kept.shape.events), "event")
        return f"counterexample of the check '{kept.check}': {events}, from '{kept.shape.begins}'", (), NOTHING
    if kind == "scenario":
        case = load_scenario(path)
        scenario, calendar = case.scenario, case.scenario.model.calendar
        past = counted(sum(event.kind == "documented" for event in scenario.past), "documented event")
        known = scenario.model.parameters
        otherwise = {*scenario.models_own, *scenario.added["parameters"]}
        shown = known, sorted(otherwise, key=lambda name: (known[name].unnamed, name))
        where = ("time " if calendar.origin is None else "") + calendar.moment(scenario.start)
        warnings = (*case.warnings, *rules_without_basis(load(path, ScenarioShape)))
        return f"scenario '{scenario.name}': branches at {where} after {past}", warnings, shown
    if kind == "history":
        complaints = Complaints()
        history = load_rest(path, HistoryShape, complaints)
        cited = sources_of(history, complaints) if history is not None else None
        if history is not None:
            build_history(history, cited, None, complaints)
        complaints.raise_any()
        assert history is not None, "a history was refused and nothing said"
        events = counted(len(history.shape.events), "documented event")
        left = "whether a model admits them is checked with its scenarios"
        about_sources = tuple(untraceable(cited)) if cited is not None else ()
        return f"history '{history.shape.history}': {events}; {left}", about_sources, NOTHING
    if kind == "part":
        return _summary_of(checked_part(path)), tuple(rules_without_basis(load(path, PartShape))), NOTHING
    if kind == "sources":
        sources, found = checked_sources(path)
        return f"sources '{sources.sources}'", found, NOTHING
    model, found = checked_model(path)
    if model.horizon is not None:  # it can be run by itself
        case = load_scenario(path)
        model, found = case.scenario.model, (*found, *case.warnings)
    uncertain = [name for name, parameter in model.parameters.items() if parameter.unnamed]
    counts: dict[str, Sized] = {
        "faction": model.factions, "state variable": model.variables,
        "parameter": [name for name in model.parameters if name not in uncertain],
        **({"uncertain number": uncertain} if uncertain else {}),
        "event type": model.events, "rule": model.rules, "outcome": model.outcomes, "measure": model.measures,
        "check": model.checks,
    }  # fmt: skip
    counts |= {"base rate": model.base_rates} if model.base_rates else {}
    shown_names = [*model.shown_order["parameters"], *uncertain]
    return f"model '{model.name}': {_listed(counts)}", found, (model.parameters, shown_names)


def _summary_of(part: "PartShape") -> str:
    counts: dict[str, Sized] = {
        "state variable": part.state, "parameter": part.parameters, "event type": part.events, "rule": part.rules,
        "outcome": part.outcomes, "measure": part.measures, "check": part.checks,
    }  # fmt: skip
    counts |= {"base rate": part.base_rates} if part.base_rates else {}
    needed = f"needs {counted(len(part.needs), 'name')}" if part.needs else "needs nothing"
    return f"part '{part.part}': {needed}; {_listed(counts)}; what it is filled in with is checked with its models"


def _listed(counts: Mapping[str, Sized]) -> str:
    return ", ".join(counted(len(items), name) for name, items in counts.items())
