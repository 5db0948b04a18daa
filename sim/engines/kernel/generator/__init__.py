"""Writes a model's own functions as text of the compiled subset.

Compiling them is left to `compiler`; what all models share is in `runtime`.
"""
