"""The results of an ensemble, comparisons of scenarios, and where and why two runs part: all of it data.

Formulas are in `sim.statistics`. Missing runs are made by `sim.experiment`; tables and words come from `sim.report`.
"""
