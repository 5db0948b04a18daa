"""What the text of a model must define for `loop`: these functions, with these signatures and meanings.

They are declarations, as in a header: each model has functions of its own by these names, made by `model_text`. Any of
them may raise.
"""

from sim.engines.kernel.compiler.subset import Ints, Reals


def depend(f: Reals, n: Ints, prior: int, copy: int, u: float) -> None:
    """Put the quantile at u of a prior that reads the parameters in the frame there, too, and a copy at `f[copy]`."""


def initial(f: Reals, n: Ints) -> None:
    """Give every state variable its initial value."""


def moderate(f: Reals, n: Ints) -> None:
    """Say in `n[RATES_DEFERRED]` whether the parameters are such that rates may be left for the end of the past."""


def start(f: Reals, n: Ints) -> None:
    """Enable, before any event, every rule whose guard holds and that waits for none."""


def rates(f: Reals, n: Ints) -> None:
    """Give every enabled clock its rate that was left for the end of the past."""


def follow(f: Reals, n: Ints, rule: int, now: float) -> None:
    """Look at a rule's guard and rate again."""


def renew(f: Reals, n: Ints, rule: int, now: float) -> None:
    """Evaluate the law, date or interval of a rule's clock again."""


def rebuild(f: Reals, n: Ints, rule: int, now: float) -> None:
    """Follow a rule's rate that moves in a new cell from `now` on."""


def settle(f: Reals, n: Ints, now: float) -> None:
    """Go on, under parameters that may have changed, with what moves; note which flags are others."""


def flipped(f: Reals, n: Ints, now: float) -> None:
    """Let the clocks follow the flags that `settle` has made others."""


def roll(f: Reals, n: Ints, look: int, now: float) -> None:
    """Go on following what has been followed until its moment among MOMENTS, which is `now`."""


def flip(f: Reals, n: Ints, flag: int, now: float) -> None:
    """Let a flag flip, and all that follows from it."""


def assign(f: Reals, n: Ints, change: int) -> None:
    """Give parameters the values of the expressions that a change of the scenario has for them."""


def watch(f: Reals, n: Ints, now: float) -> None:
    """Look at the outcomes that are open, and write those that are true."""


def look(f: Reals, n: Ints, now: float) -> None:
    """Look at the measures for the first time."""


def elapse(f: Reals, n: Ints, now: float) -> None:
    """Let time pass for the measures up to `now`, before anything but an event changes what they read."""


def look_again(f: Reals, n: Ints, now: float) -> None:
    """Look at the measures again, after anything but an event changed what they read."""


def happen(f: Reals, n: Ints, event: int, now: float, at: int) -> None:
    """Let an event of the timetable happen; its marks stand in `f` from `at` on."""


def happened(f: Reals, n: Ints, event: int, now: float, at: int, fired: int, code: int, occurrence: int) -> None:
    """Let an event happen that a rule fired, -1 for none, its marks as `happen` has them.

    One of the past is not written down; another has this code and occurrence.
    """


def fire(f: Reals, n: Ints, rank: int, now: float) -> None:
    """Let the rule of a rank fire."""


def horizon(f: Reals, n: Ints, now: float) -> None:
    """End the run because its time is up."""


def measured(f: Reals, n: Ints) -> None:
    """Close the measures and write them."""
