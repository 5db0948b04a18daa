"""Which runs of two ensembles differ, and from which event on: run i of the one is held against run i of the other.

What the scenarios differ in is found by `sim.model.differences`.
"""
