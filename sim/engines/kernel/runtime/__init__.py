"""What is compiled once for a machine: the event loop, clocks, distributions, and the layout of memory.

Plain Python of the compiled subset, so that CPython can run the same text. What one model adds is written by
`generator`.
"""
