"""Assembles a model from the files that it is made of: its own, the model that it extends, the parts that it uses.

What comes out is one document, which the rest of `sim.build` reads like that of a single file.
"""
