"""Text to checked trees, each part with its place in its file. Knows YAML, and no simulation.

What a checked document means is decided in `sim.build`.
"""
