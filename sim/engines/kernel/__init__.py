"""The kernel: an engine compiled from the model, whose logs are the reference's, bit for bit.

What is the same for all models (the event loop, the clocks, the functions of `sim.distributions` and `sim.numerics`) is
plain Python of a typed subset, compiled once for a machine: `runtime`. What a model adds is written as text of the same
subset by `generator`. `compiler` makes machine code of both, `code` loads it, and `engine` lays out a scenario's data,
makes runs and takes their logs out. A run that cannot go on is taken up by `failures`, in the reference's words.
"""
