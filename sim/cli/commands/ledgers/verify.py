"""`sim verify`: is every file of a ledger as it was written, and are the runs of a digest in it?"""

from collections.abc import Sequence
from typing import Any

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import (
    fail_if,
    leftover_as_data,
    print_json,
    print_lines,
    problem_as_data,
    progresses,
    sealed_as_data,
)
from sim.engines.protocol import Name
from sim.errors import LedgerError, SimError, UsageError
from sim.experiment.against import compare_with
from sim.experiment.examine_whole import ANOTHER_SIM, examine_whole
from sim.language.counts import counted
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import mended_by
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.leftovers import WORDS, Leftover, leftovers, unknown_files
from sim.ledger.manifest import Manifest
from sim.ledger.segments.roots import FEWEST_DIGITS, Rooted, with_root


@click.command("verify")
@click.argument("ensembles", nargs=-1)
@click.option(
    "--root", "digest", metavar="DIGEST", help=f"Look for the runs of this digest; {FEWEST_DIGITS} digits will do."
)
@click.option(
    "--against", type=(click.Choice(["reference", "kernel"]), Count(1)), metavar="ENGINE RUNS",
    help="Make so many of the runs again on this engine, too, and compare their logs.",
)  # fmt: skip
@options.workers
@options.ledger
@options.as_json
def command(
    ensembles: tuple[str, ...], digest: str | None, against: tuple[Name, int] | None, workers: int | None,
    ledger: StorePath, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Check every digest and checksum of ENSEMBLES, or of all in the ledger, down to every row, and say what is wrong.

    Each is opened, too, as the commands that read it do: its documents must mean what its id says.

    With --root, say which ensemble has the runs of a digest, and how many they are: all of it, or its first ones. What
    `sim run` and `sim list` print of a digest is enough. That ensemble is checked, too.

    With --against, a sample of the runs is made again on an engine: their logs must be the stored ones, bit for bit.

    Files that are not part of an ensemble, such as those that a stopped process left, are noted; they do no harm.

    \b
    Examples:  sim verify
               sim verify 3f9a --ledger ledger
               sim verify --root 09f7ed2ddbdb
               sim verify 3f9a --against reference 50
    """
    opened_ledger = Ledger(ledger)
    chosen = opened_ledger.chosen(ensembles)
    if digest is not None and against is not None:
        raise UsageError("E013", "--root looks for runs, --against makes some again", "leave one of the two out")
    if digest is not None:
        _answer(digest, chosen, opened_ledger, as_json=as_json)
        return
    if not chosen and not as_json:
        print_lines(f"no ensembles in '{ledger}'; `sim run SCENARIO` makes one")
    tell = progresses("verify", "ensembles")
    found = []
    for done, ensemble in enumerate(chosen):
        tell(done, len(chosen))
        found.append(_checked(ensemble, opened_ledger))
    tell(len(chosen), len(chosen))
    for item, ensemble in zip(found, chosen, strict=True):
        if against is not None and not item["problems"] and not item["another_sim"]:
            made = compare_with(ensemble, opened_ledger, *against, workers=workers, progress=progresses("compare"))
            item["against"] = {"engine": made.engine, "runs": len(made.runs), "different": list(made.different)}
            item["problems"] += [problem_as_data(made.problem)] if made.problem else []
    notes = [] if ensembles else [*map(leftover_as_data, unknown_files(opened_ledger))]
    if as_json:
        print_json({"ensembles": found, "notes": notes})
    else:
        for item in found:
            _print(item, ledger)
        _print_notes(notes)
    fail_if(any(item["problems"] for item in found))


def _checked(ensemble: Ensemble, opened_ledger: Ledger) -> dict[str, Any]:
    findings = examine_whole(ensemble, opened_ledger)
    other = [one.problem for one in findings if one.problem.code == ANOTHER_SIM]
    problems = [one.problem for one in findings if one.problem.code != ANOTHER_SIM]
    manifest: Manifest | None = None
    notes: tuple[Leftover, ...] = ()
    try:
        manifest = ensemble.manifest()
        notes = leftovers(ensemble, manifest)
    except LedgerError as problem:
        if problem.code not in {known.code for known in problems}:
            problems.append(problem)
    return {
        **sealed_as_data(ensemble.id, manifest),
        "problems": [*map(problem_as_data, problems)],
        "another_sim": [*map(problem_as_data, other)],
        "mendable": any(finding.what != "opening" for finding in findings),
        "notes": [*map(leftover_as_data, notes)],
    }


def _print(item: dict[str, Any], ledger: StorePath) -> None:
    short, said = item["ensemble"][:12], "all is well"
    if item["problems"]:
        said = f"{len(item['problems'])} wrong"
    elif item["another_sim"]:
        said = "its files are as they were written, and this sim cannot open it"
    scenario = f" of '{item['scenario']}'" if item["scenario"] else ""
    root = f", digest {item['root'][:12]}" if item["root"] else ""
    print_lines(f"ensemble {short}: {counted(item['runs'], 'run')}{scenario}{root}: {said}")
    for problem in (*item["problems"], *item["another_sim"]):
        print_lines(str(LedgerError(problem["code"], problem["message"], *problem["notes"])))
    if "against" in item:
        made, engine = item["against"]["runs"], item["against"]["engine"]
        same = made - len(item["against"]["different"])
        print_lines(f"   {same:,} of {made:,} runs made again on the {engine} engine are the same, bit for bit")
    if item["mendable"]:
        print_lines(f"   = mend it: {mended_by(ledger, short)}")
    _print_notes(item["notes"])


def _print_notes(notes: list[dict[str, Any]]) -> None:
    for kind, words in WORDS.items():
        those = [note for note in notes if note["kind"] == kind]
        if those:
            files, large = counted(len(those), "file"), counted(sum(note["bytes"] for note in those), "byte")
            print_lines(f"   note: {files}, {large}: {words}; such as {those[0]['file']}")


def _answer(digest: str, chosen: Sequence[Ensemble], opened_ledger: Ledger, *, as_json: bool) -> None:
    beginning = digest.strip().lower()
    if not FEWEST_DIGITS <= len(beginning) <= 64 or set(beginning) - set("0123456789abcdef"):
        note = f"expected {FEWEST_DIGITS} to 64 of 0-9 and a-f"
        raise UsageError("E019", f"'{digest}' is not the beginning of a digest", note)
    found: list[Rooted] = []
    problems: list[SimError] = []
    for ensemble in chosen:
        try:
            here = list(with_root(ensemble, beginning))
        except LedgerError as problem:
            problems.append(problem)
            continue
        found += here
        problems += [one.problem for one in examine_whole(ensemble, opened_ledger)] if here else ()
    if as_json:
        matches = [
            {"ensemble": one.ensemble.id, "runs": one.runs, "root": one.root, "all": one.everything} for one in found
        ]
        print_json({"found": matches, "problems": [*map(problem_as_data, problems)]})
    else:
        for one in found:
            which = f"{one.ensemble.id[:12]}, {'all that it has' if one.everything else 'the first of it'}"
            print_lines(f"found: {counted(one.runs, 'run')} of ensemble {which}; digest {one.root}")
        for wrong in problems:
            print_lines(str(wrong))
        if not found:
            print_lines(f"not found: no runs here have a digest that begins with {beginning}")
            for ensemble in chosen:
                print_lines(f"   = {_there(ensemble)}")
    fail_if(problems or not found)


def _there(ensemble: Ensemble) -> str:
    short = ensemble.id[:12]
    try:
        manifest = ensemble.manifest()
    except LedgerError as problem:
        return f"ensemble {short}: {problem.code}"
    if manifest is None:
        return f"ensemble {short} has no runs"
    return f"ensemble {short} has {counted(sum(map(len, manifest.runs)), 'run')}, digest {manifest.root[:12]}"
