"""`sim copy`: a ledger, or some of its ensembles, in another place."""

from collections.abc import Sequence
from typing import Any

import click

from sim.cli import options
from sim.cli.terminal import fail_if, print_json, print_lines, problem_as_data, progresses, sealed_as_data, stoppable
from sim.errors import LedgerError
from sim.language.counts import counted
from sim.ledger.copying import Copied, check_apart, copy
from sim.ledger.ensemble import Ensemble
from sim.ledger.files.paths import as_option, place
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger


@click.command("copy")
@click.argument("source", type=place)
@click.argument("target", type=place)
@click.argument("ensembles", nargs=-1)
@options.as_json
def command(source: StorePath, target: StorePath, ensembles: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """Copy ENSEMBLES, or all, of the ledger SOURCE to TARGET: folders, or s3://bucket/prefix.

    TARGET may have other ensembles, or some of these: only what is missing is copied, and nothing is ever written
    over. Each file is held against its digest, and the runs count once a manifest lists them, so a copy that was
    stopped is a sound, smaller ledger; the same command goes on from there. SOURCE may grow meanwhile.

    An ensemble that branches from a run of another takes that one along.

    \b
    Examples:  sim copy s3://bucket/ledger copied
               sim copy ledger s3://bucket/ledger 3f9a a702
    """
    check_apart(source, target)
    opened_ledger, other = Ledger(source), Ledger(target)
    done: list[Copied] = []
    with stoppable(lambda: "stopped: what is copied stays, and the same command goes on from there"):
        chosen = opened_ledger.chosen(ensembles)
        if not chosen:
            raise LedgerError("E701", f"there is no ensemble in {source}", "expected a ledger, such as `ledger`")
        for ensemble in _with_origins(opened_ledger, chosen):
            one = copy(ensemble, other, progresses(f"copy {ensemble.id[:12]}", "files"))
            done.append(one)
            if not as_json:
                _print(one)
    files, large = sum(one.files for one in done), sum(one.size for one in done)
    if as_json:
        listed = [_as_data(one) for one in done]
        print_json({"source": str(source), "target": str(target), "ensembles": listed})
    else:
        of = f"{counted(len(done), 'ensemble')} of {source} to {target}"
        copied = f"copied {counted(files, 'file')}, {counted(large, 'byte')},"
        wrote = copied if files else "there was nothing left to copy"
        print_lines(f"{wrote} of {of}")
        print_lines(f"   = see it: sim list{as_option(target)}")
    fail_if(any(one.problems for one in done))


def _with_origins(ledger: Ledger, chosen: Sequence[Ensemble]) -> list[Ensemble]:
    """Add the ensembles that these branch from, each before what branches from it."""
    found: dict[str, Ensemble] = {}
    for ensemble in chosen:
        line = [ensemble]
        while origin := _origin(line[-1]):
            line.append(ledger.ensemble(origin))
        found |= {one.id: one for one in reversed(line) if one.id not in found}
    return list(found.values())


def _origin(ensemble: Ensemble) -> str | None:
    try:
        branch = ensemble.spec.get("branch")
    except LedgerError:
        return None  # copying it will say what is wrong
    return branch[0] if branch else None


def _print(one: Copied) -> None:
    manifest = one.manifest
    runs = counted(sum(map(len, manifest.runs)), "run") if manifest else "no runs"
    scenario = f" of '{manifest.provenance['scenario']}'" if manifest and manifest.provenance.get("scenario") else ""
    root = f", digest {manifest.root[:12]}" if manifest else ""
    wrote = f"{counted(one.files, 'file')}, {counted(one.size, 'byte')}"
    said = f"copied {wrote}" if one.files else "nothing copied" if one.problems else "was there already"
    print_lines(f"ensemble {one.source.id[:12]}: {runs}{scenario}{root}: {said}")
    for problem in one.problems:
        print_lines(str(problem), err=True)


def _as_data(one: Copied) -> dict[str, Any]:
    return {
        **sealed_as_data(one.source.id, one.manifest), "files": one.files, "bytes": one.size,
        "problems": [*map(problem_as_data, one.problems)],
    }  # fmt: skip
