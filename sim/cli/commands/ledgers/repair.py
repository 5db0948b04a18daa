"""`sim repair`: what is damaged in a ledger is set aside, and its runs are made again."""

import click

from sim.cli import options
from sim.cli.terminal import fail_if, print_json, print_lines, problem_as_data, progresses
from sim.experiment import Repair, repair
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger


@click.command("repair")
@click.argument("ensembles", nargs=-1)
@options.ledger
@options.workers
@options.as_json
def command(ensembles: tuple[str, ...], ledger: StorePath, workers: int | None, as_json: bool) -> None:  # noqa: FBT001
    """Mend ENSEMBLES, or all in the ledger: set damaged files aside, and make their runs again.

    Runs that are made again must have the digests that they were sealed with; where they have not, their file stays as
    it is. What is set aside is in the ensemble's folder `quarantine`. Called again, or after it was stopped, it goes on
    where it was.

    \b
    Examples:  sim repair
               sim repair 3f9a --ledger ledger
    """
    opened_ledger = Ledger(ledger)
    found = {
        ensemble: repair(ensemble, opened_ledger, workers=workers, progress=progresses("repair"))
        for ensemble in opened_ledger.chosen(ensembles)
    }
    # A branch from a run needs the ensemble of that run, which may have been mended after it was looked for.
    while again := [one for one in found.values() if one.left and any(other.done for other in found.values())]:
        before = sum(len(one.done) for one in found.values())
        for one in again:
            once_more = repair(one.ensemble, opened_ledger, workers=workers, progress=progresses("repair"))
            found[one.ensemble] = Repair(one.ensemble, [*one.done, *once_more.done], once_more.left)
        if sum(len(one.done) for one in found.values()) == before:
            break
    if as_json:
        print_json([
            {"ensemble": one.ensemble.id, "done": one.done, "left": [*map(problem_as_data, one.left)]}
            for one in found.values()
        ])  # fmt: skip
    else:
        for one in found.values():
            _print(one)
    fail_if(any(one.left for one in found.values()))


def _print(one: Repair) -> None:
    said = f"{len(one.left)} still wrong" if one.left else "mended" if one.done else "nothing to mend"
    print_lines(f"ensemble {one.ensemble.id[:12]}: {said}")
    for line in one.done:
        print_lines(f"   {line}")
    for error in one.left:
        print_lines(str(error))
