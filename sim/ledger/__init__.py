"""Event logs on disk, or in an object store: named by their content, written whole or not at all, checked when read.

Callers decide what names an ensemble (`Ledger.create` takes any JSON mapping) and what its runs mean. Nothing here runs
a model.
"""

from sim.ledger.ensemble import Ensemble
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Manifest, Segment
from sim.ledger.verify import verify

__all__ = ["Ensemble", "Ledger", "Manifest", "Segment", "verify"]
