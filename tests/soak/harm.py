"""Files of a ledger that are harmed: bits that flip, files cut short or gone; then what comes next, and a repair."""

import signal
from pathlib import Path

from tests.ledger.faults.damage import files
from tests.soak.bench import Round, ensembles
from tests.soak.company import QUERY
from tests.soak.signals import CODES, wait_for_moment


def damage(round_: Round) -> str:
    """Harm one file of one ensemble, and let it be found and mended."""
    round_.finish(round_.writer(), {0})
    told, identity = _harm(round_)
    follows = round_.dice.choice(["repair", "readers", "the command", "two repairs", "a killed repair", "gc"])
    if follows == "the command":
        round_.finish(round_.writer(), {0, 1})
    elif follows == "two repairs":
        for running in [round_.sim("repair"), round_.sim("repair")]:
            round_.finish(running, {0, 1})
    elif follows == "a killed repair":
        running = round_.sim("repair")
        wait_for_moment(round_, running)
        running.send(signal.SIGKILL, "group")
        round_.finish(running, {0, 1} | CODES[signal.SIGKILL])
    elif follows == "readers":
        for argv in (("list",), ("verify",), ("query", QUERY, "--all"), ("outcomes", identity)):
            round_.finish(round_.sim(*argv), {0, 1})
    elif follows == "gc":
        round_.finish(round_.sim("gc", "--older-than", "0s"), {0, 1})
    return told


def _harm(round_: Round) -> tuple[str, str]:
    """Harm a file of one of the command's ensembles; say how, and which."""
    dice, watched = round_.dice, round_.watched
    round_.wrong += watched.look()
    round_.damaged = True
    told = round_.bench.undisturbed(round_.case, round_.size).told
    ensemble = watched.ledger.ensemble(dice.choice(sorted(ensembles(told))))
    kinds = {kind: paths for kind, paths in files(ensemble).items() if paths}
    kind = dice.choice(sorted(kinds))
    path = dice.choice(kinds[kind])
    how = dice.choice(["flipped", "flipped", "cut", "gone", "longer"])
    if how == "gone" and path == max(ensemble.manifests.iterdir()):
        watched.forget(ensemble.id)  # an older state is there, and is whole
    _change(round_, path, how)
    return f"{kind} {how}", ensemble.id


def _change(round_: Round, path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "gone":
        path.unlink()
        return
    if how == "flipped":
        for _ in range(round_.dice.choice([1, 1, 5])):
            content[round_.dice.randrange(len(content))] ^= 1 << round_.dice.randrange(8)
    elif how == "cut":
        del content[round_.dice.randrange(len(content)) :]
    else:
        content += round_.dice.randbytes(round_.dice.randrange(1, 40))
    path.write_bytes(content)
