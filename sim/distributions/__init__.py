"""The distributions that a document can name: clock laws, priors and the laws of marks.

Each states its arguments, their units and its formula. The functions that they are made of are in `sim.numerics`;
when a clock starts, or a mark is drawn, is decided in `sim.model`.
"""
