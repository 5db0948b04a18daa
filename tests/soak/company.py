"""Commands at the same ledger at the same time: rivals, readers, `sim gc`, `sim repair`, `sim verify`."""

import signal

from tests.soak.bench import Round, ensembles
from tests.soak.processes import Running
from tests.soak.signals import CODES, wait_for_moment

QUERY = "SELECT ensemble, ended, count(*) FROM runs GROUP BY ensemble, ended"


def rivals(round_: Round) -> str:
    """Two or three commands make the same runs; one is killed at a random moment, the others come to the end."""
    commands = [round_.writer() for _ in range(round_.dice.choice([2, 2, 3]))]
    victim = round_.dice.choice(commands) if round_.dice.random() < 0.7 else None
    if victim:
        wait_for_moment(round_, victim)
        victim.send(signal.SIGKILL, "group")
    for running in commands:
        round_.finish(running, {0} if running is not victim else {0} | CODES[signal.SIGKILL])
    return "one killed" if victim and victim.code else "all came to the end"


def collecting(round_: Round) -> str:
    """`sim gc` goes over the ledger while a command writes, and leaves alone what is young."""
    running = round_.writer()
    told = _meanwhile(round_, running, ("gc", "--older-than", round_.dice.choice(["1d", "5m"])))
    round_.finish(running, {0})
    return told


def collecting_all(round_: Round) -> str:
    """`sim gc --older-than 0s` takes from under a command what it is about to seal: that is made again, the rest stays.

    A file may go in the moment between its writer's last look and its sealing. So no more is expected of the runs that
    this command makes than of any that are lost: that they are missed, and come out as they were.
    """
    running = round_.writer()
    told = _meanwhile(round_, running, ("gc", "--older-than", "0s"))
    round_.finish(running, {0, 1})
    round_.damaged = True  # what was sealed before this round must be there all the same
    return f"{told}, the command {'done' if running.code == 0 else 'refused'}"


def checking(round_: Round) -> str:
    """`sim verify`, `sim repair` or both go over the ledger while a command writes: nothing is wrong."""
    running = round_.writer()
    commands = round_.dice.choice([[("verify",)], [("repair",)], [("verify",), ("repair",), ("gc",)]])
    told = _meanwhile(round_, running, *commands)
    round_.finish(running, {0})
    return told


def reading(round_: Round) -> str:
    """Reading commands see what is sealed at their moment, while another writes."""
    identities = sorted(ensembles(round_.bench.undisturbed(round_.case, round_.size).told))
    there = [one for one in identities if round_.watched.sealed.get(one)]
    running = round_.writer()
    commands: list[tuple[str, ...]] = [("list",), ("verify",)]
    if there:
        commands += [("query", QUERY, there[0]), ("query", "@outcomes", there[0]), ("log", there[0], "--run", "0")]
    told = _meanwhile(round_, running, *round_.dice.sample(commands, 2))
    round_.finish(running, {0})
    return told


def killed_readers(round_: Round) -> str:
    """A command that reads, checks or collects is killed: nothing is the worse for it."""
    round_.finish(round_.writer(), {0})
    commands = [("verify",), ("gc", "--older-than", "0s"), ("repair",), ("query", QUERY, "--all")]
    running = round_.sim(*round_.dice.choice(commands))
    wait_for_moment(round_, running)
    wanted = round_.dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    running.send(wanted, "driver")
    round_.finish(running, {0} | CODES[wanted])
    return f"{running.argv[0]} {'done before' if running.code == 0 else 'stopped'}"


def _meanwhile(round_: Round, running: Running, *commands: tuple[str, ...]) -> str:
    """Start commands at a random moment of another; they must end well."""
    wait_for_moment(round_, running)
    if not round_.watched.folder.is_dir():  # done, or not begun: there is nothing to look at
        return "nothing there yet"
    for other in [round_.sim(*argv) for argv in commands]:
        round_.finish(other, {0})
    return "and ".join(f"{argv[0]} " for argv in commands).strip()
