"""The list of faults, each of which the suite must notice. They stand in one file for each part of `sim`."""

from tests.mutants import (
    in_branches,
    in_causes,
    in_checks,
    in_clocks,
    in_documents,
    in_estimates,
    in_kernel,
    in_ledger,
    in_luck,
    in_runs,
)
from tests.mutants.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *in_clocks.FAULTS,
    *in_runs.FAULTS,
    *in_branches.FAULTS,
    *in_causes.FAULTS,
    *in_luck.FAULTS,
    *in_documents.FAULTS,
    *in_kernel.FAULTS,
    *in_ledger.FAULTS,
    *in_estimates.FAULTS,
    *in_checks.FAULTS,
)
