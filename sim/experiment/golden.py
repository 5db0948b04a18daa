"""A small ensemble of all laws and functions whose digest is known: a machine that computes otherwise makes no runs."""

import platform
from functools import cache, partial
from importlib.resources import files

from sim.engines.choice import engine
from sim.engines.kept import kept
from sim.engines.protocol import Name
from sim.errors import SimError
from sim.ledger.segments.digest import ensemble_root, run_digests
from sim.model.program import compile_model
from sim.model.scenario import Scenario

RUNS = 3
DIGEST = "4ad2d4effbe29e134d10e5f54ea86fc5332cfffa646aeed8579c3c6ba6bac72e"


def golden_root(name: Name) -> str:
    """Return the digest of the golden ensemble as this machine's engine of that name makes it."""
    from sim.build.model import loads_model

    model = loads_model(_text(), "golden.yaml")
    made = engine(name, compile_model(model), Scenario.of(model), 1, central=False, runs_per_draw=1)
    return ensemble_root(run_digests(made.make(range(RUNS))))


def _text() -> str:
    return files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")


@cache
def check_machine(name: Name) -> None:
    """Raise SimError E609 if this machine does not compute what every machine must.

    With the kernel it is asked once: as long as the machine, what is installed and the sources of sim stay the same.
    """
    if name == "kernel":
        from sim.engines.kernel.compiler.machine_code import machine

        kept("machine", (DIGEST, platform.node(), _text(), *machine()), partial(_checked, name))
    else:
        _checked(name)


def _checked(name: Name) -> str:
    found = golden_root(name)
    if found != DIGEST:
        what = f"{platform.node() or 'this machine'} ({platform.machine()}, {platform.system()}, {name} engine)"
        raise SimError(
            "E609",
            f"{what} computes other numbers than it must: no run of it would be the same elsewhere",
            f"the golden ensemble's digest is {found[:16]}, not {DIGEST[:16]}",
            "install sim anew; if that does not help, do not use this machine",
        )
    return found
