"""The process that the tries of these tests share."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.testing.apart import Apart


@pytest.fixture(scope="session")
def apart() -> Iterator[Apart]:
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        yield Apart(executor)
