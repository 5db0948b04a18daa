"""Engines make the runs of a scenario: `reference` on SimPy, which decides, and the compiled `kernel`.

Each is an `Engine` (see `protocol`) and gives the same table of the same runs. What a run means is in `sim.model`;
where runs are kept, in `sim.ledger`.
"""
