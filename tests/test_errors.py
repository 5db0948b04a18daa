import pickle

import pytest

from sim.errors import LedgerError, RunError, SimError, UsageError


@pytest.mark.parametrize(
    "error",
    [
        SimError("E108", "no file", "a note"),
        LedgerError("E703", "damaged", "repair it"),
        UsageError("E001", "unknown"),
        RunError("E602", "out of range", "a note", rule="r", time=2.5),
    ],
)
def test_an_error_crosses_from_a_worker_to_the_driver_whole(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)
