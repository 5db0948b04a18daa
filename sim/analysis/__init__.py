"""The results of an ensemble, comparisons of scenarios, and where and why two runs part.

Formulas are in `sim.statistics`. Missing runs are made by `sim.experiment`.
"""
