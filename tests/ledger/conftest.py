from pathlib import Path

import pytest

from sim.ledger import Ensemble, Ledger


@pytest.fixture
def ensemble(tmp_path: Path) -> Ensemble:
    return Ledger(tmp_path / "ledger").create({"model": "ceasefire", "seed": 7})
