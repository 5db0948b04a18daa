"""Engines make the runs of a scenario: `reference` on SimPy, which decides, and the compiled `kernel`.

What a run means is in `sim.model`; where runs are kept, in `sim.ledger`.
"""
