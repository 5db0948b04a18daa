"""Parses an expression and checks its names, types and units: E2, and of E3 what is about expressions.

The value of an expression is computed in `sim.model.expression`, and by the kernel.
"""
