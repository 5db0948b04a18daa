"""The use cases: run, compare, ask. What the command line and notebooks call.

A plan says which runs are wanted; `sim.experiment` makes them, `sim.analysis` says what they come to.
"""
