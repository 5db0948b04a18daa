"""Arrays in, numbers with intervals out. Imports NumPy and SciPy only.

Each result has its interval, its number of runs and its method; the docstrings name the sources. What the arrays are
about is known to `sim.analysis`.
"""
