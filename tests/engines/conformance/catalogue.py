"""All models with known answers, by name, and how small a p-value must be before it means a fault.

Answers are worked out when they are asked for, so that who runs one test waits for no other.
"""

from collections.abc import Callable
from functools import cache

from tests.engines.conformance import (
    branches,
    chains,
    choices,
    clocks,
    memories,
    moving,
    populations,
    queues,
    reliability,
    renewals,
    speeds,
    timed,
)
from tests.engines.conformance.known import Known

THEMES = (
    clocks, memories, moving, speeds, renewals, chains, populations, queues, reliability, timed, choices, branches,
)  # fmt: skip
MAKERS: dict[str, Callable[[], Known]] = {make.__name__: make for theme in THEMES for make in theme.KNOWN}
FAMILY_ERROR = 1e-6
# Room for so many p-values; that there are no more is a test of its own.
MOST = 700
# Bonferroni's bound: among all of them together a right engine has one below it once in a million suites.
RED = FAMILY_ERROR / MOST


@cache
def known(name: str) -> Known:
    return MAKERS[name]()
